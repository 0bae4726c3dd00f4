//! What the appliance knows: its API account, its representatives, keys, sessions and Jump Items, and
//! the rules of how sessions start. What they look like on the wire is not here.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::Serialize;

use super::session::{Queue, Session};
use crate::common::chance::Chance;
use crate::common::faults::{FaultName, Faults};
use crate::common::site::{Common, Site};

/// The handle that handlers share.
pub(crate) type Shared = Arc<Site<State>>;

/// How many tokens of an API account are valid at a time.
const TOKEN_RING: usize = 30;

/// The appliance.
#[derive(Debug, Serialize)]
pub(crate) struct State {
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
    pub(super) next_gsnumber: u32,
    #[serde(skip)]
    pub(crate) chance: Chance,
    #[serde(skip)]
    pub(crate) common: Arc<Common>,
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

impl State {
    pub(crate) fn new(
        mut chance: Chance,
        common: Arc<Common>,
        representatives: Vec<Representative>,
    ) -> Self {
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
            next_gsnumber: 1,
            chance,
            common,
        }
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.common.faults
    }

    /// The appliance's own idea of the time.
    pub(crate) fn now(&self) -> i64 {
        let skew = self.faults().get(FaultName::ClockSkew).map_or(0, |f| f.seconds.unwrap_or(900));
        self.common.clock.now() + skew
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

    pub(super) fn representative_by_id(&self, id: u32) -> Option<&Representative> {
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
    pub(crate) fn hire(&mut self, username: &str) {
        let now = self.now();
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
}
