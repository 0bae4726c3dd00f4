//! The settings window: first run, sign-in, preferences, checks.

use casebridge_desktop::{self, Shell as _};
use casebridge_domain::settings::LogLevel;
use casebridge_ipc::{
    CheckPlaceView, CheckStatusView, PlacePage, Preference, SettingsView, SignInView, Step,
    SupportView, Window,
};
use casebridge_platform::Profile;
use casebridge_platform::secrets::{ExposeSecret, MemoryStore, SecretName, SecretStore};
use casebridge_simulator::{FaultName, FaultSwitch};
use casebridge_tests::fake_shell::FakeShell;
use casebridge_tests::scene::{self, Scene, Stage};
use casebridge_use_cases::{Casebridge, Clock};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

async fn until(
    stage: &Stage,
    what: &str,
    condition: impl Fn(&SettingsView) -> bool,
) -> SettingsView {
    let seen = stage
        .shell
        .until(what, |seen| seen.settings.as_ref().is_some_and(&condition))
        .await
        .unwrap();
    seen.settings.unwrap()
}

fn appliance_form(scene: &Scene, secret: Value) -> Value {
    let ready = scene.simulator.ready();
    json!({
        "hostname": ready.appliance.hostname,
        "clientId": ready.appliance.client_id,
        "secret": secret,
        "caFile": ready.ca_file,
        "portals": "",
    })
}

fn org_form(scene: &Scene) -> Value {
    let ready = scene.simulator.ready();
    let ports: Vec<String> = ready.org.redirect_ports.iter().map(ToString::to_string).collect();
    json!({
        "loginUrl": ready.org.login_url,
        "clientId": ready.org.client_id,
        "caFile": ready.ca_file,
        "redirectPorts": ports.join(","),
    })
}

/// A profile of which nothing is set up, beside a running simulator.
fn empty() -> (Stage, Arc<MemoryStore>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(MemoryStore::with([]));
    let profile = Profile::open(Some(folder.path())).unwrap();
    let casebridge = Casebridge::new(profile, secrets.clone(), Clock::system());
    let shell = FakeShell::new(scene::browser("ada@example.test"), folder.path().join("downloads"));
    let (app, _ending) = casebridge_desktop::start(casebridge, shell.clone());
    shell.tell(&app);
    (Stage { app, shell }, secrets, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_the_first_run_goes_through_three_steps_and_ends_with_every_check_passed() {
    let scene = Scene::signed_out().unwrap();
    let (stage, secrets, folder) = empty();
    let view = until(&stage, "the first run", |view| view.first_run).await;
    assert_eq!(view.step, Step::Appliance);
    let secret = scene.simulator.ready().appliance.client_secret;
    stage.settings("save_appliance", appliance_form(&scene, json!(secret))).await.unwrap();
    stage.settings("go_to_step", json!({ "step": "org" })).await.unwrap();
    until(&stage, "the saved secret", |view| view.appliance.secret_saved && view.step == Step::Org)
        .await;
    stage.settings("save_org", org_form(&scene)).await.unwrap();
    stage.settings("sign_in", json!({})).await.unwrap();
    let view = until(&stage, "the sign-in", |view| view.org.state == SignInView::SignedIn).await;
    assert_eq!(view.org.username.as_deref(), Some("ada@example.test"));
    assert_eq!(view.org.representative.as_deref(), Some("ada"));
    assert!(view.first_run, "the first run ends with its window");
    stage.settings("go_to_step", json!({ "step": "check" })).await.unwrap();
    stage.settings("run_checks", json!({})).await.unwrap();
    let done = |view: &SettingsView| !view.checking && view.checks.len() > 10;
    let view = until(&stage, "the checks", done).await;
    for check in view.checks.iter().filter(|c| c.id != "link_registration") {
        let expected = match check.id.as_str() {
            "rep_console" => CheckStatusView::Skip,
            _ => CheckStatusView::Pass,
        };
        assert_eq!(check.status, expected, "{check:?}");
    }
    let kept = secrets.get(&SecretName::ApplianceClientSecret("Default".into())).unwrap().unwrap();
    assert_eq!(kept.expose_secret(), secret);
    let file = std::fs::read_to_string(folder.path().join("settings.toml")).unwrap();
    assert!(!file.contains(&secret), "the secret is in the settings file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_never_saved_on_the_appliance_is_told_at_once() {
    let scene = Scene::signed_out().unwrap();
    let (stage, _secrets, _folder) = empty();
    let form = appliance_form(&scene, json!("not-the-secret"));
    let failure = stage.settings("save_appliance", form).await.unwrap_err();
    assert_eq!(failure.code, "appliance_secret_wrong");
    assert!(failure.next_step.contains("save"), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_with_a_wrong_form_saves_nothing() {
    let scene = Scene::signed_out().unwrap();
    let (stage, _secrets, folder) = empty();
    let mut form = appliance_form(&scene, json!("x"));
    form["hostname"] = json!("https://support.example.com/path");
    let failure = stage.settings("save_appliance", form).await.unwrap_err();
    assert_eq!(failure.code, "settings_invalid");
    assert!(!folder.path().join("settings.toml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_cancelled_leaves_the_window_ready_for_another() {
    let scene = Scene::signed_out().unwrap();
    let stage = scene.app_with_browser(Arc::new(|_| {}));
    stage.app.press_menu("settings");
    stage.settings("sign_in", json!({})).await.unwrap();
    until(&stage, "the wait", |view| view.org.state == SignInView::WaitingForBrowser).await;
    stage.shell.until("the page", |seen| !seen.pages.is_empty()).await.unwrap();
    stage.settings("cancel_sign_in", json!({})).await.unwrap();
    until(&stage, "the end", |view| view.org.state == SignInView::SignedOut).await;
    stage.settings("sign_in", json!({})).await.unwrap();
    let seen = stage.shell.until("the page", |seen| seen.pages.len() == 2).await.unwrap();
    scene::browser("ada@example.test")(&seen.pages[1]);
    until(&stage, "the sign-in", |view| view.org.state == SignInView::SignedIn).await;
    stage.settings("sign_out", json!({})).await.unwrap();
    until(&stage, "the sign-out", |view| view.org.state == SignInView::SignedOut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_the_org_refuses_is_shown_on_its_page() {
    let scene = Scene::signed_out().unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::AppNotFound));
    let stage = scene.app();
    stage.app.press_menu("settings");
    stage.settings("sign_in", json!({})).await.unwrap();
    let view = until(&stage, "the failure", |view| view.org.failure.is_some()).await;
    assert_eq!(view.org.failure.unwrap().code, "org_app_not_allowed");
    assert_eq!(view.org.state, SignInView::SignedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preference_takes_effect_at_once_and_no_other_setting_can_be_reached() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    let save = |key: &str, value: &str| {
        let form = json!({ "key": key, "value": value });
        let app = stage.app.clone();
        async move { app.command(Window::Settings, "save_preference", &json!({ "form": form })).await }
    };
    save("ui.autostart", "false").await.unwrap();
    save("log.level", "debug").await.unwrap();
    save("key.ttl", "600").await.unwrap();
    let view =
        until(&stage, "the value", |view| view.preferences[&Preference::KeyTtl].value == "600")
            .await;
    assert_eq!(view.preferences[&Preference::Autostart].value, "false");
    let seen = stage.shell.seen();
    assert_eq!((seen.autostart, seen.log_level), (Some(false), Some(LogLevel::Debug)));
    assert_eq!(save("key.ttl", "5").await.unwrap_err().code, "settings_invalid");
    // What the page does not show is no preference: its form is refused, and nothing is saved.
    let before = std::fs::read(scene.casebridge.profile().settings_file()).unwrap();
    let refused = save("org.login_url", "https://evil.example").await.unwrap_err();
    assert_eq!(refused.code, "internal");
    assert_eq!(std::fs::read(scene.casebridge.profile().settings_file()).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preference_costs_no_new_token() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let made =
        |view: &casebridge_ipc::CaseView| matches!(view.key, casebridge_ipc::KeyStateView::Made(_));
    stage.shell.until_case("the first key", made).await.unwrap();
    let tokens = scene.calls("/oauth2/token");
    let form = json!({ "key": "key.ttl", "value": "600" });
    stage.settings("save_preference", form).await.unwrap();
    stage.case("generate_key", json!({ "portal": null })).await.unwrap();
    stage.shell.until("the second key", |_| scene.keys().len() == 2).await.unwrap();
    assert_eq!(scene.calls("/oauth2/token"), tokens);
}

/// The names and lengths of the files in an archive.
fn archived(path: &Path) -> Vec<(String, u64)> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let count = archive.len();
    let mut one = |at| {
        let file = archive.by_index(at).unwrap();
        (file.name().unwrap().into_owned(), file.size())
    };
    (0..count).map(&mut one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_support_bundle_is_listed_first_and_saved_as_it_was_listed() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://settings".into()).await;
    stage.settings("run_checks", json!({})).await.unwrap();
    until(&stage, "the checks", |view| !view.checking && !view.checks.is_empty()).await;
    stage.settings("list_support_bundle", json!({})).await.unwrap();
    let view =
        until(&stage, "the list", |view| matches!(view.support, SupportView::Listed { .. })).await;
    let SupportView::Listed { files, folder } = view.support else { unreachable!() };
    assert_eq!(
        files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
        ["about.json", "settings.json", "checks.json"]
    );
    assert!(!Path::new(&folder).exists(), "nothing is saved before it is asked for");
    stage.settings("save_support_bundle", json!({})).await.unwrap();
    let view =
        until(&stage, "the file", |view| matches!(view.support, SupportView::Saved { .. })).await;
    let SupportView::Saved { path } = view.support else { unreachable!() };
    let top = Path::new(&path).file_stem().unwrap().to_str().unwrap();
    let wanted: Vec<(String, u64)> =
        files.iter().map(|file| (format!("{top}/{}", file.name), file.bytes.into())).collect();
    assert_eq!(archived(Path::new(&path)), wanted);
    stage.settings("close_support_bundle", json!({})).await.unwrap();
    until(&stage, "the end", |view| view.support == SupportView::Closed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_support_bundle_that_cannot_be_saved_says_so_and_stays_listed() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://settings".into()).await;
    let folder = stage.shell.downloads().unwrap();
    std::fs::write(&folder, "a file where the folder should be").unwrap();
    stage.settings("list_support_bundle", json!({})).await.unwrap();
    let failure = stage.settings("save_support_bundle", json!({})).await.unwrap_err();
    assert_eq!(failure.code, "support_bundle_not_saved");
    until(&stage, "the list", |view| matches!(view.support, SupportView::Listed { .. })).await;
    std::fs::remove_file(&folder).unwrap();
    stage.settings("save_support_bundle", json!({})).await.unwrap();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_outlives_an_address_that_cannot_be_saved_and_a_page_that_is_saved_unchanged() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://settings".into()).await;
    until(&stage, "the account", |view| view.org.username.is_some()).await;
    let mut form = org_form(&scene);
    stage.settings("save_org", form.clone()).await.unwrap();
    form["loginUrl"] = json!("acme.my.salesforce.example");
    let failure = stage.settings("save_org", form).await.unwrap_err();
    assert_eq!(failure.code, "settings_invalid");
    assert!(scene.refresh_token().is_ok());
    let view = stage.shell.seen().settings.unwrap();
    assert_eq!(view.org.state, SignInView::SignedIn);
    assert!(view.org.username.is_some());
}

#[test]
fn every_preference_of_the_window_is_in_the_table_of_settings() {
    for preference in Preference::ALL {
        assert!(casebridge_domain::settings::find(preference.key()).is_some(), "{preference:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_a_failed_check_has_its_steps_and_leads_to_its_setting_or_window() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::UnauthorizedSecret));
    let stage = scene.app();
    stage.app.open_link("casebridge://settings".into()).await;
    stage.settings("run_checks", json!({})).await.unwrap();
    let done = |view: &SettingsView| !view.checking && view.checks.len() > 10;
    let view = until(&stage, "the checks", done).await;
    let token = view.checks.iter().find(|check| check.id == "appliance_token").unwrap();
    assert_eq!(token.status, CheckStatusView::Fail);
    assert!(token.steps.len() > 1, "{token:?}");
    let place = CheckPlaceView::Setting {
        key: "appliance.Default.client_id".to_owned(),
        page: PlacePage::Appliance,
    };
    assert_eq!(token.place, Some(place));
    stage.settings("show_activity", json!({})).await.unwrap();
    let shown = |seen: &casebridge_tests::fake_shell::Seen| seen.open.contains(&Window::Activity);
    stage.shell.until("the activity window", shown).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_38_the_salesforce_page_shows_where_the_name_was_found() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.edit_user("ada@example.test", "BeyondTrust_Username__c", "").unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://settings".into()).await;
    let found = |view: &SettingsView| view.org.representative.as_deref() == Some("ada");
    let view = until(&stage, "the name", found).await;
    let origin = view.org.representative_found_in.as_deref();
    assert_eq!(origin, Some("your Salesforce user name before the @"));
    stage.quit().await.unwrap();
}
