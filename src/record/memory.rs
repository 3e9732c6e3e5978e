//! What the program takes of the machine's memory, as the system tells it.

use std::fs;

/// Resident memory of the process in bytes; `None` where the system has no such file.
pub fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Memory of the machine in bytes that programs may still take; `None` where the system has no such
/// file.
pub fn available() -> Option<u64> {
    let memory = fs::read_to_string("/proc/meminfo").ok()?;
    let line = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_program_takes_some_memory() {
        // A test takes more than a megabyte and less than the largest machine has.
        if cfg!(target_os = "linux") {
            let bytes = super::resident().expect("the system says it");
            assert!((1 << 20..1 << 44).contains(&bytes), "{bytes}");
            let left = super::available().expect("the system says it");
            assert!((1 << 20..1 << 44).contains(&left), "{left}");
        }
    }
}
