//! The tray app under test: started by us or by anybody else at the place, its windows driven by
//! WebKitWebDriver.

use crate::desktop::place::Place;
use crate::driver::{Driver, free_port};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;

/// What the pages of the windows are called in their addresses.
pub mod page {
    /// The Case window.
    pub const CASE: &str = "case.html";
    /// The Jump window.
    pub const JUMP: &str = "jump.html";
    /// The Tag window.
    pub const TAG: &str = "tag.html";
    /// The Activity window.
    pub const ACTIVITY: &str = "activity.html";
    /// The Settings window.
    pub const SETTINGS: &str = "settings.html";
    /// The menu where there is no tray.
    pub const MENU: &str = "menu.html";
}

/// The titles of the windows on the screen.
pub mod title {
    /// The Case window.
    pub const CASE: &str = "Casebridge – Case";
    /// The Jump window.
    pub const JUMP: &str = "Casebridge – Jump";
    /// The Tag window.
    pub const TAG: &str = "Casebridge – Tag";
    /// The Activity window.
    pub const ACTIVITY: &str = "Casebridge – Activity";
    /// The Settings window.
    pub const SETTINGS: &str = "Casebridge – Settings";
    /// The menu where there is no tray.
    pub const MENU: &str = "^Casebridge$";
}

/// A program that was built together with this one.
///
/// # Errors
/// When it was not built.
pub fn built_program(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.ancestors().skip(1).find(|folder| !folder.ends_with("deps"));
    let path = folder.context("this program lies nowhere")?.join(name);
    ensure!(path.is_file(), "{name} is not built: run `cargo build --workspace --bins`");
    Ok(path)
}

/// The app at a place. Whoever starts it there, its windows can be driven.
#[derive(Debug)]
pub struct App {
    program: PathBuf,
    inspector: u16,
}

impl App {
    /// Readies a place for the app; must come before anything that may start it.
    ///
    /// # Errors
    /// When it was not built.
    pub fn at(place: &mut Place) -> Result<Self> {
        let inspector = free_port()?;
        place.set("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{inspector}"));
        place.set("TAURI_WEBVIEW_AUTOMATION", "true");
        // Without this renderer, which the app turns off where there is no card, the driver has no
        // pictures of pages.
        place.set("WEBKIT_DISABLE_DMABUF_RENDERER", "0");
        Ok(Self { program: built_program("casebridge")?, inspector })
    }

    /// Starts it for a person, whose windows nobody else drives.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_for_person(place: &Place) -> Result<u32> {
        let command = place.command(built_program("casebridge")?);
        place.programs().start("casebridge", command)
    }

    /// The file of the program.
    pub fn program(&self) -> &PathBuf {
        &self.program
    }

    /// Starts it as the desktop does at login, or with arguments; it runs on.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(&self, place: &Place, arguments: &[&str]) -> Result<u32> {
        let mut command = place.command(&self.program);
        command.args(arguments);
        place.programs().start("casebridge", command)
    }

    /// Drives its windows, as soon as it has one. Once per run of the app.
    ///
    /// # Errors
    /// When no window appears.
    pub async fn windows(&self, place: &Place) -> Result<Driver> {
        let port = free_port()?;
        let mut command = place.command("WebKitWebDriver");
        command.arg(format!("--port={port}"));
        command.arg(format!("--target=127.0.0.1:{}", self.inspector));
        command.arg("--replace-on-new-session");
        place.programs().start("webkit-driver", command)?;
        Driver::connect(port, &serde_json::Map::new()).await.context("the app's windows")
    }
}
