//! What several parts need to know: read-only values that their owners keep, handed to every part with each
//! message.

use casebridge_domain::{Case, CaseId, FailureCode, Lsid};
use casebridge_ipc::{FailureView, SignInView, Window};
use casebridge_store::CaseRecord;
use casebridge_use_cases::account::Account;
use casebridge_use_cases::jump::PastJump;
use casebridge_use_cases::sessions::{RunningSession, Snapshot};
use casebridge_use_cases::web_console::WebConsole;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What every part may know.
pub(crate) struct Facts {
    /// The open windows.
    pub(crate) open: BTreeSet<Window>,
    /// Who is signed in.
    pub(crate) account: AccountSeen,
    /// The running sessions.
    pub(crate) sessions: Arc<SessionsSeen>,
    /// The cases that external keys of sessions name; none where a key names no case.
    pub(crate) carried: Arc<BTreeMap<String, Option<Case>>>,
    /// Previous cases, the latest first.
    pub(crate) recent: Arc<Vec<RecentCase>>,
    /// Previous jumps, favourites first.
    pub(crate) jumps: Arc<Vec<PastJump>>,
    /// The cases that are worked on.
    pub(crate) cases: CasesSeen,
    /// What waits to be done.
    pub(crate) outbox: OutboxSeen,
    /// What was seen of the appliances' web consoles, by their configured names.
    pub(crate) web: Arc<BTreeMap<String, WebConsole>>,
}

/// Who is signed in.
#[derive(Clone)]
pub(crate) struct AccountSeen {
    pub(crate) sign_in: SignInView,
    pub(crate) account: Option<Arc<Account>>,
    /// Why the sign-in failed.
    pub(crate) failure: Option<FailureView>,
}

/// The running sessions, as last seen.
#[derive(Default)]
pub(crate) struct SessionsSeen {
    /// The representative's own, on all appliances.
    pub(crate) mine: Vec<RunningSession>,
    /// Whether anything has been found out yet.
    pub(crate) is_known: bool,
    /// Why this may be out of date.
    pub(crate) stale: Option<FailureView>,
}

/// One look at an appliance's running sessions.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// The appliance's configured name.
    pub(crate) appliance: String,
    pub(crate) result: Result<Snapshot, FailureView>,
    /// The representative's own sessions before it.
    pub(crate) before: Vec<RunningSession>,
    /// It is the first that worked after others that did not.
    pub(crate) after_outage: bool,
}

/// What has to be looked for among running sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interest {
    /// The appliances, by their configured names.
    pub(crate) appliances: BTreeSet<String>,
    /// Sessions that are read anew each time.
    pub(crate) wanted: BTreeSet<Lsid>,
}

/// The cases that are worked on.
#[derive(Default)]
pub(crate) struct CasesSeen {
    /// The case in the case window, if that is open.
    pub(crate) on_screen: Option<CaseId>,
    /// The sessions that customers joined, which the case window tells of.
    pub(crate) joined: Vec<Lsid>,
    /// A case is being read, or a key created.
    pub(crate) is_working: bool,
    /// How many customers are waited for.
    pub(crate) waiting: usize,
    /// The last look for a customer failed.
    pub(crate) is_stale: bool,
}

/// What waits to be done.
#[derive(Default)]
pub(crate) struct OutboxSeen {
    /// How many items need a person.
    pub(crate) parked: usize,
    /// Why nothing goes to the org.
    pub(crate) hold: Option<FailureCode>,
    /// How many items have failed and are tried again.
    pub(crate) waiting: usize,
}

/// A previous case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecentCase {
    pub(crate) id: CaseId,
    pub(crate) number: String,
    pub(crate) subject: String,
    pub(crate) contact: Option<String>,
    /// Computers that belong to it, as far as they were asked for.
    pub(crate) hosts: Vec<String>,
    pub(crate) opened_at: Timestamp,
}

impl RecentCase {
    /// The record that outlives a restart.
    pub(crate) fn record(&self) -> CaseRecord {
        CaseRecord {
            id: self.id.to_string(),
            number: self.number.clone(),
            subject: self.subject.clone(),
            contact: self.contact.clone().unwrap_or_default(),
            opened_at: self.opened_at,
        }
    }

    pub(crate) fn of(record: CaseRecord) -> Option<Self> {
        Some(Self {
            id: record.id.parse().ok()?,
            number: record.number,
            subject: record.subject,
            contact: Some(record.contact).filter(|name| !name.is_empty()),
            hosts: Vec::new(),
            opened_at: record.opened_at,
        })
    }
}

impl Interest {
    /// Looks on this appliance for these sessions.
    pub(crate) fn add(&mut self, appliance: &str, wanted: impl IntoIterator<Item = Lsid>) {
        self.appliances.insert(appliance.to_owned());
        self.wanted.extend(wanted);
    }
}
