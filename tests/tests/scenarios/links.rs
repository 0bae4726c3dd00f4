//! What links may do by themselves (S1, S3).

use casebridge_ipc::{KeyStateView, Stage, Window};
use casebridge_tests::scene::Scene;

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
            made(view) && view.key == view.key && view.reference.as_deref() == Some("1026")
        })
        .await
        .unwrap();
    assert_eq!(back.key, view.key);
    assert_eq!(scene.keys().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_on_the_same_case_shows_the_same_key() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    let id = scene.simulator.ready().case_id;
    stage.app.open_link(format!("casebridge://session-key?case={id}")).await;
    let made = |view: &casebridge_ipc::CaseView| matches!(view.key, KeyStateView::Made(_));
    let first = stage.shell.until_case("the key", made).await.unwrap();
    let before = stage.shell.seen().openings;
    // Another click, later than a double click is.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
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
