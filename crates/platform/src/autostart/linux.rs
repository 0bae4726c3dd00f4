//! Autostart on Linux: an entry in the `autostart` folder of the user's settings.

use super::Autostart;
use crate::desktop_entry::{exec_word, value};
use crate::environment::Environment;
use crate::files::{read_limited, write_shared_atomically};
use std::io;
use std::path::{Path, PathBuf};

const ENTRY: &str = "autostart/casebridge.desktop";
const LIMIT: u64 = 64 * 1024;

pub(super) fn status() -> io::Result<Autostart> {
    Records::of(&Environment::current()).map(|records| records.status())
}

pub(super) fn enable(exe: &Path) -> io::Result<()> {
    Records::of(&Environment::current())?.enable(exe)
}

pub(super) fn disable() -> io::Result<()> {
    Records::of(&Environment::current())?.disable()
}

struct Records {
    own: PathBuf,
    machines: Vec<PathBuf>,
}

impl Records {
    fn of(env: &Environment) -> io::Result<Self> {
        let dirs = env.paths("XDG_CONFIG_DIRS", "/etc/xdg");
        Ok(Self {
            own: env.xdg("XDG_CONFIG_HOME", ".config")?.join(ENTRY),
            machines: dirs.iter().map(|dir| dir.join(ENTRY)).collect(),
        })
    }

    /// The user's entry hides the machine's.
    fn status(&self) -> Autostart {
        match read_text(&self.own) {
            Some(own) if is_on(&own) => Autostart::Enabled,
            Some(_) => Autostart::Disabled,
            None if self.is_on_for_machine() => Autostart::EnabledForMachine,
            None => Autostart::Disabled,
        }
    }

    fn is_on_for_machine(&self) -> bool {
        self.machines.iter().find_map(|path| read_text(path)).is_some_and(|entry| is_on(&entry))
    }

    fn enable(&self, exe: &Path) -> io::Result<()> {
        if self.is_on_for_machine() {
            return self.remove_own();
        }
        let word = exec_word(exe).filter(|_| exe.is_absolute()).ok_or_else(|| {
            let text = "the program's path cannot stand in a desktop entry";
            io::Error::new(io::ErrorKind::InvalidInput, text)
        })?;
        self.write(&format!(
            "[Desktop Entry]\nType=Application\nName=Casebridge\nExec={word}\nTerminal=false\n\
             X-GNOME-Autostart-enabled=true\n"
        ))
    }

    fn disable(&self) -> io::Result<()> {
        if self.is_on_for_machine() {
            return self.write(
                "[Desktop Entry]\nType=Application\nName=Casebridge\nExec=casebridge\nHidden=true\n",
            );
        }
        self.remove_own()
    }

    fn write(&self, entry: &str) -> io::Result<()> {
        match read_text(&self.own) {
            Some(own) if own == entry => Ok(()),
            _ => write_shared_atomically(&self.own, entry.as_bytes()),
        }
    }

    fn remove_own(&self) -> io::Result<()> {
        match std::fs::remove_file(&self.own) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}

fn read_text(path: &Path) -> Option<String> {
    read_limited(path, LIMIT).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

fn is_on(entry: &str) -> bool {
    value(entry, "Hidden") != Some("true")
        && value(entry, "X-GNOME-Autostart-enabled") != Some("false")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn records(temp: &Path) -> Records {
        let env = Environment::of([
            ("XDG_CONFIG_HOME", temp.join("config")),
            ("XDG_CONFIG_DIRS", temp.join("etc")),
        ]);
        Records::of(&env).unwrap()
    }

    #[test]
    fn autostart_follows_the_users_wish() {
        let temp = tempfile::tempdir().unwrap();
        let records = records(temp.path());
        assert_eq!(records.status(), Autostart::Disabled);
        records.disable().unwrap();
        records.enable(Path::new("/opt/case bridge/casebridge")).unwrap();
        assert_eq!(records.status(), Autostart::Enabled);
        let entry = fs::read_to_string(&records.own).unwrap();
        assert!(entry.contains("\nExec=\"/opt/case bridge/casebridge\"\n"), "{entry}");
        records.disable().unwrap();
        assert_eq!(records.status(), Autostart::Disabled);
        assert!(!records.own.exists());
    }

    #[test]
    fn the_users_wish_overrides_the_machines() {
        let temp = tempfile::tempdir().unwrap();
        let records = records(temp.path());
        let machine = temp.path().join("etc").join(ENTRY);
        fs::create_dir_all(machine.parent().unwrap()).unwrap();
        fs::write(machine, "[Desktop Entry]\nExec=casebridge\n").unwrap();
        assert_eq!(records.status(), Autostart::EnabledForMachine);
        records.disable().unwrap();
        assert_eq!(records.status(), Autostart::Disabled);
        records.enable(Path::new("/usr/bin/casebridge")).unwrap();
        assert_eq!(records.status(), Autostart::EnabledForMachine);
    }

    #[test]
    fn what_the_desktop_itself_switched_off_is_off() {
        let temp = tempfile::tempdir().unwrap();
        let records = records(temp.path());
        records.enable(Path::new("/usr/bin/casebridge")).unwrap();
        let entry = fs::read_to_string(&records.own).unwrap();
        fs::write(&records.own, entry.replace("enabled=true", "enabled=false")).unwrap();
        assert_eq!(records.status(), Autostart::Disabled);
    }
}
