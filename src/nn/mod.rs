//! What neural networks of this crate share: fused operations, layers, Adam, devices.
//!
//! Everything is generic over burn's backends. [`on_device`] is the one place that turns a
//! [`Device`] chosen at run time into a backend.

pub mod adam;
pub mod average;
pub mod blocks;
pub mod dense;
pub mod finite;
#[cfg(test)]
pub mod gradient_check;
pub mod kernels;
pub mod layers;
pub mod losses;

use crate::device::{Device, DeviceError};
use crate::measure;
use blocks::BlockKernels;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Work that can be done on any backend.
pub trait Work: Send {
    /// What it gives.
    type Output: Send;
    /// Does the work on the backend `B`.
    fn run<B: BlockKernels + 'static>(self) -> Self::Output;
}

/// Does `work` on the backend that belongs to `device`.
pub fn on_device<W: Work>(device: Device, work: W) -> Result<W::Output, DeviceError> {
    measure::keep_freed_memory();
    match device {
        Device::Cpu => Ok(in_pool(|| work.run::<burn_flex::Flex>())),
        Device::NdArray => Ok(one_thread(|| work.run::<burn_ndarray::NdArray>())),
        #[cfg(feature = "cuda")]
        Device::Cuda => Ok(work.run::<burn_cuda::Cuda>()),
        #[cfg(not(feature = "cuda"))]
        Device::Cuda => Err(DeviceError::NotBuilt),
    }
}

/// Runs `work` on the threads that the device asks for.
///
/// Where burn's `ndarray` shares work out among threads is its own affair; the reference is to give
/// the same bits whatever their number.
pub fn threads_of<T: Send>(device: Device, work: impl FnOnce() -> T + Send) -> T {
    match device {
        Device::NdArray => one_thread(work),
        Device::Cpu => in_pool(work),
        Device::Cuda => work(),
    }
}

/// Runs `work` on a thread of the pool that its parallel loops are shared out to. A loop begun on any
/// other thread is handed over and waited for, which costs more than many of the loops themselves.
///
/// Each work has a pool of its own: in a common one a thread that waits for its loop could take up another
/// work as a whole, and with it locks of burn's that it holds already.
fn in_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static AT_REST: Mutex<Vec<ThreadPool>> = Mutex::new(Vec::new());
    let at_rest = || AT_REST.lock().unwrap_or_else(PoisonError::into_inner);
    if rayon::current_thread_index().is_some() {
        return work();
    }
    let threads = rayon::current_num_threads();
    let pool = at_rest().pop();
    let Some(pool) = pool.or_else(|| ThreadPoolBuilder::new().num_threads(threads).build().ok())
    else {
        return work();
    };
    let result = pool.install(work);
    at_rest().push(pool);
    result
}

fn one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    // Jobs side by side have one thread each, and must not wait for each other here.
    if rayon::current_num_threads() == 1 {
        return work();
    }
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    match POOL.get_or_init(|| ThreadPoolBuilder::new().num_threads(1).build().ok()) {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// Gives the memory that a device keeps for its next tensors back to the system.
pub struct GiveBack;

impl Work for GiveBack {
    type Output = ();

    fn run<B: BlockKernels + 'static>(self) {
        B::memory_cleanup(&B::Device::default());
    }
}

/// Does `check` where this build has CUDA and a device answers; else says that it was skipped.
#[cfg(test)]
pub fn with_cuda_in_tests(check: impl FnOnce()) {
    use std::io::Write;
    match crate::device::DeviceChoice::Cuda.resolve() {
        Ok(_) => check(),
        // Past the test harness, which shows nothing of tests that pass.
        Err(reason) => {
            let _ = writeln!(std::io::stderr(), "SKIPPED on cuda: {reason}");
        }
    }
}
