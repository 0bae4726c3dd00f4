//! When ended sessions are looked for that nobody saw end: at the start, after a sign-in, after an
//! outage, after sleep, and every quarter of an hour. Also notices that the clock was set, and that
//! another program of the profile signed in.

use crate::controller::Controller;
use crate::event::{Event, Events};
use casebridge_domain::Failure;
use casebridge_ipc::SignInView;
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::catch_up;
use std::time::Duration;
use tokio::time::Instant;

/// How often it is looked at least.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// Clocks that run apart by more were set, or stood still while the computer slept.
const SET: i128 = Duration::from_secs(15).as_nanos() as i128;

/// How far the look is.
#[derive(Default)]
pub(crate) struct CatchUp {
    under_way: bool,
    /// Something happened during a look that it may have missed.
    again: bool,
}

impl Controller {
    /// Looks for sessions that ended unseen, after the look that is under way.
    pub(crate) fn catch_up(&mut self) {
        let wanted = self.casebridge.settings().is_on("import.enabled");
        let is_signed_in = self.settings.sign_in == SignInView::SignedIn;
        if !wanted || !is_signed_in || !self.casebridge.is_configured() {
            return;
        }
        if self.catch_up.under_way {
            self.catch_up.again = true;
            return;
        }
        self.catch_up.under_way = true;
        let casebridge = self.casebridge.clone();
        self.spawn(async move { Event::CaughtUp(catch_up::catch_up(&casebridge).await) });
    }

    pub(crate) fn caught_up(&mut self, result: Result<usize, Failure>) {
        self.catch_up.under_way = false;
        match result {
            Ok(0) => {}
            Ok(_) => self.wake_outbox(),
            Err(failure) => drop(self.report(&failure)),
        }
        if std::mem::take(&mut self.catch_up.again) {
            self.catch_up();
        }
    }

    /// The computer slept, or its clock was set: what waits for a time is looked at anew.
    pub(crate) fn clock_changed(&mut self) {
        tracing::info!("the clock was set, or the computer slept");
        self.keep_keys();
        self.wake_outbox();
        self.catch_up();
        self.sweep_if_due();
    }

    pub(crate) fn begin_pulse(&self) {
        tokio::spawn(pulse(self.casebridge.clone(), self.events.clone()));
    }
}

/// Compares the computer's clocks as often as sessions are looked for.
async fn pulse(casebridge: Casebridge, events: Events) {
    let mut last = Clocks::of(&casebridge);
    let mut looked = Instant::now();
    let mut sign_in = casebridge.sign_in_changed();
    loop {
        let seconds = casebridge.settings().seconds("poll.interval");
        tokio::time::sleep(Duration::from_secs(seconds.into())).await;
        let now = Clocks::of(&casebridge);
        let changed = casebridge.sign_in_changed();
        if changed != sign_in && events.send(Event::SignInChanged).is_err() {
            return;
        }
        sign_in = changed;
        let event = if now.ran_apart(&last) {
            Event::ClockChanged
        } else if looked.elapsed() >= EVERY {
            Event::CatchUpDue
        } else {
            last = now;
            continue;
        };
        (last, looked) = (now, Instant::now());
        if events.send(event).is_err() {
            return;
        }
    }
}

/// The three clocks, in nanoseconds.
struct Clocks {
    wall: i128,
    uptime: i128,
    awake: Instant,
}

impl Clocks {
    fn of(casebridge: &Casebridge) -> Self {
        Self {
            wall: casebridge.now().as_nanosecond(),
            uptime: nanos(casebridge.uptime()),
            awake: Instant::now(),
        }
    }

    /// Whether the computer slept since, or the clock on the wall was set.
    fn ran_apart(&self, before: &Self) -> bool {
        let uptime = self.uptime - before.uptime;
        let awake = nanos(self.awake.duration_since(before.awake));
        let wall = self.wall - before.wall;
        (uptime - awake).abs() > SET || (wall - uptime).abs() > SET
    }
}

fn nanos(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_and_a_clock_that_was_set_are_noticed_and_nothing_else() {
        let start = Instant::now();
        let at = |wall: i64, uptime: i64, awake: u64| Clocks {
            wall: i128::from(wall) * 1_000_000_000,
            uptime: i128::from(uptime) * 1_000_000_000,
            awake: start + Duration::from_secs(awake),
        };
        let before = at(1000, 100, 0);
        let year = 365 * 24 * 3600;
        for (now, expected) in [
            (at(1010, 110, 10), false),
            (at(1012, 110, 10), false),
            (at(1010 - 3600, 110, 10), true),
            (at(1010 + year, 110, 10), true),
            // Two hours of sleep; where the clock that counts moments goes on, the machine was busy.
            (at(1010 + 7200, 110 + 7200, 10), true),
            (at(1010 + 7200, 110 + 7200, 10 + 7200), false),
        ] {
            assert_eq!(now.ran_apart(&before), expected, "{}", now.wall);
        }
    }
}
