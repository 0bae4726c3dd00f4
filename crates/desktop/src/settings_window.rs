//! The settings window: the first run's three steps, later the same pages, and the checks.

use crate::controller::{Controller, DONE};
use crate::event::{Answer, Event};
use crate::open_case::Task;
use crate::support::Support;
use crate::views;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{FailureView, SettingsView, SignInView, Step, Window};
use casebridge_platform::secrets::SecretString;
use casebridge_use_cases::account::{self, Account};
use casebridge_use_cases::doctor::{self, Outcome};
use tokio::sync::oneshot;

/// The settings that the preferences page changes.
const PREFERENCES: &[&str] = &[
    "key.default_kind",
    "key.ttl",
    "rep_console.path",
    "rep_console.site_name",
    "rep_console.web_actions",
    "ui.jump_shortcut",
    "tag.offer",
    "org.username_source",
    "org.username_field",
    "org.external_key_writes",
    "ui.autostart",
    "network.proxy",
    "log.level",
    "email.template",
];

/// The state of the window, and of the sign-in.
pub(crate) struct SettingsWindow {
    pub(crate) first_run: bool,
    pub(crate) step: Step,
    pub(crate) secret_saved: bool,
    pub(crate) saving_appliance: bool,
    pub(crate) appliance_failure: Option<FailureView>,
    pub(crate) sign_in: SignInView,
    pub(crate) account: Option<Account>,
    pub(crate) org_failure: Option<FailureView>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) checking: bool,
    pub(crate) support: Support,
    /// Counts the sign-ins, so that the answer to one that was given up is told apart.
    attempt: u64,
    signing_in: Option<Task>,
}

impl Default for SettingsWindow {
    fn default() -> Self {
        Self {
            first_run: false,
            step: Step::Appliance,
            secret_saved: false,
            saving_appliance: false,
            appliance_failure: None,
            sign_in: SignInView::SignedOut,
            account: None,
            org_failure: None,
            outcomes: Vec::new(),
            checking: false,
            support: Support::Closed,
            attempt: 0,
            signing_in: None,
        }
    }
}

impl Controller {
    pub(crate) fn settings_view(&self) -> SettingsView {
        views::settings(&self.casebridge, &self.settings)
    }

    pub(crate) fn publish_settings(&self) {
        self.publish(Window::Settings);
    }

    pub(crate) fn open_settings(&mut self) {
        if !self.is_open(Window::Settings) {
            let settings = self.casebridge.settings();
            self.settings.first_run = !self.casebridge.is_configured();
            self.settings.step = match settings.appliances().is_empty() {
                false if self.settings.first_run => Step::Org,
                _ => Step::Appliance,
            };
            (self.settings.appliance_failure, self.settings.org_failure) = (None, None);
            self.ask_for_secret();
            self.ask_for_sign_in();
            self.ask_for_account();
        }
        self.open_window(Window::Settings);
    }

    pub(crate) fn settings_window_closed(&mut self) {
        self.settings.first_run = false;
        self.settings.support = Support::Closed;
        if !self.settings.checking {
            self.settings.outcomes.clear();
        }
    }

    fn ask_for_secret(&self) {
        let casebridge = self.casebridge.clone();
        self.spawn(
            async move { Event::SecretKnown(account::has_appliance_secret(&casebridge).await) },
        );
    }

    pub(crate) fn secret_known(&mut self, result: Result<bool, Failure>) {
        match result {
            Ok(saved) => self.settings.secret_saved = saved,
            Err(failure) => self.settings.appliance_failure = Some(self.report(&failure)),
        }
        self.publish_settings();
    }

    /// Finds out at the start whether secrets can be kept (S17) and whether somebody is signed in,
    /// without asking the org.
    pub(crate) fn ask_for_sign_in(&self) {
        let casebridge = self.casebridge.clone();
        self.spawn(async move { Event::SignInKnown(account::stored_sign_in(&casebridge).await) });
    }

    pub(crate) fn sign_in_known(&mut self, result: Result<bool, Failure>) {
        match result {
            Ok(true) if self.settings.sign_in == SignInView::SignedOut => {
                self.settings.sign_in = SignInView::SignedIn;
                self.release_outbox();
                self.catch_up();
                self.sweep_if_due();
                if self.is_open(Window::Settings) {
                    self.ask_for_account();
                }
            }
            Ok(_) => {}
            Err(failure) => self.settings.org_failure = Some(self.report(&failure)),
        }
        self.publish_settings();
    }

    fn ask_for_account(&mut self) {
        if self.settings.sign_in != SignInView::SignedIn || self.settings.account.is_some() {
            return;
        }
        let (casebridge, attempt) = (self.casebridge.clone(), self.settings.attempt);
        self.spawn(async move {
            let result = account::whoami(&casebridge).await;
            Event::AccountKnown { attempt, result: Box::new(result) }
        });
    }

    /// Saves the values, then the secret, then tries both on the appliance.
    pub(crate) fn save_appliance(
        &mut self,
        values: [String; 4],
        secret: Option<String>,
        answer: oneshot::Sender<Answer>,
    ) {
        let names = ["hostname", "client_id", "ca_file", "portals"];
        let key = |name: &str| format!("appliance.{DEFAULT_APPLIANCE}.{name}");
        let changes: Vec<_> = names.iter().map(|n| key(n)).zip(values).collect();
        if let Err(failure) = self.casebridge.change_settings(&changes) {
            // A window that is gone needs no answer.
            let _ = answer.send(Err(self.report(&failure)));
            return;
        }
        self.settings.saving_appliance = true;
        self.settings.appliance_failure = None;
        let casebridge = self.casebridge.clone();
        let secret = secret.filter(|s| !s.is_empty()).map(SecretString::from);
        self.spawn(async move {
            let result = async {
                if let Some(secret) = secret {
                    casebridge.save_appliance_secret(DEFAULT_APPLIANCE, secret).await?;
                }
                account::try_appliance(&casebridge).await
            };
            Event::ApplianceSaved { result: result.await, answer }
        });
        self.publish_settings();
    }

    pub(crate) fn appliance_saved(
        &mut self,
        result: Result<(), Failure>,
        answer: oneshot::Sender<Answer>,
    ) {
        self.settings.saving_appliance = false;
        self.ask_for_secret();
        let answered = match result {
            Ok(()) => DONE,
            Err(failure) => Err(self.report(&failure)),
        };
        self.settings.appliance_failure = answered.as_ref().err().cloned();
        let _ = answer.send(answered);
        self.publish_settings();
    }

    /// Saves the page. The stored sign-in belongs to the org and the app of before: with another
    /// one it is forgotten before anything can send it there (S6).
    pub(crate) fn save_org(&mut self, values: [String; 4], answer: oneshot::Sender<Answer>) {
        let names = ["login_url", "client_id", "ca_file", "redirect_ports"];
        let changes: Vec<_> = names.iter().map(|n| format!("org.{n}")).zip(values).collect();
        let casebridge = self.casebridge.clone();
        let moves = |name: &str| {
            let key = format!("org.{name}");
            let new = changes.iter().find(|(k, _)| *k == key).map(|(_, value)| value.trim());
            new.is_some_and(|new| new != casebridge.settings().text(&key))
        };
        let is_other = moves("login_url") || moves("client_id");
        // A sign-in is not given up for values that cannot be saved.
        if let Err(failure) = casebridge.check_settings(&changes) {
            // A window that is gone needs no answer.
            let _ = answer.send(Err(self.report(&failure)));
            return;
        }
        if is_other {
            self.settings.attempt += 1;
            self.settings.signing_in = None;
        }
        let casebridge = casebridge.clone();
        self.spawn(async move {
            let result = async {
                if is_other {
                    account::forget_sign_in(&casebridge).await?;
                }
                casebridge.change_settings(&changes)?;
                casebridge.org().map(drop)
            };
            Event::OrgSaved { is_other, result: result.await, answer }
        });
    }

    pub(crate) fn org_saved(
        &mut self,
        is_other: bool,
        result: Result<(), Failure>,
        answer: oneshot::Sender<Answer>,
    ) {
        let answered = match result {
            Ok(()) => DONE,
            Err(failure) => Err(self.report(&failure)),
        };
        self.settings.org_failure = None;
        if is_other {
            (self.settings.account, self.settings.sign_in) = (None, SignInView::SignedOut);
            self.owner_changed();
            self.ask_for_sign_in();
        }
        // A window that is gone needs no answer.
        let _ = answer.send(answered);
        self.publish_settings();
    }

    /// What a call to the org told about the sign-in.
    pub(crate) fn note_sign_in<T>(&mut self, result: &Result<T, Failure>) {
        if self.settings.sign_in == SignInView::WaitingForBrowser {
            return;
        }
        match result {
            Ok(_) => self.settings.sign_in = SignInView::SignedIn,
            Err(failure) if account::needs_sign_in(failure.code) => {
                (self.settings.sign_in, self.settings.account) = (SignInView::SignedOut, None);
            }
            Err(_) => {}
        }
        self.publish_settings();
    }

    pub(crate) fn begin_sign_in(&mut self) {
        let (casebridge, shell) = (self.casebridge.clone(), self.shell.clone());
        self.settings.attempt += 1;
        self.settings.sign_in = SignInView::WaitingForBrowser;
        self.settings.org_failure = None;
        let attempt = self.settings.attempt;
        let task = self.spawn(async move {
            let open = |page: &url::Url, allowed: &_| {
                tokio::task::block_in_place(|| shell.open_page(page, allowed))
            };
            let result = account::sign_in(&casebridge, open).await;
            Event::AccountKnown { attempt, result: Box::new(result) }
        });
        self.settings.signing_in = Some(task.into());
        self.publish_settings();
    }

    pub(crate) fn cancel_sign_in(&mut self) -> Answer {
        self.settings.attempt += 1;
        self.settings.signing_in = None;
        self.settings.sign_in = SignInView::SignedOut;
        self.cases.after_sign_in = false;
        // An earlier sign-in may still count.
        self.ask_for_sign_in();
        self.publish_settings();
        DONE
    }

    pub(crate) fn account_known(&mut self, attempt: u64, result: Result<Account, Failure>) {
        if attempt != self.settings.attempt {
            return;
        }
        let was_asked = self.settings.sign_in == SignInView::WaitingForBrowser;
        match result {
            Ok(account) => {
                self.settings.sign_in = SignInView::SignedIn;
                let is_other = account.is_other;
                self.settings.account = Some(account);
                if is_other {
                    self.owner_changed();
                }
                if was_asked {
                    self.ask_for_recent();
                    self.ask_for_jumps();
                    self.release_outbox();
                    self.go_on_after_sign_in();
                    self.catch_up();
                }
            }
            Err(failure) => {
                let ended = was_asked || account::needs_sign_in(failure.code);
                self.settings.org_failure = Some(self.report(&failure));
                if ended {
                    (self.settings.sign_in, self.settings.account) = (SignInView::SignedOut, None);
                }
                if was_asked && std::mem::take(&mut self.cases.after_sign_in) {
                    self.open_settings_at(Step::Org);
                }
            }
        }
        self.publish_settings();
    }

    fn open_settings_at(&mut self, step: Step) {
        let failure = self.settings.org_failure.take();
        self.open_settings();
        (self.settings.step, self.settings.org_failure) = (step, failure);
        self.publish_settings();
    }

    pub(crate) fn begin_sign_out(&mut self, answer: oneshot::Sender<Answer>) {
        let casebridge = self.casebridge.clone();
        self.settings.attempt += 1;
        self.spawn(async move {
            let result = account::sign_out(&casebridge).await.map(drop);
            Event::SignedOut { result, answer }
        });
    }

    pub(crate) fn signed_out(
        &mut self,
        result: Result<(), Failure>,
        answer: oneshot::Sender<Answer>,
    ) {
        let answered = match result {
            Ok(()) => {
                (self.settings.sign_in, self.settings.account) = (SignInView::SignedOut, None);
                self.owner_changed();
                DONE
            }
            Err(failure) => Err(self.report(&failure)),
        };
        let _ = answer.send(answered);
        self.publish_settings();
    }

    pub(crate) fn save_preference(&mut self, key: String, value: String) -> Answer {
        if !PREFERENCES.contains(&key.as_str()) {
            let failure = Failure::new(FailureCode::SettingsInvalid, key);
            return Err(self.report(&failure));
        }
        if key == "ui.jump_shortcut" && self.casebridge.settings().text(&key) != value.trim() {
            // One that the desktop does not give is not kept.
            let given = self.shell.set_jump_shortcut(value.trim());
            given.map_err(|failure| self.report(&failure))?;
        }
        let changes = [(key.clone(), value)];
        self.casebridge.change_settings(&changes).map_err(|failure| self.report(&failure))?;
        let settings = self.casebridge.settings();
        match key.as_str() {
            "ui.autostart" => self
                .shell
                .set_autostart(settings.is_on(&key))
                .map_err(|failure| self.report(&failure))?,
            "log.level" => self.shell.set_log_level(settings.text(&key)),
            "org.username_source" | "org.username_field" => {
                self.settings.account = None;
                self.forget_sessions();
                self.ask_for_account();
            }
            _ => {}
        }
        self.publish_settings();
        DONE
    }

    pub(crate) fn run_checks(&mut self) -> Answer {
        if self.settings.checking {
            return DONE;
        }
        self.settings.checking = true;
        self.settings.outcomes.clear();
        let (casebridge, events) = (self.casebridge.clone(), self.events.clone());
        self.spawn(async move {
            doctor::examine(&casebridge, |outcome| {
                let _ = events.send(Event::Checked(outcome.clone()));
            })
            .await;
            Event::ChecksDone
        });
        self.publish_settings();
        DONE
    }

    pub(crate) fn checked(&mut self, outcome: Outcome) {
        self.settings.outcomes.push(outcome);
        self.publish_settings();
    }

    pub(crate) fn checks_done(&mut self) {
        self.settings.checking = false;
        self.publish_settings();
    }

    pub(crate) fn go_to_step(&mut self, step: Step) -> Answer {
        self.settings.step = step;
        self.publish_settings();
        DONE
    }
}
