//! The one poller of running sessions, for whatever needs them: keys, jumps, the tray, tags.
//!
//! It asks once an interval and only while somebody needs it; after a failure it waits longer, with
//! jitter. What it found comes as one event, which is all that a source that is told of sessions
//! would have to send instead.

use crate::controller::Controller;
use crate::event::{Event, Events};
use crate::offers::Offers;
use crate::open_case::{Task, WatchState};
use crate::tag_window::TagWindow;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{Failure, Lsid};
use casebridge_ipc::{FailureView, SignInView, Window};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::session_key;
use casebridge_use_cases::sessions::{Feed, RunningSession, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
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
    /// Only the representative's own sessions matter: without their name there is nothing to find.
    only_own: bool,
}

/// What is known of running sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    snapshots: BTreeMap<String, Snapshot>,
    /// Why what is known may be out of date.
    pub(crate) stale: Option<FailureView>,
    poller: Option<Poller>,
}

/// The task that polls; a call under way is never broken off for a new interest.
struct Poller {
    interest: watch::Sender<Option<Interest>>,
    at_once: Arc<Notify>,
    _task: Task,
}

/// What the poller remembers from one turn to the next.
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
        if self.sessions.poller.is_none() && interest.is_none() {
            return;
        }
        let (casebridge, events) = (&self.casebridge, &self.events);
        let poller = self.sessions.poller.get_or_insert_with(|| {
            let (sender, interests) = watch::channel(None);
            let at_once = Arc::new(Notify::new());
            let task = poll(casebridge.clone(), events.clone(), interests, at_once.clone());
            Poller { interest: sender, at_once, _task: tokio::spawn(task).into() }
        });
        poller.interest.send_if_modified(|known| {
            let is_new = *known != interest;
            *known = interest;
            is_new
        });
    }

    /// Asks again at once, whatever was asked a moment ago.
    pub(crate) fn poll_now(&mut self) {
        self.keep_polling();
        if let Some(poller) = &self.sessions.poller {
            poller.at_once.notify_one();
        }
    }

    /// Another sign-in is another representative: nothing that was read for the one before stays.
    pub(crate) fn owner_changed(&mut self) {
        self.forget_sessions();
        self.forget_cases();
        self.ask_for_jumps();
        self.wake_outbox();
    }

    /// Another name may be another representative.
    pub(crate) fn forget_sessions(&mut self) {
        self.sessions = Sessions::default();
        (self.tags, self.offers) = (TagWindow::default(), Offers::default());
        self.publish_tag();
    }

    fn interest(&self) -> Option<Interest> {
        let mut interest = Interest::default();
        let name = |appliance: Option<&str>| appliance.unwrap_or(DEFAULT_APPLIANCE).to_owned();
        for open in &self.cases.list {
            let is_seen = self.is_open(Window::Case) && self.cases.shown == Some(open.id);
            let joined = matches!(open.watch, WatchState::Joined(_)) && is_seen;
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
        // Their end begins an import, as their beginning an offer.
        let told = settings.is_on("tag.offer") || settings.is_on("import.enabled");
        let told = told && self.casebridge.is_configured();
        interest.only_own = interest.appliances.is_empty();
        if is_signed_in && (told || self.is_open(Window::Tag)) {
            interest.appliances.insert(DEFAULT_APPLIANCE.to_owned());
        }
        if self.is_open(Window::Tag) {
            // On screen they are as they are now.
            interest.wanted.extend(self.sessions.mine().into_iter().map(|session| session.lsid));
        }
        (!interest.appliances.is_empty()).then_some(interest)
    }

    pub(crate) fn sessions_seen(&mut self, appliance: String, result: Result<Snapshot, Failure>) {
        let result = result.map_err(|failure| self.report(&failure));
        self.watch_cases(&appliance, &result);
        self.watch_jump(&appliance, &result);
        match result {
            Ok(snapshot) => {
                // What ended during an outage is in no listing of running sessions.
                if self.sessions.stale.is_some() {
                    self.catch_up();
                }
                let before = self.sessions.mine();
                self.sessions.snapshots.insert(appliance, snapshot);
                self.sessions.stale = None;
                self.import_sessions(&before);
                self.sessions_changed(before);
            }
            Err(failure) => self.sessions.stale = Some(failure),
        }
        self.publish_tag();
    }
}

async fn poll(
    casebridge: Casebridge,
    events: Events,
    mut interests: watch::Receiver<Option<Interest>>,
    at_once: Arc<Notify>,
) {
    let mut feeds = Feeds::default();
    loop {
        let Ok(interest) = interests.wait_for(Option::is_some).await.map(|known| known.clone())
        else {
            return;
        };
        let interval = Duration::from_secs(casebridge.settings().seconds("poll.interval").into());
        let wait = feeds.wait(interval, jitter(&casebridge));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = at_once.notified() => {}
            // What is asked for may be another thing by the end of the wait.
            _ = interests.changed() => continue,
        }
        if events.is_closed() {
            return;
        }
        feeds.turn(&casebridge, &events, &interest.unwrap_or_default()).await;
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

    /// Asks each appliance once, and tells what came of it.
    async fn turn(&mut self, casebridge: &Casebridge, events: &Events, interest: &Interest) {
        self.last = Some(Instant::now());
        let name = match self.username(casebridge).await {
            Ok(name) => Some(name),
            Err(failure) if interest.only_own => {
                let appliance = DEFAULT_APPLIANCE.to_owned();
                let told = failure.map(|failure| Event::SessionsSeen {
                    appliance,
                    result: Box::new(Err(failure)),
                });
                return told.map_or((), |event| drop(events.send(event)));
            }
            Err(_) => None,
        };
        let mut failed = false;
        for appliance in &interest.appliances {
            let feed = self.feeds.entry(appliance.clone()).or_default();
            let polled = feed.poll(casebridge, Some(appliance), name.as_deref(), &interest.wanted);
            let result = polled.await;
            failed |= result.is_err();
            let result = Box::new(result);
            // An app that is ending needs no sessions.
            let _ = events.send(Event::SessionsSeen { appliance: appliance.clone(), result });
        }
        self.failures = if failed { self.failures.saturating_add(1) } else { 0 };
    }

    /// The representative's name, asked for once; an error that is new comes with its failure.
    /// Without it nothing is the representative's own, and keys are watched all the same.
    async fn username(&mut self, casebridge: &Casebridge) -> Result<String, Option<Failure>> {
        if let Some(name) = &self.username {
            return Ok(name.clone());
        }
        if self.asked.is_some_and(|at| at.elapsed() < ASK_AGAIN) {
            return Err(None);
        }
        self.asked = Some(Instant::now());
        match session_key::representative(casebridge).await {
            Ok(name) => Ok(self.username.insert(name).clone()),
            Err(failure) => Err(Some(failure)),
        }
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
            feeds.wait(interval, Duration::from_millis(900)).as_secs_f64().round()
        };
        assert_eq!([wait(0), wait(1), wait(2)], [10.0, 21.0, 41.0]);
        assert_eq!(wait(5), wait(50));
        assert_eq!(Feeds::default().wait(interval, Duration::ZERO), Duration::ZERO);
    }
}
