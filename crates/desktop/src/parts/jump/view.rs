//! From the state of the jump window to what it shows.

use super::{Jump, JumpState};
use crate::context::Known;
use crate::labels;
use casebridge_domain::jump::{Console, JumpField, JumpForm, JumpMethod};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_ipc::{
    CaseHostView, ConsoleView, HostSourceView, JumpEntryView, JumpFieldView, JumpFormView,
    JumpMethodView, JumpStateView, JumpView,
};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::jump::{CaseHost, PastJump};
use casebridge_use_cases::web_console::WebAction;

/// How many previous Jumpoints are offered.
const JUMPOINTS: usize = 5;

impl Jump {
    pub(crate) fn view(&self, known: &Known<'_>) -> JumpView {
        let proposal = self.proposal.as_ref();
        let empty = JumpForm::new(JumpMethod::Item);
        JumpView {
            proposal: self.number,
            form: form(proposal.map_or(&empty, |proposal| &proposal.form)),
            console: console_view(proposal.map_or(Console::Desktop, |proposal| proposal.console)),
            appliance: proposal
                .and_then(|proposal| proposal.appliance.clone())
                .unwrap_or_else(|| DEFAULT_APPLIANCE.to_owned()),
            appliances: labels::appliances(known.casebridge),
            methods: methods(known, self),
            reference: proposal
                .and_then(|proposal| proposal.case.as_ref())
                .map(ToString::to_string),
            header: self.case.as_ref().map(labels::header),
            case_failure: self.case_failure.clone(),
            recent: known.facts.recent.iter().map(labels::recent).collect(),
            hosts: self.hosts.iter().map(host).collect(),
            jumps: self.jumps.iter().map(|jump| entry(jump, known.casebridge)).collect(),
            jumpoints: jumpoints(&self.jumps),
            jumps_failure: self.jumps_failure.clone(),
            state: state(&self.state),
            waiting: self.waiting.as_ref().map(|waiting| waiting.form.title().to_owned()),
        }
    }
}

fn form(form: &JumpForm) -> JumpFormView {
    let values = form.values.iter().map(|(field, text)| (field.as_str().to_owned(), text.clone()));
    JumpFormView { method: form.method.as_str().to_owned(), values: values.collect() }
}

fn methods(known: &Known<'_>, window: &Jump) -> Vec<JumpMethodView> {
    let appliance = window.proposal.as_ref().and_then(|proposal| proposal.appliance.as_deref());
    let view = |method: &JumpMethod| JumpMethodView {
        method: method.as_str().to_owned(),
        fields: method.fields().iter().map(|field| field_view(*method, *field)).collect(),
        last: window.last(*method).as_ref().map(form),
        web: labels::web(known, appliance, WebAction::Jump(*method)),
    };
    JumpMethod::ALL.iter().map(view).collect()
}

fn field_view(method: JumpMethod, field: JumpField) -> JumpFieldView {
    JumpFieldView {
        field: field.as_str().to_owned(),
        required: method.needs(field),
        options: field.words().into_iter().map(str::to_owned).collect(),
    }
}

fn host(host: &CaseHost) -> CaseHostView {
    let source = if host.of_asset { HostSourceView::Asset } else { HostSourceView::Contact };
    CaseHostView { hostname: host.hostname.clone(), source }
}

fn entry(jump: &PastJump, casebridge: &Casebridge) -> JumpEntryView {
    JumpEntryView {
        id: jump.id,
        appliance: labels::one_of_several(&jump.appliance, casebridge),
        title: jump.form.title().to_owned(),
        form: form(&jump.form),
        pinned: jump.pinned,
    }
}

/// Each once, the one that was used last first.
fn jumpoints(jumps: &[PastJump]) -> Vec<String> {
    let mut by_use: Vec<&PastJump> = jumps.iter().collect();
    by_use.sort_by_key(|jump| std::cmp::Reverse(jump.used_at));
    let mut names: Vec<String> = Vec::new();
    for name in by_use.iter().filter_map(|jump| jump.form.values.get(&JumpField::Jumpoint)) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names.truncate(JUMPOINTS);
    names
}

fn state(state: &JumpState) -> JumpStateView {
    match state {
        JumpState::Idle => JumpStateView::Idle,
        JumpState::Starting => JumpStateView::Starting,
        JumpState::Waiting { with, until } => JumpStateView::Waiting {
            launched_with: with.as_str().to_owned(),
            until: until.to_string(),
        },
        JumpState::Asked(with) => JumpStateView::Asked { launched_with: with.as_str().to_owned() },
        JumpState::Started(hostname) => JumpStateView::Started { hostname: hostname.clone() },
        JumpState::NotSeen(failure) => JumpStateView::NotSeen { failure: failure.clone() },
        JumpState::Failed(failure) => JumpStateView::Failed { failure: failure.clone() },
    }
}

fn console_view(console: Console) -> ConsoleView {
    match console {
        Console::Desktop => ConsoleView::Desktop,
        Console::Web => ConsoleView::Web,
    }
}
