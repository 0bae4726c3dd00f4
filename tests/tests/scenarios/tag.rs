//! Running sessions and the case that they go to: from a link, the tray, a notification, the
//! command line; and what speaks against it.

use casebridge_desktop::Notice;
use casebridge_domain::{CaseRef, FailureCode};
use casebridge_ipc::{
    CaseView, DoubtView, JumpView, KeyStateView, NewCaseStateView, TagSessionView, TagStateView,
    TagView, WatchView, Window,
};
use casebridge_simulator::{CustomerJoin, FaultName, FaultSwitch, SessionBegin};
use casebridge_tests::fake_clock::FakeClock;
use casebridge_tests::fake_shell::Seen;
use casebridge_tests::scene::{self, Scene, Stage};
use casebridge_tests::wait;
use casebridge_use_cases::ended;
use casebridge_use_cases::sessions::Feed;
use casebridge_use_cases::tag;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A customer who chose Ada, without any key.
fn begin(scene: &Scene, customer: &str, hostname: &str) -> String {
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some(customer.to_owned()),
        hostname: Some(hostname.to_owned()),
        external_key: None,
    };
    scene.simulator.begin_session(session).unwrap()
}

fn external_key(scene: &Scene, lsid: &str) -> Option<String> {
    let all = scene.sessions();
    let session = all.iter().find(|session| session["lsid"] == lsid)?;
    session["attributes"]["external_key"].as_str().map(str::to_owned)
}

fn case_id(scene: &Scene) -> String {
    scene.simulator.ready().case_id
}

fn session<'v>(view: &'v TagView, lsid: &str) -> Option<&'v TagSessionView> {
    view.sessions.iter().flatten().find(|session| session.lsid == lsid)
}

/// Waits for the session in the list, with a case to put it on.
async fn proposed(stage: &Stage, lsid: &str) -> TagView {
    let ready = |view: &TagView| view.header.is_some() && session(view, lsid).is_some();
    stage.shell.until_tag("the session and the case", ready).await.unwrap()
}

async fn state(stage: &Stage, lsid: &str, state: &TagStateView) -> TagView {
    let there = |view: &TagView| session(view, lsid).is_some_and(|s| s.state == *state);
    stage.shell.until_tag(&format!("{state:?}"), there).await.unwrap()
}

async fn tag_now(stage: &Stage, confirmed: bool) {
    stage.tag("tag_sessions", json!({ "confirmed": confirmed })).await.unwrap();
}

async fn notice(stage: &Stage, title: &str) -> Notice {
    let is = |notice: &Notice| notice.title.contains(title);
    let seen = stage.shell.until(title, |seen| seen.notices.iter().any(is)).await.unwrap();
    seen.notices.into_iter().find(|notice| is(notice)).unwrap()
}

fn buttons(notice: &Notice) -> Vec<&str> {
    notice.buttons.iter().map(|button| button.id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_14_a_link_from_the_case_proposes_the_only_session_and_a_click_tags_it() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    proposed(&stage, &lsid).await;
    let chosen = |view: &TagView| session(view, &lsid).is_some_and(|session| session.selected);
    let view = stage.shell.until_tag("the choice", chosen).await.unwrap();
    assert_eq!(session(&view, &lsid).unwrap().doubts, []);
    assert_eq!(external_key(&scene, &lsid), None, "s1: a link wrote something");
    tag_now(&stage, false).await;
    state(&stage, &lsid, &TagStateView::Tagged).await;
    assert_eq!(external_key(&scene, &lsid), Some(case_id(&scene)));
    let carried = |view: &TagView| {
        let session = session(view, &lsid);
        session.is_some_and(|s| s.carries.as_deref() == Some("00001026"))
    };
    let view = stage.shell.until_tag("the case on the session", carried).await.unwrap();
    assert!(session(&view, &lsid).unwrap().carries_subject.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_with_a_session_proposes_that_one_of_several() {
    let scene = Scene::new().await.unwrap();
    let first = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let second = begin(&scene, "Rosa Marin", "LAPTOP-9");
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}&lsid={second}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    let view = proposed(&stage, &second).await;
    let selected = |lsid: &str| session(&view, lsid).unwrap().selected;
    assert_eq!((selected(&first), selected(&second)), (false, true));
    tag_now(&stage, false).await;
    state(&stage, &second, &TagStateView::Tagged).await;
    assert_eq!(external_key(&scene, &first), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_15_a_custom_link_of_the_console_names_the_case_in_its_own_writing() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let stage = scene.app();
    for key in ["00001026", "+00001026", "%2B1026+", "%252000001026"] {
        assert!(stage.app.open_link(format!("casebridge://tag?key={key}")).await);
        let view = proposed(&stage, &lsid).await;
        assert_eq!(view.header.unwrap().number, "00001026", "{key}");
        stage.tag("close_window", json!({})).await.unwrap();
        stage.shell.until("the end", |seen| !seen.open.contains(&Window::Tag)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_link_of_a_session_without_a_case_opens_the_window_and_one_with_no_case_says_so() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let stage = scene.app();
    assert!(stage.app.open_link("casebridge://tag?key=".into()).await);
    let chosen = |view: &TagView| session(view, &lsid).is_some_and(|session| session.selected);
    let view = stage.shell.until_tag("the session", chosen).await.unwrap();
    assert_eq!((view.header, view.case_failure), (None, None));
    stage.tag("close_window", json!({})).await.unwrap();
    stage.shell.until("the end", |seen| !seen.open.contains(&Window::Tag)).await.unwrap();
    assert!(stage.app.open_link("casebridge://tag?key=ticket%2077".into()).await);
    let told = |view: &TagView| view.case_failure.is_some();
    let view = stage.shell.until_tag("what is wrong", told).await.unwrap();
    assert_eq!(view.case_failure.unwrap().code, "case_reference_invalid");
    // There is no case to open.
    assert!(stage.app.open_link("casebridge://open?key=".into()).await);
    stage.shell.until("the notice", |seen| !seen.notices.is_empty()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn several_sessions_go_to_a_case_at_once() {
    let scene = Scene::new().await.unwrap();
    let lsids = [begin(&scene, "Rosa Marin", "PC-1"), begin(&scene, "Rosa Marin", "PC-2")];
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    for lsid in &lsids {
        proposed(&stage, lsid).await;
        let form = json!({ "lsid": lsid, "selected": true });
        stage.tag("select_session", form).await.unwrap();
    }
    tag_now(&stage, false).await;
    for lsid in &lsids {
        state(&stage, lsid, &TagStateView::Tagged).await;
        assert_eq!(external_key(&scene, lsid), Some(case_id(&scene)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_customer_who_is_not_the_contact_is_shown_before_anything_is_written() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Tom Harbour", "PC-9");
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}&lsid={lsid}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    let view = proposed(&stage, &lsid).await;
    let doubts = &session(&view, &lsid).unwrap().doubts;
    let expected = Some("Rosa Marin".to_owned());
    let customer = "Tom Harbour".to_owned();
    assert_eq!(doubts.as_slice(), [DoubtView::OtherPerson { expected, customer, perhaps: false }]);
    // Not even a yes that nobody was asked for counts.
    tag_now(&stage, true).await;
    let asked = |view: &TagView| view.confirming;
    stage.shell.until_tag("the question", asked).await.unwrap();
    assert_eq!(external_key(&scene, &lsid), None);
    tag_now(&stage, true).await;
    state(&stage, &lsid, &TagStateView::Tagged).await;
    assert_eq!(external_key(&scene, &lsid), Some(case_id(&scene)));
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_session_with_another_case_asks_first_and_the_other_case_comes_back_with_undo() {
    let scene = Scene::new().await.unwrap();
    let begun = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        external_key: Some("00001027".to_owned()),
        ..SessionBegin::default()
    };
    let lsid = scene.simulator.begin_session(begun).unwrap();
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}&lsid={lsid}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    let view = proposed(&stage, &lsid).await;
    let other = DoubtView::OtherCase { label: "00001027".to_owned() };
    assert!(session(&view, &lsid).unwrap().doubts.contains(&other));
    tag_now(&stage, false).await;
    stage.shell.until_tag("the question", |view| view.confirming).await.unwrap();
    tag_now(&stage, true).await;
    state(&stage, &lsid, &TagStateView::Tagged).await;
    let known = |view: &TagView| !view.undo.is_empty();
    stage.shell.until_tag("the undo", known).await.unwrap();

    // After a restart the tag can still be undone.
    stage.app.press_menu("quit");
    stage.shell.until("the end", |seen| seen.ended).await.unwrap();
    let stage = scene.app();
    assert!(stage.app.open_link("casebridge://tag".into()).await);
    let view = stage.shell.until_tag("the undo of before", known).await.unwrap();
    assert_eq!(view.undo[0].case_number, "00001026");
    stage.tag("undo_tag", json!({ "id": view.undo[0].id })).await.unwrap();
    stage.shell.until_tag("the end of it", |view| view.undo.is_empty()).await.unwrap();
    assert_eq!(external_key(&scene, &lsid).as_deref(), Some("00001027"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_between_list_and_tag_keeps_its_case_here() {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text.replace("interval = 1\n", "interval = 300\n")).unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}&lsid={lsid}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    proposed(&stage, &lsid).await;
    scene.simulator.leave_customer(&lsid).unwrap();
    tag_now(&stage, false).await;
    let held = || {
        let store = scene.casebridge.store().unwrap();
        store.held_links().unwrap()
    };
    state(&stage, &lsid, &TagStateView::Held).await;
    let links = held();
    assert_eq!(links.len(), 1);
    assert_eq!((links[0].lsid.as_str(), links[0].case_id.as_str()), (&*lsid, &*case_id(&scene)));
    assert_eq!(links[0].case_number, "00001026");
    assert_eq!(external_key(&scene, &lsid), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_session_that_is_seen_to_end_stays_in_sight_and_its_case_is_kept() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}&lsid={lsid}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    proposed(&stage, &lsid).await;
    scene.simulator.leave_customer(&lsid).unwrap();
    let ended = |view: &TagView| session(view, &lsid).is_some_and(|session| session.ended);
    stage.shell.until_tag("the end", ended).await.unwrap();
    tag_now(&stage, false).await;
    state(&stage, &lsid, &TagStateView::Held).await;
    assert_eq!(scene.casebridge.store().unwrap().held_links().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_is_taken_too_late_keeps_the_case() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    stage.shell.until_case("the case", |view| view.header.is_some()).await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let offer = notice(&stage, "Tag with case 00001026?").await;
    scene.simulator.leave_customer(&lsid).unwrap();
    let gone = |seen: &Seen| {
        let items = seen.menu.iter().flat_map(|menu| &menu.items);
        !items.clone().any(|item| item.label.contains("Rosa Marin"))
    };
    stage.shell.until("the end in the tray", gone).await.unwrap();
    stage.app.answer_notice(offer.topic.unwrap(), "tag");
    notice(&stage, "its case is saved for the import").await;
    assert_eq!(scene.casebridge.store().unwrap().held_links().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_link_changes_nothing_on_screen_and_waits_with_its_session() {
    let scene = Scene::new().await.unwrap();
    let first = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let second = begin(&scene, "Tom Harbour", "PC-2");
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}&lsid={first}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    proposed(&stage, &first).await;
    assert!(stage.app.open_link(format!("casebridge://tag?case=1027&lsid={second}")).await);
    let waits = |view: &TagView| view.waiting.is_some();
    let view = stage.shell.until_tag("the other link", waits).await.unwrap();
    let selected = |view: &TagView, lsid: &str| session(view, lsid).unwrap().selected;
    assert_eq!((selected(&view, &first), selected(&view, &second)), (true, false));
    assert_eq!(view.header.unwrap().number, "00001026");
    stage.tag("show_waiting_tag", json!({})).await.unwrap();
    let other = |view: &TagView| view.header.as_ref().is_some_and(|h| h.number == "00001027");
    let view = stage.shell.until_tag("the other case", other).await.unwrap();
    assert_eq!((selected(&view, &first), selected(&view, &second)), (false, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_the_appliance_refuses_is_told_on_its_session() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let stage = scene.app();
    let link = format!("casebridge://tag?case={}&lsid={lsid}", case_id(&scene));
    assert!(stage.app.open_link(link).await);
    proposed(&stage, &lsid).await;
    let fault = FaultSwitch::on(FaultName::ForbiddenCommand).only("set_session_attributes");
    scene.simulator.fault(fault);
    tag_now(&stage, false).await;
    let failed = |view: &TagView| {
        let state = session(view, &lsid).map(|session| &session.state);
        matches!(state, Some(TagStateView::Failed { .. }))
    };
    let view = stage.shell.until_tag("the failure", failed).await.unwrap();
    assert!(session(&view, &lsid).unwrap().selected, "it can be tried again");
    assert_eq!(view.undo, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_a_case_is_offered_and_one_click_tags_it() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let read = stage.shell.until_case("the case", |view| view.header.is_some()).await;
    read.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let offer = notice(&stage, "Tag with case 00001026?").await;
    assert!(offer.body.contains("Rosa Marin"));
    assert_eq!(buttons(&offer), ["tag", "choose", "later"]);
    stage.app.answer_notice(offer.topic.unwrap(), "tag");
    let done = notice(&stage, "Session tagged").await;
    assert_eq!(external_key(&scene, &lsid), Some(case_id(&scene)));
    assert!(!stage.shell.seen().open.contains(&Window::Tag), "one click was enough");
    assert_eq!(buttons(&done), ["undo"]);
    stage.app.answer_notice(done.topic.unwrap(), "undo");
    let undone = || external_key(&scene, &lsid).is_none();
    wait::until_true("the undo", undone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_an_offer_that_does_not_fit_leads_to_the_window() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    stage.shell.until_case("the case", |view| view.header.is_some()).await.unwrap();
    let lsid = begin(&scene, "Somebody Else", "PC-77");
    let offer = notice(&stage, "Tag with case 00001026?").await;
    stage.app.answer_notice(offer.topic.unwrap(), "tag");
    let view = proposed(&stage, &lsid).await;
    assert_eq!(session(&view, &lsid).unwrap().doubts.len(), 1);
    assert_eq!(external_key(&scene, &lsid), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_prefers_the_case_of_the_same_person_and_comes_once() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    for number in [1026, 1027] {
        stage.app.open_link(format!("casebridge://jump?case={number}")).await;
        let is = |view: &JumpView| {
            view.header.as_ref().is_some_and(|h| h.number.ends_with(&number.to_string()))
        };
        stage.shell.until_jump("the case", is).await.unwrap();
        stage.jump("close_window", json!({})).await.unwrap();
        stage.shell.until("the end", |seen| !seen.open.contains(&Window::Jump)).await.unwrap();
    }
    begin(&scene, "Marin, Rosa", "UNKNOWN-1");
    notice(&stage, "Tag with case 00001026?").await;
    begin(&scene, "Nobody Known", "FRONTDESK-3");
    let offers = |seen: &Seen| {
        seen.notices.iter().filter(|notice| notice.title.contains("Tag with case")).count()
    };
    let seen = stage.shell.until("the second", |seen| offers(seen) == 2).await.unwrap();
    assert!(seen.notices.last().unwrap().body.contains("Nobody Known"));
    // Two more rounds bring nothing new.
    let before = scene.calls("/api/reporting");
    let more = || scene.calls("/api/reporting") >= before + 4;
    wait::until_true("more rounds", more).await.unwrap();
    assert_eq!(offers(&stage.shell.seen()), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_can_be_put_off_and_switched_off() {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text + "\n[import]\nenabled = false\n").unwrap();
    let stage = scene.app();
    begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let offer = notice(&stage, "A session without a case").await;
    assert_eq!(buttons(&offer), ["choose", "later"]);
    stage.app.answer_notice(offer.topic.unwrap(), "later");
    let form = json!({ "key": "tag.offer", "value": "false" });
    stage.settings("save_setting", form).await.unwrap();
    begin(&scene, "Tom Harbour", "PC-2");
    // The window looks again, and still nothing is offered. That nothing looks without it is tested
    // where it is decided, in the part of the sessions.
    assert!(stage.app.open_link("casebridge://tag".into()).await);
    let is_listed = |view: &TagView| {
        let mut sessions = view.sessions.iter().flatten();
        sessions.any(|session| session.customer.as_deref() == Some("Tom Harbour"))
    };
    stage.shell.until_tag("the other session", is_listed).await.unwrap();
    stage.tag("close_window", json!({})).await.unwrap();
    let again = json!({ "key": "tag.offer", "value": "true" });
    stage.settings("save_setting", again).await.unwrap();
    let offered = |seen: &Seen| seen.notices.len() > 1;
    stage.shell.until("the next offer", offered).await.unwrap();
    let seen = stage.shell.seen();
    assert!(seen.notices[1].body.contains("Tom Harbour"), "{:?}", seen.notices);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_lists_my_sessions_and_leads_to_the_tag_and_the_case() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let stage = scene.app();
    let entry = |seen: &Seen, text: &str| {
        let items = seen.menu.iter().flat_map(|menu| &menu.items);
        items.clone().find(|item| item.label.contains(text)).map(|item| item.id.clone())
    };
    let listed = |seen: &_| entry(seen, "Rosa Marin  (no case)").is_some();
    let seen = stage.shell.until("the session in the tray", listed).await.unwrap();
    stage.app.press_menu(&entry(&seen, "Rosa Marin").unwrap());
    let there = |view: &TagView| session(view, &lsid).is_some_and(|session| session.selected);
    stage.shell.until_tag("the session", there).await.unwrap();
    stage.tag("find_cases", json!({ "text": " 1026 " })).await.unwrap();
    proposed(&stage, &lsid).await;
    tag_now(&stage, false).await;
    state(&stage, &lsid, &TagStateView::Tagged).await;
    let shown = |seen: &_| entry(seen, "Rosa Marin  (00001026)").is_some();
    stage.shell.until("the case in the tray", shown).await.unwrap();
    stage.tag("open_session_case", json!({ "lsid": lsid })).await.unwrap();
    let opened = |seen: &Seen| seen.pages.iter().any(|page| page.path().contains(&case_id(&scene)));
    stage.shell.until("the page of the case", opened).await.unwrap();
    let seen = stage.shell.until("the entry", |seen| entry(seen, "Copy case ID").is_some()).await;
    stage.app.press_menu(&entry(&seen.unwrap(), "Copy case ID").unwrap());
    let copied = |seen: &Seen| seen.copied == [case_id(&scene)];
    stage.shell.until("the copy", copied).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_found_by_its_subject_and_among_those_looked_at_in_the_org() {
    let scene = Scene::new().await.unwrap();
    scene.visit(&scene.simulator.ready().case_url).await.unwrap();
    let stage = scene.app();
    assert!(stage.app.open_link("casebridge://tag".into()).await);
    let viewed = |view: &TagView| view.recent.iter().any(|c| c.label.contains("00001026"));
    stage.shell.until_tag("the case that was looked at", viewed).await.unwrap();
    stage.tag("find_cases", json!({ "text": "spooler" })).await.unwrap();
    let found = |view: &TagView| view.searched.as_deref() == Some("spooler");
    let view = stage.shell.until_tag("what was found", found).await.unwrap();
    assert_eq!(view.found.len(), 1);
    let form = json!({ "reference": view.found[0].reference });
    stage.tag("choose_tag_case", form).await.unwrap();
    let read = |view: &TagView| view.header.is_some();
    let view = stage.shell.until_tag("the case", read).await.unwrap();
    assert!(view.header.unwrap().subject.contains("Spooler"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_writing_of_a_case_is_understood() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    assert!(stage.app.open_link("casebridge://tag".into()).await);
    let id = case_id(&scene);
    let ready = scene.simulator.ready();
    let (short, _) = id.split_at(15);
    let classic = format!("{}/{short}", ready.org.login_url);
    for text in ["1026", "00001026", &id, short, ready.case_url.as_str(), &classic] {
        stage.tag("choose_tag_case", json!({ "reference": "" })).await.unwrap();
        stage.shell.until_tag("nothing", |view| view.header.is_none()).await.unwrap();
        stage.tag("find_cases", json!({ "text": text })).await.unwrap();
        let read = |view: &TagView| view.header.as_ref().is_some_and(|h| h.id == id);
        stage.shell.until_tag(text, read).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_representative_and_a_change_of_owner_are_seen() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    scene.simulator.log_in_representative("ben").unwrap();
    scene.simulator.join_representative("ben", &lsid).unwrap();
    let stage = scene.app();
    assert!(stage.app.open_link("casebridge://tag".into()).await);
    let owner = |is: bool| {
        let lsid = lsid.clone();
        move |view: &TagView| session(view, &lsid).is_some_and(|s| s.owner == is)
    };
    stage.shell.until_tag("the session", owner(true)).await.unwrap();
    scene.simulator.give_session("ben", &lsid).unwrap();
    stage.shell.until_tag("the other owner", owner(false)).await.unwrap();
    scene.simulator.leave_representative("ben", &lsid).unwrap();
    stage.shell.until_tag("the owner of before", owner(true)).await.unwrap();
    scene.simulator.leave_customer(&lsid).unwrap();
    let ended = |view: &TagView| session(view, &lsid).is_some_and(|session| session.ended);
    stage.shell.until_tag("the end", ended).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_the_listing_is_read() {
    for fault in [
        FaultSwitch::on(FaultName::ListingKey),
        FaultSwitch::on(FaultName::ListingKey).with_text("child"),
        FaultSwitch::on(FaultName::Language).with_text("de"),
        FaultSwitch::on(FaultName::EmptyEndTime),
        FaultSwitch::on(FaultName::OldNamespace),
        FaultSwitch::on(FaultName::ReportingLag).with_seconds(2),
    ] {
        let scene = Scene::new().await.unwrap();
        scene.simulator.fault(fault.clone());
        let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
        let stage = scene.app();
        let link = format!("casebridge://tag?case={}&lsid={lsid}", case_id(&scene));
        assert!(stage.app.open_link(link).await);
        proposed(&stage, &lsid).await;
        tag_now(&stage, false).await;
        state(&stage, &lsid, &TagStateView::Tagged).await;
        assert_eq!(external_key(&scene, &lsid), Some(case_id(&scene)), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_is_written_where_an_administrator_chose_it() {
    let scene = Scene::new().await.unwrap();
    scene
        .change_settings(|text| {
            text.replace("[org]\n", "[org]\nexternal_key_writes = \"case_number\"\n")
        })
        .unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let case = "1026".parse::<CaseRef>().unwrap();
    let read = casebridge_use_cases::session_key::read_case_of(&scene.casebridge, &case, None);
    let lsid = lsid.parse().unwrap();
    let tagged =
        tag::tag(&scene.casebridge, None, &lsid, &read.await.unwrap(), None).await.unwrap();
    assert_eq!((tagged.external_key.as_str(), tagged.previous), ("00001026", None));
    assert_eq!(external_key(&scene, lsid.as_str()).as_deref(), Some("00001026"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_sessions_of_two_hundred_people_cost_one_listing_and_one_report() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.crowd(999, 199).unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let (mut feed, nothing) = (Feed::default(), BTreeSet::new());
    let calls = || (scene.calls("/api/reporting"), scene.calls("/api/command"));
    let before = calls();
    let poll = feed.poll(&scene.casebridge, None, Some("ada"), &nothing);
    let snapshot = poll.await.unwrap();
    let mine: Vec<String> = snapshot.mine().iter().map(|s| s.lsid.to_string()).collect();
    assert_eq!((mine.as_slice(), snapshot.all().len()), ([lsid].as_slice(), 1000));
    assert_eq!(calls(), (before.0 + 2, before.1));
    // From then on the listing alone, and in every sixth round one report: Ada's own session, and
    // those whose turn it is.
    for _ in 0..12 {
        let poll = feed.poll(&scene.casebridge, None, Some("ada"), &nothing);
        assert_eq!(poll.await.unwrap().mine().len(), 1);
    }
    assert_eq!(calls(), (before.0 + 2 + 12 + 2, before.1));
    let state = scene.simulator.state();
    let lsids = |call: &Value| call["params"]["lsids"].as_str().map(|all| all.split(',').count());
    let counts: Vec<usize> = state["calls"].as_array().unwrap().iter().filter_map(lsids).collect();
    assert!(matches!(counts.as_slice(), [1000, 50 | 51, 50 | 51]), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poller_without_anything_to_look_for_makes_no_call() {
    let scene = Scene::signed_out().unwrap();
    let stage = scene.app();
    begin(&scene, "Rosa Marin", "FRONTDESK-3");
    stage.shell.until("the menu", |seen| seen.menu.is_some()).await.unwrap();
    stage.quit().await.unwrap();
    assert_eq!(scene.calls("/api/"), 0, "nobody is signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_needs_the_sessions_there_is_one_listing_an_interval() {
    let scene = Scene::new().await.unwrap();
    // Without imports and offers nobody looks for sessions that ended unseen, which is a listing of
    // another time.
    let quiet = "[import]\nenabled = false\n[tag]\noffer = false\n";
    scene.change_settings(|text| text + quiet).unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    assert!(stage.app.open_link("casebridge://tag".into()).await);
    let known = |view: &TagView| view.sessions.is_some();
    stage.shell.until_tag("the sessions", known).await.unwrap();
    stage.shell.until_case("the key", |view| view.watch == WatchView::Waiting).await.unwrap();
    let listings = || -> Vec<f64> {
        let state = scene.simulator.state();
        let calls = state["calls"].as_array().unwrap();
        let listing = |call: &&Value| call["params"]["generate_report"] == "SupportSessionListing";
        calls.iter().filter(listing).filter_map(|call| call["began_ms"].as_f64()).collect()
    };
    let before = listings().len();
    wait::until_true("five listings", || listings().len() >= before + 5).await.unwrap();
    for two in listings()[before..].windows(2) {
        assert!(two[1] - two[0] > 900.0, "two within one interval of a second: {two:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_ended_without_a_case_are_told_once_a_day() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    scene.simulator.leave_customer(&lsid).unwrap();
    let stage = scene.app();
    let told = notice(&stage, "A session ended without a case").await;
    stage.app.answer_notice(told.topic.unwrap(), "choose");
    let ended = |view: &TagView| session(view, &lsid).is_some_and(|session| session.ended);
    stage.shell.until_tag("the session", ended).await.unwrap();
    stage.tag("find_cases", json!({ "text": "1026" })).await.unwrap();
    proposed(&stage, &lsid).await;
    let form = json!({ "lsid": lsid, "selected": true });
    stage.tag("select_session", form).await.unwrap();
    tag_now(&stage, false).await;
    state(&stage, &lsid, &TagStateView::Held).await;
    assert_eq!(scene.casebridge.store().unwrap().held_links().unwrap().len(), 1);
    assert_eq!(ended::take_due(&scene.casebridge).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_case_is_made_on_the_orgs_page_and_offered_at_once() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    let stage = scene.app();
    stage.app.press_menu("tag");
    let chosen = |view: &TagView| session(view, &lsid).is_some_and(|session| session.selected);
    let view = stage.shell.until_tag("the session", chosen).await.unwrap();
    assert_eq!(view.new_case.subject, "Remote support session with Rosa Marin on FRONTDESK-3");
    let form = json!({ "subject": "Printer, 2nd floor", "contact": view.new_case.contact });
    stage.tag("open_new_case", form).await.unwrap();
    let opened = |seen: &Seen| !seen.pages.is_empty();
    let seen = stage.shell.until("the page", opened).await.unwrap();
    assert_eq!(seen.pages[0].path(), "/lightning/o/Case/new");
    let waits = |view: &TagView| {
        let contact = Some("Rosa Marin".to_owned());
        view.new_case.state == NewCaseStateView::Waiting { contact }
    };
    stage.shell.until_tag("the wait", waits).await.unwrap();
    scene.save_page(seen.pages[0].as_str()).await.unwrap();
    let offered = |view: &TagView| {
        let header = view.header.as_ref();
        header.is_some_and(|header| header.contact.as_deref() == Some("Rosa Marin"))
    };
    let view = stage.shell.until_tag("the new case", offered).await.unwrap();
    assert_eq!(view.header.unwrap().subject, "Printer 2nd floor");
    assert_eq!(view.new_case.state, NewCaseStateView::Idle);
    tag_now(&stage, false).await;
    state(&stage, &lsid, &TagStateView::Tagged).await;
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_put_off_or_dismissed_outlives_a_restart() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let casebridge = scene.at_clock(clock.clock()).unwrap();
    let start = || scene.app_of(&casebridge, scene::browser("ada@example.test"));
    let [first, second] = ["Rosa Marin", "Tom Harbour"].map(|customer| {
        let lsid = begin(&scene, customer, "FRONTDESK-3");
        scene.simulator.leave_customer(&lsid).unwrap();
        lsid
    });
    let stage = start();
    let told = notice(&stage, "2 sessions ended without a case").await;
    stage.app.answer_notice(told.topic.unwrap(), "later");
    stage.app.press_menu("tag");
    let both = |view: &TagView| {
        let is_ended = |lsid: &str| session(view, lsid).is_some_and(|session| session.ended);
        is_ended(&first) && is_ended(&second)
    };
    stage.shell.until_tag("both", both).await.unwrap();
    stage.tag("dismiss_session", json!({ "lsid": second })).await.unwrap();
    let only = |view: &TagView| session(view, &first).is_some() && session(view, &second).is_none();
    stage.shell.until_tag("the other one", only).await.unwrap();
    let listed = || casebridge.store().unwrap().ended_sessions().unwrap().len();
    wait::until_true("the list on the disk", || listed() == 1).await.unwrap();
    stage.quit().await.unwrap();
    // Before the hours are over, a start tells nothing.
    assert_eq!(ended::take_due(&casebridge).await.unwrap(), []);
    clock.sleep(5 * 3600);
    let stage = start();
    notice(&stage, "A session ended without a case").await;
    stage.app.press_menu("tag");
    stage.shell.until_tag("the one that was put off", only).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_without_a_case_while_the_app_runs_is_listed() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3");
    stage.app.press_menu("tag");
    let runs = |view: &TagView| session(view, &lsid).is_some();
    stage.shell.until_tag("the session", runs).await.unwrap();
    stage.tag("close_window", json!({})).await.unwrap();
    scene.simulator.leave_customer(&lsid).unwrap();
    let listed = || scene.casebridge.store().unwrap().ended_sessions().unwrap();
    wait::until_true("the list", || listed().iter().any(|one| one.lsid == lsid)).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_15_the_link_open_opens_the_case_that_the_key_names() {
    let scene = Scene::new().await.unwrap();
    for key in ["00001026".to_owned(), "1026".to_owned(), case_id(&scene)] {
        let stage = scene.app();
        assert!(stage.app.open_link(format!("casebridge://open?key={key}")).await);
        let opened = |seen: &Seen| !seen.pages.is_empty();
        let seen = stage.shell.until("the page", opened).await.unwrap();
        assert!(seen.pages[0].path().contains(&case_id(&scene)), "{key}: {}", seen.pages[0]);
        // A page that sends many opens one.
        assert!(stage.app.open_link(format!("casebridge://open?key={key}")).await);
        stage.shell.until("the notice", |seen| !seen.notices.is_empty()).await.unwrap();
        assert_eq!(stage.shell.seen().pages.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_undo_leaves_alone_what_somebody_else_has_written() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene, "Rosa Marin", "FRONTDESK-3").parse().unwrap();
    let read = |number: &'static str| {
        let casebridge = scene.casebridge.clone();
        async move {
            let case = number.parse::<CaseRef>().unwrap();
            let read = casebridge_use_cases::session_key::read_case_of;
            read(&casebridge, &case, None).await.unwrap()
        }
    };
    let first = tag::tag(&scene.casebridge, None, &lsid, &read("1026").await, None).await.unwrap();
    let other = read("1027").await;
    // Nobody saw that it carries the first case by now.
    let unseen = tag::tag(&scene.casebridge, None, &lsid, &other, None).await.unwrap_err();
    assert_eq!(unseen.code, FailureCode::TagDoubtful);
    assert_eq!(external_key(&scene, lsid.as_str()), Some(case_id(&scene)));
    let seen = Some(first.external_key.as_str());
    let second = tag::tag(&scene.casebridge, None, &lsid, &other, seen).await.unwrap();
    assert_eq!(second.previous, Some(case_id(&scene)));
    let refused = tag::undo(&scene.casebridge, first.id.unwrap()).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::UndoImpossible);
    tag::undo(&scene.casebridge, second.id.unwrap()).await.unwrap();
    assert_eq!(external_key(&scene, lsid.as_str()), Some(case_id(&scene)));
    let again = tag::undo(&scene.casebridge, second.id.unwrap()).await.unwrap_err();
    assert_eq!(again.code, FailureCode::UndoImpossible);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_began_with_a_key_is_not_offered() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let made = |view: &CaseView| matches!(view.key, KeyStateView::Made(_));
    stage.shell.until_case("the key", made).await.unwrap();
    let key = scene.keys()[0]["short_key"].as_str().unwrap().to_owned();
    let name = Some("Rosa Marin".to_owned());
    let join = CustomerJoin { short_key: Some(key), name, ..CustomerJoin::default() };
    scene.simulator.join_customer(join).unwrap();
    let in_tray = |seen: &Seen| {
        let items = seen.menu.iter().flat_map(|menu| &menu.items);
        items.clone().any(|item| item.label.contains("(00001026)"))
    };
    let seen = stage.shell.until("the session in the tray", in_tray).await.unwrap();
    let offers = seen.notices.iter().filter(|notice| !notice.buttons.is_empty());
    assert_eq!(offers.count(), 0, "{:?}", Value::from(seen.notices.len()));
}
