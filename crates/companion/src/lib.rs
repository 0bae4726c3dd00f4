//! Every use case of Casebridge, without a window, and the loop that the tray app runs on them.
//!
//! [`Casebridge`] is a profile with its settings, secrets and clients. [`use_cases`] are what it can
//! do: the command line calls them as they are. [`app`] owns the state of the tray app. This crate
//! knows no toolkit.

pub mod app;
mod casebridge;
mod clock;
pub mod diagnostics;
mod failures;
mod redaction;
mod settings_file;
pub mod use_cases;

pub use casebridge::Casebridge;
pub use clock::Clock;
