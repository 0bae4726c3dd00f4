//! Jumps: proposed by a link or the menu, handed to a console at a click, proved by their session.

use casebridge_domain::jump::JumpMethod;
use casebridge_ipc::{JumpStateView, JumpView, WebSupportView, Window};
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin};
use casebridge_tests::scene::{Scene, Stage};
use serde_json::{Value, json};

async fn scene() -> Scene {
    Scene::new().await.unwrap().with_console("[jump]\npatience = 5\n").unwrap()
}

/// Opens the window by a link, and waits until the case on it has been read.
async fn proposed(scene: &Scene, stage: &Stage, keys: &str) -> JumpView {
    let case = scene.simulator.ready().case_id;
    assert!(stage.app.open_link(format!("casebridge://jump?case={case}{keys}")).await);
    let read = |view: &JumpView| view.header.is_some();
    stage.shell.until_jump("the case", read).await.unwrap()
}

fn start(view: &JumpView) -> Value {
    json!({ "form": view.form, "console": "desktop" })
}

fn started(view: &JumpView) -> bool {
    matches!(view.state, JumpStateView::Started { .. })
}

/// A method, what a link says of it, and the computer that its session is with.
type Jump = (&'static str, &'static str, &'static str);

const ITEM: Jump = ("item", "&search=FRONTDESK-3", "FRONTDESK-3");
const PUSH_LOCAL: Jump = ("push-local", "&target=PC-1", "PC-1");
const PUSH_REMOTE: Jump = ("push-remote", "&target=PC-2&jumpoint=Branch%207", "PC-2");
const RDP: Jump = ("rdp", "&target=DC-01&jumpoint=Data%20Centre", "DC-01");
const VNC: Jump = ("vnc", "&target=ERP-LEGACY&jumpoint=Head%20Office", "ERP-LEGACY");
const SHELL: Jump = ("shell", "&target=SW-CORE&jumpoint=Data%20Centre", "SW-CORE");
const VPRO: Jump = ("vpro", "&target=CAD-02&jumpoint=Head%20Office", "CAD-02");

#[tokio::test(flavor = "multi_thread")]
async fn row_07_a_jump_item_is_searched_for_and_its_session_carries_the_case() {
    check(&[ITEM]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_08_a_push_in_the_local_network_starts_a_session_that_carries_the_case() {
    check(&[PUSH_LOCAL]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_09_a_push_through_a_jumpoint_starts_a_session_that_carries_the_case() {
    check(&[PUSH_REMOTE]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_10_rdp_starts_a_session_that_carries_the_case() {
    check(&[RDP]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_11_a_shell_starts_a_session_that_carries_the_case() {
    check(&[SHELL]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_12_vpro_starts_a_session_that_carries_the_case() {
    check(&[VPRO]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_jump_after_the_other_each_method_starts_a_session_that_carries_the_case() {
    let all = [ITEM, PUSH_LOCAL, PUSH_REMOTE, RDP, VNC, SHELL, VPRO];
    assert_eq!(all.len(), JumpMethod::ALL.len());
    check(&all).await;
}

async fn check(jumps: &[Jump]) {
    let scene = scene().await;
    let stage = scene.app();
    let case = scene.simulator.ready().case_id;
    for &(method, keys, hostname) in jumps {
        let before = scene.sessions().len();
        let view = proposed(&scene, &stage, &format!("&method={method}{keys}")).await;
        assert_eq!((view.form.method.as_str(), &view.state), (method, &JumpStateView::Idle));
        assert_eq!(scene.sessions().len(), before, "{method}: a link started a session");
        stage.jump("start_jump", start(&view)).await.unwrap();
        let view = stage.shell.until_jump(method, started).await.unwrap();
        let JumpStateView::Started { hostname: on } = view.state else { unreachable!() };
        assert_eq!(on.as_deref(), Some(hostname));
        let sessions = scene.sessions();
        assert_eq!(sessions.len(), before + 1, "{method}");
        let session = sessions.last().unwrap();
        assert_eq!(session["attributes"]["external_key"], case.as_str(), "{method}");
        assert_eq!(session["customer"]["hostname"], hostname, "{method}");
        stage.jump("close_window", json!({})).await.unwrap();
    }
    let last = jumps.last().unwrap().2;
    let menu = stage.shell.until("the jumps in the menu", |seen| {
        let items = seen.menu.as_ref().map(|menu| &menu.items);
        items.is_some_and(|items| items.iter().any(|item| item.label.contains(last)))
    });
    menu.await.unwrap();
    let scripts = scene.console_runs();
    assert_eq!(scripts.len(), jumps.len());
    assert!(scripts.iter().all(|run| run["origin"] == "run-script"), "{scripts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_thousand_links_open_one_window_and_start_nothing() {
    let scene = scene().await;
    let stage = scene.app();
    for n in 0..1000 {
        let link = format!("casebridge://jump?method=push-local&target=PC-{}", n % 50);
        assert!(stage.app.open_link(link).await);
    }
    let seen = stage.shell.until("the window", |seen| seen.jump.is_some()).await.unwrap();
    assert_eq!((seen.open.len(), seen.openings), (1, 1));
    assert_eq!(seen.jump.unwrap().form.values["target"], "PC-0");
    assert!(scene.console_runs().is_empty() && scene.sessions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_link_changes_nothing_under_the_hand() {
    let scene = scene().await;
    let stage = scene.app();
    let view = proposed(&scene, &stage, "&method=push-local&target=PC-1").await;
    let other = "casebridge://jump?method=push-local&target=PC-2".to_owned();
    assert!(stage.app.open_link(other).await);
    let asked = |view: &JumpView| view.waiting.is_some();
    let waiting = stage.shell.until_jump("the other jump", asked).await.unwrap();
    assert_eq!((waiting.proposal, &waiting.form), (view.proposal, &view.form));
    assert_eq!(waiting.waiting.as_deref(), Some("PC-2"));
    stage.jump("show_waiting_jump", json!({})).await.unwrap();
    let shown = |view: &JumpView| view.form.values.get("target").is_some_and(|t| t == "PC-2");
    let shown = stage.shell.until_jump("the other jump on screen", shown).await.unwrap();
    assert!(shown.proposal != view.proposal && shown.waiting.is_none());
    assert_eq!(shown.reference, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_s5_a_hostile_target_reaches_the_console_as_it_is_and_as_nothing_else() {
    let scene = scene().await;
    let stage = scene.app();
    for hostile in ["--x\"'; touch /tmp/casebridge-s4; '", "a&action=login", "$(id) `id` %0a|cmd"] {
        let before = scene.sessions().len();
        let encoded: String = hostile.bytes().map(|b| format!("%{b:02X}")).collect();
        let view = proposed(&scene, &stage, &format!("&method=push-local&target={encoded}")).await;
        stage.jump("start_jump", start(&view)).await.unwrap();
        stage.shell.until_jump(hostile, started).await.unwrap();
        let sessions = scene.sessions();
        assert_eq!(sessions.len(), before + 1, "{hostile}");
        assert_eq!(sessions.last().unwrap()["customer"]["hostname"], hostile);
        stage.jump("close_window", json!({})).await.unwrap();
    }
    assert!(!std::path::Path::new("/tmp/casebridge-s4").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_a_method_does_not_take_are_refused() {
    let scene = scene().await;
    let stage = scene.app();
    for link in [
        "casebridge://jump?method=reboot&target=PC-1",
        "casebridge://jump?method=rdp&search=till",
        "casebridge://jump?method=item&search=till&jumpoint=Branch%207",
        "casebridge://jump?method=push-local&target=PC-1&jumpoint=Branch%207",
    ] {
        assert!(stage.app.open_link(link.to_owned()).await);
    }
    let seen = stage.shell.until("the notice", |seen| !seen.notices.is_empty()).await.unwrap();
    assert_eq!(seen.notices[0].title, "This link can't be used");
    assert!(seen.open.is_empty() && seen.jump.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_method_needs_is_refused_before_the_console_is_asked() {
    let scene = scene().await;
    let stage = scene.app();
    let view = proposed(&scene, &stage, "&method=vpro&target=CAD-02").await;
    let refused = stage.jump("start_jump", start(&view)).await.unwrap_err();
    assert_eq!(refused.code, "jump_invalid");
    assert!(refused.detail.contains("jumpoint"), "{}", refused.detail);
    let odd = json!({ "form": { "method": "rdp", "values": { "target": "a\nb" } }, "console": "desktop" });
    assert_eq!(stage.jump("start_jump", odd).await.unwrap_err().code, "jump_invalid");
    assert!(scene.console_runs().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_does_nothing_is_told_after_a_while_and_the_late_session_is_still_seen() {
    let scene = scene().await;
    let stage = scene.app();
    scene.simulator.fault(FaultSwitch::on(FaultName::ConsoleIdle));
    let view = proposed(&scene, &stage, "&method=push-local&target=PC-1").await;
    stage.jump("start_jump", start(&view)).await.unwrap();
    let waiting = |view: &JumpView| matches!(view.state, JumpStateView::Waiting { .. });
    stage.shell.until_jump("the watch", waiting).await.unwrap();
    let not_seen = |view: &JumpView| matches!(view.state, JumpStateView::NotSeen { .. });
    let view = stage.shell.until_jump("what to check", not_seen).await.unwrap();
    let JumpStateView::NotSeen { failure } = view.state else { unreachable!() };
    assert_eq!(failure.code, "jump_not_seen");
    // The person does in the console what it waited for.
    scene.simulator.clear_faults();
    let script = format!(
        "action=push_and_start_local&hostname=PC-1&session.custom.external_key={}",
        scene.simulator.ready().case_id
    );
    let console = scene.folder.path().join("representative-console");
    let done = std::process::Command::new(console).args(["--run-script", &script]).status();
    assert!(done.unwrap().success());
    stage.shell.until_jump("the late session", started).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_the_case_that_runs_already_is_not_taken_for_the_jump() {
    let scene = scene().await;
    let stage = scene.app();
    let case = scene.simulator.ready().case_id;
    let view = proposed(&scene, &stage, "&method=push-local&target=PC-1").await;
    stage.jump("start_jump", start(&view)).await.unwrap();
    stage.shell.until_jump("the first", started).await.unwrap();
    stage.jump("close_window", json!({})).await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::ConsoleIdle));
    let view = proposed(&scene, &stage, "&method=push-local&target=PC-2").await;
    assert_eq!(view.reference, Some(case));
    stage.jump("start_jump", start(&view)).await.unwrap();
    let over = |view: &JumpView| {
        matches!(view.state, JumpStateView::NotSeen { .. } | JumpStateView::Started { .. })
    };
    let view = stage.shell.until_jump("the end of the wait", over).await.unwrap();
    assert!(matches!(view.state, JumpStateView::NotSeen { .. }), "{:?}", view.state);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_window_closed_a_notification_tells_that_the_session_has_started() {
    let scene = scene().await;
    let stage = scene.app();
    scene.simulator.fault(FaultSwitch::on(FaultName::ReportingLag).with_seconds(3));
    let view = proposed(&scene, &stage, "&method=push-local&target=PC-1").await;
    stage.jump("start_jump", start(&view)).await.unwrap();
    let waiting = |view: &JumpView| matches!(view.state, JumpStateView::Waiting { .. });
    stage.shell.until_jump("the watch", waiting).await.unwrap();
    stage.jump("close_window", json!({})).await.unwrap();
    let told = stage.shell.until("the notification", |seen| !seen.notices.is_empty());
    let notice = told.await.unwrap().notices.remove(0);
    assert_eq!(notice.body, "The session for case 00001026 has started on PC-1.");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_console_the_browser_gets_the_script() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app_with_browser(std::sync::Arc::new(|_| {}));
    let view = proposed(&scene, &stage, "&method=push-local&target=PC-1").await;
    stage.jump("start_jump", start(&view)).await.unwrap();
    let waiting = |view: &JumpView| matches!(view.state, JumpStateView::Waiting { .. });
    let view = stage.shell.until_jump("the watch", waiting).await.unwrap();
    let JumpStateView::Waiting { launched_with, .. } = view.state else { unreachable!() };
    assert_eq!(launched_with, "browser");
    let page = stage.shell.seen().pages.pop().unwrap();
    assert_eq!(page.path(), "/api/client_script");
    let pairs: Vec<(String, String)> = page.query_pairs().into_owned().collect();
    assert_eq!(pairs[0], ("type".to_owned(), "rep".to_owned()));
    assert_eq!(pairs[1], ("operation".to_owned(), "generate".to_owned()));
    assert_eq!(pairs[2], ("action".to_owned(), "push_and_start_local".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_13_an_administrator_may_leave_the_web_console_what_it_is_documented_to_do() {
    let scene = Scene::new().await.unwrap();
    let scene = scene.with_console("web_actions = \"documented\"\n").unwrap();
    let stage = scene.app_with_browser(std::sync::Arc::new(|_| {}));
    let view = proposed(&scene, &stage, "&method=rdp&target=DC-01").await;
    let rdp = view.methods.iter().find(|method| method.method == "rdp").unwrap();
    assert_eq!(rdp.web, WebSupportView::Off);
    let web = |form: &casebridge_ipc::JumpFormView| json!({ "form": form, "console": "web" });
    stage.jump("start_jump", web(&view.form)).await.unwrap();
    let failed = |view: &JumpView| matches!(view.state, JumpStateView::Failed { .. });
    let refused = stage.shell.until_jump("the refusal", failed).await.unwrap();
    let JumpStateView::Failed { failure } = refused.state else { unreachable!() };
    assert_eq!(failure.code, "web_console_action_off");
    stage.jump("close_window", json!({})).await.unwrap();
    let case = scene.simulator.ready().case_id;
    let link = format!("casebridge://web-jump?case={case}&search=TILL-01");
    assert!(stage.app.open_link(link).await);
    let read = |view: &JumpView| view.header.is_some() && view.form.method == "item";
    let view = stage.shell.until_jump("the other jump", read).await.unwrap();
    assert_eq!(serde_json::to_value(view.console).unwrap(), "web");
    stage.jump("start_jump", web(&view.form)).await.unwrap();
    let seen = stage.shell.until("the page", |seen| !seen.pages.is_empty()).await.unwrap();
    let page = seen.pages[0].to_string();
    assert!(page.contains("?type=web_console&operation=execute&action=start_jump_item_session"));
    assert!(scene.console_runs().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn row_13_what_the_web_console_may_not_support_is_offered_and_remembered() {
    let scene = scene().await;
    let stage = scene.app_with_browser(std::sync::Arc::new(|_| {}));
    let web = |view: &JumpView, method: &str| {
        let found = view.methods.iter().find(|one| one.method == method);
        found.map(|one| one.web)
    };
    let view = proposed(&scene, &stage, "&method=rdp&target=DC-01").await;
    assert_eq!(web(&view, "rdp"), Some(WebSupportView::Unknown));
    assert_eq!(web(&view, "item"), Some(WebSupportView::Works), "it is documented");
    let form = json!({ "form": view.form, "console": "web" });
    stage.jump("start_jump", form.clone()).await.unwrap();
    let seen = stage.shell.until("the page", |seen| !seen.pages.is_empty()).await.unwrap();
    assert!(seen.pages[0].as_str().contains("type=web_console&operation=execute&action=start_rdp"));
    // Nobody runs it, so no session starts. That may have other reasons: only a person tells.
    let missed = |view: &JumpView| matches!(view.state, JumpStateView::NotSeen { .. });
    let view = stage.shell.until_jump("no session", missed).await.unwrap();
    assert_eq!(web(&view, "rdp"), Some(WebSupportView::Unknown));
    stage.jump("deny_web_jump", json!({})).await.unwrap();
    let failed = |view: &JumpView| {
        view.state == JumpStateView::Idle && web(view, "rdp") == Some(WebSupportView::Failed)
    };
    stage.shell.until_jump("what did not work", failed).await.unwrap();
    stage.jump("start_jump", form).await.unwrap();
    let waits = |view: &JumpView| matches!(view.state, JumpStateView::Waiting { .. });
    stage.shell.until_jump("the wait", waits).await.unwrap();
    let session = SessionBegin {
        representative: "ada".to_owned(),
        hostname: Some("DC-01".to_owned()),
        external_key: Some(scene.simulator.ready().case_id),
        ..SessionBegin::default()
    };
    scene.simulator.begin_session(session).unwrap();
    let works = |view: &JumpView| started(view) && web(view, "rdp") == Some(WebSupportView::Works);
    stage.shell.until_jump("what worked", works).await.unwrap();
    stage.quit().await.unwrap();
    let stage = scene.app();
    proposed(&scene, &stage, "&method=rdp&target=DC-01").await;
    let known = |view: &JumpView| web(view, "rdp") == Some(WebSupportView::Works);
    let view = stage.shell.until_jump("what is remembered", known).await.unwrap();
    assert_eq!(web(&view, "shell"), Some(WebSupportView::Unknown));
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn favourites_stay_and_forgotten_jumps_go() {
    let scene = scene().await;
    let stage = scene.app();
    for target in ["PC-1", "PC-2"] {
        let view = proposed(&scene, &stage, &format!("&method=push-local&target={target}")).await;
        stage.jump("start_jump", start(&view)).await.unwrap();
        stage.shell.until_jump(target, started).await.unwrap();
        stage.jump("close_window", json!({})).await.unwrap();
    }
    drop(stage);
    // Another start of the app knows them.
    let stage = scene.app();
    let listed = |seen: &casebridge_tests::fake_shell::Seen| {
        let items = seen.menu.as_ref().map_or(&[][..], |menu| &menu.items);
        items.iter().filter(|item| item.id.starts_with("jump-")).count() == 2
    };
    stage.shell.until("the jumps in the menu", listed).await.unwrap();
    stage.app.press_menu("jump");
    let both = |view: &JumpView| view.jumps.len() == 2;
    let view = stage.shell.until_jump("the jumps of before", both).await.unwrap();
    assert!(stage.shell.seen().open.contains(&Window::Jump));
    assert_eq!((view.jumps[0].title.as_str(), view.form.method.as_str()), ("PC-2", "push-local"));
    let older = view.jumps[1].id;
    stage.jump("pin_jump", json!({ "id": older, "pinned": true })).await.unwrap();
    let first = move |view: &JumpView| view.jumps[0].id == older && view.jumps[0].pinned;
    let view = stage.shell.until_jump("the favourite on top", first).await.unwrap();
    stage.jump("forget_jump", json!({ "id": view.jumps[1].id })).await.unwrap();
    stage.shell.until_jump("one jump", |view| view.jumps.len() == 1).await.unwrap();
    // The menu fills the form and starts nothing.
    stage.jump("close_window", json!({})).await.unwrap();
    let runs = scene.console_runs().len();
    stage.app.press_menu(&format!("jump-{older}"));
    let filled = |view: &JumpView| view.form.values.get("target").is_some_and(|t| t == "PC-1");
    stage.shell.until_jump("the form", filled).await.unwrap();
    assert_eq!(scene.console_runs().len(), runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_computers_of_the_case_are_offered_where_fields_are_named() {
    let scene = Scene::new().await.unwrap();
    scene
        .change_settings(|text| {
            text.replace(
                "[org]\n",
                "[org]\nasset_host_field = \"Host_Name__c\"\ncontact_host_field = \"Computer__c\"\n",
            )
        })
        .unwrap();
    let stage = scene.app();
    let view = proposed(&scene, &stage, "").await;
    let hosts: Vec<_> = view.hosts.iter().map(|host| host.hostname.as_str()).collect();
    assert_eq!(hosts, ["FRONTDESK-3", "PC-MARIN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_on_a_case_that_cannot_be_read_does_not_start() {
    let scene = scene().await;
    let stage = scene.app();
    let link = "casebridge://jump?case=99999999&method=push-local&target=PC-1".to_owned();
    assert!(stage.app.open_link(link).await);
    let failed = |view: &JumpView| view.case_failure.is_some();
    let view = stage.shell.until_jump("the failure", failed).await.unwrap();
    assert_eq!(view.case_failure.as_ref().unwrap().code, "case_not_found");
    let refused = stage.jump("start_jump", start(&view)).await.unwrap_err();
    assert_eq!(refused.code, "case_not_found");
    assert!(scene.console_runs().is_empty());
}
