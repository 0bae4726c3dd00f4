//! From the jump window's state to what it shows, and from its form to a jump.

use crate::case_window::RecentCase;
use crate::jump_window::{JumpState, JumpWindow};
use crate::views;
use casebridge_domain::jump::{Console, Flaw, JumpField, JumpForm, JumpMethod, JumpProblem};
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{
    CaseHostView, ConsoleView, HostSourceView, JumpEntryView, JumpFieldView, JumpFormView,
    JumpMethodView, JumpStateView, JumpView,
};
use casebridge_use_cases::jump::{CaseHost, PastJump};
use casebridge_use_cases::{Casebridge, console};
use std::collections::BTreeMap;

/// How many Jumpoints of before are offered.
const JUMPOINTS: usize = 5;

pub(crate) fn jump(
    casebridge: &Casebridge,
    window: &JumpWindow,
    recent: &[RecentCase],
) -> JumpView {
    let proposal = window.proposal.as_ref();
    let empty = JumpForm::new(JumpMethod::Item);
    JumpView {
        proposal: window.number,
        form: form(proposal.map_or(&empty, |proposal| &proposal.form)),
        console: console_view(proposal.map_or(Console::Desktop, |proposal| proposal.console)),
        methods: methods(casebridge, window),
        reference: proposal.and_then(|proposal| proposal.case.as_ref()).map(ToString::to_string),
        header: window.case.as_ref().map(views::header),
        case_failure: window.case_failure.clone(),
        recent: recent.iter().map(views::recent).collect(),
        hosts: window.hosts.iter().map(host).collect(),
        jumps: window.jumps.iter().map(entry).collect(),
        jumpoints: jumpoints(&window.jumps),
        jumps_failure: window.jumps_failure.clone(),
        state: state(&window.state),
        waiting: window.waiting.as_ref().map(|waiting| waiting.form.title().to_owned()),
    }
}

fn form(form: &JumpForm) -> JumpFormView {
    let values = form.values.iter().map(|(field, text)| (field.as_str().to_owned(), text.clone()));
    JumpFormView { method: form.method.as_str().to_owned(), values: values.collect() }
}

fn methods(casebridge: &Casebridge, window: &JumpWindow) -> Vec<JumpMethodView> {
    let all = console::web_does_all(casebridge);
    let view = |method: &JumpMethod| JumpMethodView {
        method: method.as_str().to_owned(),
        fields: method.fields().iter().map(|field| field_view(*method, *field)).collect(),
        last: window.last(*method).as_ref().map(form),
        web: all || *method == JumpMethod::Item,
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

fn entry(jump: &PastJump) -> JumpEntryView {
    JumpEntryView {
        id: jump.id,
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

/// What a window sends, in domain words.
///
/// # Errors
/// A method or a field that does not exist.
pub(crate) fn read_form(view: &JumpFormView) -> Result<JumpForm, Failure> {
    let unknown = |word: &str| Failure::new(FailureCode::JumpInvalid, word.to_owned());
    let method = view.method.parse().map_err(|_| unknown(&view.method))?;
    let mut values = BTreeMap::new();
    for (word, text) in &view.values {
        let field: JumpField = word.parse().map_err(|_| unknown(word))?;
        if !text.trim().is_empty() {
            values.insert(field, text.trim().to_owned());
        }
    }
    Ok(JumpForm { method, values })
}

/// What is wrong with a form, for people.
pub(crate) fn problem(problem: &JumpProblem) -> Failure {
    let name = problem.field.as_str().replace('_', " ");
    let is_search = problem.flaw == Flaw::Missing && problem.field == JumpField::Search;
    let detail = match is_search {
        true => "A Jump Item needs something to search for.".to_owned(),
        false => format!("{name}: {}.", problem.flaw),
    };
    Failure::caused(FailureCode::JumpInvalid, detail, *problem)
}

pub(crate) fn console(view: ConsoleView) -> Console {
    match view {
        ConsoleView::Desktop => Console::Desktop,
        ConsoleView::Web => Console::Web,
    }
}

fn console_view(console: Console) -> ConsoleView {
    match console {
        Console::Desktop => ConsoleView::Desktop,
        Console::Web => ConsoleView::Web,
    }
}
