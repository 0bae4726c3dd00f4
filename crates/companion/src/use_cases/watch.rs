//! Looks for the session of a key or of a jump by polling reports (`reference/beyondtrust.md` section 9,
//! route A): the light listing first, then only the sessions in question.

use crate::{Casebridge, failures};
use casebridge_beyondtrust::{Appliance, Session, SessionSummary};
use casebridge_domain::{Case, Failure, Lsid, SessionKey};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// How far the clocks of this computer and the appliance may differ.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// How exact a known difference of the clocks is, with the time that making the key took.
const OWN_MARGIN: SignedDuration = SignedDuration::from_secs(15);
/// How far back sessions of the case that run already are looked up.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(12);
/// How long a launch waits for that look.
const BEFORE_LAUNCH: Duration = Duration::from_secs(3);
/// A session takes a moment to begin; the first look comes after it.
pub(crate) const FIRST_LOOK: Duration = Duration::from_secs(2);
/// How many sessions are looked at in one round, newest first.
const CANDIDATES: usize = 20;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// The appliance's configured name.
    pub appliance: Option<String>,
    /// What links a session to the case: its id and its number, whichever was written.
    external_keys: [String; 2],
    /// No session of the key began before.
    since: Timestamp,
    /// Sessions that are not this key's: those that an earlier key of the case began, and those
    /// that turned out to be another case's.
    known: Vec<Lsid>,
    awaited: Awaited,
}

/// When a session counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// Once the customer of a key is in it.
    Customer,
    /// Once it has begun, as a jump does.
    Session,
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// No session that counts yet.
    Nobody,
    /// A customer is in the session, or the jump's session has begun.
    Joined {
        /// The session.
        lsid: Lsid,
        /// The customer's name.
        name: String,
        /// The customer's computer.
        hostname: Option<String>,
    },
    /// The session is over.
    Ended,
}

impl Watch {
    /// A watch for the customer who gets this key, made at `made_at` by our clock. Sessions that an
    /// earlier key of the case began are `known`.
    pub fn new(
        appliance: Option<String>,
        case: &Case,
        key: &SessionKey,
        made_at: Timestamp,
        known: Vec<Lsid>,
    ) -> Self {
        let since = since(key.clock_ahead, made_at);
        Self { appliance, external_keys: keys_of(case), since, known, awaited: Awaited::Customer }
    }

    /// A watch for what a console is asked for at `asked_at` by our clock; the clocks have to tell
    /// its session from older ones of the case.
    pub fn for_console(
        appliance: Option<String>,
        case: &Case,
        asked_at: Timestamp,
        is_jump: bool,
    ) -> Self {
        let awaited = if is_jump { Awaited::Session } else { Awaited::Customer };
        let since = asked_at.checked_sub(OWN_MARGIN).unwrap_or(asked_at);
        Self { appliance, external_keys: keys_of(case), since, known: Vec::new(), awaited }
    }

    /// The same, once sessions of the case that run already are known and pass for none of it. An
    /// appliance that does not answer in a moment leaves the watch as it is.
    #[must_use]
    pub async fn passing_over_running(mut self, casebridge: &Casebridge) -> Self {
        let asked_at = self.since;
        self.since = asked_at.checked_sub(LOOK_BACK).unwrap_or(asked_at);
        match tokio::time::timeout(BEFORE_LAUNCH, self.candidates(casebridge)).await {
            Ok(Ok(running)) => {
                self.known = running;
                self.since = asked_at.checked_sub(CLOCK_MARGIN).unwrap_or(asked_at);
            }
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("the sessions before the launch are not known");
                self.since = asked_at;
            }
        }
        self
    }

    /// Looks once. A session that has ended already is none that the customer is in.
    ///
    /// # Errors
    /// The appliance cannot be asked.
    pub async fn look(&mut self, casebridge: &Casebridge) -> Result<Sighting, Failure> {
        let mut lsids = self.candidates(casebridge).await?;
        lsids.truncate(CANDIDATES);
        if lsids.is_empty() {
            return Ok(Sighting::Nobody);
        }
        let appliance = casebridge.appliance(self.appliance.as_deref()).await?;
        Ok(self.judge(sessions(&appliance, &lsids).await?))
    }

    /// Looks again and again until the session is there or the time is over.
    ///
    /// # Errors
    /// The last look failed.
    pub async fn until_seen(
        &mut self,
        casebridge: &Casebridge,
        limit: Duration,
    ) -> Result<Sighting, Failure> {
        let interval = Duration::from_secs(casebridge.settings().seconds("poll.interval").into());
        let end = Instant::now() + limit;
        let mut wait = FIRST_LOOK;
        loop {
            tokio::time::sleep(wait.min(end.saturating_duration_since(Instant::now()))).await;
            wait = interval;
            let found = self.look(casebridge).await;
            if matches!(found, Ok(Sighting::Joined { .. })) || Instant::now() >= end {
                return found;
            }
        }
    }

    /// Sessions that run, may be ours and are not known yet, the newest first.
    async fn candidates(&self, casebridge: &Casebridge) -> Result<Vec<Lsid>, Failure> {
        let appliance = casebridge.appliance(self.appliance.as_deref()).await?;
        let mut candidates: Vec<SessionSummary> = listing(&appliance, self.since).await?;
        candidates
            .retain(|s| s.end_time.is_none() && self.may_be(s) && !self.known.contains(&s.lsid));
        candidates.sort_by_key(|s| std::cmp::Reverse(s.start_time));
        Ok(candidates.into_iter().map(|s| s.lsid).collect())
    }

    /// A listing without external keys leaves the decision to the whole session.
    fn may_be(&self, summary: &SessionSummary) -> bool {
        summary.external_key.as_ref().is_none_or(|key| self.is_ours(key))
    }

    fn is_ours(&self, external_key: &str) -> bool {
        self.external_keys.iter().any(|key| key == external_key.trim())
    }

    fn judge(&mut self, sessions: Vec<Session>) -> Sighting {
        let ours = |s: &Session| s.external_key.as_deref().map(|key| self.is_ours(key));
        let others = |s: &&Session| !s.is_running || ours(s) == Some(false);
        let others: Vec<Lsid> = sessions.iter().filter(others).map(|s| s.lsid.clone()).collect();
        let running = |s: &Session| s.is_running && ours(s) == Some(true);
        let latest = sessions.into_iter().filter(running).max_by_key(|s| s.start_time);
        self.known.extend(others);
        latest.map_or(Sighting::Nobody, |session| sighting(session, self.awaited))
    }
}

/// The earliest start of a session of the key, by the appliance's clock.
fn since(clock_ahead: Option<SignedDuration>, made_at: Timestamp) -> Timestamp {
    let start = match clock_ahead {
        Some(ahead) => made_at.checked_add(ahead).and_then(|at| at.checked_sub(OWN_MARGIN)),
        None => made_at.checked_sub(CLOCK_MARGIN),
    };
    start.unwrap_or(made_at)
}

/// Looks at a session that the customer has joined.
///
/// # Errors
/// The appliance cannot be asked.
pub async fn look_at(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    lsid: &Lsid,
) -> Result<Sighting, Failure> {
    let appliance = casebridge.appliance(appliance).await?;
    let sessions = sessions(&appliance, std::slice::from_ref(lsid)).await?;
    let session = sessions.into_iter().next();
    Ok(session.map_or(Sighting::Ended, |session| sighting(session, Awaited::Customer)))
}

fn keys_of(case: &Case) -> [String; 2] {
    [case.id.to_string(), case.number.clone()]
}

fn sighting(session: Session, awaited: Awaited) -> Sighting {
    if !session.is_running {
        return Sighting::Ended;
    }
    if awaited == Awaited::Customer && !session.has_customer() {
        return Sighting::Nobody;
    }
    let customer = session
        .customers
        .iter()
        .find(|c| c.is_primary == Some(true))
        .or_else(|| session.customers.first());
    let name =
        customer.and_then(|c| c.username.clone()).or_else(|| session.primary_customer.clone());
    Sighting::Joined {
        lsid: session.lsid.clone(),
        name: name.unwrap_or_else(|| "The customer".to_owned()),
        hostname: customer.and_then(|c| c.hostname.clone()),
    }
}

async fn listing(appliance: &Appliance, since: Timestamp) -> Result<Vec<SessionSummary>, Failure> {
    appliance.session_listing(since).await.map_err(|e| of(appliance, e))
}

async fn sessions(appliance: &Appliance, lsids: &[Lsid]) -> Result<Vec<Session>, Failure> {
    appliance.sessions(lsids).await.map_err(|e| of(appliance, e))
}

fn of(appliance: &Appliance, error: casebridge_beyondtrust::Error) -> Failure {
    failures::of_appliance(appliance.site().authority(), error)
}
