//! Looks for the session of a key or of a jump by polling reports (`reference/beyondtrust.md` section 9,
//! route A): the light listing first, then only the sessions in question.

use crate::Casebridge;
use crate::sessions::Feed;
use casebridge_beyondtrust::Session;
use casebridge_domain::settings::setting;
use casebridge_domain::{Case, Failure, Lsid, SessionKey};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// How far the clocks of this computer and the appliance may differ.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// How exact a known difference of the clocks is, with the time that making the key took.
const OWN_MARGIN: SignedDuration = SignedDuration::from_secs(15);
/// How long a launch waits for that look.
const BEFORE_LAUNCH: Duration = Duration::from_secs(3);
/// A session takes a moment to begin; the first look comes after it.
const FIRST_LOOK: Duration = Duration::from_secs(2);
/// What is looked for.
#[derive(Debug)]
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
    /// The session that counts.
    joined: Option<Lsid>,
    wanted: BTreeSet<Lsid>,
    feed: Feed,
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
        Self::begin(appliance, case, since, known, Awaited::Customer)
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
        Self::begin(appliance, case, since, Vec::new(), awaited)
    }

    fn begin(
        appliance: Option<String>,
        case: &Case,
        since: Timestamp,
        known: Vec<Lsid>,
        awaited: Awaited,
    ) -> Self {
        let external_keys = keys_of(case);
        let (wanted, feed) = (BTreeSet::new(), Feed::default());
        Self { appliance, external_keys, since, known, awaited, joined: None, wanted, feed }
    }

    /// The same, once sessions of the case that run already are known and pass for none of it. An
    /// appliance that does not answer in a moment leaves the watch as it is.
    #[must_use]
    pub async fn passing_over_running(mut self, casebridge: &Casebridge) -> Self {
        let appliance = self.appliance.clone();
        let wanted = BTreeSet::new();
        let look = self.feed.poll(casebridge, appliance.as_deref(), None, &wanted);
        match tokio::time::timeout(BEFORE_LAUNCH, look).await {
            Ok(Ok(polled)) => {
                let ours = |session: &&Session| {
                    session.external_key.as_deref().is_some_and(|key| self.is_ours(key))
                };
                self.known = polled.sessions.iter().filter(ours).map(|s| s.lsid.clone()).collect();
                // By the appliance's own clock, as far as its answer told: sessions are dated by it.
                let ahead = match casebridge.appliance(self.appliance.as_deref()).await {
                    Ok(site) => site.time().map(|time| time.duration_since(casebridge.now())),
                    Err(_) => None,
                };
                let since = self.since.saturating_add(ahead.unwrap_or_default());
                let since = since.unwrap_or(self.since);
                self.since = since.checked_sub(CLOCK_MARGIN).unwrap_or(since);
            }
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("the sessions before the launch are not known");
            }
        }
        self
    }

    /// Looks once, with an appliance call or two.
    ///
    /// # Errors
    /// The appliance cannot be asked.
    pub async fn look(&mut self, casebridge: &Casebridge) -> Result<Sighting, Failure> {
        let appliance = self.appliance.clone();
        let wanted = self.wanted.clone();
        let polled = self.feed.poll(casebridge, appliance.as_deref(), None, &wanted).await?;
        Ok(self.judge(&polled.sessions))
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
        let interval = casebridge.settings().get(&setting::POLL_INTERVAL).duration();
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

    /// What running sessions tell: the latest one of ours that counts, once it is joined for good.
    pub fn judge(&mut self, running: &[Session]) -> Sighting {
        if let Some(joined) = &self.joined {
            let session = running.iter().find(|session| session.lsid == *joined);
            return session.map_or(Sighting::Ended, |session| sighting(session, self.awaited));
        }
        let latest = running.iter().filter(|s| self.may_count(s)).max_by_key(|s| s.start_time);
        let found = latest.map_or(Sighting::Nobody, |session| sighting(session, self.awaited));
        self.wanted =
            running.iter().filter(|s| self.may_count(s)).map(|s| s.lsid.clone()).collect();
        if let Sighting::Joined { lsid, .. } = &found {
            self.joined = Some(lsid.clone());
        }
        found
    }

    /// The appliance's configured name.
    pub fn appliance(&self) -> Option<&str> {
        self.appliance.as_deref()
    }

    /// The sessions that have to be read anew with each look.
    pub fn wanted(&self) -> &BTreeSet<Lsid> {
        &self.wanted
    }

    fn may_count(&self, session: &Session) -> bool {
        session.is_running
            && session.external_key.as_deref().is_some_and(|key| self.is_ours(key))
            && session.start_time.is_none_or(|start| start >= self.since)
            && !self.known.contains(&session.lsid)
    }

    fn is_ours(&self, external_key: &str) -> bool {
        self.external_keys.iter().any(|key| key == external_key.trim())
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

fn keys_of(case: &Case) -> [String; 2] {
    [case.id.to_string(), case.number.clone()]
}

fn sighting(session: &Session, awaited: Awaited) -> Sighting {
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
