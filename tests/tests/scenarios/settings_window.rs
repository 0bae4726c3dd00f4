//! The settings window: first run, sign-in, settings, appliances, survey rules, checks.

use crate::home::{finished, over};
use casebridge_desktop::{self, Shell as _};
use casebridge_domain::FailureCode;
use casebridge_domain::settings::{LogLevel, Scope};
use casebridge_ipc::{
    ApplianceTestView, ApplianceView, CheckPlaceView, CheckStatusView, FailureView, OriginView,
    SettingView, SettingsView, SignInView, Step, SupportView, Window,
};
use casebridge_platform::Profile;
use casebridge_platform::secrets::{ExposeSecret, MemoryStore, SecretName, SecretStore};
use casebridge_simulator::{FaultName, FaultSwitch, Options, SessionWork, Simulator};
use casebridge_tests::fake_shell::FakeShell;
use casebridge_tests::scene::{self, Scene, Stage};
use casebridge_use_cases::import::{self, How};
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

/// A setting that the window shows.
fn setting<'v>(view: &'v SettingsView, key: &str) -> &'v SettingView {
    let single = view.pages.iter().flat_map(|page| &page.sections).flat_map(|s| &s.settings);
    let named = view.appliances.iter().flat_map(|one| &one.settings);
    let mut all = single.chain(named).chain(view.rules.iter().flat_map(|rule| &rule.settings));
    all.find(|setting| setting.key == key).unwrap_or_else(|| panic!("{key} is not shown"))
}

async fn save(stage: &Stage, key: &str, value: &str) -> Result<(), FailureView> {
    stage.settings("save_setting", json!({ "key": key, "value": value })).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_takes_effect_at_once_and_is_given_back() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    save(&stage, "ui.autostart", "false").await.unwrap();
    save(&stage, "log.level", "debug").await.unwrap();
    save(&stage, "key.ttl", "600").await.unwrap();
    let view = until(&stage, "the value", |v| setting(v, "key.ttl").value == "600").await;
    let ttl = setting(&view, "key.ttl");
    assert_eq!((ttl.origin, ttl.default_value.as_str()), (OriginView::User, "3600"));
    assert_eq!(setting(&view, "ui.autostart").value, "false");
    let seen = stage.shell.seen();
    assert_eq!((seen.autostart, seen.log_level), (Some(false), Some(LogLevel::Debug)));
    save(&stage, "key.ttl", "").await.unwrap();
    let given_back = |v: &SettingsView| setting(v, "key.ttl").origin == OriginView::Default;
    until(&stage, "the default", given_back).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_saved_is_told_in_a_sentence_and_changes_nothing() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    let before = std::fs::read(scene.casebridge.profile().settings_file()).unwrap();
    for (key, value, said) in [
        ("key.ttl", "5", "Enter a number of seconds from 60 to 604800."),
        ("appliance.Default.hostname", "a b", "Enter the host name, such as support.example.com."),
        ("org.no_such_setting", "x", "Casebridge has no such setting."),
    ] {
        let failure = save(&stage, key, value).await.unwrap_err();
        assert_eq!((failure.code.as_str(), failure.detail.as_str()), ("settings_invalid", said));
    }
    assert_eq!(std::fs::read(scene.casebridge.profile().settings_file()).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_another_org_gets_no_stored_sign_in_whichever_command_names_it() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    until(&stage, "the account", |view| view.org.username.is_some()).await;
    save(&stage, "org.login_url", "https://other.my.salesforce.com").await.unwrap();
    assert!(scene.refresh_token().is_err());
    until(&stage, "the sign-out", |view| view.org.state == SignInView::SignedOut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_05_the_e_mail_is_previewed_while_its_template_is_typed() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    until(&stage, "no template", |view| view.email.is_none()).await;
    let template = "Subject: Case {case_number}\nHello {contact}, open {url}";
    stage.settings("preview_email", json!({ "template": template })).await.unwrap();
    let view = until(&stage, "the preview", |view| view.email.is_some()).await;
    let email = view.email.clone().unwrap();
    assert_eq!(email.subject, "Case 00001026");
    assert!(email.body.starts_with("Hello Rosa Marin, open https://"), "{}", email.body);
    assert_eq!(
        setting(&view, "email.template").value,
        "",
        "nothing is saved before it is asked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn row_06_portals_that_the_window_saved_can_be_chosen_for_a_key() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    save(&stage, "appliance.Default.portals", "help.example.test, vip.example.test").await.unwrap();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let offered = |view: &casebridge_ipc::CaseView| view.portals.len() == 2;
    stage.shell.until_case("the portals", offered).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_27_only_the_event_types_that_were_chosen_in_the_window_are_imported() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    save(&stage, "import.enabled", "false").await.unwrap();
    let lsid = finished(&scene, SessionWork::default());
    let events = async |how| {
        let imported = import::import(&scene.casebridge, None, &lsid, how).await.unwrap();
        imported.records.get("Support_Session_Event__c").copied().unwrap_or_default()
    };
    assert_eq!(events(How::DryRun).await, 19);
    save(&stage, "appliance.Default.event_types", "Session Start,Session End").await.unwrap();
    assert_eq!(events(How::DryRun).await, 2);
    save(&stage, "appliance.Default.event_types", "").await.unwrap();
    assert_eq!(events(How::DryRun).await, 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_sessions_without_a_case_are_imported_once_the_window_says_so() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    save(&stage, "import.enabled", "false").await.unwrap();
    let lsid = over(&scene, None, SessionWork::default()).parse().unwrap();
    let tried = || import::import(&scene.casebridge, None, &lsid, How::DryRun);
    assert_eq!(tried().await.unwrap_err().code, FailureCode::SessionWithoutCase);
    save(&stage, "appliance.Default.import_all_sessions", "true").await.unwrap();
    assert_eq!(tried().await.unwrap().case, None);
}

fn appliance<'v>(view: &'v SettingsView, name: &str) -> Option<&'v ApplianceView> {
    view.appliances.iter().find(|one| one.name == name)
}

/// Another appliance, and the form that adds it under the name `HR`.
fn second_appliance(secret: Option<&str>) -> (Simulator, Value) {
    let simulator = Simulator::start(Options::default()).unwrap();
    let ready = simulator.ready();
    let form = json!({
        "name": "HR",
        "hostname": ready.appliance.hostname,
        "clientId": ready.appliance.client_id,
        "secret": secret.unwrap_or(&ready.appliance.client_secret),
        "caFile": ready.ca_file,
    });
    (simulator, form)
}

fn secret_of(scene: &Scene, name: &str) -> Option<String> {
    let secret = scene.secrets.get(&SecretName::ApplianceClientSecret(name.to_owned())).unwrap();
    secret.map(|secret| secret.expose_secret().to_owned())
}

async fn passed(stage: &Stage, name: &str) -> SettingsView {
    let is_passed = |view: &SettingsView| {
        let test = appliance(view, name).map(|one| &one.test);
        matches!(test, Some(ApplianceTestView::Passed { warning: None, .. }))
    };
    until(stage, "the test to pass", is_passed).await
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_second_appliance_is_added_tested_renamed_and_removed_with_its_secret() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    let (other, form) = second_appliance(None);
    stage.settings("add_appliance", form).await.unwrap();
    let view = passed(&stage, "HR").await;
    let names: Vec<&str> = view.appliances.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Default", "HR"]);
    let secret = other.ready().appliance.client_secret;
    assert_eq!(secret_of(&scene, "HR"), Some(secret.clone()));
    save(&stage, "appliance.HR.portals", "hr.example.test").await.unwrap();

    let rename = json!({ "name": "HR", "newName": "Staff" });
    stage.settings("rename_appliance", rename).await.unwrap();
    let renamed = |view: &SettingsView| {
        appliance(view, "Staff").is_some_and(|one| one.secret_saved) && view.appliances.len() == 2
    };
    let view = until(&stage, "the new name", renamed).await;
    assert_eq!(setting(&view, "appliance.Staff.portals").value, "hr.example.test");
    assert_eq!((secret_of(&scene, "HR"), secret_of(&scene, "Staff")), (None, Some(secret.clone())));
    stage.settings("test_appliance", json!({ "name": "Staff" })).await.unwrap();
    passed(&stage, "Staff").await;

    stage.settings("remove_appliance", json!({ "name": "Staff" })).await.unwrap();
    until(&stage, "the end", |view| view.appliances.len() == 1).await;
    assert_eq!(secret_of(&scene, "Staff"), None);
    assert!(secret_of(&scene, "Default").is_some());
    let file = std::fs::read_to_string(scene.casebridge.profile().settings_file()).unwrap();
    assert!(!file.contains("Staff") && !file.contains("HR") && !file.contains(&secret), "{file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_wrong_secret_of_a_second_appliance_fails_its_test_and_can_be_replaced() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    let (other, form) = second_appliance(Some("not-the-secret"));
    stage.settings("add_appliance", form).await.unwrap();
    let failed = |view: &SettingsView| match appliance(view, "HR").map(|one| &one.test) {
        Some(ApplianceTestView::Failed { failure }) => failure.code == "appliance_secret_wrong",
        _ => false,
    };
    until(&stage, "the test to fail", failed).await;
    let secret = other.ready().appliance.client_secret;
    stage.settings("save_secret", json!({ "name": "HR", "secret": secret })).await.unwrap();
    passed(&stage, "HR").await;
    // The first one works as before.
    stage.settings("test_appliance", json!({ "name": "Default" })).await.unwrap();
    passed(&stage, "Default").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_the_first_appliance_is_named_default_and_the_error_says_so() {
    let (other, form) = second_appliance(None);
    let (stage, secrets, _folder) = empty();
    let refused = stage.settings("add_appliance", form.clone()).await.unwrap_err();
    assert_eq!(refused.code, "default_appliance_missing");
    assert!(refused.detail.contains("must be named Default"), "{refused:?}");
    let hr = SecretName::ApplianceClientSecret("HR".to_owned());
    assert!(secrets.get(&hr).unwrap().is_none(), "nothing is stored of what was refused");

    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.settings("add_appliance", form.clone()).await.unwrap();
    assert!(stage.settings("add_appliance", form).await.unwrap_err().detail.contains("this name"));
    let away = json!({ "name": "Default", "newName": "Main" });
    let refused = stage.settings("rename_appliance", away).await.unwrap_err();
    assert_eq!(refused.code, "default_appliance_missing");
    let gone = json!({ "name": "Default" });
    let refused = stage.settings("remove_appliance", gone.clone()).await.unwrap_err();
    assert_eq!(refused.code, "default_appliance_missing");
    assert!(secret_of(&scene, "Default").is_some());
    stage.settings("remove_appliance", json!({ "name": "HR" })).await.unwrap();
    stage.settings("remove_appliance", gone).await.unwrap();
    assert!(scene.casebridge.settings().appliances().is_empty());
    drop(other);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_cannot_be_saved_leaves_secret_and_settings_where_they_were() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    let (other, form) = second_appliance(None);
    stage.settings("add_appliance", form).await.unwrap();
    let file = scene.casebridge.profile().settings_file();
    let whole = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, "[broken").unwrap();
    let rename = json!({ "name": "HR", "newName": "Staff" });
    let refused = stage.settings("rename_appliance", rename.clone()).await.unwrap_err();
    assert_eq!(refused.code, "settings_invalid");
    let secret = other.ready().appliance.client_secret;
    assert_eq!((secret_of(&scene, "HR"), secret_of(&scene, "Staff")), (Some(secret), None));
    std::fs::write(&file, whole).unwrap();
    stage.settings("rename_appliance", rename).await.unwrap();
    assert!(scene.casebridge.settings().appliances().contains(&"Staff".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_35_survey_rules_are_added_moved_tried_and_removed() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    for (name, answer, status) in [("solved", "Resolved", "Closed"), ("any", "resolved", "Working")]
    {
        stage.settings("add_rule", json!({ "name": name })).await.unwrap();
        for (field, value) in
            [("question", "close_state"), ("answer", answer), ("case_status", status)]
        {
            save(&stage, &format!("transition.{name}.{field}"), value).await.unwrap();
        }
    }
    let empty = save(&stage, "transition.solved.question", " ").await.unwrap_err();
    assert_eq!(empty.code, "settings_invalid");
    let tried = async |text: &str| {
        let form = json!({ "survey": "Representative", "text": text });
        stage.settings("try_rules", form).await.unwrap();
        let view = until(&stage, "the result", |view| view.tried.is_some()).await;
        let first = view.tried.unwrap().remove(0);
        (first.rule, first.case_status)
    };
    let told = |rule: &str, status: &str| (Some(rule.to_owned()), Some(status.to_owned()));
    assert_eq!(tried("close_state = RESOLVED").await, told("solved", "Closed"));
    stage.settings("move_rule", json!({ "name": "any", "up": true })).await.unwrap();
    assert_eq!(tried("close_state = RESOLVED").await, told("any", "Working"));
    assert_eq!(tried("close_state = Open").await, (None, None));
    let form = json!({ "survey": "Customer", "text": "no answer" });
    assert!(stage.settings("try_rules", form).await.is_err());
    let taken = stage.settings("add_rule", json!({ "name": "any" })).await.unwrap_err();
    assert!(taken.detail.contains("this name"), "{taken:?}");
    stage.settings("remove_rule", json!({ "name": "any" })).await.unwrap();
    let view = until(&stage, "one rule", |view| view.rules.len() == 1).await;
    assert_eq!(view.rules[0].name, "solved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_shown_when_the_app_asks_for_it() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    let show = json!({ "key": "key.ttl" });
    stage.settings("show_setting", show.clone()).await.unwrap();
    stage.settings("show_setting", show).await.unwrap();
    let twice = |view: &SettingsView| {
        view.shown.as_ref().is_some_and(|shown| shown.key == "key.ttl" && shown.count == 2)
    };
    until(&stage, "the setting", twice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_costs_no_new_token() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let made =
        |view: &casebridge_ipc::CaseView| matches!(view.key, casebridge_ipc::KeyStateView::Made(_));
    stage.shell.until_case("the first key", made).await.unwrap();
    let tokens = scene.calls("/oauth2/token");
    let form = json!({ "key": "key.ttl", "value": "600" });
    stage.settings("save_setting", form).await.unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn every_setting_of_the_table_is_in_the_window() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("settings");
    stage.settings("add_rule", json!({ "name": "one" })).await.unwrap();
    let view = until(&stage, "the rule", |view| view.rules.len() == 1).await;
    for declaration in casebridge_domain::settings::declarations() {
        let name = match declaration.scope {
            Scope::Single => "",
            Scope::PerAppliance => "Default",
            Scope::PerTransition => "one",
        };
        let shown = setting(&view, &declaration.key_of(name));
        assert_eq!(shown.name, declaration.name);
        assert_eq!(shown.default_value, declaration.default());
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
    let place = CheckPlaceView::Setting { key: "appliance.Default.client_id".to_owned() };
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
