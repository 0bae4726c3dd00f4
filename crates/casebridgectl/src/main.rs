//! The use cases of Casebridge on a command line: for administrators, scripts, and machines without a tray.
//!
//! With `--json` there is one JSON object on standard output and nothing else; texts for people go
//! to standard error (`docs/administrator.md#command-line`). Exit codes: 0 done, 1 failed, 2 wrong
//! usage.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a terminal")]

mod answer;
mod arguments;
mod commands;
mod jump;
mod outbox;
mod report;
mod secret;
mod sessions;

use answer::Answer;
use arguments::Arguments;
use casebridge_domain::Failure;
use casebridge_domain::settings::setting;
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::diagnostics;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.check();
    let hardened = casebridge_platform::hardening::forbid_core_dumps();
    let answer = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(&arguments, hardened)),
        Err(error) => Err(answer::internal(error)),
    };
    match answer {
        Ok(answer) => {
            println!("{}", if arguments.json { answer.json.to_string() } else { answer.text });
            ExitCode::from(u8::from(answer.failed))
        }
        Err(failure) => {
            report(&failure, arguments.json);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments, hardened: std::io::Result<()>) -> Result<Answer, Failure> {
    let (dir, file) = (arguments.config_dir.as_deref(), arguments.credentials.as_deref());
    let casebridge = Casebridge::open(dir, file)?;
    // A command works even if no log can be written.
    let log =
        diagnostics::start(casebridge.profile(), casebridge.settings().get(&setting::LOG_LEVEL));
    if let Err(error) = log {
        eprintln!("Casebridge can't write its log: {error}");
    }
    if let Err(error) = hardened {
        tracing::warn!(%error, "core dumps could not be turned off");
    }
    commands::run(&casebridge, &arguments.command).await
}

fn report(failure: &Failure, json: bool) {
    tracing::error!(code = %failure.code, cause = diagnostics::cause(failure), "a command failed");
    if json {
        println!("{}", answer::of_failure(failure));
    }
    eprintln!("{failure}\n{}", answer::next_step(failure));
}
