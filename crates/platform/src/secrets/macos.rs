//! The keyring of macOS: the login keychain.

use super::standard;
use keyring_core::{CredentialStore, Entry, Result};
use std::sync::Arc;

/// How an entry is kept on this computer alone: it is anyhow.
pub(super) const KEPT_HERE: &[(&str, &str)] = &[];

/// An entry is where it belongs.
pub(super) fn keep_here(_entry: &Entry, _value: &str) {}

/// Opens the keyring.
pub(super) fn open_store() -> Result<Arc<CredentialStore>> {
    standard::store()
}
