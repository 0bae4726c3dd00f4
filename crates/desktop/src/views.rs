//! From the state to what the windows show.

use crate::case_window::{CaseWindow, RecentCase};
use crate::open_case::{EmailState, KeyState, Made, OpenCase, WatchState};
use crate::settings_window::SettingsWindow;
use crate::tag_views::doubt_view;
use casebridge_domain::jump::Console;
use casebridge_domain::settings::{DEFAULT_APPLIANCE, Origin, Settings};
use casebridge_domain::{Case, Failure, FailureCode, Recipient, RecipientRole};
use casebridge_ipc::{
    ApplianceSettingsView, CaseHeaderView, CaseView, CheckStatusView, CheckView, EmailView,
    FailureView, FieldView, KeyKindView, KeyStateView, KeyView, OrgSettingsView, OriginView,
    PreferencesView, RecipientView, RoleView, SettingsView, Stage, WaitingCaseView, WatchView,
};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::doctor::{self, Status};
use casebridge_use_cases::{console, email_key};
use std::sync::atomic::{AtomicU32, Ordering};

/// What a person reads of a failure, with a reference that finds it in the log.
pub(crate) fn failure(failure: &Failure) -> FailureView {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let reference = format!("{:04x}-{count:04x}", std::process::id() & 0xffff);
    FailureView { reference, ..failure_of(failure.code, failure.detail.clone()) }
}

/// A failure of before, which the log has already.
pub(crate) fn failure_of(code: FailureCode, detail: String) -> FailureView {
    let text = code.text();
    FailureView {
        code: text.code.to_owned(),
        title: text.title.to_owned(),
        detail,
        next_step: text.next_step.to_owned(),
        reference: String::new(),
    }
}

pub(crate) fn case(casebridge: &Casebridge, window: &CaseWindow) -> CaseView {
    let shown = window.shown();
    let appliance = shown.and_then(|o| o.request.appliance.clone());
    let appliance = appliance.unwrap_or_else(|| DEFAULT_APPLIANCE.to_owned());
    let configured = casebridge.settings().appliance(&appliance);
    CaseView {
        stage: shown.map_or(Stage::Ask, stage),
        reference: shown.map(OpenCase::reference),
        header: shown.and_then(|o| o.case.as_ref()).map(header),
        key: shown.map_or(KeyStateView::None, |o| key_state(&o.key)),
        key_kind: shown.map_or(KeyKindView::Server, |o| key_kind(o.console)),
        key_kinds: key_kinds(casebridge),
        portals: configured.map(|a| a.portals).unwrap_or_default(),
        portal: shown.and_then(|o| o.request.portal.clone()),
        email: shown.and_then(|o| email(casebridge, o)),
        watch: shown.map_or(WatchView::Idle, |o| watch(&o.watch)),
        failure: shown.and_then(|o| o.failure.clone()),
        waiting: window.list.iter().filter(|o| Some(o.id) != window.shown).map(waiting).collect(),
        recent: window.recent.iter().map(recent).collect(),
        appliance,
    }
}

fn key_kind(console: Option<Console>) -> KeyKindView {
    match console {
        None => KeyKindView::Server,
        Some(Console::Desktop) => KeyKindView::Console,
        Some(Console::Web) => KeyKindView::Web,
    }
}

/// The web console is not documented to make keys, so IT has to allow it.
fn key_kinds(casebridge: &Casebridge) -> Vec<KeyKindView> {
    let mut kinds = vec![KeyKindView::Server, KeyKindView::Console];
    if console::web_does_all(casebridge) {
        kinds.push(KeyKindView::Web);
    }
    kinds
}

fn stage(open: &OpenCase) -> Stage {
    match (&open.case, &open.failure) {
        (Some(_), _) => Stage::Ready,
        // Another number is the way forward, not another try.
        (None, Some(failure)) if failure.code == FailureCode::CaseNotFound.text().code => {
            Stage::Ask
        }
        (None, Some(_)) => Stage::Failed,
        (None, None) => Stage::Loading,
    }
}

pub(crate) fn recent(case: &RecentCase) -> WaitingCaseView {
    WaitingCaseView { reference: case.id.to_string(), label: label(&case.number, &case.subject) }
}

pub(crate) fn label(number: &str, subject: &str) -> String {
    match subject.is_empty() {
        true => number.to_owned(),
        false => format!("{number} · {subject}"),
    }
}

fn waiting(open: &OpenCase) -> WaitingCaseView {
    let label = match &open.case {
        Some(case) => label(&case.number, &case.subject),
        None => open.reference(),
    };
    WaitingCaseView { reference: open.mark(), label }
}

pub(crate) fn header(case: &Case) -> CaseHeaderView {
    CaseHeaderView {
        id: case.id.to_string(),
        number: case.number.clone(),
        subject: case.subject.clone(),
        status: case.status.clone(),
        closed: case.closed,
        account: case.account.clone(),
        contact: case.contact.as_ref().map(|c| c.name.clone()),
    }
}

fn key_state(state: &KeyState) -> KeyStateView {
    match state {
        KeyState::None => KeyStateView::None,
        KeyState::Loading => KeyStateView::Loading,
        KeyState::Made(made) => KeyStateView::Made(key(made)),
        KeyState::Expired => KeyStateView::Expired,
        KeyState::Dialog { dialog, failure } => {
            KeyStateView::Dialog { dialog: *dialog, failure: failure.clone() }
        }
        KeyState::Failed(failure) => KeyStateView::Failed { failure: failure.clone() },
    }
}

fn key(made: &Made) -> KeyView {
    KeyView {
        short_key: made.key.short_key.clone(),
        grouped: made.key.grouped(),
        url: made.key.key_url.clone(),
        qr: made.qr.clone(),
        expires_at: made.key.expires_at.unwrap_or_default().to_string(),
        portal: made.portal.clone(),
        queue_available: made.key.queue_available,
    }
}

fn email(casebridge: &Casebridge, open: &OpenCase) -> Option<EmailView> {
    let (case, made) = (open.case.as_ref()?, open.made()?);
    let mail = email_key::preview(casebridge, case, &made.key);
    let EmailState { state, recipient, failure } = &open.email;
    Some(EmailView {
        recipients: case.recipients().iter().map(self::recipient).collect(),
        hidden: email_key::hidden_addresses(casebridge),
        subject: mail.subject,
        body: mail.body,
        state: *state,
        recipient: recipient.clone(),
        failure: failure.clone(),
    })
}

fn recipient(recipient: &Recipient) -> RecipientView {
    RecipientView {
        id: recipient.address.clone(),
        name: recipient.name.clone(),
        address: recipient.address.clone(),
        role: match recipient.role {
            RecipientRole::Contact => RoleView::Contact,
            RecipientRole::Requester => RoleView::Requester,
        },
    }
}

fn watch(state: &WatchState) -> WatchView {
    match state {
        WatchState::Idle => WatchView::Idle,
        WatchState::Waiting => WatchView::Waiting,
        WatchState::Stale(failure) => WatchView::Stale { failure: failure.clone() },
        WatchState::Joined(joined) => WatchView::Joined {
            name: joined.name.clone(),
            hostname: joined.hostname.clone(),
            doubt: joined.doubt.clone().map(|doubt| doubt_view(doubt, str::to_owned)),
        },
        WatchState::Expired => WatchView::Expired,
        WatchState::Ended => WatchView::Ended,
    }
}

pub(crate) fn settings(casebridge: &Casebridge, window: &SettingsWindow) -> SettingsView {
    let settings = casebridge.settings();
    SettingsView {
        first_run: window.first_run,
        step: window.step,
        appliance: appliance_page(&settings, window),
        org: org_page(&settings, window),
        preferences: preferences(&settings),
        checks: checks(window),
        checking: window.checking,
        support: window.support.view(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        settings_file: casebridge.profile().settings_file().display().to_string(),
    }
}

fn field(settings: &Settings, key: &str) -> FieldView {
    let (value, origin) = settings
        .value(key)
        .map_or((String::new(), Origin::Default), |v| (v.value.clone(), v.origin));
    let origin = match origin {
        Origin::Policy => OriginView::Policy,
        Origin::User => OriginView::User,
        Origin::Default => OriginView::Default,
    };
    FieldView { value, managed: origin == OriginView::Policy, origin }
}

fn appliance_page(settings: &Settings, window: &SettingsWindow) -> ApplianceSettingsView {
    let field = |name: &str| field(settings, &format!("appliance.{DEFAULT_APPLIANCE}.{name}"));
    ApplianceSettingsView {
        hostname: field("hostname"),
        client_id: field("client_id"),
        ca_file: field("ca_file"),
        secret_saved: window.secret_saved,
        portals: field("portals"),
        saving: window.saving_appliance,
        failure: window.appliance_failure.clone(),
    }
}

fn org_page(settings: &Settings, window: &SettingsWindow) -> OrgSettingsView {
    let account = window.account.as_ref();
    OrgSettingsView {
        login_url: field(settings, "org.login_url"),
        client_id: field(settings, "org.client_id"),
        ca_file: field(settings, "org.ca_file"),
        redirect_ports: field(settings, "org.redirect_ports"),
        state: window.sign_in,
        username: account.map(|a| a.identity.username.clone()),
        representative: account.and_then(|a| a.representative.clone()),
        instance_url: account
            .map(|a| a.identity.instance_url.as_str().trim_end_matches('/').to_owned()),
        saving: false,
        failure: window.org_failure.clone(),
    }
}

fn preferences(settings: &Settings) -> PreferencesView {
    PreferencesView {
        key_ttl: field(settings, "key.ttl"),
        username_source: field(settings, "org.username_source"),
        username_field: field(settings, "org.username_field"),
        external_key_writes: field(settings, "org.external_key_writes"),
        autostart: field(settings, "ui.autostart"),
        key_kind: field(settings, "key.default_kind"),
        console_path: field(settings, "rep_console.path"),
        console_site: field(settings, "rep_console.site_name"),
        web_actions: field(settings, "rep_console.web_actions"),
        jump_shortcut: field(settings, "ui.jump_shortcut"),
        offer: field(settings, "tag.offer"),
        proxy: field(settings, "network.proxy"),
        log_level: field(settings, "log.level"),
        email_template: field(settings, "email.template"),
    }
}

/// While checks are made, those to come are listed too.
fn checks(window: &SettingsWindow) -> Vec<CheckView> {
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
