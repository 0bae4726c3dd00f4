//! Where `docs/protocols/` leaves two forms open, or an answer may lack a part, both are
//! understood.

use casebridge_domain::FailureCode;
use casebridge_ipc::{CaseView, KeyStateView};
use casebridge_simulator::{FaultName, FaultSwitch};
use casebridge_tests::scene::Scene;
use casebridge_use_cases::session_key::{self, SessionKeyRequest};

#[tokio::test(flavor = "multi_thread")]
async fn every_reading_of_an_answer_leads_to_a_key() {
    let scene = Scene::new().await.unwrap();
    for fault in [
        FaultName::OldNamespace,
        FaultName::DocumentedRoots,
        FaultName::NestedAnswers,
        FaultName::ExpiresIso,
        FaultName::SparseKey,
        FaultName::QueueUnavailable,
        FaultName::SmallPages,
        FaultName::NoRotation,
    ] {
        scene.simulator.fault(FaultSwitch::on(fault));
        scene.casebridge.reload();
        let request = SessionKeyRequest::of("1026".parse().unwrap());
        let (_, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
        assert!(!key.short_key.is_empty() && key.expires_at.is_some(), "{fault:?}: {key:?}");
        let available = match fault {
            FaultName::SparseKey => None,
            FaultName::QueueUnavailable => Some(false),
            _ => Some(true),
        };
        assert_eq!(key.queue_available, available, "{fault:?}");
        scene.simulator.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_source_of_the_user_name_and_both_external_keys_reach_the_appliance() {
    for (setting, number) in [
        ("username_source = \"federation_id\"\n", false),
        ("external_key_writes = \"case_number\"\n", true),
    ] {
        let scene = Scene::new().await.unwrap();
        scene
            .change_settings(|text| text.replace("[org]\n", &format!("[org]\n{setting}")))
            .unwrap();
        let request = SessionKeyRequest::of("1026".parse().unwrap());
        let (case, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
        let wanted = if number { case.number } else { case.id.to_string() };
        assert_eq!(key.external_key, Some(wanted.clone()));
        assert_eq!(scene.keys()[0]["attributes"]["external_key"], wanted.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_06_a_configured_portal_is_the_host_of_the_keys_address() {
    let scene = Scene::new().await.unwrap();
    let portals = "[appliance.Default]\nportals = [\"help.example.test\"]\n";
    scene.change_settings(|text| text.replace("[appliance.Default]\n", portals)).unwrap();
    let mut request = SessionKeyRequest::of("1026".parse().unwrap());
    request.portal = Some("help.example.test".to_owned());
    let (_, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    assert!(key.key_url.starts_with("https://help.example.test/"), "{}", key.key_url);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_06_a_portal_is_chosen_by_its_name() {
    let scene = Scene::new().await.unwrap();
    let portals = "[appliance.Default]\nportals = \"Default, HR=help.example.test\"\n";
    scene.change_settings(|text| text.replace("[appliance.Default]\n", portals)).unwrap();
    let of = async |portal: &str| {
        let mut request = SessionKeyRequest::of("1026".parse().unwrap());
        request.portal = Some(portal.to_owned());
        let made = session_key::make_key(&scene.casebridge, &request, |_| {}).await;
        made.map(|(_, key)| key.key_url)
    };
    assert!(of("HR").await.unwrap().starts_with("https://help.example.test/"));
    let default = of("Default").await.unwrap();
    assert!(
        default.starts_with(&format!("https://{}/", scene.simulator.ready().appliance.hostname))
    );
    assert_eq!(of("Field").await.unwrap_err().code, FailureCode::PortalUnknown);
    // The window offers the names.
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026&portal=hr".into()).await;
    let made = |view: &CaseView| matches!(&view.key, KeyStateView::Made(_));
    let view = stage.shell.until_case("the key", made).await.unwrap();
    assert_eq!(
        (view.portals, view.portal.as_deref()),
        (vec!["Default".into(), "HR".into()], Some("HR"))
    );
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_05_the_administrators_template_is_the_mail() {
    let scene = Scene::new().await.unwrap();
    let template =
        "[email]\ntemplate = \"\"\"\nYour key for {case_number}\n\nType {key} at {url}.\n\"\"\"\n";
    scene.change_settings(|text| format!("{text}{template}")).unwrap();
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let (case, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    let to = case.recipients()[0].address.clone();
    casebridge_use_cases::email_key::hand_over(&scene.casebridge, None, &case, &key, &to)
        .await
        .unwrap();
    let mail = &scene.emails()[0];
    assert!(mail["TextBody"].as_str().unwrap().contains(&key.short_key), "{mail}");
}
