//! The installers that can be made on Linux: deb and rpm, from what cargo has built.
//!
//! Tauri's own bundler makes them; `casebridgectl` goes in beside the tray app.

use crate::process::{self, cargo, program, root, step};
use crate::setup;
use anyhow::Result;

/// Builds the programs for release, then the packages.
pub(crate) fn release() -> Result<()> {
    setup::everything()?;
    step("programs, for release");
    let packages = ["--package", "casebridge", "--package", "casebridgectl"];
    process::run(cargo().args(["build", "--release", "--locked"]).args(packages))?;
    bundle("deb,rpm", "release")
}

/// The deb with the programs that the tests use.
pub(crate) fn for_tests() -> Result<()> {
    bundle("deb", "debug")
}

fn bundle(kinds: &str, profile: &str) -> Result<()> {
    step(&format!("packages ({kinds})"));
    let cli = root().join("ui/node_modules/.bin/tauri");
    let files =
        format!(r#""files":{{"/usr/bin/casebridgectl":"../target/{profile}/casebridgectl"}}"#);
    let more = format!(r#"{{"bundle":{{"linux":{{"deb":{{{files}}},"rpm":{{{files}}}}}}}}}"#);
    let mut command = program(&cli.to_string_lossy());
    command.args(["bundle", "--bundles", kinds, "--config", &more]);
    process::run(command.args((profile == "debug").then_some("--debug")))
}
