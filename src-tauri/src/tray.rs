//! The tray's icon and menu: draws what the app's loop describes.

use casebridge_desktop::App;
use casebridge_ipc::{MenuView, TrayState};
use casebridge_platform::desktop::{self, Panel};
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};

const ID: &str = "casebridge";

/// Creates the tray icon. Its menu is added with the first view.
pub(crate) fn make(handle: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(icon(TrayState::SignedOut)?)
        .icon_as_template(desktop::panel() == Panel::Any)
        .tooltip("Casebridge")
        .menu(&Menu::new(handle)?)
        .show_menu_on_left_click(true)
        .on_menu_event(|handle, event| handle.state::<App>().press_menu(event.id().as_ref()))
        .build(handle)?;
    Ok(())
}

/// Shows the state and the menu.
pub(crate) fn show(handle: &AppHandle, view: &MenuView) -> tauri::Result<()> {
    let Some(tray) = handle.tray_by_id(ID) else { return Ok(()) };
    tray.set_icon_with_as_template(Some(icon(view.state)?), desktop::panel() == Panel::Any)?;
    tray.set_tooltip(Some(format!("Casebridge – {}", view.status)))?;
    tray.set_menu(Some(menu(handle, view)?))
}

/// The menu starts with the state as text, because some desktops show nothing but the menu.
fn menu(handle: &AppHandle, view: &MenuView) -> tauri::Result<Menu<Wry>> {
    let status = MenuItem::with_id(handle, "status", &view.status, false, None::<&str>)?;
    let mut builder = MenuBuilder::new(handle).item(&status).separator();
    for item in &view.items {
        builder = match item.separator {
            true => builder.item(&PredefinedMenuItem::separator(handle)?),
            false => {
                // A single & would mark the next letter as a shortcut.
                let label = item.label.replace('&', "&&");
                let item = MenuItem::with_id(handle, &item.id, label, item.enabled, None::<&str>)?;
                builder.item(&item)
            }
        };
    }
    builder.build()
}

macro_rules! icon_file {
    ($name:literal) => {
        include_bytes!(concat!("../../icons/tray/", $name, "@2x.png")).as_slice()
    };
}

/// `-light` icons are for light panels, and for systems that colour template icons themselves.
fn icon(state: TrayState) -> tauri::Result<Image<'static>> {
    let dark = desktop::panel() == Panel::Dark;
    let bytes = match (state, dark) {
        (TrayState::Ready, true) => icon_file!("ready-dark"),
        (TrayState::Ready, false) => icon_file!("ready-light"),
        (TrayState::Working, true) => icon_file!("working-dark"),
        (TrayState::Working, false) => icon_file!("working-light"),
        (TrayState::Attention, true) => icon_file!("attention-dark"),
        (TrayState::Attention, false) => icon_file!("attention-light"),
        (TrayState::SignedOut, true) => icon_file!("signed-out-dark"),
        (TrayState::SignedOut, false) => icon_file!("signed-out-light"),
    };
    Image::from_bytes(bytes)
}
