//! A new case for a session: a person creates it on the org's own page, which has the record types
//! and required fields, and it is found when it is there.

use crate::sessions::RunningSession;
use crate::{Casebridge, failures};
use casebridge_domain::Failure;
use casebridge_domain::{CaseId, text::one_line};
use casebridge_platform::browser::AllowedHosts;
use casebridge_salesforce::{CaseHit, new_case_page};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::time::Duration;
use url::Url;

/// How often the org is asked for the case, and for how long.
const EVERY: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// The clocks of the org's servers may differ a little.
const OVERLAP: SignedDuration = SignedDuration::from_secs(5);

/// A case that a person is about to create.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// The page, with the values filled in.
    pub page: Url,
    /// The host on which it may be opened.
    pub allowed: AllowedHosts,
    /// The contact that was found and filled in.
    pub contact: Option<String>,
    since: Timestamp,
    known: BTreeSet<CaseId>,
}

/// The subject that is proposed for a session.
pub fn subject_for(session: &RunningSession) -> String {
    let name = |text: &Option<String>| text.as_deref().map(|text| one_line(text, 80));
    match (name(&session.customer), name(&session.hostname)) {
        (Some(customer), Some(host)) => format!("Remote support session with {customer} on {host}"),
        (Some(customer), None) => format!("Remote support session with {customer}"),
        (None, Some(host)) => format!("Remote support session on {host}"),
        (None, None) => "Remote support session".to_owned(),
    }
}

/// Prepares the page for a case with this subject. The contact is filled in if exactly one has this
/// name or e-mail address.
///
/// # Errors
/// Nobody is signed in, or the org can't be asked.
pub async fn prepare(
    casebridge: &Casebridge,
    subject: &str,
    contact: &str,
) -> Result<NewCase, Failure> {
    let org = casebridge.org()?;
    let who = org.whoami().await.map_err(failures::of_org)?;
    let contact = contact.trim();
    let found = match contact.is_empty() {
        true => Vec::new(),
        false => org.contacts_like(contact).await.map_err(failures::of_org)?,
    };
    let only = if let [only] = found.as_slice() { Some(only) } else { None };
    let since = org.time().unwrap_or_else(|| casebridge.now());
    let since = since.checked_sub(OVERLAP).unwrap_or(since);
    let known = org.cases_created_since(since).await.map_err(failures::of_org)?;
    Ok(NewCase {
        page: new_case_page(&who.instance_url, subject, only),
        allowed: AllowedHosts::new([who.instance_url.authority().to_owned()]),
        contact: only.map(|contact| contact.name.clone()),
        since,
        known: known.into_iter().map(|case| case.id).collect(),
    })
}

/// Waits until the person has created the case. Nothing if they take too long. Calls that fail are
/// repeated.
pub async fn created(casebridge: &Casebridge, new: &NewCase) -> Option<CaseHit> {
    let look = async {
        loop {
            tokio::time::sleep(EVERY).await;
            let Ok(org) = casebridge.org() else { continue };
            match org.cases_created_since(new.since).await {
                Ok(cases) => {
                    let appeared = cases.into_iter().find(|case| !new.known.contains(&case.id));
                    if appeared.is_some() {
                        return appeared;
                    }
                }
                Err(error) => tracing::warn!(%error, "the org was not asked for the new case"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, look).await.ok().flatten()
}
