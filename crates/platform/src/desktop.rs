//! What the desktop is like: whether there is one, a tray on it, and how its panel is coloured.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(target_os = "windows")]
use windows as os;

/// How the panel that holds the tray is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// Dark icons can be seen on it.
    Light,
    /// Light icons can be seen on it.
    Dark,
    /// The system colours icons itself.
    Any,
}

/// Whether windows can be shown at all.
pub fn has_display() -> bool {
    os::has_display()
}

/// Whether somebody shows tray icons now. Blocks for an instant.
pub fn has_tray_host() -> bool {
    os::has_tray_host()
}

/// How the panel is coloured, as far as that can be told.
pub fn panel() -> Panel {
    os::panel()
}
