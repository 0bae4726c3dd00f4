//! The case window: key, copies, e-mail.

use casebridge_ipc::{EmailStateView, KeyStateView, Stage, Window};
use casebridge_simulator::{FaultName, FaultSwitch};
use casebridge_tests::case_page::state;
use casebridge_tests::fake_shell::Seen;
use casebridge_tests::scene::{Scene, Stage as AppStage};
use casebridge_tests::wait;
use serde_json::json;

async fn with_key(scene: &Scene) -> AppStage {
    let stage = scene.app();
    stage.app.press_menu("session-key");
    stage.shell.until_case("the question", |view| view.stage == Stage::Ask).await.unwrap();
    stage.case("look_up_case", json!({ "reference": "1026" })).await.unwrap();
    let made = |view: &casebridge_ipc::CaseView| matches!(view.key, KeyStateView::Made(_));
    stage.shell.until_case("the key", made).await.unwrap();
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn row_01_a_typed_number_leads_to_a_key_that_can_be_copied() {
    let scene = Scene::new().await.unwrap();
    let stage = with_key(&scene).await;
    let view = stage.shell.seen().case.unwrap();
    let header = view.header.unwrap();
    assert_eq!(header.number, "00001026");
    let KeyStateView::Made(key) = view.key else { panic!("no key") };
    for (what, expected) in [
        ("key", key.short_key.clone()),
        ("url", key.url.clone()),
        ("caseId", header.id.clone()),
        ("caseNumber", header.number.clone()),
    ] {
        stage.case("copy", json!({ "what": what })).await.unwrap();
        assert_eq!(stage.shell.seen().copied.last(), Some(&expected), "{what}");
    }
    stage.case("copy", json!({ "what": "message" })).await.unwrap();
    let message = stage.shell.seen().copied.pop().unwrap();
    assert!(message.contains(&key.short_key) && message.contains(&key.url), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_05_the_key_is_mailed_to_the_customer_of_the_case() {
    let scene = Scene::new().await.unwrap();
    let stage = with_key(&scene).await;
    let view = stage.shell.seen().case.unwrap();
    let header = view.header.unwrap();
    let KeyStateView::Made(key) = view.key else { panic!("no key") };
    let recipient = view.email.unwrap().recipients.remove(0);
    stage.case("send_email", json!({ "recipient": recipient.id })).await.unwrap();
    let handed = |view: &casebridge_ipc::CaseView| {
        view.email.as_ref().is_some_and(|e| e.state == EmailStateView::HandedOver)
    };
    stage.shell.until_case("the hand-over", handed).await.unwrap();
    let emails = scene.emails();
    assert_eq!(emails.len(), 1);
    assert_eq!(emails[0]["ParentId"], header.id);
    assert_eq!(emails[0]["ToAddress"], recipient.address);
    assert_eq!(recipient.name, header.contact.unwrap());
    assert!(emails[0]["TextBody"].as_str().unwrap().contains(&key.url));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_written_to_its_case_where_the_setting_asks_for_it() {
    let scene = Scene::new().await.unwrap();
    let seeded = state(&scene.simulator, "case_keys").len();
    let record = "[org]\nrecord_session_keys = true\n";
    scene.change_settings(|text| text.replace("[org]\n", record)).unwrap();
    let stage = with_key(&scene).await;
    let KeyStateView::Made(key) = stage.shell.seen().case.unwrap().key else { panic!("no key") };
    let written = || state(&scene.simulator, "case_keys").split_off(seeded);
    wait::until_true("the key on the case", || !written().is_empty()).await.unwrap();
    let [row] = &written()[..] else { panic!("{:?}", written()) };
    assert_eq!(row["Short_Key__c"], key.short_key);
    assert_eq!(row["Key__c"], format!("Default:{}", key.short_key));
    assert_eq!(row["Case__c"], scene.simulator.ready().case_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_nobody_outside_the_case_gets_the_mail() {
    let scene = Scene::new().await.unwrap();
    let stage = with_key(&scene).await;
    let form = json!({ "recipient": "evil@example.com" });
    stage.case("send_email", form).await.unwrap();
    let failed = |view: &casebridge_ipc::CaseView| {
        view.email.as_ref().is_some_and(|e| e.state == EmailStateView::Failed)
    };
    stage.shell.until_case("the refusal", failed).await.unwrap();
    assert_eq!(scene.emails().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_the_org_refuses_can_be_sent_again() {
    let scene = Scene::new().await.unwrap();
    let stage = with_key(&scene).await;
    let recipient = stage.shell.seen().case.unwrap().email.unwrap().recipients.remove(0);
    for fault in [FaultName::EmailFails, FaultName::EmailFails200] {
        scene.simulator.fault(FaultSwitch::on(fault).times(1));
        stage.case("send_email", json!({ "recipient": recipient.id })).await.unwrap();
        let failed = |view: &casebridge_ipc::CaseView| {
            view.email.as_ref().is_some_and(|e| e.state == EmailStateView::Failed)
        };
        let view = stage.shell.until_case("the refusal", failed).await.unwrap();
        assert_eq!(view.email.unwrap().failure.unwrap().code, "email_refused", "{fault:?}");
    }
    stage.case("send_email", json!({ "recipient": recipient.id })).await.unwrap();
    let handed = |view: &casebridge_ipc::CaseView| {
        view.email.as_ref().is_some_and(|e| e.state == EmailStateView::HandedOver)
    };
    stage.shell.until_case("the hand-over", handed).await.unwrap();
    assert_eq!(scene.emails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_without_a_contact_still_gets_its_key() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::NoContact));
    let stage = with_key(&scene).await;
    let view = stage.shell.seen().case.unwrap();
    assert_eq!(view.header.unwrap().contact, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_not_there_is_an_answer_with_a_way_forward() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("session-key");
    let refused = stage.case("look_up_case", json!({ "reference": "no case" })).await.unwrap_err();
    assert_eq!(refused.code, "case_reference_invalid");
    stage.case("look_up_case", json!({ "reference": "99999999" })).await.unwrap();
    let view = stage.shell.until_case("the failure", |view| view.failure.is_some()).await.unwrap();
    // The question again, with what was typed and what is wrong with it.
    assert_eq!((view.stage, view.reference.as_deref()), (Stage::Ask, Some("99999999")));
    let failure = view.failure.unwrap();
    assert_eq!(failure.code, "case_not_found");
    assert!(!failure.next_step.is_empty() && !failure.reference.is_empty());
    assert_eq!(scene.keys().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_failed_is_made_by_trying_again() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::RepNotAvailableError).times(1));
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let failed = |view: &casebridge_ipc::CaseView| matches!(view.key, KeyStateView::Failed { .. });
    let view = stage.shell.until_case("the failure", failed).await.unwrap();
    assert_eq!(view.stage, Stage::Ready);
    stage.case("retry", json!({})).await.unwrap();
    let made = |view: &casebridge_ipc::CaseView| matches!(view.key, KeyStateView::Made(_));
    stage.shell.until_case("the key", made).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recent_case_is_in_the_menu_and_quit_ends_everything() {
    let scene = Scene::new().await.unwrap();
    let stage = with_key(&scene).await;
    let menu = stage
        .shell
        .until("the menu", |seen| {
            seen.menu.as_ref().is_some_and(|m| m.items.iter().any(|i| i.label.contains("00001026")))
        })
        .await
        .unwrap();
    let recent =
        menu.menu.unwrap().items.into_iter().find(|i| i.id.starts_with("recent-")).unwrap();
    stage.app.window_closed(Window::Case);
    stage.app.press_menu(&recent.id);
    stage
        .shell
        .until_case("the case", |view| {
            view.header.as_ref().is_some_and(|header| header.number == "00001026")
        })
        .await
        .unwrap();
    stage.app.press_menu("quit");
    stage.shell.until("the end", |seen| seen.ended).await.unwrap();
    assert!(!stage.app.open_link("casebridge://settings".into()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_case_is_opened_on_the_org_only() {
    let scene = Scene::new().await.unwrap();
    let stage = with_key(&scene).await;
    stage.case("open_case", json!({})).await.unwrap();
    let seen = stage.shell.until("the page", |seen| !seen.pages.is_empty()).await.unwrap();
    assert_eq!(seen.pages[0].as_str(), scene.simulator.ready().case_url);
}

#[tokio::test(flavor = "multi_thread")]
async fn recent_cases_outlive_a_restart_but_not_a_sign_out() {
    let scene = Scene::new().await.unwrap();
    let listed = |seen: &Seen| {
        let items = seen.menu.iter().flat_map(|menu| &menu.items);
        items.clone().any(|item| item.label.starts_with("00001026"))
    };
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    stage.shell.until("the case in the tray", listed).await.unwrap();
    let stored = || !scene.casebridge.store().unwrap().cases().unwrap().is_empty();
    wait::until_true("the case on the disk", stored).await.unwrap();

    let stage = scene.app();
    stage.shell.until("the case of before", listed).await.unwrap();
    stage.settings("sign_out", json!({})).await.unwrap();
    stage.shell.until("the end", |seen| !listed(seen)).await.unwrap();
    wait::until_true("an empty disk", || !stored()).await.unwrap();
}
