//! Valid reports, and reports that must be refused.

use super::*;
use casebridge_domain::report::{Links, Named, SessionEvent};
use std::fmt::Write as _;

/// The whole report, with its events as text.
#[derive(Default)]
struct Notes {
    events: Vec<String>,
    sessions: Vec<Session>,
}

impl ReportSink for Notes {
    fn session_begins(&mut self, _: &Lsid) -> io::Result<()> {
        Ok(())
    }

    fn event(&mut self, event: &SessionEvent<'_>) -> io::Result<()> {
        let by = event.performed_by;
        let mut line =
            format!("{} {} [{}/{}/{}]", event.position, event.kind, by.kind, by.gsnumber, by.name);
        if !event.destination.name.is_empty() {
            let _ = write!(line, " to {}", event.destination.name);
        }
        if !event.text.is_empty() {
            let _ = write!(line, " {:?}", event.text);
        }
        for (name, value) in event.data {
            let _ = write!(line, " {name}={value}");
        }
        for file in event.files {
            let _ = write!(line, " ({}, {:?})", file.name, file.size);
        }
        for category in event.system_information {
            let _ = write!(line, " {}: {:?}", category.name, category.rows);
        }
        self.events.push(line);
        Ok(())
    }

    fn session_ends(&mut self, session: Session) -> io::Result<()> {
        self.sessions.push(session);
        Ok(())
    }
}

const REPORT: &str = include_str!("../../../fixtures/report.xml");

fn read(text: impl AsRef<[u8]>) -> Result<(Notes, ReportEnd), ReadError> {
    let mut notes = Notes::default();
    let end = read_sessions(&mut text.as_ref(), &ReportLimits::default(), &mut notes)?;
    Ok((notes, end))
}

fn refusal(text: impl AsRef<[u8]>) -> Error {
    match read(text) {
        Err(ReadError::Report(error)) => error,
        Err(ReadError::Disk(error)) => panic!("{error}"),
        Ok(_) => panic!("it was taken as whole"),
    }
}

#[test]
fn every_kind_of_event_is_read_in_both_of_its_shapes() {
    let (notes, end) = read(REPORT).unwrap();
    assert_eq!(end, ReportEnd { sessions: 1, ..ReportEnd::default() });
    let expected = [
        "0 Session Start [system/0/System]",
        "1 Conference Member Added [customer/1/Grace <Hopper>] hostname=PC-17 os=Windows 11",
        r#"2 Chat Message [system/0/Bomgar] to Grace "Welcome & hello, <b>you</b>""#,
        r#"3 Chat Message [representative/2/Ada L.] "bell\u{7} rings""#,
        r#"4 Session Note Added [representative/2/Ada L.] "Needs a new driver\ntwice""#,
        "5 File Upload [representative/2/Ada L.] to Grace filename=driver.exe filesize=2048 (driver.exe, Some(2048))",
        "6 File Download [customer/1/Grace] (trace.log, Some(77))",
        "7 Files Shared [customer/1/Grace] (a.png, Some(1)) (b.png, None)",
        r#"8 System Information Retrieved [system/0/System] Disk: [[("Drive", "C:"), ("Free", "10 GB")], [("Drive", "D:"), ("Free", "5 GB")]] Memory: [[("Total", "16 GB")]]"#,
        "9 Command Shell Session Started [representative/2/Ada L.] instance=1 view_url=https://s.example.test/shell1",
        "10 Something New [//] a=b",
        "11 Session End [customer/1/Grace]",
    ];
    assert_eq!(notes.events, expected);
}

#[test]
fn what_a_session_says_of_itself_may_follow_its_events() {
    let session = read(REPORT).unwrap().0.sessions.remove(0);
    let text = |option: &Option<String>| option.clone().unwrap_or_default();
    assert_eq!(session.lsid.as_str(), "0123456789abcdef0123456789abcdef");
    assert_eq!((session.lseq, session.duration_seconds), (Some(1042), Some(100)));
    assert!(session.is_complete());
    assert_eq!(text(&session.external_key), "500Hs00001Abcde");
    assert_eq!(session.jump_group, None, "the number -1 is none");
    assert_eq!(
        session.jumpoint,
        Some(Named { name: "Basement".to_owned(), id: Some("3".to_owned()) })
    );
    assert_eq!(session.chat.view.as_ref().unwrap().matches('&').count(), 2);
    assert_eq!(session.recording.download.as_deref(), Some("https://s.example.test/rec"));
    assert_eq!(session.shell_recordings.len(), 1);
    assert_ne!(session.shell_recordings[0].links, Links::default());
    assert_eq!(session.teams, ["First line", "Second line"]);
    let customer = &session.customers[0];
    assert_eq!(text(&customer.public_ip), "[2001:db8::7]:50123");
    assert_eq!(customer.private_ip, None, "the word Unknown is none");
    assert_eq!(text(&customer.company_code), "N1");
    let owner = &session.representatives[0];
    assert_eq!((owner.is_owner, owner.seconds_involved), (Some(true), Some(95)));
    assert_eq!(session.representatives[1].shown_name(), Some("Zoé"));
    assert_eq!((session.customer_surveys, session.representative_surveys), (1, 1));
    assert_eq!(session.custom_attributes.len(), 2);
}

#[test]
fn a_running_session_and_one_without_anything_are_read() {
    let (notes, _) = read(include_str!("../../../fixtures/session_list.xml")).unwrap();
    let complete: Vec<bool> = notes.sessions.iter().map(Session::is_complete).collect();
    assert_eq!(complete, [false, true, false]);
    let odd = REPORT.replace(
        "<end_time timestamp=\"1572955300\">2019-11-05T12:01:40+00:00",
        "<end_time>at noon",
    );
    let session = read(&odd).unwrap().0.sessions.remove(0);
    assert_eq!((session.is_complete(), session.end_time), (true, None), "it ended all the same");
    let (_, end) = read("<session_list/>").unwrap();
    assert_eq!(end, ReportEnd::default());
}

#[test]
fn s12_no_cut_of_a_report_is_complete() {
    for end in 0..REPORT.trim_end().len() {
        let error = refusal(&REPORT.as_bytes()[..end]);
        assert!(matches!(error, Error::CutOff | Error::Empty), "{end}: {error}");
    }
    assert!(read(REPORT.trim_end()).is_ok());
}

#[test]
fn s12_what_follows_or_doubles_the_report_is_refused() {
    for text in [
        format!("{REPORT}<session_list/>"),
        format!("{REPORT}more"),
        format!("{REPORT}&amp;"),
        format!(
            "{REPORT}{}",
            REPORT.trim_start_matches("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        ),
        "<session_list><session/></session_list>".to_owned(),
        "<session_list></session>".to_owned(),
        "<session_list>&other;</session_list>".to_owned(),
        "<!DOCTYPE a [<!ENTITY b \"c\">]><session_list/>".to_owned(),
    ] {
        let error = refusal(&text);
        assert!(matches!(error, Error::Malformed(_)), "{error}");
    }
    let other = refusal("<session_summary_list/>");
    assert_eq!(other, Error::UnexpectedRoot("session_summary_list".to_owned()));
}

#[test]
fn the_appliances_error_is_one_as_root_and_in_the_list() {
    let text = "No such session &amp; more";
    for text in [
        format!("<error xmlns=\"u\">{text}</error>"),
        format!("<session_list><error>{text}</error></session_list>"),
        format!(
            "<session_list><session lsid=\"{0}\"/><error>{text}</error></session_list>",
            "0".repeat(32)
        ),
    ] {
        assert_eq!(refusal(&text), Error::message("No such session & more"), "{text}");
    }
}

#[test]
fn s12_an_error_in_the_place_of_a_part_makes_a_session_incomplete() {
    for (place, with) in [
        ("<session_details>", "<session_details><error>Part <b>lost</b> &amp; gone</error>"),
        ("</session>", "<error>Part <b>lost</b> &amp; gone</error></session>"),
    ] {
        let text = REPORT.replace(place, with);
        assert_ne!(text, REPORT);
        let (notes, end) = read(&text).unwrap();
        let session = &notes.sessions[0];
        assert!(session.has_ended && !session.is_complete(), "{with}");
        assert_eq!(session.lacks.as_deref(), Some("Part lost & gone"));
        assert_eq!((notes.events.len(), end.sessions), (12, 1), "the rest is read");
    }
}

#[test]
fn bytes_that_are_no_text_are_counted_and_marked() {
    let mut text = REPORT.as_bytes().to_vec();
    let at = text.windows(5).position(|part| part == b"Needs").unwrap();
    text[at] = 0xff;
    let (notes, end) = read(&text).unwrap();
    assert_eq!((end.removed, end.replaced), (0, 1));
    assert!(notes.events[4].contains("\u{fffd}eeds a new driver"));
}

#[test]
fn s12_bombs_are_refused() {
    let event = |inside: &str| {
        let lsid = "0".repeat(32);
        format!(
            "<session_list><session lsid=\"{lsid}\"><session_details><event>{inside}</event></session_details></session></session_list>"
        )
    };
    let attributes: String = (0..70).map(|n| format!(" a{n}=\"\"")).collect();
    for bomb in [
        event(&"<a>".repeat(100_000)),
        event(&format!("<a{attributes}/>")),
        event(&format!("<body>{}</body>", "x".repeat(5 << 20))),
        event(&format!(
            "<body>{}</body>",
            (format!("{}<![CDATA[y]]>", "x".repeat(1 << 20))).repeat(17)
        )),
        event(&"<data><value name=\"a\" value=\"b\"/></data>".repeat(200_000)),
        event(&format!("<a b=\"{}\"/>", "x".repeat(5 << 20))),
        event(&format!(
            "<data>{}</data>",
            format!("<value value=\"{}\"/>", "x".repeat(1 << 20)).repeat(17)
        )),
        event(&format!(
            "<system_information><category><description><field name=\"{}\"/></description><data>{}</data></category></system_information>",
            "x".repeat(1 << 20),
            "<row><field/></row>".repeat(40)
        )),
        format!("<session_list>{}", "<a>".repeat(100)),
        format!(
            "<session_list><session lsid=\"{}\"><customer_list>{}",
            "0".repeat(32),
            "<customer/>".repeat(1 << 20)
        ),
    ] {
        let error = refusal(&bomb);
        assert!(matches!(error, Error::Malformed(_)), "{error}");
    }
    let mut limits = ReportLimits { time: Duration::ZERO, ..ReportLimits::default() };
    let long = event(&"<data/>".repeat(20_000));
    let slow = read_sessions(&mut long.as_bytes(), &limits, &mut Notes::default());
    assert!(slow.unwrap_err().to_string().contains("takes too long"));
    limits = ReportLimits { bytes: 1000, ..ReportLimits::default() };
    let large = read_sessions(&mut long.as_bytes(), &limits, &mut Notes::default());
    assert!(large.unwrap_err().to_string().contains("longer than is accepted"));
}

#[test]
fn characters_that_xml_forbids_are_dropped_and_counted() {
    let text = REPORT.replace("Needs", "Ne\u{1}eds&#2;").replace("Basement", "Base\u{fffe}ment");
    let (notes, end) = read(&text).unwrap();
    assert_eq!(end.removed, 3);
    assert!(notes.events[4].contains("Needs a new driver"));
}

/// Inputs that a fuzzer found.
#[test]
fn s12_the_corpus_is_refused_or_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(folder.join("../../tests/fuzz/corpus/session_report")).unwrap();
    let mut whole = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if read(&bytes).is_ok() {
            whole += 1;
            let end = bytes.iter().rposition(|byte| *byte == b'>').unwrap();
            let start = bytes[..end].windows(2).rposition(|two| two == b"</" || two == b"<s");
            let cut = &bytes[..start.unwrap()];
            assert!(read(cut).is_err(), "{}", path.display());
        }
    }
    assert!(whole > 8, "{whole}");
}

#[test]
fn a_performer_with_only_a_number_is_one_of_the_people() {
    let text = "<session_list><session lsid=\"0123456789abcdef0123456789abcdef\">\
                <customer_list><customer gsnumber=\"1\"><username>Rosa</username></customer></customer_list>\
                <rep_list><representative gsnumber=\"2\"><display_name>Ada</display_name></representative></rep_list>\
                <session_details><event event_type=\"Chat Message\"><performed_by gsnumber=\"1\"/>\
                <destination gsnumber=\"2\"/><body>Hi</body></event>\
                <event event_type=\"Chat Message\"><performed_by gsnumber=\"7\"/></event>\
                </session_details></session></session_list>";
    let (notes, _) = read(text).unwrap();
    assert_eq!(
        notes.events,
        ["0 Chat Message [customer/1/Rosa] to Ada \"Hi\"", "1 Chat Message [/7/]"]
    );
}

#[test]
fn a_report_in_another_encoding_is_decoded() {
    let report = |encoding: &str, name: &[u8]| {
        let begin = format!(
            "<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n<session_list>\
             <session lsid=\"0123456789abcdef0123456789abcdef\"><primary_customer>"
        );
        let end = &b"</primary_customer></session></session_list>"[..];
        [begin.as_bytes(), name, end].concat()
    };
    let (notes, end) = read(report("ISO-8859-1", b"Zo\xeb M\xfcller")).unwrap();
    assert_eq!(notes.sessions[0].primary_customer.as_deref(), Some("Zo\u{eb} M\u{fc}ller"));
    assert_eq!(end.replaced, 0);
    let (notes, end) = read(report("Shift_JIS", b"\x93\xfa\x96{\x81")).unwrap();
    assert_eq!(notes.sessions[0].primary_customer.as_deref(), Some("\u{65e5}\u{672c}\u{fffd}"));
    assert_eq!(end.replaced, 1, "what is no text is counted");
    assert!(matches!(refusal(report("x-nobody", b"a")), Error::Malformed(_)));
    let wide: Vec<u8> = String::from_utf8(report("UTF-16", "Zo\u{eb}".as_bytes()))
        .unwrap()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (notes, _) = read(wide).unwrap();
    assert_eq!(notes.sessions[0].primary_customer.as_deref(), Some("Zo\u{eb}"));
}
