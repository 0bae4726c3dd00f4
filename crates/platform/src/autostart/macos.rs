//! Autostart on macOS: a launch agent of the user.

use super::Autostart;
use crate::environment::Environment;
use crate::files::write_private_atomically;
use plist::{Dictionary, Value};
use std::io;
use std::path::{Path, PathBuf};

const LABEL: &str = "app.casebridge.autostart";

pub(super) fn status() -> io::Result<Autostart> {
    Ok(match agent()?.is_file() {
        true => Autostart::Enabled,
        false => Autostart::Disabled,
    })
}

pub(super) fn enable(exe: &Path) -> io::Result<()> {
    write_private_atomically(&agent()?, &property_list(exe)?)
}

pub(super) fn disable() -> io::Result<()> {
    match std::fs::remove_file(agent()?) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

fn agent() -> io::Result<PathBuf> {
    let agents = Environment::current().home()?.join("Library/LaunchAgents");
    Ok(agents.join(format!("{LABEL}.plist")))
}

fn property_list(exe: &Path) -> io::Result<Vec<u8>> {
    let path = exe.to_str().filter(|p| !p.chars().any(char::is_control)).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "the program's path cannot stand in a plist")
    })?;
    let agent = Dictionary::from_iter([
        ("Label", Value::from(LABEL)),
        ("ProgramArguments", Value::Array(vec![path.into()])),
        ("RunAtLoad", true.into()),
        ("ProcessType", "Interactive".into()),
    ]);
    let mut text = Vec::new();
    Value::Dictionary(agent).to_writer_xml(&mut text).map_err(io::Error::other)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_the_program_is_one_argument_of_the_agent() {
        let path = "/Applications/A & <B>.app/Contents/MacOS/casebridge";
        let text = property_list(Path::new(path)).unwrap();
        let agent = Value::from_reader_xml(text.as_slice()).unwrap().into_dictionary().unwrap();
        assert_eq!(agent["ProgramArguments"].as_array().unwrap(), &[Value::from(path)]);
        assert_eq!(agent["RunAtLoad"].as_boolean(), Some(true));
        assert!(property_list(Path::new("/a\nb")).is_err());
    }
}
