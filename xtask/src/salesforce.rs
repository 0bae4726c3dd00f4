//! The Salesforce side: compiles its components for the simulator's page, and checks everything that
//! an org would check when it is deployed, as far as that is known without one.

use crate::process::{self, answers, note, npm_in, output, program, root, step};
use crate::setup;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

const FOLDER: &str = "salesforce";
const SOURCE: &str = "salesforce/force-app/main/default";

/// Fields of orgs that an administrator names in the settings, as examples and tests use them.
const OF_OTHERS: &[&str] = &["Host_Name__c", "Computer__c", "X__c", "Y__c"];

/// Installs what the checks need, and runs them.
pub(crate) fn run() -> Result<()> {
    setup::everything()?;
    check()
}

/// Installs the packages, and compiles the components unless that was done after the last change.
pub(crate) fn components() -> Result<()> {
    step("packages of the Salesforce components");
    setup::npm_packages(FOLDER)?;
    step("the Salesforce components");
    let from = ["force-app/main/default/lwc", "force-app/main/default/labels", "page", "tools"];
    let changed = from.iter().map(|part| newest(&root().join(FOLDER).join(part)));
    let changed = changed.collect::<io::Result<Vec<_>>>()?.into_iter().max();
    let made = root().join(FOLDER).join("dist/casebridge.js").metadata();
    if made.and_then(|file| file.modified()).ok() > changed {
        note("all there");
        return Ok(());
    }
    process::run(npm_in(FOLDER).args(["run", "--silent", "build"]))
}

fn newest(place: &Path) -> io::Result<SystemTime> {
    let file = place.metadata()?;
    let mut last = file.modified()?;
    if file.is_dir() {
        for entry in fs::read_dir(place)? {
            last = last.max(newest(&entry?.path())?);
        }
    }
    Ok(last)
}

/// Every check, quick ones first.
pub(crate) fn check() -> Result<()> {
    if !answers(program("java").arg("-version")) {
        setup::packages("Java for the checks of Apex", &["openjdk-17-jre-headless"])?;
    }
    if !answers(program("xmllint").arg("--version")) {
        setup::packages("xmllint for the metadata", &["libxml2-utils"])?;
    }
    step("names that Rust shares with the Salesforce metadata");
    shared_names()?;
    step("the Salesforce metadata is XML (xmllint)");
    well_formed()?;
    for (title, script) in [
        ("the Salesforce metadata can be deployed (convert, schema)", "metadata"),
        ("lint of the Salesforce components (eslint)", "lint"),
        ("format of the Salesforce side (prettier)", "format"),
        ("tests of the Salesforce components (jest)", "test"),
        ("types and rules of the Apex (apex-ls, PMD)", "apex"),
    ] {
        step(title);
        process::run(npm_in(FOLDER).args(["run", "--silent", script]))?;
    }
    Ok(())
}

/// Every custom field, object and relationship that a Rust source names exists in the metadata.
fn shared_names() -> Result<()> {
    let known = declared_names()?;
    let mut unknown = BTreeSet::new();
    let mut used = BTreeSet::new();
    for file in files("*.rs")? {
        let text = fs::read_to_string(root().join(&file))?;
        for name in custom_names(&text) {
            if known.contains(name) {
                used.insert(name.to_owned());
            } else if !OF_OTHERS.contains(&name) && !name.starts_with("BGIntegration__") {
                unknown.insert(format!("{file} names {name}"));
            }
        }
    }
    note(&format!("{} of {} declared names are used", used.len(), known.len()));
    if unknown.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = unknown.into_iter().collect();
    bail!("the metadata does not have:\n  {}", list.join("\n  "));
}

/// The words of a text that look like custom names, such as `LSID__c`.
fn custom_names(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| {
        let ends = ["__c", "__r", "__mdt"].iter().any(|end| word.ends_with(end));
        ends && word.starts_with(|c: char| c.is_ascii_uppercase())
    })
}

/// What the metadata declares: objects, fields, and relationships in both directions.
fn declared_names() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for file in files("*.field-meta.xml")?.into_iter().chain(files("*.object-meta.xml")?) {
        let name = Path::new(&file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default();
        names.insert(name.to_owned());
        let text = fs::read_to_string(root().join(&file))?;
        if let Some(children) = element(&text, "relationshipName") {
            names.insert(format!("{children}__r"));
            names.insert(format!("{}__r", name.trim_end_matches("__c")));
        }
    }
    Ok(names)
}

fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once("</")?.0.trim())
}

fn well_formed() -> Result<()> {
    let files: Vec<PathBuf> = files("*-meta.xml")?.iter().map(|file| root().join(file)).collect();
    note(&format!("{} files below {SOURCE} and beside it", files.len()));
    let status = program("xmllint").arg("--noout").args(files).status().context("xmllint")?;
    if !status.success() {
        bail!("xmllint ended with {status}");
    }
    Ok(())
}

/// The files of the repository whose names match, new ones among them.
fn files(pattern: &str) -> Result<Vec<String>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern];
    let names = output(program("git").args(list))?;
    let there = |name: &&str| root().join(name).exists();
    Ok(names.split_terminator('\0').filter(there).map(str::to_owned).collect())
}
