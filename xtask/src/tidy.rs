//! Checks what the compiler cannot: the edges between crates, that files do not import each other in a
//! circle, that code names settings by their declarations, that no file names this machine, that what
//! comments and guides point to is there, and that each row of the vendor's integration has its test.
//! Prints the sizes of files and functions; nothing fails on those.

mod circles;
mod citations;
mod edges;
mod figures;
mod rows;
mod setting_keys;

use crate::process::{output, program, root, step};
use anyhow::{Result, bail};
use std::fs;
use std::path::PathBuf;

/// Checks and prints.
pub(crate) fn run() -> Result<()> {
    step("edges between crates");
    let mut complaints = edges::check()?;
    step("files");
    let files = sources()?;
    complaints.extend(machine_paths(&files));
    complaints.extend(missing_module_docs(&files));
    complaints.extend(citations::check(&files, |path| root().join(path).exists()));
    complaints.extend(codes_without_a_test(&files));
    complaints.extend(setting_keys::check(&files));
    complaints.extend(circles::check(&files));
    complaints.extend(rows::check(&files));
    figures::print(&files);
    if complaints.is_empty() {
        return Ok(());
    }
    bail!("{} things to put right:\n  {}", complaints.len(), complaints.join("\n  "));
}

/// One text file of the repository.
struct Source {
    path: String,
    text: String,
}

fn sources() -> Result<Vec<Source>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let names = output(program("git").args(list))?;
    let paths = names.split_terminator('\0').map(str::to_owned);
    // A file that git still lists may have been deleted; one that is no text has no lines.
    let read =
        |path: String| Some(Source { text: fs::read_to_string(root().join(&path)).ok()?, path });
    Ok(paths.filter_map(read).collect())
}

/// Files that name a folder of this machine.
fn machine_paths(files: &[Source]) -> Vec<String> {
    let home = std::env::home_dir().filter(|home| home.components().count() > 1);
    let folders: Vec<PathBuf> = home.into_iter().chain([root()]).collect();
    let needles: Vec<String> = folders.iter().map(|path| format!("{}/", path.display())).collect();
    let hit = |file: &Source| {
        let needle = needles.iter().find(|needle| file.text.contains(*needle))?;
        Some(format!("{} names {needle}, a folder of this machine", file.path))
    };
    files.iter().filter_map(hit).collect()
}

/// Rust modules that do not open with what they own.
fn missing_module_docs(files: &[Source]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.ends_with(".rs") && !file.text.starts_with("//!"))
        .map(|file| format!("{} does not open with //!", file.path))
        .collect()
}

/// Failure codes that no test names.
fn codes_without_a_test(files: &[Source]) -> Vec<String> {
    const LIST: &str = "crates/domain/src/failure.rs";
    let tests = |file: &&Source| {
        let whole = file.path.starts_with("tests/") || file.path.ends_with("tests.rs");
        let start = if whole { Some(0) } else { file.text.find("#[cfg(test)]") };
        (file.path.ends_with(".rs") && file.path != LIST)
            .then(|| start.and_then(|start| file.text.get(start..)))
            .flatten()
            .map(str::to_owned)
    };
    let tests: Vec<String> = files.iter().filter_map(|file| tests(&file)).collect();
    let list = files.iter().find(|file| file.path == LIST);
    let rows = list.into_iter().flat_map(|file| file.text.lines()).filter_map(|line| {
        let (name, rest) = line.trim().split_once(": \"")?;
        let (code, _) = rest.split_once("\", \"")?;
        name.chars().all(char::is_alphanumeric).then_some((name, code))
    });
    rows.filter(|(name, code)| {
        let (variant, word) = (format!("Code::{name}"), format!("\"{code}\""));
        !tests.iter().any(|text| text.contains(&variant) || text.contains(&word))
    })
    .map(|(_, code)| format!("no test names the failure {code}"))
    .collect()
}
