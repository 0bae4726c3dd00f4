//! The pulse: compares the clocks of the computer, and notices that it slept, that its clock was set, that
//! another program of the profile signed in, and that it is time to look for missed sessions.

use crate::context::{Context, Part, Sender, Task};
use crate::request::Request;
use casebridge_domain::settings::setting;
use casebridge_use_cases::Casebridge;
use std::time::Duration;
use tokio::time::Instant;

/// How often missed sessions are looked for at least.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// Clocks that run apart by more were set, or stood still while the computer slept.
const SET: i128 = Duration::from_secs(15).as_nanos() as i128;

/// The task that compares.
#[derive(Default)]
pub(crate) struct Clock {
    pulse: Option<Task>,
}

/// What the pulse tells.
pub(crate) enum Message {
    Begin,
    /// The computer slept, or its clock was set.
    Changed,
    /// A program of the profile changed the stored sign-in.
    SignInChanged,
    /// It is time to look for missed sessions.
    Due,
}

impl Part for Clock {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Context<'_, Message>) {
        match message {
            Message::Begin => {
                let pulse = pulse(cx.casebridge.clone(), cx.sender());
                self.pulse = Some(cx.keep(pulse));
            }
            Message::Changed => {
                tracing::info!("the clock was set, or the computer slept");
                cx.ask(Request::ClockChanged);
            }
            Message::SignInChanged => cx.ask(Request::AskSignIn),
            Message::Due => cx.ask(Request::CatchUp),
        }
    }
}

/// Compares the clocks as often as sessions are looked for.
async fn pulse(casebridge: Casebridge, told: Sender<Message>) {
    let mut last = Clocks::of(&casebridge);
    let mut looked = Instant::now();
    let mut sign_in = casebridge.sign_in_changed();
    loop {
        tokio::time::sleep(casebridge.settings().get(&setting::POLL_INTERVAL).duration()).await;
        let now = Clocks::of(&casebridge);
        let changed = casebridge.sign_in_changed();
        if changed != sign_in && !told.send(Message::SignInChanged) {
            return;
        }
        sign_in = changed;
        let message = if now.ran_apart(&last) {
            Message::Changed
        } else if looked.elapsed() >= EVERY {
            Message::Due
        } else {
            last = now;
            continue;
        };
        (last, looked) = (now, Instant::now());
        if !told.send(message) {
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
