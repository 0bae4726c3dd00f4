//! Debian's Chromium at a desktop, as the person's browser: with a window, driven by chromedriver.

use crate::desktop::place::Place;
use crate::driver::{Driver, free_port};
use anyhow::{Context, Result};
use casebridge_simulator::Ready;
use serde_json::{Value, json};
use std::fs;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const PROGRAM: &str = "/usr/bin/chromium";

/// Nothing that asks, updates, phones home or wants the machine's graphics card.
const FLAGS: &[&str] = &[
    "--no-first-run",
    "--no-default-browser-check",
    "--no-sandbox",
    "--test-type",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--password-store=basic",
    "--window-position=480,20",
    "--window-size=860,840",
];

/// A browser under a driver.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
}

impl Browser {
    /// Starts the browser with a profile that trusts this simulator and opens its links, and
    /// makes it the browser of the programs that are started at this place from now on.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(place: &mut Place, simulator: &Ready) -> Result<Self> {
        let arguments = prepare(place, simulator)?;
        let port = free_port()?;
        let mut program = place.command("chromedriver");
        program.arg(format!("--port={port}"));
        place.programs().start("chromedriver", program)?;
        let capabilities = json!({
            "goog:chromeOptions": {
                "binary": PROGRAM,
                "args": arguments,
                // With it, other programs could not open pages in this browser.
                "excludeSwitches": ["enable-automation"],
            },
            // A dialog that nobody expected stays, so that a test can see it.
            "unhandledPromptBehavior": "ignore",
        });
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        Ok(Self { driver: Driver::connect(port, &capabilities).await.context("Chromium")? })
    }
}

impl Deref for Browser {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        &self.driver
    }
}

/// Starts the browser at an address, for a person and without a driver.
///
/// # Errors
/// When it does not start.
pub fn start_for_person(place: &mut Place, simulator: &Ready, address: &str) -> Result<u32> {
    let mut program = place.command(PROGRAM);
    program.args(prepare(place, simulator)?).arg(address);
    place.programs().start("chromium", program)
}

/// Writes the profile and the `BROWSER` of the place, and returns the browser's arguments.
fn prepare(place: &mut Place, simulator: &Ready) -> Result<Vec<String>> {
    let profile = place.home().join("browser");
    fs::create_dir_all(profile.join("Default"))?;
    fs::write(profile.join("Default/Preferences"), preferences(simulator).to_string())?;
    let mut arguments: Vec<String> = FLAGS.iter().map(|&flag| flag.to_owned()).collect();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push(format!("--ignore-certificate-errors-spki-list={}", simulator.spki));
    let script = opener(place.folder(), &arguments)?;
    place.set("BROWSER", script);
    Ok(arguments)
}

/// The case pages may open our links without a question, as people answer it once for all.
fn preferences(simulator: &Ready) -> Value {
    json!({
        "protocol_handler": {
            "allowed_origin_protocol_pairs": {
                (simulator.org.login_url.as_str()): { "casebridge": true }
            }
        },
        "credentials_enable_service": false,
        "browser": { "has_seen_welcome_page": true },
    })
}

/// A program that opens an address in the running browser.
fn opener(folder: &Path, arguments: &[String]) -> Result<PathBuf> {
    let script = folder.join("open-in-browser");
    let words: Vec<String> = arguments.iter().map(|word| format!("'{word}'")).collect();
    fs::write(&script, format!("#!/bin/sh\nexec {PROGRAM} {} \"$1\"\n", words.join(" ")))?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    Ok(script)
}
