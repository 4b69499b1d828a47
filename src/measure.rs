//! How long a stage of the work took, and how much memory at most.

use std::time::Instant;

/// The seconds since `start`, to a tenth of a millisecond.
pub fn seconds(start: Instant) -> f64 {
    (start.elapsed().as_secs_f64() * 1e4).round() / 1e4
}

/// Measures the largest resident memory of this process since [`PeakMemory::start`].
///
/// Linux keeps that number and lets it be set back. Elsewhere the peak is the process's so far,
/// which is never too small.
#[derive(Debug)]
pub struct PeakMemory(());

impl PeakMemory {
    /// Starts a stage: memory freed before it no longer counts.
    pub fn start() -> Self {
        give_back_freed_memory();
        // Where this is not allowed the mark stays what it was: too large rather than too small.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self(())
    }

    /// As [`start`](Self::start) if this stage is the only one; with several at once the process's
    /// peak so far counts, of which no stage can say what part is its own.
    pub fn of(stages: usize) -> Self {
        if stages > 1 { Self(()) } else { Self::start() }
    }

    /// The largest resident memory so far, in megabytes (10⁶ bytes), to a tenth.
    pub fn megabytes(&self) -> f64 {
        (high_water_kib().unwrap_or_else(process_peak_kib) * 1024.0 / 1e5).round() / 10.0
    }
}

/// Memory that can be taken without swapping, in bytes, where the system tells.
pub(crate) fn available_memory() -> Option<f64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(1024.0 * kib)
}

/// The allocator keeps what earlier stages freed; without this it would count for the next stage.
fn give_back_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: releases free memory at the top of the heaps; documented as thread-safe.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Has the allocator keep freed memory for the next tensors instead of returning it.
///
/// A training step frees and takes blocks of up to a hundred megabytes; returned to the system
/// each time, they cost a page fault for every 4 kB: 15 to 20 % of a step of CTGAN on Frappe. Threads
/// other than the first get heaps of their own, which give memory back whatever they are told; so
/// all threads are to share the first one's. That holds for threads that have allocated nothing
/// yet, so this wants to be called before work is shared out.
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        // SAFETY: sets three of the allocator's documented parameters; documented as thread-safe.
        ONCE.call_once(|| unsafe {
            libc::mallopt(libc::M_ARENA_MAX, 1);
            libc::mallopt(libc::M_MMAP_THRESHOLD, i32::MAX);
            libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
        });
    }
}

/// Linux's high-water mark of the resident memory.
fn high_water_kib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The process's peak over its whole life.
#[cfg(unix)]
fn process_peak_kib() -> f64 {
    // SAFETY: `getrusage` fills the structure it is given, which is plain numbers.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let peak = usage.ru_maxrss as f64;
    // macOS counts bytes, the others KiB.
    if cfg!(target_vendor = "apple") { peak / 1024.0 } else { peak }
}

/// Unknown on this system.
#[cfg(not(unix))]
fn process_peak_kib() -> f64 {
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Set in the process that measures.
    const ALONE: &str = "SYNTHCTR_TEST_ALONE";

    /// In a process of its own: the high-water mark is the process's, and other tests set it back.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_stage_counts_its_own_memory_only() {
        if std::env::var_os(ALONE).is_none() {
            let test = "measure::tests::a_stage_counts_its_own_memory_only";
            let output = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", test, "--nocapture"])
                .env(ALONE, "1")
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("1 passed"), "{said}");
            return;
        }
        let peak = PeakMemory::start();
        drop(std::hint::black_box(vec![1u8; 512 << 20]));
        let first = peak.megabytes();
        let shared = PeakMemory::of(2).megabytes();
        let second = PeakMemory::of(1).megabytes();
        assert!(first > 512.0, "{first} MB with 537 MB allocated");
        assert!(shared >= first, "{first} MB, then {shared} MB in a process that is shared");
        assert!(second < first - 200.0, "{first} MB, then {second} MB after freeing 537 MB");
    }
}
