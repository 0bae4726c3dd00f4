//! What is done and what waits: a task for each line of the outbox, what is told of it, and the activity
//! window.

mod told;
mod view;

use crate::context::{Context, Part, Sender, Task};
use crate::facts::{Look, OutboxSeen};
use crate::request::{Answer, CaseToOpen, DONE, Reply, Request, TagProposal};
use crate::shell::{NAME, one_line, payload};
use casebridge_domain::settings::setting;
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{ActivityCommand, FailureView, Window};
use casebridge_store::{Item, State};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::ended;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::jobs::{self, Finished};
use casebridge_use_cases::outbox::{self, Attempt, Lane, Overview};
use casebridge_use_cases::sessions::RunningSession;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Another process of the profile may have added something: it is looked so often at least.
const LOOK: Duration = Duration::from_secs(60);
/// After a failure of our own store.
const PAUSE: Duration = Duration::from_secs(30);

/// What is known of the outbox.
#[derive(Default)]
pub(crate) struct Activity {
    lanes: Vec<(Arc<Notify>, Task)>,
    known: Option<Overview>,
    failure: Option<FailureView>,
    /// It was told that the store was damaged.
    mended_told: bool,
}

/// What can happen to the outbox and its window.
pub(crate) enum Message {
    Begin,
    /// A link asks for the window.
    Link,
    /// The window is to be shown.
    Open,
    Command(ActivityCommand, Reply),
    /// Something was added, changed, or is due earlier than it was.
    Changed,
    /// It is time to look again.
    Due,
    Known(Box<Result<Overview, Failure>>),
    /// An attempt at an item has ended.
    Worked {
        item: Box<Item>,
        result: Box<Result<Attempt<Finished>, Failure>>,
    },
    /// Somebody is signed in: what was held for it goes on.
    Release,
    /// Running sessions were looked at.
    Looked(Look),
    Closed,
}

type Cx<'c> = Context<'c, Message>;

impl Part for Activity {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Begin => self.begin(cx),
            // A web page that sends many of these opens the window once.
            Message::Link if cx.is_open(Window::Activity) => {}
            Message::Link | Message::Open => {
                ask(cx);
                cx.ask(Request::Open(Window::Activity));
            }
            Message::Command(command, reply) => {
                let answer = self.command(command, cx);
                cx.answer(reply, answer);
            }
            Message::Changed => {
                for (wake, _) in &self.lanes {
                    wake.notify_one();
                }
                ask(cx);
            }
            Message::Due => ask(cx),
            Message::Known(result) => self.known(*result, cx),
            Message::Worked { item, result } => {
                Self::worked(&item, &result, cx);
                ask(cx);
            }
            Message::Release => release(cx),
            Message::Looked(look) => import_sessions(&look.before, cx),
            Message::Closed => {}
        }
    }
}

impl Activity {
    fn begin(&mut self, cx: &mut Cx<'_>) {
        for lane in Lane::ALL {
            let wake = Arc::new(Notify::new());
            let work = work(cx.casebridge.clone(), lane, cx.sender(), wake.clone());
            self.lanes.push((wake, cx.keep(work)));
        }
        ask(cx);
    }

    fn command(&mut self, command: ActivityCommand, cx: &mut Cx<'_>) -> Answer {
        let casebridge = cx.casebridge.clone();
        match command {
            ActivityCommand::ActivityView {} => return Ok(payload(&self.view(cx.known()))),
            ActivityCommand::RetryItem { id } => {
                change(async move { outbox::retry(&casebridge, id).await }, cx);
            }
            ActivityCommand::DiscardItem { id } => {
                change(async move { outbox::discard(&casebridge, id).await }, cx);
            }
            ActivityCommand::AgreeItem { id } => {
                change(async move { jobs::import::agree(&casebridge, id).await }, cx);
            }
            ActivityCommand::NoteMended {} => {
                change(async move { outbox::note_mended_seen(&casebridge).await }, cx);
            }
            ActivityCommand::OpenItemCase { id } => return self.open_case(id, cx),
            ActivityCommand::ChooseItemCase { id } => return self.choose_case(id, cx),
            ActivityCommand::OpenSignIn {} => {
                cx.ask(Request::OpenSettings(None));
                cx.ask(Request::SignIn { case_waits: false });
            }
        }
        DONE
    }

    /// What other parts may know of the outbox.
    pub(crate) fn seen(&self) -> OutboxSeen {
        let hold = self.hold();
        let open = || self.known.iter().flat_map(|known| &known.open);
        let failed = |item: &&Item| item.error_code.is_some() && !is_held_by(item, hold);
        OutboxSeen {
            parked: open().filter(|item| item.state == State::Parked).count(),
            hold,
            waiting: open().filter(|item| item.state == State::Waiting).filter(failed).count(),
        }
    }

    /// Why nothing goes to the org.
    fn hold(&self) -> Option<FailureCode> {
        self.known.as_ref()?.hold
    }

    fn known(&mut self, result: Result<Overview, Failure>, cx: &mut Cx<'_>) {
        match result {
            Ok(known) => {
                if let Some(mended) = known.mended.as_ref().filter(|_| !self.mended_told) {
                    self.mended_told = true;
                    cx.notify(Self::mended(mended));
                }
                if let Some(code) = known.hold.filter(|_| self.hold().is_none()) {
                    Self::held(code).into_iter().for_each(|notice| cx.notify(notice));
                }
                (self.known, self.failure) = (Some(known), None);
            }
            Err(failure) => self.failure = Some(cx.report(&failure)),
        }
    }

    fn item(&self, id: u32) -> Option<&Item> {
        let known = self.known.as_ref()?;
        known.open.iter().chain(&known.closed).find(|item| item.id == id)
    }

    /// The person chooses another case for a session that is not imported.
    fn choose_case(&self, id: u32, cx: &mut Cx<'_>) -> Answer {
        let open = self.known.iter().flat_map(|known| &known.open).find(|item| item.id == id);
        let Some(session) = open.and_then(jobs::import::session_of) else {
            return cx.refuse(FailureCode::OutboxItemUnknown);
        };
        let lsid = Some(session.lsid.clone());
        cx.ask(Request::NoteEnded(Box::new(session)));
        cx.ask(Request::ProposeTag(TagProposal { case: None, org: None, lsid }));
        DONE
    }

    fn open_case(&self, id: u32, cx: &mut Cx<'_>) -> Answer {
        let case = self.item(id).map(|item| item.case_id.clone());
        let Some(case) = case.filter(|case| !case.is_empty()) else {
            return cx.refuse(FailureCode::OutboxItemUnknown);
        };
        cx.ask(Request::OpenCase(CaseToOpen::Key(case, None)));
        DONE
    }
}

/// Reads what waits and what was done.
fn ask(cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move { Message::Known(Box::new(outbox::overview(&casebridge).await)) });
}

fn release(cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move {
        if let Err(failure) = outbox::release(&casebridge).await {
            tracing::warn!(code = %failure.code, "what was held could not be released");
        }
        Message::Changed
    });
}

/// An entry that is closed meanwhile is seen so in the next view.
fn change(work: impl Future<Output = Result<(), Failure>> + Send + 'static, cx: &mut Cx<'_>) {
    cx.run(async move {
        if let Err(failure) = work.await {
            tracing::warn!(code = %failure.code, "an entry could not be changed");
        }
        Message::Changed
    });
}

/// The representative's own sessions are imported when they are over. They are noted while they
/// run, so that one that ends while the app does not run is not missed.
fn import_sessions(before: &[RunningSession], cx: &mut Cx<'_>) {
    note_without_case(before, cx);
    if !cx.casebridge.settings().get(&setting::IMPORT_ENABLED) {
        return;
    }
    let now = &cx.facts.sessions.mine;
    let is_in = |all: &[RunningSession], one: &RunningSession| {
        all.iter().any(|other| other.lsid == one.lsid && other.customer == one.customer)
    };
    let new = now.iter().filter(|session| session.owner && !is_in(before, session));
    let runs = |one: &RunningSession| now.iter().any(|other| other.lsid == one.lsid);
    let over = before.iter().filter(|session| session.owner && !runs(session));
    let new = new.map(|session| (session.clone(), When::Over));
    let all: Vec<_> = new.chain(over.map(|session| (session.clone(), When::Now))).collect();
    if all.is_empty() {
        return;
    }
    let casebridge = cx.casebridge.clone();
    cx.run(async move {
        for (session, when) in all {
            let title = one_line(session.customer.as_deref().unwrap_or_default(), NAME);
            let (on, lsid) = (Some(session.appliance.as_str()), &session.lsid);
            let added = jobs::import::enqueue_import(&casebridge, on, lsid, &title, when).await;
            if let Err(failure) = added {
                tracing::error!(code = %failure.code, "a session's import is not stored");
            }
        }
        Message::Changed
    });
}

/// The representative's sessions that have ended without a case are listed.
fn note_without_case(before: &[RunningSession], cx: &mut Cx<'_>) {
    let now = &cx.facts.sessions.mine;
    let runs = |one: &RunningSession| now.iter().any(|other| other.lsid == one.lsid);
    let over = before.iter().filter(|one| one.external_key.is_none() && !runs(one));
    let over: Vec<RunningSession> = over.cloned().collect();
    if over.is_empty() {
        return;
    }
    let casebridge = cx.casebridge.clone();
    cx.run(async move {
        if let Err(failure) = ended::note(&casebridge, &over).await {
            tracing::error!(code = %failure.code, "sessions without a case are not stored");
        }
        Message::Due
    });
}

/// Whether what an item met is what holds up everything, which is told once for all.
fn is_held_by(item: &Item, hold: Option<FailureCode>) -> bool {
    hold.is_some_and(|code| item.error_code.as_deref() == Some(code.text().code))
}

/// Works on what is due, one item after the other, and sleeps until the next is.
async fn work(casebridge: Casebridge, lane: Lane, told: Sender<Message>, wake: Arc<Notify>) {
    loop {
        let next = outbox::next(&casebridge, lane).await;
        let wait = match &next {
            Ok(Some((_, due))) => {
                Duration::try_from(casebridge.now().duration_until(*due)).unwrap_or_default()
            }
            Ok(None) => LOOK,
            Err(_) => PAUSE,
        };
        if let Ok(Some((item, _))) = next
            && wait.is_zero()
        {
            let result = jobs::work_on(&casebridge, item.id).await;
            let failed = result.is_err();
            let news = Message::Worked { item: Box::new(item), result: Box::new(result) };
            if !told.send(news) {
                return;
            }
            if failed {
                tokio::time::sleep(PAUSE).await;
            }
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(wait.min(LOOK)) => {
                // What another process did, or a hold that is over, shows in the tray too.
                if !told.send(Message::Due) {
                    return;
                }
            }
            () = wake.notified() => {}
        }
    }
}
