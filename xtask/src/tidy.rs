//! Checks what the compiler cannot: the edges between crates, and that no file names this machine.
//! Prints the sizes of files and functions; nothing fails on those.

mod edges;
mod figures;

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
