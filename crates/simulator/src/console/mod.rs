//! The representative console: takes scripts, logs its representative in, and starts sessions on the
//! appliance, which does not know it.
//!
//! A script gives nothing back; what became of it is a `Run`, which the pages show. Where the real
//! console would ask the person, the run waits for a choice.

pub(crate) mod control;
mod grammar;
mod pages;
mod scripts;
mod state;

pub(crate) use self::pages::router;
pub(crate) use self::state::Shared;
