//! What a window shows. Each event carries the whole view of its window.

mod activity;
mod jump;
mod support;
mod tag;

pub use activity::{ActivityEntryView, ActivityKindView, ActivityStateView, ActivityView};
pub use jump::*;
pub use support::*;
pub use tag::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A failure as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureView {
    /// The word in logs and JSON answers.
    pub code: String,
    /// What happened.
    pub title: String,
    /// What it was about; may be empty.
    pub detail: String,
    /// What to do.
    pub next_step: String,
    /// What finds the failure in the log.
    pub reference: String,
}

/// The head of a case.
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

/// A case that can be opened with a click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WaitingCaseView {
    /// What `show_waiting_case` takes of a waiting case, and `look_up_case` of a recent one.
    pub reference: String,
    /// What the person reads.
    pub label: String,
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

/// A page of the settings window that the first run goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Host and account of the appliance.
    Appliance,
    /// Address and app of the org, and the sign-in.
    Org,
    /// The checks.
    Check,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OriginView {
    /// Set by IT.
    Policy,
    /// Set by the user.
    User,
    /// Built in.
    Default,
}

/// A setting in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    /// The value as text.
    pub value: String,
    /// Whether it is locked.
    pub managed: bool,
    /// Where it comes from.
    pub origin: OriginView,
}

/// The appliance page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApplianceSettingsView {
    /// `HOST[:PORT]`.
    pub hostname: FieldView,
    /// The API account's client id.
    pub client_id: FieldView,
    /// A file with further CA certificates.
    pub ca_file: FieldView,
    /// Whether a client secret is stored. The secret itself never comes to a window.
    pub secret_saved: bool,
    /// Portals, separated by commas.
    pub portals: FieldView,
    /// Whether it is being saved.
    pub saving: bool,
    /// Why it could not be saved.
    pub failure: Option<FailureView>,
}

/// How the sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SignInView {
    /// Nobody is signed in.
    SignedOut,
    /// The browser is open.
    WaitingForBrowser,
    /// Somebody is signed in.
    SignedIn,
}

/// The org page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrgSettingsView {
    /// The login address.
    pub login_url: FieldView,
    /// The app's client id.
    pub client_id: FieldView,
    /// A file with further CA certificates.
    pub ca_file: FieldView,
    /// Callback ports, separated by commas.
    pub redirect_ports: FieldView,
    /// How the sign-in stands.
    pub state: SignInView,
    /// Who is signed in.
    pub username: Option<String>,
    /// Their name on the appliance.
    pub representative: Option<String>,
    /// The host on which the org's API is called.
    pub instance_url: Option<String>,
    /// Whether it is being saved.
    pub saving: bool,
    /// Why it failed.
    pub failure: Option<FailureView>,
}

/// The preferences page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesView {
    /// `key.ttl`, seconds.
    pub key_ttl: FieldView,
    /// `org.username_source`.
    pub username_source: FieldView,
    /// `org.username_field`.
    pub username_field: FieldView,
    /// `org.external_key_writes`.
    pub external_key_writes: FieldView,
    /// `ui.autostart`.
    pub autostart: FieldView,
    /// `key.default_kind`.
    pub key_kind: FieldView,
    /// `rep_console.path`.
    pub console_path: FieldView,
    /// `rep_console.site_name`.
    pub console_site: FieldView,
    /// `rep_console.web_actions`.
    pub web_actions: FieldView,
    /// `ui.jump_shortcut`.
    pub jump_shortcut: FieldView,
    /// `tag.offer`.
    pub offer: FieldView,
    /// `network.proxy`.
    pub proxy: FieldView,
    /// `log.level`.
    pub log_level: FieldView,
    /// `email.template`.
    pub email_template: FieldView,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckStatusView {
    /// It is as it has to be.
    Pass,
    /// It works, with a reservation.
    Warn,
    /// It does not work.
    Fail,
    /// It could not be tried.
    Skip,
    /// It is being tried.
    Running,
    /// Its turn has not come.
    Waiting,
}

/// One check of the doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    /// The word in JSON answers.
    pub id: String,
    /// What is checked.
    pub title: String,
    /// How it came out.
    pub status: CheckStatusView,
    /// What was found.
    pub detail: String,
    /// What to do; empty if nothing.
    pub next_step: String,
}

/// The settings window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Whether the three steps are shown as such.
    pub first_run: bool,
    /// The page of the first run.
    pub step: Step,
    /// The appliance page.
    pub appliance: ApplianceSettingsView,
    /// The org page.
    pub org: OrgSettingsView,
    /// The preferences page.
    pub preferences: PreferencesView,
    /// The checks, in order.
    pub checks: Vec<CheckView>,
    /// Whether checks are being made.
    pub checking: bool,
    /// The support bundle.
    pub support: SupportView,
    /// The version of Casebridge.
    pub version: String,
    /// Where the settings are.
    pub settings_file: String,
}

/// The state that the tray's icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TrayState {
    /// All is well.
    Ready,
    /// Something is under way.
    Working,
    /// A person has to look.
    Attention,
    /// Nobody is signed in.
    SignedOut,
}

/// An entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MenuItemView {
    /// What `press_menu` takes.
    pub id: String,
    /// What the person reads.
    pub label: String,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// Whether it is only a line.
    pub separator: bool,
}

/// The menu, in the tray and as a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MenuView {
    /// The icon's state.
    pub state: TrayState,
    /// The state in words.
    pub status: String,
    /// The entries, in order.
    pub items: Vec<MenuItemView>,
}
