//! How cases and doubts read in every window.

use crate::context::Known;
use crate::facts::RecentCase;
use casebridge_domain::Case;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::tagging::Doubt;
use casebridge_ipc::{CaseHeaderView, DoubtView, WaitingCaseView, WebSupportView};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::sessions::RunningSession;
use casebridge_use_cases::web_console::{Support, WebAction, WebConsole};

pub(crate) fn recent(case: &RecentCase) -> WaitingCaseView {
    WaitingCaseView {
        reference: case.id.to_string(),
        label: self::case(&case.number, &case.subject),
    }
}

/// Whether an appliance's web console supports an action.
pub(crate) fn web(known: &Known<'_>, appliance: Option<&str>, action: WebAction) -> WebSupportView {
    let seen = known.facts.web.get(appliance.unwrap_or(DEFAULT_APPLIANCE));
    let support = match seen {
        Some(seen) => seen.support(known.casebridge, action),
        None => WebConsole::default().support(known.casebridge, action),
    };
    match support {
        Support::Works => WebSupportView::Works,
        Support::Unknown => WebSupportView::Unknown,
        Support::Failed => WebSupportView::Failed,
        Support::Off => WebSupportView::Off,
    }
}

/// The appliances to choose from, where there is more than one.
pub(crate) fn appliances(casebridge: &Casebridge) -> Vec<String> {
    Some(casebridge.settings().appliances()).filter(|all| all.len() > 1).unwrap_or_default()
}

/// The appliance of a session, where there is more than one.
pub(crate) fn appliance(session: &RunningSession, casebridge: &Casebridge) -> Option<String> {
    one_of_several(&session.appliance, casebridge)
}

/// The name of an appliance, where there is more than one.
pub(crate) fn one_of_several(appliance: &str, casebridge: &Casebridge) -> Option<String> {
    let is_one = !appliance.is_empty() && casebridge.settings().appliances().len() > 1;
    is_one.then(|| appliance.to_owned())
}

pub(crate) fn case(number: &str, subject: &str) -> String {
    match subject.is_empty() {
        true => number.to_owned(),
        false => format!("{number} · {subject}"),
    }
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

pub(crate) fn doubt(doubt: Doubt, is_case: impl Fn(&str) -> String) -> DoubtView {
    match doubt {
        Doubt::OtherPerson { expected, customer, perhaps } => {
            DoubtView::OtherPerson { expected, customer, perhaps }
        }
        Doubt::OtherCase { external_key } => DoubtView::OtherCase { label: is_case(&external_key) },
        Doubt::Closed => DoubtView::Closed,
    }
}
