//! The settings window: the first run's three steps, later a page for each part of the table of settings, and the
//! checks. Who is signed in is the account's; the window shows it and has the buttons.

mod appliance_state;
mod appliances;
mod bundle;
mod checks;
mod fields;
mod first_run;
mod rules;
mod saving;
mod support;
mod view;

use crate::context::{Context, Part};
use crate::links::BURST;
use crate::request::{Answer, DONE, Reply, Request};
use crate::shell::payload;
use appliance_state::Appliances;
use bundle::Support;
use casebridge_domain::Failure;
use casebridge_ipc::{FailureView, SettingsCommand, ShownSettingView, Step, Window};
use casebridge_use_cases::appliances::Tested;
use casebridge_use_cases::doctor::{self, Outcome};
use casebridge_use_cases::support_bundle::SupportBundle;
use casebridge_use_cases::survey_rules::Tried;
use std::path::PathBuf;
use std::time::Duration;

/// The state of the window.
pub(crate) struct Settings {
    first_run: bool,
    step: Step,
    appliances: Appliances,
    saving_appliance: bool,
    appliance_failure: Option<FailureView>,
    /// The last dry run of the survey rules.
    tried: Option<Vec<Tried>>,
    /// The template of the e-mail that is typed, if it is not the saved one.
    template: Option<String>,
    /// The setting that is to be shown.
    shown: Option<ShownSettingView>,
    outcomes: Vec<Outcome>,
    checking: bool,
    support: Support,
    /// When a link last asked for the window.
    link_at: Option<Duration>,
}

/// What can happen to the settings.
pub(crate) enum Message {
    Begin,
    /// A link asks for the window.
    Link,
    /// The window is to be shown, at this step.
    Open(Option<Step>),
    /// The window is to be shown, with the focus on the setting of this dotted key.
    ShowSetting(String),
    Command(SettingsCommand, Reply),
    /// Whether the secret of this appliance is stored is known.
    SecretKnown(String, Result<bool, Failure>),
    /// The appliance of the first run was saved.
    ApplianceSaved {
        result: Result<(), Failure>,
        reply: Reply,
    },
    /// An appliance was added, got another name, or was removed.
    AppliancesChanged {
        /// The appliance that is to be tested now.
        test: Option<String>,
        result: Result<(), Failure>,
        reply: Reply,
    },
    /// The test of an appliance has ended.
    Tested(String, Result<Tested, Failure>),
    OrgSaved {
        is_other: bool,
        result: Result<(), Failure>,
        reply: Reply,
    },
    BundleCollected {
        bundle: Box<SupportBundle>,
        reply: Reply,
    },
    BundleSaved {
        result: Result<PathBuf, Failure>,
        reply: Reply,
    },
    /// One check has ended.
    Checked(Outcome),
    /// All checks have ended.
    ChecksDone,
    Closed,
}

type Cx<'c> = Context<'c, Message>;

impl Default for Settings {
    fn default() -> Self {
        Self {
            first_run: false,
            step: Step::Appliance,
            appliances: Appliances::default(),
            saving_appliance: false,
            appliance_failure: None,
            tried: None,
            template: None,
            shown: None,
            outcomes: Vec::new(),
            checking: false,
            support: Support::Closed,
            link_at: None,
        }
    }
}

impl Part for Settings {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Begin => {
                if !cx.casebridge.is_configured() {
                    self.open(None, cx);
                }
                Self::take_over(cx);
            }
            Message::Link => self.link_opened(cx),
            Message::Open(step) => self.open(step, cx),
            Message::Command(command, reply) => self.command(command, reply, cx),
            Message::ShowSetting(key) => self.show_setting(key, cx),
            Message::SecretKnown(name, result) => self.secret_known(name, result, cx),
            Message::ApplianceSaved { result, reply } => self.appliance_saved(result, reply, cx),
            Message::AppliancesChanged { test, result, reply } => {
                self.appliances_changed(test, result, reply, cx);
            }
            Message::Tested(name, result) => self.tested(name, result, cx),
            Message::OrgSaved { is_other, result, reply } => {
                Self::org_saved(is_other, result, reply, cx);
            }
            Message::BundleCollected { bundle, reply } => {
                self.bundle_collected(*bundle, reply, cx);
            }
            Message::BundleSaved { result, reply } => {
                self.support_becomes(result.map(Support::Saved), reply, cx);
            }
            Message::Checked(outcome) => self.outcomes.push(outcome),
            Message::ChecksDone => self.checking = false,
            Message::Closed => self.closed(),
        }
    }
}

impl Settings {
    fn command(&mut self, command: SettingsCommand, reply: Reply, cx: &mut Cx<'_>) {
        let answer = match command {
            SettingsCommand::SettingsView {} => Ok(payload(&self.view(cx.known()))),
            SettingsCommand::SaveAppliance { hostname, client_id, secret, ca_file, portals } => {
                let values = [hostname, client_id, ca_file, portals];
                return self.save_appliance(values, secret, reply, cx);
            }
            SettingsCommand::SaveOrg { login_url, client_id, ca_file, redirect_ports } => {
                let values = [login_url, client_id, ca_file, redirect_ports];
                return Self::save_org(values, reply, cx);
            }
            SettingsCommand::SignIn {} => {
                cx.ask(Request::SignIn { case_waits: false });
                DONE
            }
            SettingsCommand::CancelSignIn {} => {
                cx.ask(Request::CancelSignIn);
                DONE
            }
            SettingsCommand::SignOut {} => return cx.ask(Request::SignOut(reply)),
            SettingsCommand::SaveSetting { key, value } => {
                return self.save_setting(key, value, reply, cx);
            }
            SettingsCommand::ShowSetting { key } => {
                self.update(Message::ShowSetting(key), cx);
                DONE
            }
            SettingsCommand::AddAppliance { name, hostname, client_id, secret, ca_file } => {
                return Self::add_appliance(
                    name,
                    [hostname, client_id, ca_file],
                    secret,
                    reply,
                    cx,
                );
            }
            SettingsCommand::RenameAppliance { name, new_name } => {
                return Self::rename_appliance(name, new_name, reply, cx);
            }
            SettingsCommand::RemoveAppliance { name } => {
                return Self::remove_appliance(name, reply, cx);
            }
            SettingsCommand::SaveSecret { name, secret } => {
                return Self::save_secret(name, secret, reply, cx);
            }
            SettingsCommand::TestAppliance { name } => {
                self.test_appliance(name, cx);
                DONE
            }
            SettingsCommand::AddRule { name } => Self::add_rule(&name, cx),
            SettingsCommand::RemoveRule { name } => Self::remove_rule(&name, cx),
            SettingsCommand::MoveRule { name, up } => Self::move_rule(&name, up, cx),
            SettingsCommand::TryRules { survey, text } => self.try_rules(&survey, &text, cx),
            SettingsCommand::PreviewEmail { template } => {
                self.template = Some(template);
                DONE
            }
            SettingsCommand::RunChecks {} => self.run_checks(cx),
            SettingsCommand::ShowActivity {} => {
                cx.ask(Request::Open(Window::Activity));
                DONE
            }
            SettingsCommand::ListSupportBundle {} => return self.list_bundle(reply, cx),
            SettingsCommand::SaveSupportBundle {} => return self.save_bundle(reply, cx),
            SettingsCommand::CloseSupportBundle {} => {
                self.support = Support::Closed;
                DONE
            }
            SettingsCommand::GoToStep { step } => {
                self.step = step;
                DONE
            }
        };
        cx.answer(reply, answer);
    }

    /// A web page that sends many of these brings the window to the front once.
    fn link_opened(&mut self, cx: &mut Cx<'_>) {
        let now = cx.casebridge.uptime();
        let repeated = self.link_at.is_some_and(|at| now.saturating_sub(at) < BURST);
        self.link_at = Some(now);
        if !repeated || !cx.is_open(Window::Settings) {
            self.open(None, cx);
        }
    }

    fn open(&mut self, step: Option<Step>, cx: &mut Cx<'_>) {
        if !cx.is_open(Window::Settings) {
            let settings = cx.casebridge.settings();
            self.first_run = !cx.casebridge.is_configured();
            self.step = match settings.appliances().is_empty() {
                false if self.first_run => Step::Org,
                _ => Step::Appliance,
            };
            self.appliance_failure = None;
            Self::ask_secrets(cx);
            // Where a step is asked for, what failed there is the reason.
            cx.ask(Request::ShowAccount { failure: step.is_some() });
        }
        self.step = step.unwrap_or(self.step);
        cx.ask(Request::Open(Window::Settings));
    }

    /// Shows the window with the focus on this setting.
    fn show_setting(&mut self, key: String, cx: &mut Cx<'_>) {
        self.open(None, cx);
        let count = self.shown.as_ref().map_or(0, |shown| shown.count).wrapping_add(1);
        self.shown = Some(ShownSettingView { key, count });
    }

    fn closed(&mut self) {
        self.first_run = false;
        self.appliances = Appliances::default();
        (self.tried, self.template, self.shown) = (None, None, None);
        self.support = Support::Closed;
        if !self.checking {
            self.outcomes.clear();
        }
    }

    fn run_checks(&mut self, cx: &mut Cx<'_>) -> Answer {
        if self.checking {
            return DONE;
        }
        self.checking = true;
        self.outcomes.clear();
        let (casebridge, told) = (cx.casebridge.clone(), cx.sender());
        cx.run(async move {
            let tell = |outcome: &Outcome| {
                told.send(Message::Checked(outcome.clone()));
            };
            doctor::examine(&casebridge, tell).await;
            Message::ChecksDone
        });
        DONE
    }
}

fn answer_of(result: Result<(), Failure>, cx: &Cx<'_>) -> Answer {
    result.map_or_else(|failure| Err(cx.report(&failure)), |()| DONE)
}
