//! What one sign-in left is not another one's: it waits, is seen to, and is sent in no other name.

use crate::home::{count, finished};
use casebridge_domain::jump::{JumpField, JumpForm, JumpMethod};
use casebridge_domain::{FailureCode, Lsid};
use casebridge_ipc::{ActivityStateView, ActivityView, CaseView};
use casebridge_simulator::{FaultName, FaultSwitch, SessionWork};
use casebridge_tests::fake_shell::Seen;
use casebridge_tests::scene::{self, Scene};
use casebridge_tests::wait;
use casebridge_use_cases::jobs;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::outbox::{self, Attempt};
use casebridge_use_cases::{account, jump, tag};
use serde_json::json;

const ADA: &str = "ada@example.test";
const BEN: &str = "ben@example.test";

fn is_written(scene: &Scene, lsid: &Lsid) -> bool {
    count(scene, lsid).contains_key("Support_Session__c")
}

/// An import that waits because the org cannot be reached.
async fn queued(scene: &Scene) -> (Lsid, u32) {
    let lsid = finished(scene, SessionWork::default());
    scene.simulator.fault(FaultSwitch::on(FaultName::Html503).only("composite"));
    let id =
        jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "Rosa Marin", When::Asked);
    let id = id.await.unwrap();
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Later(_)), "{attempt:?}");
    scene.simulator.clear_faults();
    (lsid, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_waits_for_the_sign_in_that_queued_it() {
    for signs_out in [true, false] {
        let scene = Scene::new().await.unwrap();
        let (lsid, id) = queued(&scene).await;
        if signs_out {
            account::sign_out(&scene.casebridge).await.unwrap();
        }
        scene.sign_in(BEN).await.unwrap();
        outbox::retry(&scene.casebridge, id).await.unwrap();
        let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
        let Attempt::Later(failure) = attempt else { panic!("{attempt:?}") };
        assert_eq!(failure.code, FailureCode::OtherSignIn);
        assert!(failure.detail.contains(ADA), "{}", failure.detail);
        assert!(!is_written(&scene, &lsid), "it was sent in another name");
        let next = outbox::next(&scene.casebridge, outbox::Lane::Sessions).await.unwrap();
        assert!(next.is_none(), "it stands in nobody's way");
        let [item] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
        assert_eq!(item.error.as_ref().map(|(code, _)| code.as_str()), Some("other_sign_in"));
        scene.sign_in(ADA).await.unwrap();
        let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
        assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
        assert!(is_written(&scene, &lsid));
    }
}

/// The refresh token was exchanged past the app, so that it is not known yet who is signed in.
#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_sent_in_no_other_name_even_where_nobody_noted_the_sign_in() {
    let scene = Scene::new().await.unwrap();
    let (lsid, id) = queued(&scene).await;
    let other = Scene::signed_in(BEN).await.unwrap();
    drop(other);
    let before = scene.casebridge.store().unwrap().owner().unwrap().unwrap();
    scene.sign_in(BEN).await.unwrap();
    scene.casebridge.store().unwrap().note_owner(&before, true).unwrap();
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(
        matches!(&attempt, Attempt::Later(failure) if failure.code == FailureCode::OtherSignIn),
        "{attempt:?}"
    );
    assert!(!is_written(&scene, &lsid));
    let now = scene.casebridge.store().unwrap().owner().unwrap().unwrap();
    assert_eq!(now.username, BEN, "it is known from now on");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_one_person_left_is_shown_to_another() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app_with_browser(scene::browser(BEN));
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let key = |view: &CaseView| view.header.is_some();
    stage.shell.until_case("the case", key).await.unwrap();
    let listed = |seen: &Seen| {
        let items = seen.menu.iter().flat_map(|menu| &menu.items);
        items.clone().any(|item| item.label.starts_with("00001026"))
    };
    stage.shell.until("the case in the tray", listed).await.unwrap();
    let values = [(JumpField::Target, "PC-9".to_owned())].into_iter().collect();
    let form = JumpForm { method: JumpMethod::Rdp, values };
    jump::remember(&scene.casebridge, None, &form).await.unwrap();
    // What is queued stays there until somebody else is signed in.
    scene.simulator.fault(FaultSwitch::on(FaultName::Html503).only("composite"));
    let (untagged, _) = queued(&scene).await;
    let reference = "1026".parse().unwrap();
    let read = casebridge_use_cases::session_key::read_case_of(&scene.casebridge, &reference, None);
    tag::hold(&scene.casebridge, "Default", &untagged, &read.await.unwrap()).await.unwrap();

    // Without a sign-out: the browser brings somebody else.
    stage.settings("sign_in", json!({})).await.unwrap();
    stage.shell.until("an empty tray", |seen| !listed(seen)).await.unwrap();
    let view = stage.shell.seen().case.unwrap();
    assert_eq!((view.header, view.waiting.len()), (None, 0), "the case of the other one");
    assert_eq!(jump::past(&scene.casebridge).await.unwrap(), []);
    let store = scene.casebridge.store().unwrap();
    assert_eq!(store.held_links().unwrap(), []);
    stage.app.press_menu("activity");
    let held = |view: &ActivityView| {
        view.open.iter().flatten().any(|e| matches!(e.state, ActivityStateView::Held { .. }))
    };
    let view = stage.shell.until_activity("what waits for the other one", held).await.unwrap();
    let entry = &view.open.unwrap()[0];
    assert_eq!((entry.title.as_str(), entry.has_case), ("", false), "no name of a customer");
    assert_eq!(view.closed, []);
    stage.activity("discard_item", json!({ "id": entry.id })).await.unwrap();
    let gone = |view: &ActivityView| view.open.as_ref().is_some_and(Vec::is_empty);
    stage.shell.until_activity("the way out", gone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_goes_on_when_its_sign_in_is_back() {
    let scene = Scene::new().await.unwrap();
    let (lsid, _) = queued(&scene).await;
    scene.sign_in(BEN).await.unwrap();
    let stage = scene.app_with_browser(scene::browser(ADA));
    stage.settings("sign_in", json!({})).await.unwrap();
    wait::until_true("the import", || is_written(&scene, &lsid)).await.unwrap();
    stage.quit().await.unwrap();
}
