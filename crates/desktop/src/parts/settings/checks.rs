//! From the doctor's outcomes to what the window shows.

use super::Settings;
use casebridge_domain::settings::Settings as Values;
use casebridge_ipc::{CheckPlaceView, CheckStatusView, CheckView};
use casebridge_use_cases::doctor::{self, Check, Outcome, Place, Status};

/// While checks are made, those to come are listed too.
pub(super) fn views(window: &Settings, settings: &Values) -> Vec<CheckView> {
    let mut views: Vec<CheckView> = window.outcomes.iter().map(made).collect();
    if window.checking {
        let first = views.len();
        let all = doctor::checks(settings);
        views.extend(all.iter().enumerate().skip(first).map(|(index, check)| {
            let status = match index == first {
                true => CheckStatusView::Running,
                false => CheckStatusView::Waiting,
            };
            view(check, status)
        }));
    }
    views
}

fn view(check: &Check, status: CheckStatusView) -> CheckView {
    CheckView {
        id: check.id.clone(),
        title: check.title.clone(),
        status,
        detail: String::new(),
        steps: Vec::new(),
        place: None,
    }
}

fn made(outcome: &Outcome) -> CheckView {
    let finding = &outcome.finding;
    let status = match finding.status {
        Status::Pass => CheckStatusView::Pass,
        Status::Warn => CheckStatusView::Warn,
        Status::Fail => CheckStatusView::Fail,
        Status::Skip => CheckStatusView::Skip,
    };
    CheckView {
        detail: finding.detail.clone(),
        steps: finding.steps.clone(),
        place: finding.place.as_ref().map(place),
        ..view(&outcome.check, status)
    }
}

fn place(place: &Place) -> CheckPlaceView {
    match place {
        Place::Setting(key) => CheckPlaceView::Setting { key: key.clone() },
        Place::SignIn => CheckPlaceView::SignIn,
        Place::Activity => CheckPlaceView::Activity,
    }
}
