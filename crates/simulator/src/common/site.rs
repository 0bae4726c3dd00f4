//! A system's state behind its lock, beside what it shares with the others.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::calls::Calls;
use super::clock::Clock;
use super::faults::Faults;
use super::places::Places;

/// What the systems share.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
    pub(crate) places: Places,
}

impl Common {
    pub(crate) fn new(places: Places) -> Arc<Self> {
        Arc::new(Self {
            clock: Clock::new(),
            faults: Faults::default(),
            calls: Calls::default(),
            places,
        })
    }
}

/// What a system's handlers get: its state, which no request keeps locked across an await, and
/// what it shares with the others.
#[derive(Debug)]
pub(crate) struct Site<S> {
    state: Mutex<S>,
    pub(crate) common: Arc<Common>,
}

impl<S> Site<S> {
    pub(crate) fn new(state: S, common: Arc<Common>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(state), common })
    }

    /// Locks the state. A panic in one request does not end the simulator.
    pub(crate) fn lock(&self) -> MutexGuard<'_, S> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
