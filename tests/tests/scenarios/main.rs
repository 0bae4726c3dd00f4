//! Use cases and the app's loop against the simulator: TLS, HTTP and both protocols are real, only
//! the desktop is one that remembers.

mod case_window;
mod command_line;
mod failures;
mod jump;
mod key_dialog;
mod links;
mod secrets;
mod settings_window;
mod sign_in;
mod watch;
