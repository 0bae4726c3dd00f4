//! Release builds of the measured app and of the minimal one, made alike and side by side.

use super::FOLDER;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The two programs.
#[derive(Debug)]
pub(super) struct Programs {
    /// Casebridge.
    pub(super) ours: PathBuf,
    /// The minimal tray app.
    pub(super) minimal: PathBuf,
}

/// Builds both with the release profile of the workspace.
pub(super) fn build(say: &dyn Fn(&str)) -> Result<Programs> {
    let root = std::env::current_dir()?;
    let target = root.join(FOLDER).join("target");
    say("building the minimal tray app (the first time takes minutes)");
    let package = root.join(FOLDER).join("minimal");
    write_package(&root, &package)?;
    cargo(&package, &target, &["build", "--release"])?;
    say("building Casebridge as it is released");
    let arguments =
        ["build", "--release", "--package", "casebridge", "--features", "custom-protocol"];
    cargo(&root, &target, &arguments)?;
    let release = target.join("release");
    Ok(Programs { ours: release.join("casebridge"), minimal: release.join("minimal") })
}

fn cargo(folder: &Path, target: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("cargo");
    command.current_dir(folder).args(arguments).env("CARGO_TARGET_DIR", target);
    let status = command.status().context("cargo cannot be started")?;
    ensure!(status.success(), "cargo {} ended with {status}", arguments.join(" "));
    Ok(())
}

/// Writes what differs from what is there, so that nothing is built twice.
fn write_package(root: &Path, package: &Path) -> Result<()> {
    let manifest = format!("{}\n{}", include_str!("minimal/manifest.toml"), release_profile(root)?);
    let files = [
        ("Cargo.toml", manifest.as_str()),
        ("build.rs", "//! Tauri's part.\n\nfn main() {\n    tauri_build::build();\n}\n"),
        ("tauri.conf.json", include_str!("minimal/tauri.conf.json")),
        ("src/main.rs", include_str!("minimal/main.rs")),
        ("dist/index.html", include_str!("minimal/index.html")),
    ];
    for (name, text) in files {
        write(&package.join(name), text.as_bytes())?;
    }
    write(&package.join("icons/icon.png"), &fs::read(root.join("icons/icon.png"))?)?;
    // The same versions of everything that both have.
    let lock = package.join("Cargo.lock");
    if !lock.exists() {
        fs::copy(root.join("Cargo.lock"), lock)?;
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().context("a file without a folder")?)?;
    fs::write(path, content).with_context(|| path.display().to_string())
}

fn release_profile(root: &Path) -> Result<String> {
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(root.join("Cargo.toml"))?)?;
    let release = manifest.get("profile").and_then(|profiles| profiles.get("release"));
    let release = release.context("the workspace has no release profile")?;
    Ok(format!("[profile.release]\n{}", toml::to_string(release)?))
}
