//! The Settings window as a person uses it.

use crate::app::page;
use crate::driver::Driver;
use crate::wait;
use anyhow::{Result, ensure};
use casebridge_simulator::Ready;
use std::path::Path;

/// Turns to the window, once it is there.
///
/// # Errors
/// When it never is.
pub async fn turn_to(app: &Driver) -> Result<()> {
    app.turn_to(page::SETTINGS).await
}

/// First step: the appliance, with its secret.
///
/// # Errors
/// When the window does not take it.
pub async fn fill_appliance(app: &Driver, simulator: &Ready) -> Result<()> {
    turn_to(app).await?;
    app.fill("Host name", &simulator.appliance.hostname).await?;
    app.fill("Client ID", &simulator.appliance.client_id).await?;
    app.fill("Client secret", &simulator.appliance.client_secret).await?;
    show_more(app).await?;
    app.fill("CA file", &simulator.ca_file).await
}

/// Saves the appliance; the window goes on to the org.
///
/// # Errors
/// When it does not.
pub async fn save_appliance(app: &Driver) -> Result<()> {
    app.press("Save and continue").await?;
    app.shows("Step 2 of 3").await
}

/// Second step: the org.
///
/// # Errors
/// When the window does not take it.
pub async fn fill_org(app: &Driver, simulator: &Ready) -> Result<()> {
    turn_to(app).await?;
    app.fill("Login URL", &simulator.org.login_url).await?;
    app.fill("Client ID", &simulator.org.client_id).await?;
    show_more(app).await?;
    let ports: Vec<String> = simulator.org.redirect_ports.iter().map(ToString::to_string).collect();
    app.fill("Callback ports", &ports.join(", ")).await?;
    app.fill("CA file", &simulator.ca_file).await
}

/// Saves the org and signs in: allows access in the browser as this person.
///
/// # Errors
/// When it does not work.
pub async fn sign_in(app: &Driver, browser: &Driver, username: &str) -> Result<()> {
    app.press("Save and sign in").await?;
    app.shows("Continue in your browser").await?;
    browser.turn_to("/services/oauth2/authorize").await?;
    browser.click(&format!("button[data-username=\"{username}\"]")).await?;
    app.shows("Signed in").await
}

/// Third step: runs all checks until they are over, and takes a picture of the outcome.
///
/// # Errors
/// When one of them failed.
pub async fn run_checks(app: &Driver, picture: &Path) -> Result<()> {
    turn_to(app).await?;
    app.press("Run all checks").await?;
    wait::until("the end of the checks", || async {
        Ok(app.has_button("Run again").await?.then_some(()))
    })
    .await?;
    app.picture(picture).await?;
    let failed = app.texts("li.fail").await?;
    ensure!(failed.is_empty(), "checks failed: {failed:?}");
    Ok(())
}

/// Opens the rarely needed fields, unless they are open.
async fn show_more(app: &Driver) -> Result<()> {
    if app.has("details:not([open])").await? {
        app.press("More settings").await?;
    }
    Ok(())
}
