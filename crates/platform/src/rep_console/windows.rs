//! The console on Windows: one folder for each site below the vendor's, and a file type.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use winreg::RegKey;
use winreg::enums::HKEY_CLASSES_ROOT;

use crate::environment::Environment;

/// The vendor's folders below the program folders, the older name first.
const VENDORS: [&str; 2] = ["Bomgar", "BeyondTrust"];
/// How far below the vendor's folder a console is looked for.
const DEPTH: usize = 4;

pub(super) fn installed(host: &str) -> Option<PathBuf> {
    let env = Environment::current();
    let roots: Vec<PathBuf> = ["ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"]
        .into_iter()
        .filter_map(|name| env.path(name))
        .collect();
    search(&roots, host)
}

/// The documented place first, then any console in a folder that is named after the host.
fn search(roots: &[PathBuf], host: &str) -> Option<PathBuf> {
    let usual = |root: &PathBuf| {
        let folder = root.join("Bomgar").join("Representative Console").join(host);
        Some(folder.join("bomgar-rep.exe")).filter(|path| path.is_file())
    };
    let below = |root: &PathBuf| {
        VENDORS.iter().find_map(|vendor| below(&root.join(vendor), host, false, DEPTH))
    };
    roots.iter().find_map(usual).or_else(|| roots.iter().find_map(below))
}

fn below(folder: &Path, host: &str, is_hosts: bool, depth: usize) -> Option<PathBuf> {
    let name = |path: &Path| {
        path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
    };
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let is_console = |path: &&PathBuf| {
        let name = name(path);
        name.starts_with("bomgar-rep") && name.ends_with(".exe") && path.is_file()
    };
    if is_hosts && let Some(console) = entries.iter().find(is_console) {
        return Some(console.clone());
    }
    let folders = entries.iter().filter(|path| depth > 0 && path.is_dir());
    folders.into_iter().find_map(|path| {
        below(path, host, is_hosts || name(path).eq_ignore_ascii_case(host), depth - 1)
    })
}

pub(super) fn run_script(program: &Path, script: &str) -> Vec<OsString> {
    super::program_with(program, script)
}

/// Lets the shell's own function open the file; no command line is made of it.
pub(super) fn open_script(file: &Path, site_name: &str) -> io::Result<()> {
    let kind = format!(".brcs-{site_name}");
    if RegKey::predef(HKEY_CLASSES_ROOT).open_subkey(&kind).is_err() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("No program opens {kind} files"),
        ));
    }
    open::that_detached(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, path: &str) -> PathBuf {
        let file = path.split('/').fold(root.to_path_buf(), |path, part| path.join(part));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "").unwrap();
        file
    }

    #[test]
    fn the_console_of_the_site_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let roots = [folder.path().join("x64"), folder.path().join("x86")];
        let host = "support.example.test";
        assert_eq!(search(&roots, host), None);
        put(&roots[0], "Bomgar/Representative Console/other.example.test/bomgar-rep.exe");
        put(&roots[0], "Bomgar/support.example.test.bak/bomgar-rep.exe");
        assert_eq!(search(&roots, host), None);
        let newer = put(&roots[1], "BeyondTrust/Console/Support.Example.Test/v2/bomgar-rep-7.exe");
        assert_eq!(search(&roots, host), Some(newer));
        let usual =
            put(&roots[1], "Bomgar/Representative Console/support.example.test/bomgar-rep.exe");
        assert_eq!(search(&roots, host), Some(usual));
    }
}
