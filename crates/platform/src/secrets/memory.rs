//! Secrets that live as long as the process: for tests.

use super::{SecretError, SecretName, SecretStore, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps secrets in memory, for tests.
#[derive(Default)]
pub struct MemoryStore {
    secrets: Mutex<BTreeMap<SecretName, SecretString>>,
}

impl MemoryStore {
    /// A store with these secrets.
    pub fn with(secrets: impl IntoIterator<Item = (SecretName, SecretString)>) -> Self {
        Self { secrets: Mutex::new(secrets.into_iter().collect()) }
    }

    fn secrets(&self) -> MutexGuard<'_, BTreeMap<SecretName, SecretString>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for MemoryStore {
    fn get(&self, name: &SecretName) -> Result<Option<SecretString>, SecretError> {
        Ok(self.secrets().get(name).cloned())
    }

    fn set(&self, name: &SecretName, value: &SecretString) -> Result<(), SecretError> {
        self.secrets().insert(name.clone(), value.clone());
        Ok(())
    }

    fn delete(&self, name: &SecretName) -> Result<(), SecretError> {
        self.secrets().remove(name);
        Ok(())
    }

    fn check(&self) -> Result<(), SecretError> {
        Ok(())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("names", &self.secrets().keys()).finish_non_exhaustive()
    }
}
