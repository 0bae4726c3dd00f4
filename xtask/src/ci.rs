//! The checks that need no test, quick ones first; and all of it.

use crate::process::{self, answers, cargo, program, step};
use crate::{codegen, cross, dependencies, setup, suites, tidy};
use anyhow::{Result, ensure};

/// Runs every check and every test, for Windows and macOS too.
pub(crate) fn run() -> Result<()> {
    setup::everything()?;
    dependencies::check_latest()?;
    cross::run()?;
    suites::test(None)
}

/// Formatting, edges between crates, generated code, lints, documentation.
pub(crate) fn checks() -> Result<()> {
    step("formatting");
    need_component("fmt", "rustfmt")?;
    process::run(cargo().args(["fmt", "--all", "--check"]))?;
    tidy::run()?;
    codegen::run(true)?;
    step("clippy");
    need_component("clippy", "clippy")?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    process::run(cargo().args(clippy))?;
    step("documentation");
    let doc = ["doc", "--workspace", "--no-deps", "--document-private-items"];
    process::run(cargo().args(doc).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Makes sure of a part of the toolchain; rustup adds it where it is not there.
fn need_component(command: &str, component: &str) -> Result<()> {
    let is_there = || answers(cargo().args([command, "--version"]));
    if !is_there() && answers(program("rustup").arg("--version")) {
        process::run(program("rustup").args(["component", "add", component]))?;
    }
    ensure!(is_there(), "this toolchain has no {component}, and no rustup to add it");
    Ok(())
}
