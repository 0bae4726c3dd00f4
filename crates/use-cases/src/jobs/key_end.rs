//! Deletes a session key from its case, a day after it expired.

use super::{Finished, read, write};
use crate::outbox::{Follow, Next, Outcome, later};
use crate::{Casebridge, failures};
use casebridge_domain::{Failure, RecordId};
use casebridge_store::{Item, Kind};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a key stays in the org after it expired.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How often the time is looked at. What is due much later counts as put off by a wrong clock.
const LOOK: SignedDuration = SignedDuration::from_hours(6);

/// The payload: a record, and nothing of the key.
#[derive(Debug, Serialize, Deserialize)]
struct KeyEnd {
    record: String,
    at: Timestamp,
}

/// The item that deletes the record of a key. Without an expiry time, a day counts from now.
pub(super) fn after(record: &RecordId, expires_at: Option<Timestamp>, now: Timestamp) -> Follow {
    let at = later(expires_at.unwrap_or(now), KEPT);
    let payload = write(&KeyEnd { record: record.to_string(), at });
    let due = at.min(later(now, LOOK));
    Follow { kind: Kind::KeyEnd, subject: Some(record.to_string()), payload, due }
}

pub(super) async fn run(
    casebridge: &Casebridge,
    item: &Item,
) -> Result<Outcome<Finished>, Failure> {
    let payload: KeyEnd = read(item)?;
    let now = casebridge.now();
    if now < payload.at {
        let due = payload.at.min(later(now, LOOK));
        let next = Next::Again(due, write(&payload));
        return Ok(Outcome { summary: String::new(), case: None, is_probe: false, next });
    }
    let Ok(record) = payload.record.parse::<RecordId>() else {
        return Ok(Outcome::forget(false, Finished::Upkeep));
    };
    casebridge.org()?.delete_session_key(&record).await.map_err(failures::of_org)?;
    Ok(Outcome::forget(true, Finished::Upkeep))
}
