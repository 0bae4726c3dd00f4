//! The current time, and the time that has passed. These are separate clocks, because people can
//! change the time.

use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The wall clock and the monotonic clock. Tests use their own clocks.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    uptime: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// The computer's clocks.
    pub fn system() -> Self {
        Self::new(Timestamp::now, casebridge_platform::uptime)
    }

    /// Creates clocks from the caller's functions.
    pub fn new(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        uptime: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), uptime: Arc::new(uptime) }
    }

    /// The current time by the computer's clock.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// The time since the computer started, including sleep. Only differences are meaningful.
    pub fn uptime(&self) -> Duration {
        (self.uptime)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").finish_non_exhaustive()
    }
}
