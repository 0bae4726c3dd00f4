//! The one poller of running sessions, for whatever needs them: keys, jumps, the tray, tags.
//!
//! It asks once an interval and only while somebody needs it; after a failure it waits longer, with
//! jitter. What it found comes as one event, which is all that a source that is told of sessions
//! would have to send instead.

use crate::Casebridge;
use crate::app::controller::Controller;
use crate::app::event::{Event, Events};
use crate::app::open_case::{Task, WatchState};
use crate::use_cases::session_key;
use crate::use_cases::sessions::{Feed, RunningSession, Snapshot};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{Failure, Lsid};
use casebridge_ipc::{FailureView, SignInView, Window};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// After failures the wait doubles so often at the most.
const DOUBLINGS: u32 = 5;

/// An org that did not tell the representative's name is asked again after this time.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// What has to be asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Interest {
    /// The appliances, by their configured names.
    appliances: BTreeSet<String>,
    /// Sessions that are read anew each time.
    wanted: BTreeSet<Lsid>,
}

/// What is known of running sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    snapshots: BTreeMap<String, Snapshot>,
    /// Why what is known may be out of date.
    pub(crate) stale: Option<FailureView>,
    interest: Option<Interest>,
    poller: Option<Task>,
    feeds: Arc<Mutex<Feeds>>,
}

/// What the poller remembers from one interest to the next.
#[derive(Default)]
struct Feeds {
    feeds: BTreeMap<String, Feed>,
    username: Option<String>,
    /// When the org was last asked for it.
    asked: Option<Instant>,
    last: Option<Instant>,
    failures: u32,
}

impl Sessions {
    /// The representative's running sessions on the first appliance.
    pub(crate) fn mine(&self) -> Vec<RunningSession> {
        self.snapshots.get(DEFAULT_APPLIANCE).map(Snapshot::mine).unwrap_or_default()
    }

    /// Whether anything has been found out yet.
    pub(crate) fn is_known(&self) -> bool {
        self.snapshots.contains_key(DEFAULT_APPLIANCE)
    }
}

impl Controller {
    /// Polls for what is needed now; called after every event.
    pub(crate) fn keep_polling(&mut self) {
        let interest = self.interest();
        if interest == self.sessions.interest {
            return;
        }
        self.sessions.poller = interest.clone().map(|interest| {
            let (casebridge, events) = (self.casebridge.clone(), self.events.clone());
            tokio::spawn(poll(casebridge, events, self.sessions.feeds.clone(), interest)).into()
        });
        self.sessions.interest = interest;
    }

    /// Asks again at once, whatever was asked a moment ago.
    pub(crate) fn poll_now(&mut self) {
        if let Ok(mut feeds) = self.sessions.feeds.try_lock() {
            (feeds.last, feeds.failures) = (None, 0);
        }
        self.sessions.interest = None;
        self.keep_polling();
    }

    /// Another sign-in may be another representative.
    pub(crate) fn forget_sessions(&mut self) {
        self.sessions = Sessions::default();
    }

    fn interest(&self) -> Option<Interest> {
        let mut interest = Interest::default();
        let name = |appliance: Option<&str>| appliance.unwrap_or(DEFAULT_APPLIANCE).to_owned();
        for open in &self.cases.list {
            let is_seen = self.is_open(Window::Case) && self.cases.shown == Some(open.id);
            let joined = matches!(open.watch, WatchState::Joined { .. }) && is_seen;
            if let Some(watch) = open.sought.as_ref().filter(|_| open.is_watched() || joined) {
                interest.appliances.insert(name(watch.appliance()));
                interest.wanted.extend(watch.wanted().iter().cloned());
            }
        }
        if let Some(watch) = self.jumps.watch() {
            interest.appliances.insert(name(watch.appliance()));
            interest.wanted.extend(watch.wanted().iter().cloned());
        }
        let settings = self.casebridge.settings();
        let is_signed_in = self.settings.sign_in == SignInView::SignedIn;
        let offers = settings.is_on("tag.offer") && self.casebridge.is_configured();
        if is_signed_in && (offers || self.is_open(Window::Tag)) {
            interest.appliances.insert(DEFAULT_APPLIANCE.to_owned());
        }
        (!interest.appliances.is_empty()).then_some(interest)
    }

    pub(crate) fn sessions_seen(&mut self, appliance: String, result: Result<Snapshot, Failure>) {
        let result = result.map_err(|failure| self.report(&failure));
        self.watch_cases(&appliance, &result);
        self.watch_jump(&appliance, &result);
        match result {
            Ok(snapshot) => {
                self.sessions.snapshots.insert(appliance, snapshot);
                self.sessions.stale = None;
                self.sessions_changed();
            }
            Err(failure) => self.sessions.stale = Some(failure),
        }
        self.publish_tag();
    }
}

async fn poll(
    casebridge: Casebridge,
    events: Events,
    feeds: Arc<Mutex<Feeds>>,
    interest: Interest,
) {
    loop {
        let interval = Duration::from_secs(casebridge.settings().seconds("poll.interval").into());
        let wait = feeds.lock().await.wait(interval, jitter(&casebridge));
        tokio::time::sleep(wait).await;
        let mut feeds = feeds.lock().await;
        feeds.last = Some(Instant::now());
        let username = feeds.username(&casebridge).await;
        let mut failed = false;
        for appliance in &interest.appliances {
            let feed = feeds.feeds.entry(appliance.clone()).or_default();
            let result =
                feed.poll(&casebridge, Some(appliance), username.as_deref(), &interest.wanted);
            let result = Box::new(result.await);
            failed |= result.is_err();
            let seen = Event::SessionsSeen { appliance: appliance.clone(), result };
            if events.send(seen).is_err() {
                return;
            }
        }
        feeds.failures = if failed { feeds.failures.saturating_add(1) } else { 0 };
    }
}

/// A part of a second, so that desktops that failed together do not come back together.
fn jitter(casebridge: &Casebridge) -> Duration {
    Duration::from_nanos(u64::from(casebridge.now().subsec_nanosecond().unsigned_abs()))
}

impl Feeds {
    /// How long to wait for the next turn.
    fn wait(&self, interval: Duration, jitter: Duration) -> Duration {
        let (after, more) = match self.failures {
            0 => (interval, Duration::ZERO),
            count => (interval * 2_u32.pow(count.min(DOUBLINGS)), jitter),
        };
        match self.last {
            None => Duration::ZERO,
            Some(last) => (last + after + more).saturating_duration_since(Instant::now()),
        }
    }

    /// The representative's name, asked for once. Without it nothing is the representative's own,
    /// and keys are watched all the same.
    async fn username(&mut self, casebridge: &Casebridge) -> Option<String> {
        let is_due = self.asked.is_none_or(|at| at.elapsed() >= ASK_AGAIN);
        if self.username.is_none() && is_due {
            self.asked = Some(Instant::now());
            self.username = session_key::representative(casebridge).await.ok();
        }
        self.username.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_failures_the_wait_grows_to_a_limit() {
        let interval = Duration::from_secs(10);
        let wait = |failures| {
            let feeds = Feeds { last: Some(Instant::now()), failures, ..Feeds::default() };
            feeds.wait(interval, Duration::from_millis(500)).as_secs_f64().round()
        };
        assert_eq!([wait(0), wait(1), wait(2)], [10.0, 21.0, 41.0]);
        assert_eq!(wait(5), wait(50));
        assert_eq!(Feeds::default().wait(interval, Duration::ZERO), Duration::ZERO);
    }
}
