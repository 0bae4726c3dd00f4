//! The nine causes of the vendor's troubleshooting list, each made on the simulator: the check or
//! failure that names it, its tips as steps, and the place where it is fixed. And what comes before
//! a cause: the user name that is found where nobody filled it in.

use crate::home::finished;
use casebridge_domain::FailureCode;
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin, SessionWork};
use casebridge_tests::scene::Scene;
use casebridge_use_cases::doctor::{self, Finding, Outcome, Place, Status};
use casebridge_use_cases::jobs::{self, import::When};
use casebridge_use_cases::outbox::Attempt;
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use casebridge_use_cases::{account, sessions};

async fn examine(scene: &Scene) -> Vec<Outcome> {
    doctor::examine(&scene.casebridge, |_| {}).await
}

async fn finding(scene: &Scene, id: &str) -> Finding {
    let all = examine(scene).await;
    all.into_iter().find(|outcome| outcome.check.id == id).expect(id).finding
}

fn setting(key: &str) -> Option<Place> {
    Some(Place::Setting(key.to_owned()))
}

fn on(scene: &Scene, fault: FaultName) {
    scene.simulator.fault(FaultSwitch::on(fault));
}

async fn key(scene: &Scene) -> Result<(), casebridge_domain::Failure> {
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    session_key::make_key(&scene.casebridge, &request, |_| {}).await.map(drop)
}

/// Ada, whose field in the org is empty.
async fn unmapped() -> Scene {
    let scene = Scene::new().await.unwrap();
    scene.simulator.edit_user("ada@example.test", "BeyondTrust_Username__c", "").unwrap();
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_a_site_that_cannot_be_reached_has_its_tips_and_leads_to_the_host_name() {
    let scene = Scene::new().await.unwrap();
    let real = scene.simulator.ready().appliance.hostname;
    for (host, id, tip) in [
        ("no-such-host.invalid", "appliance_host", "host name alone"),
        ("localhost:1", "appliance_tcp", "firewall"),
    ] {
        scene.change_settings(|text| text.replace(&real, host)).unwrap();
        let found = finding(&scene, id).await;
        assert_eq!(found.status, Status::Fail, "{found:?}");
        assert!(found.detail.contains(host.split(':').next().unwrap()), "{found:?}");
        assert!(found.steps.len() > 1 && found.steps.iter().any(|s| s.contains(tip)), "{found:?}");
        assert_eq!(found.place, setting("appliance.Default.hostname"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_an_unauthorized_endpoint_says_which_permissions_the_account_needs() {
    let scene = Scene::new().await.unwrap();
    on(&scene, FaultName::ForbiddenCommand);
    assert_eq!(key(&scene).await.unwrap_err().code, FailureCode::EndpointUnauthorized);
    let found = finding(&scene, "appliance_permissions").await;
    assert_eq!(found.status, Status::Fail);
    for tip in ["XML API", "full access", "Reporting API", "Save the account"] {
        assert!(found.steps.iter().any(|step| step.contains(tip)), "{tip}: {found:?}");
    }
    assert_eq!(found.place, setting("appliance.Default.client_id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_a_click_that_does_nothing_has_three_reasons_and_a_check_for_each() {
    let scene = Scene::new().await.unwrap();
    let found = finding(&scene, "link_registration").await;
    assert_eq!(found.status, Status::Fail, "{found:?}");
    let steps = found.steps.join(" ");
    for tip in ["Start Casebridge once", "browser", "host name", "named Default"] {
        assert!(steps.contains(tip), "{tip}: {steps}");
    }
    let ids: Vec<String> = examine(&scene).await.into_iter().map(|o| o.check.id).collect();
    for id in ["appliance_host", "default_appliance"] {
        assert!(ids.iter().any(|known| known == id), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_default_was_not_found_says_how_the_appliance_must_be_named() {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text.replace("appliance.Default", "appliance.default")).unwrap();
    assert_eq!(key(&scene).await.unwrap_err().code, FailureCode::DefaultApplianceMissing);
    let found = finding(&scene, "default_appliance").await;
    assert!(found.detail.contains("Your settings have default."), "{found:?}");
    assert!(found.steps.iter().any(|step| step.contains("[appliance.Default]")), "{found:?}");
    assert_eq!(found.place, setting("appliance.Default.hostname"));
    // The one that is there is checked all the same.
    assert_eq!(finding(&scene, "appliance_tcp.default").await.status, Status::Pass);
    assert_eq!(finding(&scene, "appliance_tcp").await.status, Status::Skip);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_a_representative_who_could_not_be_found_is_named_with_where_to_map_them() {
    let scene = Scene::signed_in("cy@example.test").await.unwrap();
    let failure = key(&scene).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::RepresentativeNotFound);
    assert!(failure.detail.contains("“nobody”"), "{}", failure.detail);
    let found = finding(&scene, "user_mapping").await;
    assert_eq!(found.status, Status::Fail);
    assert!(found.detail.contains("“nobody”"), "{found:?}");
    assert!(found.steps.iter().any(|step| step.contains("BeyondTrust Username")), "{found:?}");
    assert_eq!(found.place, setting("org.username_source"));
    assert_eq!(finding(&scene, "representative_available").await.status, Status::Skip);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_a_representative_who_is_not_available_logs_in_or_lets_the_console_make_keys() {
    let scene = Scene::signed_in("ben@example.test").await.unwrap();
    on(&scene, FaultName::RepNotAvailableError);
    let failure = key(&scene).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::RepresentativeNotAvailable);
    assert!(failure.detail.contains("“ben”"), "{}", failure.detail);
    assert_eq!(finding(&scene, "user_mapping").await.status, Status::Pass);
    let found = finding(&scene, "representative_available").await;
    assert_eq!(found.status, Status::Warn);
    let steps = found.steps.join(" ");
    assert!(steps.contains("Log in") && steps.contains("opens its own key dialog"), "{steps}");
    assert_eq!(found.place, setting("appliance.Default.use_rep_console_for_session_keys"));
    // With the vendor's setting on, nobody has to be logged in.
    let by_console = "[appliance.Default]\nuse_rep_console_for_session_keys = true\n";
    scene.change_settings(|text| text.replace("[appliance.Default]\n", by_console)).unwrap();
    assert_eq!(finding(&scene, "representative_available").await.status, Status::Pass);
    scene.change_settings(|text| text).unwrap();
    scene.simulator.clear_faults();
    scene.simulator.log_in_representative("ben").unwrap();
    assert_eq!(finding(&scene, "representative_available").await.status, Status::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_sessions_that_are_not_written_have_a_check_for_each_reason() {
    let scene = Scene::new().await.unwrap();
    assert_eq!(finding(&scene, "session_import").await.status, Status::Pass);
    // What the vendor calls the error log.
    let refused = "FIELD_CUSTOM_VALIDATION_EXCEPTION: A rule says no";
    scene.simulator.fault(FaultSwitch::on(FaultName::RowError).with_text(refused));
    let lsid = finished(&scene, SessionWork::default());
    let id = jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Asked);
    let attempt = jobs::work_on(&scene.casebridge, id.await.unwrap()).await.unwrap();
    assert!(matches!(attempt, Attempt::Parked(_)), "{attempt:?}");
    let found = finding(&scene, "session_import").await;
    assert_eq!((found.status, &found.place), (Status::Warn, &Some(Place::Activity)), "{found:?}");
    assert!(found.detail.starts_with("1 entry in Activity needs you"), "{found:?}");
    scene.simulator.clear_faults();
    // The import is switched off.
    scene.change_settings(|text| format!("{text}[import]\nenabled = false\n")).unwrap();
    let found = finding(&scene, "session_import").await;
    assert_eq!((found.status, found.place), (Status::Warn, setting("import.enabled")));
    // A secret that was copied and never saved.
    scene.change_settings(|text| text).unwrap();
    on(&scene, FaultName::UnauthorizedSecret);
    let found = finding(&scene, "appliance_token").await;
    assert_eq!(found.status, Status::Fail);
    assert!(found.steps.iter().any(|step| step.contains("never saved")), "{found:?}");
    scene.simulator.clear_faults();
    // The org cannot be reached.
    let org = scene.simulator.ready().org.login_url;
    scene.change_settings(|text| text.replace(&org, "https://localhost:1")).unwrap();
    let found = finding(&scene, "org_host").await;
    assert_eq!((found.status, found.place), (Status::Fail, setting("org.login_url")));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_missing_data_leads_to_the_event_types_that_are_not_selected() {
    let scene = Scene::new().await.unwrap();
    let chosen = "[appliance.Default]\nevent_types = [\"Session Start\", \"Session End\"]\n";
    scene.change_settings(|text| text.replace("[appliance.Default]\n", chosen)).unwrap();
    let found = finding(&scene, "event_types").await;
    assert_eq!(found.status, Status::Pass, "a choice is no fault");
    assert!(found.detail.starts_with("2 of 53 event types are imported."), "{found:?}");
    assert!(found.detail.contains("Command Shell Session Started"), "{found:?}");
    assert!(!found.detail.contains("Session Start,"), "{found:?}");
    assert!(found.steps.iter().any(|step| step.contains("Nothing has to be loaded")), "{found:?}");
    assert_eq!(found.place, setting("appliance.Default.event_types"));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_a_related_list_that_is_not_displayed_names_the_fields_that_are_hidden() {
    let scene = Scene::new().await.unwrap();
    assert_eq!(finding(&scene, "related_list").await.status, Status::Pass);
    let hidden = "Support_Session__c.Primary_Customer__c,Support_Session__c.Duration__c";
    scene.simulator.fault(FaultSwitch::on(FaultName::HiddenFields).with_text(hidden));
    let found = finding(&scene, "related_list").await;
    assert_eq!(found.status, Status::Warn);
    assert!(found.detail.contains("Primary_Customer__c, Duration__c"), "{found:?}");
    assert!(found.steps.iter().any(|step| step.contains("View Field Accessibility")), "{found:?}");
    assert!(found.steps.iter().any(|step| step.contains("Page Layouts")), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_38_where_both_systems_have_the_same_names_nothing_is_filled_in() {
    let scene = unmapped().await;
    let account = account::whoami(&scene.casebridge).await.unwrap();
    assert_eq!(account.representative.as_deref(), Some("ada"));
    assert_eq!(account.found_in, Some("your Salesforce user name before the @"));
    key(&scene).await.unwrap();
    assert_eq!(sessions::running(&scene.casebridge, None).await.unwrap().mine().len(), 0);
    let found = finding(&scene, "user_mapping").await;
    assert_eq!(found.status, Status::Pass);
    assert_eq!(found.detail, "ada (your Salesforce user name before the @)");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_38_the_federation_id_is_tried_after_the_user_name() {
    let scene = Scene::signed_in("cy@example.test").await.unwrap();
    let edit = |field, value| scene.simulator.edit_user("cy@example.test", field, value).unwrap();
    edit("BeyondTrust_Username__c", "");
    edit("FederationIdentifier", "ben");
    key(&scene).await.unwrap();
    assert_eq!(scene.keys().len(), 1, "no key was created to try a name");
    let account = account::whoami(&scene.casebridge).await.unwrap();
    assert_eq!(account.representative.as_deref(), Some("ben"));
    assert_eq!(account.found_in, Some("your Federation ID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_38_the_name_that_worked_is_remembered_until_it_stops_working() {
    let scene = unmapped().await;
    let edit = |field, value| scene.simulator.edit_user("ada@example.test", field, value).unwrap();
    edit("FederationIdentifier", "quill");
    scene.simulator.rename_representative("ada", "quill").unwrap();
    key(&scene).await.unwrap();
    let asked = || scene.calls("/api/command");
    let before = asked();
    key(&scene).await.unwrap();
    assert_eq!(asked(), before + 1, "the name that worked is the first");
    let before = asked();
    assert_eq!(session_key::representative(&scene.casebridge).await.unwrap(), "quill");
    assert_eq!(asked(), before, "and needs no appliance");
    scene.simulator.rename_representative("quill", "ada").unwrap();
    key(&scene).await.unwrap();
    assert_eq!(session_key::representative(&scene.casebridge).await.unwrap(), "ada");
    // Whoever fills the field in later is believed.
    edit("BeyondTrust_Username__c", "ben");
    assert_eq!(session_key::representative(&scene.casebridge).await.unwrap(), "ben");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_38_a_field_that_is_missing_or_hidden_stops_nobody_and_is_named() {
    let scene = Scene::new().await.unwrap();
    on(&scene, FaultName::NoUsernameField);
    key(&scene).await.unwrap();
    let found = finding(&scene, "user_mapping").await;
    assert_eq!(found.status, Status::Warn);
    assert!(found.detail.starts_with("ada (") && found.detail.contains("BeyondTrust_Username__c"));
    // A federation id that field-level security hides is only left out.
    scene.simulator.clear_faults();
    let hidden = "User.BeyondTrust_Username__c,User.FederationIdentifier";
    scene.simulator.fault(FaultSwitch::on(FaultName::HiddenFields).with_text(hidden));
    key(&scene).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_40_a_name_that_no_system_knows_is_told_with_every_value_that_was_tried() {
    let scene = Scene::signed_in("cy@example.test").await.unwrap();
    scene.simulator.edit_user("cy@example.test", "BeyondTrust_Username__c", "").unwrap();
    let by_key = key(&scene).await.unwrap_err();
    let by_name = session_key::representative(&scene.casebridge).await.unwrap_err();
    for failure in [by_key, by_name] {
        assert_eq!(failure.code, FailureCode::RepresentativeNotMapped, "{failure:?}");
        for tried in ["“cy”", "“nobody”", "BeyondTrust_Username__c"] {
            assert!(failure.detail.contains(tried), "{tried}: {}", failure.detail);
        }
    }
    let found = finding(&scene, "user_mapping").await;
    assert_eq!(found.status, Status::Fail);
    assert!(found.detail.contains("“cy”") && found.detail.contains("“nobody”"), "{found:?}");
    let account = account::whoami(&scene.casebridge).await.unwrap();
    assert_eq!((account.representative, account.found_in), (None, None));
    assert_eq!(scene.keys().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_40_the_check_makes_no_key_where_a_list_or_a_report_answers() {
    let scene = Scene::new().await.unwrap();
    let session = SessionBegin { representative: "ada".to_owned(), ..SessionBegin::default() };
    scene.simulator.begin_session(session).unwrap();
    let found = finding(&scene, "user_mapping").await;
    assert_eq!((found.status, found.detail.as_str()), (Status::Pass, "ada"));
    assert_eq!(finding(&scene, "representative_available").await.status, Status::Pass);
    assert_eq!(scene.keys().len(), 0, "the report has her number");
    scene.simulator.log_out_representative("ada").unwrap();
    assert_eq!(finding(&scene, "representative_available").await.status, Status::Warn);
    // Nothing of Ben's is known: only a key tells.
    let other = Scene::signed_in("ben@example.test").await.unwrap();
    assert_eq!(finding(&other, "user_mapping").await.status, Status::Pass);
    assert_eq!(other.keys().len(), 1);
    assert_eq!(finding(&other, "user_mapping").await.status, Status::Pass);
    assert_eq!(other.keys().len(), 1, "the first key told his number");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_31_a_setting_that_a_desktop_does_not_use_is_named() {
    let scene = Scene::new().await.unwrap();
    assert_eq!(finding(&scene, "settings_unused").await.status, Status::Pass);
    let token = "[appliance.Default]\noutbound_event_token = \"abc\"\n";
    scene.change_settings(|text| text.replace("[appliance.Default]\n", token)).unwrap();
    let found = finding(&scene, "settings_unused").await;
    assert_eq!(found.status, Status::Warn);
    assert!(found.detail.contains("appliance.Default.outbound_event_token"), "{found:?}");
    assert!(!found.detail.contains("abc"), "{found:?}");
    assert_eq!(finding(&scene, "settings").await.status, Status::Pass);
}
