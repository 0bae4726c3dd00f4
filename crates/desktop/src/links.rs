//! What holds for links of every kind: a web page can send a thousand (S1).

use crate::shell::Notice;
use casebridge_domain::FailureCode;
use std::time::Duration;

/// Repeats within this time are one link; different links within it are a burst.
pub(crate) const BURST: Duration = Duration::from_secs(2);
/// How long nothing more is said of links that are not acted on.
const QUIET: Duration = Duration::from_secs(10);

/// Says once in a while that links are not acted on.
#[derive(Default)]
pub(crate) struct LinkNotices {
    quiet_until: Option<Duration>,
}

impl LinkNotices {
    /// One notice for all links of a while; `now` is by what no change of the clock touches.
    pub(crate) fn notice(&mut self, code: FailureCode, now: Duration) -> Option<Notice> {
        if self.quiet_until.is_some_and(|until| now < until) {
            return None;
        }
        self.quiet_until = Some(now + QUIET);
        let text = code.text();
        Some(Notice { title: text.title.into(), body: text.next_step.into(), ..Notice::default() })
    }
}
