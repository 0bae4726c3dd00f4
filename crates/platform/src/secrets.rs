//! Where secrets live: the operating system's keyring, or a credentials file that the user named.
//!
//! Neither stands in for the other by itself (S17). All calls block, some of them until a person
//! unlocked the keyring or a time limit is over: call them in `spawn_blocking`.

mod credentials_file;
mod keyring;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod memory;
mod refresh_lock;
#[cfg(any(target_os = "macos", target_os = "windows"))]
mod standard;
#[cfg(target_os = "windows")]
mod windows;

pub use credentials_file::CredentialsFile;
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
pub use refresh_lock::refresh_lock;
pub use secrecy::{ExposeSecret, SecretString};

use std::io::ErrorKind;
use std::path::Path;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(target_os = "windows")]
use windows as os;

/// What a secret is for; where it is kept follows from it and the profile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretName {
    /// The client secret of the appliance with this name in the settings.
    ApplianceClientSecret(String),
    /// The refresh token of the org.
    OrgRefreshToken,
}

impl SecretName {
    /// Where the secret lies in a credentials file; the keyring uses the same with dots.
    fn path(&self) -> Vec<&str> {
        match self {
            Self::ApplianceClientSecret(name) => vec!["appliance", name, "client_secret"],
            Self::OrgRefreshToken => vec!["org", "refresh_token"],
        }
    }
}

/// Why a secret could not be read or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// There is no keyring on this desktop.
    #[error("no keyring is running: {0}")]
    Unavailable(String),
    /// The keyring refuses access; mostly it is locked, or its first collection was never made.
    #[error("the keyring is locked or gives no access: {0}")]
    Locked(String),
    /// The keyring did not answer in time; mostly it waits for somebody to unlock it.
    #[error("the keyring did not answer within {0} seconds; it may be waiting to be unlocked")]
    TimedOut(u64),
    /// The keyring gave back something other than what was stored.
    #[error("the keyring did not give back what was stored in it")]
    RoundTrip,
    /// The keyring failed in another way.
    #[error("the keyring failed: {0}")]
    Failed(String),
    /// There is no room on the disk.
    #[error("the disk has no room for {0}")]
    Full(String),
    /// The credentials file may not be used as it is.
    #[error("the credentials file cannot be used: {0}")]
    FileRefused(String),
}

impl SecretError {
    /// What the disk says about a file that secrets need.
    pub fn from_disk(error: &std::io::Error, path: &Path) -> Self {
        if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
            return Self::Full(path.display().to_string());
        }
        Self::FileRefused(format!("{}: {}", path.display(), describe(error)))
    }
}

pub(crate) fn describe(error: &std::io::Error) -> String {
    if error.kind() == ErrorKind::NotFound {
        return "it does not exist".to_owned();
    }
    error.to_string()
}

/// A place for secrets. Every call blocks.
pub trait SecretStore: Send + Sync {
    /// Reads a secret. `None` is no proof that nothing was ever stored: a desktop whose keyring
    /// was never set up says the same.
    ///
    /// # Errors
    /// When the place cannot be asked.
    fn get(&self, name: &SecretName) -> Result<Option<SecretString>, SecretError>;

    /// Stores a secret; once it returned, the secret is kept.
    ///
    /// # Errors
    /// When it was not stored.
    fn set(&self, name: &SecretName, value: &SecretString) -> Result<(), SecretError>;

    /// Forgets a secret; one that is not there is no error.
    ///
    /// # Errors
    /// When it may still be there.
    fn delete(&self, name: &SecretName) -> Result<(), SecretError>;

    /// Makes sure, before the old value is used up, that another one can be stored in its place, and
    /// makes the way to that as short as it can be.
    ///
    /// # Errors
    /// It could not be stored.
    fn reserve(&self, _name: &SecretName) -> Result<(), SecretError> {
        self.check()
    }

    /// Gives back what was reserved and not needed.
    fn release(&self) {}

    /// Names this place: sign-ins at two places are two.
    fn place(&self) -> String {
        "keyring".to_owned()
    }

    /// Proves that the place works, where possible by a round trip.
    ///
    /// # Errors
    /// When it does not work.
    fn check(&self) -> Result<(), SecretError>;
}
