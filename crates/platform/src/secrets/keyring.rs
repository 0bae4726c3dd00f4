//! Secrets in the operating system's keyring.
//!
//! The keyring is opened when it is first needed and again after it failed, so a program that
//! starts before it recovers. A locked keyring makes its client wait for a person, so each call
//! runs on a thread of its own and is given up after a time limit.

use super::{ExposeSecret, SecretError, SecretName, SecretStore, SecretString, os};
use crate::Profile;
use keyring_core::{CredentialStore, Entry, Error};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

const TIME_LIMIT: Duration = Duration::from_secs(10);

type Opener = fn() -> keyring_core::Result<Arc<CredentialStore>>;

/// The operating system's keyring, limited to one profile's secrets.
pub struct KeyringStore {
    service: String,
    time_limit: Duration,
    keyring: Arc<Keyring>,
}

struct Keyring {
    open: Opener,
    /// How entries are kept, in the words of the keyring.
    kept_as: &'static [(&'static str, &'static str)],
    store: Mutex<Option<Arc<CredentialStore>>>,
}

impl KeyringStore {
    /// The keyring of this desktop; nothing is opened yet.
    pub fn new(profile: &Profile) -> Self {
        let keyring =
            Keyring { open: os::open_store, kept_as: os::KEPT_HERE, store: Mutex::new(None) };
        Self {
            service: profile.secret_service(),
            time_limit: TIME_LIMIT,
            keyring: Arc::new(keyring),
        }
    }

    fn in_time<T: Send + 'static>(
        &self,
        user: String,
        call: impl Fn(&Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, SecretError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let (keyring, service) = (Arc::clone(&self.keyring), self.service.clone());
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                // Nobody listens any more when the time limit is over.
                sender.send(keyring.call(&service, &user, call)).ok();
            })
            .map_err(|e| SecretError::Failed(e.to_string()))?;
        match receiver.recv_timeout(self.time_limit) {
            Ok(result) => result,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                Err(SecretError::TimedOut(self.time_limit.as_secs()))
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(SecretError::Failed("its client stopped".to_owned()))
            }
        }
    }
}

impl Keyring {
    fn call<T>(
        &self,
        service: &str,
        user: &str,
        call: impl Fn(&Entry) -> keyring_core::Result<T>,
    ) -> Result<T, SecretError> {
        let attempt = || {
            let store = self.opened().map_err(|e| SecretError::Unavailable(e.to_string()))?;
            let how = HashMap::from_iter(self.kept_as.iter().copied());
            let how = Some(&how).filter(|how| !how.is_empty());
            Ok(store.build(service, user, how).and_then(|entry| call(&entry)))
        };
        match attempt()? {
            // What a keyring names may be gone a moment later, because somebody else forgot it, and
            // a keyring that was started anew knows nothing of the old connection. Every call can
            // be made again.
            Err(Error::PlatformFailure(_)) => {
                *self.kept() = None;
                attempt()?.map_err(|e| self.explain(e))
            }
            result => result.map_err(|e| self.explain(e)),
        }
    }

    fn opened(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        if let Some(store) = self.kept().clone() {
            return Ok(store);
        }
        // Opened without holding the lock: a keyring that hangs must not stop later calls.
        let store = (self.open)()?;
        *self.kept() = Some(Arc::clone(&store));
        Ok(store)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<Arc<CredentialStore>>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns the keyring's error into ours; none of the texts holds a secret. After a failure of
    /// the platform the keyring is opened anew by the next call.
    fn explain(&self, error: Error) -> SecretError {
        match error {
            Error::NoStorageAccess(e) => SecretError::Locked(e.to_string()),
            Error::NoDefaultStore => SecretError::Unavailable("no store".to_owned()),
            Error::PlatformFailure(e) => {
                *self.kept() = None;
                SecretError::Failed(e.to_string())
            }
            Error::BadEncoding(_) | Error::BadDataFormat(..) => {
                SecretError::Failed("what is stored is not text".to_owned())
            }
            Error::Ambiguous(entries) => {
                SecretError::Failed(format!("{} entries have the same name", entries.len()))
            }
            other @ (Error::NoEntry
            | Error::BadStoreFormat(_)
            | Error::TooLong(..)
            | Error::Invalid(..)
            | Error::NotSupportedByStore(_)
            | _) => SecretError::Failed(other.to_string()),
        }
    }
}

/// Closing a store may block on its own connection, which threads of an async runtime forbid.
impl Drop for Keyring {
    fn drop(&mut self) {
        let Some(store) = self.kept().take() else { return };
        let closing = std::thread::Builder::new().name("keyring".to_owned());
        // A thread that cannot be started closes it here after all.
        let _ = closing.spawn(move || drop(store)).map(std::thread::JoinHandle::join);
    }
}

impl SecretStore for KeyringStore {
    fn get(&self, name: &SecretName) -> Result<Option<SecretString>, SecretError> {
        self.in_time(user_of(name), |entry| match entry.get_password() {
            Ok(value) => {
                os::keep_here(entry, &value);
                Ok(Some(SecretString::from(value)))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(e) => Err(e),
        })
    }

    fn set(&self, name: &SecretName, value: &SecretString) -> Result<(), SecretError> {
        let value = value.clone();
        self.in_time(user_of(name), move |entry| entry.set_password(value.expose_secret()))
    }

    fn delete(&self, name: &SecretName) -> Result<(), SecretError> {
        self.in_time(user_of(name), forget)
    }

    fn check(&self) -> Result<(), SecretError> {
        // A name of its own for each check of each process, so that two at once do not meet.
        static CHECKS: AtomicU32 = AtomicU32::new(0);
        let id = format!("{}.{}", std::process::id(), CHECKS.fetch_add(1, Ordering::Relaxed));
        let gave_back = self.in_time(format!("check.{id}"), move |entry| {
            let probe = format!("round trip {id}");
            entry.set_password(&probe)?;
            let gave_back = entry.get_password();
            forget(entry)?;
            Ok(gave_back? == probe)
        })?;
        if gave_back { Ok(()) } else { Err(SecretError::RoundTrip) }
    }
}

fn user_of(name: &SecretName) -> String {
    name.path().join(".")
}

fn forget(entry: &Entry) -> keyring_core::Result<()> {
    match entry.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        result => result,
    }
}

impl fmt::Debug for KeyringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringStore").field("service", &self.service).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    const LIMIT: Duration = Duration::from_secs(5);

    impl KeyringStore {
        /// As on a system whose entries stay where they are.
        fn opened_by(open: Opener, service: &str, time_limit: Duration) -> Self {
            let keyring = Arc::new(Keyring { open, kept_as: &[], store: Mutex::new(None) });
            Self { service: service.to_owned(), time_limit, keyring }
        }
    }

    fn mock() -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(keyring_core::mock::Store::new()?)
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn a_secret_is_kept_replaced_and_forgotten() {
        let store = KeyringStore::opened_by(mock, "casebridge", LIMIT);
        let name = SecretName::ApplianceClientSecret("Default".to_owned());
        assert!(store.get(&name).unwrap().is_none());
        store.set(&name, &secret("one")).unwrap();
        store.set(&name, &secret("two")).unwrap();
        assert_eq!(store.get(&name).unwrap().unwrap().expose_secret(), "two");
        assert!(store.get(&SecretName::OrgRefreshToken).unwrap().is_none());
        store.delete(&name).unwrap();
        store.delete(&name).unwrap();
        assert!(store.get(&name).unwrap().is_none());
        store.check().unwrap();
    }

    #[test]
    fn a_keyring_whose_connection_is_old_is_opened_anew_by_the_same_call() {
        let store = KeyringStore::opened_by(mock, "casebridge", LIMIT);
        let calls = AtomicUsize::new(0);
        let found =
            store.in_time("one".to_owned(), move |_| match calls.fetch_add(1, Ordering::Relaxed) {
                0 => Err(Error::PlatformFailure("the object does not exist".into())),
                _ => Ok(7),
            });
        assert_eq!(found.unwrap(), 7);
        let always = |_: &Entry| Err::<(), _>(Error::PlatformFailure("no bus".into()));
        assert!(matches!(store.in_time("one".to_owned(), always), Err(SecretError::Failed(_))));
    }

    #[test]
    fn s17_a_keyring_that_comes_late_is_found_by_the_next_call() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        fn late() -> keyring_core::Result<Arc<CredentialStore>> {
            match CALLS.fetch_add(1, Ordering::Relaxed) {
                0 => Err(Error::PlatformFailure("no bus".into())),
                _ => mock(),
            }
        }
        let store = KeyringStore::opened_by(late, "casebridge", LIMIT);
        assert!(matches!(store.check(), Err(SecretError::Unavailable(_))));
        store.check().unwrap();
        store.check().unwrap();
        assert_eq!(CALLS.load(Ordering::Relaxed), 2, "opened once more, then kept");
    }

    #[test]
    fn s17_a_locked_keyring_is_given_up_and_does_not_hold_up_the_next_call() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        fn stuck_once() -> keyring_core::Result<Arc<CredentialStore>> {
            if CALLS.fetch_add(1, Ordering::Relaxed) == 0 {
                std::thread::sleep(Duration::from_secs(60));
            }
            mock()
        }
        let store = KeyringStore::opened_by(stuck_once, "casebridge", Duration::from_millis(200));
        assert!(matches!(store.check(), Err(SecretError::TimedOut(_))));
        store.check().unwrap();
    }

    #[test]
    fn s15_neither_debug_nor_an_error_shows_a_secret() {
        let store = KeyringStore::opened_by(mock, "casebridge", LIMIT);
        store.set(&SecretName::OrgRefreshToken, &secret("canary")).unwrap();
        let value = store.get(&SecretName::OrgRefreshToken).unwrap();
        let explained = store.keyring.explain(Error::BadEncoding(b"canary".to_vec()));
        let shown = format!("{store:?} {value:?} {explained:?} {explained}");
        assert!(!shown.contains("canary") && !shown.contains("99, 97"), "{shown}");
    }
}
