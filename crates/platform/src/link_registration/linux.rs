//! Link registration on Linux: a desktop entry and the user's `mimeapps.list`.
//!
//! The records are read and written here, by the specifications of freedesktop.org, which is what
//! `xdg-mime` does in its GNOME mode: it need not be installed, and no process has to start.

use super::Registration;
use crate::desktop_entry::{exec_word, program, value, value_in};
use crate::environment::Environment;
use crate::files::{read_limited, write_shared_atomically};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MIME_TYPE: &str = "x-scheme-handler/casebridge";
/// The bundler names the entry after the product.
const PACKAGED: &str = "Casebridge.desktop";
const OWN: &str = "casebridge-handler.desktop";
const DEFAULTS: &str = "[Default Applications]";
const LIMIT: u64 = 1024 * 1024;

pub(super) fn status() -> io::Result<Registration> {
    Records::of(&Environment::current()).map(|records| records.status())
}

pub(super) fn register_for_user(exe: &Path) -> io::Result<()> {
    Records::of(&Environment::current())?.register(exe)
}

pub(super) fn repair() -> io::Result<()> {
    let records = Records::of(&Environment::current())?;
    if records.is_packaged() { records.unregister() } else { Ok(()) }
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

    fn register(&self, exe: &Path) -> io::Result<()> {
        if self.is_packaged() {
            return self.unregister();
        }
        let entry = handler_entry(exe)?;
        let applications = self.data_home.join("applications");
        let path = applications.join(OWN);
        if read_text(&path).as_deref() != Some(&entry) {
            write_shared_atomically(&path, entry.as_bytes())?;
            update_cache(&applications);
        }
        self.set_default(Some(OWN))
    }

    fn is_packaged(&self) -> bool {
        let entries = self.data_dirs.iter().map(|dir| dir.join("applications").join(PACKAGED));
        entries.filter_map(|path| read_text(&path)).any(|entry| opens_links(&entry))
    }

    /// Takes back what an earlier version registered for the user before a package came.
    fn unregister(&self) -> io::Result<()> {
        let applications = self.data_home.join("applications");
        match std::fs::remove_file(applications.join(OWN)) {
            Ok(()) => update_cache(&applications),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(e),
        }
        self.set_default(None)
    }

    fn set_default(&self, id: Option<&str>) -> io::Result<()> {
        let list = self.config_home.join("mimeapps.list");
        // Many people keep their settings elsewhere and link to them; a link stays a link.
        let list = list.canonicalize().unwrap_or(list);
        let text = match read_limited(&list, LIMIT) {
            Ok(bytes) => String::from_utf8(bytes)
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(e),
        };
        let now = value_in(&text, DEFAULTS, MIME_TYPE);
        if id.is_none() && now.is_some_and(|v| v.trim_end_matches(';') != OWN) || id == now {
            return Ok(());
        }
        write_shared_atomically(&list, with_default(&text, id).as_bytes())
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

fn handler_entry(exe: &Path) -> io::Result<String> {
    let word = exec_word(exe).filter(|_| exe.is_absolute()).ok_or_else(|| {
        let text = "the program's path cannot stand in a desktop entry";
        io::Error::new(io::ErrorKind::InvalidInput, text)
    })?;
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName=Casebridge\nExec={word} %u\nTerminal=false\n\
         NoDisplay=true\nMimeType={MIME_TYPE};\n"
    ))
}

/// The list with another default for the links, or with none; every other line stays.
fn with_default(text: &str, id: Option<&str>) -> String {
    let mut lines = Vec::new();
    let mut in_defaults = false;
    let mut line_to_add = id.map(|id| format!("{MIME_TYPE}={id}"));
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            in_defaults = line.trim() == DEFAULTS;
        }
        let is_ours = line.split_once('=').is_some_and(|(key, _)| key.trim() == MIME_TYPE);
        if in_defaults && is_ours {
            continue;
        }
        lines.push(line.to_owned());
        if in_defaults {
            lines.extend(line_to_add.take());
        }
    }
    if let Some(line) = line_to_add {
        lines.extend([DEFAULTS.to_owned(), line]);
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Desktops that read the cache only learn of the entry by this; it may be missing.
fn update_cache(applications: &Path) {
    let result = Command::new("update-desktop-database")
        .arg(applications)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if let Err(e) = result {
        tracing::debug!(error = %e, "the desktop's cache was not updated");
    }
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

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.temp.path().join(name)).unwrap()
        }
    }

    fn entry(exec: &str) -> String {
        format!("[Desktop Entry]\nExec={exec}\nMimeType={MIME_TYPE};\n")
    }

    #[test]
    fn on_a_bare_desktop_the_user_is_registered() {
        let desktop = Desktop::new();
        let exe = desktop.write("bin/casebridge", "");
        assert_eq!(desktop.records.status(), Registration::Missing);
        desktop.records.register(&exe).unwrap();
        desktop.records.register(&exe).unwrap();
        assert_eq!(desktop.records.status(), Registration::Registered { by: OWN.to_owned() });
        let written = desktop.read("data/applications/casebridge-handler.desktop");
        assert!(written.contains(&format!("Exec={} %u\n", exe.display())), "{written}");
        assert!(written.contains("NoDisplay=true"));
        let list = desktop.read("config/mimeapps.list");
        assert_eq!(list.matches(MIME_TYPE).count(), 1, "{list}");
    }

    #[test]
    fn a_packaged_entry_is_left_to_open_links_and_an_older_registration_is_taken_back() {
        let desktop = Desktop::new();
        let exe = desktop.write("bin/casebridge", "");
        desktop.records.register(&exe).unwrap();
        desktop.write("usr/applications/Casebridge.desktop", &entry("casebridge %u"));
        desktop.records.register(&exe).unwrap();
        assert_eq!(desktop.records.status(), Registration::Registered { by: PACKAGED.to_owned() });
        assert!(!desktop.temp.path().join("data/applications").join(OWN).exists());
        assert!(!desktop.read("config/mimeapps.list").contains(MIME_TYPE));
    }

    #[test]
    fn the_persons_other_choices_stay() {
        let desktop = Desktop::new();
        let exe = desktop.write("bin/casebridge", "");
        let before = "[Added Associations]\nx-scheme-handler/casebridge=a.desktop;\n\n\
                      [Default Applications]\ntext/html=b.desktop\n\n[Other]\nc=d\n";
        desktop.write("config/mimeapps.list", before);
        desktop.records.register(&exe).unwrap();
        let line = format!("{MIME_TYPE}={OWN}\n");
        let after = desktop.read("config/mimeapps.list");
        assert_eq!(after.replace(&line, ""), before);
        assert!(after.contains(&format!("{DEFAULTS}\n{line}")), "{after}");
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
        desktop.records.register(&exe).unwrap();
        fs::remove_file(&exe).unwrap();
        let status = desktop.records.status();
        assert!(matches!(status, Registration::Other { .. }), "{status:?}");
    }

    #[test]
    fn s4_a_path_that_could_smuggle_a_line_is_refused() {
        let desktop = Desktop::new();
        assert!(desktop.records.register(Path::new("/bin/a\nExec=evil")).is_err());
        assert!(desktop.records.register(Path::new("relative")).is_err());
    }
}
