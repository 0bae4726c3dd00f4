//! The tag window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::{CaseHeaderView, DoubtView, FailureView, WaitingCaseView};
use serde::Serialize;
use ts_rs::TS;

commands! {
    TagCommand for Tag;

    /// The tag window's view.
    tag_view = TagView {} -> "TagView";
    /// Selects a session for the tag, or clears the selection.
    select_session = SelectSession { lsid: String, selected: bool } -> "void";
    /// Chooses the case that was entered, or searches cases by subject.
    find_cases = FindCases { text: String } -> "void";
    /// Chooses a case from a list. An empty text removes the case.
    choose_tag_case = ChooseTagCase { reference: String } -> "void";
    /// Tags the selected sessions with the case. Doubts must be confirmed.
    tag_sessions = TagSessions { confirmed: bool } -> "void";
    /// Restores a session's previous external key.
    undo_tag = UndoTag { id: u32 } -> "void";
    /// Opens the case of a session in the browser.
    open_session_case = OpenSessionCase { lsid: String } -> "void";
    /// Removes a session that has ended from the list: it needs no case.
    dismiss_session = DismissSession { lsid: String } -> "void";
    /// Opens the org's page for a new case in the browser.
    open_new_case = OpenNewCase { subject: String, contact: String } -> "void";
    /// Stops waiting for the new case.
    stop_new_case = StopNewCase {} -> "void";
    /// Refreshes the list of sessions.
    refresh_sessions = RefreshSessions {} -> "void";
    /// Shows the case whose link was opened while another one was on screen.
    show_waiting_tag = ShowWaitingTag {} -> "void";
}

/// The state of a session's tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TagStateView {
    /// No tag was requested.
    Idle,
    /// It is being written.
    Tagging,
    /// The tag was written and read back.
    Tagged,
    /// The session has ended. The case is saved for the import.
    Held,
    /// It could not be written.
    Failed {
        /// Why.
        failure: FailureView,
    },
}

/// A running session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagSessionView {
    /// The argument of `select_session`.
    pub lsid: String,
    /// Its appliance, where there is more than one.
    pub appliance: Option<String>,
    /// The customer's name.
    pub customer: Option<String>,
    /// The customer's computer.
    pub hostname: Option<String>,
    /// RFC 3339, UTC.
    pub started_at: Option<String>,
    /// The session's case, as shown to people: its number, if known.
    pub carries: Option<String>,
    /// Another product's external key, which refers to no case.
    pub foreign_key: Option<String>,
    /// The subject of the session's case.
    pub carries_subject: Option<String>,
    /// The doubt about the session's case.
    pub carries_doubt: Option<DoubtView>,
    /// The representative owns it.
    pub owner: bool,
    /// The session is selected.
    pub selected: bool,
    /// The doubts about the chosen case.
    pub doubts: Vec<DoubtView>,
    /// The state of its tag.
    pub state: TagStateView,
    /// The session has ended: a case is saved for the import.
    pub ended: bool,
}

/// A new case for the selected session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewCaseView {
    /// The proposed subject.
    pub subject: String,
    /// The proposed contact: the customer's name.
    pub contact: String,
    /// How far it is.
    pub state: NewCaseStateView,
}

/// The state of a new case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NewCaseStateView {
    /// None was requested.
    Idle,
    /// The org's page is open, and the case is looked for.
    Waiting {
        /// The contact that was found and filled in.
        contact: Option<String>,
    },
    /// The page could not be opened.
    Failed {
        /// Why.
        failure: FailureView,
    },
}

/// A tag that can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UndoView {
    /// The argument of `undo_tag`.
    pub id: u32,
    /// The case's number.
    pub case_number: String,
    /// The session's customer, if known.
    pub customer: Option<String>,
    /// RFC 3339, UTC.
    pub tagged_at: String,
}

/// The tag window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagView {
    /// The representative's running sessions. Absent until loaded.
    pub sessions: Option<Vec<TagSessionView>>,
    /// Why the list may be out of date.
    pub stale: Option<FailureView>,
    /// The reference of the case.
    pub reference: Option<String>,
    /// The case, once read.
    pub header: Option<CaseHeaderView>,
    /// Why the case could not be read.
    pub case_failure: Option<FailureView>,
    /// Recent cases from this app and from the org.
    pub recent: Vec<WaitingCaseView>,
    /// A new case for the selected session.
    pub new_case: NewCaseView,
    /// The search text. Absent if there was no search.
    pub searched: Option<String>,
    /// The search results.
    pub found: Vec<WaitingCaseView>,
    /// The doubts are shown and wait for confirmation.
    pub confirming: bool,
    /// A tag is being written.
    pub busy: bool,
    /// Tags that can be undone, latest first.
    pub undo: Vec<UndoView>,
    /// Another case that is waiting.
    pub waiting: Option<String>,
}
