//! From the state of the case window to what it shows.

use super::Case;
use super::open::{EmailState, KeyState, Made, OpenCase, WatchState};
use crate::context::Known;
use crate::labels;
use casebridge_domain::jump::Console;
use casebridge_domain::settings::{ApplianceSettings, DEFAULT_APPLIANCE};
use casebridge_domain::{FailureCode, Recipient, RecipientRole};
use casebridge_ipc::{
    CaseView, EmailView, KeyKindView, KeyStateView, KeyView, RecipientView, RoleView, Stage,
    WaitingCaseView, WatchView, WebSupportView,
};
use casebridge_use_cases::web_console::WebAction;
use casebridge_use_cases::{Casebridge, email_key};

impl Case {
    pub(crate) fn view(&self, known: &Known<'_>) -> CaseView {
        let casebridge = known.casebridge;
        let shown = self.shown();
        let appliance = shown.and_then(|o| o.request.appliance.clone());
        let appliance = appliance.unwrap_or_else(|| DEFAULT_APPLIANCE.to_owned());
        let configured = casebridge.settings().appliance(&appliance);
        let web = labels::web(known, Some(&appliance), WebAction::SessionKey);
        CaseView {
            stage: shown.map_or(Stage::Ask, stage),
            reference: shown.map(OpenCase::reference),
            header: shown.and_then(|o| o.case.as_ref()).map(labels::header),
            key: shown.map_or(KeyStateView::None, |o| key_state(&o.key)),
            key_kind: shown.map_or(KeyKindView::Server, |o| key_kind(o.console)),
            key_kinds: key_kinds(web),
            web_keys: web,
            portals: portals(configured.as_ref()),
            portal: shown.and_then(|o| portal(configured.as_ref(), o.request.portal.as_deref()?)),
            email: shown.and_then(|o| email(casebridge, o)),
            watch: shown.map_or(WatchView::Idle, |o| watch(&o.watch)),
            failure: shown.and_then(|o| o.failure.clone()),
            waiting: self.list.iter().filter(|o| Some(o.id) != self.shown).map(waiting).collect(),
            recent: known.facts.recent.iter().map(labels::recent).collect(),
            appliances: labels::appliances(casebridge),
            appliance,
        }
    }
}

/// The names of the portals to choose from.
fn portals(configured: Option<&ApplianceSettings>) -> Vec<String> {
    let portals = configured.map(|appliance| appliance.portals.iter());
    portals.into_iter().flatten().map(|portal| portal.name.clone()).collect()
}

/// The portal that was chosen, as the list has it: a link may name it by its host name.
fn portal(configured: Option<&ApplianceSettings>, chosen: &str) -> Option<String> {
    let known = configured.and_then(|appliance| appliance.portal(chosen));
    Some(known.map_or(chosen, |portal| &portal.name).to_owned())
}

fn key_kind(console: Option<Console>) -> KeyKindView {
    match console {
        None => KeyKindView::Server,
        Some(Console::Desktop) => KeyKindView::Console,
        Some(Console::Web) => KeyKindView::Web,
    }
}

/// The web console is not documented to create keys, so an administrator may turn that off.
fn key_kinds(web: WebSupportView) -> Vec<KeyKindView> {
    let mut kinds = vec![KeyKindView::Server, KeyKindView::Console];
    if web != WebSupportView::Off {
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

fn waiting(open: &OpenCase) -> WaitingCaseView {
    let label = match &open.case {
        Some(case) => labels::case(&case.number, &case.subject),
        None => open.reference(),
    };
    WaitingCaseView { reference: open.mark(), label }
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
            doubt: joined.doubt.clone().map(|doubt| labels::doubt(doubt, str::to_owned)),
        },
        WatchState::Expired => WatchView::Expired,
        WatchState::Ended => WatchView::Ended,
    }
}
