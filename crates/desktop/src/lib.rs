//! The tray app without its toolkit: one loop that takes one event after the other.
//!
//! Each concern has a room of its own in `parts`; the `controller` hands every event to one of them and
//! carries out what it asks for. Work runs in tasks that end as an event; no task touches state.

mod app;
mod case_field;
mod console;
mod context;
mod controller;
mod event;
mod facts;
mod failures;
mod labels;
mod links;
mod parts;
mod qr;
mod request;
mod shell;
#[cfg(test)]
mod testing;
mod texts;
mod windows;

pub use app::{App, start};
pub use parts::MenuEntry;
pub use shell::{Notice, NoticeButton, Shell, payload};
