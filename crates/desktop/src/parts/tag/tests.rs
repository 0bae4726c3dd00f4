//! The tag part, message by message.

use super::{Message, Tag};
use crate::request::{DONE, Request};
use crate::testing::{Stage, case, session};
use casebridge_domain::{DeepLink, FailureCode};
use casebridge_ipc::{Copied, DoubtView, TagCommand, TagStateView, Window};

const ONE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1";
const TWO: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2";

fn link(text: &str) -> Message {
    Message::Link(text.parse::<DeepLink>().unwrap())
}

fn read(tag: &Tag, contact: &str) -> Message {
    Message::CaseRead { number: tag.number, result: Box::new(Ok(case(contact))) }
}

#[test]
fn the_only_session_without_a_case_is_chosen_until_a_person_marks_another() {
    let (mut stage, mut tag) = (Stage::new(""), Tag::default());
    stage.sessions(vec![session(ONE, "Rosa Marin", None), session(TWO, "Tom", Some("1"))]);
    let asked = stage.tell(&mut tag, link("casebridge://tag?case=1026"));
    assert!(matches!(asked[..], [Request::Open(Window::Tag), Request::PollNow]), "{asked:?}");
    let view = stage.look(|known| tag.view(known));
    let selected: Vec<_> = view.sessions.unwrap().iter().map(|one| one.selected).collect();
    assert_eq!((selected, view.reference.as_deref()), (vec![true, false], Some("1026")));
    let select = |lsid: &'static str, selected| {
        move |reply| {
            Message::Command(TagCommand::SelectSession { lsid: lsid.to_owned(), selected }, reply)
        }
    };
    assert_eq!(stage.command(&mut tag, select(ONE, false)).0, DONE);
    stage.facts.open.insert(Window::Tag);
    let look = stage.sessions(vec![session(ONE, "Rosa Marin", None)]);
    stage.tell(&mut tag, Message::Looked(look));
    assert!(!stage.look(|known| tag.view(known)).sessions.unwrap()[0].selected);
}

#[test]
fn s2_a_link_waits_while_another_case_is_on_screen() {
    let (mut stage, mut tag) = (Stage::new(""), Tag::default());
    stage.tell(&mut tag, link("casebridge://tag?case=1026"));
    stage.facts.open.insert(Window::Tag);
    stage.tell(&mut tag, link("casebridge://tag?case=1027"));
    let view = stage.look(|known| tag.view(known));
    assert_eq!(view.reference.as_deref(), Some("1026"));
    assert_eq!(view.waiting.as_deref(), Some("1027"));
    let show = |reply| Message::Command(TagCommand::ShowWaitingTag {}, reply);
    assert_eq!(stage.command(&mut tag, show).0, DONE);
    let view = stage.look(|known| tag.view(known));
    assert_eq!((view.reference.as_deref(), view.waiting), (Some("1027"), None));
}

#[test]
fn s2_a_doubt_is_shown_before_anything_is_written() {
    let (mut stage, mut tag) = (Stage::new(""), Tag::default());
    stage.sessions(vec![session(ONE, "Tom Harbour", None)]);
    stage.tell(&mut tag, link("casebridge://tag?case=1026"));
    let of = read(&tag, "Rosa Marin");
    let asked = stage.tell(&mut tag, of);
    let noted = |request: &Request| matches!(request, Request::NoteCase { .. });
    assert!(asked.iter().any(noted), "{asked:?}");
    let click =
        |confirmed| move |reply| Message::Command(TagCommand::TagSessions { confirmed }, reply);
    // A yes before the doubt was shown is none.
    assert_eq!(stage.command(&mut tag, click(true)).0, DONE);
    let view = stage.look(|known| tag.view(known));
    let sessions = view.sessions.unwrap();
    assert!(view.confirming && !view.busy);
    assert!(matches!(sessions[0].doubts[..], [DoubtView::OtherPerson { .. }]));
    assert_eq!(stage.command(&mut tag, click(true)).0, DONE);
    let view = stage.look(|known| tag.view(known));
    assert_eq!(view.sessions.unwrap()[0].state, TagStateView::Tagging);
    assert!(view.busy && !view.confirming);
}

#[test]
fn what_an_older_case_left_under_way_is_not_shown() {
    let (stage, mut tag) = (Stage::new(""), Tag::default());
    stage.tell(&mut tag, link("casebridge://tag?case=1026"));
    let old = read(&tag, "Rosa Marin");
    stage.tell(&mut tag, link("casebridge://tag?case=1027"));
    stage.tell(&mut tag, old);
    assert_eq!(stage.look(|known| tag.view(known)).header, None);
}

#[test]
fn a_session_that_ended_while_it_was_chosen_stays_in_sight() {
    let (mut stage, mut tag) = (Stage::new(""), Tag::default());
    stage.sessions(vec![session(ONE, "Rosa Marin", None)]);
    stage.tell(&mut tag, link("casebridge://tag?case=1026"));
    stage.facts.open.insert(Window::Tag);
    let look = stage.sessions(Vec::new());
    stage.tell(&mut tag, Message::Looked(look));
    let sessions = stage.look(|known| tag.view(known)).sessions.unwrap();
    assert_eq!((sessions.len(), sessions[0].ended), (1, true));
}

#[test]
fn only_a_case_can_be_copied_here() {
    let (stage, mut tag) = (Stage::new(""), Tag::default());
    let copy = |what| move |reply| Message::Copy(what, reply);
    let code = |code: FailureCode| code.text().code.to_owned();
    let (answer, _) = stage.command(&mut tag, copy(Copied::CaseId));
    assert_eq!(answer.unwrap_err().code, code(FailureCode::CaseReferenceInvalid));
    let of = read(&tag, "Rosa Marin");
    stage.tell(&mut tag, of);
    assert_eq!(stage.command(&mut tag, copy(Copied::CaseNumber)).0, DONE);
    let (answer, _) = stage.command(&mut tag, copy(Copied::Key));
    assert_eq!(answer.unwrap_err().code, code(FailureCode::KeyUnknown));
    assert_eq!(stage.copied(), ["00001026"]);
}

#[test]
fn a_list_that_was_read_before_a_dismissal_brings_nothing_back() {
    let (stage, mut tag) = (Stage::new(""), Tag::default());
    let both = || vec![session(ONE, "Rosa Marin", None), session(TWO, "Tom Harbour", None)];
    stage.tell(&mut tag, Message::EndedKnown(Ok(both())));
    let dismiss = |reply| {
        let lsid = TWO.to_owned();
        Message::Command(TagCommand::DismissSession { lsid }, reply)
    };
    assert_eq!(stage.command(&mut tag, dismiss).0, DONE);
    stage.tell(&mut tag, Message::EndedKnown(Ok(both())));
    let ended: Vec<&str> = tag.ended.iter().map(|session| session.lsid.as_str()).collect();
    assert_eq!(ended, [ONE]);
}
