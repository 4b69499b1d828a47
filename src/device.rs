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

/// Asks NVIDIA's driver library, loaded at run time, for its devices.
#[cfg(feature = "cuda")]
mod driver {
    /// Number of devices, at least 1, or why there is none.
    pub fn device_count() -> Result<usize, String> {
        let names: &[&std::ffi::CStr] = &[c"libcuda.so.1", c"libcuda.so"];
        // SAFETY: the library and the two symbols are NVIDIA's documented driver interface,
        // called with its documented signatures; a null handle or symbol is checked.
        unsafe {
            let handle = names
                .iter()
                .map(|name| libc::dlopen(name.as_ptr(), libc::RTLD_NOW))
                .find(|handle| !handle.is_null())
                .ok_or("libcuda.so.1 is not installed")?;
            let init = libc::dlsym(handle, c"cuInit".as_ptr());
            let count = libc::dlsym(handle, c"cuDeviceGetCount".as_ptr());
            if init.is_null() || count.is_null() {
                return Err("libcuda.so.1 lacks cuInit".into());
            }
            let init: unsafe extern "C" fn(u32) -> i32 = std::mem::transmute(init);
            let count: unsafe extern "C" fn(*mut i32) -> i32 = std::mem::transmute(count);
            let mut n = 0;
            match (init(0), count(&mut n)) {
                (0, 0) if n > 0 => Ok(n as usize),
                (0, 0) => Err("the driver sees no device".into()),
                (status, _) => Err(format!("cuInit answers {status}")),
            }
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
