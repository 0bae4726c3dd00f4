//! The activity window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::FailureView;
use serde::Serialize;
use ts_rs::TS;

commands! {
    ActivityCommand for Activity;

    /// The activity window's view.
    activity_view = ActivityView {} -> "ActivityView";
    /// Retries an entry now.
    retry_item = RetryItem { id: u32 } -> "void";
    /// Discards an entry.
    discard_item = DiscardItem { id: u32 } -> "void";
    /// Opens the case of an entry in the browser.
    open_item_case = OpenItemCase { id: u32 } -> "void";
    /// Imports a session to its case despite a doubt.
    agree_item = AgreeItem { id: u32 } -> "void";
    /// Chooses another case for a session that was not imported.
    choose_item_case = ChooseItemCase { id: u32 } -> "void";
    /// Notes that the person has read that the stored data was damaged.
    note_mended = NoteMended {} -> "void";
    /// Opens the sign-in page.
    open_sign_in = OpenSignIn {} -> "void";
}

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ActivityKindView {
    /// The import of a session to its case.
    Import,
    /// The surveys of a session.
    Survey,
    /// An e-mail with a session key.
    Email,
    /// A session key.
    Key,
    /// A jump.
    Jump,
    /// A session was tagged with a case.
    Tag,
}

/// Its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ActivityStateView {
    /// It is waiting for its next attempt.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// The time of the next attempt (RFC 3339, UTC).
        due_at: String,
        /// It is waiting for the session to end.
        running: bool,
        /// Why the last attempt failed, if there was one.
        failure: Option<FailureView>,
    },
    /// It needs a person.
    Parked {
        /// Why.
        failure: FailureView,
    },
    /// It belongs to another sign-in and waits for it.
    Held {
        /// The user that it belongs to.
        failure: FailureView,
    },
    /// It is done.
    Done {
        /// The result. May be empty.
        summary: String,
    },
    /// A person discarded it.
    Discarded,
    /// It was given up and is not retried.
    GaveUp {
        /// Why.
        failure: FailureView,
    },
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEntryView {
    /// The id for the commands.
    pub id: u32,
    /// What it is.
    pub kind: ActivityKindView,
    /// Its appliance, where there is more than one.
    pub appliance: Option<String>,
    /// The customer, recipient or computer. May be empty.
    pub title: String,
    /// The case's number, where it is known.
    pub case_number: Option<String>,
    /// Whether the case can be opened.
    pub has_case: bool,
    /// When it last changed; RFC 3339, UTC.
    pub at: String,
    /// Its state.
    pub state: ActivityStateView,
}

/// The activity window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityView {
    /// Why nothing can be written to Salesforce at the moment, if that is so.
    pub hold: Option<FailureView>,
    /// The notice that the stored data was damaged, until the person has read it.
    pub mended: Option<FailureView>,
    /// The waiting entries, starting with those that need a person. Absent until loaded.
    pub open: Option<Vec<ActivityEntryView>>,
    /// The finished entries, latest first.
    pub closed: Vec<ActivityEntryView>,
    /// Why the entries could not be loaded.
    pub failure: Option<FailureView>,
}
