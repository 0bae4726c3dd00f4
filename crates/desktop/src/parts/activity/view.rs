//! From what is known of the outbox to what the window shows.

use super::{Activity, is_held_by};
use crate::context::Known;
use crate::failures;
use crate::labels;
use casebridge_domain::FailureCode;
use casebridge_ipc::{ActivityEntryView, ActivityKindView, ActivityStateView, ActivityView};
use casebridge_store::{Item, Kind, State};
use casebridge_use_cases::jobs;
use casebridge_use_cases::outbox::{self, Overview};

impl Activity {
    pub(crate) fn view(&self, context: &Known<'_>) -> ActivityView {
        let known = self.known.as_ref();
        let hold = self.hold();
        let all = |items: &[Item]| {
            items.iter().filter_map(|item| entry(item, hold, context)).collect::<Vec<_>>()
        };
        ActivityView {
            hold: known.and_then(|k| k.hold).map(|code| failures::view_of(code, String::new())),
            mended: known
                .and_then(Overview::damage)
                .map(|failure| failures::view_of(failure.code, failure.detail)),
            open: known.map(|known| all(&known.open)),
            closed: known.map(|known| all(&known.closed)).unwrap_or_default(),
            failure: self.failure.clone(),
        }
    }
}

fn entry(item: &Item, hold: Option<FailureCode>, context: &Known<'_>) -> Option<ActivityEntryView> {
    let failure = || {
        let failure = outbox::failure_of(item);
        failures::view_of(failure.code, failure.detail)
    };
    let kind = match item.kind {
        Kind::Import => ActivityKindView::Import,
        Kind::Survey => ActivityKindView::Survey,
        Kind::Email => ActivityKindView::Email,
        Kind::Key => ActivityKindView::Key,
        Kind::Jump => ActivityKindView::Jump,
        Kind::Tag => ActivityKindView::Tag,
        Kind::Log | Kind::KeyEnd => return None,
    };
    let state = match item.state {
        _ if item.held_for.is_some() => ActivityStateView::Held { failure: failure() },
        State::Waiting => ActivityStateView::Waiting {
            due_at: item.due_at.to_string(),
            running: jobs::import::waits_for_end(item),
            failure: (item.error_code.is_some() && !is_held_by(item, hold)).then(failure),
        },
        State::Parked => ActivityStateView::Parked { failure: failure() },
        State::Done => ActivityStateView::Done { summary: item.summary.clone() },
        State::Discarded => ActivityStateView::Discarded,
        State::GaveUp => ActivityStateView::GaveUp { failure: failure() },
    };
    Some(ActivityEntryView {
        id: item.id,
        kind,
        appliance: labels::one_of_several(&item.appliance, context.casebridge),
        title: item.title.clone(),
        case_number: Some(item.case_number.clone()).filter(|number| !number.is_empty()),
        has_case: !item.case_id.is_empty(),
        at: item.changed_at.to_string(),
        state,
    })
}
