//! The tray app: everything that depends on Tauri. It knows nothing about cases.
//!
//! A start with a link hands it to the running app before any toolkit begins; only the first start
//! becomes the app. The program has no options (S4): it accepts no argument, or exactly one link.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod desktop_shell;
mod links;
#[cfg(target_os = "macos")]
mod links_macos;
mod notifications;
#[cfg(target_os = "linux")]
mod renderer_linux;
mod run;
mod shortcut;
mod tray;
mod windows;

use casebridge_desktop::Notice;
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::instance::{InstanceChannel, Start};
use casebridge_platform::{Profile, desktop, hardening};
use std::process::ExitCode;
use std::time::Duration;

/// How long a second start waits for the first one's acknowledgement.
const PATIENCE: Duration = Duration::from_secs(10);

/// The message of a second start without a link.
const SHOW: &str = "show";

fn main() -> ExitCode {
    let hardened = hardening::forbid_core_dumps();
    let link = match arguments::link(std::env::args_os().skip(1)) {
        Ok(link) => link,
        Err(reason) => {
            complain(&format!("casebridge: {reason}"));
            return ExitCode::from(2);
        }
    };
    match begin(link, hardened) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.code.text();
            complain(&format!("casebridge: {failure}\n{}", text.next_step));
            if let Ok(profile) = Profile::open(None) {
                notifications::introduce(&profile);
            }
            let (title, body) = (text.title.to_owned(), text.next_step.to_owned());
            notifications::show(&Notice { title, body, ..Notice::default() }, |_| {});
            ExitCode::FAILURE
        }
    }
}

fn begin(link: Option<String>, hardened: std::io::Result<()>) -> Result<(), Failure> {
    let profile = Profile::open(None)
        .map_err(|e| Failure::caused(FailureCode::SettingsNotSaved, e.to_string(), e))?;
    let message = link.as_deref().unwrap_or(SHOW);
    let started = InstanceChannel::start(&profile, message, PATIENCE)
        .map_err(|e| Failure::caused(FailureCode::AppNotRunning, e.to_string(), e))?;
    match started {
        Start::HandedOver => Ok(()),
        Start::First(_) if !desktop::has_display() => {
            Err(Failure::new(FailureCode::Internal, "No display was found."))
        }
        Start::First(listener) => {
            #[cfg(target_os = "linux")]
            renderer_linux::choose();
            run::run(profile, listener, link, hardened)
        }
    }
}

#[expect(clippy::print_stderr, reason = "whoever started the program by hand reads it there")]
fn complain(text: &str) {
    eprintln!("{text}");
}
