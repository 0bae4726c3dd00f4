//! The representative's sessions that ended without a case. They are found by the look for missed
//! sessions ([`crate::catch_up`]) and while they run, listed over restarts, and told about once a day.

use crate::sessions::RunningSession;
use crate::{Casebridge, with_store};
use casebridge_domain::{Failure, Lsid};
use casebridge_store::EndedSession;
use jiff::{SignedDuration, Timestamp};

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How long "Later" lasts.
const PUT_OFF: SignedDuration = SignedDuration::from_hours(4);

impl From<&RunningSession> for EndedSession {
    fn from(session: &RunningSession) -> Self {
        Self {
            appliance: session.appliance.clone(),
            lsid: session.lsid.to_string(),
            lseq: session.lseq,
            started_at: session.start_time,
            customer: session.customer.clone(),
            hostname: session.hostname.clone(),
            foreign_key: session.foreign_key.clone(),
            is_owner: session.owner,
        }
    }
}

/// The session as the list of running ones shows it.
fn shown(ended: EndedSession) -> Option<RunningSession> {
    Some(RunningSession {
        appliance: ended.appliance,
        lsid: ended.lsid.parse().ok()?,
        lseq: ended.lseq,
        start_time: ended.started_at,
        customer: ended.customer,
        hostname: ended.hostname,
        external_key: None,
        foreign_key: ended.foreign_key,
        mine: true,
        owner: ended.is_owner,
    })
}

/// Lists sessions that were seen to end without a case.
///
/// # Errors
/// They could not be stored.
pub async fn note(casebridge: &Casebridge, ended: &[RunningSession]) -> Result<(), Failure> {
    let ended: Vec<EndedSession> = ended.iter().map(EndedSession::from).collect();
    let now = casebridge.now();
    with_store(casebridge, move |store| store.note_ended(&ended, now)).await
}

/// The listed sessions, latest first.
///
/// # Errors
/// The store can't be read.
pub async fn listed(casebridge: &Casebridge) -> Result<Vec<RunningSession>, Failure> {
    let all = with_store(casebridge, |store| store.ended_sessions()).await?;
    Ok(all.into_iter().filter_map(shown).collect())
}

/// Takes the sessions to tell the person about now, each once: all new ones if nobody was told for a
/// day, before that only those that were put off.
///
/// # Errors
/// The store can't be used.
pub async fn take_due(casebridge: &Casebridge) -> Result<Vec<RunningSession>, Failure> {
    let now = casebridge.now();
    let due = with_store(casebridge, move |store| {
        // A time in the future comes from a wrong clock and is ignored.
        let last = store.swept_at()?.filter(|at| *at <= now);
        let is_early = last.is_some_and(|at| now < at.saturating_add(DAY).unwrap_or(at));
        let due = store.take_due_ended(now, is_early)?;
        if !is_early && !due.is_empty() {
            store.note_swept(now)?;
        }
        Ok(due)
    });
    Ok(due.await?.into_iter().filter_map(shown).collect())
}

/// Tells the person again about the listed sessions, some hours later.
///
/// # Errors
/// It could not be stored.
pub async fn put_off(casebridge: &Casebridge) -> Result<(), Failure> {
    let until = casebridge.now().checked_add(PUT_OFF).unwrap_or(Timestamp::MAX);
    with_store(casebridge, move |store| store.put_off_ended(until)).await
}

/// Removes a session from the list for good.
///
/// # Errors
/// It could not be stored.
pub async fn dismiss(casebridge: &Casebridge, appliance: &str, lsid: &Lsid) -> Result<(), Failure> {
    let (appliance, lsid) = (appliance.to_owned(), lsid.to_string());
    with_store(casebridge, move |store| store.settle_ended(&appliance, &lsid)).await
}
