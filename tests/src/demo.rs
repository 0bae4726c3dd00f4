//! The product shown to a person: told as a story by itself, or set up and ready to click.

use crate::app::{App, built_program};
use crate::desktop::place::{Place, has_display};
use crate::desktop::{Desktop, Parts, Screen, links, start_keyring};
use crate::story::{self, REPRESENTATIVE, Telling};
use crate::{browser, case_page, profile};
use anyhow::{Context, Result};
use casebridge_simulator::{Ready, Simulator};
use std::path::Path;

/// Where everything of the demo is.
const FOLDER: &str = "target/demo";

/// Tells the story and returns the last line to print: the key and its address.
///
/// # Errors
/// When a step fails.
pub async fn check(screen: Screen, say: &dyn Fn(&str)) -> Result<String> {
    let pictures = Path::new(FOLDER);
    let folder = pictures.join("desktop");
    let telling = Telling { folder: &folder, pictures, screen, say, language: None };
    let key = story::tell(&telling).await?;
    say(&format!("done; a picture of each window is in {FOLDER}"));
    Ok(format!("{} {}", key.short_key, key.url))
}

/// Sets everything up on the person's own display and waits until they have seen enough.
///
/// # Errors
/// When something does not start.
pub async fn show(say: &dyn Fn(&str)) -> Result<()> {
    say("starting the simulated appliance and org");
    let simulator = Simulator::start(case_page::with_components())?;
    let ready = simulator.ready();
    match on_own_bus(&ready, say).await {
        Ok(place) => {
            wait_for_person(say).await?;
            profile::unmake(&place).context("the demo's secrets are still in your keyring")
        }
        Err(error) => {
            say(&format!("your session bus cannot be used ({error:#}); using one of our own"));
            let _desktop = on_new_bus(&ready, say).await?;
            wait_for_person(say).await
        }
    }
}

/// Whether there is a display to show it on.
pub fn can_show() -> bool {
    has_display()
}

/// With the person's own tray, notifications and keyring; home and profile are the demo's.
async fn on_own_bus(ready: &Ready, say: &dyn Fn(&str)) -> Result<Place> {
    let mut place = Place::new(&Path::new(FOLDER).join("desktop"))?;
    place.adopt_display()?;
    let address = place.adopt_bus()?;
    let bus = zbus::connection::Builder::address(address.as_str())?.build().await?;
    start_keyring(&place, &bus).await?;
    // Another profile than the person's own keeps its secrets apart.
    let folder = place.home().join(".config/casebridge");
    place.set("CASEBRIDGE_CONFIG_DIR", folder);
    // The app registers itself for the person's own profile only.
    links::register(&place, &built_program("casebridge")?)?;
    open_curtain(&mut place, ready, say).await?;
    Ok(place)
}

/// With a bus and a keyring of the demo's own; the menu of the app is a window there.
async fn on_new_bus(ready: &Ready, say: &dyn Fn(&str)) -> Result<Desktop> {
    let parts = Parts { screen: Screen::Existing, tray: false, keyring: true };
    let mut desktop = Desktop::start(&Path::new(FOLDER).join("desktop"), parts).await?;
    open_curtain(&mut desktop, ready, say).await?;
    Ok(desktop)
}

async fn open_curtain(place: &mut Place, ready: &Ready, say: &dyn Fn(&str)) -> Result<()> {
    say("setting up a profile and signing in as Ada");
    profile::make(place, ready, REPRESENTATIVE).await?;
    // The browser first: the app and its console open pages in it.
    say("starting the browser at a case");
    browser::start_for_person(place, ready, &ready.case_url)?;
    say("starting the tray app");
    App::start_for_person(place)?;
    say(&format!("control page of the simulator: {}", ready.control_url));
    Ok(())
}

async fn wait_for_person(say: &dyn Fn(&str)) -> Result<()> {
    say("ready: click \"Generate session key\" in the browser. Ctrl-C ends everything.");
    Ok(tokio::signal::ctrl_c().await?)
}
