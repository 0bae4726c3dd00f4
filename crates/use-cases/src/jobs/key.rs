//! Writes a session key to its case in the org.

use super::{Finished, key_end, read};
use crate::outbox::{Next, Outcome};
use crate::{Casebridge, failures};
use casebridge_domain::{CaseId, Failure, FailureCode, SessionKey};
use casebridge_store::Item;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The payload of a key item.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) case: String,
    pub(crate) portal: Option<String>,
    pub(crate) short_key: String,
    pub(crate) key_url: String,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Writes the key of an item to its case.
pub(super) async fn run(
    casebridge: &Casebridge,
    item: &Item,
) -> Result<Outcome<Finished>, Failure> {
    let payload: Key = read(item)?;
    let case: CaseId = payload
        .case
        .parse()
        .map_err(|e| Failure::caused(FailureCode::CaseReferenceInvalid, payload.case.clone(), e))?;
    let key = SessionKey {
        short_key: payload.short_key,
        key_url: payload.key_url,
        expires_at: payload.expires_at,
        queue_available: None,
        external_key: None,
        mail_subject: None,
        mail_body: None,
        clock_ahead: None,
    };
    let portal = payload.portal.as_deref();
    let org = casebridge.org()?;
    if org.keeps_no_session_keys().await.map_err(failures::of_org)? {
        return Ok(Outcome::forget(true, Finished::Key(None)));
    }
    let record = org.record_session_key(&case, &item.appliance, portal, &key).await;
    let record = record.map_err(failures::of_org)?;
    let end = key_end::after(&record, key.expires_at, casebridge.now());
    let next = Next::Done(Finished::Key(Some(record)), Some(end));
    Ok(Outcome { summary: "on the case".to_owned(), case: None, is_probe: true, next })
}
