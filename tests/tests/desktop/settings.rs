//! The Settings window and what it changes on the desktop.

use crate::stage::{SignedIn, on_desktop};
use anyhow::Result;
use casebridge_simulator::{Options, Simulator};
use casebridge_tests::app::App;
use casebridge_tests::desktop::{Desktop, Parts};
use casebridge_tests::driver::Driver;
use casebridge_tests::{profile, settings_window, wait};
use std::fs;
use std::path::Path;

const AUTOSTART: &str = "[data-setting='ui.autostart'] input[role=switch]";

/// Starts the app, and opens the settings from the tray.
async fn open_settings(signed_in: &SignedIn, desktop: &Desktop) -> Result<Driver> {
    signed_in.start(desktop).await?;
    desktop.tray()?.press("Settings…").await?;
    let app = signed_in.app.windows(desktop).await?;
    settings_window::turn_to(&app).await?;
    Ok(app)
}

#[test]
fn autostart_is_an_entry_that_comes_and_goes() -> Result<()> {
    on_desktop("autostart", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let app = open_settings(&signed_in, desktop).await?;
        app.press("This computer").await?;
        let entry = desktop.home().join(".config/autostart/casebridge.desktop");
        for _ in 0..2 {
            let was_on = app.has(&format!("{AUTOSTART}:checked")).await?;
            app.click(AUTOSTART).await?;
            wait::until_true(format!("autostart to be {}", !was_on), || entry.exists() != was_on)
                .await?;
            if !was_on {
                let text = fs::read_to_string(&entry)?;
                let program = signed_in.app.program().display().to_string();
                assert!(text.contains(&program), "{text}");
            }
            wait::until("the switch to follow", || async {
                Ok((app.has(&format!("{AUTOSTART}:checked")).await? != was_on).then_some(()))
            })
            .await?;
        }
        Ok(())
    })
}

#[test]
fn row_34_a_second_appliance_is_added_and_tested_in_the_window() -> Result<()> {
    on_desktop("second-appliance", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let app = open_settings(&signed_in, desktop).await?;
        let simulator = Simulator::start(Options::default())?;
        let other = simulator.ready();
        app.press("Add appliance").await?;
        app.fill("Name", "HR").await?;
        app.fill("Host name", &other.appliance.hostname).await?;
        app.fill("Client ID", &other.appliance.client_id).await?;
        app.fill("Client secret", "not-the-secret").await?;
        app.press("More settings").await?;
        app.fill("CA file", &other.ca_file).await?;
        app.press("Add and test").await?;
        app.shows("The appliance rejected the client ID or secret").await?;
        app.fill("Client secret", &other.appliance.client_secret).await?;
        app.press("Save secret").await?;
        app.shows("The appliance accepts the client ID and secret.").await?;
        app.picture(&desktop.folder().join("second-appliance.png")).await?;
        let settings = fs::read_to_string(profile::folder(desktop).join("settings.toml"))?;
        assert!(settings.contains("[appliance.HR]"), "{settings}");
        let leaks = files_with(&desktop.home(), other.appliance.client_secret.as_bytes())?;
        assert!(leaks.is_empty(), "the secret is in {leaks:?}");
        Ok(())
    })
}

#[test]
fn a_support_bundle_is_where_the_window_says() -> Result<()> {
    on_desktop("support-bundle", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let app = open_settings(&signed_in, desktop).await?;
        app.press("Doctor").await?;
        app.press("Save support bundle…").await?;
        app.press("Save").await?;
        let path = wait::until("the file", || async {
            Ok(app.texts("section[aria-labelledby=support] .selectable").await?.pop())
        })
        .await?;
        let archive = zip::ZipArchive::new(fs::File::open(&path)?)?;
        let names = archive.file_names().collect::<Result<Vec<_>, _>>()?;
        assert!(path.starts_with(&desktop.home().display().to_string()), "{path}");
        assert!(names.iter().any(|name| name.ends_with("/casebridge.log")), "{names:?}");
        app.picture(&desktop.folder().join("support-bundle.png")).await
    })
}

#[test]
fn s17_without_a_keyring_saving_the_secret_fails_with_a_next_step() -> Result<()> {
    on_desktop("no-keyring", Parts { keyring: false, ..Parts::default() }, async |desktop| {
        let ready = Simulator::start(Options::default())?.ready();
        let app = App::at(desktop)?;
        app.start(desktop, &[])?;
        let windows = app.windows(desktop).await?;
        settings_window::fill_appliance(&windows, &ready).await?;
        // It may have been said before; each time it is said has a reference of its own.
        let before = windows.texts("[role=alert]").await?;
        windows.press("Save and continue").await?;
        let failure = wait::until("the failure", || async {
            let said = windows.texts("[role=alert]").await?;
            Ok((!said.is_empty() && said != before).then_some(said))
        })
        .await?;
        assert!(failure.concat().to_lowercase().contains("keyring"), "{failure:?}");
        assert!(windows.visible_text().await?.contains("Step 1 of 3"));
        windows.picture(&desktop.folder().join("no-keyring.png")).await?;
        let leaks = files_with(&desktop.home(), ready.appliance.client_secret.as_bytes())?;
        assert!(leaks.is_empty(), "the secret is in {leaks:?}");
        Ok(())
    })
}

/// The files below a folder that hold these bytes.
fn files_with(folder: &Path, needle: &[u8]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files_with(&path, needle)?);
        } else if fs::read(&path).is_ok_and(|text| holds(&text, needle)) {
            found.push(path.display().to_string());
        }
    }
    Ok(found)
}

fn holds(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|part| part == needle)
}
