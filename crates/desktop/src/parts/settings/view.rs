//! From the settings, the account and the checks to what the window shows.

use super::fields::{self, field};
use super::{Settings, checks, rules};
use crate::context::Known;
use crate::facts::AccountSeen;
use crate::texts;
use casebridge_domain::mail::{self, Mail};
use casebridge_domain::settings::{
    DEFAULT_APPLIANCE, Settings as Values, appliance_setting, setting,
};
use casebridge_domain::{Case, Person, SessionKey};
use casebridge_ipc::{
    ApplianceSettingsView, ApplianceView, EmailPreviewView, OrgSettingsView, SettingsView,
};
use casebridge_use_cases::appliances;

impl Settings {
    pub(crate) fn view(&self, known: &Known<'_>) -> SettingsView {
        let casebridge = known.casebridge;
        let settings = casebridge.settings();
        SettingsView {
            first_run: self.first_run,
            step: self.step,
            appliance: appliance_page(&settings, self),
            org: org_page(&settings, &known.facts.account),
            pages: fields::pages(&settings),
            appliances: appliance_views(&settings, self),
            rules: rules::views(&settings),
            tried: self.tried.as_ref().map(|all| all.iter().map(rules::tried_view).collect()),
            email: email_preview(&settings, self.template.as_deref()),
            shown: self.shown.clone(),
            checks: checks::views(self, &settings),
            checking: self.checking,
            support: self.support.view(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings_file: casebridge.profile().settings_file().display().to_string(),
        }
    }
}

fn appliance_page(settings: &Values, window: &Settings) -> ApplianceSettingsView {
    use appliance_setting as its;
    let name = DEFAULT_APPLIANCE;
    ApplianceSettingsView {
        hostname: field(settings.entry_of(name, &its::HOSTNAME)),
        client_id: field(settings.entry_of(name, &its::CLIENT_ID)),
        ca_file: field(settings.entry_of(name, &its::CA_FILE)),
        secret_saved: window.appliances.has_secret(name),
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

/// The appliances with their settings.
fn appliance_views(settings: &Values, window: &Settings) -> Vec<ApplianceView> {
    let view = |name: String| ApplianceView {
        hostname: settings.get_of(&name, &appliance_setting::HOSTNAME).unwrap_or_default(),
        managed: appliances::is_managed(settings, &name),
        secret_saved: window.appliances.has_secret(&name),
        settings: fields::of_name(settings, appliance_setting::ALL, &name),
        test: window.appliances.test(&name),
        name,
    };
    appliances::names(settings).into_iter().map(view).collect()
}

/// The e-mail of the template that is typed or saved, with an example case and key.
fn email_preview(settings: &Values, typed: Option<&str>) -> Option<EmailPreviewView> {
    let saved = settings.get(&setting::EMAIL_TEMPLATE);
    let template = typed.or(saved.as_deref()).filter(|text| !text.trim().is_empty())?;
    let Mail { subject, body } = mail::compose(Some(template), &example_case()?, &example_key());
    Some(EmailPreviewView { subject, body })
}

fn example_case() -> Option<Case> {
    let contact = texts::example_contact();
    Some(Case {
        id: "500000000000001AAA".parse().ok()?,
        number: "00001026".to_owned(),
        subject: texts::example_subject(),
        status: String::new(),
        closed: false,
        account: None,
        contact: Some(Person { id: None, name: contact, email: None }),
        requester: None,
    })
}

fn example_key() -> SessionKey {
    SessionKey {
        short_key: "7301829".to_owned(),
        key_url: "https://support.example.com/?ak=1a2b3c4d5e6f".to_owned(),
        expires_at: None,
        queue_available: None,
        external_key: None,
        mail_subject: None,
        mail_body: None,
        clock_ahead: None,
    }
}
