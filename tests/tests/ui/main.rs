//! The real pages in a browser, with the real loop and the simulator behind them.

mod browser;
mod components;

use browser::Pages;
use casebridge_simulator::{CustomerJoin, FaultName, FaultSwitch};
use casebridge_tests::scene::Scene;
use serde_json::{Value, json};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

async fn key_on_page(pages: &Pages) -> anyhow::Result<()> {
    pages.stage.app.press_menu("session-key");
    pages.show("case").await?;
    pages.page.shows("Session key for a case").await?;
    pages.keys("1026").await?;
    pages.keys(ENTER).await?;
    pages.page.shows("Waiting for the customer").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_needs_no_mouse() {
    let pages = Pages::open(Scene::new().await.unwrap()).await.unwrap();
    key_on_page(&pages).await.unwrap();
    let made = pages.scene.keys();
    let short_key = made[0]["short_key"].as_str().unwrap().to_owned();
    let shown = pages.page.visible_text().await.unwrap().replace(' ', "");
    assert!(shown.contains(&short_key), "{shown}");
    pages.keys(ENTER).await.unwrap();
    pages.page.shows("Handed to Salesforce").await.unwrap();
    assert_eq!(pages.scene.emails().len(), 1);
    let join = CustomerJoin {
        short_key: Some(short_key),
        name: Some("Rosa Marin".to_owned()),
        hostname: Some("FLOOR3-PC".to_owned()),
        ..CustomerJoin::default()
    };
    pages.scene.simulator.join_customer(join).unwrap();
    pages.page.shows("Rosa Marin joined").await.unwrap();
    pages.keys(ESCAPE).await.unwrap();
    let closed = |seen: &casebridge_tests::fake_shell::Seen| seen.open.is_empty();
    pages.stage.shell.until("the window closes", closed).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_stands_in_its_place_and_trying_again_mends_it() {
    let scene = Scene::new().await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::RepNotAvailableError).times(1));
    let pages = Pages::open(scene).await.unwrap();
    pages.stage.app.press_menu("session-key");
    pages.show("case").await.unwrap();
    pages.page.shows("Session key for a case").await.unwrap();
    pages.keys("1026").await.unwrap();
    pages.keys(ENTER).await.unwrap();
    pages.page.shows("You are not available in the representative console").await.unwrap();
    pages.page.shows("Printer on floor 3").await.unwrap();
    pages.page.press("Try again").await.unwrap();
    pages.page.shows("Waiting for the customer").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_41_the_settings_show_each_check_with_what_to_do_and_lead_there() {
    let pages = Pages::open(Scene::new().await.unwrap()).await.unwrap();
    pages.stage.app.press_menu("settings");
    pages.show("settings").await.unwrap();
    pages.page.press("Salesforce").await.unwrap();
    pages.page.shows("ada@example.test").await.unwrap();
    pages.scene.simulator.fault(FaultSwitch::on(FaultName::UnauthorizedSecret));
    pages.page.press("Doctor").await.unwrap();
    pages.page.press("Run all checks").await.unwrap();
    pages.page.shows("A secret that was copied but never saved does not work").await.unwrap();
    let name = "Open setting: The appliance accepts the client ID and secret";
    pages.page.press(name).await.unwrap();
    pages.page.shows("Your BeyondTrust Remote Support site").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_window_does_what_the_tray_does() {
    let pages = Pages::open(Scene::new().await.unwrap()).await.unwrap();
    assert!(pages.stage.app.show());
    pages.show("menu").await.unwrap();
    pages.page.press("Settings…").await.unwrap();
    let opened = |seen: &casebridge_tests::fake_shell::Seen| {
        seen.open.contains(&casebridge_ipc::Window::Settings)
    };
    pages.stage.shell.until("the settings", opened).await.unwrap();
}

/// Every case of the simulator, those with hostile texts among them.
#[tokio::test(flavor = "multi_thread")]
async fn s8_no_text_of_a_case_becomes_anything_but_text() {
    let pages = Pages::open(Scene::new().await.unwrap()).await.unwrap();
    pages.show("case").await.unwrap();
    let cases = pages.scene.simulator.state()["cases"].as_array().cloned().unwrap();
    let field = |case: &Value, name: &str| case[name].as_str().unwrap_or_default().to_owned();
    let hostile = |case: &&Value| field(case, "Subject").contains(['<', '\u{202e}', '&']);
    let hostile: Vec<&Value> = cases.iter().filter(hostile).collect();
    assert!(hostile.len() >= 2, "{}", hostile.len());
    for case in hostile {
        let reference = json!({ "reference": field(case, "CaseNumber") });
        pages.stage.case("look_up_case", reference).await.unwrap();
        pages.page.shows(&format!("Case {}", field(case, "CaseNumber"))).await.unwrap();
        pages.page.shows("Waiting for the customer").await.unwrap();
        let shown = pages.page.run("return document.body.textContent", Vec::new()).await.unwrap();
        let subject = field(case, "Subject");
        // Marks of direction would change how the rest of the window is shown.
        let is_mark = |c: &char| ('\u{202a}'..='\u{202e}').contains(c);
        let visible: String = subject.chars().filter(|c| !c.is_control() && !is_mark(c)).collect();
        assert!(!shown.as_str().unwrap().contains(|c: char| is_mark(&c)), "{shown}");
        assert!(shown.as_str().unwrap().contains(visible.trim()), "{subject}: {shown}");
        assert!(!pages.page.has_alert().await.unwrap());
        for sink in ["img", "iframe", "object", "script:not([src])", "a[href^='javascript']"] {
            assert!(!pages.page.has(sink).await.unwrap(), "{sink} in {subject}");
        }
    }
    // Nothing was asked of anybody but our own host.
    let asked = pages
        .page
        .run("return performance.getEntriesByType('resource').map((e) => e.name)", Vec::new())
        .await
        .unwrap();
    let own = pages.page.run("return location.origin", Vec::new()).await.unwrap();
    for name in asked.as_array().unwrap() {
        assert!(name.as_str().unwrap().starts_with(own.as_str().unwrap()), "{name}");
    }
}
