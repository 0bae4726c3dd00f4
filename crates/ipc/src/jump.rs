//! The jump window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::{CaseHeaderView, FailureView, WaitingCaseView, WebSupportView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

commands! {
    JumpCommand for Jump;

    /// The jump window's view.
    jump_view = JumpView {} -> "JumpView";
    /// Sets the jump's case to the one that was entered. An empty text removes the case.
    choose_jump_case = ChooseJumpCase { reference: String } -> "void";
    /// Chooses the appliance of the jump.
    choose_jump_appliance = ChooseJumpAppliance { name: String } -> "void";
    /// Sends the jump to the console.
    start_jump = StartJump { form: JumpFormView, console: ConsoleView } -> "void";
    /// Stops waiting for the jump's session.
    stop_jump_watch = StopJumpWatch {} -> "void";
    /// Says that the web console could not do the jump, and proposes the console on this computer.
    deny_web_jump = DenyWebJump {} -> "void";
    /// Adds a jump to the favourites or removes it from them.
    pin_jump = PinJump { id: u32, pinned: bool } -> "void";
    /// Removes a jump from the list.
    forget_jump = ForgetJump { id: u32 } -> "void";
    /// Shows the jump whose link was opened while another one was on screen.
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

/// A jump form: the method's word, and the texts by field word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpFormView {
    /// The method's word.
    pub method: String,
    /// The texts by field. A missing field is empty.
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
    /// The form that was last used with this method.
    pub last: Option<JumpFormView>,
    /// Whether the web console supports it.
    pub web: WebSupportView,
}

/// A field of a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpFieldView {
    /// The field's word.
    pub field: String,
    /// Whether the method needs it.
    pub required: bool,
    /// The allowed words. Empty if any text is allowed.
    pub options: Vec<String>,
}

/// A previous jump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpEntryView {
    /// The argument of `pin_jump` and `forget_jump`.
    pub id: u32,
    /// Its appliance, where there is more than one.
    pub appliance: Option<String>,
    /// Its title.
    pub title: String,
    /// The form.
    pub form: JumpFormView,
    /// Whether it is a favourite.
    pub pinned: bool,
}

/// The source of a computer's name.
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
    /// The source of the name.
    pub source: HostSourceView,
}

/// The state of a jump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum JumpStateView {
    /// Waiting for a click.
    Idle,
    /// The request is being sent to the console.
    Starting,
    /// The request was sent, and the app is looking for the session.
    Waiting {
        /// How the request was sent: `run-script`, `file`, `browser`.
        launched_with: String,
        /// When the app reports that no session has started (RFC 3339, UTC).
        until: String,
    },
    /// The request was sent. Without a case, the app can't recognise its session.
    Asked {
        /// How the request was sent.
        launched_with: String,
    },
    /// The session has started.
    Started {
        /// The computer.
        hostname: Option<String>,
    },
    /// No session has started in time. The app is still looking for it.
    NotSeen {
        /// What the person should check.
        failure: FailureView,
    },
    /// The request could not be sent, or the app could not look for the session.
    Failed {
        /// Why.
        failure: FailureView,
    },
}

/// The jump window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JumpView {
    /// Counts the proposals. With a new number, the form starts again.
    pub proposal: u32,
    /// The initial form.
    pub form: JumpFormView,
    /// The initially selected console.
    pub console: ConsoleView,
    /// The appliance's configured name.
    pub appliance: String,
    /// The appliances to choose from; empty if there is only one.
    pub appliances: Vec<String>,
    /// The methods.
    pub methods: Vec<JumpMethodView>,
    /// The reference of the jump's case, if there is one.
    pub reference: Option<String>,
    /// The case, once read.
    pub header: Option<CaseHeaderView>,
    /// Why the case could not be read.
    pub case_failure: Option<FailureView>,
    /// Recent cases.
    pub recent: Vec<WaitingCaseView>,
    /// Computers that belong to the case.
    pub hosts: Vec<CaseHostView>,
    /// Favourites, then the latest jumps.
    pub jumps: Vec<JumpEntryView>,
    /// Recently used Jumpoints, latest first.
    pub jumpoints: Vec<String>,
    /// Why previous jumps can't be shown.
    pub jumps_failure: Option<FailureView>,
    /// The state of the jump.
    pub state: JumpStateView,
    /// The title of another jump that is waiting.
    pub waiting: Option<String>,
}
