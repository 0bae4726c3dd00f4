//! The installed package: what it lays down opens the links, without a word from the app.

use crate::stage::on_desktop;
use anyhow::{Context, Result, ensure};
use casebridge_simulator::{Options, Simulator};
use casebridge_tests::app::{App, page};
use casebridge_tests::case_page::{keys, link_of};
use casebridge_tests::desktop::Parts;
use casebridge_tests::profile;
use casebridge_tests::story::{REPRESENTATIVE, read_key};
use std::fs;
use std::path::{Path, PathBuf};

/// The package that `cargo xtask test` made of the programs under test.
fn package() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/bundle/deb");
    let mut found = fs::read_dir(&folder)
        .with_context(|| format!("{}: run `cargo xtask test package`", folder.display()))?
        .flatten()
        .map(|entry| entry.path());
    found.find(|path| path.extension().is_some_and(|end| end == "deb")).context("no package")
}

#[test]
fn a_link_opens_the_installed_package_which_registers_nothing_beside_itself() -> Result<()> {
    on_desktop("package", Parts::default(), async |desktop| {
        let installed = desktop.folder().join("installed");
        let mut unpack = desktop.command("dpkg-deb");
        unpack.arg("-x").arg(package()?).arg(&installed);
        let ended = desktop.programs().run("dpkg-deb", unpack)?;
        ensure!(ended.code == Some(0), "dpkg-deb: {}", ended.errors);
        let share = installed.join("usr/share");
        // The package manager's own trigger does this.
        let mut update = desktop.command("update-desktop-database");
        update.arg(share.join("applications"));
        desktop.programs().run("update-desktop-database", update)?;
        let path = desktop.environment().get("PATH").cloned().unwrap_or_default();
        let path = [installed.join("usr/bin")].into_iter().chain(std::env::split_paths(&path));
        desktop.set("PATH", std::env::join_paths(path)?);
        desktop.set("XDG_DATA_DIRS", format!("{}:/usr/share", share.display()));

        let simulator = Simulator::start(Options::default())?;
        profile::make(desktop, &simulator.ready(), REPRESENTATIVE).await?;
        let app = App::at(desktop)?;
        let mut opener = desktop.command("gio");
        opener.args(["open", &link_of(&simulator.ready().case_id)]);
        let opened = desktop.programs().start("opener", opener)?;
        ensure!(desktop.programs().wait_for_end(opened).await? == 0, "gio could not open the link");
        let windows = app.windows(desktop).await?;
        windows.turn_to(page::CASE).await?;
        let key = read_key(&windows).await?;
        ensure!(keys(&simulator)[0]["short_key"] == key.short_key.as_str(), "{key:?}");
        let own = desktop.home().join(".local/share/applications/casebridge-handler.desktop");
        ensure!(!own.exists(), "the app registered itself beside its package");

        let mut doctor = desktop.command("casebridgectl");
        doctor.args(["--json", "doctor"]);
        let told: serde_json::Value =
            serde_json::from_str(&desktop.programs().run("casebridgectl", doctor)?.output)?;
        let checks = told["checks"].as_array().context("no checks")?;
        let links = checks.iter().find(|check| check["id"] == "link_registration");
        let links = links.context("no check of the links")?;
        ensure!(links["status"] == "pass", "{links}");
        desktop.tray()?.press("Quit Casebridge").await?;
        desktop.tray()?.gone().await
    })
}
