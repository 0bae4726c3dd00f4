//! The case window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::{CaseHeaderView, DoubtView, FailureView, WaitingCaseView, WebSupportView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

commands! {
    CaseCommand for Case;

    /// The case window's view.
    case_view = CaseView {} -> "CaseView";
    /// Reads the case that the person entered.
    look_up_case = LookUpCase { reference: String } -> "void";
    /// Creates a key, or a new one.
    generate_key = GenerateKey { portal: Option<String> } -> "void";
    /// Changes what creates the key.
    choose_key_kind = ChooseKeyKind { kind: KeyKindView } -> "void";
    /// Chooses the appliance of the key. Another click creates it there.
    choose_key_appliance = ChooseKeyAppliance { name: String } -> "void";
    /// Opens the console's own key dialog.
    open_key_dialog = OpenKeyDialog { portal: Option<String> } -> "void";
    /// Says that the web console showed no key dialog, and proposes the console on this computer.
    deny_key_dialog = DenyKeyDialog {} -> "void";
    /// Sends the e-mail through the org.
    send_email = SendEmail { recipient: String } -> "void";
    /// Stops waiting for the customer.
    stop_watch = StopWatch {} -> "void";
    /// Confirms that the customer who joined belongs to the case.
    agree_customer = AgreeCustomer {} -> "void";
    /// Chooses another case for the session that the customer joined.
    retag_customer = RetagCustomer {} -> "void";
    /// Opens the case in the browser.
    open_case = OpenCase {} -> "void";
    /// Shows a case whose link was opened while another case was on screen.
    show_waiting_case = ShowWaitingCase { reference: String } -> "void";
    /// Retries what failed.
    retry = Retry {} -> "void";
}

/// A QR code as a path on a square grid.
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
    /// The URL that starts the session.
    pub url: String,
    /// The URL as a QR code.
    pub qr: QrView,
    /// RFC 3339, UTC.
    pub expires_at: String,
    /// The portal that was asked for.
    pub portal: Option<String>,
    /// Whether the representative's queue can accept a session now. Absent if unknown.
    pub queue_available: Option<bool>,
}

/// What creates a key.
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

/// The state of the console's key dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DialogView {
    /// Waiting for a click.
    Proposed,
    /// The request is being sent to the console.
    Opening,
    /// The request was sent to the console.
    Asked,
}

/// The state of the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum KeyStateView {
    /// No key was requested.
    None,
    /// The key is being created.
    Loading,
    /// It is there.
    Made(KeyView),
    /// The key has expired.
    Expired,
    /// The console creates the key in its own dialog.
    Dialog {
        /// The state of the dialog.
        dialog: DialogView,
        /// Why it could not be opened.
        failure: Option<FailureView>,
    },
    /// The key could not be created.
    Failed {
        /// Why.
        failure: FailureView,
    },
}

/// A person's role on the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoleView {
    /// The case's contact.
    Contact,
    /// The requester, who sent the case in.
    Requester,
}

/// A person who may receive the e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecipientView {
    /// The argument of `send_email`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
    /// Their role on the case.
    pub role: RoleView,
}

/// The state of the e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EmailStateView {
    /// It can be sent.
    Ready,
    /// It is being sent to the org.
    Sending,
    /// The org has accepted it.
    HandedOver,
    /// The org did not accept it.
    Failed,
}

/// The e-mail with the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EmailView {
    /// The possible recipients.
    pub recipients: Vec<RecipientView>,
    /// E-mail fields that the user can't see.
    pub hidden: Vec<String>,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Its state.
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
    /// The app is not looking for the customer.
    Idle,
    /// The app is looking, and nobody has joined yet.
    Waiting,
    /// The customer is in the session.
    Joined {
        /// The customer's name.
        name: String,
        /// The customer's computer.
        hostname: Option<String>,
        /// The doubt about the case, until a person has confirmed it.
        doubt: Option<DoubtView>,
    },
    /// The key expired before anybody joined.
    Expired,
    /// The session is over.
    Ended,
    /// The app is still looking, but the last check failed.
    Stale {
        /// Why.
        failure: FailureView,
    },
}

/// The stage of the case window.
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
    /// Its stage.
    pub stage: Stage,
    /// The appliance's configured name.
    pub appliance: String,
    /// The appliances to choose from; empty if there is only one.
    pub appliances: Vec<String>,
    /// The reference of the case.
    pub reference: Option<String>,
    /// The case, once read.
    pub header: Option<CaseHeaderView>,
    /// The key.
    pub key: KeyStateView,
    /// What creates the key.
    pub key_kind: KeyKindView,
    /// What may create the key.
    pub key_kinds: Vec<KeyKindView>,
    /// Whether the web console supports its key dialog.
    pub web_keys: WebSupportView,
    /// The configured portals.
    pub portals: Vec<String>,
    /// The chosen portal.
    pub portal: Option<String>,
    /// The e-mail, if there is a key.
    pub email: Option<EmailView>,
    /// The watch.
    pub watch: WatchView,
    /// Why the case could not be read.
    pub failure: Option<FailureView>,
    /// Cases whose links came while this one was on screen.
    pub waiting: Vec<WaitingCaseView>,
    /// Recent cases.
    pub recent: Vec<WaitingCaseView>,
}
