//! Lists running sessions and tags them with a case.

use crate::answer::{self, Answer};
use casebridge_domain::tagging::{self, Doubt};
use casebridge_domain::{Case, CaseId, CaseRef, Failure, FailureCode, Lsid};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::sessions::{self, RunningSession, Snapshot};
use casebridge_use_cases::{account, new_case, session_key, tag};
use std::collections::BTreeMap;

pub(crate) async fn list(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    all: bool,
) -> Result<Answer, Failure> {
    let running = running(casebridge, appliance, |snapshot| match all {
        true => snapshot.all(),
        false => snapshot.mine(),
    });
    let mut running = running.await?;
    match all {
        true => running.sort_by_key(|session| std::cmp::Reverse(session.start_time)),
        false => running = sessions::in_order(running),
    }
    let cases = cases_of(casebridge, &running).await?;
    let several = casebridge.settings().appliances().len() > 1;
    Ok(answer::of_sessions(&running, &cases, several))
}

/// The sessions of the named appliance, or else of all. One that can't be asked fails the command:
/// a list that lacks sessions would look complete.
async fn running(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    wanted: impl Fn(&Snapshot) -> Vec<RunningSession>,
) -> Result<Vec<RunningSession>, Failure> {
    let mut running = Vec::new();
    for name in sessions::appliances(casebridge, appliance) {
        running.extend(wanted(&sessions::running(casebridge, Some(&name)).await?));
    }
    Ok(running)
}

/// The sessions' cases by external key. Keys that refer to no case are skipped.
async fn cases_of(
    casebridge: &Casebridge,
    running: &[RunningSession],
) -> Result<BTreeMap<String, Case>, Failure> {
    let mut cases = BTreeMap::new();
    for key in running.iter().filter_map(|session| session.external_key.as_deref()) {
        let Some(reference) = CaseRef::from_external_key(key) else { continue };
        if cases.contains_key(key) {
            continue;
        }
        match session_key::read_case_of(casebridge, &reference, None).await {
            Ok(case) => cases.insert(key.to_owned(), case),
            Err(failure) if failure.code == FailureCode::CaseNotFound => continue,
            Err(failure) => return Err(failure),
        };
    }
    Ok(cases)
}

/// The arguments of the tag command.
pub(crate) struct Typed<'a> {
    pub(crate) case: TypedCase<'a>,
    pub(crate) lsid: Option<&'a str>,
    pub(crate) yes: bool,
    pub(crate) appliance: Option<&'a str>,
}

/// The case of the tag command.
pub(crate) enum TypedCase<'a> {
    Known(CaseRef),
    /// A person creates it in the browser.
    New {
        subject: Option<&'a str>,
        contact: Option<&'a str>,
    },
}

pub(crate) async fn tag(casebridge: &Casebridge, typed: &Typed<'_>) -> Result<Answer, Failure> {
    let lsid = typed.lsid.map(str::parse::<Lsid>).transpose().map_err(|e| {
        let detail = typed.lsid.unwrap_or_default().to_owned();
        Failure::caused(FailureCode::SessionUnknown, detail, e)
    })?;
    let session = match lsid {
        Some(lsid) => named(casebridge, typed.appliance, &lsid).await?,
        None => only(running(casebridge, typed.appliance, Snapshot::mine).await?)?,
    };
    let reference = match &typed.case {
        TypedCase::Known(case) => case.clone(),
        TypedCase::New { subject, contact } => {
            CaseRef::Id(create(casebridge, &session, *subject, *contact).await?)
        }
    };
    let case = session_key::read_case_of(casebridge, &reference, None).await?;
    let key = session.carried();
    let doubts = tagging::doubts(&case, session.seen());
    if !doubts.is_empty() && !typed.yes {
        let all: Vec<String> = doubts.iter().map(sentence).collect();
        return Err(Failure::new(FailureCode::TagDoubtful, all.join(" ")));
    }
    let tagged = tag::tag(casebridge, Some(&session.appliance), &session.lsid, &case, key).await?;
    Ok(answer::of_tag(&tagged, &case))
}

/// Waits for the case that a person creates in the browser.
async fn create(
    casebridge: &Casebridge,
    session: &RunningSession,
    subject: Option<&str>,
    contact: Option<&str>,
) -> Result<CaseId, Failure> {
    let subject = subject.map_or_else(|| new_case::subject_for(session), str::to_owned);
    let contact = contact.or(session.customer.as_deref()).unwrap_or_default();
    let new = new_case::prepare(casebridge, &subject, contact).await?;
    eprintln!("Save the case in your browser. If it does not open, go to\n{}", new.page);
    if let Err(failure) = account::open_page(&new.page, &new.allowed) {
        eprintln!("{failure}");
    }
    let created = new_case::created(casebridge, &new).await;
    let missing = || Failure::new(FailureCode::CaseNotFound, "No new case was saved in time.");
    Ok(created.ok_or_else(missing)?.id)
}

/// A session that has ended is accepted too: its case is saved for the import.
async fn named(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    lsid: &Lsid,
) -> Result<RunningSession, Failure> {
    let appliance = sessions::home_of(casebridge, appliance, lsid).await?;
    let found = sessions::own(casebridge, Some(&appliance), lsid).await?;
    found.ok_or_else(|| Failure::new(FailureCode::SessionUnknown, lsid.to_string()))
}

fn only(mine: Vec<RunningSession>) -> Result<RunningSession, Failure> {
    let lines: Vec<String> = mine.iter().map(answer::line_of_session).collect();
    let mut rest = mine.into_iter();
    match (rest.next(), rest.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Failure::new(FailureCode::NoSession, String::new())),
        _ => Err(Failure::new(FailureCode::SessionAmbiguous, lines.join("\n"))),
    }
}

fn sentence(doubt: &Doubt) -> String {
    match doubt {
        Doubt::OtherPerson { expected: Some(expected), customer, .. } => {
            format!("The session is with {customer}. The case is for {expected}.")
        }
        Doubt::OtherPerson { expected: None, customer, .. } => {
            format!("The session is with {customer}. The case has no contact.")
        }
        Doubt::OtherCase { external_key } => {
            format!("The session is already on case {external_key}.")
        }
        Doubt::Closed => "The case is closed.".to_owned(),
    }
}
