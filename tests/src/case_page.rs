//! The simulator's pages as people use them: the representative's case page, the customer's page.

use crate::driver::Driver;
use crate::wait;
use anyhow::{Context, Result};
use casebridge_simulator::{Options, Ready, Simulator};
use serde_json::Value;
use std::path::Path;

/// The button on a case page.
const BUTTON: &str = "#generate-session-key";

/// A simulator whose case pages have the compiled Lightning components, where those were built.
pub fn with_components() -> Options {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../salesforce/dist");
    Options { components: Some(folder), ..Options::default() }
}

/// Opens the page of the first case.
///
/// # Errors
/// When it does not show.
pub async fn open(browser: &Driver, simulator: &Ready) -> Result<()> {
    browser.open(&simulator.case_url).await?;
    browser.shows(&format!("Case {}", simulator.case_number)).await
}

/// Clicks the button that asks for a session key.
///
/// # Errors
/// When there is none.
pub async fn ask_for_key(browser: &Driver, simulator: &Ready) -> Result<()> {
    browser.turn_to(&simulator.case_id).await?;
    browser.click(BUTTON).await
}

/// Clicks the Lightning component that asks for a session key.
///
/// # Errors
/// When there is none: the page has components only where [`with_components`] found them.
pub async fn ask_by_component(browser: &Driver) -> Result<()> {
    components_are_ready(browser).await?;
    browser.click_in(&["c-casebridge-session-key", "c-casebridge-launch", "a"]).await
}

/// Waits until the components have what they read: the seeded session of an hour comes last.
///
/// # Errors
/// When they never do.
pub async fn components_are_ready(browser: &Driver) -> Result<()> {
    browser.shows("1:04:21").await
}

/// Clicks another button of the case, by its id.
///
/// # Errors
/// When there is none.
pub async fn click(browser: &Driver, simulator: &Ready, id: &str) -> Result<()> {
    browser.turn_to(&simulator.case_id).await?;
    browser.click(&format!("#{id}")).await
}

/// The link behind the button.
///
/// # Errors
/// When the page does not answer.
pub async fn link(browser: &Driver) -> Result<String> {
    let script = format!("return document.querySelector('{BUTTON}').href");
    let link = browser.run(&script, vec![]).await?;
    link.as_str().map(str::to_owned).context("the button has no link")
}

/// Waits until the case page shows an e-mail that holds this text.
///
/// # Errors
/// When it never does.
pub async fn shows_email(browser: &Driver, simulator: &Ready, text: &str) -> Result<()> {
    browser.turn_to(&simulator.case_id).await?;
    wait::until("the e-mail on the case page", || async {
        let emails = browser.texts("#emails .email").await?;
        Ok(emails.iter().any(|email| email.contains(text)).then_some(()))
    })
    .await
}

/// Opens the address of a key and joins, under this name and on this computer.
///
/// # Errors
/// When there is no session afterwards.
pub async fn join(browser: &Driver, key_url: &str, name: &str, computer: &str) -> Result<()> {
    browser.open_new_tab(key_url).await?;
    let type_into = "const [name, text] = arguments;\
        document.querySelector(`input[name=\"${name}\"]`).value = text";
    for (field, text) in [("customer.name", name), ("simulator.hostname", computer)] {
        browser.run(type_into, vec![field.into(), text.into()]).await?;
    }
    browser.click("#join").await?;
    browser.shows("Support session").await
}

/// Leaves the session that the current tab shows.
///
/// # Errors
/// When it does not end.
pub async fn leave(browser: &Driver) -> Result<()> {
    browser.click("#leave").await?;
    browser.shows("has ended").await
}

/// The link of any case, as its page has it.
pub fn link_of(case: &str) -> String {
    format!("casebridge://session-key?case={case}")
}

/// A list of the simulator's state, such as `keys`, `sessions`, `emails`, `calls`.
pub fn state(simulator: &Simulator, list: &str) -> Vec<Value> {
    let state = simulator.state();
    state.get(list).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The keys that were made for a case; the checks make one for nobody, to see whether they could.
pub fn keys(simulator: &Simulator) -> Vec<Value> {
    let mut keys = state(simulator, "keys");
    keys.retain(|key| key["attributes"].get("external_key").is_some());
    keys
}
