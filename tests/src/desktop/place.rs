//! Where programs are started: a home, an environment, and the programs that run there.

use super::programs::{self, Environment, Programs};
use anyhow::{Context, Result, ensure};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A home of one's own and what runs in it; everything ends with it.
#[derive(Debug)]
pub struct Place {
    programs: Programs,
    environment: Environment,
    folder: PathBuf,
    /// The address of a socket holds a hundred bytes, so those lie here. Removed last.
    short: TempDir,
    for_person: bool,
}

impl Place {
    /// A place whose home, logs and pictures are in `folder`, which is emptied first.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub fn new(folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let short = tempfile::Builder::new().prefix("desktop-").tempdir()?;
        fs::create_dir_all(folder.join("logs"))?;
        let folder = folder.canonicalize()?;
        let programs = Programs::new(&folder.join("logs"));
        let mut place =
            Self { programs, environment: Environment::new(), folder, short, for_person: false };
        place.furnish()?;
        Ok(place)
    }

    fn furnish(&mut self) -> Result<()> {
        let (home, short) = (self.home(), self.short_folder().to_owned());
        let folders = [
            ("HOME", home.clone()),
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_DATA_HOME", home.join(".local/share")),
            ("XDG_CACHE_HOME", home.join(".cache")),
            ("XDG_STATE_HOME", home.join(".local/state")),
            ("XDG_RUNTIME_DIR", short.join("run")),
            ("TMPDIR", short.join("tmp")),
        ];
        for (name, path) in folders {
            fs::create_dir_all(&path)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
            self.set(name, path);
        }
        self.set("PATH", own("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()));
        self.set("LANG", "C.UTF-8");
        self.set("NO_AT_BRIDGE", "1");
        self.set("XDG_CURRENT_DESKTOP", "GNOME");
        Ok(())
    }

    /// Lets windows appear on the display of the person who started us.
    ///
    /// # Errors
    /// When there is none.
    pub fn adopt_display(&mut self) -> Result<()> {
        let display = own("DISPLAY").context("DISPLAY is not set: there is no display")?;
        self.set("DISPLAY", display);
        self.for_person = true;
        let home = own("HOME").map(PathBuf::from).unwrap_or_default();
        let authority = own("XAUTHORITY").map_or_else(|| home.join(".Xauthority"), PathBuf::from);
        if authority.exists() {
            self.set("XAUTHORITY", authority);
        }
        Ok(())
    }

    /// Whether a person looks at the windows.
    pub fn is_for_person(&self) -> bool {
        self.for_person
    }

    /// Uses the bus, and with it the tray and the keyring, of the person who started us.
    ///
    /// # Errors
    /// When there is none.
    pub fn adopt_bus(&mut self) -> Result<String> {
        let name = "DBUS_SESSION_BUS_ADDRESS";
        let address = own(name).context("there is no session bus")?;
        self.set(name, &address);
        address.into_string().ok().context("the address of the session bus is no text")
    }

    /// The folder of everything that this place keeps.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The home of the person who works here.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// A folder with a short name, gone at the end.
    pub fn short_folder(&self) -> &Path {
        self.short.path()
    }

    /// What programs find in their environment.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Gives all programs that are started from now on one more variable.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.environment.insert(name.to_owned(), value.into());
    }

    /// A program of this place, not yet started.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        programs::command(program, &self.environment)
    }

    /// The running programs.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Takes a picture of the whole screen.
    ///
    /// # Errors
    /// When there is no picture.
    pub fn picture(&self, path: &Path) -> Result<()> {
        let mut import = self.command("import");
        import.args(["-window", "root"]).arg(path);
        let ended = self.programs.run("import", import)?;
        ensure!(ended.code == Some(0), "no picture of the screen: {}", ended.errors);
        Ok(())
    }
}

/// One of our own variables.
#[expect(clippy::disallowed_methods, reason = "a place takes over a part of our environment")]
fn own(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether the person who started us has a display.
pub fn has_display() -> bool {
    own("DISPLAY").is_some()
}
