//! What several windows may ask for, and what several show.

use crate::command::command_enum;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

command_enum! {
    SharedCommand;

    /// Copies something to the clipboard.
    copy = Copy { what: Copied } -> "void" for Case, Jump, Tag;
    /// Makes the window as high as its content.
    fit_window = FitWindow { height: u32 } -> "void" for Case, Jump, Tag, Menu;
    /// Closes the window.
    close_window = CloseWindow {} -> "void" for Case, Jump, Tag, Activity, Settings, Menu;
}

/// What can be copied from the case window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "CopyWhat")]
pub enum Copied {
    /// The code.
    Key,
    /// The address.
    Url,
    /// A whole message for the customer.
    Message,
    /// The case's record id.
    CaseId,
    /// The case's number.
    CaseNumber,
}

/// A failure as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureView {
    /// The word in logs and JSON answers.
    pub code: String,
    /// What happened, in a few words.
    pub title: String,
    /// What the failure refers to. May be empty.
    pub detail: String,
    /// What to do.
    pub next_step: String,
    /// The reference to find the failure in the log.
    pub reference: String,
}

/// The header of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CaseHeaderView {
    /// The record id, 18 characters.
    pub id: String,
    /// The number as the org writes it.
    pub number: String,
    /// The subject; may be empty.
    pub subject: String,
    /// The status in the org's words.
    pub status: String,
    /// Whether the org counts it as closed.
    pub closed: bool,
    /// The account's name.
    pub account: Option<String>,
    /// The contact's name.
    pub contact: Option<String>,
}

/// A case that can be opened with a click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WaitingCaseView {
    /// The argument of `show_waiting_case` for a waiting case, and of `look_up_case` for a recent
    /// one.
    pub reference: String,
    /// The text for people.
    pub label: String,
}

/// The doubts about tagging a session with the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum DoubtView {
    /// The session's customer is not the case's contact.
    OtherPerson {
        /// The case's contact, if it names one.
        expected: Option<String>,
        /// Who is in the session.
        customer: String,
        /// Only part of the name matches.
        perhaps: bool,
    },
    /// The session is on another case.
    OtherCase {
        /// The number of that case, or the external key.
        label: String,
    },
    /// The case is closed.
    Closed,
}

/// Whether the web console supports an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum WebSupportView {
    /// Its documentation says so, or it has worked.
    Works,
    /// The version of the appliance may not support it.
    Unknown,
    /// It did not work with this version.
    Failed,
    /// The administrator does not allow it.
    Off,
}
