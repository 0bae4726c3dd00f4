//! Who opens `casebridge:` links, and the user's own registration where no package made one.

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

/// Takes back a user's own registration that shadows the one of an installed package.
///
/// # Errors
/// When it cannot be written.
pub fn repair() -> io::Result<()> {
    os::repair()
}

/// Makes this program the one that opens the user's links, unless an installed package already
/// does: a user's own registration would outlive and override the package's.
///
/// # Errors
/// When it cannot be written.
pub fn register_for_user(exe: &Path) -> io::Result<()> {
    os::register_for_user(exe)
}
