//! The interface between the windows and the app: commands, views and their wire types.
//!
//! Each window has one row in `window`, and a file with its commands and views. The app's dispatch,
//! the permissions of each window and the TypeScript side are generated from these. This crate does
//! not know what a command does.

mod activity;
mod case;
mod command;
mod jump;
mod menu;
mod settings;
mod shared;
mod tag;
mod typescript;
mod window;

pub use activity::*;
pub use case::*;
pub use command::{CommandError, CommandInfo, all_commands, allowed};
pub use jump::*;
pub use menu::*;
pub use settings::*;
pub use shared::*;
pub use tag::*;
pub use typescript::typescript;
pub use window::{Command, Window, WindowView};
