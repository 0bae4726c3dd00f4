//! Seeing the customer join, by polling reports.

use casebridge_desktop::Notice;
use casebridge_ipc::{CaseView, KeyStateView, WatchView, Window};
use casebridge_simulator::{CustomerJoin, FaultName, FaultSwitch};
use casebridge_tests::nasty::NASTY;
use casebridge_tests::scene::{Scene, Stage};
use serde_json::json;

async fn waiting(scene: &Scene) -> (Stage, String) {
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let view = stage
        .shell
        .until_case("the key", |view| matches!(view.key, KeyStateView::Made(_)))
        .await
        .unwrap();
    let KeyStateView::Made(key) = view.key else { panic!("no key") };
    (stage, key.short_key)
}

fn join(scene: &Scene, short_key: &str) -> String {
    let join = CustomerJoin {
        short_key: Some(short_key.to_owned()),
        name: Some("Rosa <b>Marin</b>".to_owned()),
        hostname: Some("FLOOR3-PC".to_owned()),
        ..CustomerJoin::default()
    };
    scene.simulator.join_customer(join).unwrap()
}

fn joined(view: &CaseView) -> bool {
    matches!(&view.watch, WatchView::Joined { name, hostname, .. }
        if name.contains("Rosa") && hostname.as_deref() == Some("FLOOR3-PC"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_is_seen_to_join_and_to_leave_in_every_form_of_report() {
    for fault in [
        None,
        Some(FaultSwitch::on(FaultName::ListingKey)),
        Some(FaultSwitch::on(FaultName::ListingKey).with_text("child")),
        Some(FaultSwitch::on(FaultName::EmptyEndTime)),
        Some(FaultSwitch::on(FaultName::EmptyLists)),
        Some(FaultSwitch::on(FaultName::Language).with_text("fr")),
        Some(FaultSwitch::on(FaultName::OldNamespace)),
        Some(FaultSwitch::on(FaultName::ClockSkew).with_seconds(3600)),
        Some(FaultSwitch::on(FaultName::ReportingLag).with_seconds(2)),
    ] {
        let scene = Scene::new().await.unwrap();
        if let Some(fault) = &fault {
            scene.simulator.fault(fault.clone());
        }
        let (stage, key) = waiting(&scene).await;
        let lsid = join(&scene, &key);
        stage.shell.until_case("the customer", joined).await.unwrap();
        let notices = stage.shell.seen().notices;
        assert_eq!(notices.len(), 1, "{fault:?}");
        assert!(notices[0].body.contains("Rosa") && !notices[0].body.contains(&key));
        scene.simulator.leave_customer(&lsid).unwrap();
        let ended = |view: &CaseView| view.watch == WatchView::Ended;
        stage.shell.until_case("the end", ended).await.unwrap();
        let joined =
            |notices: &[Notice]| notices.iter().filter(|n| n.title == "Customer joined").count();
        assert_eq!(joined(&stage.shell.seen().notices), 1, "{:#?}", stage.shell.seen().notices);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_is_seen_with_the_window_closed() {
    let scene = Scene::new().await.unwrap();
    let (stage, key) = waiting(&scene).await;
    stage.app.window_closed(Window::Case);
    join(&scene, &key);
    let seen = stage.shell.until("the notice", |seen| !seen.notices.is_empty()).await.unwrap();
    assert_eq!(seen.notices[0].title, "Customer joined");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_is_stopped_asks_no_more() {
    let scene = Scene::new().await.unwrap();
    scene
        .change_settings(|text| format!("{text}[tag]\noffer = false\n[import]\nenabled = false\n"))
        .unwrap();
    let (stage, _) = waiting(&scene).await;
    stage.case("stop_watch", json!({})).await.unwrap();
    stage.shell.until_case("the stop", |view| view.watch == WatchView::Idle).await.unwrap();
    // What was under way ends with the app; that nothing is asked for any more is tested where it is
    // decided, in the parts of cases and sessions.
    let before = scene.calls("/api/reporting");
    stage.quit().await.unwrap();
    let after = scene.calls("/api/reporting");
    assert!(after <= before + 1, "a look may have been under way: {before}, then {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_runs_out_ends_the_watch() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::KeyTtlCapped).with_seconds(2));
    let (stage, _) = waiting(&scene).await;
    let view = stage
        .shell
        .until_case("the end of the key", |view| view.watch == WatchView::Expired)
        .await
        .unwrap();
    assert_eq!(view.key, KeyStateView::Expired);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_fails_is_told_and_the_next_one_mends_it() {
    let scene = Scene::new().await.unwrap();
    let (stage, key) = waiting(&scene).await;
    scene.simulator.fault(FaultSwitch::on(FaultName::Status500));
    let stale = |view: &CaseView| matches!(view.watch, WatchView::Stale { .. });
    stage.shell.until_case("the failure", stale).await.unwrap();
    scene.simulator.clear_faults();
    join(&scene, &key);
    stage.shell.until_case("the customer", joined).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_does_not_see_the_session_of_the_old_one() {
    let scene = Scene::new().await.unwrap();
    let (stage, key) = waiting(&scene).await;
    let lsid = join(&scene, &key);
    stage.shell.until_case("the customer", joined).await.unwrap();
    stage.case("generate_key", json!({ "portal": null })).await.unwrap();
    let fresh = |view: &CaseView| match &view.key {
        KeyStateView::Made(made) => made.short_key != key && view.watch == WatchView::Waiting,
        _ => false,
    };
    let view = stage.shell.until_case("the new key", fresh).await.unwrap();
    scene.simulator.leave_customer(&lsid).unwrap();
    let KeyStateView::Made(made) = view.key else { panic!("no key") };
    join(&scene, &made.short_key);
    stage.shell.until_case("the customer", joined).await.unwrap();
    assert_eq!(stage.shell.seen().notices.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_differ_change_neither_the_countdown_nor_the_watch() {
    for skew in [-7200, 7200] {
        let scene = Scene::new().await.unwrap();
        scene.simulator.fault(FaultSwitch::on(FaultName::ClockSkew).with_seconds(skew));
        let (stage, key) = waiting(&scene).await;
        let view = stage.shell.until_case("the key", |view| made(view).is_some()).await.unwrap();
        let expires: jiff::Timestamp = made(&view).unwrap().expires_at.parse().unwrap();
        let left = jiff::Timestamp::now().duration_until(expires).as_secs();
        assert!((3500..=3605).contains(&left), "{skew}: {left} seconds left");
        join(&scene, &key);
        stage.shell.until_case("the customer", joined).await.unwrap();
    }
}

fn made(view: &CaseView) -> Option<&casebridge_ipc::KeyView> {
    match &view.key {
        KeyStateView::Made(made) => Some(made),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_whatever_a_customer_is_called_the_notification_is_one_plain_line() {
    for name in NASTY {
        let scene = Scene::new().await.unwrap();
        let (stage, key) = waiting(&scene).await;
        let join = CustomerJoin {
            short_key: Some(key),
            name: Some((*name).to_owned()),
            ..CustomerJoin::default()
        };
        scene.simulator.join_customer(join).unwrap();
        let is_joined = |view: &CaseView| matches!(view.watch, WatchView::Joined { .. });
        stage.shell.until_case("the customer", is_joined).await.unwrap();
        let notice = stage.shell.seen().notices.pop().unwrap();
        assert!(!notice.body.chars().any(char::is_control), "{:?}", notice.body);
        assert!(notice.body.contains("the session for case 00001026"), "{notice:?}");
        let marks = ['\u{202e}', '\u{202c}', '\u{2028}', '\u{2029}'];
        assert!(!notice.body.contains(marks), "{:?}", notice.body);
    }
}
