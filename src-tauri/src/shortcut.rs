//! The global keyboard shortcut that opens the jump window.
//!
//! On Wayland, programs can't register one: the desktop's own shortcut runs `casebridgectl open`.

use casebridge_desktop::{App, MenuEntry};
use tauri::{AppHandle, Manager};
use tauri_plugin_global_shortcut::{Error, GlobalShortcutExt, ShortcutState};

/// Registers these keys instead of the previous ones. An empty text removes the shortcut.
pub(crate) fn set(handle: &AppHandle, keys: &str) -> Result<(), Error> {
    let shortcuts = handle.global_shortcut();
    shortcuts.unregister_all()?;
    if keys.is_empty() {
        return Ok(());
    }
    shortcuts.on_shortcut(keys, |handle, _, event| {
        if event.state() == ShortcutState::Pressed {
            handle.state::<App>().press_menu(&MenuEntry::Jump.id());
        }
    })
}
