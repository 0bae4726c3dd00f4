//! The settings window: the first run's three steps, later the same pages, and the checks. Who is signed in is
//! the account's; the window shows it and has the buttons.

mod bundle;
mod checks;
mod pages;
mod support;
mod view;

use crate::context::{Context, Part};
use crate::links::BURST;
use crate::request::{Answer, DONE, Reply, Request};
use crate::shell::payload;
use bundle::Support;
use casebridge_domain::Failure;
use casebridge_ipc::{FailureView, SettingsCommand, Step, Window};
use casebridge_use_cases::doctor::{self, Outcome};
use casebridge_use_cases::support_bundle::SupportBundle;
use std::path::PathBuf;
use std::time::Duration;

/// The state of the window.
pub(crate) struct Settings {
    first_run: bool,
    step: Step,
    secret_saved: bool,
    saving_appliance: bool,
    appliance_failure: Option<FailureView>,
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
    Command(SettingsCommand, Reply),
    /// Whether the appliance's secret is stored is known.
    SecretKnown(Result<bool, Failure>),
    ApplianceSaved {
        result: Result<(), Failure>,
        reply: Reply,
    },
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
            secret_saved: false,
            saving_appliance: false,
            appliance_failure: None,
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
            Message::SecretKnown(result) => match result {
                Ok(saved) => self.secret_saved = saved,
                Err(failure) => self.appliance_failure = Some(cx.report(&failure)),
            },
            Message::ApplianceSaved { result, reply } => self.appliance_saved(result, reply, cx),
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
            SettingsCommand::SavePreference { key, value } => {
                Self::save_preference(key, &value, cx)
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
            Self::ask_secret(cx);
            // Where a step is asked for, what failed there is the reason.
            cx.ask(Request::ShowAccount { failure: step.is_some() });
        }
        self.step = step.unwrap_or(self.step);
        cx.ask(Request::Open(Window::Settings));
    }

    fn closed(&mut self) {
        self.first_run = false;
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
