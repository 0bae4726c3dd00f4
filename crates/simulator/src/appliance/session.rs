//! A session: who takes part, what happens in it, and how it goes from hand to hand.

use std::collections::BTreeMap;

use serde::Serialize;

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

    pub(super) fn record(
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
