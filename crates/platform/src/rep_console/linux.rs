//! The console on Linux: where its installer puts it is not known, so the file association serves.

use crate::programs;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Types that every file has; what opens them is an editor, not a console.
const ANY: [&str; 3] = ["text/plain", "application/octet-stream", "application/x-zerosize"];

pub(super) fn installed(_host: &str) -> Option<PathBuf> {
    None
}

pub(super) fn run_script(program: &Path, script: &str) -> Vec<OsString> {
    super::program_with(program, script)
}

/// Opens the file with the program that its type belongs to, if it has a type of its own.
pub(super) fn open_script(file: &Path, site_name: &str) -> io::Result<()> {
    let kind = ask(&["query".as_ref(), "filetype".as_ref(), file.as_os_str()])?;
    let is_own = !kind.is_empty() && !ANY.contains(&kind.as_str());
    if !is_own || ask(&["query".as_ref(), "default".as_ref(), kind.as_ref()])?.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("No program opens .brcs-{site_name} files"),
        ));
    }
    programs::start(&["xdg-open".into(), file.into()]).map_err(io::Error::other)
}

fn ask(arguments: &[&std::ffi::OsStr]) -> io::Result<String> {
    let answer = Command::new("xdg-mime")
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let answer = answer.map_err(|e| io::Error::new(e.kind(), format!("xdg-mime: {e}")))?;
    Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}
