//! The checks about the org.

use super::checks::{Found, Round, later};
use super::{Finding, Place};
use crate::{Casebridge, account, failures, jump, outbox};
use casebridge_domain::settings::setting;
use casebridge_domain::{CaseRef, Failure, FailureCode};
use casebridge_salesforce::Error as OrgError;
use casebridge_store::State;

/// A valid case id that no case has.
const NO_CASE: &str = "500000000000000AAA";

pub(super) async fn host(casebridge: &Casebridge, round: &mut Round) -> Found {
    let org = casebridge.org()?;
    org.probe().await.map_err(failures::of_org)?;
    round.org_reached = true;
    Ok(Finding::pass(org.login_url().to_string()))
}

pub(super) async fn sign_in(casebridge: &Casebridge, round: &mut Round) -> Found {
    if !round.org_reached {
        return later("Salesforce can't be reached");
    }
    if !account::is_signed_in(casebridge).await? {
        return Err(Failure::new(FailureCode::SignedOut, String::new()));
    }
    let who = casebridge.org()?.whoami().await;
    match who {
        Ok(who) => {
            round.signed_in = true;
            Ok(Finding::pass(who.username))
        }
        // An answer from the API proves the sign-in. The next check covers access.
        Err(
            OrgError::ApiDisabled
            | OrgError::InsufficientAccess { .. }
            | OrgError::LimitExceeded { .. },
        ) => {
            round.signed_in = true;
            Ok(Finding::pass("The stored sign-in is valid."))
        }
        Err(error) => Err(failures::of_org(error)),
    }
}

pub(super) async fn api_access(casebridge: &Casebridge, round: &mut Round) -> Found {
    if !round.signed_in {
        return later("you are not signed in");
    }
    let org = casebridge.org()?;
    org.whoami().await.map_err(failures::of_org)?;
    round.may_use_api = true;
    let Some(usage) = org.api_usage() else { return Ok(Finding::pass("")) };
    let detail =
        format!("{} of {} API requests of the last 24 hours are used.", usage.used, usage.max);
    Ok(match usage.used.saturating_mul(10) > usage.max.saturating_mul(9) {
        true => Finding::warn(detail, FailureCode::OrgLimit.text().next_step),
        false => Finding::pass(detail),
    })
}

/// Reads a case that can't exist, to check only the fields and the permission.
pub(super) async fn case_read(casebridge: &Casebridge, round: &Round) -> Found {
    if !round.may_use_api {
        return later("no API access");
    }
    let nothing: CaseRef = "0".parse().map_err(failures::of_reference)?;
    let org = casebridge.org()?;
    let hosts = jump::host_fields(casebridge);
    if !hosts.is_empty() {
        let no_case = NO_CASE.parse().map_err(failures::of_reference)?;
        org.case_hosts(&no_case, &hosts).await.map_err(failures::of_org)?;
    }
    match org.case_by_ref(&nothing).await {
        Ok(_) | Err(OrgError::NotFound) if org.hidden_fields().is_empty() => Ok(Finding::pass("")),
        Ok(_) | Err(OrgError::NotFound) => Ok(Finding::warn(
            format!("You can't see: {}.", org.hidden_fields().join(", ")),
            "Casebridge works without these fields, but it can't show them or compare them with the customer. Ask your Salesforce administrator to give you read access to them.",
        )),
        Err(error) => Err(failures::of_org(error)),
    }
}

/// Keys, jumps and tags work without the objects, so missing objects are only a warning.
pub(super) async fn objects(casebridge: &Casebridge, round: &mut Round) -> Found {
    if !round.may_use_api {
        return later("no API access");
    }
    match casebridge.org()?.has_import_objects().await {
        Ok(()) => {
            round.has_objects = true;
            Ok(Finding::pass(""))
        }
        Err(error @ OrgError::InvalidField { .. }) => Ok(Finding::warn(
            failures::of_org(error).detail,
            "Casebridge does not import finished sessions. Ask your Salesforce administrator to deploy Casebridge's objects and to assign you its permission set.",
        )),
        Err(error) => Err(failures::of_org(error)),
    }
}

/// Whether finished sessions reach their cases: the import is on, and nothing waits for a person.
pub(super) async fn session_import(casebridge: &Casebridge, round: &Round) -> Found {
    if !casebridge.settings().get(&setting::IMPORT_ENABLED) {
        return Ok(Finding::warn(
            "The import is switched off on this computer, so Casebridge writes no finished session to its case.",
            "To import finished sessions, turn on “Import finished sessions” (or run casebridgectl import --lsid LSID for one session).",
        )
        .at_setting(setting::IMPORT_ENABLED.key()));
    }
    let overview = outbox::overview(casebridge).await?;
    let parked: Vec<_> = overview.open.iter().filter(|item| item.state == State::Parked).collect();
    if let Some(first) = parked.first() {
        let code = first.error_code.as_deref().and_then(FailureCode::from_word);
        let why = code.map_or("", |code| code.text().title);
        let count = match parked.len() {
            1 => "1 entry in Activity needs you".to_owned(),
            count => format!("{count} entries in Activity need you"),
        };
        return Ok(Finding::warn(format!("{count}: {why}."), "").with_steps(&[
            "Look at Activity, or run casebridgectl outbox list: each entry says why it waits and what to do.",
            "Fix the cause, then retry the entry. Discard what is not needed.",
            "If it keeps failing, send the message to your administrator, with a support bundle.",
        ]).at(Place::Activity));
    }
    if let Some(code) = overview.hold {
        return Ok(Finding::warn_of(&Failure::new(code, String::new()), None).at(Place::Activity));
    }
    if !round.has_objects {
        return later("sessions can't be written to Salesforce");
    }
    Ok(Finding::pass("Nothing waits for you in Activity."))
}

/// Field Accessibility: what the user can't see is not shown in the list of sessions on a case.
pub(super) async fn related_list(casebridge: &Casebridge, round: &Round) -> Found {
    if !round.has_objects {
        return later("you can't see Casebridge's objects");
    }
    let unseen = casebridge.org()?.unseen_of_related_list().await.map_err(failures::of_org)?;
    if unseen.is_empty() {
        return Ok(Finding::pass("You can see each column of the list."));
    }
    Ok(Finding::warn(format!("You can't see the fields {}.", unseen.join(", ")), "").with_steps(&[
        "Ask your Salesforce administrator to open Setup › Object Manager › Support Session › Fields & Relationships, and for each of these fields to choose Set Field-Level Security or View Field Accessibility: it must be visible for you.",
        "The permission set Casebridge Representative gives access to all of them. Check that it is assigned to you.",
        "If you can see the fields and the list is still missing, the Support Sessions list is not on the page layout of your cases (Setup › Object Manager › Case › Page Layouts).",
    ]))
}
