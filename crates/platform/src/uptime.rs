//! How long the computer has been on, its sleep included: what no change of the clock touches.

use std::time::Duration;

/// The time since the computer was started, with the time that it slept.
#[cfg(unix)]
pub fn uptime() -> Duration {
    // On macOS this clock goes on while the computer sleeps.
    #[cfg(target_os = "macos")]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    #[cfg(not(target_os = "macos"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    Duration::try_from(rustix::time::clock_gettime(CLOCK)).unwrap_or_default()
}

/// The time since the program first asked, with the time that the computer slept: what Windows counts
/// its moments by goes on meanwhile.
#[cfg(windows)]
pub fn uptime() -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_and_never_back() {
        let first = uptime();
        while uptime() == first {
            std::thread::yield_now();
        }
        assert!(uptime() > first);
    }
}
