//! Looks for the customer's session by polling reports (`reference/beyondtrust.md` section 9,
//! route A): the light listing first, then only the sessions in question.

use crate::{Casebridge, failures};
use casebridge_beyondtrust::{Appliance, Session, SessionSummary};
use casebridge_domain::{Case, Failure, Lsid, SessionKey};
use jiff::{SignedDuration, Timestamp};

/// How far the clocks of this computer and the appliance may differ.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// How exact a known difference of the clocks is, with the time that making the key took.
const OWN_MARGIN: SignedDuration = SignedDuration::from_secs(15);
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
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// No customer yet.
    Nobody,
    /// A customer is in the session.
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
        let external_keys = [case.id.to_string(), case.number.clone()];
        Self { appliance, external_keys, since: since(key.clock_ahead, made_at), known }
    }

    /// Looks once. A session that has ended already is none that the customer is in.
    ///
    /// # Errors
    /// The appliance cannot be asked.
    pub async fn look(&mut self, casebridge: &Casebridge) -> Result<Sighting, Failure> {
        let appliance = casebridge.appliance(self.appliance.as_deref()).await?;
        let mut candidates: Vec<SessionSummary> = listing(&appliance, self.since).await?;
        candidates
            .retain(|s| s.end_time.is_none() && self.may_be(s) && !self.known.contains(&s.lsid));
        candidates.sort_by_key(|s| std::cmp::Reverse(s.start_time));
        let lsids: Vec<Lsid> = candidates.into_iter().take(CANDIDATES).map(|s| s.lsid).collect();
        if lsids.is_empty() {
            return Ok(Sighting::Nobody);
        }
        Ok(self.judge(sessions(&appliance, &lsids).await?))
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
        latest.map_or(Sighting::Nobody, sighting)
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
    Ok(sessions.into_iter().next().map_or(Sighting::Ended, sighting))
}

fn sighting(session: Session) -> Sighting {
    if !session.is_running {
        return Sighting::Ended;
    }
    if !session.has_customer() {
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
