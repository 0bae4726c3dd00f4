//! Every entry of the vendor's troubleshooting list, and the other ways in which a key does not
//! come: each has a code of its own.

use casebridge_domain::FailureCode;
use casebridge_simulator::{FaultName, FaultSwitch};
use casebridge_tests::scene::Scene;
use casebridge_use_cases::jobs;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::outbox::Attempt;
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use casebridge_use_cases::{doctor, email_key};

async fn key_of(scene: &Scene) -> Result<(), FailureCode> {
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    session_key::make_key(&scene.casebridge, &request, |_| {})
        .await
        .map(drop)
        .map_err(|failure| failure.code)
}

/// The code that a key meets while the fault is on.
async fn check(scene: &Scene, fault: FaultSwitch, expected: FailureCode) {
    let name = fault.name;
    scene.simulator.fault(fault);
    assert_eq!(key_of(scene).await, Err(expected), "{name:?}");
    scene.simulator.clear_faults();
    scene.casebridge.reload();
    assert_eq!(key_of(scene).await, Ok(()), "after {name:?}");
}

fn on(name: FaultName) -> FaultSwitch {
    FaultSwitch::on(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_appliance_refuses_has_its_own_code() {
    let scene = Scene::new().await.unwrap();
    for (fault, code) in [
        (FaultName::UnauthorizedSecret, FailureCode::ApplianceSecretWrong),
        (FaultName::ForbiddenCommand, FailureCode::EndpointUnauthorized),
        (FaultName::Forbidden403, FailureCode::EndpointUnauthorized),
        (FaultName::TokenRefused, FailureCode::EndpointUnauthorized),
        (FaultName::RepNotAvailableError, FailureCode::RepresentativeNotAvailable),
        (FaultName::Html, FailureCode::NetworkPage),
        (FaultName::Empty, FailureCode::AnswerNotUnderstood),
        (FaultName::MalformedXml, FailureCode::AnswerNotUnderstood),
        (FaultName::CutOff, FailureCode::AnswerCutOff),
        (FaultName::CutOffXml, FailureCode::AnswerCutOff),
        (FaultName::Status500, FailureCode::ServerError),
        (FaultName::RateLimit429, FailureCode::RateLimited),
    ] {
        if fault == FaultName::Forbidden403 {
            scene.simulator.fault(on(FaultName::ForbiddenCommand));
        }
        check(&scene, on(fault), code).await;
    }
    let told = on(FaultName::Error200).with_text("Something else is wrong");
    check(&scene, told, FailureCode::ApplianceRefused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_org_refuses_has_its_own_code() {
    let scene = Scene::new().await.unwrap();
    for (fault, code) in [
        (FaultName::LimitExceeded, FailureCode::OrgLimit),
        (FaultName::ApiDisabled, FailureCode::OrgApiDisabled),
        (FaultName::Moved420, FailureCode::OrgHostForeign),
        (FaultName::Html503, FailureCode::ServerError),
    ] {
        check(&scene, on(fault), code).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_networks_own_page_says_what_to_do_and_parks_nothing() {
    for shape in ["page", "redirect"] {
        let scene = Scene::new().await.unwrap();
        scene.simulator.fault(on(FaultName::CaptivePortal).with_text(shape));
        let lsid = crate::home::finished(&scene, casebridge_simulator::SessionWork::default());
        let id = jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Asked);
        let id = id.await.unwrap();
        for _ in 0..10 {
            let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
            let Attempt::Later(failure) = attempt else { panic!("{attempt:?}") };
            assert_eq!(failure.code, FailureCode::NetworkPage, "{shape}");
        }
        assert_eq!(key_of(&scene).await, Err(FailureCode::NetworkPage), "{shape}");
        let text = FailureCode::NetworkPage.text();
        assert!(text.next_step.contains("browser") && !text.next_step.contains("Nothing to do"));
        scene.simulator.clear_faults();
        let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
        assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_a_site_that_cannot_be_reached_is_named_as_such() {
    let scene = Scene::new().await.unwrap();
    for (host, code) in [
        ("localhost:1", FailureCode::SiteUnreachable),
        ("no-such-host.invalid", FailureCode::HostNotFound),
    ] {
        let real = scene.simulator.ready().appliance.hostname;
        scene.change_settings(|text| text.replace(&real, host)).unwrap();
        assert_eq!(key_of(&scene).await, Err(code), "{host}");
    }
    let ca = scene.simulator.ready().ca_file;
    scene.change_settings(|text| text.replacen(&format!("ca_file = {ca:?}\n"), "", 1)).unwrap();
    assert_eq!(key_of(&scene).await, Err(FailureCode::CertificateNotTrusted));
    scene.change_settings(|text| text.replacen(&ca, "/no/such/file.pem", 1)).unwrap();
    assert_eq!(key_of(&scene).await, Err(FailureCode::CaFileInvalid));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_default_was_not_found_when_the_first_appliance_has_another_name() {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text.replace("appliance.Default", "appliance.default")).unwrap();
    assert_eq!(key_of(&scene).await, Err(FailureCode::DefaultApplianceMissing));
    let outcomes = doctor::examine(&scene.casebridge, |_| {}).await;
    let named = outcomes.iter().find(|o| o.check.id == "default_appliance").unwrap();
    assert_eq!(named.finding.status, doctor::Status::Fail);
    assert!(doctor::lines(&named.finding.steps).contains("Default"), "{:?}", named.finding);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_the_representative_could_not_be_found_when_the_user_is_not_mapped() {
    let scene = Scene::signed_in("cy@example.test").await.unwrap();
    assert_eq!(key_of(&scene).await, Err(FailureCode::RepresentativeNotFound));
    scene.simulator.fault(on(FaultName::OddErrorText));
    assert_eq!(key_of(&scene).await, Err(FailureCode::RepresentativeNotFound));
    let outcomes = doctor::examine(&scene.casebridge, |_| {}).await;
    let mapping = outcomes.iter().find(|o| o.check.id == "user_mapping").unwrap();
    assert_eq!(mapping.finding.status, doctor::Status::Fail);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_a_representative_who_is_not_logged_in_is_not_available() {
    let scene = Scene::signed_in("ben@example.test").await.unwrap();
    scene.simulator.fault(on(FaultName::RepNotAvailableError));
    assert_eq!(key_of(&scene).await, Err(FailureCode::RepresentativeNotAvailable));
    let outcomes = doctor::examine(&scene.casebridge, |_| {}).await;
    let available = outcomes.iter().find(|o| o.check.id == "representative_available").unwrap();
    assert_eq!(available.finding.status, doctor::Status::Warn, "{:?}", available.finding);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_is_not_available_is_no_failure() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.fault(on(FaultName::QueueUnavailable));
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let made = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    assert_eq!(made.1.queue_available, Some(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sparse_answer_still_gives_a_key_with_an_end() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.fault(on(FaultName::SparseKey));
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let (case, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    assert!(key.expires_at.is_some());
    assert_eq!(key.external_key.as_deref(), Some(case.id.as_str()));
    assert!(email_key::preview(&scene.casebridge, &case, &key).body.contains(&key.short_key));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_happens_has_a_check_for_the_link_registration() {
    let scene = Scene::new().await.unwrap();
    let outcomes = doctor::examine(&scene.casebridge, |_| {}).await;
    let ids: Vec<&str> = outcomes.iter().map(|o| o.check.id.as_str()).collect();
    assert!(ids.contains(&"link_registration"), "{ids:?}");
    let others = outcomes.iter().filter(|o| o.check.id != "link_registration");
    for outcome in others {
        let expected = match outcome.check.id.as_str() {
            "rep_console" => doctor::Status::Skip,
            _ => doctor::Status::Pass,
        };
        assert_eq!(outcome.finding.status, expected, "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_failure_is_the_one_to_mend() {
    let scene = Scene::new().await.unwrap();
    let host = scene.simulator.ready().appliance.hostname;
    scene.change_settings(|text| text.replace(&host, "localhost:1")).unwrap();
    let outcomes = doctor::examine(&scene.casebridge, |_| {}).await;
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|o| o.finding.status == doctor::Status::Fail && o.check.id != "link_registration")
        .map(|o| o.check.id.as_str())
        .collect();
    assert_eq!(failed, ["appliance_tcp", "appliance_tls"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_renewed_once_and_nobody_notices() {
    let scene = Scene::new().await.unwrap();
    key_of(&scene).await.unwrap();
    scene.simulator.fault(on(FaultName::TokenExpiredNow));
    key_of(&scene).await.unwrap();
    assert_eq!(scene.calls("/oauth2/token"), 2 + scene.calls("/services/oauth2/token"));
}
