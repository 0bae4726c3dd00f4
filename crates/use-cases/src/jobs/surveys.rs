//! Imports surveys that are submitted after the session, and applies the transition rules to its
//! case.

use super::{Finished, lsid_of, read, write};
use crate::import::{self, Imported};
use crate::outbox::{Hints, Next, Outcome, PATIENCE, failed_before, later};
use crate::{Casebridge, failures};
use casebridge_domain::report::ExitSurvey;
use casebridge_domain::report_mapping::{answers_of, survey_key};
use casebridge_domain::settings::setting;
use casebridge_domain::{CaseId, CaseRef, Failure, FailureCode, Lsid, survey_transition};
use casebridge_salesforce::{Transition, TransitionOutcome};
use casebridge_store::Item;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The delay before the first check for late surveys. It doubles with each check.
const FIRST: SignedDuration = SignedDuration::from_mins(1);
const LAST: SignedDuration = SignedDuration::from_hours(6);

/// The payload of a survey item.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Surveys {
    began: Option<Timestamp>,
    /// The number of checks so far.
    looks: u32,
    /// When the checks end, by the appliance's clock.
    until: Timestamp,
    /// The surveys that were written, by key.
    known: BTreeSet<String>,
}

impl Surveys {
    /// The survey job after an import and its due time, if surveys may still come.
    pub(super) async fn after(
        casebridge: &Casebridge,
        appliance: &str,
        imported: &Imported,
    ) -> Result<Option<(Self, Timestamp)>, Failure> {
        let patience = patience(casebridge);
        if !imported.awaits_surveys || !patience.is_positive() {
            return Ok(None);
        }
        let until = later(time_at(casebridge, appliance).await?, patience);
        let known = imported.surveys.iter().map(survey_key).collect();
        let job = Self { began: imported.began, looks: 0, until, known };
        Ok(Some((job, later(casebridge.now(), FIRST.min(patience)))))
    }
}

/// Whether the time for late surveys is over. This needs the clock of an appliance that answers and
/// several equal failures, so that neither a wrong clock nor a short network outage ends the
/// checks.
pub(super) async fn hints(casebridge: &Casebridge, item: &Item, code: FailureCode) -> Hints {
    let failed_alike = failed_before(item, code) + 1 >= PATIENCE;
    let site = casebridge.appliance(Some(&item.appliance)).await;
    let now = site.ok().and_then(|site| site.time());
    let is_over = |job: Surveys| now.is_some_and(|now| job.until <= now);
    Hints { over: failed_alike && read(item).is_ok_and(is_over), ..Hints::default() }
}

fn patience(casebridge: &Casebridge) -> SignedDuration {
    SignedDuration::from_secs(
        casebridge.settings().get(&setting::IMPORT_SURVEY_PATIENCE).count().into(),
    )
}

/// The appliance's current time if it has just answered, else this computer's.
async fn time_at(casebridge: &Casebridge, appliance: &str) -> Result<Timestamp, Failure> {
    let appliance = casebridge.appliance(Some(appliance)).await?;
    Ok(appliance.time().unwrap_or_else(|| casebridge.now()))
}

pub(super) async fn run(
    casebridge: &Casebridge,
    item: &Item,
) -> Result<Outcome<Finished>, Failure> {
    let lsid = lsid_of(item)?;
    let mut job: Surveys = read(item)?;
    let appliance = casebridge.appliance(Some(&item.appliance)).await?;
    let (surveys, asked) = import::surveys(&appliance, &lsid, job.began).await;
    if !asked {
        // A check that could read nothing does not count.
        return Err(Failure::new(FailureCode::SurveysUnread, String::new()));
    }
    let is_new = |survey: &&ExitSurvey| !job.known.contains(&survey_key(survey));
    let new: Vec<ExitSurvey> = surveys.iter().filter(is_new).cloned().collect();
    if !new.is_empty() {
        import::write_surveys(casebridge, &lsid, &new).await?;
        let case = item.case_id.parse().ok();
        move_case(casebridge, &new, &lsid, case.as_ref()).await?;
    }
    job.known.extend(new.iter().map(survey_key));
    job.looks = job.looks.saturating_add(1);
    let span = FIRST * 2_i32.pow(job.looks.min(12));
    // If the clock was ahead at the start, the wait is still limited to the setting.
    let now = time_at(casebridge, &item.appliance).await?;
    job.until = job.until.min(later(now, patience(casebridge)));
    // The last check is exactly at the end.
    let left = now.duration_until(job.until);
    let due = later(casebridge.now(), span.min(LAST).min(left));
    let summary = match job.known.len() {
        0 => "no surveys".to_owned(),
        1 => "1 survey".to_owned(),
        count => format!("{count} surveys"),
    };
    let next = match now < job.until {
        true => Next::Again(due, write(&job)),
        false => Next::Done(Finished::Surveys, None),
    };
    // A check without new surveys made no call to the org.
    Ok(Outcome { summary, case: None, is_probe: !new.is_empty(), next })
}

/// Applies the transition rules to the case. Each survey changes the case only once.
pub(super) async fn move_case(
    casebridge: &Casebridge,
    surveys: &[ExitSurvey],
    lsid: &Lsid,
    case: Option<&CaseId>,
) -> Result<(), Failure> {
    let rules = casebridge.settings().transitions();
    let Some(case) = case.filter(|_| !rules.is_empty()) else { return Ok(()) };
    let answers: Vec<_> = surveys.iter().flat_map(answers_of).collect();
    for (survey_key, rule) in survey_transition::decide(&rules, &answers) {
        let org = casebridge.org()?;
        let now = org.case_by_ref(&CaseRef::Id(case.clone())).await.map_err(failures::of_org)?;
        let moving = Transition {
            lsid: lsid.clone(),
            survey_key,
            rule: rule.name.clone(),
            case: case.clone(),
            from_status: now.status,
            to_status: rule.case_status.clone(),
            owner: rule.owner.clone(),
            comment: rule.comment.clone(),
        };
        match org.apply_transition(&moving).await.map_err(failures::of_org)? {
            TransitionOutcome::Moved => tracing::info!(rule = moving.rule, "a case was moved"),
            TransitionOutcome::Known => tracing::info!("a survey had moved its case before"),
            // The reason is stored in the transition record for the administrator.
            TransitionOutcome::Refused(_) => {
                tracing::warn!(rule = moving.rule, "the org refused to move a case");
            }
        }
    }
    Ok(())
}
