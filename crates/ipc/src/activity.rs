//! The activity window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::FailureView;
use serde::Serialize;
use ts_rs::TS;

commands! {
    ActivityCommand for Activity;

    /// The activity window's view.
    activity_view = ActivityView {} -> "ActivityView";
    /// Tries an entry again now.
    retry_item = RetryItem { id: u32 } -> "void";
    /// Gives an entry up.
    discard_item = DiscardItem { id: u32 } -> "void";
    /// Opens the case of an entry in the browser.
    open_item_case = OpenItemCase { id: u32 } -> "void";
    /// Imports a session to the case that it carries, although something speaks against it.
    agree_item = AgreeItem { id: u32 } -> "void";
    /// Chooses another case for a session that is not imported.
    choose_item_case = ChooseItemCase { id: u32 } -> "void";
    /// The person has seen that what was remembered was damaged.
    note_mended = NoteMended {} -> "void";
    /// Goes to the sign-in.
    open_sign_in = OpenSignIn {} -> "void";
}

/// What was done, or is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ActivityKindView {
    /// A session is written to its case.
    Import,
    /// The surveys of a session.
    Survey,
    /// An e-mail is handed to Salesforce.
    Email,
    /// A session key.
    Key,
    /// A jump.
    Jump,
    /// A session was put on a case.
    Tag,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ActivityStateView {
    /// It waits for its time.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// When it is tried next; RFC 3339, UTC.
        due_at: String,
        /// It waits for the session to end.
        running: bool,
        /// Why it was not done before, if it was tried.
        failure: Option<FailureView>,
    },
    /// A person has to look.
    Parked {
        /// Why.
        failure: FailureView,
    },
    /// Another sign-in left it, and it waits for that one.
    Held {
        /// Whose it is.
        failure: FailureView,
    },
    /// It is done.
    Done {
        /// What came of it; may be empty.
        summary: String,
    },
    /// A person gave it up.
    Discarded,
    /// Nothing more is done about it.
    GaveUp {
        /// Why.
        failure: FailureView,
    },
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEntryView {
    /// What the commands take.
    pub id: u32,
    /// What it is.
    pub kind: ActivityKindView,
    /// Whom or what it is about; may be empty.
    pub title: String,
    /// The case's number, where it is known.
    pub case_number: Option<String>,
    /// Whether the case can be opened.
    pub has_case: bool,
    /// When it last changed; RFC 3339, UTC.
    pub at: String,
    /// How far it is.
    pub state: ActivityStateView,
}

/// The activity window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityView {
    /// What holds up everything that goes to Salesforce.
    pub hold: Option<FailureView>,
    /// That what was remembered was damaged, until the person has seen it.
    pub mended: Option<FailureView>,
    /// What waits, what needs a person first; nothing until it is known.
    pub open: Option<Vec<ActivityEntryView>>,
    /// What is done or given up, the latest first.
    pub closed: Vec<ActivityEntryView>,
    /// Why it is not known.
    pub failure: Option<FailureView>,
}
