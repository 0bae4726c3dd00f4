//! What links may do by themselves (S1, S3).

use casebridge_ipc::{CaseView, KeyStateView, Stage, Window};
use casebridge_simulator::{FaultName, FaultSwitch};
use casebridge_tests::case_page::state;
use casebridge_tests::fake_clock::FakeClock;
use casebridge_tests::scene::Scene;
use casebridge_tests::wait;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_thousand_links_open_one_dialog_and_make_one_key() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    for number in 0..1000 {
        stage.app.open_link(format!("casebridge://session-key?case={}", 1026 + number % 40)).await;
    }
    let view = stage
        .shell
        .until_case("the key", |view| matches!(view.key, KeyStateView::Made(_)))
        .await
        .unwrap();
    let seen = stage.shell.seen();
    assert_eq!((seen.open.len(), seen.openings), (1, 1));
    assert_eq!(view.reference.as_deref(), Some("1026"));
    assert_eq!(scene.keys().len(), 1);
    assert_eq!(scene.emails().len(), 0);
    assert!(view.waiting.len() <= 10, "{}", view.waiting.len());
    assert_eq!(seen.notices.len(), 1, "{:?}", seen.notices);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_cases_at_once_lose_none_and_each_makes_its_key_on_a_click() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    for number in 1026..1036 {
        stage.app.open_link(format!("casebridge://session-key?case={number}")).await;
    }
    let made = |view: &casebridge_ipc::CaseView| matches!(view.key, KeyStateView::Made(_));
    let view = stage.shell.until_case("the first key", made).await.unwrap();
    assert_eq!(view.waiting.len(), 9);
    let next = &view.waiting[0];
    let form = serde_json::json!({ "reference": next.reference });
    stage.case("show_waiting_case", form).await.unwrap();
    let second = stage
        .shell
        .until_case("the second key", |view| {
            made(view) && view.reference.as_ref() == Some(&next.label)
        })
        .await
        .unwrap();
    assert_eq!(scene.keys().len(), 2);
    // The first one is kept, with its key.
    let first = second.waiting.iter().find(|w| w.label.contains("00001026")).unwrap();
    let form = serde_json::json!({ "reference": first.reference });
    stage.case("show_waiting_case", form).await.unwrap();
    let back = stage
        .shell
        .until_case("the first case", |view| {
            made(view) && view.reference.as_deref() == Some("1026")
        })
        .await
        .unwrap();
    assert_eq!(back.key, view.key);
    assert_eq!(scene.keys().len(), 2);
}

fn made(view: &CaseView) -> bool {
    matches!(view.key, KeyStateView::Made(_))
}

/// By so many seconds later links are no burst any more.
const LATER: i64 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_later_link_leaves_the_case_on_screen_with_its_key_and_waits_for_a_click() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let stage = scene.app_at(&clock).unwrap();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let first = stage.shell.until_case("the key", made).await.unwrap();
    for number in [1027, 1028] {
        clock.sleep(LATER);
        let before = stage.shell.seen().openings;
        stage.app.open_link(format!("casebridge://session-key?case={number}")).await;
        // Not a click that does nothing: the window comes to the front and lists the case.
        let waits = |view: &CaseView| {
            let label = number.to_string();
            view.waiting.iter().any(|waiting| waiting.label == label)
        };
        let view = stage.shell.until_case("the case that waits", waits).await.unwrap();
        assert_eq!((&view.key, &view.header), (&first.key, &first.header));
        assert!(stage.shell.seen().openings > before);
    }
    stage.case("copy", json!({ "what": "key" })).await.unwrap();
    let KeyStateView::Made(key) = &first.key else { panic!() };
    assert_eq!(stage.shell.seen().copied, std::slice::from_ref(&key.short_key));
    assert_eq!(scene.keys().len(), 1);
    let waiting = stage.shell.seen().case.unwrap().waiting[0].reference.clone();
    stage.case("show_waiting_case", json!({ "reference": waiting })).await.unwrap();
    let other = |view: &CaseView| made(view) && view.reference.as_deref() == Some("1027");
    stage.shell.until_case("the other case", other).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_no_link_takes_away_a_key_that_somebody_may_have() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let stage = scene.app_at(&clock).unwrap();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let first = stage.shell.until_case("the key", made).await.unwrap();
    clock.sleep(LATER);
    let before = stage.shell.seen().openings;
    stage.app.open_link("casebridge://console-key?case=1026".into()).await;
    stage.shell.until("the window", |seen| seen.openings > before).await.unwrap();
    assert_eq!(stage.shell.seen().case.unwrap().key, first.key);
    // With the window closed, eleven more cases push the one that waits for its customer out no more.
    for number in 1027..1038 {
        stage.case("close_window", json!({})).await.unwrap();
        stage.shell.until("the end", |seen| seen.open.is_empty()).await.unwrap();
        stage.app.open_link(format!("casebridge://session-key?case={number}")).await;
    }
    clock.sleep(LATER);
    stage.case("close_window", json!({})).await.unwrap();
    stage.shell.until("the end", |seen| seen.open.is_empty()).await.unwrap();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let again = |view: &CaseView| view.reference.as_deref() == Some("1026") && made(view);
    let view = stage.shell.until_case("the first case", again).await.unwrap();
    assert_eq!(view.key, first.key);
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_link_alone_writes_nothing_into_the_org() {
    let scene = Scene::new().await.unwrap();
    let seeded = state(&scene.simulator, "case_keys").len();
    let record = "[org]\nrecord_session_keys = true\n";
    scene.change_settings(|text| text.replace("[org]\n", record)).unwrap();
    let written = || state(&scene.simulator, "case_keys").split_off(seeded);
    for (number, act, form) in [
        (1026, "copy", json!({ "what": "key" })),
        (1027, "copy", json!({ "what": "url" })),
        (1026, "send_email", json!({ "recipient": "" })),
    ] {
        let before = written().len();
        let stage = scene.app();
        stage.app.open_link(format!("casebridge://session-key?case={number}")).await;
        let view = stage.shell.until_case("the key", made).await.unwrap();
        // The app has nothing more to do for the link once its key is on record.
        let noted = || {
            let done = scene.casebridge.store().unwrap().closed(99).unwrap();
            done.iter()
                .filter(|item| item.kind.as_str() == "key" && item.summary.is_empty())
                .count()
                > before
        };
        wait::until_true("the key on record", noted).await.unwrap();
        assert_eq!(written().len(), before, "a link wrote into the org");
        let mut form = form;
        if act == "send_email" {
            form["recipient"] = json!(view.email.unwrap().recipients[0].id);
        }
        stage.case(act, form).await.unwrap();
        wait::until_true("the key on the case", || written().len() > before).await.unwrap();
        let KeyStateView::Made(key) = view.key else { panic!() };
        assert_eq!(written().pop().unwrap()["Short_Key__c"], key.short_key);
        stage.case("copy", json!({ "what": "message" })).await.unwrap();
        stage.quit().await.unwrap();
        assert_eq!(written().len(), before + 1, "once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_on_the_same_case_shows_the_same_key() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let stage = scene.app_at(&clock).unwrap();
    let id = scene.simulator.ready().case_id;
    stage.app.open_link(format!("casebridge://session-key?case={id}")).await;
    let made = |view: &casebridge_ipc::CaseView| matches!(view.key, KeyStateView::Made(_));
    let first = stage.shell.until_case("the key", made).await.unwrap();
    let before = stage.shell.seen().openings;
    // Another click, later than a double click is.
    clock.sleep(LATER);
    stage.app.open_link(format!("casebridge://session-key?case={id}")).await;
    let seen = stage.shell.until("the window", |seen| seen.openings > before).await.unwrap();
    assert_eq!(seen.case.unwrap().key, first.key);
    assert_eq!(scene.keys().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_a_link_that_is_refused_gives_one_quiet_notice_and_no_window() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    for link in [
        "casebridge://session-key?case=1026&case=1027",
        "casebridge://session-key?case=1026&url=https://evil.example",
        "casebridge://run?cmd=calc",
        "casebridge://jump?target=host&method=reboot",
        "casebridge://activity?case=1026",
    ] {
        assert!(stage.app.open_link(link.to_owned()).await);
    }
    assert!(stage.app.open_link("casebridge://settings".to_owned()).await);
    let seen = stage
        .shell
        .until("the settings", |seen| seen.open.contains(&Window::Settings))
        .await
        .unwrap();
    assert_eq!(seen.open.len(), 1);
    assert_eq!(seen.notices.len(), 1, "{:?}", seen.notices);
    assert_eq!(scene.keys().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_without_a_sign_in_goes_on_after_it() {
    let scene = Scene::signed_out().unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let view =
        stage.shell.until_case("the failure", |view| view.stage == Stage::Failed).await.unwrap();
    assert_eq!(view.failure.unwrap().code, "signed_out");
    stage.case("retry", serde_json::json!({})).await.unwrap();
    stage
        .shell
        .until_case("the key", |view| matches!(view.key, KeyStateView::Made(_)))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_on_a_case_whose_key_failed_creates_one() {
    let scene = Scene::new().await.unwrap();
    let refused = FaultSwitch::on(FaultName::RepNotAvailableError).times(1);
    scene.simulator.fault(refused);
    let clock = FakeClock::default();
    let stage = scene.app_at(&clock).unwrap();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let failed = |view: &CaseView| matches!(view.key, KeyStateView::Failed { .. });
    stage.shell.until_case("the failure", failed).await.unwrap();
    clock.sleep(LATER);
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    stage.shell.until_case("the key", made).await.unwrap();
}
