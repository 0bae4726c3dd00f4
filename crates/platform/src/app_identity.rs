//! Who the operating system takes this program for: the name and icon of its notifications, and the
//! group of its windows on the taskbar.

#[cfg(target_os = "windows")]
mod windows;

use crate::Profile;
use std::io;

/// The program's own id, the `identifier` of the bundle. Installers give it to their shortcuts, too.
pub const APP_ID: &str = "com.casebridge.desktop";

/// Gives the process its id, and the id its name and icon, before the first window or notification.
/// `icon` is a PNG file, for where no installed package or bundle has one.
///
/// # Errors
/// When the operating system does not take it; notifications then carry another name, or none.
pub fn introduce(profile: &Profile, icon: &[u8]) -> io::Result<()> {
    #[cfg(target_os = "windows")]
    return windows::introduce(profile, icon);
    // A desktop entry names it on Linux, the bundle on macOS.
    #[cfg(not(target_os = "windows"))]
    {
        let _ = (profile, icon);
        Ok(())
    }
}
