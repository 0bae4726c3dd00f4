//! Everything that can happen, and the handle through which the outside makes it happen.

use crate::pages::Asked;
use casebridge_domain::{Case, Failure, Lsid, Recipient, SessionKey};
use casebridge_ipc::{Command, CommandError, FailureView, Window};
use casebridge_store::{CaseRecord, Item, TagRecord};
use casebridge_use_cases::account::Account;
use casebridge_use_cases::cases::CaseHit;
use casebridge_use_cases::doctor::Outcome;
use casebridge_use_cases::jobs::Finished;
use casebridge_use_cases::jump::{CaseHost, PastJump};
use casebridge_use_cases::outbox::{Attempt, Overview};
use casebridge_use_cases::sessions::{RunningSession, Snapshot};
use casebridge_use_cases::support_bundle::SupportBundle;
use casebridge_use_cases::tag::Tagged;
use serde_json::Value;
use std::path::PathBuf;
use tokio::sync::{mpsc, oneshot};

/// What a command is answered with.
pub(crate) type Answer = Result<Value, FailureView>;

/// Everything that can happen.
pub(crate) enum Event {
    LinkOpened {
        link: String,
        taken: oneshot::Sender<()>,
    },
    AppShown,
    MenuPressed(String),
    CloseAsked(Window),
    WindowClosed(Window),
    CommandGiven {
        command: Command,
        answer: oneshot::Sender<Answer>,
        window: Window,
    },

    CaseRead {
        case: u64,
        result: Box<Result<Case, Failure>>,
    },
    KeyMade {
        case: u64,
        attempt: u64,
        result: Box<Result<(Case, SessionKey), Failure>>,
    },
    KeyExpired {
        case: u64,
        attempt: u64,
    },
    EmailAnswered {
        case: u64,
        attempt: u64,
        result: Result<Recipient, Failure>,
    },
    DialogOpened {
        case: u64,
        attempt: u64,
        result: Box<Result<(Case, Asked), Failure>>,
    },

    SessionsSeen {
        appliance: String,
        result: Box<Result<Snapshot, Failure>>,
    },

    JumpsKnown(Result<Vec<PastJump>, Failure>),
    JumpCaseRead {
        number: u32,
        result: Box<Result<(Case, Vec<CaseHost>), Failure>>,
    },
    JumpLaunched {
        attempt: u64,
        result: Box<Result<Asked, Failure>>,
    },
    JumpPatienceOver {
        attempt: u64,
    },

    TagCaseRead {
        number: u32,
        result: Box<Result<Case, Failure>>,
    },
    CasesFound {
        text: String,
        result: Result<Vec<CaseHit>, Failure>,
    },
    KeysResolved {
        found: Vec<(String, Option<Case>)>,
        failed: Vec<String>,
    },
    SessionTagged {
        session: Box<RunningSession>,
        number: String,
        result: Box<Result<Tagged, Failure>>,
    },
    TagUndone {
        id: u32,
        result: Box<Result<TagRecord, Failure>>,
    },
    TagsKnown(Result<Vec<TagRecord>, Failure>),
    NoticeAnswered {
        topic: u64,
        action: String,
    },
    SweepDue,
    Swept(Result<Option<Vec<RunningSession>>, Failure>),
    /// A look for sessions that ended unseen is over.
    CaughtUp(Result<usize, Failure>),
    CatchUpDue,
    /// The computer slept, or its clock was set.
    ClockChanged,
    /// A program of the profile changed the stored sign-in.
    SignInChanged,
    CarriedDoubted {
        session: Box<RunningSession>,
        case: Case,
        /// Nobody has agreed to it.
        is_doubtful: bool,
    },
    /// The cases of earlier runs.
    RecentKnown(Result<Vec<CaseRecord>, Failure>),
    OfferedCaseRead {
        lsid: Lsid,
        result: Box<Result<Case, Failure>>,
    },

    /// Something was added to the outbox, or changed in it.
    OutboxChanged,
    /// An attempt at an item has ended.
    OutboxWorked {
        item: Box<Item>,
        result: Box<Result<Attempt<Finished>, Failure>>,
    },
    /// It is time to look at the outbox again.
    ActivityDue,
    ActivityKnown(Box<Result<Overview, Failure>>),

    PageOpened {
        result: Result<(), Failure>,
    },

    SignInKnown(Result<bool, Failure>),
    SecretKnown(Result<bool, Failure>),
    ApplianceSaved {
        result: Result<(), Failure>,
        answer: oneshot::Sender<Answer>,
    },
    OrgSaved {
        /// Another org, or another app of it: who was signed in is not any more.
        is_other: bool,
        result: Result<(), Failure>,
        answer: oneshot::Sender<Answer>,
    },
    BundleCollected {
        bundle: SupportBundle,
        answer: oneshot::Sender<Answer>,
    },
    BundleSaved {
        result: Result<PathBuf, Failure>,
        answer: oneshot::Sender<Answer>,
    },
    AccountKnown {
        attempt: u64,
        result: Box<Result<Account, Failure>>,
    },
    SignedOut {
        result: Result<(), Failure>,
        answer: oneshot::Sender<Answer>,
    },
    Checked(Outcome),
    ChecksDone,
}

pub(crate) type Events = mpsc::UnboundedSender<Event>;

/// The running app. Clones reach the same one.
#[derive(Clone)]
pub struct App(pub(crate) Events);

impl App {
    /// Hands a link over and says whether it was acted on: only by an app that is ending it is
    /// not. What cannot be used of it the person hears from the app itself.
    pub async fn open_link(&self, link: String) -> bool {
        let (taken, acted_on) = oneshot::channel();
        self.0.send(Event::LinkOpened { link, taken }).is_ok() && acted_on.await.is_ok()
    }

    /// The program was started again without a link.
    pub fn show(&self) -> bool {
        self.0.send(Event::AppShown).is_ok()
    }

    /// An entry of the menu was pressed.
    pub fn press_menu(&self, id: &str) {
        // An app that is ending needs no menu.
        let _ = self.0.send(Event::MenuPressed(id.to_owned()));
    }

    /// A button of a notification was pressed.
    pub fn answer_notice(&self, topic: u64, action: &str) {
        let _ = self.0.send(Event::NoticeAnswered { topic, action: action.to_owned() });
    }

    /// The person closes a window by the desktop's own means. It is the app that destroys it.
    pub fn close_window(&self, window: Window) {
        let _ = self.0.send(Event::CloseAsked(window));
    }

    /// A window is gone, whoever closed it.
    pub fn window_closed(&self, window: Window) {
        let _ = self.0.send(Event::WindowClosed(window));
    }

    /// Carries out a command of a window. Its form is checked here, whatever the window did.
    ///
    /// # Errors
    /// What the window shows: the command is not the window's, or it failed.
    pub async fn command(&self, window: Window, name: &str, message: &Value) -> Answer {
        let command = Command::read(window, name, message).map_err(|e| refused(&e))?;
        tracing::debug!(window = window.label(), name, "a command was given");
        let (answer, answered) = oneshot::channel();
        let ending = || refused_with("Casebridge is ending.");
        self.0.send(Event::CommandGiven { command, answer, window }).map_err(|_| ending())?;
        answered.await.unwrap_or_else(|_| Err(ending()))
    }
}

fn refused(error: &CommandError) -> FailureView {
    tracing::warn!(%error, "a window's command was refused");
    refused_with("")
}

fn refused_with(detail: &str) -> FailureView {
    let text = casebridge_domain::FailureCode::Internal.text();
    FailureView {
        code: text.code.to_owned(),
        title: text.title.to_owned(),
        detail: detail.to_owned(),
        next_step: text.next_step.to_owned(),
        reference: String::new(),
    }
}
