//! Shows the product at work against the simulator, and measures its tray app.

#![expect(clippy::print_stdout, reason = "these commands talk to a person")]

use anyhow::Result;
use casebridge_tests::desktop::Screen;
use casebridge_tests::{bench, burst, demo, import_bench, profile};
use clap::{Parser, Subcommand};

/// Shows and measures Casebridge on a desktop.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the whole product against the simulator, ready to click; without a display, as --check.
    Demo {
        /// Click through the whole main job, print the key and its address last, and end.
        #[arg(long)]
        check: bool,
        /// With --check: on this desktop's display, where it can be watched.
        #[arg(long, requires = "check")]
        visible: bool,
    },
    /// Measures the tray app beside a minimal one, and prints a table.
    Bench {
        /// How often each figure is taken.
        #[arg(long, default_value_t = 9)]
        rounds: usize,
    },
    /// Measures the way from a report to rows, and prints a table.
    BenchImport {
        /// How often each figure is taken.
        #[arg(long, default_value_t = 9)]
        rounds: usize,
    },
    /// Saves the appliance's secret of this environment in its keyring.
    #[command(hide = true, name = profile::SAVE_SECRET)]
    SaveSecret,
    /// Takes the secrets of this environment's profile out of its keyring.
    #[command(hide = true, name = profile::FORGET_SECRETS)]
    ForgetSecrets,
    /// Sends many links at once to the app that runs in this environment.
    #[command(hide = true, name = burst::SEND)]
    SendBurst {
        /// How many.
        count: usize,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // Programs end with the thread that started them, so that is the main one.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(run(arguments.command))
}

async fn run(command: Command) -> Result<()> {
    let say = |line: &str| println!("    {line}");
    match command {
        Command::Demo { check: false, .. } if demo::can_show() => demo::show(&say).await,
        Command::Demo { visible, .. } => {
            let screen = if visible { Screen::Existing } else { Screen::Virtual };
            let last = demo::check(screen, &say).await?;
            println!("{last}");
            Ok(())
        }
        Command::BenchImport { rounds } => import_bench::run(rounds, &say).await,
        Command::Bench { rounds } => bench::run(rounds, &say).await,
        Command::SaveSecret => profile::save_secret(),
        Command::ForgetSecrets => profile::forget_secrets(),
        Command::SendBurst { count } => burst::send_here(count),
    }
}
