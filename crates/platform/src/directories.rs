//! The folders of a profile: settings, data, and the run-time folder of the instance channel.
//!
//! A profile is one user's set of settings, data and secrets. The default one lives where the
//! operating system wants it; a folder given by `--config-dir` or `CASEBRIDGE_CONFIG_DIR` is
//! another one, with its own data beside the settings, its own secrets and its own channel.

use crate::environment::Environment;
use crate::files;
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};

/// The variable that names another profile's folder.
pub const CONFIG_DIR_VARIABLE: &str = "CASEBRIDGE_CONFIG_DIR";

/// Why a profile's folders cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The operating system names no home folder.
    #[error("the operating system names no home folder for this user")]
    NoHome,
    /// A folder cannot be made or is not private.
    #[error("the folder {} cannot be used: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// The user's own folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFolders {
    /// Its name is the person's as a rule.
    pub home: PathBuf,
    /// Where a file is put that the person asked for.
    pub downloads: PathBuf,
}

impl UserFolders {
    /// Where the operating system has them; downloads go to the home folder where there is no other.
    ///
    /// # Errors
    /// The operating system names no home folder.
    pub fn find() -> Result<Self, ProfileError> {
        let folders = directories::UserDirs::new().ok_or(ProfileError::NoHome)?;
        let home = folders.home_dir().to_path_buf();
        let downloads = folders.download_dir().map_or_else(|| home.clone(), Path::to_path_buf);
        Ok(Self { home, downloads })
    }
}

/// One profile's folders; all exist and are the user's own once [`Profile::open`] returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Holds `settings.toml`.
    pub config_dir: PathBuf,
    /// Holds what the program keeps: logs, locks.
    pub data_dir: PathBuf,
    /// Holds the instance channel; nobody else may look into it.
    pub runtime_dir: PathBuf,
    mark: Option<String>,
}

impl Profile {
    /// Finds the profile and makes its folders: `config_dir`, else the variable
    /// `CASEBRIDGE_CONFIG_DIR`, else the user's default.
    ///
    /// # Errors
    /// When there is no home folder, or a folder cannot be made private.
    pub fn open(config_dir: Option<&Path>) -> Result<Self, ProfileError> {
        let env = Environment::current();
        match config_dir.or(env.get(CONFIG_DIR_VARIABLE).map(Path::new)) {
            Some(dir) => Self::custom(dir, &env),
            None => Self::default_for_user(&env),
        }
    }

    /// The settings file.
    pub fn settings_file(&self) -> PathBuf {
        self.config_dir.join("settings.toml")
    }

    /// The folder of the logs, made when the log is opened.
    pub fn log_dir(&self) -> PathBuf {
        self.data_dir.join("logs")
    }

    /// Whether this is the user's default profile.
    pub fn is_default(&self) -> bool {
        self.mark.is_none()
    }

    /// A short mark that tells this profile from the user's others; none for the default one.
    pub fn mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// The name below which this profile's secrets are kept.
    pub(crate) fn secret_service(&self) -> String {
        match &self.mark {
            Some(mark) => format!("casebridge-{mark}"),
            None => "casebridge".to_owned(),
        }
    }

    fn custom(dir: &Path, env: &Environment) -> Result<Self, ProfileError> {
        let dir = std::path::absolute(dir).map_err(|e| refused(dir, e))?;
        files::create_private_dir(&dir).map_err(|e| refused(&dir, e))?;
        let config_dir = dir.canonicalize().map_err(|e| refused(&dir, e))?;
        let mark = mark_of(&config_dir);
        let data_dir = config_dir.join("data");
        let runtime_dir = runtime_dir(env, &data_dir, Some(&mark));
        Self { config_dir, data_dir, runtime_dir, mark: Some(mark) }.with_folders()
    }

    fn default_for_user(env: &Environment) -> Result<Self, ProfileError> {
        let dirs =
            directories::ProjectDirs::from("", "", "Casebridge").ok_or(ProfileError::NoHome)?;
        let data_dir = dirs.data_local_dir().to_path_buf();
        let runtime_dir = runtime_dir(env, &data_dir, None);
        let config_dir = dirs.config_dir().to_path_buf();
        Self { config_dir, data_dir, runtime_dir, mark: None }.with_folders()
    }

    fn with_folders(self) -> Result<Self, ProfileError> {
        for dir in [&self.config_dir, &self.data_dir] {
            files::create_private_dir(dir).map_err(|e| refused(dir, e))?;
        }
        files::create_private_dir(&self.runtime_dir)
            .and_then(|()| files::require_private_dir(&self.runtime_dir))
            .map_err(|e| refused(&self.runtime_dir, e))?;
        Ok(self)
    }
}

fn refused(path: &Path, source: io::Error) -> ProfileError {
    ProfileError::Folder { path: path.to_path_buf(), source }
}

fn mark_of(config_dir: &Path) -> String {
    let digest = Sha256::digest(config_dir.as_os_str().as_encoded_bytes());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// A socket's address holds about a hundred bytes, so the folder must not lie too deep.
#[cfg(unix)]
const LONGEST_RUNTIME_DIR: usize = 80;

#[cfg(unix)]
fn runtime_dir(env: &Environment, data_dir: &Path, mark: Option<&str>) -> PathBuf {
    let uid = rustix::process::geteuid().as_raw();
    let name = match mark {
        Some(mark) => format!("casebridge-{mark}"),
        None => "casebridge".to_owned(),
    };
    let dir = match session_dir(env, uid) {
        Some(base) => base.join(&name),
        None => data_dir.join("run"),
    };
    if dir.as_os_str().len() <= LONGEST_RUNTIME_DIR {
        return dir;
    }
    // The sticky bit keeps others from replacing it, and its owner and mode are checked.
    Path::new("/tmp").join(format!("{name}-{uid}-{}", mark_of(data_dir)))
}

/// The folder of the login session: as the environment says, or where it lies for a shell that
/// was started without that environment (ssh, cron).
#[cfg(target_os = "linux")]
fn session_dir(env: &Environment, uid: u32) -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    env.path("XDG_RUNTIME_DIR").or_else(|| {
        let dir = PathBuf::from(format!("/run/user/{uid}"));
        let is_mine = std::fs::metadata(&dir).is_ok_and(|m| m.is_dir() && m.uid() == uid);
        is_mine.then_some(dir)
    })
}

/// macOS has no such folder; the data folder serves.
#[cfg(all(unix, not(target_os = "linux")))]
fn session_dir(_env: &Environment, _uid: u32) -> Option<PathBuf> {
    None
}

#[cfg(windows)]
fn runtime_dir(_env: &Environment, data_dir: &Path, _mark: Option<&str>) -> PathBuf {
    data_dir.join("run")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_ones_own_is_a_profile_with_its_own_data_channel_and_secrets() {
        let temp = tempfile::tempdir().unwrap();
        let one = Profile::open(Some(&temp.path().join("one"))).unwrap();
        let two = Profile::open(Some(&temp.path().join("two"))).unwrap();
        assert_eq!(one.settings_file().parent(), Some(one.config_dir.as_path()));
        assert_eq!(one.data_dir.parent(), Some(one.config_dir.as_path()));
        assert_ne!(one.runtime_dir, two.runtime_dir);
        assert_ne!(one.secret_service(), two.secret_service());
        assert!(!one.is_default());
        for profile in [&one, &two] {
            std::fs::remove_dir_all(&profile.runtime_dir).unwrap();
        }
    }

    #[test]
    fn two_spellings_of_a_folder_are_one_profile() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("profile");
        let plain = Profile::open(Some(&dir)).unwrap();
        let odd = Profile::open(Some(&temp.path().join("profile/../profile/."))).unwrap();
        assert_eq!(plain, odd);
        std::fs::remove_dir_all(&plain.runtime_dir).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn s16_the_folders_of_a_profile_are_open_to_the_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let profile = Profile::open(Some(&temp.path().join("private"))).unwrap();
        for dir in [&profile.config_dir, &profile.data_dir, &profile.runtime_dir] {
            let mode = std::fs::metadata(dir).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o700, "{}", dir.display());
        }
        std::fs::remove_dir_all(&profile.runtime_dir).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn s16_a_runtime_folder_that_others_may_enter_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let profile = Profile::open(Some(temp.path())).unwrap();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&profile.runtime_dir, open).unwrap();
        let again = Profile::open(Some(temp.path()));
        assert!(matches!(again, Err(ProfileError::Folder { .. })));
        std::fs::remove_dir_all(&profile.runtime_dir).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_deep_data_folder_does_not_make_the_sockets_address_too_long() {
        let deep = Path::new("/").join("deep".repeat(40));
        let env = Environment::of([("XDG_RUNTIME_DIR", &deep)]);
        let dir = runtime_dir(&env, &deep, Some("0123456789ab"));
        assert!(dir.as_os_str().len() <= LONGEST_RUNTIME_DIR, "{}", dir.display());
        assert_ne!(dir, runtime_dir(&env, &deep.join("other"), Some("0123456789ab")));
    }
}
