//! Whose session it is (S2): what speaks against its case is judged when a customer joins, when an
//! external key names a case, and before an import.

use crate::home::{count, over};
use crate::terminal::Terminal;
use casebridge_desktop::Notice;
use casebridge_domain::{FailureCode, Lsid};
use casebridge_ipc::{
    ActivityEntryView, ActivityStateView, ActivityView, CaseView, DoubtView, KeyStateView, TagView,
    WatchView,
};
use casebridge_simulator::{CustomerJoin, SessionBegin, SessionWork};
use casebridge_tests::fake_shell::Seen;
use casebridge_tests::scene::{Scene, Stage};
use casebridge_tests::wait;
use casebridge_use_cases::jobs;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::outbox::Attempt;
use serde_json::json;

/// The case that keys are made for here is about Rosa Marin.
async fn joined_by(scene: &Scene, name: &str) -> (Stage, String) {
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let made = |view: &CaseView| matches!(view.key, KeyStateView::Made(_));
    let view = stage.shell.until_case("the key", made).await.unwrap();
    let KeyStateView::Made(key) = view.key else { panic!("no key") };
    let join = CustomerJoin {
        short_key: Some(key.short_key),
        name: Some(name.to_owned()),
        hostname: Some("HARBOUR-PC".to_owned()),
        ..CustomerJoin::default()
    };
    (stage, scene.simulator.join_customer(join).unwrap())
}

fn doubt(view: &CaseView) -> Option<&DoubtView> {
    let WatchView::Joined { doubt, .. } = &view.watch else { return None };
    doubt.as_ref()
}

fn doubted(seen: &Seen) -> Option<&Notice> {
    seen.notices.iter().find(|notice| notice.title == "Check whose session this is")
}

fn parked(view: &ActivityView) -> Option<&ActivityEntryView> {
    let doubtful = |entry: &&ActivityEntryView| {
        matches!(&entry.state, ActivityStateView::Parked { failure }
            if failure.code == "import_doubtful")
    };
    view.open.iter().flatten().find(doubtful)
}

fn end(scene: &Scene, lsid: &str) {
    scene.simulator.work(SessionWork { lsid: lsid.to_owned(), ..Default::default() }).unwrap();
    scene.simulator.advance_clock(95);
    scene.simulator.leave_customer(lsid).unwrap();
}

fn is_written(scene: &Scene, lsid: &str) -> bool {
    count(scene, &lsid.parse().unwrap()).contains_key("Support_Session__c")
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_somebody_else_who_joins_with_the_key_is_shown_beside_the_contact_and_not_imported() {
    for (name, part) in [("Tom Harbour", false), ("Rosa", true)] {
        let scene = Scene::new().await.unwrap();
        let (stage, lsid) = joined_by(&scene, name).await;
        let view = stage.shell.until_case("the doubt", |v| doubt(v).is_some()).await.unwrap();
        let expected = Some("Rosa Marin".to_owned());
        let other = DoubtView::OtherPerson { expected, customer: name.to_owned(), perhaps: part };
        assert_eq!(doubt(&view), Some(&other));
        let seen = stage.shell.until("the notice", |seen| doubted(seen).is_some()).await.unwrap();
        let body = &doubted(&seen).unwrap().body;
        assert!(body.contains(name) && body.contains("Rosa Marin"), "{body}");
        end(&scene, &lsid);
        stage.app.press_menu("activity");
        let view = stage.shell.until_activity("what waits", |v| parked(v).is_some()).await.unwrap();
        let entry = parked(&view).unwrap();
        let ActivityStateView::Parked { failure } = &entry.state else { panic!() };
        assert!(failure.detail.contains(name) && failure.detail.contains("Rosa Marin"));
        assert_eq!(entry.case_number.as_deref(), Some("00001026"));
        assert!(!is_written(&scene, &lsid));
        stage.activity("agree_item", json!({ "id": entry.id })).await.unwrap();
        wait::until_true("the import", || is_written(&scene, &lsid)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_person_who_says_that_it_is_right_is_not_asked_again() {
    let scene = Scene::new().await.unwrap();
    let (stage, lsid) = joined_by(&scene, "Tom Harbour").await;
    stage.shell.until_case("the doubt", |view| doubt(view).is_some()).await.unwrap();
    stage.case("agree_customer", json!({})).await.unwrap();
    stage.shell.until_case("no doubt", |view| doubt(view).is_none()).await.unwrap();
    end(&scene, &lsid);
    wait::until_true("the import", || is_written(&scene, &lsid)).await.unwrap();
    let seen = stage.shell.seen();
    let told = seen.notices.iter().filter(|notice| notice.title == "Check whose session this is");
    assert_eq!(told.count(), 1, "{:#?}", seen.notices);
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_the_session_of_somebody_else_is_put_on_another_case_from_where_it_is_doubted() {
    let scene = Scene::new().await.unwrap();
    let (stage, lsid) = joined_by(&scene, "Tom Harbour").await;
    stage.shell.until_case("the doubt", |view| doubt(view).is_some()).await.unwrap();
    stage.case("retag_customer", json!({})).await.unwrap();
    let chosen = |view: &TagView| {
        view.sessions.iter().flatten().any(|session| session.lsid == lsid && session.selected)
    };
    let view = stage.shell.until_tag("the session", chosen).await.unwrap();
    let session = view.sessions.iter().flatten().find(|session| session.lsid == lsid).unwrap();
    assert!(session.selected);
    let carried = |view: &TagView| {
        view.sessions.iter().flatten().any(|session| session.carries_doubt.is_some())
    };
    stage.shell.until_tag("what speaks against its case", carried).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_an_external_key_of_somebody_elses_case_is_told_of_once() {
    let scene = Scene::new().await.unwrap();
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Tom Harbour".to_owned()),
        hostname: Some("HARBOUR-PC".to_owned()),
        external_key: Some("1026".to_owned()),
    };
    scene.simulator.begin_session(session).unwrap();
    let stage = scene.app();
    let seen = stage.shell.until("the notice", |seen| doubted(seen).is_some()).await.unwrap();
    let notice = doubted(&seen).unwrap();
    assert!(notice.body.contains("Tom Harbour") && notice.body.contains("Rosa Marin"));
    let ids: Vec<&str> = notice.buttons.iter().map(|button| button.id.as_str()).collect();
    assert_eq!(ids, ["agree", "choose"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_a_person_tagged_is_not_doubted_before_its_import() {
    let scene = Scene::new().await.unwrap();
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Tom Harbour".to_owned()),
        ..SessionBegin::default()
    };
    let lsid = scene.simulator.begin_session(session).unwrap();
    let reference = "1026".parse().unwrap();
    let case = casebridge_use_cases::session_key::read_case_of(&scene.casebridge, &reference, None);
    let (case, wanted): (_, Lsid) = (case.await.unwrap(), lsid.parse().unwrap());
    let tag = casebridge_use_cases::tag::tag;
    tag(&scene.casebridge, None, &wanted, &case, None).await.unwrap();
    end(&scene, &lsid);
    let id = jobs::import::enqueue_import(&scene.casebridge, None, &wanted, "", When::Now)
        .await
        .unwrap();
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_of_a_computer_bears_its_name_and_is_not_doubted() {
    let scene = Scene::new().await.unwrap();
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("FRONTDESK-3".to_owned()),
        hostname: Some("FRONTDESK-3".to_owned()),
        external_key: Some("1026".to_owned()),
    };
    let lsid = scene.simulator.begin_session(session).unwrap();
    end(&scene, &lsid);
    let wanted: Lsid = lsid.parse().unwrap();
    let id = jobs::import::enqueue_import(&scene.casebridge, None, &wanted, "", When::Now)
        .await
        .unwrap();
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_the_command_line_returns_the_doubt_and_wants_a_yes() {
    let terminal = Terminal::new().await;
    let scene = &terminal.scene;
    // Case 00001026 is about Rosa Marin, as is the session; the next one is somebody else's.
    let lsid = over(scene, Some("1027".to_owned()), SessionWork::default());
    for words in [&["import", "--lsid", &lsid][..], &["import", "--lsid", &lsid, "--dry-run"]] {
        let (told, code) = terminal.json(words);
        assert_eq!((code, &told["error"]["code"]), (1, &json!("import_doubtful")), "{told}");
        let detail = told["error"]["detail"].as_str().unwrap();
        assert!(detail.contains("Rosa Marin") && detail.contains("00001027"), "{detail}");
    }
    assert!(!is_written(scene, &lsid));
    let (list, _) = terminal.json(&["outbox", "list"]);
    assert_eq!(
        (&list["items"][0]["state"], &list["items"][0]["case"]),
        (&json!("parked"), &json!("00001027"))
    );
    let (planned, code) = terminal.json(&["import", "--lsid", &lsid, "--dry-run", "--yes"]);
    assert_eq!((code, is_written(scene, &lsid)), (0, false), "{planned}");
    let (done, code) = terminal.json(&["import", "--lsid", &lsid, "--yes"]);
    assert_eq!(code, 0, "{done}");
    assert!(is_written(scene, &lsid));
    let (again, code) = terminal.json(&["import", "--lsid", &lsid]);
    assert_eq!(code, 0, "it was agreed to: {again}");
    assert_eq!(FailureCode::from_word("import_doubtful"), Some(FailureCode::ImportDoubtful));
}
