//! The jump part, message by message.

use super::{Jump, JumpState, Message};
use crate::request::Request;
use crate::testing::{Stage, case};
use casebridge_domain::{CaseId, DeepLink, FailureCode};
use casebridge_ipc::{ConsoleView, JumpCommand, JumpStateView, Window};

fn link(text: &str) -> Message {
    Message::Link(text.parse::<DeepLink>().unwrap())
}

#[test]
fn s1_a_link_fills_the_form_and_no_more() {
    let (mut stage, mut jump) = (Stage::new(""), Jump::default());
    let one = "casebridge://jump?method=push-local&target=PC-7";
    let asked = stage.tell(&mut jump, link(one));
    assert!(
        matches!(asked[..], [Request::AskWebConsole(None), Request::Open(Window::Jump)]),
        "{asked:?}"
    );
    let view = stage.look(|known| jump.view(known));
    assert_eq!((view.form.method.as_str(), view.state), ("push-local", JumpStateView::Idle));
    // What is on screen stays there.
    stage.facts.open.insert(Window::Jump);
    assert!(stage.tell(&mut jump, link("casebridge://jump?search=TILL-02")).is_empty());
    let view = stage.look(|known| jump.view(known));
    assert_eq!(
        (view.form.method.as_str(), view.waiting.as_deref()),
        ("push-local", Some("TILL-02"))
    );
}

#[test]
fn a_link_with_what_its_method_does_not_take_is_refused() {
    let (stage, mut jump) = (Stage::new(""), Jump::default());
    let asked = stage.tell(&mut jump, link("casebridge://jump?method=rdp&search=x"));
    assert!(matches!(asked[..], [Request::NotifyOfLinks(FailureCode::LinkRefused)]), "{asked:?}");
    assert!(jump.proposal.is_none());
}

#[test]
fn a_jump_begins_with_the_case_on_screen_and_waits_for_it_to_be_read() {
    let (mut stage, mut jump) = (Stage::new(""), Jump::default());
    let id: CaseId = case("").id;
    stage.facts.cases.on_screen = Some(id.clone());
    stage.facts.open.insert(Window::Case);
    stage.tell(&mut jump, Message::Ask);
    let view = stage.look(|known| jump.view(known));
    assert_eq!(view.reference, Some(id.to_string()));
    let mut form = view.form;
    form.values.insert("search".to_owned(), "TILL-02".to_owned());
    let start = |reply| {
        let console = ConsoleView::Desktop;
        Message::Command(JumpCommand::StartJump { form: form.clone(), console }, reply)
    };
    let (answer, _) = stage.command(&mut jump, start);
    assert_eq!(answer.unwrap_err().code, FailureCode::CaseNotFound.text().code);
    let result = Box::new(Ok((case("Rosa Marin"), Vec::new())));
    let number = jump.number;
    stage.tell(&mut jump, Message::CaseRead { number, result });
    assert!(stage.command(&mut jump, start).0.is_ok());
    assert!(matches!(jump.state, JumpState::Starting));
}
