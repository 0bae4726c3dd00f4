//! Link registration on Linux, read by the specifications of freedesktop.org: desktop entries and the
//! lists of what opens what. `xdg-mime` need not be there for a check, and no process has to start.

use super::{Duty, Registration, require_quotable};
use crate::desktop_entry::{program, value, value_in};
use crate::environment::Environment;
use crate::files::read_limited;
use std::io;
use std::path::{Path, PathBuf};

const MIME_TYPE: &str = "x-scheme-handler/casebridge";
/// The bundler names the entry after the product.
const PACKAGED: &str = "Casebridge.desktop";
/// The plugin names the entry after the program.
const OWN: &str = "casebridge-handler.desktop";
const DEFAULTS: &str = "[Default Applications]";
const LIMIT: u64 = 1024 * 1024;

pub(super) fn status() -> io::Result<Registration> {
    Records::of(&Environment::current()).map(|records| records.status())
}

pub(super) fn duty(exe: &Path) -> io::Result<Duty> {
    Records::of(&Environment::current())?.duty(exe)
}

/// The plugin takes it back, at the next start.
pub(super) fn repair() -> io::Result<()> {
    Ok(())
}

/// Where the desktop keeps what opens what.
struct Records {
    config_home: PathBuf,
    config_dirs: Vec<PathBuf>,
    data_home: PathBuf,
    data_dirs: Vec<PathBuf>,
    desktops: Vec<String>,
}

impl Records {
    fn of(env: &Environment) -> io::Result<Self> {
        let desktops = env.get("XDG_CURRENT_DESKTOP").and_then(|d| d.to_str()).unwrap_or_default();
        Ok(Self {
            config_home: env.xdg("XDG_CONFIG_HOME", ".config")?,
            config_dirs: env.paths("XDG_CONFIG_DIRS", "/etc/xdg"),
            data_home: env.xdg("XDG_DATA_HOME", ".local/share")?,
            data_dirs: env.paths("XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
            desktops: desktops.split(':').map(str::to_ascii_lowercase).collect(),
        })
    }

    fn status(&self) -> Registration {
        let Some((id, entry)) = self.default_entry() else { return Registration::Missing };
        if id != PACKAGED && id != OWN {
            return Registration::Other { handler: id };
        }
        match program(&entry) {
            Some(path) if path.is_absolute() && !path.is_file() => {
                Registration::Other { handler: format!("{} (missing)", path.display()) }
            }
            _ => Registration::Registered { by: id },
        }
    }

    /// The entry that is set as the default, else the first one that names the type.
    fn default_entry(&self) -> Option<(String, String)> {
        let set = self.mimeapps_lists().into_iter().flat_map(|list| {
            let text = read_text(&list).unwrap_or_default();
            ids(value_in(&text, DEFAULTS, MIME_TYPE))
        });
        let cached = self.application_dirs().flat_map(|dir| {
            let text = read_text(&dir.join("mimeinfo.cache")).unwrap_or_default();
            ids(value_in(&text, "[MIME Cache]", MIME_TYPE))
        });
        let known = [PACKAGED.to_owned(), OWN.to_owned()];
        set.chain(cached).chain(known).find_map(|id| {
            let entry = self.entry(&id)?;
            (opens_links(&entry)).then_some((id, entry))
        })
    }

    fn entry(&self, id: &str) -> Option<String> {
        // An entry below a folder is named with dashes; ours and the usual ones are not.
        if id.contains('/') {
            return None;
        }
        self.application_dirs().find_map(|dir| read_text(&dir.join(id)))
    }

    fn application_dirs(&self) -> impl Iterator<Item = PathBuf> {
        std::iter::once(&self.data_home).chain(&self.data_dirs).map(|dir| dir.join("applications"))
    }

    /// The lists by their precedence, those of the running desktop before the general ones.
    fn mimeapps_lists(&self) -> Vec<PathBuf> {
        let configs = std::iter::once(&self.config_home).chain(&self.config_dirs).cloned();
        configs.chain(self.application_dirs()).flat_map(|dir| self.lists_in(&dir)).collect()
    }

    fn lists_in(&self, dir: &Path) -> Vec<PathBuf> {
        let own = self.desktops.iter().filter(|d| !d.is_empty() && !d.contains('/'));
        let mut lists: Vec<_> = own.map(|d| dir.join(format!("{d}-mimeapps.list"))).collect();
        lists.push(dir.join("mimeapps.list"));
        lists
    }

    fn duty(&self, exe: &Path) -> io::Result<Duty> {
        if self.is_packaged() {
            return Ok(Duty::Unregister);
        }
        // What would need an escape of its own between quotes in `Exec`: the plugin writes none.
        require_quotable(exe, &['"', '\\', '`', '$', '%'])?;
        Ok(Duty::Register)
    }

    fn is_packaged(&self) -> bool {
        let entries = self.data_dirs.iter().map(|dir| dir.join("applications").join(PACKAGED));
        entries.filter_map(|path| read_text(&path)).any(|entry| opens_links(&entry))
    }
}

fn read_text(path: &Path) -> Option<String> {
    read_limited(path, LIMIT).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

fn ids(list: Option<&str>) -> Vec<String> {
    let ids = list.unwrap_or_default().split(';').map(str::trim).filter(|id| !id.is_empty());
    ids.map(str::to_owned).collect()
}

fn opens_links(entry: &str) -> bool {
    value(entry, "MimeType").is_some_and(|types| types.split(';').any(|t| t.trim() == MIME_TYPE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Desktop {
        temp: tempfile::TempDir,
        records: Records,
    }

    impl Desktop {
        fn new() -> Self {
            let temp = tempfile::tempdir().unwrap();
            let below = |name: &str| temp.path().join(name);
            let env = Environment::of([
                ("XDG_CONFIG_HOME", below("config")),
                ("XDG_CONFIG_DIRS", below("etc")),
                ("XDG_DATA_HOME", below("data")),
                ("XDG_DATA_DIRS", below("usr")),
                ("XDG_CURRENT_DESKTOP", PathBuf::from("ubuntu:GNOME")),
            ]);
            let records = Records::of(&env).unwrap();
            Self { temp, records }
        }

        fn write(&self, name: &str, text: &str) -> PathBuf {
            let path = self.temp.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        }

        /// What the plugin writes for the user.
        fn register(&self, exe: &Path) {
            let handler = entry(&format!("\"{}\" %u", exe.display()));
            self.write("data/applications/casebridge-handler.desktop", &handler);
            self.write("config/mimeapps.list", &format!("{DEFAULTS}\n{MIME_TYPE}={OWN}\n"));
        }
    }

    fn entry(exec: &str) -> String {
        format!("[Desktop Entry]\nExec={exec}\nMimeType={MIME_TYPE};\n")
    }

    #[test]
    fn on_a_bare_desktop_the_user_is_to_be_registered() {
        let desktop = Desktop::new();
        let exe = desktop.write("a b/casebridge", "");
        assert_eq!(desktop.records.status(), Registration::Missing);
        assert_eq!(desktop.records.duty(&exe).unwrap(), Duty::Register);
        desktop.register(&exe);
        assert_eq!(desktop.records.status(), Registration::Registered { by: OWN.to_owned() });
    }

    #[test]
    fn a_packaged_entry_is_left_to_open_links_and_an_older_registration_is_to_be_taken_back() {
        let desktop = Desktop::new();
        let exe = desktop.write("bin/casebridge", "");
        desktop.register(&exe);
        desktop.write("usr/applications/Casebridge.desktop", &entry("casebridge %u"));
        assert_eq!(desktop.records.duty(&exe).unwrap(), Duty::Unregister);
        desktop.write("config/mimeapps.list", "");
        assert_eq!(desktop.records.status(), Registration::Registered { by: PACKAGED.to_owned() });
    }

    #[test]
    fn another_programs_entry_is_named() {
        let desktop = Desktop::new();
        desktop.write("data/applications/evil.desktop", &entry("/bin/evil %u"));
        desktop.write(
            "config/gnome-mimeapps.list",
            &format!("{DEFAULTS}\n{MIME_TYPE}=gone.desktop;evil.desktop;\n"),
        );
        let other = Registration::Other { handler: "evil.desktop".to_owned() };
        assert_eq!(desktop.records.status(), other);
    }

    #[test]
    fn an_entry_whose_program_is_gone_is_not_taken_for_a_registration() {
        let desktop = Desktop::new();
        let exe = desktop.write("bin/casebridge", "");
        desktop.register(&exe);
        fs::remove_file(&exe).unwrap();
        let status = desktop.records.status();
        assert!(matches!(status, Registration::Other { .. }), "{status:?}");
    }

    #[test]
    fn s4_a_path_that_could_smuggle_a_line_is_refused() {
        let desktop = Desktop::new();
        for path in
            ["/bin/a\nExec=evil", "/bin/a\" \"b", "/bin/$x", "/bin/a\\b", "/bin/%c", "relative"]
        {
            assert!(desktop.records.duty(Path::new(path)).is_err(), "{path}");
        }
    }
}
