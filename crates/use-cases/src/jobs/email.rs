//! Sends an e-mail with a key through the org, at most once. After an unclear result, it looks for
//! the e-mail on the case.

use super::{Finished, read, write};
use crate::outbox::Outcome;
use crate::{Casebridge, failures, with_store};
use casebridge_domain::mail::Mail;
use casebridge_domain::{CaseId, Failure, FailureCode, Recipient, RecipientRole};
use casebridge_salesforce::Org;
use casebridge_store::Item;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The maximum clock difference.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// An e-mail that is waiting to be sent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Email {
    pub(crate) case: String,
    pub(crate) address: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    /// The part of the key in the body, which identifies the e-mail.
    pub(crate) mark: String,
    /// When the key in it expires, by this computer's clock.
    pub(crate) expires_at: Option<Timestamp>,
    /// The same by the appliance's clock, if known.
    #[serde(default)]
    pub(crate) ends_at: Option<Timestamp>,
    /// When it was sent without an answer. The org may have accepted it.
    pub(crate) tried_at: Option<Timestamp>,
}

/// Sends the e-mail of an item. If the org may already have accepted it, looks for it on the case
/// and never sends it again automatically.
pub(super) async fn run(
    casebridge: &Casebridge,
    item: &Item,
) -> Result<Outcome<Finished>, Failure> {
    send(casebridge, item).await.map(|summary| Outcome::done(summary, Finished::Email))
}

async fn send(casebridge: &Casebridge, item: &Item) -> Result<String, Failure> {
    let mut payload: Email = read(item)?;
    let case: CaseId = payload
        .case
        .parse()
        .map_err(|e| Failure::caused(FailureCode::CaseReferenceInvalid, payload.case.clone(), e))?;
    let org = casebridge.org()?;
    if let Some(tried) = payload.tried_at {
        return look_for(casebridge, item.id, &org, &case, payload, tried).await;
    }
    if payload.expires_at.is_some_and(|end| end <= casebridge.now())
        && is_over(&org, payload.ends_at).await
    {
        return Err(Failure::new(FailureCode::EmailTooLate, String::new()));
    }
    let now = org.time().unwrap_or_else(|| casebridge.now());
    payload.tried_at = Some(now);
    remember(casebridge, item.id, &payload).await?;
    let to = Recipient {
        role: RecipientRole::Contact,
        contact_id: None,
        name: String::new(),
        address: payload.address.clone(),
    };
    let mail = Mail { subject: payload.subject.clone(), body: payload.body.clone() };
    let Err(error) = org.email(&case, &to, &mail).await else {
        return Ok("handed to Salesforce".to_owned());
    };
    if !error.may_have_happened() {
        payload.tried_at = None;
        remember(casebridge, item.id, &payload).await?;
        return Err(failures::of_org(error));
    }
    look_for(casebridge, item.id, &org, &case, payload, now).await
}

/// Checks the org's clock before an e-mail is given up, because this computer's clock may have
/// changed since the key was created.
async fn is_over(org: &Org, ends_at: Option<Timestamp>) -> bool {
    let Some(end) = ends_at else { return true };
    if let Err(error) = org.probe().await {
        tracing::warn!(%error, "the org does not tell what time it is");
    }
    org.time().is_none_or(|now| end <= now)
}

/// Looks on the case for an e-mail that the org accepted.
async fn look_for(
    casebridge: &Casebridge,
    id: u32,
    org: &Org,
    case: &CaseId,
    mut payload: Email,
    tried: Timestamp,
) -> Result<String, Failure> {
    // The org's clock may be behind.
    let since = tried.checked_sub(CLOCKS).unwrap_or(tried);
    let found = org.has_email(case, &payload.address, &payload.subject, &payload.mark, since).await;
    if found.map_err(failures::of_org)? {
        return Ok("handed to Salesforce".to_owned());
    }
    payload.tried_at = None;
    remember(casebridge, id, &payload).await?;
    Err(Failure::new(FailureCode::EmailUncertain, String::new()))
}

async fn remember(casebridge: &Casebridge, id: u32, payload: &Email) -> Result<(), Failure> {
    let payload = write(payload);
    with_store(casebridge, move |store| store.set_payload(id, &payload)).await
}
