//! What time it is, and how much time has passed: two questions, since a clock may be set.

use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The clock on the wall and the one that nobody sets; tests bring their own.
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

    /// Clocks of the caller's.
    pub fn new(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        uptime: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), uptime: Arc::new(uptime) }
    }

    /// What time it is, as far as the computer knows.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// How long the computer has been on, its sleep included. Only differences mean something.
    pub fn uptime(&self) -> Duration {
        (self.uptime)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").finish_non_exhaustive()
    }
}
