//! Finds sessions that ended while the app was not running, the computer was asleep or the
//! appliance could not be reached. Each is queued once for the import, or listed if it has no case.
//!
//! The owner's desktop imports at once. If it did not within an hour, any participant's does, and
//! with `import_all_sessions`, after another hour, any desktop does. All write the same records, so
//! nothing is lost or doubled if two do.

use crate::sessions::{KeyReader, RunningSession, clock_of};
use crate::{Casebridge, failures};
use crate::{account, jobs, session_key, with_store};
use casebridge_beyondtrust::Appliance;
use casebridge_domain::report::Session;
use casebridge_domain::settings::setting;
use casebridge_domain::{Failure, Lsid};
use casebridge_store::EndedSession;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The maximum duration of a session. Sessions are listed by start time, so a session that was
/// running at the last check may have started this long before it.
const LONGEST_SESSION: SignedDuration = DAY;
/// How long the desktop of the session's owner has for the import.
const OWNERS: SignedDuration = SignedDuration::from_hours(1);
/// How long the participants' desktops have.
const PARTICIPANTS: SignedDuration = SignedDuration::from_hours(2);
/// The time over which the other desktops spread, in seconds, so that most find the work done.
const SPREAD: i64 = 60 * 60;
/// The number of sessions to read per call.
const BATCH: usize = 25;

/// Checks every appliance and returns how many sessions were queued. Stores the time up to which
/// all sessions were found, so that the next check continues from there, with an overlap. With
/// imports turned off, sessions without a case are still listed.
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
    let reach = casebridge.settings().get(&setting::SESSIONS_CATCH_UP);
    let reach = SignedDuration::from_secs(reach.count().into());
    let listed = appliance.session_listing(since(last, at, reach)).await.map_err(of)?;
    let new: Vec<Lsid> = listed
        .into_iter()
        .map(|summary| summary.lsid)
        .filter(|lsid| !known.contains(lsid.as_str()))
        .collect();
    let (ended, is_whole) = read_ended(&appliance, &new).await.map_err(of)?;
    // With an unread report the next look begins where this one did.
    let until = if is_whole { at } else { last.unwrap_or(at - DAY).min(at) };
    keep(casebridge, name, username, &ended, (at, until)).await
}

fn since(last: Option<Timestamp>, now: Timestamp, reach: SignedDuration) -> Timestamp {
    let ago = |span: SignedDuration| now.checked_sub(span).unwrap_or_default();
    match last {
        // Sessions before the first start are not imported.
        None => ago(DAY.min(reach)),
        // A time in the future comes from a wrong clock.
        Some(at) if at > now => ago(reach),
        Some(at) => at.checked_sub(LONGEST_SESSION).unwrap_or_default().max(ago(reach)),
    }
}

/// Reads the sessions and skips those that are still running. Says whether all could be read.
async fn read_ended(
    appliance: &Appliance,
    lsids: &[Lsid],
) -> Result<(Vec<Session>, bool), casebridge_beyondtrust::Error> {
    let (mut ended, mut is_whole) = (Vec::new(), true);
    for batch in lsids.chunks(BATCH) {
        let wanted: BTreeSet<&Lsid> = batch.iter().collect();
        let read = appliance.readable_sessions(batch).await?;
        for (lsid, error) in &read.unread {
            tracing::warn!(%lsid, %error, "an ended session could not be read");
        }
        is_whole &= read.unread.is_empty();
        let found = read.found.into_iter();
        ended.extend(found.filter(|one| !one.is_running() && wanted.contains(&one.lsid)));
    }
    Ok((ended, is_whole))
}

async fn keep(
    casebridge: &Casebridge,
    name: &str,
    username: &str,
    ended: &[Session],
    (at, until): (Timestamp, Timestamp),
) -> Result<usize, Failure> {
    let settings = casebridge.settings();
    let imports = settings.get(&setting::IMPORT_ENABLED);
    let all = settings.appliance(name).is_some_and(|settings| settings.import_all_sessions);
    let reader = KeyReader::of(casebridge);
    let read = |session| (session, RunningSession::of(session, name, Some(username), reader));
    let ended: Vec<_> = ended.iter().map(read).collect();
    let without_case: Vec<EndedSession> = ended
        .iter()
        .filter(|(_, seen)| seen.mine && seen.external_key.is_none())
        .map(|(_, seen)| EndedSession::from(seen))
        .collect();
    let wanted: Vec<Wanted> = ended
        .iter()
        .filter(|(_, seen)| imports && (all || seen.external_key.is_some()))
        .filter_map(|(session, seen)| {
            let turn = turn(session, seen, all)?;
            let title = seen.customer.clone().unwrap_or_default();
            Some(Wanted { lsid: seen.lsid.clone(), title, ended: session.end_time, turn })
        })
        .collect();
    let (count, now) = (wanted.len(), casebridge.now());
    let seen: Vec<String> = ended.iter().map(|(session, _)| session.lsid.to_string()).collect();
    let name = name.to_owned();
    with_store(casebridge, move |store| {
        let payloads: Vec<String> = wanted.iter().map(|one| one.turn.payload()).collect();
        let items = wanted.iter().zip(&payloads).map(|(one, payload)| {
            let item = jobs::import::import_item(&name, &one.lsid, &one.title, payload);
            (item, one.turn.due(one.ended, at, now))
        });
        store.note_look(&name, &seen, &items.collect::<Vec<_>>(), &without_case, until, now)
    })
    .await?;
    if count > 0 {
        tracing::info!(count, "sessions that ended unseen are queued");
    }
    Ok(count)
}

/// A session to import.
struct Wanted {
    lsid: Lsid,
    title: String,
    ended: Option<Timestamp>,
    turn: Turn,
}

/// Whose desktop imports a session, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The owner's, or any participant's if nobody owned the session.
    Owner,
    /// A participant's.
    Participant,
    /// Any.
    Anybody,
}

fn turn(session: &Session, seen: &RunningSession, all: bool) -> Option<Turn> {
    match (seen.owner || (seen.mine && !has_owner(session)), seen.mine) {
        (true, _) => Some(Turn::Owner),
        (false, true) => Some(Turn::Participant),
        (false, false) => all.then_some(Turn::Anybody),
    }
}

impl Turn {
    fn payload(self) -> String {
        match self {
            Self::Owner => jobs::import::found_import(),
            Self::Participant | Self::Anybody => jobs::import::found_import_of_others(),
        }
    }

    /// When the import is due. `at` is the appliance's time, which the session's end is told in,
    /// and `now` this computer's.
    fn due(self, ended: Option<Timestamp>, at: Timestamp, now: Timestamp) -> Timestamp {
        let wait = match self {
            Self::Owner => return now,
            Self::Participant => OWNERS,
            Self::Anybody => {
                PARTICIPANTS + SignedDuration::from_secs(rand::random_range(0..SPREAD))
            }
        };
        let since_end = ended.map_or(SignedDuration::ZERO, |ended| at.duration_since(ended));
        let rest = (wait - since_end).max(SignedDuration::ZERO).min(wait);
        now.checked_add(rest).unwrap_or(now)
    }
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
        let since = |last, now| super::since(last, now, DAY * 30);
        assert_eq!(since(None, now), days(1));
        assert_eq!(since(Some(days(3)), now), days(4));
        assert_eq!(since(Some(days(90)), now), days(30));
        assert_eq!(super::since(Some(days(90)), now, DAY * 2), days(2));
        let ahead = now.checked_add(DAY * 365).unwrap();
        assert_eq!(
            since(Some(ahead), now),
            days(30),
            "a clock that was a year ahead hides nothing"
        );
    }

    #[test]
    fn the_owners_desktop_imports_first_then_a_participants_then_any() {
        let at: Timestamp = "2026-06-30T12:00:00Z".parse().unwrap();
        let now = at.checked_add(SignedDuration::from_secs(90)).unwrap();
        let ago = |minutes| at.checked_sub(SignedDuration::from_mins(minutes)).ok();
        let wait = |turn: Turn, ended| turn.due(ended, at, now).duration_since(now).as_mins();
        assert_eq!(wait(Turn::Owner, ago(1)), 0);
        assert_eq!(wait(Turn::Participant, ago(10)), 50);
        assert_eq!(wait(Turn::Participant, ago(90)), 0);
        assert_eq!(wait(Turn::Participant, None), 60, "an end that is not told");
        assert!((110..170).contains(&wait(Turn::Anybody, ago(10))));
        assert_eq!(wait(Turn::Anybody, ago(60 * 24)), 0);
    }
}
