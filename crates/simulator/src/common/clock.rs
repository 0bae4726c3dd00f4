//! The time, as far as it was advanced.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::Timestamp;

/// The clock of all systems.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    /// Seconds by which it was advanced.
    offset: AtomicI64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), offset: AtomicI64::new(0) }
    }

    /// The time in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        Timestamp::now().as_second() + self.offset.load(Ordering::Relaxed)
    }

    /// The time as a timestamp.
    pub(crate) fn timestamp(&self) -> Timestamp {
        at(self.now())
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, seconds: i64) {
        self.offset.fetch_add(seconds, Ordering::Relaxed);
    }

    /// How long the simulator has been running, in milliseconds.
    pub(crate) fn age_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }
}

/// A Unix time as a timestamp; out of range reads as the epoch.
pub(crate) fn at(unix: i64) -> Timestamp {
    Timestamp::from_second(unix).unwrap_or(Timestamp::UNIX_EPOCH)
}
