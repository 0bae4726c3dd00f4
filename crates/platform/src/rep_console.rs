//! The representative console on this computer: where it is, and how a script reaches it.
//!
//! The order is that of `docs/protocols/beyondtrust.md#how-a-script-reaches-the-console`: the
//! configured program, one that is installed for the site, a script file that the desktop opens
//! with the console. No shell is involved, and a script is one argument or a file, never a part of
//! a command line (S4).

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(target_os = "windows")]
use windows as os;

use crate::programs::{self, StartError};
use crate::{Profile, files};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A script file that nobody opened within this time belongs to a process that is gone.
const ABANDONED: Duration = Duration::from_secs(600);

/// Which console is meant.
#[derive(Debug, Clone, Copy)]
pub struct ConsoleSite<'a> {
    /// `rep_console.path`.
    pub path: Option<&'a Path>,
    /// The appliance's host, without a port: the installer names a folder after it.
    pub host: &'a str,
    /// `rep_console.site_name`: the end of the names of script files.
    pub site_name: Option<&'a str>,
}

/// A script in both its forms.
#[derive(Debug, Clone, Copy)]
pub struct ScriptText<'a> {
    /// The one argument behind `--run-script`.
    pub argument: &'a str,
    /// The content of a script file.
    pub file: &'a str,
}

/// How the script was handed over.
#[derive(Debug)]
pub enum Launched {
    /// As an argument to this program.
    Program(PathBuf),
    /// As a file, which is removed when this is dropped: the console must have read it by then.
    File(ScriptFile),
}

/// A script file of the user's own.
#[derive(Debug)]
pub struct ScriptFile(tempfile::TempPath);

impl ScriptFile {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Why a way to the console was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The way.
    pub way: &'static str,
    /// What is missing, as a sentence for people.
    pub why: String,
}

/// Why no console has the script.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConsoleError {
    /// None was found.
    #[error("no representative console was found on this computer")]
    NotFound(Vec<Skipped>),
    /// The console was started and gave up at once.
    #[error("the representative console gave up: {0}")]
    Failed(String),
}

/// Hands a script to the console. Blocks for a moment, to see whether the program gives up.
///
/// # Errors
/// Nothing could take the script, with the reasons; or what took it failed, so that nothing else is
/// tried.
pub fn launch(
    profile: &Profile,
    site: &ConsoleSite<'_>,
    script: &ScriptText<'_>,
) -> Result<Launched, ConsoleError> {
    let mut skipped = Vec::new();
    for (way, found) in programs_of(site) {
        let program = match found {
            Ok(program) => program,
            Err(why) => {
                skip(&mut skipped, way, why);
                continue;
            }
        };
        match programs::start(&os::run_script(&program, script.argument)) {
            Ok(()) => return Ok(Launched::Program(program)),
            Err(StartError::NotStarted(error)) => {
                skip(&mut skipped, way, format!("The console couldn't be started: {error}."));
            }
            Err(StartError::Failed(why)) => return Err(ConsoleError::Failed(why)),
        }
    }
    match open_file(profile, site.site_name, script.file) {
        Ok(file) => Ok(Launched::File(file)),
        Err(why) => {
            skip(&mut skipped, "script file", why);
            Err(ConsoleError::NotFound(skipped))
        }
    }
}

/// Where the console is, or the reasons why none was found; nothing is started.
///
/// # Errors
/// The reasons, way by way.
pub fn find(site: &ConsoleSite<'_>) -> Result<PathBuf, Vec<Skipped>> {
    let mut skipped = Vec::new();
    for (way, found) in programs_of(site) {
        match found {
            Ok(program) => return Ok(program),
            Err(why) => skipped.push(Skipped { way, why }),
        }
    }
    Err(skipped)
}

fn skip(skipped: &mut Vec<Skipped>, way: &'static str, why: String) {
    tracing::info!(way, why, "a way to the representative console was skipped");
    skipped.push(Skipped { way, why });
}

fn programs_of(site: &ConsoleSite<'_>) -> [(&'static str, Result<PathBuf, String>); 2] {
    let configured = match site.path {
        None => Err("No program is set in Settings.".to_owned()),
        Some(path) if path.exists() => Ok(path.to_path_buf()),
        Some(_) => Err("The program in Settings does not exist.".to_owned()),
    };
    let installed = os::installed(site.host)
        .ok_or_else(|| format!("No console is installed for {}.", site.host));
    [("configured console", configured), ("installed console", installed)]
}

fn open_file(
    profile: &Profile,
    site_name: Option<&str>,
    content: &str,
) -> Result<ScriptFile, String> {
    let name = site_name.ok_or("No site name for script files is set.")?;
    if !is_site_name(name) {
        return Err("The site name in Settings is not valid.".to_owned());
    }
    let folder = profile.data_dir.join("scripts");
    let file = write_script(&folder, name, content)
        .map_err(|e| format!("The script file couldn't be written: {e}."))?;
    os::open_script(file.path(), name).map_err(|e| format!("{e}."))?;
    Ok(file)
}

fn is_site_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// Writes a new file that the user alone can read (S5), and takes out abandoned ones.
fn write_script(folder: &Path, site_name: &str, content: &str) -> io::Result<ScriptFile> {
    files::create_private_dir(folder)?;
    files::require_private_dir(folder)?;
    #[expect(clippy::disallowed_methods, reason = "compared with the times of files")]
    sweep(folder, SystemTime::now());
    let suffix = format!(".brcs-{site_name}");
    let mut file =
        tempfile::Builder::new().prefix("casebridge-").suffix(&suffix).tempfile_in(folder)?;
    file.write_all(content.as_bytes())?;
    Ok(ScriptFile(file.into_temp_path()))
}

fn sweep(folder: &Path, now: SystemTime) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let written = entry.metadata().and_then(|data| data.modified());
        let age = written.ok().and_then(|at| now.duration_since(at).ok());
        if age.is_some_and(|age| age > ABANDONED) {
            // Another process may be quicker.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The usual command line: the program, and the script as one argument.
fn program_with(program: &Path, script: &str) -> Vec<OsString> {
    vec![program.into(), "--run-script".into(), script.into()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_a_script_file_is_the_users_own_and_ends_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("scripts");
        let file = write_script(&place, "example", "BRCS1.0\n").unwrap();
        let path = file.path().to_path_buf();
        assert!(path.to_string_lossy().ends_with(".brcs-example"), "{}", path.display());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "BRCS1.0\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(&place)), (0o600, 0o700));
        }
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn an_abandoned_script_is_taken_out_and_a_fresh_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("scripts");
        let file = write_script(&place, "example", "BRCS1.0\n").unwrap();
        let written = std::fs::metadata(file.path()).unwrap().modified().unwrap();
        sweep(&place, written);
        assert!(file.path().exists());
        sweep(&place, written + ABANDONED * 2);
        assert!(!file.path().exists());
    }

    #[test]
    fn with_nothing_there_each_way_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(Some(folder.path())).unwrap();
        let missing = folder.path().join("no-console");
        let site =
            ConsoleSite { path: Some(&missing), host: "support.example.test", site_name: None };
        let script = ScriptText { argument: "action=x", file: "BRCS1.0\naction=x\n" };
        let Err(ConsoleError::NotFound(skipped)) = launch(&profile, &site, &script) else {
            panic!("something took the script");
        };
        let ways: Vec<_> = skipped.iter().map(|s| s.way).collect();
        assert_eq!(ways, ["configured console", "installed console", "script file"]);
        assert!(skipped.iter().all(|s| !s.why.is_empty()), "{skipped:?}");
    }

    #[test]
    fn s5_a_site_name_cannot_lead_to_another_folder() {
        for name in ["", "../x", "a/b", "a b", "a\\b", "a\nb"] {
            assert!(!is_site_name(name), "{name:?}");
        }
        assert!(is_site_name("example-help.desk_1"));
    }

    #[cfg(unix)]
    #[test]
    fn s4_a_hostile_target_stays_one_argument_of_the_console() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(Some(folder.path())).unwrap();
        let (program, seen) = (folder.path().join("rep console"), folder.path().join("seen"));
        let text = format!("#!/bin/sh\nprintf '%s\\n' $# \"$@\" > '{}'\n", seen.display());
        std::fs::write(&program, text).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let site = ConsoleSite { path: Some(&program), host: "localhost", site_name: None };
        for hostile in ["a b", "--x", "'; touch /tmp/x; '", "$(id)", "\"", "`id`", "a&action=login"]
        {
            let argument = format!("action=push_and_start_local&hostname={hostile}");
            let script = ScriptText { argument: &argument, file: "" };
            let launched = launch(&profile, &site, &script).unwrap();
            assert!(matches!(launched, Launched::Program(path) if path == program));
            assert_eq!(
                std::fs::read_to_string(&seen).unwrap(),
                format!("2\n--run-script\n{argument}\n"),
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_console_that_gives_up_ends_the_attempt() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(Some(folder.path())).unwrap();
        let program = folder.path().join("console");
        std::fs::write(&program, "#!/bin/sh\nexit 3\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let site =
            ConsoleSite { path: Some(&program), host: "localhost", site_name: Some("example") };
        let script = ScriptText { argument: "action=x", file: "BRCS1.0\naction=x\n" };
        let launched = launch(&profile, &site, &script);
        assert!(matches!(launched, Err(ConsoleError::Failed(_))), "{launched:?}");
    }
}
