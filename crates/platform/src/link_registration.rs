//! Who opens `casebridge:` links, and what a start has to do about it.
//!
//! The user's own registration is written and taken back by Tauri's plugin for deep links, in the tray
//! app. Here is what that cannot do: say who opens the links, and let an installer's entry win.

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

use std::io;
use std::path::Path;

/// The scheme of the links.
pub const SCHEME: &str = "casebridge";

/// Who opens the links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    /// Casebridge does.
    Registered {
        /// What made it so, for people: a desktop entry, the installer, the bundle.
        by: String,
    },
    /// Nobody does: a click does nothing.
    Missing,
    /// Another program, or a Casebridge that is not there any more.
    Other {
        /// That program, for people.
        handler: String,
    },
}

/// Who opens the links of this user.
///
/// # Errors
/// When the operating system's records cannot be read.
pub fn status() -> io::Result<Registration> {
    os::status()
}

/// What is to be done at a start, so that a click opens this program or the installed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Nothing: what was installed opens the links.
    Nothing,
    /// Make this program the one that opens the user's links.
    Register,
    /// Take back the user's own registration: it would outlive and override the installed package's.
    Unregister,
}

/// What has to be done for this program; [`repair`] has then been done.
///
/// # Errors
/// When the records cannot be read, or no registration could hold this program's path (S4).
pub fn duty(exe: &Path) -> io::Result<Duty> {
    os::duty(exe)
}

/// Takes back a user's own registration that shadows the installer's, where nothing but this can.
///
/// # Errors
/// When it cannot be written.
pub fn repair() -> io::Result<()> {
    os::repair()
}

/// The path as a text that may stand between quotes in a registration; none of these characters could.
#[cfg(not(target_os = "macos"))]
fn require_quotable(exe: &Path, forbidden: &[char]) -> io::Result<()> {
    let fits = |path: &str| !path.chars().any(|c| c.is_control() || forbidden.contains(&c));
    match exe.to_str() {
        Some(path) if exe.is_absolute() && fits(path) => Ok(()),
        _ => {
            let text = "the program's path cannot be registered";
            Err(io::Error::new(io::ErrorKind::InvalidInput, text))
        }
    }
}
