//! What each check says when its own cause is there.

use casebridge_simulator::{FaultName, FaultSwitch};
use casebridge_tests::scene::Scene;
use casebridge_use_cases::doctor::{self, Status};

/// The outcome of one check: its status, and what to do.
async fn outcome(scene: &Scene, id: &str) -> (Status, String) {
    let all = doctor::examine(&scene.casebridge, |_| {}).await;
    let found = all.into_iter().find(|outcome| outcome.check.id == id);
    let finding = found.expect(id).finding;
    (finding.status, doctor::lines(&finding.steps))
}

#[tokio::test(flavor = "multi_thread")]
async fn row_40_each_fault_is_named_by_its_own_check_with_what_to_do() {
    let scene = Scene::new().await.unwrap();
    for (fault, id, status, step) in [
        (FaultName::UnauthorizedSecret, "appliance_token", Status::Fail, "secret"),
        (FaultName::CommandReadOnly, "appliance_permissions", Status::Fail, "full access"),
        (FaultName::ForbiddenCommand, "appliance_permissions", Status::Fail, "full access"),
        (FaultName::ForbiddenReporting, "appliance_permissions", Status::Warn, "reports"),
        (FaultName::Unhealthy, "appliance_health", Status::Warn, "administrator"),
        (FaultName::ClockSkew, "clock_skew", Status::Warn, "clock"),
        (FaultName::ApiDisabled, "org_api_access", Status::Fail, "API Enabled"),
        (FaultName::NoUsernameField, "user_mapping", Status::Warn, "field"),
        (FaultName::QueryMalformed, "case_read", Status::Fail, "Salesforce"),
        (FaultName::NoSupportObjects, "org_objects", Status::Warn, "deploy Casebridge's objects"),
        (FaultName::RefreshRevoked, "org_sign_in", Status::Fail, "Sign in"),
    ] {
        scene.simulator.fault(FaultSwitch::on(fault));
        let (found, next_step) = outcome(&scene, id).await;
        assert_eq!(found, status, "{fault:?}");
        assert!(next_step.contains(step), "{fault:?}: {next_step}");
        scene.simulator.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_the_settings_is_named_by_its_own_check() {
    let scene = Scene::new().await.unwrap();
    let ready = scene.simulator.ready();
    let host = ready.appliance.hostname.clone();
    let ca = format!("ca_file = {:?}", ready.ca_file);
    for (from, to, id) in [
        (host.clone(), "no-such-host.invalid".to_owned(), "appliance_host"),
        (host, "localhost:1".to_owned(), "appliance_tcp"),
        (ca, String::new(), "appliance_tls"),
        ("[appliance.Default]".to_owned(), "[appliance.Main]".to_owned(), "default_appliance"),
        ("version = 1".to_owned(), "version = 99".to_owned(), "settings"),
    ] {
        scene.change_settings(|text| text.replacen(&from, &to, 1)).unwrap();
        let (found, next_step) = outcome(&scene, id).await;
        assert_eq!(found, Status::Fail, "{id}");
        assert!(next_step.len() > 20, "{id}: {next_step}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_type_that_nobody_knows_is_doubted() {
    let scene = Scene::new().await.unwrap();
    let with = |names: &str| format!("[appliance.Default]\nevent_types = [{names}]");
    let known = with(r#""Chat Message", "Session End""#);
    let detail = async || {
        let all = doctor::examine(&scene.casebridge, |_| {}).await;
        all.into_iter().find(|o| o.check.id == "event_types").unwrap().finding.detail
    };
    scene.change_settings(|text| text.replacen("[appliance.Default]", &known, 1)).unwrap();
    assert!(detail().await.starts_with("2 of 53 event types are imported."));
    let misspelt = with(r#""Chat Message", "Sesion End""#);
    scene.change_settings(|text| text.replacen("[appliance.Default]", &misspelt, 1)).unwrap();
    assert_eq!(outcome(&scene, "event_types").await.0, Status::Warn);
    assert_eq!(detail().await, "The setting event_types contains Sesion End.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_representative_who_is_not_mapped_or_not_known_fails_the_mapping() {
    let scene = Scene::signed_in("cy@example.test").await.unwrap();
    assert_eq!(outcome(&scene, "user_mapping").await.0, Status::Fail);
}
