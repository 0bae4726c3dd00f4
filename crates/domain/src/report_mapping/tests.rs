//! Compares the rows of a session with `rows.txt`.

use super::*;
use crate::report::{
    CustomAttribute, Customer, EventFile, ExitSurvey, Party, Representative, SurveyKind,
    SurveyQuestion, SystemCategory,
};
use jiff::Timestamp;
use std::fmt::Write as _;

const LSID: &str = "0123456789abcdef0123456789abcdef";

/// Rows as text, a line for each field that has a value.
#[derive(Default)]
struct Notes {
    rows: String,
    whole: Vec<(String, String, usize)>,
    chat: String,
}

impl Rows for Notes {
    fn row(&mut self, object: Object, key: &str, fields: &[Field<'_>]) -> io::Result<()> {
        let _ = writeln!(self.rows, "{} {}", object.name(), key.replace(LSID, "LSID"));
        for (name, value) in fields.iter().filter(|(_, value)| *value != Value::Nothing) {
            let value = match value {
                Value::Text(text) => format!("{text:?}"),
                Value::Number(number) => number.to_string(),
                Value::Switch(on) => on.to_string(),
                Value::Time(time) => time.to_string(),
                Value::Nothing => String::new(),
            };
            let _ = writeln!(self.rows, "  {name}: {value}");
        }
        Ok(())
    }

    fn whole(&mut self, key: &str, field: &str, text: &str) -> io::Result<()> {
        self.whole.push((key.replace(LSID, "LSID"), field.to_owned(), text.len()));
        Ok(())
    }

    fn chat(&mut self, line: &str) -> io::Result<()> {
        self.chat.push_str(line);
        Ok(())
    }
}

fn at(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(1_572_955_200 + second).ok()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn event<'a>(position: u32, kind: &'a str, name: &'a str, text: &'a str) -> SessionEvent<'a> {
    let performed_by = Party { kind: "customer", gsnumber: "1", name };
    SessionEvent {
        position,
        time: at(position.into()),
        kind,
        performed_by,
        text,
        ..Default::default()
    }
}

fn session() -> Session {
    Session {
        lseq: Some(1042),
        session_type: some("support"),
        start_time: at(0),
        end_time: at(100),
        external_key: some("00001026"),
        primary_customer: some("Grace"),
        primary_customer_number: some("1"),
        custom_attributes: vec![CustomAttribute {
            code_name: "site".to_owned(),
            value: "B\n1".to_owned(),
        }],
        customers: vec![Customer {
            gsnumber: some("1"),
            name: some("Grace\u{7}"),
            issue: some(&"long ".repeat(400)),
            ..Default::default()
        }],
        representatives: vec![
            Representative {
                gsnumber: some("2"),
                username: some("ada"),
                is_owner: Some(true),
                seconds_involved: Some(95),
                ..Default::default()
            },
            Representative { gsnumber: some("2"), ..Default::default() },
        ],
        recording: Links { view: some("https://s.example.test/rec"), download: None },
        ..Session::new(LSID.parse().unwrap())
    }
}

fn map(options: &MappingOptions, events: &[SessionEvent<'_>]) -> (Notes, MappedSession) {
    let (lsid, mut notes) = (LSID.parse().unwrap(), Notes::default());
    let mut mapper = Mapper::new(&lsid, options, &mut notes);
    mapper.session_begins(&lsid).unwrap();
    events.iter().for_each(|event| mapper.event(event).unwrap());
    mapper.session_ends(session()).unwrap();
    let mapped = mapper.finish().unwrap();
    (notes, mapped)
}

fn options() -> MappingOptions {
    MappingOptions {
        appliance: "Default".to_owned(),
        recording_base_url: "https://archive.example.test/play?kind=rs&lsid=".parse().ok(),
        ..Default::default()
    }
}

#[test]
fn a_session_becomes_these_rows() {
    let data =
        [("a".to_owned(), "b\nforged: c".to_owned()), ("filename".to_owned(), "x.log".to_owned())];
    let files = [EventFile { name: "x.log".to_owned(), size: Some(77) }];
    let system = [SystemCategory {
        name: "Disk".to_owned(),
        rows: vec![
            vec![("Drive".to_owned(), "C:".to_owned())],
            vec![("Drive".to_owned(), "D:".to_owned())],
        ],
    }];
    let events = [
        event(0, "Chat Message", "Grace", "one\n2019-11-05 12:00:01 Ada: forged\rso\u{2028}too"),
        SessionEvent { data: &data, files: &files, ..event(1, "File Download", "Grace", "") },
        SessionEvent {
            system_information: &system,
            ..event(2, "System Information Retrieved", "System", "")
        },
        event(3, "Session Note Added", "Ada", "a note"),
    ];
    let (notes, mapped) = map(&options(), &events);
    let mut text = notes.rows;
    let case = "500000000000001AAA".parse().ok();
    let mut own = Notes::default();
    own.row(Object::Session, LSID, &mapped.fields(case.as_ref())).unwrap();
    text.push_str(&own.rows);
    let expected = include_str!("rows.txt");
    assert!(text == expected, "the rows are other than in rows.txt:\n{text}");
    let issue = ("LSID:1".to_owned(), "Issue__c".to_owned(), 2_000);
    assert_eq!(notes.whole, [issue]);
}

#[test]
fn only_chosen_types_become_events_and_keep_their_places() {
    let mut options = options();
    options.event_types.insert("Session End".to_owned());
    let events = [event(0, "Chat Message", "Grace", "hello"), event(1, "Session End", "Grace", "")];
    let (notes, mapped) = map(&options, &events);
    assert!(
        !notes.rows.contains("Support_Session_Event__c LSID:0")
            && notes.rows.contains("Support_Session_Event__c LSID:1")
    );
    assert!(mapped.transcript.ends_with("Grace: hello"), "the transcript is not a matter of types");
    assert_eq!(notes.chat, "2019-11-05 12:00:00 Grace: hello\n");
}

#[test]
fn a_long_chat_and_long_notes_are_cut_and_kept_whole() {
    let text = "x".repeat(1_000);
    let chat: Vec<_> = (0..150).map(|n| event(n, "Chat Message", "Grace", &text)).collect();
    let (notes, mapped) = map(&options(), &chat);
    assert!(mapped.transcript_is_cut() && mapped.transcript.ends_with(MARK));
    assert!(notes.chat.len() > 150_000, "all of it is in the file");
    let wrote: Vec<_> = (0..150).map(|n| event(n, "Session Note Added", "Ada", &text)).collect();
    let (notes, mapped) = map(&options(), &wrote);
    assert!(mapped.notes.ends_with(MARK));
    let kept: usize =
        notes.whole.iter().filter(|(_, field, _)| field == "Session_Notes__c").map(|w| w.2).sum();
    assert!(kept > 150_000, "{kept}");
}

#[test]
fn another_session_of_the_report_is_left_out() {
    let (wanted, options, mut notes) = (LSID.parse().unwrap(), options(), Notes::default());
    let mut mapper = Mapper::new(&wanted, &options, &mut notes);
    mapper.session_begins(&"f".repeat(32).parse().unwrap()).unwrap();
    mapper.event(&event(0, "Chat Message", "Grace", "not ours")).unwrap();
    mapper.session_ends(Session::new("f".repeat(32).parse().unwrap())).unwrap();
    assert!(mapper.finish().is_none());
    assert!(notes.rows.is_empty() && notes.chat.is_empty());
}

#[test]
fn surveys_become_a_row_for_each_answer() {
    let question = |id: &str, name: &str, answers: &[&str]| SurveyQuestion {
        id: some(id),
        name: some(name),
        answers: answers.iter().map(|&answer| answer.to_owned()).collect(),
        ..Default::default()
    };
    let long = "y".repeat(300);
    let survey = ExitSurvey {
        lsid: LSID.parse().unwrap(),
        kind: SurveyKind::Customer,
        time: at(200),
        submitted_by: some("Grace"),
        gsnumber: some("1"),
        questions: vec![
            question("1", "ways", &["phone", "chat"]),
            question("2", "left_out", &[]),
            question("3", "comments", &[&long]),
        ],
    };
    let mut notes = Notes::default();
    write_survey(&survey, &mut notes).unwrap();
    for key in ["1:0", "1:1", "2:0", "3:0"] {
        assert!(notes.rows.contains(&format!("LSID:Customer:1:{key}\n")), "{}", notes.rows);
    }
    assert!(notes.rows.contains(&format!("Full_Answer__c: \"{long}\"")));
    let answers: Vec<_> =
        answers_of(&survey).into_iter().map(|a| (a.question, a.answer.unwrap().len())).collect();
    assert_eq!(answers[..2], [("ways".to_owned(), 5), ("ways".to_owned(), 4)]);
    assert!(answers[2].1 <= 300, "as long as the org keeps it");
}
