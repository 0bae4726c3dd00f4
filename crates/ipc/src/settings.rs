//! The settings window: what it may ask for, and what it shows.

use crate::command::commands;
use crate::shared::FailureView;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

commands! {
    SettingsCommand for Settings;

    /// The settings window's view.
    settings_view = SettingsView {} -> "SettingsView";
    /// Saves the appliance of the first run. Without a secret, the stored one is kept.
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
    /// Saves one setting, by its dotted key; an empty value gives the default back.
    save_setting = SaveSetting { key: String, value: String } -> "void";
    /// Shows the page of a setting and puts the focus on it.
    show_setting = ShowSetting { key: String } -> "void";
    /// Adds an appliance with its client secret, and tests it.
    add_appliance = AddAppliance {
        name: String, hostname: String, client_id: String, secret: String, ca_file: String
    } -> "void";
    /// Gives an appliance another name.
    rename_appliance = RenameAppliance { name: String, new_name: String } -> "void";
    /// Removes an appliance with its settings and its client secret.
    remove_appliance = RemoveAppliance { name: String } -> "void";
    /// Stores the client secret of an appliance, and tests the appliance.
    save_secret = SaveSecret { name: String, secret: String } -> "void";
    /// Runs the checks of one appliance.
    test_appliance = TestAppliance { name: String } -> "void";
    /// Adds a survey rule behind the others.
    add_rule = AddRule { name: String } -> "void";
    /// Removes a survey rule.
    remove_rule = RemoveRule { name: String } -> "void";
    /// Moves a survey rule one place up or down.
    move_rule = MoveRule { name: String, up: bool } -> "void";
    /// Tries the survey rules on pasted answers. Nothing is written.
    try_rules = TryRules { survey: String, text: String } -> "void";
    /// Shows the e-mail that a template gives.
    preview_email = PreviewEmail { template: String } -> "void";
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

/// A word of a closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OptionView {
    /// The word in files.
    pub word: String,
    /// What people read.
    pub label: String,
}

/// Words that people choose together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WordGroupView {
    /// What people call it.
    pub name: String,
    /// The words.
    pub words: Vec<String>,
}

/// How a setting is shown and changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ControlView {
    /// One line of text.
    Text,
    /// Several lines of text.
    Lines,
    /// The template of an e-mail, with a preview.
    Email,
    /// A host name, with a port or without.
    Host,
    /// A URL.
    Url,
    /// The path of a file.
    Path,
    /// The API name of a field of the org.
    FieldName,
    /// Texts, separated by commas.
    List,
    /// Words of an open list in groups, separated by commas; none stands for all.
    Words {
        /// The known words.
        groups: Vec<WordGroupView>,
    },
    /// Ports and ranges of ports, separated by commas.
    Ports,
    /// `true` or `false`.
    Switch,
    /// A whole number of seconds.
    Seconds {
        /// The lowest.
        low: u32,
        /// The highest.
        high: u32,
    },
    /// A whole number.
    Number {
        /// The lowest.
        low: u32,
        /// The highest.
        high: u32,
    },
    /// One of these words.
    Choice {
        /// The words.
        options: Vec<OptionView>,
    },
}

/// A setting as the table declares it, with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingView {
    /// The dotted key.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// How it is shown and changed.
    pub control: ControlView,
    /// The value as text.
    pub value: String,
    /// The value that holds when nobody set one.
    pub default_value: String,
    /// Whether it is locked.
    pub managed: bool,
    /// Its origin.
    pub origin: OriginView,
    /// Whether another form of its page shows it.
    pub in_form: bool,
}

/// Settings of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingSectionView {
    /// Its heading.
    pub name: String,
    /// Its settings.
    pub settings: Vec<SettingView>,
}

/// A page that is generated from the table of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SettingsPage {
    /// The appliances, each with its settings.
    Appliance,
    /// The org.
    Org,
    /// Session keys and e-mail.
    Keys,
    /// Console and jumps.
    Console,
    /// Running and finished sessions.
    Sessions,
    /// Survey rules, each with its settings.
    Rules,
    /// This computer.
    Computer,
}

/// A page and what stands on it. Appliances and rules are in lists of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsPageView {
    /// Which page it is.
    pub id: SettingsPage,
    /// What people read.
    pub name: String,
    /// Its settings by category.
    pub sections: Vec<SettingSectionView>,
}

/// The last test of an appliance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ApplianceTestView {
    /// It was not tested yet.
    None,
    /// The test is running.
    Running,
    /// It passed.
    Passed {
        /// The version of the appliance's API.
        version: Option<String>,
        /// What does not work nevertheless.
        warning: Option<String>,
    },
    /// It failed.
    Failed {
        /// Why.
        failure: FailureView,
    },
}

/// An appliance with its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApplianceView {
    /// The configured name.
    pub name: String,
    /// `HOST[:PORT]`; may be empty.
    pub hostname: String,
    /// Whether a policy fixes its name.
    pub managed: bool,
    /// Whether a client secret is stored. The secret itself never comes to a window.
    pub secret_saved: bool,
    /// Its settings.
    pub settings: Vec<SettingView>,
    /// The last test.
    pub test: ApplianceTestView,
}

/// A survey rule with its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleView {
    /// Its name.
    pub name: String,
    /// Whether a policy sets something of it.
    pub managed: bool,
    /// Whose survey, for people.
    pub survey: String,
    /// The field name of the question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// The new status of the case.
    pub case_status: Option<String>,
    /// The new owner of the case.
    pub owner: Option<String>,
    /// The comment on the case.
    pub comment: Option<String>,
    /// Its settings.
    pub settings: Vec<SettingView>,
}

/// What the rules would do with a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TriedSurveyView {
    /// Whose survey, for people.
    pub survey: String,
    /// The answers that were read.
    pub answers: Vec<String>,
    /// The rule that would move the case.
    pub rule: Option<String>,
    /// The new status of the case.
    pub case_status: Option<String>,
    /// The new owner of the case.
    pub owner: Option<String>,
    /// The comment on the case.
    pub comment: Option<String>,
}

/// An e-mail as a customer would get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EmailPreviewView {
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// A setting that is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownSettingView {
    /// Its dotted key.
    pub key: String,
    /// How often a setting was to be shown, so that the same one can be shown again.
    pub count: u32,
}

/// The appliance page of the first run.
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
    },
    /// The sign-in on the Salesforce page.
    SignIn,
    /// The Activity window.
    Activity,
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

/// The settings window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Whether the window shows the three set-up steps.
    pub first_run: bool,
    /// The page of the first run.
    pub step: Step,
    /// The appliance page of the first run.
    pub appliance: ApplianceSettingsView,
    /// The org page.
    pub org: OrgSettingsView,
    /// The pages after the first run.
    pub pages: Vec<SettingsPageView>,
    /// The appliances, the default one first.
    pub appliances: Vec<ApplianceView>,
    /// The survey rules, in the order in which they are tried.
    pub rules: Vec<RuleView>,
    /// The last dry run of the rules.
    pub tried: Option<Vec<TriedSurveyView>>,
    /// The e-mail that the last template gives; absent without a template.
    pub email: Option<EmailPreviewView>,
    /// The setting that is to be shown.
    pub shown: Option<ShownSettingView>,
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
