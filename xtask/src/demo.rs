//! Builds the programs and hands over to the one that shows, drives or measures them.

use crate::process::{self, cargo, program, step};
use crate::setup;
use anyhow::Result;

/// How to show the product.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Click through the whole main job, print the key's address last, and end.
    #[arg(long)]
    check: bool,
    /// With --check: on this desktop's display, where it can be watched.
    #[arg(long, requires = "check")]
    visible: bool,
}

/// Runs the whole product against the simulator.
pub(crate) fn run(options: &Options) -> Result<()> {
    build()?;
    let mut command = program("target/debug/casebridge-desktop");
    command.arg("demo").args(options.check.then_some("--check"));
    process::run(command.args(options.visible.then_some("--visible")))
}

/// Measures the tray app beside a minimal one.
pub(crate) fn bench_desktop(rounds: u32) -> Result<()> {
    build()?;
    process::run(program("target/debug/casebridge-desktop").args([
        "bench",
        "--rounds",
        &rounds.to_string(),
    ]))
}

/// Measures the way from a session report to rows.
pub(crate) fn bench_import(rounds: u32) -> Result<()> {
    setup::packages("system packages", &["python3", "python3-venv"])?;
    build()?;
    step("the program that is measured");
    process::run(cargo().args(["build", "--release", "-p", "import-bench"]))?;
    process::run(program("target/debug/casebridge-desktop").args([
        "bench-import",
        "--rounds",
        &rounds.to_string(),
    ]))
}

fn build() -> Result<()> {
    setup::everything()?;
    step("programs");
    process::run(cargo().args(["build", "--workspace", "--bins"]))?;
    Ok(())
}
