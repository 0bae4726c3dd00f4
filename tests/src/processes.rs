//! What the system says of running programs: who started whom, and how much memory they hold.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;

/// A running process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub id: u32,
    /// Its name, as far as the system keeps it (15 bytes).
    pub name: String,
    parent: u32,
}

/// A process with all that it started and all that those started.
///
/// # Errors
/// When the system cannot be asked.
pub fn family(id: u32) -> Result<Vec<Process>> {
    let all = all()?;
    let mut family: Vec<Process> = all.get(&id).cloned().into_iter().collect();
    let mut at = 0;
    while let Some(parent) = family.get(at).map(|process| process.id) {
        family.extend(all.values().filter(|process| process.parent == parent).cloned());
        at += 1;
    }
    Ok(family)
}

/// Whether a process with this name belongs to the family.
///
/// # Errors
/// When the system cannot be asked.
pub fn has_relative(id: u32, name: &str) -> Result<bool> {
    // The system keeps the first 15 bytes.
    Ok(family(id)?.iter().any(|process| name.starts_with(&process.name) && process.id != id))
}

/// The memory of a family in KiB, what is shared with others counted in parts (PSS).
///
/// # Errors
/// When the process is gone.
pub fn memory(id: u32) -> Result<u64> {
    family(id)?.iter().map(|process| pss(process.id)).sum()
}

fn pss(id: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let number = line.and_then(|line| line.split_whitespace().next()).context("no Pss")?;
    Ok(number.parse()?)
}

fn all() -> Result<BTreeMap<u32, Process>> {
    let entries = fs::read_dir("/proc")?.flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    // One that ends meanwhile is none any more.
    Ok(ids.filter_map(read).map(|process| (process.id, process)).collect())
}

fn read(id: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in parentheses and may hold any character.
    let (head, tail) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    let parent = tail.split_whitespace().nth(1)?.parse().ok()?;
    Some(Process { id, name: name.to_owned(), parent })
}
