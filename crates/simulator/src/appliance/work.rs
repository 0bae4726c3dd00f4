//! What people do in a session: talk, send files, write notes, look at the computer, and answer a
//! survey afterwards. All of it is made up, the same for the same session.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::session::{Event, Performer, Session, Survey, SystemCategory};
use super::state::State;
use super::xml::escape;
use crate::common::deed::{Deed, Impossible};
use crate::common::site::Site;

/// A session in which something happens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SessionWork {
    /// The session; it may be over.
    pub lsid: String,
    /// Lines of chat (6).
    #[serde(default)]
    pub chat: Option<u32>,
    /// Bytes of further chat, which are made up when the report is asked for.
    #[serde(default)]
    pub chat_bytes: u64,
    /// A text that the customer says, writes as a file's name, and that a note quotes.
    #[serde(default)]
    pub says: Option<String>,
}

impl Deed for SessionWork {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let now = state.now();
        let session = state.session_mut(&self.lsid);
        let session = session.ok_or_else(|| Impossible("no such session".to_owned()))?;
        let time = session.end.unwrap_or(now);
        session.bulk_chat = self.chat_bytes;
        session.recorded = true;
        session.shells = 1;
        session.teams = vec!["First line".to_owned(), "Printers".to_owned()];
        session.attributes.insert("site_code".to_owned(), "B1".to_owned());
        let end = session.events.iter().position(|event| event.kind == "Session End");
        let at = end.unwrap_or(session.events.len());
        let events = events(session, &self, time);
        session.events.splice(at..at, events);
        Ok(json!({ "lsid": session.lsid }))
    }
}

const SYSTEM: [SystemCategory; 2] = [
    SystemCategory {
        name: "Disk",
        headings: &["Drive", "File System", "Free"],
        rows: &[&["C:", "NTFS", "81 GB"], &["D:", "NTFS", "12 GB"]],
    },
    SystemCategory { name: "Memory", headings: &["Total"], rows: &[&["16 GB"]] },
];

fn events(session: &Session, work: &SessionWork, time: i64) -> Vec<Event> {
    let customer = Performer::customer(&session.customer);
    let rep = session.representatives.first();
    let rep = rep.map_or_else(Performer::system, |rep| Performer::representative(&rep.party));
    let by = |kind: &'static str, who: &Performer| Event::new(time, kind, who.clone());
    let says = work.says.clone().unwrap_or_else(|| "The printer says PC LOAD LETTER.".to_owned());
    let mut all = vec![Event {
        text: "Welcome. A representative will be with you shortly.".to_owned(),
        performed_by: Performer { name: "Bomgar".to_owned(), ..Performer::system() },
        ..by("Chat Message", &rep)
    }];
    all.extend((0..work.chat.unwrap_or(6)).map(|nth| {
        let (who, to, text) = match nth % 2 {
            0 => (&customer, &rep, says.clone()),
            _ => (&rep, &customer, format!("I see. Step {nth} is done.")),
        };
        Event { text, destination: Some(to.clone()), ..by("Chat Message", who) }
    }));
    all.push(Event {
        data: vec![("filename", "driver-4.2.exe".to_owned()), ("filesize", "2097152".to_owned())],
        destination: Some(customer.clone()),
        ..by("File Upload", &rep)
    });
    let name = work.says.clone().unwrap_or_else(|| "trace.log".to_owned());
    all.push(Event { files: vec![(name, 7_741)], ..by("File Download", &customer) });
    all.push(Event {
        text: format!("Installed the driver. The customer said: {says}"),
        ..by("Session Note Added", &rep)
    });
    all.push(Event {
        system: SYSTEM.to_vec(),
        ..by("System Information Retrieved", &Performer::system())
    });
    all.push(Event {
        data: vec![("instance", "0".to_owned())],
        ..by("Command Shell Session Started", &rep)
    });
    all.push(Event {
        data: vec![("exeName", "printui.exe".to_owned()), ("windowName", "Printer".to_owned())],
        ..by("Session Foreground Window Changed", &customer)
    });
    all
}

/// A survey that somebody fills in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SurveyAnswered {
    /// The session.
    pub lsid: String,
    /// The representative's, else the customer's.
    #[serde(default)]
    pub representative: bool,
    /// Question and answer, by the question's field name.
    #[serde(default)]
    pub answers: Vec<(String, String)>,
    /// So many seconds from now; the report does not know it before.
    #[serde(default)]
    pub after_seconds: i64,
}

impl Deed for SurveyAnswered {
    type To = Site<State>;

    fn act(self, site: &Site<State>) -> Result<Value, Impossible> {
        let mut state = site.lock();
        let time = state.now() + self.after_seconds;
        let session = state.session_mut(&self.lsid);
        let session = session.ok_or_else(|| Impossible("no such session".to_owned()))?;
        let party = match session.representatives.first() {
            Some(rep) if self.representative => &rep.party,
            _ => &session.customer,
        };
        let survey = Survey {
            of_representative: self.representative,
            gsnumber: party.gsnumber,
            name: party.name.clone(),
            time,
            answers: self.answers,
        };
        session.surveys.push(survey);
        Ok(json!({ "lsid": session.lsid }))
    }
}

/// As many bytes of chat as the report is to have besides, one event after the other.
pub(super) fn bulk_chat(session: &Session) -> String {
    let mut text = String::new();
    write_chat(&mut text, session.bulk_chat, session.start, &session.customer.name);
    text
}

/// Writes `bytes` of chat events or a little more.
pub(crate) fn write_chat(out: &mut String, bytes: u64, start: i64, name: &str) {
    use std::fmt::Write as _;
    let name = escape(name);
    let (from, mut nth) = (out.len() as u64, 0_u64);
    while (out.len() as u64) - from < bytes {
        let _ = write!(
            out,
            "\t\t\t<event timestamp=\"{}\" event_type=\"Chat Message\">\n\
             \t\t\t\t<performed_by type=\"customer\" gsnumber=\"1\">{name}</performed_by>\n\
             \t\t\t\t<destination type=\"representative\" gsnumber=\"2\">Ada</destination>\n\
             \t\t\t\t<body>Line {nth}: the light on the left blinks, the one on the right does not, and \
             the paper tray is in &amp; closed.</body>\n\t\t\t</event>\n",
            start + i64::try_from(nth).unwrap_or(0),
        );
        nth += 1;
    }
}

/// A whole report with about so many bytes of chat, for those who measure readers.
pub(crate) fn sample_report(chat_bytes: u64) -> String {
    let lsid = "0123456789abcdef0123456789abcdef";
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n\n\
         <session_list xmlns=\"https://www.beyondtrust.com/namespaces/API/reporting\">\n\
         \t<session lsid=\"{lsid}\">\n\t\t<session_type>support</session_type>\n\t\t<lseq>7</lseq>\n\
         \t\t<start_time timestamp=\"1572955200\">2019-11-05T12:00:00+00:00</start_time>\n\
         \t\t<end_time timestamp=\"1572958800\">2019-11-05T13:00:00+00:00</end_time>\n\
         \t\t<external_key>00001026</external_key>\n\t\t<session_details>\n",
    );
    write_chat(&mut text, chat_bytes, 1_572_955_200, "Rosa Marin");
    text.push_str("\t\t</session_details>\n\t</session>\n</session_list>\n");
    text
}
