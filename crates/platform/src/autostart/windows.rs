//! Autostart on Windows: the `Run` key of the machine (the installer's) or the user.

use super::Autostart;
use std::io;
use std::path::Path;
use winreg::RegKey;
use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE};

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
const NAME: &str = "Casebridge";

pub(super) fn status() -> io::Result<Autostart> {
    if is_on(&machine(), RUN)? {
        return Ok(Autostart::EnabledForMachine);
    }
    Ok(match is_on(&user(), RUN)? {
        true => Autostart::Enabled,
        false => Autostart::Disabled,
    })
}

/// One owner: beside the installer's entry a second one would start it twice.
pub(super) fn enable(exe: &Path) -> io::Result<()> {
    if is_on(&machine(), RUN)? {
        return switch_off(&user(), RUN);
    }
    switch_on(&user(), RUN, exe)
}

pub(super) fn disable() -> io::Result<()> {
    switch_off(&user(), RUN)?;
    if is_on(&machine(), RUN)? {
        let text = "the installation starts Casebridge for every user; IT can change that";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
    }
    Ok(())
}

fn machine() -> RegKey {
    RegKey::predef(HKEY_LOCAL_MACHINE)
}

fn user() -> RegKey {
    RegKey::predef(HKEY_CURRENT_USER)
}

fn is_on(root: &RegKey, run: &str) -> io::Result<bool> {
    match root.open_subkey(run).and_then(|key| key.get_value::<String, _>(NAME)) {
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

fn switch_on(root: &RegKey, run: &str, exe: &Path) -> io::Result<()> {
    let exe = exe.to_str().filter(|path| !path.contains('"')).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "the program's path cannot be registered")
    })?;
    root.create_subkey(run)?.0.set_value(NAME, &format!("\"{exe}\""))
}

fn switch_off(root: &RegKey, run: &str) -> io::Result<()> {
    match root.create_subkey(run)?.0.delete_value(NAME) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autostart_follows_the_users_wish() {
        let run = format!(r"Software\Casebridge test {}\Run", std::process::id());
        assert!(!is_on(&user(), &run).unwrap());
        switch_off(&user(), &run).unwrap();
        switch_on(&user(), &run, Path::new(r"C:\Program Files\casebridge.exe")).unwrap();
        assert!(is_on(&user(), &run).unwrap());
        let command: String = user().open_subkey(&run).unwrap().get_value(NAME).unwrap();
        assert_eq!(command, r#""C:\Program Files\casebridge.exe""#);
        switch_off(&user(), &run).unwrap();
        assert!(!is_on(&user(), &run).unwrap());
        let (parent, _) = run.rsplit_once('\\').unwrap();
        user().delete_subkey_all(parent).unwrap();
    }
}
