//! The one poller of running sessions, for whatever needs them: keys, jumps, the tray, tags.
//!
//! It asks once an interval and only while somebody needs it; after a failure it waits longer, with
//! jitter. What it found comes as one message, which is all that a source that is told of sessions
//! would have to send instead.

use crate::context::{Context, Part, Sender, Task};
use crate::facts::{Interest, Look, SessionsSeen};
use crate::request::Request;
use casebridge_domain::Failure;
use casebridge_domain::settings::setting;
use casebridge_ipc::{FailureView, Window};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::session_key;
use casebridge_use_cases::sessions::{self, Feed, Snapshot};
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
    /// The appliances whose last look failed, and why.
    stale: BTreeMap<String, FailureView>,
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
struct Sources {
    sources: BTreeMap<String, Source>,
    username: Option<String>,
    /// When the org was last asked for it.
    asked: Option<Instant>,
}

/// One appliance. One that is down is asked less often, and holds up no other.
#[derive(Default)]
struct Source {
    feed: Feed,
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
            interest.appliances.extend(sessions::appliances(cx.casebridge, None));
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
        let after_outage = result.is_ok() && self.stale.contains_key(&appliance);
        match &result {
            Ok(snapshot) => {
                self.snapshots.insert(appliance.clone(), snapshot.clone());
                self.stale.remove(&appliance);
            }
            Err(failure) => drop(self.stale.insert(appliance.clone(), failure.clone())),
        }
        // An appliance that was removed from the settings has no sessions any more.
        let configured = sessions::appliances(cx.casebridge, None);
        self.snapshots.retain(|name, _| configured.contains(name));
        self.stale.retain(|name, _| configured.contains(name));
        self.seen = Arc::new(SessionsSeen {
            mine: sessions::in_order(self.snapshots.values().flat_map(Snapshot::mine)),
            is_known: !self.snapshots.is_empty(),
            stale: self.stale.values().next().cloned(),
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
    let mut sources = Sources::default();
    let mut hurry = false;
    loop {
        let Ok(wanted) = changes.wait_for(Option::is_some).await.map(|known| known.clone()) else {
            return;
        };
        let wanted = wanted.unwrap_or_default();
        let pace = Pace {
            interval: casebridge.settings().get(&setting::POLL_INTERVAL).duration(),
            jitter: jitter(&casebridge),
            at_once: hurry,
        };
        tokio::select! {
            () = tokio::time::sleep(sources.wait(&wanted, &pace)) => {}
            () = at_once.notified() => {
                hurry = true;
                continue;
            }
            // What is asked for may be another thing by the end of the wait.
            _ = changes.changed() => continue,
        }
        if told.is_closed() {
            return;
        }
        hurry = false;
        sources.turn(&casebridge, &told, &wanted, &pace).await;
    }
}

/// A part of a second, so that desktops that failed together do not come back together.
fn jitter(casebridge: &Casebridge) -> Duration {
    Duration::from_nanos(u64::from(casebridge.now().subsec_nanosecond().unsigned_abs()))
}

/// How fast appliances are asked.
struct Pace {
    interval: Duration,
    jitter: Duration,
    /// Each is due now.
    at_once: bool,
}

impl Source {
    /// How long to wait until the appliance is asked again.
    fn wait(&self, pace: &Pace) -> Duration {
        let (after, more) = match self.failures {
            0 => (pace.interval, Duration::ZERO),
            count => (pace.interval * 2_u32.pow(count.min(DOUBLINGS)), pace.jitter),
        };
        match self.last.filter(|_| !pace.at_once) {
            None => Duration::ZERO,
            Some(last) => (last + after + more).saturating_duration_since(Instant::now()),
        }
    }

    /// Asks the appliance once, and tells what came of it.
    async fn ask(
        &mut self,
        casebridge: &Casebridge,
        told: &Sender<Message>,
        appliance: &str,
        username: Option<&str>,
        wanted: &Wanted,
    ) {
        self.last = Some(Instant::now());
        let wanted = &wanted.interest.wanted;
        let result = self.feed.poll(casebridge, Some(appliance), username, wanted).await;
        self.failures = if result.is_err() { self.failures.saturating_add(1) } else { 0 };
        told.send(Message::Seen { appliance: appliance.to_owned(), result: Box::new(result) });
    }
}

impl Sources {
    /// How long to wait for the next turn.
    fn wait(&self, wanted: &Wanted, pace: &Pace) -> Duration {
        let wait = |name| self.sources.get(name).map_or(Duration::ZERO, |source| source.wait(pace));
        wanted.interest.appliances.iter().map(wait).min().unwrap_or(pace.interval)
    }

    /// Asks each appliance that is due, all at the same time.
    async fn turn(
        &mut self,
        casebridge: &Casebridge,
        told: &Sender<Message>,
        wanted: &Wanted,
        pace: &Pace,
    ) {
        for name in &wanted.interest.appliances {
            self.sources.entry(name.clone()).or_default();
        }
        let name = match self.username(casebridge).await {
            Ok(name) => Some(name),
            Err(failure) if wanted.only_own => return self.unknown(failure, told, wanted),
            Err(_) => None,
        };
        let is_due = |(on, source): &(&String, &mut Source)| {
            wanted.interest.appliances.contains(*on) && source.wait(pace).is_zero()
        };
        let due = self.sources.iter_mut().filter(is_due);
        let asked =
            due.map(|(on, source)| source.ask(casebridge, told, on, name.as_deref(), wanted));
        futures::future::join_all(asked).await;
    }

    /// Nobody knows whose sessions to look for: that is told once, as of the first appliance.
    fn unknown(&mut self, failure: Option<Failure>, told: &Sender<Message>, wanted: &Wanted) {
        for source in self.sources.values_mut() {
            source.last = Some(Instant::now());
        }
        if let (Some(failure), Some(first)) = (failure, wanted.interest.appliances.first()) {
            told.send(Message::Seen { appliance: first.clone(), result: Box::new(Err(failure)) });
        }
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
        interest.add("Default", []);
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
            let source = Source { last: Some(Instant::now()), failures, feed: Feed::default() };
            let pace = Pace { interval, jitter: Duration::from_millis(900), at_once: false };
            source.wait(&pace).as_secs_f64().round()
        };
        assert_eq!([wait(0), wait(1), wait(2)], [10.0, 21.0, 41.0]);
        assert_eq!(wait(5), wait(50));
        let pace = Pace { interval, jitter: Duration::ZERO, at_once: true };
        let asked = Source { last: Some(Instant::now()), ..Source::default() };
        assert_eq!(asked.wait(&pace), Duration::ZERO);
    }
}
