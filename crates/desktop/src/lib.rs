//! The tray app without its toolkit: one owner of all state, one closed list of what can happen,
//! one loop. Work runs in tasks that send what they found back as an event; no task touches state.

mod case_window;
mod catch_up;
mod controller;
mod event;
mod jump_views;
mod jump_window;
mod key_dialog;
mod link_gate;
mod menu;
mod offers;
mod open_case;
mod outbox;
mod pages;
mod qr;
mod sessions;
mod settings_window;
mod shell;
mod support;
mod tag_views;
mod tag_window;
mod views;

pub use controller::start;
pub use event::App;
pub use menu::MenuEntry;
pub use shell::{Notice, NoticeButton, Shell, payload};
