//! Where models train: choosing a device, describing it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// CUDA where the build has it and a device answers, else the CPU.
    #[default]
    Auto,
    /// The CPU, with the fast kernels.
    Cpu,
    /// The CPU, with burn's reference backend.
    NdArray,
    /// An NVIDIA GPU.
    Cuda,
}

/// A device that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// The CPU, with the fast kernels (burn's `flex`).
    Cpu,
    /// The CPU, with burn's `ndarray`, the independent reference.
    NdArray,
    /// An NVIDIA GPU.
    Cuda,
}

/// Why a device cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The build has no CUDA.
    #[error(
        "this build has no CUDA; build it with `cargo build --release --features cuda`, or choose --device cpu"
    )]
    NotBuilt,
    /// The machine has no CUDA.
    #[error("no CUDA device answers ({0}); check `nvidia-smi`, or choose --device cpu")]
    NotThere(String),
}

impl DeviceChoice {
    /// All choices.
    pub const ALL: [DeviceChoice; 4] =
        [DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::NdArray, DeviceChoice::Cuda];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            DeviceChoice::Auto => "auto",
            DeviceChoice::Cpu => "cpu",
            DeviceChoice::NdArray => "ndarray",
            DeviceChoice::Cuda => "cuda",
        }
    }

    /// Finds the device, or says why it is not there.
    pub fn resolve(self) -> Result<Device, DeviceError> {
        match self {
            DeviceChoice::Cpu => Ok(Device::Cpu),
            DeviceChoice::NdArray => Ok(Device::NdArray),
            DeviceChoice::Cuda => cuda_available().map(|()| Device::Cuda),
            DeviceChoice::Auto => Ok(cuda_available().map_or(Device::Cpu, |()| Device::Cuda)),
        }
    }
}

/// Whether a CUDA device can be used. burn panics where there is no driver, so the driver's
/// library is looked for first.
fn cuda_available() -> Result<(), DeviceError> {
    #[cfg(not(feature = "cuda"))]
    return Err(DeviceError::NotBuilt);
    #[cfg(feature = "cuda")]
    driver::device_count().map(|_| ()).map_err(DeviceError::NotThere)
}

/// Name of the first GPU, if there is one.
pub(crate) fn gpu_name() -> Option<String> {
    #[cfg(not(feature = "cuda"))]
    return None;
    #[cfg(feature = "cuda")]
    driver::name()
}

/// Memory in use on the first GPU, by whatever program, in 10⁶ bytes.
pub(crate) fn gpu_memory_mb() -> Option<f64> {
    #[cfg(not(feature = "cuda"))]
    return None;
    #[cfg(feature = "cuda")]
    driver::memory_used().map(|bytes| bytes as f64 / 1e6)
}

/// Asks NVIDIA's driver libraries, loaded at run time.
#[cfg(feature = "cuda")]
mod driver {
    use std::ffi::{CStr, c_char, c_void};

    /// A library that was found.
    struct Library(*mut c_void);

    impl Library {
        fn open(names: &[&CStr]) -> Option<Self> {
            // SAFETY: loads NVIDIA's own libraries, whose initialisers are safe to run.
            let open = |name: &&CStr| unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW) };
            names.iter().map(open).find(|handle| !handle.is_null()).map(Self)
        }

        /// The function called `name`.
        ///
        /// # Safety
        /// `F` is the type of a function pointer with that function's signature.
        unsafe fn function<F: Copy>(&self, name: &CStr) -> Option<F> {
            // SAFETY: a symbol's address is as large as a function pointer; the caller vouches for
            // its type.
            unsafe {
                let symbol = libc::dlsym(self.0, name.as_ptr());
                (!symbol.is_null()).then(|| std::mem::transmute_copy(&symbol))
            }
        }
    }

    /// Number of devices, at least 1, or why there is none.
    pub fn device_count() -> Result<usize, String> {
        let library = Library::open(&[c"libcuda.so.1", c"libcuda.so"])
            .ok_or("libcuda.so.1 is not installed")?;
        // SAFETY: the documented signatures of the driver's interface.
        unsafe {
            let init = library.function::<unsafe extern "C" fn(u32) -> i32>(c"cuInit");
            let count =
                library.function::<unsafe extern "C" fn(*mut i32) -> i32>(c"cuDeviceGetCount");
            let (init, count) = init.zip(count).ok_or("libcuda.so.1 lacks cuInit")?;
            let mut n = 0;
            match (init(0), count(&mut n)) {
                (0, 0) if n > 0 => Ok(n as usize),
                (0, 0) => Err("the driver sees no device".into()),
                (status, _) => Err(format!("cuInit answers {status}")),
            }
        }
    }

    /// The first GPU in NVIDIA's management library, and that library.
    fn first_gpu() -> Option<(Library, *mut c_void)> {
        let library = Library::open(&[c"libnvidia-ml.so.1"])?;
        // SAFETY: the documented signatures of the management interface.
        unsafe {
            let init = library.function::<unsafe extern "C" fn() -> i32>(c"nvmlInit_v2")?;
            let handle = library.function::<unsafe extern "C" fn(u32, *mut *mut c_void) -> i32>(
                c"nvmlDeviceGetHandleByIndex_v2",
            )?;
            let mut device = std::ptr::null_mut();
            (init() == 0 && handle(0, &mut device) == 0).then_some((library, device))
        }
    }

    /// Name of the first GPU.
    pub fn name() -> Option<String> {
        let (library, device) = first_gpu()?;
        let mut name = [0 as c_char; 96];
        // SAFETY: the documented signature; the buffer is as long as is said, and what is written
        // ends with 0.
        unsafe {
            let get = library
                .function::<unsafe extern "C" fn(*mut c_void, *mut c_char, u32) -> i32>(
                    c"nvmlDeviceGetName",
                )?;
            (get(device, name.as_mut_ptr(), 96) == 0)
                .then(|| CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned())
        }
    }

    /// Bytes in use on the first GPU.
    pub fn memory_used() -> Option<u64> {
        let (library, device) = first_gpu()?;
        // Total, free, used.
        let mut memory = [0u64; 3];
        // SAFETY: the documented signature; the structure is three 64-bit numbers.
        unsafe {
            let get = library.function::<unsafe extern "C" fn(*mut c_void, *mut u64) -> i32>(
                c"nvmlDeviceGetMemoryInfo",
            )?;
            (get(device, memory.as_mut_ptr()) == 0).then_some(memory[2])
        }
    }
}

impl Device {
    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Device::Cpu => "cpu",
            Device::NdArray => "ndarray",
            Device::Cuda => "cuda",
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
