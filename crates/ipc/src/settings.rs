//! The settings window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::FailureView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

commands! {
    SettingsCommand for Settings;

    /// The settings window's view.
    settings_view = SettingsView {} -> "SettingsView";
    /// Saves the appliance page. Without a secret, the stored one is kept.
    save_appliance = SaveAppliance {
        hostname: String, client_id: String, secret: Option<String>, ca_file: String, portals: String
    } -> "void";
    /// Saves the org page.
    save_org = SaveOrg {
        login_url: String, client_id: String, ca_file: String, redirect_ports: String
    } -> "void";
    /// Opens the browser for the sign-in.
    sign_in = SignIn {} -> "void";
    /// Cancels the sign-in.
    cancel_sign_in = CancelSignIn {} -> "void";
    /// Signs out of the org and deletes the stored sign-in.
    sign_out = SignOut {} -> "void";
    /// Saves one preference.
    save_preference = SavePreference { key: Preference, value: String } -> "void";
    /// Runs the checks.
    run_checks = RunChecks {} -> "void";
    /// Shows the Activity window.
    show_activity = ShowActivity {} -> "void";
    /// Prepares a support bundle and lists its contents.
    list_support_bundle = ListSupportBundle {} -> "void";
    /// Saves the support bundle that is listed.
    save_support_bundle = SaveSupportBundle {} -> "void";
    /// Discards the support bundle.
    close_support_bundle = CloseSupportBundle {} -> "void";
    /// Shows a page of the first run.
    go_to_step = GoToStep { step: Step } -> "void";
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

/// The origin of a value.
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
    /// Its origin.
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
    /// A file with additional CA certificates.
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

/// The state of the sign-in.
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
    /// The login URL.
    pub login_url: FieldView,
    /// The app's client id.
    pub client_id: FieldView,
    /// A file with additional CA certificates.
    pub ca_file: FieldView,
    /// Callback ports, separated by commas.
    pub redirect_ports: FieldView,
    /// The state of the sign-in.
    pub state: SignInView,
    /// Who is signed in.
    pub username: Option<String>,
    /// Their name on the appliance.
    pub representative: Option<String>,
    /// Where that name comes from, if it was found by trying.
    pub representative_found_in: Option<String>,
    /// The host on which the org's API is called.
    pub instance_url: Option<String>,
    /// Why it failed.
    pub failure: Option<FailureView>,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckStatusView {
    /// The check passed.
    Pass,
    /// It works, but needs attention.
    Warn,
    /// It does not work.
    Fail,
    /// The check could not be run.
    Skip,
    /// The check is running.
    Running,
    /// The check has not been run yet.
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
    /// The result.
    pub status: CheckStatusView,
    /// What was found.
    pub detail: String,
    /// What to do, one step each; empty if nothing.
    pub steps: Vec<String>,
    /// Where it is done, if Casebridge has the place.
    pub place: Option<CheckPlaceView>,
}

/// Where a person fixes what a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CheckPlaceView {
    /// A setting.
    Setting {
        /// Its dotted key.
        key: String,
        /// The page that has its category.
        page: PlacePage,
    },
    /// The sign-in on the Salesforce page.
    SignIn,
    /// The Activity window.
    Activity,
}

/// The page of the settings window that has a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PlacePage {
    /// The appliance page.
    Appliance,
    /// The Salesforce page.
    Org,
    /// Every other setting.
    Preferences,
}

/// A file in the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SupportPartView {
    /// The program and the system.
    About,
    /// Every setting.
    Settings,
    /// The results of the last checks.
    Checks,
    /// What waits and what was done.
    Activity,
    /// The current log.
    Log,
    /// The previous log.
    OlderLog,
}

/// A file in the bundle, as it would be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SupportFileView {
    /// What it is.
    pub part: SupportPartView,
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u32,
}

/// The state of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum SupportView {
    /// No bundle was requested.
    Closed,
    /// The bundle is prepared, but not saved yet.
    Listed {
        /// What is in it.
        files: Vec<SupportFileView>,
        /// Where it would be saved.
        folder: String,
    },
    /// It was saved.
    Saved {
        /// Where.
        path: String,
    },
}

macro_rules! preferences {
    ($($(#[$doc:meta])* $name:ident = $key:literal;)*) => {
        /// A setting that the preferences page changes, by its dotted key.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS,
        )]
        pub enum Preference {
            $($(#[$doc])* #[serde(rename = $key)] $name,)*
        }

        impl Preference {
            /// Every preference.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The dotted key in the settings.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }
        }
    };
}

preferences! {
    /// What creates a key if a link does not name it.
    KeyKind = "key.default_kind";
    /// How long a key lasts.
    KeyTtl = "key.ttl";
    /// The representative console's program.
    ConsolePath = "rep_console.path";
    /// The site whose console opens script files.
    ConsoleSite = "rep_console.site_name";
    /// The actions that the web console may be used for.
    WebActions = "rep_console.web_actions";
    /// The keys that ask for a jump.
    JumpShortcut = "ui.jump_shortcut";
    /// Whether a case is offered for a session without one.
    Offer = "tag.offer";
    /// Where the representative's name on the appliance comes from.
    UsernameSource = "org.username_source";
    /// The field of the user that holds it.
    UsernameField = "org.username_field";
    /// What Casebridge writes into a session as its external key.
    ExternalKeyWrites = "org.external_key_writes";
    /// Whether Casebridge starts at log-in.
    Autostart = "ui.autostart";
    /// The proxy.
    Proxy = "network.proxy";
    /// How much is written to the log.
    LogLevel = "log.level";
    /// The file with the text of the e-mail.
    EmailTemplate = "email.template";
}

/// The settings window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Whether the window shows the three set-up steps.
    pub first_run: bool,
    /// The page of the first run.
    pub step: Step,
    /// The appliance page.
    pub appliance: ApplianceSettingsView,
    /// The org page.
    pub org: OrgSettingsView,
    /// The preferences page.
    #[ts(type = "Record<Preference, FieldView>")]
    pub preferences: BTreeMap<Preference, FieldView>,
    /// The checks, in order.
    pub checks: Vec<CheckView>,
    /// Whether checks are running.
    pub checking: bool,
    /// The support bundle.
    pub support: SupportView,
    /// The version of Casebridge.
    pub version: String,
    /// Where the settings are.
    pub settings_file: String,
}
