//! Decides what a link may do by itself (S1): a link proposes, and a page can send a thousand.

use crate::links::BURST;
use casebridge_use_cases::session_key::SessionKeyRequest;
use std::collections::VecDeque;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// How many keys links may make in a minute.
const KEYS_PER_MINUTE: usize = 6;

/// What becomes of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is the same as one a moment ago.
    Joined,
    /// It is shown, and makes its key at once.
    MakeKey,
    /// It is shown; its key waits for a click.
    Show,
    /// It waits in the list of the window. The window comes to the front for the first of a burst.
    Wait {
        /// Whether this is the first.
        first: bool,
    },
}

/// Remembers the links of the last minute.
#[derive(Default)]
pub(super) struct LinkGate {
    recent: VecDeque<(Duration, SessionKeyRequest)>,
    keys: VecDeque<Duration>,
    latest: Option<Duration>,
}

impl LinkGate {
    /// Decides about a link; `now` is by what no change of the clock touches. While another case is on screen it waits, however long that takes: only a
    /// person changes what is on screen (S2).
    pub(super) fn admit(
        &mut self,
        request: &SessionKeyRequest,
        other_on_screen: bool,
        now: Duration,
    ) -> Admission {
        self.forget(now);
        if self.recent.iter().any(|(_, known)| known == request) {
            return Admission::Joined;
        }
        let in_burst = self.latest.is_some_and(|at| now.saturating_sub(at) < BURST);
        self.latest = Some(now);
        self.recent.push_back((now, request.clone()));
        if other_on_screen {
            return Admission::Wait { first: !in_burst };
        }
        if self.keys.len() >= KEYS_PER_MINUTE {
            return Admission::Show;
        }
        self.keys.push_back(now);
        Admission::MakeKey
    }

    fn forget(&mut self, now: Duration) {
        while self.recent.front().is_some_and(|(at, _)| now.saturating_sub(*at) >= BURST) {
            self.recent.pop_front();
        }
        while self.keys.front().is_some_and(|at| now.saturating_sub(*at) >= MINUTE) {
            self.keys.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAITS: [Admission; 2] =
        [Admission::Wait { first: true }, Admission::Wait { first: false }];

    fn link(number: u32) -> SessionKeyRequest {
        SessionKeyRequest::of(number.to_string().parse().unwrap())
    }

    #[test]
    fn s1_of_a_thousand_links_one_makes_a_key() {
        let (mut gate, start) = (LinkGate::default(), Duration::from_secs(1000));
        let of = |gate: &mut LinkGate, n: u32| {
            gate.admit(&link(n % 50), n > 0, start + Duration::from_millis(n.into()))
        };
        let all: Vec<_> = (0..1000).map(|n| of(&mut gate, n)).collect();
        let count = |wanted| all.iter().filter(|a| **a == wanted).count();
        assert_eq!(all[0], Admission::MakeKey);
        assert_eq!((count(Admission::MakeKey), count(WAITS[0]), count(WAITS[1])), (1, 0, 49));
        assert_eq!(count(Admission::Joined), 950);
    }

    #[test]
    fn s2_while_another_case_is_on_screen_a_link_waits_however_late_it_comes() {
        let (mut gate, start) = (LinkGate::default(), Duration::from_secs(1000));
        for (number, seconds) in [(1, 0), (2, 1), (3, 4), (4, 3600)] {
            let at = start + Duration::from_secs(seconds);
            assert!(WAITS.contains(&gate.admit(&link(number), true, at)), "after {seconds} s");
        }
    }

    #[test]
    fn s1_a_steady_stream_makes_six_keys_a_minute() {
        let (mut gate, start) = (LinkGate::default(), Duration::from_secs(1000));
        let all: Vec<_> = (0..20)
            .map(|n| gate.admit(&link(n), false, start + Duration::from_secs(3) * n))
            .collect();
        assert_eq!(all.iter().filter(|a| **a == Admission::MakeKey).count(), 6);
        assert_eq!(all.iter().filter(|a| **a == Admission::Show).count(), 14);
        let later = start + Duration::from_secs(63);
        assert_eq!(gate.admit(&link(99), false, later), Admission::MakeKey);
    }

    #[test]
    fn a_click_just_after_the_window_was_closed_makes_its_key() {
        let (mut gate, start) = (LinkGate::default(), Duration::from_secs(1000));
        assert_eq!(gate.admit(&link(1), false, start), Admission::MakeKey);
        let soon = start + Duration::from_secs(1);
        assert_eq!(gate.admit(&link(2), false, soon), Admission::MakeKey);
        assert!(WAITS.contains(&gate.admit(&link(3), true, soon)));
    }

    #[test]
    fn the_same_link_later_is_a_link_of_its_own() {
        let (mut gate, start) = (LinkGate::default(), Duration::from_secs(1000));
        assert_eq!(gate.admit(&link(1), false, start), Admission::MakeKey);
        assert_eq!(gate.admit(&link(1), false, start + Duration::from_secs(1)), Admission::Joined);
        assert_eq!(gate.admit(&link(1), false, start + Duration::from_secs(3)), Admission::MakeKey);
    }
}
