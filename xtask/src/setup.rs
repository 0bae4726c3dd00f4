//! What a bare Debian machine lacks: system packages, the packages of the pages, the pages.
//!
//! Nothing is fetched when everything is there.

use crate::process::{answers, note, npm, npm_in, output, program, root, run, step};
use crate::salesforce;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::Path;

/// Builds the tray app.
const BUILD: &[&str] = &[
    "build-essential",
    "file",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

/// Runs and drives it, with or without a display.
const DESKTOP: &[&str] = &[
    "chromium",
    "chromium-driver",
    "dbus-daemon",
    "desktop-file-utils",
    "fonts-dejavu-core",
    "gnome-keyring",
    "imagemagick",
    "libglib2.0-bin",
    "openbox",
    "shared-mime-info",
    "strace",
    "webkit2gtk-driver",
    "xdg-utils",
    "xdotool",
    "xvfb",
];

/// Runs a client of the org that is written in Python.
const PYTHON: &[&str] = &["python3", "python3-venv"];

/// Everything that a build and the tests need.
pub(crate) fn everything() -> Result<()> {
    packages("system packages", &[BUILD, DESKTOP, PYTHON].concat())?;
    pages()?;
    salesforce::components()?;
    foreign_clients()
}

/// Installs the clients of the org that others wrote, which a test runs against the simulator.
fn foreign_clients() -> Result<()> {
    const FOLDER: &str = "tests/foreign";
    step("clients that others wrote");
    npm_packages(FOLDER)?;
    python_packages(&root().join(FOLDER).join("requirements.txt"), &root().join("target/foreign"))
}

/// Installs what a list names into an environment of its own, unless that is there already.
fn python_packages(list: &Path, place: &Path) -> Result<()> {
    let wanted = fs::read(list).with_context(|| list.display().to_string())?;
    let installed = place.join("installed-requirements.txt");
    if fs::read(&installed).is_ok_and(|done| done == wanted) {
        note("all there");
        return Ok(());
    }
    run(program("python3").args(["-m", "venv", "--clear"]).arg(place))?;
    let python = place.join("bin/python");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    let mut pip = program(&python.display().to_string());
    run(pip.args(install).arg(list))?;
    Ok(fs::write(&installed, wanted)?)
}

/// Installs those packages that are missing, and says so first.
pub(crate) fn packages(title: &str, wanted: &[&str]) -> Result<()> {
    step(title);
    if !answers(program("dpkg-query").arg("--version")) {
        note("this is not Debian; make sure that you have the likes of:");
        note(&wanted.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        note("all there");
        return Ok(());
    }
    note(&format!("missing, and installed now with apt-get: {}", missing.join(" ")));
    run(as_root(&["apt-get", "update", "--quiet"])?.env("LC_ALL", "C"))?;
    let install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends"];
    run(&mut as_root(&[&install, &missing[..]].concat())?)
}

fn is_installed(package: &str) -> bool {
    let status = program("dpkg-query").args(["-W", "-f", "${Status}", package]).output();
    status.is_ok_and(|found| found.stdout == b"install ok installed")
}

/// A command that runs as root, through sudo when we are not.
pub(crate) fn as_root(words: &[&str]) -> Result<std::process::Command> {
    let quiet = ["env", "DEBIAN_FRONTEND=noninteractive"];
    let mut all = quiet.iter().chain(words);
    if output(program("id").arg("-u"))?.trim() == "0" {
        let mut command = program(all.next().context("no command")?);
        command.args(all);
        return Ok(command);
    }
    if !answers(program("sudo").arg("-V")) {
        bail!("`{}` has to run as root, and there is no sudo: run it yourself", words.join(" "));
    }
    let mut command = program("sudo");
    command.args(all);
    Ok(command)
}

/// Installs the packages of the windows' pages, and builds the pages.
pub(crate) fn pages() -> Result<()> {
    step("packages of the windows' pages");
    check_node()?;
    npm_packages("ui")?;
    step("the windows' pages");
    run(npm().args(["run", "--silent", "build"]))
}

/// Installs what the lock file of a folder names, unless that is there already.
pub(crate) fn npm_packages(folder: &str) -> Result<()> {
    let place = root().join(folder);
    let lock = fs::read(place.join("package-lock.json"))
        .with_context(|| format!("{folder}/package-lock.json"))?;
    let installed = place.join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|done| done == lock) {
        note("all there");
        return Ok(());
    }
    run(npm_in(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    Ok(fs::write(&installed, lock)?)
}

fn check_node() -> Result<()> {
    let version = output(program("node").arg("--version"))
        .context("Node 20.19 or newer is needed: https://nodejs.org")?;
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
        bail!("`node --version` said {version:?}");
    };
    ensure!((major, minor) >= (20, 19), "Node 20.19 or newer is needed, this is {version}");
    Ok(())
}
