//! Autostart on macOS: a launch agent of the user.

use super::Autostart;
use crate::environment::Environment;
use crate::files::write_private_atomically;
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
    write_private_atomically(&agent()?, plist(exe)?.as_bytes())
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

fn plist(exe: &Path) -> io::Result<String> {
    let path = exe.to_str().filter(|p| !p.chars().any(char::is_control)).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "the program's path cannot stand in a plist")
    })?;
    let path = path.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n\
         <key>Label</key><string>{LABEL}</string>\n\
         <key>ProgramArguments</key><array><string>{path}</string></array>\n\
         <key>RunAtLoad</key><true/>\n\
         <key>ProcessType</key><string>Interactive</string>\n\
         </dict>\n</plist>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_the_program_is_one_argument_of_the_agent() {
        let text = plist(Path::new("/Applications/A & <B>.app/Contents/MacOS/casebridge")).unwrap();
        let argument =
            "<string>/Applications/A &amp; &lt;B&gt;.app/Contents/MacOS/casebridge</string>";
        assert!(text.contains(&format!("<array>{argument}</array>")), "{text}");
    }
}
