//! Licences, bans, sources and known faults of what we depend on, with `cargo deny`; and that we use all of
//! it, with `cargo machete`.
//!
//! The advisories are those of the RustSec database, as facts in a file of ours: a machine that cannot
//! reach the database checks against them all the same. `cargo xtask advisories FOLDER` writes them anew
//! from a checkout.

use crate::process::{answers, cargo, note, output, program, root, run, step};
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The tools, and the versions that are installed.
const TOOLS: [(&str, &str); 2] = [("deny", "0.20.2"), ("machete", "0.9.1")];
const FACTS: &str = "xtask/advisories.toml";
/// The name by which `cargo deny` looks for its database, which it makes of the database's address.
const DATABASE: &str = "advisory-db-3157b0e258782691";

/// What is known of faults, as of a day.
#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    as_of: String,
    advisories: Vec<Advisory>,
}

/// Id, package, date, kind, versions that are mended, versions that never had it.
type Advisory = (String, String, String, String, Vec<String>, Vec<String>);

/// Checks everything; fails where that cannot be done.
pub(crate) fn check() -> Result<()> {
    for (command, version) in TOOLS {
        install(command, version)?;
    }
    step("dependencies that nobody uses (cargo machete)");
    run(&mut program("cargo-machete"))?;
    step("dependencies (cargo deny)");
    let deny = ["deny", "--all-features"];
    run(cargo().args(deny).args(["check", "bans", "licenses", "sources"]))?;
    let facts = facts()?;
    note(&format!("{} advisories as of {}", facts.advisories.len(), facts.as_of));
    let config = database(&facts)?;
    run(cargo()
        .args(deny)
        .args(["--offline", "--config"])
        .arg(config)
        .args(["check", "advisories"]))
}

/// The same against the database itself, where it can be reached.
pub(crate) fn check_latest() -> Result<()> {
    if !answers(cargo().args(["deny", "fetch", "db"])) {
        note("the advisory database cannot be reached; its facts were checked");
        return Ok(());
    }
    run(cargo().args(["deny", "--all-features", "check", "advisories"]))
}

fn install(command: &str, version: &str) -> Result<()> {
    let name = format!("cargo-{command}");
    step(&name);
    if output(program(&name).arg("--version")).is_ok_and(|told| told.contains(version)) {
        note("all there");
        return Ok(());
    }
    run(cargo().args(["install", "--locked", "--version", version, &name]))
}

fn facts() -> Result<Facts> {
    let text = fs::read_to_string(root().join(FACTS)).context(FACTS)?;
    Ok(toml::from_str(&text)?)
}

/// Lays the facts out as the database that `cargo deny` reads, and says with which settings.
fn database(facts: &Facts) -> Result<PathBuf> {
    let place = root().join("target/advisories");
    let folder = place.join(DATABASE);
    fs::remove_dir_all(&place).ok();
    for (id, package, date, kind, patched, unaffected) in &facts.advisories {
        let file = folder.join("crates").join(package).join(format!("{id}.md"));
        fs::create_dir_all(file.parent().unwrap_or(&folder))?;
        let kind =
            if kind.is_empty() { String::new() } else { format!("informational = {kind:?}\n") };
        let text = format!(
            "```toml\n[advisory]\nid = {id:?}\npackage = {package:?}\ndate = {date:?}\n{kind}\
             [versions]\npatched = {patched:?}\nunaffected = {unaffected:?}\n```\n\n# {id}\n"
        );
        fs::write(file, text)?;
    }
    let git = |words: &[&str]| {
        let mut git = program("git");
        git.args(["-C", &folder.display().to_string()]).args(words);
        output(&mut git)
    };
    git(&["init", "--quiet"])?;
    git(&["add", "--all"])?;
    let who = ["-c", "user.name=advisories", "-c", "user.email=advisories@localhost"];
    git(&[&who[..], &["commit", "--quiet", "--no-gpg-sign", "--message", "facts"]].concat())?;
    let ours = fs::read_to_string(root().join("deny.toml"))?;
    let at = format!("[advisories]\ndb-path = {:?}\n", place.display().to_string());
    let config = place.join("deny.toml");
    fs::write(&config, ours.replacen("[advisories]\n", &at, 1))?;
    Ok(config)
}

/// Writes the facts anew from a checkout of the database.
pub(crate) fn take(folder: &Path) -> Result<()> {
    step("facts of the advisory database");
    let mut log = program("git");
    log.arg("-C").arg(folder).args(["log", "-1", "--format=%cs"]);
    let as_of = output(&mut log)?.trim().to_owned();
    let mut advisories = Vec::new();
    for package in fs::read_dir(folder.join("crates"))? {
        for file in fs::read_dir(package?.path())? {
            let path = file?.path();
            let text = fs::read_to_string(&path)?;
            advisories.extend(fact(&text).with_context(|| path.display().to_string())?);
        }
    }
    advisories.sort();
    ensure!(!advisories.is_empty(), "{} holds no advisories", folder.display());
    let count = advisories.len();
    fs::write(root().join(FACTS), written(&Facts { as_of, advisories })?)?;
    note(&format!("{count} advisories"));
    Ok(())
}

#[derive(Deserialize)]
struct Entry {
    advisory: Head,
    versions: Versions,
}

#[derive(Deserialize)]
struct Head {
    id: String,
    package: String,
    date: String,
    #[serde(default)]
    informational: String,
    withdrawn: Option<String>,
}

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<String>,
    #[serde(default)]
    unaffected: Vec<String>,
}

/// What an entry of the database says, unless it was taken back.
fn fact(text: &str) -> Result<Option<Advisory>> {
    let head = text.split("```").nth(1).and_then(|part| part.strip_prefix("toml"));
    let Entry { advisory, versions } = toml::from_str(head.context("there is no head")?)?;
    Ok(advisory.withdrawn.is_none().then_some((
        advisory.id,
        advisory.package,
        advisory.date,
        advisory.informational,
        versions.patched,
        versions.unaffected,
    )))
}

/// A line for each, so that a change is read as one.
fn written(facts: &Facts) -> Result<String> {
    let mut text = String::from(
        "# Facts of the RustSec advisory database: id, package, date, kind, patched and unaffected versions.\n\
         # Written by `cargo xtask advisories FOLDER`.\n",
    );
    write!(text, "as_of = {:?}\nadvisories = [\n", facts.as_of)?;
    for (id, package, date, kind, patched, unaffected) in &facts.advisories {
        writeln!(
            text,
            "  [{id:?}, {package:?}, {date:?}, {kind:?}, {patched:?}, {unaffected:?}],"
        )?;
    }
    text.push_str("]\n");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_read_from_an_entry_and_written_as_a_line() {
        let entry = "```toml\n[advisory]\nid = \"RUSTSEC-2024-0429\"\npackage = \"glib\"\n\
                     date = \"2024-03-30\"\ninformational = \"unsound\"\n[versions]\n\
                     patched = [\">=0.20.0\"]\nunaffected = [\"<0.15.0\"]\n```\n\n# Title\n";
        let fact = super::fact(entry).unwrap().unwrap();
        let facts = Facts { as_of: "2026-08-21".to_owned(), advisories: vec![fact] };
        let again: Facts = toml::from_str(&written(&facts).unwrap()).unwrap();
        assert_eq!(again.advisories, facts.advisories);
        let gone = entry.replace("[versions]", "withdrawn = \"2025-01-01\"\n[versions]");
        assert!(super::fact(&gone).unwrap().is_none());
    }

    #[test]
    fn every_ignored_advisory_has_a_reason_and_a_day() {
        let text = fs::read_to_string(root().join("deny.toml")).unwrap();
        let deny: toml::Table = toml::from_str(&text).unwrap();
        let ignored = deny["advisories"]["ignore"].as_array().unwrap();
        for entry in ignored {
            let reason = entry.get("reason").and_then(toml::Value::as_str).unwrap_or_default();
            let day = reason.rsplit(' ').next().unwrap_or_default();
            let is_day = day.len() == 10 && day.split('-').count() == 3;
            assert!(reason.len() > 20 && is_day, "{entry}");
        }
        assert!(!ignored.is_empty());
    }
}
