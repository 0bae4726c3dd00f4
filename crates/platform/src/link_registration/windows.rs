//! Link registration on Windows: `Software\Classes` of the machine (the installer's) or the user.

use super::{Duty, Registration, SCHEME, require_quotable};
use std::io;
use std::path::{Path, PathBuf};
use winreg::RegKey;
use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE};

const CLASSES: &str = r"Software\Classes";

/// The user's entry wins over the machine's, as in Windows itself.
pub(super) fn status() -> io::Result<Registration> {
    if let Some(command) = command_in(&RegKey::predef(HKEY_CURRENT_USER), CLASSES)? {
        return Ok(judge(&command, "the user's registration"));
    }
    match command_in(&RegKey::predef(HKEY_LOCAL_MACHINE), CLASSES)? {
        Some(command) => Ok(judge(&command, "the installer")),
        None => Ok(Registration::Missing),
    }
}

/// A user's entry outlives the uninstall and wins over the installer's: only without one. It is written
/// anew each time, so that it follows the program to another folder.
pub(super) fn duty(exe: &Path) -> io::Result<Duty> {
    let (user, machine) = roots();
    if take_back((&machine, CLASSES), (&user, CLASSES))? {
        return Ok(Duty::Nothing);
    }
    require_quotable(exe, &['"'])?;
    Ok(Duty::Register)
}

/// The plugin's own way would remove the installer's entry first, or stop at it.
pub(super) fn repair() -> io::Result<()> {
    let (user, machine) = roots();
    take_back((&machine, CLASSES), (&user, CLASSES)).map(drop)
}

fn roots() -> (RegKey, RegKey) {
    (RegKey::predef(HKEY_CURRENT_USER), RegKey::predef(HKEY_LOCAL_MACHINE))
}

/// Where the installer's program opens links, a user's own entry for a Casebridge, or for a program that
/// is gone, is taken back: it would shadow the installer's. What the person chose instead stays. Says
/// whether the installer's program is there.
fn take_back(
    (machine, of_machine): (&RegKey, &str),
    (user, of_user): (&RegKey, &str),
) -> io::Result<bool> {
    let installed = command_in(machine, of_machine)?;
    let is_there = |command: &str| matches!(judge(command, ""), Registration::Registered { .. });
    if !installed.as_deref().is_some_and(is_there) {
        return Ok(false);
    }
    let own = command_in(user, of_user)?.and_then(|command| program(&command));
    if own.is_some_and(|own| is_casebridge(&own) || !own.is_file()) {
        user.delete_subkey_all(format!(r"{of_user}\{SCHEME}"))?;
        tracing::info!("a user's own registration that shadowed the installer's was taken back");
    }
    Ok(true)
}

fn judge(command: &str, by: &str) -> Registration {
    match program(command) {
        Some(path) if is_casebridge(&path) && path.is_file() => {
            Registration::Registered { by: by.to_owned() }
        }
        _ => Registration::Other { handler: command.to_owned() },
    }
}

fn is_casebridge(program: &Path) -> bool {
    program
        .file_stem()
        .is_some_and(|stem| stem.to_string_lossy().to_ascii_lowercase().starts_with("casebridge"))
}

fn program(command: &str) -> Option<PathBuf> {
    let text = match command.trim().strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => command.split_whitespace().next()?,
    };
    Some(PathBuf::from(text))
}

fn command_in(root: &RegKey, classes: &str) -> io::Result<Option<String>> {
    let key = root.open_subkey(format!(r"{classes}\{SCHEME}\shell\open\command"));
    match key.and_then(|key| key.get_value::<String, _>("")) {
        Ok(command) => Ok(Some(command)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As an installer and the plugin do.
    fn register_in(root: &RegKey, classes: &str, exe: &Path) {
        let (scheme, _) = root.create_subkey(format!(r"{classes}\{SCHEME}")).unwrap();
        scheme.set_value("URL Protocol", &"").unwrap();
        let (command, _) = scheme.create_subkey(r"shell\open\command").unwrap();
        command.set_value("", &format!("\"{}\" \"%1\"", exe.display())).unwrap();
    }

    #[test]
    fn a_registration_is_read_and_one_of_a_program_that_is_gone_is_none() {
        let user = RegKey::predef(HKEY_CURRENT_USER);
        let classes = format!(r"Software\Casebridge test {}", std::process::id());
        assert_eq!(command_in(&user, &classes).unwrap(), None);
        let exe = Path::new(r"C:\Program Files\Casebridge\casebridge.exe");
        register_in(&user, &classes, exe);
        let command = command_in(&user, &classes).unwrap().unwrap();
        assert_eq!(command, r#""C:\Program Files\Casebridge\casebridge.exe" "%1""#);
        assert_eq!(program(&command).as_deref(), Some(exe));
        assert!(matches!(judge(&command, "test"), Registration::Other { .. }), "not installed");
        user.delete_subkey_all(&classes).unwrap();
    }

    #[test]
    fn c1_a_stale_entry_of_the_user_does_not_shadow_the_installers() {
        let root = RegKey::predef(HKEY_CURRENT_USER);
        let base = format!(r"Software\Casebridge stale test {}", std::process::id());
        let (of_machine, of_user) = (format!(r"{base}\machine"), format!(r"{base}\user"));
        let folder = tempfile::tempdir().unwrap();
        let installed = folder.path().join("casebridge.exe");
        std::fs::write(&installed, b"").unwrap();
        let both = || take_back((&root, &of_machine), (&root, &of_user)).unwrap();
        let gone = Path::new(r"C:\old\gone\casebridge.exe");
        register_in(&root, &of_user, gone);
        assert!(!both(), "there is no installer's");
        assert!(command_in(&root, &of_user).unwrap().is_some());
        register_in(&root, &of_machine, gone);
        assert!(!both(), "the installer's program is gone");
        register_in(&root, &of_machine, &installed);
        assert!(both());
        assert_eq!(command_in(&root, &of_user).unwrap(), None);
        // Another program that is there is the person's own choice.
        let other = folder.path().join("other.exe");
        std::fs::write(&other, b"").unwrap();
        register_in(&root, &of_user, &other);
        assert!(both());
        assert!(command_in(&root, &of_user).unwrap().is_some());
        root.delete_subkey_all(&base).unwrap();
    }

    #[test]
    fn another_program_is_named() {
        let exe = std::env::current_exe().unwrap();
        let command = format!("\"{}\" \"%1\"", exe.display());
        let expected = match is_casebridge(&exe) {
            true => Registration::Registered { by: "test".to_owned() },
            false => Registration::Other { handler: command.clone() },
        };
        assert_eq!(judge(&command, "test"), expected);
        let other = r"C:\Windows\notepad.exe %1".to_owned();
        assert_eq!(judge(&other, "test"), Registration::Other { handler: other.clone() });
    }

    #[test]
    fn s4_a_path_that_could_smuggle_a_word_is_refused() {
        for path in ["C:\\a\" \"b.exe", "C:\\a\nb.exe", "b.exe"] {
            assert!(require_quotable(Path::new(path), &['"']).is_err(), "{path}");
        }
        require_quotable(Path::new(r"C:\Program Files\casebridge.exe"), &['"']).unwrap();
    }
}
