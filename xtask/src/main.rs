//! The project's own commands: `cargo xtask COMMAND`. Every job of the build is one of them.

#![expect(clippy::print_stdout, reason = "these commands talk to a person")]

mod ci;
mod codegen;
mod cross;
mod demo;
mod dependencies;
mod fuzz;
mod package;
mod process;
mod salesforce;
mod setup;
mod suites;
mod tidy;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Builds, shows, tests and checks Casebridge.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what the build and the tests need, and builds the windows' pages.
    Setup,
    /// Runs the whole product against the simulator, ready to click.
    Demo(demo::Options),
    /// Sets up and runs every check and every test.
    Test {
        /// Only Rust tests whose name holds this text; the pages' own tests are left out.
        filter: Option<String>,
    },
    /// Runs every check and every test, and those of the Windows and macOS code.
    Ci,
    /// Builds the deb and the rpm, into target/release/bundle.
    Package,
    /// Checks the Windows and macOS code, and runs the core crates' tests under wine.
    Cross,
    /// Checks what the compiler cannot: edges between crates, lints, paths; prints figures.
    Tidy,
    /// Checks the metadata, components and Apex of salesforce/, without an org.
    Salesforce,
    /// Writes the TypeScript side of the commands.
    Codegen {
        /// Change nothing; fail when the files are not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Checks licences, sources and known faults of what we depend on.
    Dependencies,
    /// Writes the facts of known faults anew from a checkout of the RustSec advisory database.
    Advisories {
        /// The checkout.
        folder: PathBuf,
    },
    /// Runs the fuzz targets.
    Fuzz(fuzz::Options),
    /// Draws every window in every state into target/pictures.
    Pictures {
        /// Only pictures whose name holds this text.
        only: Option<String>,
        /// Only those of the guides, small, into docs/pictures.
        #[arg(long, conflicts_with = "only")]
        guides: bool,
    },
    /// Measures; prints a table and judges nothing.
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// The way from a session report to rows, beside quick-xml alone and lxml.
    Import {
        /// How often each figure is taken.
        #[arg(long, default_value_t = 9)]
        rounds: u32,
    },
    /// Memory and times of the tray app beside a minimal one.
    Desktop {
        /// How often each figure is taken.
        #[arg(long, default_value_t = 9)]
        rounds: u32,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Setup => setup::everything(),
        Command::Demo(options) => demo::run(&options),
        Command::Test { filter } => suites::test(filter.as_deref()),
        Command::Ci => ci::run(),
        Command::Package => package::release(),
        Command::Cross => cross::run(),
        Command::Tidy => tidy::run(),
        Command::Salesforce => salesforce::run(),
        Command::Codegen { check } => codegen::run(check),
        Command::Dependencies => dependencies::check(),
        Command::Advisories { folder } => dependencies::take(&folder),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Pictures { guides: true, .. } => suites::guide_pictures(),
        Command::Pictures { only, .. } => suites::pictures(only.as_deref()),
        Command::Bench { what: Bench::Import { rounds } } => demo::bench_import(rounds),
        Command::Bench { what: Bench::Desktop { rounds } } => demo::bench_desktop(rounds),
    }
}
