//! What a part may want of another one, or of the desktop. A part knows no other part: the controller
//! delivers what it asks for.

use crate::facts::Look;
use crate::shell::Notice;
use casebridge_domain::{Case, CaseId, CaseRef, FailureCode, Lsid, OrgId};
use casebridge_ipc::{FailureView, Step, Window};
use casebridge_use_cases::sessions::RunningSession;
use casebridge_use_cases::web_console::WebAction;
use serde_json::Value;
use tokio::sync::oneshot;

/// What a command is answered with.
pub(crate) type Answer = Result<Value, FailureView>;

/// The answer of a command that has none.
pub(crate) const DONE: Answer = Ok(Value::Null);

/// Where the answer to a window's command goes. A window that is gone needs none.
#[derive(Debug)]
pub(crate) struct Reply(oneshot::Sender<Answer>);

impl Reply {
    pub(crate) fn new() -> (Self, oneshot::Receiver<Answer>) {
        let (sender, receiver) = oneshot::channel();
        (Self(sender), receiver)
    }

    /// Answers; the controller does it, once the windows show what the command did.
    pub(crate) fn send(self, answer: Answer) {
        let _ = self.0.send(answer);
    }
}

/// A case whose page is to be opened.
#[derive(Debug)]
pub(crate) enum CaseToOpen {
    /// By its id.
    Id(CaseId),
    /// By what an external key says, in this org.
    Key(String, Option<OrgId>),
}

/// What is proposed to be tagged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TagProposal {
    pub(crate) case: Option<CaseRef>,
    pub(crate) org: Option<OrgId>,
    pub(crate) lsid: Option<Lsid>,
}

/// What a part asks for.
#[derive(Debug)]
pub(crate) enum Request {
    /// Makes the window, or brings it to the front.
    Open(Window),
    /// The person is done with the window.
    Close(Window),
    /// Shows a notification.
    Notify(Notice),
    /// Says once in a while that links are not acted on.
    NotifyOfLinks(FailureCode),
    /// Puts a text on the clipboard.
    Copy(String),
    /// Ends the app.
    Quit,

    /// Looks at the running sessions now.
    PollNow,
    /// The running sessions of an appliance were looked at.
    Looked(Box<Look>),
    /// The cases that external keys name are known.
    CarriedKnown,
    /// The computer slept, or its clock was set.
    ClockChanged,
    /// Looks for sessions that ended unseen.
    CatchUp,
    /// Tells of sessions that ended without a case, if it is time.
    TellEnded,

    /// Reads whether somebody is signed in.
    AskSignIn,
    /// Opens the browser for the sign-in; where a case waits for it, the case goes on afterwards.
    SignIn { case_waits: bool },
    /// Gives the sign-in that is under way up.
    CancelSignIn,
    /// Ends the sign-in.
    SignOut(Reply),
    /// A call told this about the sign-in: it works, or it failed so.
    SignInMet(Option<FailureCode>),
    /// Another org's values are being saved.
    OrgMoves,
    /// The org's values were saved; with another org nobody is signed in any more.
    OrgSaved { is_other: bool },
    /// The account is on screen; what failed before is shown, or not.
    ShowAccount { failure: bool },
    /// Another representative's name counts from now on.
    RepresentativeChanged,
    /// Somebody is signed in from now on.
    SignedIn { by_hand: bool },
    /// Somebody else is signed in than before.
    OwnerChanged,

    /// Asks for a case.
    AskForCase,
    /// Shows a case and creates its key.
    ShowCase(CaseRef),
    /// The case that waited for the sign-in goes on.
    GoOn,
    /// The case was read.
    NoteCase { case: Box<Case>, hosts: Option<Vec<String>> },
    /// Opens a case in the browser.
    OpenCase(CaseToOpen),
    /// A person settled whether the session belongs to its case.
    DoubtSettled(Lsid),
    /// An e-mail that had to wait was handed over; this is its subject in the outbox.
    EmailWent(String),

    /// Proposes the jump that was last started.
    AskForJump,
    /// Proposes a previous jump.
    JumpAgain(u32),

    /// Finds out what the appliance's web console was seen to support.
    AskWebConsole(Option<String>),
    /// The web console did what it was asked for, or did not.
    NoteWebConsole { appliance: Option<String>, action: WebAction, works: bool },

    /// Proposes a case for running sessions.
    ProposeTag(TagProposal),
    /// Shows the running sessions, with this one marked.
    AskForTag(Option<Lsid>),
    /// A session has ended and may still be put on a case.
    NoteEnded(Box<RunningSession>),
    /// Puts a session on a case.
    TagSession { session: Box<RunningSession>, case: Box<Case> },
    /// Takes a tag back.
    UndoTag(u32),
    /// Tells that a session was tagged.
    TellTagged { customer: String, number: String, tag: Option<u32> },
    /// Tells that the customer may not be who the case is about.
    TellDoubt { appliance: Option<String>, lsid: Lsid, case: Box<Case>, customer: String },
    /// A person says that session and case belong together.
    Agree { appliance: Option<String>, lsid: Lsid, case: CaseId },

    /// Something was added to the outbox, or is due earlier than it was.
    OutboxChanged,
    /// Shows what was done and what waits.
    OpenActivity,
    /// Shows the settings, at this step.
    OpenSettings(Option<Step>),
}
