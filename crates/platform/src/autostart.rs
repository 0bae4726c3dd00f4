//! Whether Casebridge starts when the user logs in.
//!
//! An installer may have decided it for the whole machine; then the user's own record is only
//! written where the operating system lets it override that.

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

/// Whether Casebridge starts at log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Autostart {
    /// The user wants it.
    Enabled,
    /// The installation set it up for everybody.
    EnabledForMachine,
    /// It does not.
    Disabled,
}

/// Whether Casebridge starts when this user logs in.
///
/// # Errors
/// When the operating system's records cannot be read.
pub fn status() -> io::Result<Autostart> {
    os::status()
}

/// Starts this program at log-in from now on; nothing is written where the installation already
/// does it.
///
/// # Errors
/// When it cannot be written.
pub fn enable(exe: &Path) -> io::Result<()> {
    os::enable(exe)
}

/// Does not start it any more.
///
/// # Errors
/// When it cannot be written, and `PermissionDenied` where only IT can undo it.
pub fn disable() -> io::Result<()> {
    os::disable()
}
