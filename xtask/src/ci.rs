//! The whole of the checks, quick ones first.

use crate::process::{self, cargo, step};
use crate::{codegen, cross, dependencies, setup, suites, tidy};
use anyhow::Result;

/// Runs every check and every test.
pub(crate) fn run() -> Result<()> {
    setup::everything()?;
    step("formatting");
    process::run(cargo().args(["fmt", "--all", "--check"]))?;
    tidy::run()?;
    codegen::run(true)?;
    dependencies::check_latest()?;
    step("clippy");
    process::run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("documentation");
    let doc = ["doc", "--workspace", "--no-deps", "--document-private-items"];
    process::run(cargo().args(doc).env("RUSTDOCFLAGS", "-D warnings"))?;
    cross::run()?;
    suites::test(None)
}
