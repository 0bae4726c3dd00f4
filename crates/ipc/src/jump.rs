//! The jump window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::{CaseHeaderView, FailureView, WaitingCaseView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

commands! {
    JumpCommand for Jump;

    /// The jump window's view.
    jump_view = JumpView {} -> "JumpView";
    /// Puts the case that was typed or pasted on the jump; an empty text takes it off.
    choose_jump_case = ChooseJumpCase { reference: String } -> "void";
    /// Asks the console for the jump.
    start_jump = StartJump { form: JumpFormView, console: ConsoleView } -> "void";
    /// Stops looking for the jump's session.
    stop_jump_watch = StopJumpWatch {} -> "void";
    /// Makes a jump a favourite, or an ordinary one again.
    pin_jump = PinJump { id: u32, pinned: bool } -> "void";
    /// Forgets a jump.
    forget_jump = ForgetJump { id: u32 } -> "void";
    /// Shows the jump whose link came meanwhile.
    show_waiting_jump = ShowWaitingJump {} -> "void";
}

/// Which representative console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConsoleView {
    /// The program on this computer.
    Desktop,
    /// The one in the browser.
    Web,
}

/// A jump as it is typed: the method's word, and texts by the words of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpFormView {
    /// The method's word.
    pub method: String,
    /// Texts by field; a field that is absent is empty.
    #[ts(type = "Record<string, string>")]
    pub values: BTreeMap<String, String>,
}

/// A method with the fields that it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpMethodView {
    /// The method's word.
    pub method: String,
    /// Its fields in order.
    pub fields: Vec<JumpFieldView>,
    /// What was last used with it.
    pub last: Option<JumpFormView>,
    /// Whether the web console may be asked for it.
    pub web: bool,
}

/// A field of a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpFieldView {
    /// The field's word.
    pub field: String,
    /// Whether the method needs it.
    pub required: bool,
    /// The words that it takes; none if any text does.
    pub options: Vec<String>,
}

/// A jump of before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpEntryView {
    /// What `pin_jump` and `forget_jump` take.
    pub id: u32,
    /// What a person calls it.
    pub title: String,
    /// The form.
    pub form: JumpFormView,
    /// Whether it is a favourite.
    pub pinned: bool,
}

/// Where a computer's name is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum HostSourceView {
    /// The case's asset.
    Asset,
    /// The case's contact.
    Contact,
}

/// A computer that belongs to the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CaseHostView {
    /// The computer's name.
    pub hostname: String,
    /// Where it is from.
    pub source: HostSourceView,
}

/// How far a jump is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum JumpStateView {
    /// It waits for a click.
    Idle,
    /// The console is being asked.
    Starting,
    /// The console has been asked, and its session is looked for.
    Waiting {
        /// How the console was asked: `run-script`, `file`, `browser`.
        launched_with: String,
        /// RFC 3339, UTC: until when it is looked for without a word.
        until: String,
    },
    /// The console has been asked; without a case its session cannot be told from others.
    Asked {
        /// How the console was asked.
        launched_with: String,
    },
    /// The session runs.
    Started {
        /// The computer.
        hostname: Option<String>,
    },
    /// No session has come in time; it is still looked for.
    NotSeen {
        /// What to look at.
        failure: FailureView,
    },
    /// The console could not be asked, or the session could not be looked for.
    Failed {
        /// Why.
        failure: FailureView,
    },
}

/// The jump window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpView {
    /// Another number, another proposal: the form begins anew.
    pub proposal: u32,
    /// What the form begins with.
    pub form: JumpFormView,
    /// Which console the form begins with.
    pub console: ConsoleView,
    /// The methods.
    pub methods: Vec<JumpMethodView>,
    /// How the case was named, if one is on the jump.
    pub reference: Option<String>,
    /// The case, once read.
    pub header: Option<CaseHeaderView>,
    /// Why the case could not be read.
    pub case_failure: Option<FailureView>,
    /// Cases of before.
    pub recent: Vec<WaitingCaseView>,
    /// Computers that belong to the case.
    pub hosts: Vec<CaseHostView>,
    /// Favourites, then the latest jumps.
    pub jumps: Vec<JumpEntryView>,
    /// Jumpoints of before, the latest first.
    pub jumpoints: Vec<String>,
    /// Why jumps of before are not shown.
    pub jumps_failure: Option<FailureView>,
    /// How far the jump is.
    pub state: JumpStateView,
    /// What the jump is called whose link came meanwhile.
    pub waiting: Option<String>,
}
