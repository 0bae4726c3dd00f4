//! Use cases and the app's loop against the simulator: TLS, HTTP and both protocols are real, only
//! the desktop is one that remembers.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test names what it waits for, not the rest")]

mod appliance_secrets;
mod appliances;
mod bombs;
mod case_window;
mod catch_up;
mod causes;
mod clocks;
mod codes;
mod command_line;
mod crashes;
mod doctor;
mod doubts;
mod failures;
mod foreign;
mod home;
mod import;
mod jump;
mod key_dialog;
mod leftovers;
mod links;
mod org;
mod owners;
mod readings;
mod real_systems;
mod rows;
mod secrets;
mod settings_window;
mod sign_in;
mod tag;
mod terminal;
mod watch;
