//! What differs between operating systems: folders, secrets, the instance channel, link
//! registration, autostart, the browser, policy.
//!
//! This crate knows neither of the two systems nor any window. Each concept has one interface;
//! where the systems differ, a file for each of them lies in the concept's folder.

pub mod app_identity;
pub mod autostart;
pub mod browser;
pub mod desktop;
pub mod directories;
mod environment;
pub mod files;
pub mod hardening;
pub mod instance;
pub mod link_registration;
pub mod lock;
pub mod os_user;
pub mod policy;
mod programs;
pub mod rep_console;
pub mod secrets;
mod uptime;

#[cfg(target_os = "linux")]
mod desktop_entry;

pub use directories::{Profile, ProfileError};
pub use os_user::os_user;
pub use uptime::uptime;
