//! The tray's menu: what its window may ask for, and what both show.

use crate::command::commands;
use serde::Serialize;
use ts_rs::TS;

commands! {
    MenuCommand for Menu;

    /// The menu window's view.
    menu_view = MenuView {} -> "MenuView";
    /// Presses an entry of the menu.
    press_menu = PressMenu { id: String } -> "void";
}

/// The state that the tray's icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TrayState {
    /// Everything is ready.
    Ready,
    /// Something is in progress.
    Working,
    /// It needs a person.
    Attention,
    /// Nobody is signed in.
    SignedOut,
}

/// An entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MenuItemView {
    /// The argument of `press_menu`.
    pub id: String,
    /// The text for people.
    pub label: String,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// Whether it is only a line.
    pub separator: bool,
}

/// The menu, in the tray and as a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MenuView {
    /// The icon's state.
    pub state: TrayState,
    /// The state in words.
    pub status: String,
    /// The entries, in order.
    pub items: Vec<MenuItemView>,
}
