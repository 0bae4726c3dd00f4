//! The taskbar is always there; its colour is in the registry.

use super::Panel;
use winreg::RegKey;
use winreg::enums::HKEY_CURRENT_USER;

const PERSONALIZE: &str = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize";

pub(super) fn has_display() -> bool {
    true
}

pub(super) fn has_tray_host() -> bool {
    true
}

pub(super) fn panel() -> Panel {
    let light = RegKey::predef(HKEY_CURRENT_USER)
        .open_subkey(PERSONALIZE)
        .and_then(|key| key.get_value::<u32, _>("SystemUsesLightTheme"));
    match light {
        Ok(1) => Panel::Light,
        // Windows 10 before this setting had a dark taskbar.
        Ok(_) | Err(_) => Panel::Dark,
    }
}
