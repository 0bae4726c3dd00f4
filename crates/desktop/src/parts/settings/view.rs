//! From the settings, the account and the checks to what the window shows.

use super::Settings;
use crate::context::Known;
use crate::facts::AccountSeen;
use casebridge_domain::settings::{
    DEFAULT_APPLIANCE, Origin, Settings as Values, Value, appliance_setting, setting,
};
use casebridge_ipc::{
    ApplianceSettingsView, CheckStatusView, CheckView, FieldView, OrgSettingsView, OriginView,
    Preference, SettingsView,
};
use casebridge_use_cases::doctor::{self, Status};
use std::collections::BTreeMap;

impl Settings {
    pub(crate) fn view(&self, known: &Known<'_>) -> SettingsView {
        let casebridge = known.casebridge;
        let settings = casebridge.settings();
        SettingsView {
            first_run: self.first_run,
            step: self.step,
            appliance: appliance_page(&settings, self),
            org: org_page(&settings, &known.facts.account),
            preferences: preferences(&settings),
            checks: checks(self),
            checking: self.checking,
            support: self.support.view(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings_file: casebridge.profile().settings_file().display().to_string(),
        }
    }
}

/// A value on a page; empty before settings were read.
fn field(value: Option<&Value>) -> FieldView {
    let origin = match value.map(|v| v.origin) {
        Some(Origin::Policy) => OriginView::Policy,
        Some(Origin::User) => OriginView::User,
        Some(Origin::Default) | None => OriginView::Default,
    };
    let value = value.map(|v| v.value.clone()).unwrap_or_default();
    FieldView { value, managed: origin == OriginView::Policy, origin }
}

fn appliance_page(settings: &Values, window: &Settings) -> ApplianceSettingsView {
    use appliance_setting as its;
    let name = DEFAULT_APPLIANCE;
    ApplianceSettingsView {
        hostname: field(settings.entry_of(name, &its::HOSTNAME)),
        client_id: field(settings.entry_of(name, &its::CLIENT_ID)),
        ca_file: field(settings.entry_of(name, &its::CA_FILE)),
        secret_saved: window.secret_saved,
        portals: field(settings.entry_of(name, &its::PORTALS)),
        saving: window.saving_appliance,
        failure: window.appliance_failure.clone(),
    }
}

fn org_page(settings: &Values, seen: &AccountSeen) -> OrgSettingsView {
    let account = seen.account.as_ref();
    OrgSettingsView {
        login_url: field(settings.entry(&setting::ORG_LOGIN_URL)),
        client_id: field(settings.entry(&setting::ORG_CLIENT_ID)),
        ca_file: field(settings.entry(&setting::ORG_CA_FILE)),
        redirect_ports: field(settings.entry(&setting::ORG_REDIRECT_PORTS)),
        state: seen.sign_in,
        username: account.map(|a| a.identity.username.clone()),
        representative: account.and_then(|a| a.representative.clone()),
        instance_url: account
            .map(|a| a.identity.instance_url.as_str().trim_end_matches('/').to_owned()),
        failure: seen.failure.clone(),
    }
}

/// Each preference, under its key.
fn preferences(settings: &Values) -> BTreeMap<Preference, FieldView> {
    let all = Preference::ALL.iter();
    all.map(|preference| (*preference, field(settings.value(preference.key())))).collect()
}

/// While checks are made, those to come are listed too.
fn checks(window: &Settings) -> Vec<CheckView> {
    let mut views: Vec<CheckView> = window
        .outcomes
        .iter()
        .map(|outcome| CheckView {
            id: outcome.check.id.to_owned(),
            title: outcome.check.title.to_owned(),
            status: match outcome.finding.status {
                Status::Pass => CheckStatusView::Pass,
                Status::Warn => CheckStatusView::Warn,
                Status::Fail => CheckStatusView::Fail,
                Status::Skip => CheckStatusView::Skip,
            },
            detail: outcome.finding.detail.clone(),
            next_step: outcome.finding.next_step.clone(),
        })
        .collect();
    if window.checking {
        let first = views.len();
        views.extend(doctor::CHECKS.iter().enumerate().skip(first).map(|(index, check)| {
            let status = match index == first {
                true => CheckStatusView::Running,
                false => CheckStatusView::Waiting,
            };
            CheckView {
                id: check.id.to_owned(),
                title: check.title.to_owned(),
                status,
                detail: String::new(),
                next_step: String::new(),
            }
        }));
    }
    views
}
