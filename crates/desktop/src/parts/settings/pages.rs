//! What the pages save: the appliance, the org, and preferences.

use super::{Cx, Message, Settings, answer_of};
use crate::request::{Answer, DONE, Reply, Request};
use casebridge_domain::Failure;
use casebridge_domain::settings::{
    DEFAULT_APPLIANCE, Settings as Values, Value, appliance_setting, setting,
};
use casebridge_ipc::Preference;
use casebridge_platform::secrets::SecretString;
use casebridge_use_cases::account;

impl Settings {
    /// Saves the values, then the secret, then tries both on the appliance.
    pub(super) fn save_appliance(
        &mut self,
        values: [String; 4],
        secret: Option<String>,
        reply: Reply,
        cx: &mut Cx<'_>,
    ) {
        let [hostname, client_id, ca_file, portals] = values;
        let changes = [
            appliance_setting::HOSTNAME.set_of(DEFAULT_APPLIANCE, hostname),
            appliance_setting::CLIENT_ID.set_of(DEFAULT_APPLIANCE, client_id),
            appliance_setting::CA_FILE.set_of(DEFAULT_APPLIANCE, ca_file),
            appliance_setting::PORTALS.set_of(DEFAULT_APPLIANCE, portals),
        ];
        if let Err(failure) = cx.casebridge.change_settings(&changes) {
            let answer = Err(cx.report(&failure));
            return cx.answer(reply, answer);
        }
        self.saving_appliance = true;
        self.appliance_failure = None;
        let casebridge = cx.casebridge.clone();
        let secret = secret.filter(|s| !s.is_empty()).map(SecretString::from);
        cx.run(async move {
            let result = async {
                if let Some(secret) = secret {
                    casebridge.save_appliance_secret(DEFAULT_APPLIANCE, secret).await?;
                }
                account::try_appliance(&casebridge).await
            };
            Message::ApplianceSaved { result: result.await, reply }
        });
    }

    pub(super) fn appliance_saved(
        &mut self,
        result: Result<(), Failure>,
        reply: Reply,
        cx: &mut Cx<'_>,
    ) {
        self.saving_appliance = false;
        Self::ask_secret(cx);
        let answer = answer_of(result, cx);
        self.appliance_failure = answer.as_ref().err().cloned();
        cx.answer(reply, answer);
    }

    /// Finds out whether the appliance's secret is stored.
    pub(super) fn ask_secret(cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        cx.run(
            async move { Message::SecretKnown(account::has_appliance_secret(&casebridge).await) },
        );
    }

    /// Saves the page. The stored sign-in belongs to the previous org and app: with another
    /// one it is forgotten before anything can send it there (S6).
    pub(super) fn save_org(values: [String; 4], reply: Reply, cx: &mut Cx<'_>) {
        let [login_url, client_id, ca_file, redirect_ports] = values;
        let casebridge = cx.casebridge.clone();
        let settings = casebridge.settings();
        let moves = |old: Option<&Value>, new: &str| old.is_none_or(|old| old.value != new.trim());
        let is_other = moves(settings.entry(&setting::ORG_LOGIN_URL), &login_url)
            || moves(settings.entry(&setting::ORG_CLIENT_ID), &client_id);
        let changes = [
            setting::ORG_LOGIN_URL.set_to(login_url),
            setting::ORG_CLIENT_ID.set_to(client_id),
            setting::ORG_CA_FILE.set_to(ca_file),
            setting::ORG_REDIRECT_PORTS.set_to(redirect_ports),
        ];
        // A sign-in is not given up for values that cannot be saved.
        if let Err(failure) = casebridge.check_settings(&changes) {
            let answer = Err(cx.report(&failure));
            return cx.answer(reply, answer);
        }
        if is_other {
            cx.ask(Request::OrgMoves);
        }
        cx.run(async move {
            let result = async {
                if is_other {
                    account::forget_sign_in(&casebridge).await?;
                }
                casebridge.change_settings(&changes)?;
                casebridge.org().map(drop)
            };
            Message::OrgSaved { is_other, result: result.await, reply }
        });
    }

    pub(super) fn org_saved(
        is_other: bool,
        result: Result<(), Failure>,
        reply: Reply,
        cx: &mut Cx<'_>,
    ) {
        let answer = answer_of(result, cx);
        cx.ask(Request::OrgSaved { is_other });
        cx.answer(reply, answer);
    }

    /// Tells the desktop what the settings say of it, at the start.
    pub(super) fn take_over(cx: &mut Cx<'_>) {
        let settings = cx.casebridge.settings();
        if let Err(failure) = cx.shell.set_autostart(settings.get(&setting::UI_AUTOSTART)) {
            cx.report(&failure);
        }
        if let Some(keys) = settings.get(&setting::UI_JUMP_SHORTCUT)
            && let Err(failure) = cx.shell.set_jump_shortcut(&keys)
        {
            cx.report(&failure);
        }
    }

    /// Saves a preference, and does at once what it means.
    pub(super) fn save_preference(preference: Preference, value: &str, cx: &mut Cx<'_>) -> Answer {
        let (key, value) = (preference.key(), value.trim());
        let is_set = |settings: &Values| {
            settings.get(&setting::UI_JUMP_SHORTCUT).unwrap_or_default() == value
        };
        if preference == Preference::JumpShortcut && !is_set(&cx.casebridge.settings()) {
            // One that the desktop does not give is not saved.
            let given = cx.shell.set_jump_shortcut(value);
            given.map_err(|failure| cx.report(&failure))?;
        }
        let changes = [(key.to_owned(), value.to_owned())];
        cx.casebridge.change_settings(&changes).map_err(|failure| cx.report(&failure))?;
        let settings = cx.casebridge.settings();
        match preference {
            Preference::Autostart => {
                let done = cx.shell.set_autostart(settings.get(&setting::UI_AUTOSTART));
                done.map_err(|failure| cx.report(&failure))?;
            }
            Preference::LogLevel => cx.shell.set_log_level(settings.get(&setting::LOG_LEVEL)),
            Preference::UsernameSource | Preference::UsernameField => {
                cx.ask(Request::RepresentativeChanged);
            }
            Preference::KeyKind
            | Preference::KeyTtl
            | Preference::ConsolePath
            | Preference::ConsoleSite
            | Preference::WebActions
            | Preference::JumpShortcut
            | Preference::Offer
            | Preference::ExternalKeyWrites
            | Preference::Proxy
            | Preference::EmailTemplate => {}
        }
        DONE
    }
}
