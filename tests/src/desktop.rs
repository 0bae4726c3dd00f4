//! A desktop of one's own: display, bus, window manager, keyring, tray and notifications.
//!
//! Nothing of the user's desktop or home is touched, so tests run side by side. Everything that was
//! started ends with the [`Desktop`].

pub mod notifications;
pub mod programs;
pub mod tray;

use crate::wait;
use anyhow::{Context, Result, ensure};
use notifications::Notifications;
use programs::{Environment, Programs};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use tray::Tray;

/// No service folders: nothing of the machine's own is started behind our back.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"#;

/// The keyring of a desktop that lives for minutes guards nothing.
const KEYRING_PASSWORD: &str = "desktop";

const SCREEN: &str = "1360x900x24";

/// Where windows appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// On a virtual display.
    Virtual,
    /// On the display of the person who started us.
    Existing,
}

/// A running desktop.
#[derive(Debug)]
pub struct Desktop {
    /// The tray.
    pub tray: Tray,
    /// The notification server.
    pub notifications: Notifications,
    /// The bus, for questions of one's own.
    pub bus: zbus::Connection,
    folder: PathBuf,
    environment: Environment,
    programs: Programs,
    _short: TempDir,
}

impl Desktop {
    /// Starts a desktop whose home, logs and pictures are in `folder`, which is emptied first.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start(folder: &Path, screen: Screen) -> Result<Self> {
        let (short, mut environment) = prepare(folder)?;
        let programs = Programs::new(&folder.join("logs"));
        match screen {
            Screen::Virtual => start_display(&programs, &mut environment)?,
            Screen::Existing => adopt(&mut environment, &["DISPLAY", "XAUTHORITY"])?,
        }
        let config = short.path().join("bus.conf");
        fs::write(&config, BUS)?;
        let mut daemon = programs::command("dbus-daemon", &environment);
        daemon.arg("--config-file").arg(config).args(["--nofork", "--print-address=1"]);
        let address = programs.start_for_line("dbus-daemon", daemon)?;
        environment.insert("DBUS_SESSION_BUS_ADDRESS".to_owned(), address.clone().into());
        if screen == Screen::Virtual {
            let mut manager = programs::command("openbox", &environment);
            manager.arg("--sm-disable");
            programs.start("openbox", manager)?;
        }
        start_keyring(&programs, &environment)?;
        let bus = zbus::connection::Builder::address(address.as_str())?.build().await?;
        wait_for_owner(&bus, "org.freedesktop.secrets").await?;
        Ok(Self {
            tray: Tray::serve(&bus).await?,
            notifications: Notifications::serve(&bus).await?,
            bus,
            folder: folder.to_path_buf(),
            environment,
            programs,
            _short: short,
        })
    }

    /// The folder of everything that this desktop keeps.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The home of the person who sits at this desktop.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// What this desktop's programs find in their environment.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Gives all programs that are started from now on one more variable.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.environment.insert(name.to_owned(), value.into());
    }

    /// A program of this desktop, not yet started.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        programs::command(program, &self.environment)
    }

    /// The running programs.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Takes a picture of the whole screen into `NAME.png`.
    ///
    /// # Errors
    /// When there is no picture.
    pub fn picture(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(format!("{name}.png"));
        let mut import = self.command("import");
        import.args(["-window", "root"]).arg(&path);
        let (done, said) = self.programs.run("import", import)?;
        ensure!(done, "no picture {name}: {said}");
        Ok(path)
    }
}

/// A person's own desktop with a home of ours: their display, bus, tray and keyring.
#[derive(Debug)]
pub struct BorrowedDesktop {
    environment: Environment,
    programs: Programs,
    _short: TempDir,
}

impl BorrowedDesktop {
    /// Uses the desktop of the person who started us; a keyring is added when there is none.
    ///
    /// # Errors
    /// When there is no display or no bus.
    pub async fn start(folder: &Path) -> Result<Self> {
        let (short, mut environment) = prepare(folder)?;
        let programs = Programs::new(&folder.join("logs"));
        adopt(&mut environment, &["DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"])?;
        adopt(&mut environment, &["XDG_RUNTIME_DIR"]).ok();
        adopt(&mut environment, &["XDG_CURRENT_DESKTOP"]).ok();
        let address = environment.get("DBUS_SESSION_BUS_ADDRESS").and_then(|a| a.to_str());
        let address = address.context("DBUS_SESSION_BUS_ADDRESS is no text")?;
        let bus = zbus::connection::Builder::address(address)?.build().await?;
        if !has_owner(&bus, "org.freedesktop.secrets").await? {
            start_keyring(&programs, &environment)?;
            wait_for_owner(&bus, "org.freedesktop.secrets").await?;
        }
        Ok(Self { environment, programs, _short: short })
    }
}

/// What [`Desktop`] and [`BorrowedDesktop`] have in common: a place to start programs at.
pub trait Place {
    /// Gives all programs that are started from now on one more variable.
    fn set(&mut self, name: &str, value: OsString);
    /// The environment of programs here.
    fn environment(&self) -> &Environment;
    /// The running programs.
    fn programs(&self) -> &Programs;
}
