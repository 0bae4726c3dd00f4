//! Sign-in, refresh with rotation, and the ways in which both end.

use casebridge_domain::FailureCode;
use casebridge_platform::secrets::ExposeSecret;
use casebridge_simulator::{FaultName, FaultSwitch};
use casebridge_tests::scene::Scene;
use casebridge_use_cases::account;
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_is_who_works() {
    let scene = Scene::signed_out().unwrap();
    let code = account::whoami(&scene.casebridge).await.unwrap_err().code;
    assert_eq!(code, FailureCode::SignedOut);
    let account = scene.sign_in("ada@example.test").await.unwrap();
    assert_eq!(account.identity.username, "ada@example.test");
    assert_eq!(account.representative.as_deref(), Some("ada"));
    assert_eq!(account::whoami(&scene.casebridge).await.unwrap(), account);
    let gone = account::sign_out(&scene.casebridge).await.unwrap().unwrap();
    assert_eq!(gone, account);
    assert!(!account::is_signed_in(&scene.casebridge).await.unwrap());
    assert_eq!(scene.simulator.state()["grants"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_38_each_source_of_the_user_name_is_understood() {
    let scene = Scene::new().await.unwrap();
    for (source, expected) in
        [("user_field", "ada"), ("user_name", "ada@example.test"), ("user_name_local_part", "ada")]
    {
        let line = format!("username_source = {source:?}\n[poll]");
        scene.change_settings(|text| text.replace("[poll]", &line)).unwrap();
        let name = session_key::representative(&scene.casebridge).await;
        assert_eq!(name.unwrap(), expected, "{source}");
    }
    let line = "username_source = \"os_user\"\n[poll]";
    scene.change_settings(|text| text.replace("[poll]", line)).unwrap();
    let name = session_key::representative(&scene.casebridge).await.unwrap();
    assert_eq!(Some(name), casebridge_platform::os_user());
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_calls_at_once_after_the_session_ended_refresh_once() {
    let scene = Scene::new().await.unwrap();
    let before = (scene.calls("/services/oauth2/token"), scene.refresh_token().unwrap());
    scene.simulator.fault(FaultSwitch::on(FaultName::SessionExpired));
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let reads = (0..10).map(|_| session_key::read_case(&scene.casebridge, &request));
    for read in futures::future::join_all(reads).await {
        read.unwrap();
    }
    assert_eq!(scene.calls("/services/oauth2/token"), before.0 + 1);
    let after = scene.refresh_token().unwrap();
    assert_ne!(after.expose_secret(), before.1.expose_secret(), "the token was not rotated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_family_asks_for_a_new_sign_in_and_is_not_tried_again() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::RefreshRevoked));
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let first = session_key::read_case(&scene.casebridge, &request).await.unwrap_err();
    assert_eq!(first.code, FailureCode::SignInAgain);
    let asked = scene.calls("/services/oauth2/token");
    let second = session_key::read_case(&scene.casebridge, &request).await.unwrap_err();
    assert_eq!(second.code, FailureCode::SignInAgain);
    assert_eq!(scene.calls("/services/oauth2/token"), asked);
    scene.sign_in("ada@example.test").await.unwrap();
    session_key::read_case(&scene.casebridge, &request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_no_token_leaves_for_a_foreign_instance() {
    let scene = Scene::signed_out().unwrap();
    let foreign = FaultSwitch::on(FaultName::ForeignInstanceUrl).with_text("https://evil.example");
    scene.simulator.fault(foreign);
    let failure = scene.sign_in("ada@example.test").await.unwrap_err();
    assert_eq!(failure.code, FailureCode::OrgHostForeign);
}

#[tokio::test(flavor = "multi_thread")]
async fn s18_a_callback_that_nobody_asked_for_is_refused() {
    let scene = Scene::signed_out().unwrap();
    let ports = scene.simulator.ready().org.redirect_ports;
    let (opened, page) = tokio::sync::oneshot::channel();
    let casebridge = scene.casebridge.clone();
    let attempt = tokio::spawn(async move {
        account::sign_in(&casebridge, |page, _| {
            opened.send(page.clone()).unwrap();
            Ok(())
        })
        .await
    });
    let page = page.await.unwrap();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    for path in ["/OauthRedirect?code=x&state=forged", "/OauthRedirect?code=x", "/", "/other"] {
        let url = format!("http://localhost:{}{path}", ports[0]);
        let status = client.get(url).send().await.unwrap().status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
    assert!(!attempt.is_finished());
    casebridge_tests::scene::browser("ada@example.test")(&page);
    attempt.await.unwrap().unwrap();
    let late = client.get(format!("http://localhost:{}/OauthRedirect", ports[0])).send().await;
    assert!(late.is_err(), "somebody still listens");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_from_another_org_makes_no_key() {
    let scene = Scene::new().await.unwrap();
    let mut request = SessionKeyRequest::of("1026".parse().unwrap());
    request.org = Some("00D000000000001".parse().unwrap());
    let failure = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::OrgMismatch);
    assert_eq!(scene.keys().len(), 0);
    request.org = Some(scene.simulator.ready().org.org_id.parse().unwrap());
    session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
}
