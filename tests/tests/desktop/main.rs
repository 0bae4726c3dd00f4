//! The real programs on a desktop of their own: display, bus, keyring, tray, notifications,
//! browser. Each test has all of these to itself.

mod activity;
mod browser;
mod demo;
mod hostile;
mod jump;
mod links;
mod package;
mod settings;
mod stage;
mod story;
mod tag;
mod tray;
mod windows;
