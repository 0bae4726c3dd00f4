//! The case window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::{CaseHeaderView, DoubtView, FailureView, WaitingCaseView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

commands! {
    CaseCommand for Case;

    /// The case window's view.
    case_view = CaseView {} -> "CaseView";
    /// Reads the case that was typed or pasted.
    look_up_case = LookUpCase { reference: String } -> "void";
    /// Makes a key, or a new one.
    generate_key = GenerateKey { portal: Option<String> } -> "void";
    /// Changes who makes the key.
    choose_key_kind = ChooseKeyKind { kind: KeyKindView } -> "void";
    /// Opens the console's own key dialog.
    open_key_dialog = OpenKeyDialog { portal: Option<String> } -> "void";
    /// Hands the e-mail to the org.
    send_email = SendEmail { recipient: String } -> "void";
    /// Stops looking for the customer.
    stop_watch = StopWatch {} -> "void";
    /// Says that the customer who joined belongs to the case.
    agree_customer = AgreeCustomer {} -> "void";
    /// Chooses another case for the session that the customer joined.
    retag_customer = RetagCustomer {} -> "void";
    /// Opens the case in the browser.
    open_case = OpenCase {} -> "void";
    /// Shows a case whose link came meanwhile.
    show_waiting_case = ShowWaitingCase { reference: String } -> "void";
    /// Tries again what failed.
    retry = Retry {} -> "void";
}

/// A QR code as one path on a square grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QrView {
    /// Modules on each side, without a quiet zone.
    pub size: u32,
    /// An SVG path in units of one module.
    pub path: String,
}

/// A key in the case window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    /// The code as the appliance wrote it.
    pub short_key: String,
    /// The code in groups, for reading aloud.
    pub grouped: String,
    /// The address that starts the session.
    pub url: String,
    /// The address as a QR code.
    pub qr: QrView,
    /// RFC 3339, UTC.
    pub expires_at: String,
    /// The portal that was asked for.
    pub portal: Option<String>,
    /// Whether the representative's queue takes a session now; absent when not said.
    pub queue_available: Option<bool>,
}

/// Who makes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeyKindView {
    /// Casebridge, on the appliance.
    Server,
    /// The representative console on this computer, in its own dialog.
    Console,
    /// The web console.
    Web,
}

/// How far the console's key dialog is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DialogView {
    /// It waits for a click.
    Proposed,
    /// The console is being asked.
    Opening,
    /// The console has been asked.
    Asked,
}

/// How far the key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum KeyStateView {
    /// None was asked for.
    None,
    /// It is being made.
    Loading,
    /// It is there.
    Made(KeyView),
    /// It counts no more.
    Expired,
    /// The console makes it, in its own dialog.
    Dialog {
        /// How far that is.
        dialog: DialogView,
        /// Why it could not be opened.
        failure: Option<FailureView>,
    },
    /// It could not be made.
    Failed {
        /// Why.
        failure: FailureView,
    },
}

/// A person's part in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoleView {
    /// The case's contact.
    Contact,
    /// Who sent the case in.
    Requester,
}

/// Somebody who may get the e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecipientView {
    /// What `send_email` takes.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
    /// Their part in the case.
    pub role: RoleView,
}

/// How far the e-mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EmailStateView {
    /// It can be sent.
    Ready,
    /// It is on its way to the org.
    Sending,
    /// The org has taken it.
    HandedOver,
    /// The org did not take it.
    Failed,
}

/// The e-mail with the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EmailView {
    /// Who may get it.
    pub recipients: Vec<RecipientView>,
    /// Fields with addresses that the user may not see.
    pub hidden: Vec<String>,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// How far it is.
    pub state: EmailStateView,
    /// The recipient's id, once chosen.
    pub recipient: Option<String>,
    /// Why it failed.
    pub failure: Option<FailureView>,
}

/// Whether the customer has joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum WatchView {
    /// Nobody looks.
    Idle,
    /// We look, and nobody has joined yet.
    Waiting,
    /// The customer is in the session.
    Joined {
        /// The customer's name.
        name: String,
        /// The customer's computer.
        hostname: Option<String>,
        /// What speaks against the case; nothing once a person has agreed.
        doubt: Option<DoubtView>,
    },
    /// The key ran out before anybody joined.
    Expired,
    /// The session is over.
    Ended,
    /// We still look, but the last look failed.
    Stale {
        /// Why.
        failure: FailureView,
    },
}

/// What the case window is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// It asks for a case.
    Ask,
    /// It reads the case.
    Loading,
    /// It shows the case.
    Ready,
    /// The case could not be read.
    Failed,
}

/// The case window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
    /// What it is at.
    pub stage: Stage,
    /// The appliance's configured name.
    pub appliance: String,
    /// How the case was named.
    pub reference: Option<String>,
    /// The case, once read.
    pub header: Option<CaseHeaderView>,
    /// The key.
    pub key: KeyStateView,
    /// Who makes it.
    pub key_kind: KeyKindView,
    /// Who may make it.
    pub key_kinds: Vec<KeyKindView>,
    /// The configured portals.
    pub portals: Vec<String>,
    /// The chosen portal.
    pub portal: Option<String>,
    /// The e-mail, once there is a key.
    pub email: Option<EmailView>,
    /// The watch.
    pub watch: WatchView,
    /// Why the case could not be read.
    pub failure: Option<FailureView>,
    /// Cases whose links came while this one was on screen.
    pub waiting: Vec<WaitingCaseView>,
    /// Cases of before.
    pub recent: Vec<WaitingCaseView>,
}
