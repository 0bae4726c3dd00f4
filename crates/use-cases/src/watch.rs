//! Waits for the session of a key or jump by polling reports
//! (`docs/protocols/beyondtrust.md#report-poll`): the light listing first, then only the sessions
//! in question.

use crate::Casebridge;
use crate::sessions::Feed;
use casebridge_domain::report::Session;
use casebridge_domain::settings::setting;
use casebridge_domain::{Case, Failure, Lsid, SessionKey};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// How far the clocks of this computer and the appliance may differ.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// The precision of a known clock difference, including the time to create the key.
const OWN_MARGIN: SignedDuration = SignedDuration::from_secs(15);
/// How long a launch waits for the list of running sessions.
const BEFORE_LAUNCH: Duration = Duration::from_secs(3);
/// The delay before the first check, because a session needs a moment to start.
const FIRST_LOOK: Duration = Duration::from_secs(2);
/// A search for the session of a key or jump.
#[derive(Debug)]
pub struct Watch {
    /// The appliance's name in the settings.
    pub appliance: Option<String>,
    /// The external keys that link a session to the case: its id and its number.
    external_keys: [String; 2],
    /// The earliest start time of the session.
    since: Timestamp,
    /// Sessions to ignore: those from an earlier key of the case, and those that belong to another
    /// case.
    known: Vec<Lsid>,
    awaited: Awaited,
    /// The session that was found.
    joined: Option<Lsid>,
    wanted: BTreeSet<Lsid>,
    feed: Feed,
}

/// When a session counts as found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// When the customer has joined it.
    Customer,
    /// When it has started, for a jump.
    Session,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// No session yet.
    Nobody,
    /// The customer has joined, or the jump's session has started.
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
    /// Creates a watch for the customer of this key, which was created at `made_at` by this
    /// computer's clock. `known` are sessions from an earlier key of the case.
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

    /// Creates a watch for a request that is sent to a console at `asked_at` by this computer's
    /// clock. Older sessions of the case are recognised by their time only.
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

    /// The same watch, ignoring sessions of the case that are already running. If the appliance
    /// does not answer quickly, the watch is unchanged.
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
                // Uses the appliance's clock if known, because sessions have the appliance's times.
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

    /// Checks once, with one or two appliance calls.
    ///
    /// # Errors
    /// The appliance can't be asked.
    pub async fn look(&mut self, casebridge: &Casebridge) -> Result<Sighting, Failure> {
        let appliance = self.appliance.clone();
        let wanted = self.wanted.clone();
        let polled = self.feed.poll(casebridge, appliance.as_deref(), None, &wanted).await?;
        Ok(self.judge(&polled.sessions))
    }

    /// Checks repeatedly until the session is found or the time is over.
    ///
    /// # Errors
    /// The last check failed.
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

    /// Evaluates the running sessions: returns the latest matching session.
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

    /// The appliance's name in the settings.
    pub fn appliance(&self) -> Option<&str> {
        self.appliance.as_deref()
    }

    /// The sessions that must be read again with each check.
    pub fn wanted(&self) -> &BTreeSet<Lsid> {
        &self.wanted
    }

    fn may_count(&self, session: &Session) -> bool {
        session.is_running()
            && session.external_key.as_deref().is_some_and(|key| self.is_ours(key))
            && session.start_time.is_none_or(|start| start >= self.since)
            && !self.known.contains(&session.lsid)
    }

    fn is_ours(&self, external_key: &str) -> bool {
        self.external_keys.iter().any(|key| key == external_key.trim())
    }
}

/// The earliest start time of the key's session, by the appliance's clock.
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
    if !session.is_running() {
        return Sighting::Ended;
    }
    if awaited == Awaited::Customer && !session.has_customer() {
        return Sighting::Nobody;
    }
    let (customer, name) = (session.main_customer(), session.customer_name());
    Sighting::Joined {
        lsid: session.lsid.clone(),
        name: name.unwrap_or("The customer").to_owned(),
        hostname: customer.and_then(|c| c.hostname.clone()),
    }
}
