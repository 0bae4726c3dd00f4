//! What the windows and the app say to each other: commands, events and their wire types.
//!
//! Each command is named once, in `commands`. From that list come the app's dispatch, the
//! permissions of each window, and the TypeScript side. This crate knows nothing of what a command
//! does.

mod commands;
mod typescript;
mod views;

pub use commands::{COMMANDS, Command, CommandError, Copied, Event, EventView, Window, allowed};
pub use typescript::typescript;
pub use views::*;
