//! Sessions that ended while nobody looked are found, each once (I4).

use crate::home::{count, over};
use casebridge_domain::FailureCode;
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin, SessionWork};
use casebridge_tests::fake_clock::FakeClock;
use casebridge_tests::scene::{self, Scene};
use casebridge_tests::wait;
use casebridge_use_cases::jobs;
use casebridge_use_cases::outbox::{self, Attempt};
use casebridge_use_cases::{Casebridge, catch_up};

fn is_written(scene: &Scene, lsid: &str) -> bool {
    count(scene, &lsid.parse().unwrap()).contains_key("Support_Session__c")
}

fn tagged(scene: &Scene) -> String {
    over(scene, Some("1026".to_owned()), SessionWork::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn row_33_a_session_that_ended_while_the_app_was_off_is_imported_at_the_next_start() {
    let scene = Scene::new().await.unwrap();
    let first = tagged(&scene);
    let stage = scene.app();
    wait::until_true("the import", || is_written(&scene, &first)).await.unwrap();
    stage.quit().await.unwrap();
    let second = tagged(&scene);
    // A long absence: the appliance is days further than at the last look.
    scene.simulator.advance_clock(5 * 24 * 3600);
    let stage = scene.app();
    wait::until_true("the import", || is_written(&scene, &second)).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_queued_once_and_one_that_is_nobodys_business_is_not() {
    let scene = Scene::new().await.unwrap();
    let own = tagged(&scene);
    over(&scene, None, SessionWork::default());
    let bens = SessionBegin {
        representative: "ben".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        external_key: Some("1026".to_owned()),
        ..SessionBegin::default()
    };
    scene.simulator.log_in_representative("ben").unwrap();
    let bens = scene.simulator.begin_session(bens).unwrap();
    scene.simulator.leave_customer(&bens).unwrap();
    let running = SessionBegin {
        representative: "ada".to_owned(),
        external_key: Some("1026".to_owned()),
        ..SessionBegin::default()
    };
    let running = scene.simulator.begin_session(running).unwrap();
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 1);
    let [item] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
    let kept = scene.casebridge.store().unwrap().item(item.id).unwrap().unwrap();
    assert_eq!((kept.subject.as_str(), kept.title.as_str()), (own.as_str(), "Rosa Marin"));
    outbox::discard(&scene.casebridge, item.id).await.unwrap();
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 0, "it was given up");
    scene.simulator.leave_customer(&running).unwrap();
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 1, "it has ended since");
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_failed_counts_for_nothing() {
    let scene = Scene::new().await.unwrap();
    tagged(&scene);
    scene.simulator.fault(FaultSwitch::on(FaultName::Status500).only("SupportSession"));
    catch_up::catch_up(&scene.casebridge).await.unwrap_err();
    assert_eq!(scene.casebridge.store().unwrap().looked_at("Default").unwrap(), None);
    scene.simulator.clear_faults();
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_during_an_outage_is_imported_after_it() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    let looked = || scene.casebridge.store().unwrap().looked_at("Default").unwrap().is_some();
    wait::until_true("the look at the start", looked).await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::Status500).only("SupportSessionListing"));
    stage.app.press_menu("tag");
    let stale = |view: &casebridge_ipc::TagView| view.stale.is_some();
    stage.shell.until_tag("the outage", stale).await.unwrap();
    let lsid = tagged(&scene);
    scene.simulator.clear_faults();
    wait::until_true("the import", || is_written(&scene, &lsid)).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_while_the_computer_slept_is_imported_when_it_wakes() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let casebridge = scene.at_clock(clock.clock()).unwrap();
    let stage = scene.app_of(&casebridge, scene::browser("ada@example.test"));
    let looked = || casebridge.store().unwrap().looked_at("Default").unwrap();
    wait::until_true("the look at the start", || looked().is_some()).await.unwrap();
    let lsid = tagged(&scene);
    clock.sleep(3600);
    wait::until_true("the import", || is_written(&scene, &lsid)).await.unwrap();
    stage.quit().await.unwrap();
}

/// A session of Ben's that is over, with Ada in it or not.
fn bens(scene: &Scene, external_key: Option<&str>, with_ada: bool) -> String {
    bens_with(scene, "Rosa Marin", external_key, with_ada)
}

fn bens_with(scene: &Scene, customer: &str, external_key: Option<&str>, with_ada: bool) -> String {
    scene.simulator.log_in_representative("ben").unwrap();
    let session = SessionBegin {
        representative: "ben".to_owned(),
        name: Some(customer.to_owned()),
        external_key: external_key.map(str::to_owned),
        ..SessionBegin::default()
    };
    let lsid = scene.simulator.begin_session(session).unwrap();
    if with_ada {
        scene.simulator.join_representative("ada", &lsid).unwrap();
    }
    scene.simulator.leave_customer(&lsid).unwrap();
    lsid
}

/// The one item that waits, and in how many minutes it is due.
async fn only_item(casebridge: &Casebridge) -> (u32, i64) {
    let [item] = &outbox::open_items(casebridge).await.unwrap()[..] else { panic!() };
    (item.id, item.due_at.duration_since(casebridge.now()).as_mins())
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_a_participants_desktop_imports_what_the_owners_did_not() {
    let scene = Scene::new().await.unwrap();
    let lsid = bens(&scene, Some("1026"), true);
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 1);
    let (id, minutes) = only_item(&scene.casebridge).await;
    assert!((55..=60).contains(&minutes), "the owner's desktop comes first: {minutes}");
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
    assert!(is_written(&scene, &lsid));
    // Another desktop of a participant finds the work done.
    let other = scene.another_computer().await.unwrap();
    assert_eq!(catch_up::catch_up(&other).await.unwrap(), 1);
    let (id, _) = only_item(&other).await;
    let reports = || scene.calls("SupportSession");
    let before = reports();
    let Attempt::Dropped(failure) = jobs::work_on(&other, id).await.unwrap() else { panic!() };
    assert_eq!(failure.code, FailureCode::SessionImportedElsewhere);
    assert_eq!(reports(), before, "no report is read for nothing");
    assert_eq!(catch_up::catch_up(&other).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_a_desktop_that_helps_out_leaves_doubts_and_unseen_cases_to_the_owners() {
    let scene = Scene::new().await.unwrap();
    let all = "[appliance.Default]\nimport_all_sessions = true\n";
    scene.change_settings(|text| text.replace("[appliance.Default]\n", all)).unwrap();
    for (customer, key, code) in [
        ("Tom Harbour", "1026", FailureCode::ImportDoubtful),
        ("Rosa Marin", "99999999", FailureCode::SessionCaseNotFound),
    ] {
        let lsid = bens_with(&scene, customer, Some(key), true);
        assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 1);
        let (id, _) = only_item(&scene.casebridge).await;
        let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
        let Attempt::Dropped(failure) = attempt else { panic!("{customer}: {attempt:?}") };
        assert_eq!(failure.code, code);
        assert!(!is_written(&scene, &lsid), "a session without its case: {key}");
        assert!(outbox::open_items(&scene.casebridge).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_all_sessions_are_imported_anybodys_too_and_without_a_case() {
    let scene = Scene::new().await.unwrap();
    let all = "[appliance.Default]\nimport_all_sessions = true\n";
    scene.change_settings(|text| text.replace("[appliance.Default]\n", all)).unwrap();
    let lsid = bens(&scene, None, false);
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 1);
    let (id, minutes) = only_item(&scene.casebridge).await;
    assert!((115..=180).contains(&minutes), "owner and participants come first: {minutes}");
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
    assert!(is_written(&scene, &lsid));
    assert!(scene.casebridge.store().unwrap().ended_sessions().unwrap().is_empty(), "it is Ben's");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_look_reaches_as_far_as_the_settings_say() {
    let scene = Scene::new().await.unwrap();
    let old = tagged(&scene);
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 1);
    let id = only_item(&scene.casebridge).await.0;
    outbox::discard(&scene.casebridge, id).await.unwrap();
    let missed = tagged(&scene);
    scene.simulator.advance_clock(10 * 24 * 3600);
    scene.change_settings(|text| text + "[sessions]\ncatch_up = 86400\n").unwrap();
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 0, "{old} {missed}");
}
