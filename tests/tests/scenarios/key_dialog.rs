//! Keys that a console makes in its own dialog.

use casebridge_ipc::{CaseView, DialogView, KeyKindView, KeyStateView, WatchView, WebSupportView};
use casebridge_simulator::{CustomerJoin, FaultName, FaultSwitch, SessionBegin};
use casebridge_tests::scene::{Scene, Stage};
use serde_json::json;

async fn scene(more: &str) -> Scene {
    Scene::new().await.unwrap().with_console(more).unwrap()
}

fn dialog(view: &CaseView) -> Option<DialogView> {
    match &view.key {
        KeyStateView::Dialog { dialog, .. } => Some(*dialog),
        _ => None,
    }
}

async fn proposed(scene: &Scene, stage: &Stage, action: &str) -> CaseView {
    let case = scene.simulator.ready().case_id;
    assert!(stage.app.open_link(format!("casebridge://{action}?case={case}")).await);
    let is_proposed =
        |view: &CaseView| view.header.is_some() && dialog(view) == Some(DialogView::Proposed);
    stage.shell.until_case("the proposal", is_proposed).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_02_a_click_opens_the_consoles_dialog_and_the_customer_of_its_key_is_seen() {
    let scene = scene("").await;
    let stage = scene.app();
    let view = proposed(&scene, &stage, "console-key").await;
    assert_eq!(view.key_kind, KeyKindView::Console);
    assert!(scene.console_runs().is_empty() && scene.keys().is_empty(), "a link made a key (S1)");
    stage.case("open_key_dialog", json!({ "portal": null })).await.unwrap();
    let asked = |view: &CaseView| {
        dialog(view) == Some(DialogView::Asked) && view.watch == WatchView::Waiting
    };
    stage.shell.until_case("the dialog", asked).await.unwrap();
    let key = scene.keys().pop().unwrap();
    assert_eq!(key["attributes"]["external_key"], scene.simulator.ready().case_id.as_str());
    let short_key = key["short_key"].as_str().map(str::to_owned);
    let name = Some("Rosa Marin".to_owned());
    let join = CustomerJoin { short_key, name, ..CustomerJoin::default() };
    scene.simulator.join_customer(join).unwrap();
    let joined = |view: &CaseView| matches!(view.watch, WatchView::Joined { .. });
    stage.shell.until_case("the customer", joined).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_04_who_is_not_logged_in_gets_the_console_instead_of_an_error_where_it_creates_keys() {
    let scene = scene("").await;
    scene.simulator.log_out_representative("ada").unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::RepNotAvailableError));
    let stage = scene.app();
    let link = format!("casebridge://session-key?case={}", scene.simulator.ready().case_id);
    assert!(stage.app.open_link(link).await);
    let failed = |view: &CaseView| matches!(view.key, KeyStateView::Failed { .. });
    let view = stage.shell.until_case("the failure", failed).await.unwrap();
    let KeyStateView::Failed { failure } = view.key else { unreachable!() };
    assert_eq!(failure.code, "representative_not_available");
    stage.quit().await.unwrap();

    let on = "[appliance.Default]\nuse_rep_console_for_session_keys = true\n";
    scene.edit_settings(|text| text.replace("[appliance.Default]\n", on)).unwrap();
    let stage = scene.app();
    proposed(&scene, &stage, "session-key").await;
    stage.case("open_key_dialog", json!({ "portal": null })).await.unwrap();
    let asked = |view: &CaseView| dialog(view) == Some(DialogView::Asked);
    stage.shell.until_case("the dialog", asked).await.unwrap();
    assert_eq!((scene.keys().len(), scene.console_runs().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_maker_is_a_setting_and_the_person_may_choose_another() {
    for setting in ["[key]\ndefault_kind = \"console\"\n", "use_rep_console"] {
        let scene = match setting {
            "use_rep_console" => {
                let scene = scene("").await;
                let on = "[appliance.Default]\nuse_rep_console_for_session_keys = true\n";
                scene.change_settings(|text| text.replace("[appliance.Default]\n", on)).unwrap();
                scene
            }
            more => scene(more).await,
        };
        let stage = scene.app();
        proposed(&scene, &stage, "session-key").await;
        assert!(scene.keys().is_empty());
        stage.case("choose_key_kind", json!({ "kind": "server" })).await.unwrap();
        let none = |view: &CaseView| view.key == KeyStateView::None;
        stage.shell.until_case("the other maker", none).await.unwrap();
        stage.case("generate_key", json!({ "portal": null })).await.unwrap();
        let made = |view: &CaseView| matches!(view.key, KeyStateView::Made(_));
        stage.shell.until_case("the key", made).await.unwrap();
        assert_eq!(scene.keys().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_03_the_web_console_makes_keys_unless_that_is_turned_off() {
    for allowed in [false, true] {
        let more = if allowed { "" } else { "web_actions = \"documented\"\n" };
        let scene = scene(more).await;
        let stage = scene.app_with_browser(std::sync::Arc::new(|_| {}));
        let view = proposed(&scene, &stage, "web-key").await;
        let (kind, support) = match allowed {
            true => (KeyKindView::Web, WebSupportView::Unknown),
            false => (KeyKindView::Console, WebSupportView::Off),
        };
        assert_eq!((view.key_kind, view.web_keys), (kind, support));
        assert_eq!(view.key_kinds.contains(&KeyKindView::Web), allowed);
        if !allowed {
            // No button is shown that is refused after the click; a command that comes anyway is.
            stage.case("choose_key_kind", json!({ "kind": "web" })).await.unwrap();
        }
        stage.case("open_key_dialog", json!({ "portal": null })).await.unwrap();
        let answered = |view: &CaseView| match &view.key {
            KeyStateView::Dialog { dialog, failure } => {
                *dialog == DialogView::Asked || failure.is_some()
            }
            _ => false,
        };
        let view = stage.shell.until_case("the answer", answered).await.unwrap();
        let KeyStateView::Dialog { failure, .. } = view.key else { unreachable!() };
        assert_eq!(failure.is_none(), allowed);
        assert_eq!(stage.shell.seen().pages.len(), usize::from(allowed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_03_a_web_console_without_a_key_dialog_is_remembered() {
    let scene = scene("").await;
    let stage = scene.app_with_browser(std::sync::Arc::new(|_| {}));
    proposed(&scene, &stage, "web-key").await;
    stage.case("open_key_dialog", json!({ "portal": null })).await.unwrap();
    let asked = |view: &CaseView| dialog(view) == Some(DialogView::Asked);
    stage.shell.until_case("the dialog", asked).await.unwrap();
    stage.case("deny_key_dialog", json!({})).await.unwrap();
    let other = |view: &CaseView| {
        view.key_kind == KeyKindView::Console && view.web_keys == WebSupportView::Failed
    };
    stage.shell.until_case("the other console", other).await.unwrap();
    // A customer who joins with a key of the web console proves the opposite.
    stage.case("choose_key_kind", json!({ "kind": "web" })).await.unwrap();
    stage.case("open_key_dialog", json!({ "portal": null })).await.unwrap();
    stage.shell.until_case("the dialog", asked).await.unwrap();
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        external_key: Some(scene.simulator.ready().case_id),
        ..SessionBegin::default()
    };
    scene.simulator.begin_session(session).unwrap();
    let works = |view: &CaseView| view.web_keys == WebSupportView::Works;
    stage.shell.until_case("what worked", works).await.unwrap();
    stage.quit().await.unwrap();
}
