//! The one poller of running sessions, for whatever needs them: keys, jumps, the tray, tags.
//!
//! It asks once an interval and only while somebody needs it; after a failure it waits longer, with
//! jitter. What it found comes as one message, which is all that a source that is told of sessions
//! would have to send instead.

use crate::context::{Context, Part, Sender, Task};
use crate::facts::{Interest, Look, SessionsSeen};
use crate::request::Request;
use casebridge_domain::Failure;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::settings::setting;
use casebridge_ipc::{FailureView, Window};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::session_key;
use casebridge_use_cases::sessions::{Feed, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// After failures the wait doubles so often at the most.
const DOUBLINGS: u32 = 5;

/// An org that did not tell the representative's name is asked again after this time.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// What the poller asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Wanted {
    interest: Interest,
    /// Only the representative's own sessions matter: without their name there is nothing to find.
    only_own: bool,
}

/// What is known of running sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    snapshots: BTreeMap<String, Snapshot>,
    stale: Option<FailureView>,
    seen: Arc<SessionsSeen>,
    poller: Option<Poller>,
}

/// What can happen to the running sessions.
pub(crate) enum Message {
    /// This is what keys and jumps look for now; said after every event.
    Interest(Interest),
    /// The same, and a look is wanted at once, whatever was asked a moment ago.
    PollNow(Interest),
    /// An appliance was asked.
    Seen { appliance: String, result: Box<Result<Snapshot, Failure>> },
    /// Another representative is next.
    Forget,
}

/// The task that polls; a call under way is never broken off for a new interest.
struct Poller {
    wanted: watch::Sender<Option<Wanted>>,
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

type Cx<'c> = Context<'c, Message>;

impl Part for Sessions {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Interest(interest) => self.keep_polling(interest, cx),
            Message::PollNow(interest) => {
                self.keep_polling(interest, cx);
                if let Some(poller) = &self.poller {
                    poller.at_once.notify_one();
                }
            }
            Message::Seen { appliance, result } => self.seen(appliance, *result, cx),
            Message::Forget => *self = Self::default(),
        }
    }
}

impl Sessions {
    pub(crate) fn facts(&self) -> &Arc<SessionsSeen> {
        &self.seen
    }

    fn keep_polling(&mut self, interest: Interest, cx: &mut Cx<'_>) {
        let wanted = self.wanted(interest, cx);
        if self.poller.is_none() && wanted.is_none() {
            return;
        }
        let poller = self.poller.get_or_insert_with(|| {
            let (sender, changes) = watch::channel(None);
            let at_once = Arc::new(Notify::new());
            let task = poll(cx.casebridge.clone(), cx.sender(), changes, at_once.clone());
            Poller { wanted: sender, at_once, _task: cx.keep(task) }
        });
        poller.wanted.send_if_modified(|known| {
            let is_new = *known != wanted;
            *known = wanted;
            is_new
        });
    }

    fn wanted(&self, mut interest: Interest, cx: &Cx<'_>) -> Option<Wanted> {
        let settings = cx.casebridge.settings();
        // Their end begins an import, as their beginning an offer.
        let told = settings.get(&setting::TAG_OFFER) || settings.get(&setting::IMPORT_ENABLED);
        let told = told && cx.casebridge.is_configured();
        let only_own = interest.appliances.is_empty();
        let is_on_screen = cx.is_open(Window::Tag);
        if cx.is_signed_in() && (told || is_on_screen) {
            interest.appliances.insert(DEFAULT_APPLIANCE.to_owned());
        }
        if is_on_screen {
            // On screen they are as they are now.
            interest.wanted.extend(self.seen.mine.iter().map(|session| session.lsid.clone()));
        }
        (!interest.appliances.is_empty()).then_some(Wanted { interest, only_own })
    }

    fn seen(&mut self, appliance: String, result: Result<Snapshot, Failure>, cx: &mut Cx<'_>) {
        let result = result.map_err(|failure| cx.report(&failure));
        let before = self.seen.mine.clone();
        let after_outage = result.is_ok() && self.stale.is_some();
        match &result {
            Ok(snapshot) => {
                self.snapshots.insert(appliance.clone(), snapshot.clone());
                self.stale = None;
            }
            Err(failure) => self.stale = Some(failure.clone()),
        }
        let first = self.snapshots.get(DEFAULT_APPLIANCE);
        self.seen = Arc::new(SessionsSeen {
            mine: first.map(Snapshot::mine).unwrap_or_default(),
            is_known: first.is_some(),
            stale: self.stale.clone(),
        });
        cx.ask(Request::Looked(Box::new(Look { appliance, result, before, after_outage })));
    }
}

async fn poll(
    casebridge: Casebridge,
    told: Sender<Message>,
    mut changes: watch::Receiver<Option<Wanted>>,
    at_once: Arc<Notify>,
) {
    let mut feeds = Feeds::default();
    loop {
        let Ok(wanted) = changes.wait_for(Option::is_some).await.map(|known| known.clone()) else {
            return;
        };
        let interval = casebridge.settings().get(&setting::POLL_INTERVAL).duration();
        let wait = feeds.wait(interval, jitter(&casebridge));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = at_once.notified() => {}
            // What is asked for may be another thing by the end of the wait.
            _ = changes.changed() => continue,
        }
        if told.is_closed() {
            return;
        }
        feeds.turn(&casebridge, &told, &wanted.unwrap_or_default()).await;
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
    async fn turn(&mut self, casebridge: &Casebridge, told: &Sender<Message>, wanted: &Wanted) {
        self.last = Some(Instant::now());
        let name = match self.username(casebridge).await {
            Ok(name) => Some(name),
            Err(failure) if wanted.only_own => {
                let appliance = DEFAULT_APPLIANCE.to_owned();
                if let Some(failure) = failure {
                    told.send(Message::Seen { appliance, result: Box::new(Err(failure)) });
                }
                return;
            }
            Err(_) => None,
        };
        let mut failed = false;
        for appliance in &wanted.interest.appliances {
            let feed = self.feeds.entry(appliance.clone()).or_default();
            let polled =
                feed.poll(casebridge, Some(appliance), name.as_deref(), &wanted.interest.wanted);
            let result = polled.await;
            failed |= result.is_err();
            let result = Box::new(result);
            told.send(Message::Seen { appliance: appliance.clone(), result });
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
    use crate::testing::Stage;
    use casebridge_ipc::SignInView;

    const QUIET: &str = "[tag]\noffer = false\n[import]\nenabled = false\n";
    const HOUR: Duration = Duration::from_secs(3600);

    fn interest() -> Interest {
        let mut interest = Interest::default();
        interest.add(DEFAULT_APPLIANCE, []);
        interest
    }

    #[tokio::test(start_paused = true)]
    async fn with_something_to_look_for_the_appliance_is_asked_each_interval() {
        let (stage, mut sessions) = (Stage::new(QUIET), Sessions::default());
        let mut inbox = stage.run(&mut sessions, Message::Interest(interest()));
        for _ in 0..2 {
            assert!(matches!(inbox.recv().await, Some(Message::Seen { .. })));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_asked_once_nothing_is_looked_for_any_more() {
        let (stage, mut sessions) = (Stage::new(QUIET), Sessions::default());
        let mut inbox = stage.run(&mut sessions, Message::Interest(interest()));
        stage.tell(&mut sessions, Message::Interest(Interest::default()));
        let told = tokio::time::timeout(HOUR, inbox.recv()).await;
        assert!(told.is_err(), "an appliance was asked");
    }

    #[test]
    fn offers_imports_and_the_tag_window_look_for_sessions_of_who_is_signed_in() {
        let mut signed_out = Stage::new("");
        signed_out.facts.account.sign_in = SignInView::SignedOut;
        let mut on_screen = Stage::new(QUIET);
        on_screen.facts.open.insert(Window::Tag);
        for (stage, polls) in [
            (Stage::new(QUIET), false),
            (signed_out, false),
            (Stage::new("[import]\nenabled = false\n"), true),
            (Stage::new("[tag]\noffer = false\n"), true),
            (on_screen, true),
        ] {
            let mut sessions = Sessions::default();
            stage.tell(&mut sessions, Message::Interest(Interest::default()));
            assert_eq!(sessions.poller.is_some(), polls);
        }
    }

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
