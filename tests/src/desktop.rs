//! A desktop of one's own: display, bus, window manager, keyring, tray and notifications.
//!
//! Nothing of the user's desktop or home is touched, so tests run side by side. Everything that was
//! started ends with the [`Desktop`].

pub mod links;
pub mod notifications;
pub mod place;
pub mod programs;
pub mod tray;
pub mod windows;

use crate::wait;
use anyhow::{Context, Result};
use notifications::Notifications;
use place::Place;
use std::fs;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use tray::Tray;

/// No service folders: nothing of the machine's own is started behind our back.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"#;

/// The keyring of a desktop that lives for minutes guards nothing.
const KEYRING_PASSWORD: &str = "desktop";
const SECRETS: &str = "org.freedesktop.secrets";
const SCREEN: &str = "1360x900x24";

/// Where windows appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// On a virtual display.
    Virtual,
    /// On the display of the person who started us.
    Existing,
}

/// What a desktop is made of.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// Where windows appear.
    pub screen: Screen,
    /// Whether there is a place for tray icons.
    pub tray: bool,
    /// Whether there is a keyring.
    pub keyring: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self { screen: Screen::Virtual, tray: true, keyring: true }
    }
}

/// A running desktop: a [`Place`] with all that people see around a program.
#[derive(Debug)]
pub struct Desktop {
    /// The notification server.
    pub notifications: Notifications,
    /// The bus, for questions of one's own.
    pub bus: zbus::Connection,
    tray: Option<Tray>,
    place: Place,
}

impl Desktop {
    /// Starts a desktop whose home, logs and pictures are in `folder`, which is emptied first.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start(folder: &Path, parts: Parts) -> Result<Self> {
        let mut place = Place::new(folder)?;
        match parts.screen {
            Screen::Virtual => start_display(&mut place)?,
            Screen::Existing => place.adopt_display()?,
        }
        let address = start_bus(&mut place)?;
        if parts.screen == Screen::Virtual {
            let mut manager = place.command("openbox");
            manager.arg("--sm-disable");
            place.programs().start("openbox", manager)?;
        }
        let bus = zbus::connection::Builder::address(address.as_str())?.build().await?;
        if parts.keyring {
            start_keyring(&place, &bus).await?;
        }
        let tray = if parts.tray { Some(Tray::serve(&bus).await?) } else { None };
        Ok(Self { notifications: Notifications::serve(&bus).await?, bus, tray, place })
    }

    /// The file in which a virtual screen keeps its memory, as an X window dump.
    pub fn frame_buffer(&self) -> PathBuf {
        self.place.short_folder().join("Xvfb_screen0")
    }

    /// The place for tray icons.
    ///
    /// # Errors
    /// When this desktop was made without one.
    pub fn tray(&self) -> Result<&Tray> {
        self.tray.as_ref().context("this desktop has no tray")
    }
}

impl Deref for Desktop {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

impl DerefMut for Desktop {
    fn deref_mut(&mut self) -> &mut Place {
        &mut self.place
    }
}

fn start_display(place: &mut Place) -> Result<()> {
    place.set("GDK_BACKEND", "x11");
    place.set("LIBGL_ALWAYS_SOFTWARE", "1");
    let mut server = place.command("Xvfb");
    server.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset", "-wr"]);
    server.arg("-fbdir").arg(place.short_folder());
    let number = place.programs().start_for_line("xvfb", server)?;
    place.set("DISPLAY", format!(":{}", number.trim()));
    Ok(())
}

fn start_bus(place: &mut Place) -> Result<String> {
    let config = place.short_folder().join("bus.conf");
    fs::write(&config, BUS)?;
    let mut daemon = place.command("dbus-daemon");
    daemon.arg("--config-file").arg(config).args(["--nofork", "--print-address=1"]);
    let address = place.programs().start_for_line("dbus-daemon", daemon)?;
    place.set("DBUS_SESSION_BUS_ADDRESS", &address);
    Ok(address)
}

/// Starts a keyring that nobody has to unlock, on a bus that has none.
///
/// # Errors
/// When it does not start.
pub async fn start_keyring(place: &Place, bus: &zbus::Connection) -> Result<()> {
    if has_owner(bus, SECRETS).await? {
        return Ok(());
    }
    let mut daemon = place.command("gnome-keyring-daemon");
    daemon.args(["--foreground", "--unlock", "--components=secrets"]);
    place.programs().start_with_input("gnome-keyring", daemon, KEYRING_PASSWORD)?;
    wait::until("the keyring", || async { Ok(has_owner(bus, SECRETS).await?.then_some(())) }).await
}

async fn has_owner(bus: &zbus::Connection, name: &str) -> Result<bool> {
    let proxy = zbus::fdo::DBusProxy::new(bus).await?;
    Ok(proxy.name_has_owner(name.try_into()?).await?)
}
