//! Where secrets are, and where they never are.

use crate::home::{answer, finished};
use casebridge_domain::FailureCode;
use casebridge_domain::settings::LogLevel;
use casebridge_platform::secrets::ExposeSecret;
use casebridge_simulator::{CustomerJoin, FaultName, FaultSwitch, SessionWork};
use casebridge_tests::nasty::NASTY;
use casebridge_tests::scene::Scene;
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::jobs;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use casebridge_use_cases::watch::Watch;
use casebridge_use_cases::{account, doctor, email_key, support_bundle};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn credentials(scene: &Scene) -> std::path::PathBuf {
    let path = scene.folder.path().join("credentials.toml");
    let ready = scene.simulator.ready();
    let token = scene.refresh_token().unwrap();
    let text = format!(
        "[appliance.Default]\nclient_secret = {:?}\n[org]\nrefresh_token = {:?}\n",
        ready.appliance.client_secret,
        token.expose_secret()
    );
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

fn open(scene: &Scene, path: &Path) -> Casebridge {
    Casebridge::open(Some(scene.folder.path()), Some(path)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_a_rotated_token_is_in_the_file_before_it_is_used() {
    let scene = Scene::new().await.unwrap();
    let path = credentials(&scene);
    let before = std::fs::read_to_string(&path).unwrap();
    account::whoami(&open(&scene, &path)).await.unwrap();
    let after = std::fs::read_to_string(&path).unwrap();
    assert_ne!(before, after);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // The next process goes on with what the first one wrote.
    account::whoami(&open(&scene, &path)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_a_credentials_file_that_others_can_read_is_refused() {
    let scene = Scene::new().await.unwrap();
    let path = credentials(&scene);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let failure = account::whoami(&open(&scene, &path)).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::CredentialsFileRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_a_token_that_was_rotated_and_never_stored_asks_for_a_sign_in() {
    let scene = Scene::new().await.unwrap();
    let path = credentials(&scene);
    let old = std::fs::read_to_string(&path).unwrap();
    account::whoami(&open(&scene, &path)).await.unwrap();
    // As if the program had been killed between the rotation and the store.
    std::fs::write(&path, old).unwrap();
    let failure = account::whoami(&open(&scene, &path)).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::SignInAgain);
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_two_processes_at_once_do_not_end_the_sign_in() {
    let scene = Scene::new().await.unwrap();
    let path = credentials(&scene);
    let both = (open(&scene, &path), open(&scene, &path));
    let (first, second) = futures::join!(account::whoami(&both.0), account::whoami(&both.1));
    assert_eq!(first.unwrap(), second.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_no_flow_at_the_highest_level_logs_a_secret() {
    let scene = Scene::signed_out().unwrap();
    let profile = scene.casebridge.profile().clone();
    casebridge_use_cases::diagnostics::start(&profile, LogLevel::Trace).unwrap();
    scene.sign_in("ada@example.test").await.unwrap();
    let recorded = "[org]\nrecord_session_keys = true\n";
    scene.change_settings(|text| text.replacen("[org]\n", recorded, 1)).unwrap();
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let (case, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    session_key::record_key(&scene.casebridge, &request, &case, &key).await;
    let outcomes = doctor::examine(&scene.casebridge, |_| {}).await;
    let to = case.recipients()[0].address.clone();
    email_key::hand_over(&scene.casebridge, None, &case, &key, &to).await.unwrap();
    let now = scene.casebridge.now();
    let lsid = finished(
        &scene,
        SessionWork { says: Some("CANARY said this".to_owned()), ..Default::default() },
    );
    answer(&scene, &lsid, false, &[("comments", "CANARY answered")], 0);
    scene.simulator.fault(FaultSwitch::on(FaultName::RefusedRow).with_text(":3"));
    for _ in 0..2 {
        let id = jobs::import::enqueue_import(
            &scene.casebridge,
            None,
            &lsid,
            "Canary Customer",
            When::Asked,
        );
        jobs::work_on(&scene.casebridge, id.await.unwrap()).await.unwrap();
        scene.simulator.clear_faults();
    }
    let mut watch = Watch::new(None, &case, &key, now, Vec::new());
    for name in NASTY.iter().copied().chain(["Canary Customer"]) {
        let join = CustomerJoin {
            short_key: Some(key.short_key.clone()),
            name: Some(name.to_owned()),
            hostname: Some("CANARY-HOST".to_owned()),
            ..CustomerJoin::default()
        };
        let lsid = scene.simulator.join_customer(join).unwrap();
        watch.look(&scene.casebridge).await.unwrap();
        scene.simulator.leave_customer(&lsid).unwrap();
    }
    scene.casebridge.save_appliance_secret("Other", "CANARY-SECRET".into()).await.unwrap();
    let first = scene.refresh_token().unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::SessionExpired));
    account::whoami(&scene.casebridge).await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::UnauthorizedSecret));
    scene.simulator.fault(FaultSwitch::on(FaultName::TokenExpiredNow));
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026&canary=CANARY".into()).await;
    stage.app.open_link(format!("casebridge://session-key?case={}", case.id)).await;
    stage
        .shell
        .until_case("the failure", |view| {
            view.failure.is_some()
                || matches!(view.key, casebridge_ipc::KeyStateView::Failed { .. })
        })
        .await
        .unwrap();
    let panicked = tokio::spawn(async { panic!("CANARY") }).await;
    assert!(panicked.is_err());
    let log = std::fs::read_to_string(profile.log_dir().join("casebridge.log")).unwrap();
    assert!(log.contains("a task broke off"), "{log}");
    assert!(log.contains("/composite/sobjects/Support_Session_Key__c/Key__c"), "{log}");
    let ready = scene.simulator.ready();
    let second = scene.refresh_token().unwrap();
    let secrets = [
        ready.appliance.client_secret.as_str(),
        first.expose_secret(),
        second.expose_secret(),
        &key.short_key,
        &key.key_url,
        "CANARY",
        "Canary Customer",
        "rosa.marin",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    // A text for customers may stand among the settings; a password cannot.
    let template = ("email.template".to_owned(), "CANARY, {key}".to_owned());
    scene.casebridge.change_settings(&[template]).unwrap();
    let proxy = ("network.proxy".to_owned(), "http://ada:CANARY@proxy.example.test".to_owned());
    let refused = scene.casebridge.change_settings(&[proxy]).unwrap_err();
    assert_eq!(refused.code, FailureCode::SettingsInvalid);
    let bundle = support_bundle::collect(&scene.casebridge, &outcomes).await;
    assert_eq!(bundle.parts.len(), 5, "all but an older log: {bundle:#?}");
    for (part, text) in &bundle.parts {
        for secret in &secrets {
            assert!(!text.contains(*secret), "{secret} is in {}:\n{text}", part.file_name());
        }
    }
    // Whatever a text holds, a line of the log stays one event (S10).
    for line in log.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(event["timestamp"].is_string() && event["fields"]["message"] != "forged", "{line}");
    }
}
