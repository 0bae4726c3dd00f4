//! From the doctor's outcomes to what the window shows.

use super::Settings;
use casebridge_domain::settings::{self, Category, Settings as Values};
use casebridge_ipc::{CheckPlaceView, CheckStatusView, CheckView, PlacePage, Preference};
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
        Place::Setting(key) => CheckPlaceView::Setting { key: key.clone(), page: page_of(key) },
        Place::SignIn => CheckPlaceView::SignIn,
        Place::Activity => CheckPlaceView::Activity,
    }
}

/// The page that has a setting: the preferences page, if it does, else the page of its category.
fn page_of(key: &str) -> PlacePage {
    if Preference::ALL.iter().any(|preference| preference.key() == key) {
        return PlacePage::Preferences;
    }
    match settings::find(key).map(|declaration| declaration.category) {
        Some(Category::Appliance) => PlacePage::Appliance,
        Some(Category::Salesforce) => PlacePage::Org,
        Some(
            Category::Console
            | Category::Jumps
            | Category::Keys
            | Category::Email
            | Category::Sessions
            | Category::Import
            | Category::Transitions
            | Category::Computer
            | Category::Network
            | Category::Diagnostics,
        )
        | None => PlacePage::Preferences,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use casebridge_domain::settings::{appliance_setting, setting};

    #[test]
    fn a_setting_is_on_the_page_of_its_category() {
        let host = appliance_setting::HOSTNAME.key_of("EMEA");
        assert_eq!(page_of(&host), PlacePage::Appliance);
        assert_eq!(page_of(setting::ORG_LOGIN_URL.key()), PlacePage::Org);
        assert_eq!(page_of(setting::ORG_USERNAME_SOURCE.key()), PlacePage::Preferences);
        assert_eq!(page_of(setting::IMPORT_ENABLED.key()), PlacePage::Preferences);
        assert_eq!(page_of("unknown"), PlacePage::Preferences);
    }
}
