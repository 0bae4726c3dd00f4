//! The whole of the checks, quick ones first.

use crate::process::{self, answers, cargo, note, step};
use crate::{codegen, cross, setup, suites, tidy};
use anyhow::Result;

/// Runs every check and every test.
pub(crate) fn run() -> Result<()> {
    setup::everything()?;
    step("formatting");
    process::run(cargo().args(["fmt", "--all", "--check"]))?;
    tidy::run()?;
    codegen::run(true)?;
    deny()?;
    step("clippy");
    process::run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("documentation");
    let doc = ["doc", "--workspace", "--no-deps", "--document-private-items"];
    process::run(cargo().args(doc).env("RUSTDOCFLAGS", "-D warnings"))?;
    cross::run()?;
    suites::test(None)
}

/// Licences, bans, sources and advisories of what we depend on.
fn deny() -> Result<()> {
    step("dependencies (cargo deny)");
    if !answers(cargo().args(["deny", "--version"])) {
        note("SKIPPED: cargo-deny is not installed (cargo install --locked cargo-deny)");
        return Ok(());
    }
    process::run(cargo().args(["deny", "--all-features", "check", "bans", "licenses", "sources"]))?;
    if !answers(cargo().args(["deny", "fetch", "db"])) {
        note("SKIPPED: the advisory database cannot be fetched here");
        return Ok(());
    }
    process::run(cargo().args(["deny", "--all-features", "check", "--disable-fetch", "advisories"]))
}
