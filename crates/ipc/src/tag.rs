//! The tag window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::{CaseHeaderView, DoubtView, FailureView, WaitingCaseView};
use serde::Serialize;
use ts_rs::TS;

commands! {
    TagCommand for Tag;

    /// The tag window's view.
    tag_view = TagView {} -> "TagView";
    /// Marks a session to be put on the case, or not.
    select_session = SelectSession { lsid: String, selected: bool } -> "void";
    /// Takes the case that was typed or pasted, or looks for one by its subject.
    find_cases = FindCases { text: String } -> "void";
    /// Takes a case of a list; an empty text takes it off.
    choose_tag_case = ChooseTagCase { reference: String } -> "void";
    /// Puts the marked sessions on the case; what speaks against it has to be confirmed.
    tag_sessions = TagSessions { confirmed: bool } -> "void";
    /// Gives a session back what it carried before.
    undo_tag = UndoTag { id: u32 } -> "void";
    /// Opens the case of a session in the browser.
    open_session_case = OpenSessionCase { lsid: String } -> "void";
    /// Asks for the sessions again.
    refresh_sessions = RefreshSessions {} -> "void";
    /// Shows the case whose link came meanwhile.
    show_waiting_tag = ShowWaitingTag {} -> "void";
}

/// How far the tag of a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TagStateView {
    /// Nothing was asked for.
    Idle,
    /// It is being written.
    Tagging,
    /// It is there, and was read back.
    Tagged,
    /// The session has ended; the case is kept for the import.
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
    /// What `select_session` takes.
    pub lsid: String,
    /// The customer's name.
    pub customer: Option<String>,
    /// The customer's computer.
    pub hostname: Option<String>,
    /// RFC 3339, UTC.
    pub started_at: Option<String>,
    /// What it carries, as people read it: a case's number where that is known.
    pub carries: Option<String>,
    /// What it carries of another product: it names no case.
    pub foreign_key: Option<String>,
    /// The subject of the case that it carries.
    pub carries_subject: Option<String>,
    /// What speaks against the case that it carries.
    pub carries_doubt: Option<DoubtView>,
    /// The representative owns it.
    pub owner: bool,
    /// It is marked.
    pub selected: bool,
    /// What speaks against the chosen case.
    pub doubts: Vec<DoubtView>,
    /// How far its tag is.
    pub state: TagStateView,
    /// It has ended: a case is kept for the import.
    pub ended: bool,
}

/// A tag that can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UndoView {
    /// What `undo_tag` takes.
    pub id: u32,
    /// The case's number.
    pub case_number: String,
    /// The session's customer, where that is known.
    pub customer: Option<String>,
    /// RFC 3339, UTC.
    pub tagged_at: String,
}

/// The tag window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagView {
    /// The representative's running sessions; absent until they are known.
    pub sessions: Option<Vec<TagSessionView>>,
    /// Why the list may be out of date.
    pub stale: Option<FailureView>,
    /// How the case was named.
    pub reference: Option<String>,
    /// The case, once read.
    pub header: Option<CaseHeaderView>,
    /// Why the case could not be read.
    pub case_failure: Option<FailureView>,
    /// Cases of before, and those that were looked at in the org.
    pub recent: Vec<WaitingCaseView>,
    /// What was looked for, with what was found; absent if nothing was.
    pub searched: Option<String>,
    /// The cases that were found.
    pub found: Vec<WaitingCaseView>,
    /// The doubts have been shown and wait for a yes.
    pub confirming: bool,
    /// A tag is being written.
    pub busy: bool,
    /// Tags that can be undone, the latest first.
    pub undo: Vec<UndoView>,
    /// The case whose link came meanwhile.
    pub waiting: Option<String>,
}
