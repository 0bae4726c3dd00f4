//! X11 or Wayland, and a StatusNotifierItem host on the session bus.

use super::Panel;
use crate::environment::Environment;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

pub(super) fn has_display() -> bool {
    let env = Environment::current();
    env.get("DISPLAY").is_some() || env.get("WAYLAND_DISPLAY").is_some()
}

pub(super) fn has_tray_host() -> bool {
    let asked = || {
        let bus = zbus::blocking::Connection::session()?;
        let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        Ok::<_, zbus::Error>(names.name_has_owner(WATCHER.try_into()?)?)
    };
    // Without a bus there is no tray either.
    asked().unwrap_or(false)
}

/// Panels do not tell; most of them are dark, GNOME's always.
pub(super) fn panel() -> Panel {
    Panel::Dark
}
