//! How sessions start: with a key, without one, or with a jump; and how representatives come in.

use std::collections::BTreeMap;

use super::session::{Party, Performer, Queue, Session, SessionRep};
use super::state::State;

/// Where a jump goes.
#[derive(Debug)]
pub(crate) struct JumpTarget {
    pub(crate) name: String,
    pub(crate) hostname: String,
    pub(crate) os: &'static str,
    pub(crate) jumpoint: Option<String>,
}

/// A session that begins.
struct NewSession {
    short_key: String,
    queue: Queue,
    jumpoint: Option<String>,
    attributes: BTreeMap<String, String>,
    customer: Party,
}

/// Why a customer cannot start a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinRefusal {
    /// No such key.
    Unknown,
    /// The key's time is over.
    Expired,
}

impl JoinRefusal {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "The session key is not valid.",
            Self::Expired => "The session key has expired.",
        }
    }
}

/// What the customer says of themselves.
#[derive(Debug, Clone, Default)]
pub(crate) struct CustomerDetails {
    pub(crate) name: Option<String>,
    pub(crate) hostname: Option<String>,
}

impl State {
    fn next_party(&mut self, name: String, hostname: String, os: &str) -> Party {
        let gsnumber = self.next_gsnumber;
        self.next_gsnumber += 1;
        Party {
            gsnumber,
            name,
            hostname,
            os: os.to_owned(),
            public_ip: format!(
                "198.51.100.{}:{}",
                1 + self.chance.below(250),
                49152 + self.chance.below(9999)
            ),
            private_ip: format!("192.168.{}.{}", self.chance.below(4), 10 + self.chance.below(200)),
        }
    }

    /// Starts a session from a key and lets the key's representative in, if they are logged in.
    pub(crate) fn start_session(
        &mut self,
        key: &str,
        customer: CustomerDetails,
    ) -> Result<&mut Session, JoinRefusal> {
        let now = self.now();
        let key = self.key_mut(key).ok_or(JoinRefusal::Unknown)?;
        if key.expires <= now {
            return Err(JoinRefusal::Expired);
        }
        key.sessions_started += 1;
        let key = key.clone();
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let name = filled(customer.name).unwrap_or_else(|| "Customer".to_owned());
        let hostname = filled(customer.hostname).unwrap_or_else(|| {
            format!("DESKTOP-{}", self.chance.text(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 7))
        });
        let customer = self.next_party(name, hostname, "Windows 11 Pro (64-bit)");
        let lsid = self.begin_session(NewSession {
            short_key: key.short_key,
            queue: key.queue.clone(),
            jumpoint: None,
            attributes: key.attributes,
            customer,
        });
        if let Queue::Rep(id) = key.queue {
            self.join_representative(&lsid, id);
        }
        self.session_mut(&lsid).ok_or(JoinRefusal::Unknown)
    }

    /// Starts a session of a customer who chose the representative on the public site: no key, and
    /// so nothing that a key could carry.
    pub(crate) fn start_walk_in(
        &mut self,
        representative: &str,
        customer: CustomerDetails,
    ) -> Option<String> {
        let rep = self.representative(representative)?;
        let (id, _) = (rep.id, rep.logged_in_since?);
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let name = filled(customer.name).unwrap_or_else(|| "Customer".to_owned());
        let hostname = filled(customer.hostname).unwrap_or_else(|| "WALK-IN".to_owned());
        let customer = self.next_party(name, hostname, "Windows 11 Pro (64-bit)");
        let new = NewSession {
            short_key: String::new(),
            queue: Queue::Rep(id),
            jumpoint: None,
            attributes: BTreeMap::new(),
            customer,
        };
        let lsid = self.begin_session(new);
        self.join_representative(&lsid, id).then_some(lsid)
    }

    /// Starts a session with a computer that a representative jumps to.
    pub(crate) fn start_jump(
        &mut self,
        representative: &str,
        to: JumpTarget,
        attributes: BTreeMap<String, String>,
    ) -> Option<String> {
        let id = self.representative(representative)?.id;
        let customer = self.next_party(to.name, to.hostname, to.os);
        let new = NewSession {
            short_key: String::new(),
            queue: Queue::Rep(id),
            jumpoint: to.jumpoint,
            attributes: attributes.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            customer,
        };
        let lsid = self.begin_session(new);
        self.join_representative(&lsid, id).then_some(lsid)
    }

    fn begin_session(&mut self, new: NewSession) -> String {
        let now = self.now();
        let mut session = Session {
            lsid: self.chance.hex(32),
            lseq: u32::try_from(self.sessions.len()).unwrap_or(u32::MAX).saturating_add(1),
            short_key: new.short_key,
            queue: new.queue,
            jumpoint: new.jumpoint,
            start: now,
            end: None,
            attributes: new.attributes,
            customer: new.customer,
            representatives: Vec::new(),
            events: Vec::new(),
            bulk_chat: 0,
            recorded: false,
            shells: 0,
            teams: Vec::new(),
            surveys: Vec::new(),
        };
        session.record(now, "Session Start", Performer::system(), Vec::new());
        let by = Performer::customer(&session.customer);
        let data = vec![
            ("public_name", session.customer.name.clone()),
            ("hostname", session.customer.hostname.clone()),
            ("os", session.customer.os.clone()),
        ];
        session.record(now, "Conference Member Added", by, data);
        let lsid = session.lsid.clone();
        self.sessions.push(session);
        lsid
    }

    /// Lets a logged-in representative into a running session; the first one owns it.
    pub(crate) fn join_representative(&mut self, lsid: &str, id: u32) -> bool {
        let now = self.now();
        let Some(rep) = self.representative_by_id(id).filter(|rep| rep.logged_in_since.is_some())
        else {
            return false;
        };
        let rep = rep.clone();
        let party = self.next_party(
            rep.public_name.clone(),
            rep.hostname.clone(),
            "Windows 11 Pro (64-bit)",
        );
        let Some(session) = self.running_session_mut(lsid) else {
            return false;
        };
        let by = Performer::representative(&party);
        let data = vec![
            ("username", rep.username.clone()),
            ("user_id", rep.id.to_string()),
            ("private_name", rep.private_name.clone()),
            ("public_name", rep.public_name.clone()),
        ];
        session.record(now, "Conference Member Added", by, data);
        let owner = session.representatives.is_empty();
        session.representatives.push(SessionRep {
            id: rep.id,
            username: rep.username,
            private_name: rep.private_name,
            joined: now,
            left: None,
            owner,
            party,
        });
        true
    }
}
