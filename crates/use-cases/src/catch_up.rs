//! Finds sessions that ended while the app was not running, the computer was asleep or the
//! appliance could not be reached. Each of the representative's sessions with a case is queued once
//! for the import.

use crate::sessions::{KeyReader, RunningSession, clock_of};
use crate::{Casebridge, failures};
use crate::{account, jobs, session_key, with_store};
use casebridge_beyondtrust::Appliance;
use casebridge_domain::report::Session;
use casebridge_domain::{Failure, Lsid};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The maximum duration of a session. Sessions are listed by start time, so a session that was
/// running at the last check may have started this long before it.
const LONGEST_SESSION: SignedDuration = DAY;
/// The maximum number of days to look back after a long absence.
const FURTHEST: i32 = 30;
/// The number of sessions to read per call.
const BATCH: usize = 25;

/// Checks every appliance and returns how many sessions were queued. Stores the time up to which
/// all sessions were found, so that the next check continues from there, with an overlap.
///
/// # Errors
/// An appliance can't be asked, or the signed-in user is not known. The next check then goes back
/// equally far. Sessions found on other appliances are still queued.
pub async fn catch_up(casebridge: &Casebridge) -> Result<usize, Failure> {
    account::owner(casebridge).await?;
    let username = session_key::representative(casebridge).await?;
    let (mut queued, mut failed) = (0, None);
    for name in casebridge.settings().appliances() {
        match look(casebridge, &name, &username).await {
            Ok(count) => queued += count,
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    failed.map_or(Ok(queued), Err)
}

async fn look(casebridge: &Casebridge, name: &str, username: &str) -> Result<usize, Failure> {
    let appliance = casebridge.appliance(Some(name)).await?;
    let of = |error| failures::of_site(&appliance, error);
    let at = clock_of(casebridge, &appliance).await.map_err(of)?;
    let of_store = name.to_owned();
    let (last, known, is_mended) = with_store(casebridge, move |store| {
        let (last, known) = (store.looked_at(&of_store)?, store.seen_sessions(&of_store)?);
        Ok((last, known, store.mended()?.is_some()))
    })
    .await?;
    // A repaired store may have lost the time of the last check.
    let last = last.or(is_mended.then_some(Timestamp::MIN));
    let listed = appliance.session_listing(since(last, at)).await.map_err(of)?;
    let new: Vec<Lsid> = listed
        .into_iter()
        .map(|summary| summary.lsid)
        .filter(|lsid| !known.contains(lsid.as_str()))
        .collect();
    let ended = read_ended(&appliance, &new).await.map_err(of)?;
    keep(casebridge, name, username, &ended, at).await
}

fn since(last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let ago = |span: SignedDuration| now.checked_sub(span).unwrap_or_default();
    match last {
        // Sessions before the first start are not imported.
        None => ago(DAY),
        // A time in the future comes from a wrong clock.
        Some(at) if at > now => ago(DAY * FURTHEST),
        Some(at) => at.checked_sub(LONGEST_SESSION).unwrap_or_default().max(ago(DAY * FURTHEST)),
    }
}

/// Reads the sessions and skips those that are still running.
async fn read_ended(
    appliance: &Appliance,
    lsids: &[Lsid],
) -> Result<Vec<Session>, casebridge_beyondtrust::Error> {
    let mut ended = Vec::new();
    for batch in lsids.chunks(BATCH) {
        let wanted: BTreeSet<&Lsid> = batch.iter().collect();
        let read = appliance.readable_sessions(batch).await?.found;
        ended
            .extend(read.into_iter().filter(|one| !one.is_running() && wanted.contains(&one.lsid)));
    }
    Ok(ended)
}

async fn keep(
    casebridge: &Casebridge,
    name: &str,
    username: &str,
    ended: &[Session],
    at: Timestamp,
) -> Result<usize, Failure> {
    let settings = casebridge.settings().appliance(name);
    let all = settings.is_some_and(|settings| settings.import_all_sessions);
    let reader = KeyReader::of(casebridge);
    let own: Vec<(Lsid, String)> = ended
        .iter()
        .map(|session| (session, RunningSession::of(session, Some(username), reader)))
        .filter(|(session, seen)| seen.owner || (seen.mine && !has_owner(session)))
        .filter(|(_, seen)| all || seen.external_key.is_some())
        .map(|(_, seen)| (seen.lsid, seen.customer.unwrap_or_default()))
        .collect();
    let (count, now) = (own.len(), casebridge.now());
    let (name, payload) = (name.to_owned(), jobs::import::found_import());
    let seen: Vec<String> = ended.iter().map(|session| session.lsid.to_string()).collect();
    with_store(casebridge, move |store| {
        let items =
            own.iter().map(|(lsid, title)| jobs::import::import_item(&name, lsid, title, &payload));
        store.note_look(&name, &seen, &items.collect::<Vec<_>>(), at, now)
    })
    .await?;
    if count > 0 {
        tracing::info!(count, "sessions that ended unseen are queued");
    }
    Ok(count)
}

fn has_owner(session: &Session) -> bool {
    session.representatives.iter().any(|one| one.is_owner == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_reaches_back_to_the_last_one_and_thirty_days_at_most() {
        let now: Timestamp = "2026-06-30T12:00:00Z".parse().unwrap();
        let days = |count: i32| now.checked_sub(DAY * count).unwrap();
        assert_eq!(since(None, now), days(1));
        assert_eq!(since(Some(days(3)), now), days(4));
        assert_eq!(since(Some(days(90)), now), days(30));
        let ahead = now.checked_add(DAY * 365).unwrap();
        assert_eq!(
            since(Some(ahead), now),
            days(30),
            "a clock that was a year ahead hides nothing"
        );
    }
}
