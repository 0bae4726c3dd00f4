//! Several appliances: what runs or ended on any of them is seen, tagged and imported, and one that is
//! down hides nothing of the others.

use crate::home::count;
use crate::terminal::Terminal;
use casebridge_ipc::{
    CaseView, JumpView, KeyStateView, TagSessionView, TagStateView, TagView, Window,
};
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin, Simulator};
use casebridge_tests::fake_shell::Seen;
use casebridge_tests::scene::Scene;
use casebridge_tests::wait;
use casebridge_use_cases::catch_up;
use serde_json::{Value, json};

const EMEA: &str = "EMEA";

fn begin(on: &Simulator, customer: &str, external_key: Option<&str>) -> String {
    on.begin_session(SessionBegin {
        representative: "ada".to_owned(),
        name: Some(customer.to_owned()),
        external_key: external_key.map(str::to_owned),
        ..SessionBegin::default()
    })
    .unwrap()
}

fn external_key(on: &Simulator, lsid: &str) -> Option<String> {
    let state = on.state();
    let session = state["sessions"].as_array()?.iter().find(|one| one["lsid"] == lsid)?.clone();
    session["attributes"]["external_key"].as_str().map(str::to_owned)
}

fn session<'v>(view: &'v TagView, lsid: &str) -> Option<&'v TagSessionView> {
    view.sessions.iter().flatten().find(|session| session.lsid == lsid)
}

fn is_written(scene: &Scene, lsid: &str) -> bool {
    count(scene, &lsid.parse().unwrap()).contains_key("Support_Session__c")
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_sessions_of_every_appliance_are_listed_tagged_and_imported() {
    let scene = Scene::new().await.unwrap();
    let second = scene.second_appliance(EMEA).unwrap();
    let here = begin(&scene.simulator, "Tom Harbour", None);
    let there = begin(&second, "Rosa Marin", None);
    let stage = scene.app();
    let link = format!("casebridge://tag?case=1026&lsid={there}&appliance={EMEA}");
    assert!(stage.app.open_link(link).await);
    let both = |view: &TagView| {
        let is_there = |lsid: &str| session(view, lsid).is_some();
        view.header.is_some() && is_there(&here) && is_there(&there)
    };
    let view = stage.shell.until_tag("both sessions", both).await.unwrap();
    assert_eq!(session(&view, &there).unwrap().appliance.as_deref(), Some(EMEA));
    assert_eq!(session(&view, &here).unwrap().appliance.as_deref(), Some("Default"));
    assert!(session(&view, &there).unwrap().selected && !session(&view, &here).unwrap().selected);
    let menu = stage.shell.until("the menu", |seen| {
        let items = seen.menu.iter().flat_map(|menu| &menu.items);
        items.into_iter().any(|item| item.label.contains("Rosa Marin  (no case, EMEA)"))
    });
    menu.await.unwrap();
    stage.tag("tag_sessions", json!({ "confirmed": false })).await.unwrap();
    let tagged = |view: &TagView| {
        session(view, &there).is_some_and(|session| session.state == TagStateView::Tagged)
    };
    stage.shell.until_tag("the tag", tagged).await.unwrap();
    assert_eq!(external_key(&second, &there), Some(scene.simulator.ready().case_id));
    assert_eq!(external_key(&scene.simulator, &here), None);
    second.leave_customer(&there).unwrap();
    wait::until_true("the import", || is_written(&scene, &there)).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_keys_and_jumps_are_made_on_the_appliance_that_is_chosen() {
    let scene = Scene::new().await.unwrap().with_console("").unwrap();
    let second = scene.second_appliance(EMEA).unwrap();
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let made = |view: &CaseView| matches!(&view.key, KeyStateView::Made(_));
    let view = stage.shell.until_case("the first key", made).await.unwrap();
    assert_eq!(
        (view.appliance.as_str(), &view.appliances[..]),
        ("Default", &["Default", EMEA].map(String::from)[..])
    );
    stage.case("choose_key_appliance", json!({ "name": EMEA })).await.unwrap();
    let none = |view: &CaseView| view.key == KeyStateView::None && view.appliance == EMEA;
    stage.shell.until_case("the choice", none).await.unwrap();
    assert_eq!(second.state()["keys"].as_array().unwrap().len(), 0, "a choice makes no key");
    stage.case("generate_key", json!({ "portal": null })).await.unwrap();
    stage.shell.until_case("the key there", made).await.unwrap();
    assert_eq!(second.state()["keys"].as_array().unwrap().len(), 1);
    let refused = stage.case("choose_key_appliance", json!({ "name": "APAC" })).await;
    assert_eq!(refused.unwrap_err().code, "appliance_unknown");

    stage.app.open_link("casebridge://jump?case=1026&method=item&search=TILL-02".into()).await;
    let read = |view: &JumpView| view.header.is_some();
    let view = stage.shell.until_jump("the jump", read).await.unwrap();
    stage.jump("choose_jump_appliance", json!({ "name": EMEA })).await.unwrap();
    let chosen = |view: &JumpView| view.appliance == EMEA;
    stage.shell.until_jump("the choice", chosen).await.unwrap();
    let form = json!({ "form": view.form, "console": "web" });
    stage.jump("start_jump", form).await.unwrap();
    let seen = stage.shell.until("the page", |seen| !seen.pages.is_empty()).await.unwrap();
    assert_eq!(seen.pages[0].authority(), second.ready().appliance.hostname);
    // Once more, from the menu: it goes where it went before.
    stage.jump("close_window", json!({})).await.unwrap();
    let again = |seen: &Seen| {
        let items = seen.menu.iter().flat_map(|menu| &menu.items);
        items.into_iter().find(|item| item.id.starts_with("jump-")).map(|item| item.id.clone())
    };
    let there = |seen: &Seen| again(seen).is_some() && !seen.open.contains(&Window::Jump);
    let seen = stage.shell.until("the jump in the menu", there).await.unwrap();
    let before = seen.jump.as_ref().map(|view| view.proposal);
    stage.app.press_menu(&again(&seen).unwrap());
    let proposed = |view: &JumpView| Some(view.proposal) != before && view.appliance == EMEA;
    let view = stage.shell.until_jump("the same jump", proposed).await.unwrap();
    assert_eq!(view.jumps[0].appliance.as_deref(), Some(EMEA));
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_an_appliance_that_is_down_hides_nothing_of_the_others() {
    let scene = Scene::new().await.unwrap();
    let second = scene.second_appliance(EMEA).unwrap();
    second.fault(FaultSwitch::on(FaultName::Status500).only("SupportSessionListing"));
    let stage = scene.app();
    stage.app.press_menu("tag");
    let first = begin(&scene.simulator, "Rosa Marin", None);
    let seen = |view: &TagView| session(view, &first).is_some() && view.stale.is_some();
    stage.shell.until_tag("the one that is up, and the outage", seen).await.unwrap();
    let later = begin(&scene.simulator, "Rosa Marin", None);
    let seen = |view: &TagView| session(view, &later).is_some();
    stage.shell.until_tag("another, while the outage lasts", seen).await.unwrap();
    let there = begin(&second, "Rosa Marin", None);
    second.clear_faults();
    let seen = |view: &TagView| session(view, &there).is_some() && view.stale.is_none();
    stage.tag("refresh_sessions", json!({})).await.unwrap();
    stage.shell.until_tag("all of them", seen).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_what_ended_on_any_appliance_is_found() {
    let scene = Scene::new().await.unwrap();
    let second = scene.second_appliance(EMEA).unwrap();
    for on in [&scene.simulator, &second] {
        let lsid = begin(on, "Rosa Marin", Some("1026"));
        on.leave_customer(&lsid).unwrap();
    }
    assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 2);
    let lsid = begin(&scene.simulator, "Rosa Marin", Some("1026"));
    scene.simulator.leave_customer(&lsid).unwrap();
    second.fault(FaultSwitch::on(FaultName::Status500).only("SupportSessionListing"));
    catch_up::catch_up(&scene.casebridge).await.unwrap_err();
    let store = scene.casebridge.store().unwrap();
    assert!(store.seen_sessions("Default").unwrap().contains(&lsid), "the other one is up");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_link_to_an_appliance_that_is_not_set_up_is_refused() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    assert!(stage.app.open_link("casebridge://tag?case=1026&appliance=APAC".into()).await);
    let seen = stage.shell.until("the notice", |seen| !seen.notices.is_empty()).await.unwrap();
    assert!(seen.tag.is_none());
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_the_command_line_finds_the_appliance_of_a_session() {
    let terminal = Terminal::new().await;
    let second = terminal.scene.second_appliance(EMEA).unwrap();
    let secret = second.ready().appliance.client_secret;
    let text = std::fs::read_to_string(terminal.credentials()).unwrap();
    let text = format!("{text}[appliance.{EMEA}]\nclient_secret = {secret:?}\n");
    std::fs::write(terminal.credentials(), text).unwrap();
    let here = terminal.begin("Tom Harbour");
    let there = begin(&second, "Rosa Marin", None);
    let (listed, code) = terminal.json(&["sessions"]);
    assert_eq!(code, 0, "{listed}");
    let on = |lsid: &str| -> Value {
        let all = listed["sessions"].as_array().unwrap();
        all.iter().find(|one| one["lsid"] == lsid).unwrap()["appliance"].clone()
    };
    assert_eq!((on(&here), on(&there)), (json!("Default"), json!(EMEA)));
    let (only, _) = terminal.json(&["sessions", "--appliance", EMEA]);
    assert_eq!(only["sessions"].as_array().unwrap().len(), 1);
    let (tagged, code) = terminal.json(&["tag", "--case", "1026", "--lsid", &there]);
    assert_eq!(code, 0, "{tagged}");
    assert_eq!(external_key(&second, &there), Some(terminal.scene.simulator.ready().case_id));
    second.leave_customer(&there).unwrap();
    let (imported, code) = terminal.json(&["import", "--lsid", &there]);
    assert_eq!(code, 0, "{imported}");
    assert!(is_written(&terminal.scene, &there));
    let unknown = "f".repeat(32);
    let (refused, code) = terminal.json(&["import", "--lsid", &unknown]);
    assert_eq!((code, &refused["error"]["code"]), (1, &json!("session_unknown")), "{refused}");
}
