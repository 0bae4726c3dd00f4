//! The case part, message by message.

use super::open::KeyState;
use super::{Case, Message};
use crate::facts::Interest;
use crate::request::{DONE, Request};
use crate::testing::{Stage, case, notices};
use casebridge_domain::{CaseRef, DeepLink, Failure, FailureCode, RecordId, SessionKey};
use casebridge_ipc::{CaseCommand, KeyStateView, Stage as At, WatchView, Window};

fn link(number: u32) -> Message {
    let text = format!("casebridge://session-key?case={number}");
    Message::Link(text.parse::<DeepLink>().unwrap())
}

fn key() -> SessionKey {
    SessionKey {
        short_key: "8543210".to_owned(),
        key_url: "https://support.example/?ak=1".to_owned(),
        expires_at: None,
        clock_ahead: None,
        external_key: None,
        queue_available: None,
        mail_subject: None,
        mail_body: None,
    }
}

fn made(cases: &Case) -> Message {
    let open = cases.list.last().unwrap();
    let result = Box::new(Ok((case("Rosa Marin"), key())));
    Message::KeyMade { case: open.id, attempt: open.attempt, result }
}

#[test]
fn s1_a_link_shows_its_case_and_creates_one_key() {
    let (stage, mut cases) = (Stage::new(""), Case::default());
    let asked = stage.tell(&mut cases, link(1026));
    assert!(
        matches!(asked[..], [Request::AskWebConsole(None), Request::Open(Window::Case)]),
        "{asked:?}"
    );
    let view = stage.look(|known| cases.view(known));
    assert_eq!((view.stage, view.key), (At::Loading, KeyStateView::Loading));
    let made = made(&cases);
    stage.tell(&mut cases, made);
    let view = stage.look(|known| cases.view(known));
    assert_eq!((view.stage, view.watch), (At::Ready, WatchView::Waiting));
    assert!(matches!(view.key, KeyStateView::Made(key) if key.short_key == "8543210"));
}

#[test]
fn s2_with_a_case_on_screen_another_link_waits() {
    let (mut stage, mut cases) = (Stage::new(""), Case::default());
    stage.tell(&mut cases, link(1026));
    stage.facts.open.insert(Window::Case);
    stage.tell(&mut cases, link(1027));
    let view = stage.look(|known| cases.view(known));
    assert_eq!(view.reference.as_deref(), Some("1026"));
    assert_eq!(view.waiting.len(), 1);
    assert!(matches!(cases.list[1].key, KeyState::None), "no key without a click");
    let reference = view.waiting[0].reference.clone();
    let show = |reply| Message::Command(CaseCommand::ShowWaitingCase { reference }, reply);
    assert_eq!(stage.command(&mut cases, show).0, DONE);
    let view = stage.look(|known| cases.view(known));
    assert_eq!(view.reference.as_deref(), Some("1027"));
    assert_eq!(view.key, KeyStateView::Loading);
}

#[test]
fn a_thousand_links_are_told_of_and_push_nothing_out() {
    let (mut stage, mut cases) = (Stage::new(""), Case::default());
    stage.tell(&mut cases, link(1));
    stage.facts.open.insert(Window::Case);
    let told: usize = (2..1000)
        .map(|number| stage.tell(&mut cases, link(number)))
        .filter(|asked| matches!(asked[..], [Request::NotifyOfLinks(FailureCode::TooManyLinks)]))
        .count();
    assert_eq!((cases.list.len(), told), (super::WAITING + 1, 1000 - 2 - super::WAITING));
    let view = stage.look(|known| cases.view(known));
    assert_eq!(view.reference.as_deref(), Some("1"));
}

#[test]
fn an_answer_to_an_older_key_is_not_shown() {
    let (stage, mut cases) = (Stage::new(""), Case::default());
    stage.tell(&mut cases, Message::Show(CaseRef::Id(case("").id)));
    let old = made(&cases);
    let generate = |reply| Message::Command(CaseCommand::GenerateKey { portal: None }, reply);
    assert_eq!(stage.command(&mut cases, generate).0, DONE);
    stage.tell(&mut cases, old);
    assert_eq!(stage.look(|known| cases.view(known)).key, KeyStateView::Loading);
}

#[test]
fn row_36_the_e_mail_of_the_key_on_screen_is_asked_for_by_its_record() {
    let (mut stage, mut cases) = (Stage::new(""), Case::default());
    stage.tell(&mut cases, link(1026));
    let answer = made(&cases);
    stage.tell(&mut cases, answer);
    stage.facts.open.insert(Window::Case);
    let (id, attempt) = (cases.list[0].id, cases.list[0].attempt);
    let record: RecordId = "a0BHs00000AbCdE".parse().unwrap();
    stage.tell(&mut cases, Message::KeyRecorded { case: id, attempt, record: Some(record) });
    let email = |record: &str| {
        let text = format!("casebridge://email-key?case=1026&record={record}");
        Message::Link(text.parse::<DeepLink>().unwrap())
    };
    let asked = stage.tell(&mut cases, email("a0BHs00000AbCdE"));
    assert!(matches!(asked[..], [Request::Open(Window::Case)]), "{asked:?}");
    assert_eq!((cases.list.len(), cases.list[0].attempt), (1, attempt));
    stage.tell(&mut cases, email("a0BHs00000AbCdF"));
    assert_eq!(cases.list.len(), 2, "another key waits, and takes nothing off the screen");
    let view = stage.look(|known| cases.view(known));
    assert!(matches!(view.key, KeyStateView::Made(key) if key.short_key == "8543210"));
}

#[test]
fn a_missing_sign_in_comes_first_and_the_case_goes_on_afterwards() {
    let (stage, mut cases) = (Stage::new(""), Case::default());
    stage.tell(&mut cases, link(1026));
    let open = &cases.list[0];
    let failure = Failure::new(FailureCode::SignedOut, String::new());
    let (case, attempt) = (open.id, open.attempt);
    let failed = Message::KeyMade { case, attempt, result: Box::new(Err(failure)) };
    let asked = stage.tell(&mut cases, failed);
    let met = [Request::SignInMet(Some(FailureCode::SignedOut))];
    assert_eq!(format!("{asked:?}"), format!("{met:?}"));
    let retry = |reply| Message::Command(CaseCommand::Retry {}, reply);
    let (answer, asked) = stage.command(&mut cases, retry);
    assert_eq!(answer, DONE);
    assert!(matches!(asked[..], [Request::SignIn { case_waits: true }]), "{asked:?}");
    let asked = stage.tell(&mut cases, Message::GoOn);
    assert!(matches!(asked[..], [Request::Open(Window::Case)]), "{asked:?}");
    assert_eq!(stage.look(|known| cases.view(known)).key, KeyStateView::Loading);
}

#[test]
fn with_the_window_closed_only_a_case_that_waits_for_its_customer_is_kept() {
    let (stage, mut cases) = (Stage::new(""), Case::default());
    stage.tell(&mut cases, link(1026));
    let made = made(&cases);
    stage.tell(&mut cases, made);
    stage.tell(&mut cases, Message::Closed);
    assert_eq!((cases.list.len(), cases.seen().waiting), (1, 1));
    let (id, attempt) = (cases.list[0].id, cases.list[0].attempt);
    let asked = stage.tell(&mut cases, Message::KeyExpired { case: id, attempt });
    assert!(matches!(asked[..], [Request::PollNow]), "{asked:?}");
    assert!(notices(&asked).is_empty());
}

#[test]
fn a_watch_that_is_stopped_looks_for_nothing() {
    let (stage, mut cases) = (Stage::new(""), Case::default());
    stage.tell(&mut cases, link(1026));
    let made = made(&cases);
    stage.tell(&mut cases, made);
    let interest = |cases: &Case| {
        let mut interest = Interest::default();
        cases.interest(true, &mut interest);
        interest
    };
    assert_eq!(interest(&cases).appliances.len(), 1);
    let stop = |reply| Message::Command(CaseCommand::StopWatch {}, reply);
    assert_eq!(stage.command(&mut cases, stop).0, DONE);
    assert_eq!(interest(&cases), Interest::default());
}
