//! The running sessions (`docs/protocols/beyondtrust.md#report-poll`): the light listing first,
//! then whole reports of the sessions that are new or matter.
//!
//! A [`Feed`] remembers what it has read, so that it only requests one listing while nothing
//! changes.

use crate::{Casebridge, failures};
use casebridge_beyondtrust::Appliance;
use casebridge_domain::report::Session;
use casebridge_domain::settings::{DEFAULT_APPLIANCE, setting};
use casebridge_domain::tagging::Seen;
use casebridge_domain::{CaseRef, Failure, FailureCode, Lsid};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The number of polls after which data that is not in the listing is read again: whether the
/// representative's sessions are still running, and whether they have joined another session.
const ROUNDS: u32 = 6;
/// The number of other representatives' sessions to read then, in turn.
const SLICE: usize = 50;

/// The number of polls in which a missing report is requested again. After that, it is requested
/// rarely.
const AT_ONCE: u32 = 3;

/// A running session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningSession {
    /// The configured name of its appliance.
    pub appliance: String,
    /// The session's id.
    pub lsid: Lsid,
    /// Its short number.
    pub lseq: Option<u64>,
    /// When it began.
    pub start_time: Option<Timestamp>,
    /// The main customer's name.
    pub customer: Option<String>,
    /// The main customer's computer.
    pub hostname: Option<String>,
    /// The external key, if it can refer to a case.
    pub external_key: Option<String>,
    /// The external key of another product that shares the appliance. It refers to no case.
    pub foreign_key: Option<String>,
    /// The representative takes part.
    pub mine: bool,
    /// The representative owns it.
    pub owner: bool,
}

impl RunningSession {
    /// The session data that a case is compared with.
    pub fn seen(&self) -> Seen<'_> {
        Seen {
            customer: self.customer.as_deref(),
            hostname: self.hostname.as_deref(),
            external_key: self.external_key.as_deref(),
        }
    }

    /// The external key, regardless of which product wrote it.
    pub fn carried(&self) -> Option<&str> {
        self.external_key.as_deref().or(self.foreign_key.as_deref())
    }

    pub(crate) fn of(
        session: &Session,
        on: &str,
        username: Option<&str>,
        reader: KeyReader,
    ) -> Self {
        let me = username.and_then(|name| session.representative(name));
        let customer = session.main_customer();
        let key = session.external_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        Self {
            appliance: on.to_owned(),
            lsid: session.lsid.clone(),
            lseq: session.lseq,
            start_time: session.start_time,
            customer: session.customer_name().map(str::to_owned),
            hostname: customer.and_then(|customer| customer.hostname.clone()),
            external_key: key.filter(|key| reader.can_name_a_case(key)).map(str::to_owned),
            foreign_key: key.filter(|key| !reader.can_name_a_case(key)).map(str::to_owned),
            mine: me.is_some(),
            owner: me.is_some_and(|me| me.is_owner == Some(true)),
        }
    }
}

/// How external keys are read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct KeyReader {
    /// The administrator has set a case field for external keys, so any text is possible.
    by_field: bool,
}

impl KeyReader {
    pub(crate) fn of(casebridge: &Casebridge) -> Self {
        let by_field =
            casebridge.settings().get(&setting::ORG_CASE_FIELD_FOR_EXTERNAL_KEY).is_some();
        Self { by_field }
    }

    fn can_name_a_case(self, key: &str) -> bool {
        self.by_field || CaseRef::from_external_key(key).is_some()
    }
}

/// The running sessions of an appliance, as last read.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The configured name of the appliance.
    pub appliance: String,
    /// All running sessions.
    pub sessions: Vec<Session>,
    username: Option<String>,
    reader: KeyReader,
}

impl Snapshot {
    /// The representative's sessions: those that they own first, then the latest.
    pub fn mine(&self) -> Vec<RunningSession> {
        in_order(self.all().into_iter().filter(|session| session.mine))
    }

    /// All sessions, latest first.
    pub fn all(&self) -> Vec<RunningSession> {
        let username = self.username.as_deref();
        let of = |session| RunningSession::of(session, &self.appliance, username, self.reader);
        let mut all: Vec<_> = self.sessions.iter().map(of).collect();
        all.sort_by_key(|session| std::cmp::Reverse(session.start_time));
        all
    }
}

/// The representative's sessions on any appliance, in the order in which people see them: those
/// that they own first, then the latest.
pub fn in_order(sessions: impl IntoIterator<Item = RunningSession>) -> Vec<RunningSession> {
    let mut all: Vec<_> = sessions.into_iter().collect();
    all.sort_by_key(|session| (!session.owner, std::cmp::Reverse(session.start_time)));
    all
}

/// The appliance that was named, or else every configured one. Without any, the first, so that
/// asking it says what is missing.
pub fn appliances(casebridge: &Casebridge, named: Option<&str>) -> Vec<String> {
    let all = match named {
        Some(name) => vec![name.to_owned()],
        None => casebridge.settings().appliances(),
    };
    if all.is_empty() { vec![DEFAULT_APPLIANCE.to_owned()] } else { all }
}

/// The data read from an appliance so far.
#[derive(Debug, Default)]
pub struct Feed {
    known: BTreeMap<Lsid, Session>,
    /// The number of requests for sessions whose report is missing.
    unread: BTreeMap<Lsid, u32>,
    round: u32,
    /// The session that was read last in turn.
    turn: Option<Lsid>,
}

impl Feed {
    /// Lists the sessions, and reads those that are new, `wanted`, or have a changed external key.
    /// At intervals, also reads the representative's sessions and, in turn, others.
    ///
    /// # Errors
    /// The appliance can't be asked. The known data is kept.
    pub async fn poll(
        &mut self,
        casebridge: &Casebridge,
        name: Option<&str>,
        username: Option<&str>,
        wanted: &BTreeSet<Lsid>,
    ) -> Result<Snapshot, Failure> {
        let appliance = casebridge.appliance(name).await?;
        let look_back = casebridge.settings().get(&setting::SESSIONS_LOOK_BACK);
        let now =
            clock_of(casebridge, &appliance).await.map_err(|e| failures::of_site(&appliance, e))?;
        let since = now.checked_sub(SignedDuration::from_secs(look_back.count().into()));
        let listed = appliance
            .session_listing(since.unwrap_or_default())
            .await
            .map_err(|e| failures::of_site(&appliance, e))?;
        let running: BTreeMap<Lsid, Option<String>> = listed
            .into_iter()
            .filter(|summary| summary.end_time.is_none())
            .map(|summary| (summary.lsid, summary.external_key))
            .collect();
        self.known.retain(|lsid, _| running.contains_key(lsid));
        self.unread.retain(|lsid, _| running.contains_key(lsid));
        self.round = self.round.wrapping_add(1);
        let is_due = self.round.is_multiple_of(ROUNDS);
        let is_mine =
            |known: &Session| username.is_some_and(|name| known.representative(name).is_some());
        let matters = |lsid: &Lsid, key: &Option<String>| match self.known.get(lsid) {
            None => is_due || self.unread.get(lsid).is_none_or(|times| *times < AT_ONCE),
            Some(known) if !known.is_running() => false,
            Some(known) => {
                wanted.contains(lsid)
                    || (is_due && is_mine(known))
                    || (key.is_some() && key != &known.external_key)
            }
        };
        let mut due: BTreeSet<Lsid> = running
            .iter()
            .filter(|(lsid, key)| matters(lsid, key))
            .map(|(lsid, _)| lsid.clone())
            .collect();
        if is_due {
            due.extend(self.next_slice());
        }
        let due: Vec<Lsid> = due.into_iter().collect();
        if !due.is_empty() {
            let mut read = appliance
                .readable_sessions(&due)
                .await
                .map_err(|e| failures::of_site(&appliance, e))?;
            let is_nothing = read.found.is_empty();
            let found = read.found.into_iter();
            self.known.extend(found.map(|session| (session.lsid.clone(), session)));
            let mut is_new = false;
            for lsid in due.iter().filter(|lsid| !self.known.contains_key(*lsid)) {
                let times = self.unread.entry(lsid.clone()).or_default();
                *times += 1;
                is_new |= *times <= AT_ONCE;
            }
            // The first failure is reported. After that, only that session stays unread.
            if is_nothing && is_new && !read.unread.is_empty() {
                return Err(failures::of_site(&appliance, read.unread.swap_remove(0).1));
            }
        }
        let sessions =
            self.known.values().filter(|session| session.is_running()).cloned().collect();
        let reader = KeyReader::of(casebridge);
        let (username, on) = (username.map(str::to_owned), name.unwrap_or(DEFAULT_APPLIANCE));
        Ok(Snapshot { appliance: on.to_owned(), sessions, username, reader })
    }

    /// The next running sessions in turn.
    fn next_slice(&mut self) -> Vec<Lsid> {
        let running = || self.known.values().filter(|s| s.is_running()).map(|s| &s.lsid);
        let after = |lsid: &&Lsid| self.turn.as_ref().is_none_or(|turn| *lsid > turn);
        let slice: Vec<Lsid> = running().filter(after).take(SLICE).cloned().collect();
        self.turn = slice.last().filter(|_| slice.len() == SLICE).cloned();
        slice
    }
}

/// The appliance's current time, because sessions have the appliance's times. With a clock that is
/// hours off, a time window would miss them.
pub(crate) async fn clock_of(
    casebridge: &Casebridge,
    appliance: &Appliance,
) -> Result<Timestamp, casebridge_beyondtrust::Error> {
    appliance.log_in().await?;
    if let Some(time) = appliance.time() {
        return Ok(time);
    }
    let told = appliance.get_api_info().await?.timestamp;
    Ok(appliance.time().or(told).unwrap_or_else(|| casebridge.now()))
}

/// Reads the running sessions once.
///
/// # Errors
/// The appliance can't be asked, or the representative is not known.
pub async fn running(
    casebridge: &Casebridge,
    appliance: Option<&str>,
) -> Result<Snapshot, Failure> {
    let username = super::session_key::representative(casebridge).await?;
    Feed::default().poll(casebridge, appliance, Some(&username), &BTreeSet::new()).await
}

/// Reads a session of the representative, running or ended.
///
/// # Errors
/// The appliance can't be asked, or the representative is not known.
pub async fn own(
    casebridge: &Casebridge,
    name: Option<&str>,
    lsid: &Lsid,
) -> Result<Option<RunningSession>, Failure> {
    let username = super::session_key::representative(casebridge).await?;
    let appliance = casebridge.appliance(name).await?;
    let read = appliance.sessions(std::slice::from_ref(lsid)).await;
    let read = read.map_err(|e| failures::of_site(&appliance, e))?;
    let reader = KeyReader::of(casebridge);
    let on = name.unwrap_or(DEFAULT_APPLIANCE);
    let mut all = read.iter().map(|one| RunningSession::of(one, on, Some(&username), reader));
    Ok(all.find(|session| session.mine && session.lsid == *lsid))
}

/// The appliance of a session: the one that was named, or else the one that knows the session.
/// Where there is only one, nobody is asked.
///
/// # Errors
/// [`FailureCode::SessionUnknown`] if no appliance knows it, or why one could not be asked.
pub async fn home_of(
    casebridge: &Casebridge,
    named: Option<&str>,
    lsid: &Lsid,
) -> Result<String, Failure> {
    let mut all = appliances(casebridge, named);
    if let [only] = all.as_mut_slice() {
        return Ok(std::mem::take(only));
    }
    let mut failed = None;
    for name in all {
        let known = async {
            let appliance = casebridge.appliance(Some(&name)).await?;
            let read = appliance.sessions(std::slice::from_ref(lsid)).await;
            let read = read.map_err(|e| failures::of_site(&appliance, e))?;
            Ok(read.iter().any(|session| session.lsid == *lsid))
        };
        match known.await {
            Ok(true) => return Ok(name),
            Ok(false) => {}
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    Err(failed.unwrap_or_else(|| Failure::new(FailureCode::SessionUnknown, lsid.to_string())))
}
