//! From the settings, the account and the checks to what the window shows.

use super::{Settings, checks};
use crate::context::Known;
use crate::facts::AccountSeen;
use casebridge_domain::settings::{
    DEFAULT_APPLIANCE, Origin, Settings as Values, Value, appliance_setting, setting,
};
use casebridge_ipc::{
    ApplianceSettingsView, FieldView, OrgSettingsView, OriginView, Preference, SettingsView,
};
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
            checks: checks::views(self, &settings),
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
        representative_found_in: account.and_then(|a| a.found_in).map(str::to_owned),
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
