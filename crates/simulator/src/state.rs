//! The one world behind all servers: clock, chance, faults, appliance and org.
//!
//! Everything lives in memory behind one lock that no request holds across an await. The rules of
//! how sessions start and end are here; what they look like on the wire is not.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

use crate::calls::Call;
use crate::console::Run;
use crate::faults::{FaultName, FaultSwitch, Faults};
use crate::org::Org;

/// What every handler gets: the world and where the servers listen.
#[derive(Debug)]
pub(crate) struct Simulation {
    world: Mutex<World>,
    pub(crate) places: Places,
    started: Instant,
}

/// The handle that handlers share.
pub(crate) type Shared = Arc<Simulation>;

/// The ports that the servers listen on and the callbacks that the app has registered.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) appliance_port: u16,
    pub(crate) org_port: u16,
    pub(crate) control_port: u16,
    pub(crate) redirect_ports: Vec<u16>,
    pub(crate) components: Option<PathBuf>,
}

impl Places {
    pub(crate) fn appliance_host(&self) -> String {
        format!("localhost:{}", self.appliance_port)
    }

    pub(crate) fn org_url(&self) -> String {
        format!("https://localhost:{}", self.org_port)
    }

    pub(crate) fn control_url(&self) -> String {
        format!("https://localhost:{}", self.control_port)
    }
}

impl Simulation {
    pub(crate) fn new(world: World, places: Places) -> Shared {
        Arc::new(Self { world: Mutex::new(world), places, started: Instant::now() })
    }

    /// How long the simulator has been running, in milliseconds.
    pub(crate) fn age_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }

    /// Locks the world. A panic in one request does not end the simulator.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that changes.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) faults: Faults,
    pub(crate) appliance: Appliance,
    pub(crate) org: Org,
    pub(crate) calls: Vec<Call>,
    clock_offset: i64,
}

impl World {
    pub(crate) fn new(chance: Chance, appliance: Appliance, org: Org) -> Self {
        Self {
            chance,
            faults: Faults::default(),
            appliance,
            org,
            calls: Vec::new(),
            clock_offset: 0,
        }
    }

    /// The time in Unix seconds, as far as it was advanced.
    pub(crate) fn now(&self) -> i64 {
        Timestamp::now().as_second() + self.clock_offset
    }

    /// The time as a timestamp, as far as it was advanced.
    pub(crate) fn timestamp(&self) -> Timestamp {
        at(self.now())
    }

    /// The appliance's own idea of the time.
    pub(crate) fn appliance_now(&self) -> i64 {
        let skew = self.faults.get(FaultName::ClockSkew).map_or(0, |f| f.seconds.unwrap_or(900));
        self.now() + skew
    }

    /// Lets time pass.
    pub(crate) fn advance(&mut self, seconds: i64) {
        self.clock_offset += seconds;
    }

    /// Turns a fault, and lets it happen if it is an event.
    pub(crate) fn switch(&mut self, switch: FaultSwitch) {
        if switch.on {
            if switch.name == FaultName::TokenExpiredNow {
                self.appliance.tokens.clear();
            } else if switch.name == FaultName::SessionExpired {
                self.org.grants.expire_access_tokens();
            } else if switch.name == FaultName::RefreshRevoked {
                self.org.grants.revoke_all();
            }
            if switch.name.is_event() && switch.count.is_none() {
                return;
            }
        }
        self.faults.set(switch);
    }
}

/// A Unix time as a timestamp; out of range reads as the epoch.
pub(crate) fn at(unix: i64) -> Timestamp {
    Timestamp::from_second(unix).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The one source of random values, so that a seed gives the same world again.
#[derive(Debug)]
pub(crate) struct Chance(StdRng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// `len` characters out of `alphabet`.
    pub(crate) fn text(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// `len` hexadecimal digits.
    pub(crate) fn hex(&mut self, len: usize) -> String {
        self.text(b"0123456789abcdef", len)
    }

    /// `len` letters and digits.
    pub(crate) fn word(&mut self, len: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", len)
    }

    /// `len` decimal digits, the first not zero.
    pub(crate) fn digits(&mut self, len: usize) -> String {
        let head = self.text(b"123456789", 1);
        head + &self.text(b"0123456789", len.saturating_sub(1))
    }

    /// One of the items. Panics on an empty slice.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.0.random_range(0..items.len())]
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: i64) -> i64 {
        self.0.random_range(0..end)
    }
}

/// How many tokens of an API account are valid at a time.
const TOKEN_RING: usize = 30;

/// The appliance.
#[derive(Debug, Serialize)]
pub(crate) struct Appliance {
    pub(crate) guid: String,
    pub(crate) client_id: String,
    #[serde(skip)]
    pub(crate) client_secret: String,
    #[serde(skip)]
    pub(crate) tokens: VecDeque<Token>,
    pub(crate) logins: u32,
    pub(crate) representatives: Vec<Representative>,
    #[serde(skip)]
    pub(crate) keys: Vec<SessionKey>,
    #[serde(skip)]
    pub(crate) sessions: Vec<Session>,
    #[serde(skip)]
    pub(crate) recent_calls: VecDeque<i64>,
    #[serde(skip)]
    pub(crate) jump_items: Vec<JumpItem>,
    #[serde(skip)]
    pub(crate) jumpoints: Vec<String>,
    #[serde(skip)]
    pub(crate) console_runs: Vec<Run>,
    #[serde(skip)]
    next_gsnumber: u32,
}

/// A token of the API account.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) expires: i64,
}

/// A representative as the appliance knows them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Representative {
    pub(crate) id: u32,
    pub(crate) username: String,
    pub(crate) public_name: String,
    pub(crate) private_name: String,
    pub(crate) hostname: String,
    pub(crate) logged_in_since: Option<i64>,
    /// Logged in to the web console, which excludes the other one.
    pub(crate) web_console: bool,
}

/// Something to jump to.
#[derive(Debug, Clone)]
pub(crate) struct JumpItem {
    pub(crate) name: String,
    pub(crate) hostname: String,
    pub(crate) private_ip: String,
    pub(crate) public_ip: String,
    pub(crate) tag: String,
    pub(crate) comments: String,
    /// A client is installed there; else it is a shortcut.
    pub(crate) is_client: bool,
}

/// Where a jump goes.
#[derive(Debug)]
pub(crate) struct JumpTarget {
    pub(crate) name: String,
    pub(crate) hostname: String,
    pub(crate) os: &'static str,
    pub(crate) jumpoint: Option<String>,
}

/// Where a key or a session waits for a representative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Queue {
    /// Anybody's.
    General,
    /// One representative's, by id.
    Rep(u32),
    /// A support team's, by id.
    Team(u32),
    /// An issue's, by id.
    Issue(u32),
}

/// A session key. It can start sessions until it expires.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SessionKey {
    pub(crate) short_key: String,
    pub(crate) ak: String,
    pub(crate) key_url: String,
    pub(crate) queue: Queue,
    pub(crate) created: i64,
    pub(crate) expires: i64,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) sessions_started: u32,
}

/// Somebody at one end of a session.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Party {
    pub(crate) gsnumber: u32,
    pub(crate) name: String,
    pub(crate) hostname: String,
    pub(crate) os: String,
    pub(crate) public_ip: String,
    pub(crate) private_ip: String,
}

/// A representative's part in a session.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SessionRep {
    pub(crate) id: u32,
    pub(crate) username: String,
    pub(crate) private_name: String,
    pub(crate) joined: i64,
    pub(crate) left: Option<i64>,
    pub(crate) owner: bool,
    #[serde(flatten)]
    pub(crate) party: Party,
}

/// A support session, running or over.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Session {
    pub(crate) lsid: String,
    pub(crate) lseq: u32,
    pub(crate) short_key: String,
    pub(crate) queue: Queue,
    pub(crate) jumpoint: Option<String>,
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) customer: Party,
    pub(crate) representatives: Vec<SessionRep>,
    pub(crate) events: Vec<Event>,
    /// How many bytes of chat the report has besides, made up when it is asked for.
    pub(crate) bulk_chat: u64,
    pub(crate) recorded: bool,
    pub(crate) shells: u32,
    pub(crate) teams: Vec<String>,
    #[serde(skip)]
    pub(crate) surveys: Vec<Survey>,
}

/// An exit survey.
#[derive(Debug, Clone)]
pub(crate) struct Survey {
    /// A representative's, else the customer's.
    pub(crate) of_representative: bool,
    pub(crate) gsnumber: u32,
    pub(crate) name: String,
    /// When it was submitted: the report does not know it before.
    pub(crate) time: i64,
    /// Question and answer.
    pub(crate) answers: Vec<(String, String)>,
}

/// A session that begins.
struct NewSession {
    short_key: String,
    queue: Queue,
    jumpoint: Option<String>,
    attributes: BTreeMap<String, String>,
    customer: Party,
}

/// Something that happened in a session, as the report tells it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Event {
    pub(crate) time: i64,
    pub(crate) kind: &'static str,
    pub(crate) performed_by: Performer,
    pub(crate) data: Vec<(&'static str, String)>,
    pub(crate) destination: Option<Performer>,
    pub(crate) text: String,
    /// Name and size.
    pub(crate) files: Vec<(String, u64)>,
    pub(crate) system: Vec<SystemCategory>,
}

/// A part of what was found out about the customer's computer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SystemCategory {
    pub(crate) name: &'static str,
    pub(crate) headings: &'static [&'static str],
    pub(crate) rows: &'static [&'static [&'static str]],
}

impl Event {
    pub(crate) fn new(time: i64, kind: &'static str, performed_by: Performer) -> Self {
        Self {
            time,
            kind,
            performed_by,
            data: Vec::new(),
            destination: None,
            text: String::new(),
            files: Vec::new(),
            system: Vec::new(),
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Performer {
    pub(crate) kind: &'static str,
    pub(crate) gsnumber: u32,
    pub(crate) name: String,
}

impl Performer {
    pub(crate) fn system() -> Self {
        Self { kind: "system", gsnumber: 0, name: "System".to_owned() }
    }

    pub(crate) fn customer(party: &Party) -> Self {
        Self { kind: "customer", gsnumber: party.gsnumber, name: party.name.clone() }
    }

    pub(crate) fn representative(party: &Party) -> Self {
        Self { kind: "representative", gsnumber: party.gsnumber, name: party.name.clone() }
    }
}

/// The code name of the attribute that links a session to a case.
pub(crate) const EXTERNAL_KEY: &str = "external_key";

impl Session {
    pub(crate) fn external_key(&self) -> Option<&str> {
        self.attributes.get(EXTERNAL_KEY).map(String::as_str)
    }

    fn record(
        &mut self,
        time: i64,
        kind: &'static str,
        by: Performer,
        data: Vec<(&'static str, String)>,
    ) {
        self.events.push(Event { data, ..Event::new(time, kind, by) });
    }

    /// Sets an attribute; an empty value clears it.
    pub(crate) fn set_attribute(&mut self, time: i64, code: &str, value: &str) {
        if value.is_empty() {
            self.attributes.remove(code);
        } else {
            self.attributes.insert(code.to_owned(), value.to_owned());
        }
        if code == EXTERNAL_KEY {
            let data = vec![(EXTERNAL_KEY, value.to_owned())];
            self.record(time, "External Key", Performer::system(), data);
        }
    }

    /// Ends the session for everybody.
    pub(crate) fn finish(&mut self, time: i64, by: Performer) {
        for rep in &mut self.representatives {
            rep.left.get_or_insert(time);
        }
        self.record(time, "Session End", by, Vec::new());
        self.end = Some(time);
    }

    /// Makes a representative who takes part the owner.
    pub(crate) fn give_to(&mut self, time: i64, id: u32) -> bool {
        let here = |rep: &SessionRep| rep.id == id && rep.left.is_none();
        let Some(by) = self.representatives.iter().find(|rep| here(rep)) else { return false };
        let by = Performer::representative(&by.party);
        let owner = by.name.clone();
        for rep in &mut self.representatives {
            rep.owner = here(rep);
        }
        self.record(time, "Conference Owner Changed", by, vec![("owner", owner)]);
        true
    }

    /// A representative leaves; the session goes on, owned by who is there longest.
    pub(crate) fn representative_leaves(&mut self, time: i64, id: u32) -> bool {
        let here = |rep: &SessionRep| rep.left.is_none();
        let Some(rep) = self.representatives.iter_mut().find(|rep| rep.id == id && here(rep))
        else {
            return false;
        };
        rep.left = Some(time);
        let (by, owned) = (Performer::representative(&rep.party), rep.owner);
        self.record(time, "Conference Member Departed", by, Vec::new());
        let heir = self.representatives.iter().find(|rep| here(rep)).map(|rep| rep.id);
        if let (true, Some(heir)) = (owned, heir) {
            self.give_to(time, heir);
        }
        true
    }

    /// The customer leaves, which ends the session.
    pub(crate) fn customer_leaves(&mut self, time: i64) {
        let by = Performer::customer(&self.customer);
        self.record(time, "Conference Member Departed", by.clone(), Vec::new());
        self.finish(time, by);
    }
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

impl Appliance {
    pub(crate) fn new(chance: &mut Chance, representatives: Vec<Representative>) -> Self {
        Self {
            guid: chance.hex(32),
            client_id: chance.hex(32),
            client_secret: chance.word(40),
            tokens: VecDeque::new(),
            logins: 0,
            representatives,
            keys: Vec::new(),
            sessions: Vec::new(),
            recent_calls: VecDeque::new(),
            jump_items: Vec::new(),
            jumpoints: Vec::new(),
            console_runs: Vec::new(),
            next_gsnumber: 1,
        }
    }

    /// Adds a token; the oldest leaves when the ring is full.
    pub(crate) fn add_token(&mut self, token: Token) {
        self.logins += 1;
        self.tokens.push_back(token);
        while self.tokens.len() > TOKEN_RING {
            self.tokens.pop_front();
        }
    }

    pub(crate) fn has_token(&self, text: &str, now: i64) -> bool {
        self.tokens.iter().any(|token| token.text == text && token.expires > now)
    }

    pub(crate) fn representative(&self, username: &str) -> Option<&Representative> {
        self.representatives.iter().find(|rep| rep.username.eq_ignore_ascii_case(username))
    }

    pub(crate) fn representative_mut(&mut self, username: &str) -> Option<&mut Representative> {
        self.representatives.iter_mut().find(|rep| rep.username.eq_ignore_ascii_case(username))
    }

    fn representative_by_id(&self, id: u32) -> Option<&Representative> {
        self.representatives.iter().find(|rep| rep.id == id)
    }

    /// Whether somebody can take a session from the queue now.
    pub(crate) fn is_available(&self, queue: &Queue) -> bool {
        match queue {
            Queue::Rep(id) => {
                self.representative_by_id(*id).is_some_and(|rep| rep.logged_in_since.is_some())
            }
            Queue::General | Queue::Team(_) | Queue::Issue(_) => {
                self.representatives.iter().any(|rep| rep.logged_in_since.is_some())
            }
        }
    }

    /// Adds a representative who is logged in.
    pub(crate) fn hire(&mut self, username: &str, now: i64) {
        let last = self.representatives.iter().map(|rep| rep.id).max().unwrap_or(0);
        self.representatives.push(Representative {
            id: last + 1,
            username: username.to_owned(),
            public_name: username.to_owned(),
            private_name: username.to_owned(),
            hostname: format!("DESK-{username}").to_uppercase(),
            logged_in_since: Some(now),
            web_console: false,
        });
    }

    /// Finds a key by its short form (with or without spaces) or by its address.
    pub(crate) fn key_mut(&mut self, short_key_or_url: &str) -> Option<&mut SessionKey> {
        let text: String = short_key_or_url.chars().filter(|c| !c.is_whitespace()).collect();
        let ak = text.split_once("?ak=").map(|(_, ak)| ak.to_ascii_lowercase());
        self.keys.iter_mut().rev().find(|key| match &ak {
            Some(ak) => key.ak == *ak,
            None => key.short_key == text || key.ak == text,
        })
    }

    pub(crate) fn session_mut(&mut self, lsid: &str) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.lsid.eq_ignore_ascii_case(lsid))
    }

    /// A session that is not over.
    pub(crate) fn running_session_mut(&mut self, lsid: &str) -> Option<&mut Session> {
        self.session_mut(lsid).filter(|session| session.end.is_none())
    }

    fn next_party(
        &mut self,
        chance: &mut Chance,
        name: String,
        hostname: String,
        os: &str,
    ) -> Party {
        let gsnumber = self.next_gsnumber;
        self.next_gsnumber += 1;
        Party {
            gsnumber,
            name,
            hostname,
            os: os.to_owned(),
            public_ip: format!(
                "198.51.100.{}:{}",
                1 + chance.below(250),
                49152 + chance.below(9999)
            ),
            private_ip: format!("192.168.{}.{}", chance.below(4), 10 + chance.below(200)),
        }
    }

    /// Starts a session from a key and lets the key's representative in, if they are logged in.
    pub(crate) fn start_session(
        &mut self,
        chance: &mut Chance,
        now: i64,
        key: &str,
        customer: CustomerDetails,
    ) -> Result<&mut Session, JoinRefusal> {
        let key = self.key_mut(key).ok_or(JoinRefusal::Unknown)?;
        if key.expires <= now {
            return Err(JoinRefusal::Expired);
        }
        key.sessions_started += 1;
        let key = key.clone();
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let name = filled(customer.name).unwrap_or_else(|| "Customer".to_owned());
        let hostname = filled(customer.hostname).unwrap_or_else(|| {
            format!("DESKTOP-{}", chance.text(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 7))
        });
        let customer = self.next_party(chance, name, hostname, "Windows 11 Pro (64-bit)");
        let lsid = self.begin_session(
            chance,
            now,
            NewSession {
                short_key: key.short_key,
                queue: key.queue.clone(),
                jumpoint: None,
                attributes: key.attributes,
                customer,
            },
        );
        if let Queue::Rep(id) = key.queue {
            self.join_representative(chance, now, &lsid, id);
        }
        self.session_mut(&lsid).ok_or(JoinRefusal::Unknown)
    }

    /// Starts a session of a customer who chose the representative on the public site: no key, and
    /// so nothing that a key could carry.
    pub(crate) fn start_walk_in(
        &mut self,
        chance: &mut Chance,
        now: i64,
        representative: &str,
        customer: CustomerDetails,
    ) -> Option<String> {
        let rep = self.representative(representative)?;
        let (id, _) = (rep.id, rep.logged_in_since?);
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let name = filled(customer.name).unwrap_or_else(|| "Customer".to_owned());
        let hostname = filled(customer.hostname).unwrap_or_else(|| "WALK-IN".to_owned());
        let customer = self.next_party(chance, name, hostname, "Windows 11 Pro (64-bit)");
        let new = NewSession {
            short_key: String::new(),
            queue: Queue::Rep(id),
            jumpoint: None,
            attributes: BTreeMap::new(),
            customer,
        };
        let lsid = self.begin_session(chance, now, new);
        self.join_representative(chance, now, &lsid, id).then_some(lsid)
    }

    /// Starts a session with a computer that a representative jumps to.
    pub(crate) fn start_jump(
        &mut self,
        chance: &mut Chance,
        now: i64,
        representative: &str,
        to: JumpTarget,
        attributes: BTreeMap<String, String>,
    ) -> Option<String> {
        let id = self.representative(representative)?.id;
        let customer = self.next_party(chance, to.name, to.hostname, to.os);
        let new = NewSession {
            short_key: String::new(),
            queue: Queue::Rep(id),
            jumpoint: to.jumpoint,
            attributes: attributes.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            customer,
        };
        let lsid = self.begin_session(chance, now, new);
        self.join_representative(chance, now, &lsid, id).then_some(lsid)
    }

    fn begin_session(&mut self, chance: &mut Chance, now: i64, new: NewSession) -> String {
        let mut session = Session {
            lsid: chance.hex(32),
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
    pub(crate) fn join_representative(
        &mut self,
        chance: &mut Chance,
        now: i64,
        lsid: &str,
        id: u32,
    ) -> bool {
        let Some(rep) = self.representative_by_id(id).filter(|rep| rep.logged_in_since.is_some())
        else {
            return false;
        };
        let rep = rep.clone();
        let party = self.next_party(
            chance,
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
