//! The console on macOS: where its installer puts it is not known, so the file association serves.

use crate::programs;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

pub(super) fn installed(_host: &str) -> Option<PathBuf> {
    None
}

/// A bundle is started by the system, which passes the arguments on as they are.
pub(super) fn run_script(program: &Path, script: &str) -> Vec<OsString> {
    if program.extension().is_none_or(|end| end != "app") {
        return super::program_with(program, script);
    }
    let mut command: Vec<OsString> = vec!["/usr/bin/open".into(), "-n".into(), "-a".into()];
    command.extend([
        program.into(),
        "--args".into(),
        "--run-script".into(),
        OsString::from(script),
    ]);
    command
}

/// `open` fails by itself when no program claims the file.
pub(super) fn open_script(file: &Path, _site_name: &str) -> io::Result<()> {
    programs::start(&["/usr/bin/open".into(), file.into()]).map_err(io::Error::other)
}
