//! The keyboard shortcut that asks for a jump, whatever program has the keyboard.
//!
//! On Wayland no program can have one: there the desktop itself runs `casebridgectl open`.

use casebridge_desktop::{App, MenuEntry};
use tauri::{AppHandle, Manager};
use tauri_plugin_global_shortcut::{Error, GlobalShortcutExt, ShortcutState};

/// Lets these keys ask for a jump, instead of those of before; an empty text lets none.
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
