//! A computer's clocks that a test sets, and a computer that it sends to sleep.

use casebridge_use_cases::Clock;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The real clocks, moved by so many seconds.
#[derive(Debug, Clone, Default)]
pub struct FakeClock {
    set: Arc<AtomicI64>,
    slept: Arc<AtomicI64>,
}

impl FakeClock {
    /// What the app sees.
    pub fn clock(&self) -> Clock {
        let (now, uptime) = (self.clone(), self.slept.clone());
        let real = Clock::system();
        let also_real = real.clone();
        Clock::new(
            move || {
                real.now().checked_add(SignedDuration::from_secs(now.ahead())).unwrap_or_default()
            },
            move || {
                let slept = u64::try_from(uptime.load(Ordering::SeqCst)).unwrap_or_default();
                also_real.uptime() + Duration::from_secs(slept)
            },
        )
    }

    fn ahead(&self) -> i64 {
        self.set.load(Ordering::SeqCst) + self.slept.load(Ordering::SeqCst)
    }

    /// What the clock on the wall says.
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// Sets the clock on the wall forward, or back.
    pub fn set(&self, seconds: i64) {
        self.set.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The computer sleeps for so long.
    pub fn sleep(&self, seconds: i64) {
        self.slept.fetch_add(seconds, Ordering::SeqCst);
    }
}
