//! What the steps of the first run save: the appliance and the org.

use super::{Cx, Message, Settings, answer_of};
use crate::request::{Reply, Request};
use casebridge_domain::Failure;
use casebridge_domain::settings::{DEFAULT_APPLIANCE, Value, appliance_setting, setting};
use casebridge_platform::secrets::SecretString;
use casebridge_use_cases::{account, appliances};

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
                appliances::test(&casebridge, DEFAULT_APPLIANCE).await.map(drop)
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
        Self::ask_secrets(cx);
        let answer = answer_of(result, cx);
        self.appliance_failure = answer.as_ref().err().cloned();
        cx.answer(reply, answer);
    }

    pub(super) fn save_org(values: [String; 4], reply: Reply, cx: &mut Cx<'_>) {
        let [login_url, client_id, ca_file, redirect_ports] = values;
        let changes = vec![
            setting::ORG_LOGIN_URL.set_to(login_url),
            setting::ORG_CLIENT_ID.set_to(client_id),
            setting::ORG_CA_FILE.set_to(ca_file),
            setting::ORG_REDIRECT_PORTS.set_to(redirect_ports),
        ];
        Self::change_org(changes, reply, cx);
    }

    /// Changes settings of the org. The stored sign-in belongs to the previous org and app: with
    /// another one it is forgotten before anything can send it there (S6).
    pub(super) fn change_org(changes: Vec<(String, String)>, reply: Reply, cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        let settings = casebridge.settings();
        let differs = |old: Option<&Value>, new: &str| old.is_none_or(|old| old.value != new);
        let moves = |key: &str| {
            let new = changes.iter().find(|(changed, _)| changed == key);
            new.is_some_and(|(_, new)| differs(settings.value(key), new.trim()))
        };
        let is_other = moves(setting::ORG_LOGIN_URL.key()) || moves(setting::ORG_CLIENT_ID.key());
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
}
