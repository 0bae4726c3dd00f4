//! Link registration on macOS: the bundle's `Info.plist` names the scheme.

use super::{Duty, Registration};
use std::io;
use std::path::Path;

pub(super) fn status() -> io::Result<Registration> {
    Ok(match is_bundled(&std::env::current_exe()?) {
        true => Registration::Registered { by: "the application bundle".to_owned() },
        false => Registration::Missing,
    })
}

/// Launch Services reads the bundle when it is installed; there is nothing to write.
pub(super) fn duty(exe: &Path) -> io::Result<Duty> {
    if is_bundled(exe) {
        return Ok(Duty::Nothing);
    }
    Err(io::Error::new(io::ErrorKind::Unsupported, "only an application bundle can open links"))
}

/// There are no registrations of users.
pub(super) fn repair() -> io::Result<()> {
    Ok(())
}

fn is_bundled(exe: &Path) -> bool {
    exe.ancestors().any(|dir| dir.extension().is_some_and(|extension| extension == "app"))
}
