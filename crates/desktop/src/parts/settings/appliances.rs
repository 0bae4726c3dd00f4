//! The appliances of the settings window: added, renamed, tested and removed, each with its secret.

use super::appliance_state::Test;
use super::{Cx, Message, Settings, answer_of};
use crate::request::{Reply, Request};
use casebridge_domain::settings::{DEFAULT_APPLIANCE, appliance_setting as its};
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::Window;
use casebridge_platform::secrets::SecretString;
use casebridge_use_cases::appliances::{self, Tested};

impl Settings {
    /// Finds out which appliances have a secret.
    pub(super) fn ask_secrets(cx: &mut Cx<'_>) {
        let mut names = appliances::names(&cx.casebridge.settings());
        if names.is_empty() {
            names.push(DEFAULT_APPLIANCE.to_owned());
        }
        for name in names {
            let casebridge = cx.casebridge.clone();
            cx.run(async move {
                let known = appliances::has_secret(&casebridge, &name).await;
                Message::SecretKnown(name, known)
            });
        }
    }

    pub(super) fn secret_known(
        &mut self,
        name: String,
        result: Result<bool, Failure>,
        cx: &mut Cx<'_>,
    ) {
        match result {
            Ok(is_stored) => self.appliances.note_secret(name, is_stored),
            Err(failure) => {
                let failure = cx.report(&failure);
                self.appliances.note_test(name, Test::Failed(failure.clone()));
                self.appliance_failure = Some(failure);
            }
        }
    }

    pub(super) fn add_appliance(
        name: String,
        values: [String; 3],
        secret: String,
        reply: Reply,
        cx: &mut Cx<'_>,
    ) {
        let [hostname, client_id, ca_file] = values;
        if [&hostname, &client_id].iter().any(|text| text.trim().is_empty()) || secret.is_empty() {
            let answer = cx.refuse(FailureCode::SettingsInvalid);
            return cx.answer(reply, answer);
        }
        let name = name.trim().to_owned();
        let changes = [
            its::HOSTNAME.set_of(&name, hostname),
            its::CLIENT_ID.set_of(&name, client_id),
            its::CA_FILE.set_of(&name, ca_file),
        ];
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            let secret = SecretString::from(secret);
            let result = appliances::add(&casebridge, &name, &changes, secret).await;
            Message::AppliancesChanged { test: Some(name), result, reply }
        });
    }

    pub(super) fn rename_appliance(old: String, new: String, reply: Reply, cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            let result = appliances::rename(&casebridge, &old, new.trim()).await;
            Message::AppliancesChanged { test: None, result, reply }
        });
    }

    pub(super) fn remove_appliance(name: String, reply: Reply, cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            let result = appliances::remove(&casebridge, &name).await;
            Message::AppliancesChanged { test: None, result, reply }
        });
    }

    pub(super) fn save_secret(name: String, secret: String, reply: Reply, cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            let secret = SecretString::from(secret);
            let result = casebridge.save_appliance_secret(&name, secret).await;
            Message::AppliancesChanged { test: Some(name), result, reply }
        });
    }

    pub(super) fn appliances_changed(
        &mut self,
        test: Option<String>,
        result: Result<(), Failure>,
        reply: Reply,
        cx: &mut Cx<'_>,
    ) {
        let is_done = result.is_ok();
        let answer = answer_of(result, cx);
        if is_done {
            let names = appliances::names(&cx.casebridge.settings());
            self.appliances.keep(&names);
            Self::ask_secrets(cx);
            // What waits is for another name now, or for an appliance that works.
            cx.ask(Request::OutboxChanged);
            if let Some(name) = test {
                self.test_appliance(name, cx);
            }
        }
        cx.answer(reply, answer);
    }

    pub(super) fn test_appliance(&mut self, name: String, cx: &mut Cx<'_>) {
        self.appliances.note_test(name.clone(), Test::Running);
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            let result = appliances::test(&casebridge, &name).await;
            Message::Tested(name, result)
        });
    }

    pub(super) fn tested(
        &mut self,
        name: String,
        result: Result<Tested, Failure>,
        cx: &mut Cx<'_>,
    ) {
        let test = match result {
            Ok(tested) => Test::Passed(tested),
            Err(failure) => Test::Failed(cx.report(&failure)),
        };
        // A window that is closed by now, or an appliance that is gone, needs no result.
        let is_known = appliances::names(&cx.casebridge.settings()).contains(&name);
        if cx.is_open(Window::Settings) && is_known {
            self.appliances.note_test(name, test);
        }
    }
}
