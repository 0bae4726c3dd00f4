//! Sessions from appliances of different versions.

use super::*;
use crate::answer::tests::{answer, fixture, no_cut_is_taken_as_whole};

fn sessions(xml: &str) -> Vec<Session> {
    read(&answer(200, xml)).unwrap()
}

#[test]
fn a_running_session_is_read() {
    let list = sessions(&fixture("session_list.xml"));
    let running = &list[0];
    assert_eq!(running.lsid.as_str(), "0123456789abcdef0123456789abcdef");
    assert_eq!(running.lseq, Some(1042));
    assert_eq!(running.start_time.unwrap().as_second(), 1_572_955_200);
    assert!(running.is_running() && running.end_time.is_none());
    assert_eq!(running.external_key.as_deref(), Some("500Hs00001Abcde"));
    assert_eq!(running.custom_attributes[0].code_name, "site_code");
    assert_eq!(running.primary_customer.as_deref(), Some("Grace <Hopper>"));
    assert_eq!(running.public_site.as_ref().unwrap().name, "Default");
}

#[test]
fn customers_and_representatives_are_read() {
    let list = sessions(&fixture("session_list.xml"));
    let customer = &list[0].customers[0];
    assert_eq!(customer.name.as_deref(), Some("Grace <Hopper>"));
    assert_eq!((customer.hostname.as_deref(), customer.os.as_deref()), (Some("PC-17"), None));
    assert_eq!(customer.is_primary, Some(true));
    assert_eq!(customer.company.as_deref(), Some("Navy"));
    let ada = list[0].representative("ADA").unwrap();
    assert_eq!((ada.id.as_deref(), ada.gsnumber.as_deref()), (Some("5"), Some("2")));
    assert_eq!((ada.is_owner, ada.seconds_involved), (Some(true), Some(75)));
    assert_eq!(list[0].representatives.len(), 2);
    assert!(list[0].representative("nobody").is_none());
}

#[test]
fn an_ended_session_has_an_end() {
    let ended = &sessions(&fixture("session_list.xml"))[1];
    assert_eq!(ended.end_time.unwrap().as_second(), 1_572_958_800);
    assert!(!ended.is_running());
}

#[test]
fn a_session_that_nobody_joined_is_almost_empty() {
    let waiting = &sessions(&fixture("session_list.xml"))[2];
    assert!(waiting.is_running() && !waiting.has_customer());
    assert_eq!((waiting.start_time, waiting.external_key.as_deref()), (None, None));
    assert!(waiting.representatives.is_empty());
}

#[test]
fn only_a_missing_or_empty_end_means_running() {
    for (end, is_running) in [
        ("", true),
        ("<end_time/>", true),
        ("<end_time timestamp=''> </end_time>", true),
        ("<end_time timestamp='0'></end_time>", true),
        ("<end_time timestamp='1572958800'/>", false),
        ("<end_time>2019-11-05T13:00:00+00:00</end_time>", false),
        ("<end_time>yesterday</end_time>", false),
    ] {
        let lsid = "0123456789abcdef0123456789abcdef";
        let xml = format!("<session_list><session lsid='{lsid}'>{end}</session></session_list>");
        assert_eq!(sessions(&xml)[0].is_running(), is_running, "{end}");
    }
}

#[test]
fn an_entry_without_a_usable_lsid_is_left_out() {
    let xml = "<session_list><session/><session lsid='../x'/></session_list>";
    assert_eq!(sessions(xml), []);
}

#[test]
fn no_match_is_an_empty_list() {
    assert_eq!(sessions("<session_list xmlns='urn:x'/>"), []);
}

#[test]
fn s12_no_cut_of_the_answer_is_taken_as_whole() {
    no_cut_is_taken_as_whole("session_list.xml", read);
}

/// Sessions with many events each, as `tests/cases/a6_many_events.py` prints them.
fn many(sessions: u32, events: u32) -> String {
    let event = |n| {
        format!(
            "<event timestamp=\"{n}\" event_type=\"Chat Message\"><performed_by type=\"customer\" \
             gsnumber=\"22\">Desk seven</performed_by><destination type=\"representative\" \
             gsnumber=\"21\">Ada</destination><body>line {n}</body></event>"
        )
    };
    let details: String = (0..events).map(event).collect();
    let session = |n| {
        format!(
            "<session lsid=\"{n:032x}\"><lseq>{n}</lseq><start_time timestamp=\"1733239565\">x</start_time>\
             <rep_list><representative gsnumber=\"21\" id=\"1\"><username>ada</username>\
             </representative></rep_list><session_details>{details}</session_details></session>"
        )
    };
    let all: String = (1..=sessions).map(session).collect();
    format!("<session_list>{all}</session_list>")
}

#[test]
fn a6_events_that_are_skipped_cost_nothing_of_what_may_be_kept() {
    for (sessions, events) in [(1, 60_000), (300, 300), (800, 200), (40, 300)] {
        let read = read(&answer(200, &many(sessions, events))).unwrap();
        assert_eq!(read.len(), sessions as usize, "{sessions} of {events}");
        assert!(read.iter().all(|session| session.is_running()));
    }
}
