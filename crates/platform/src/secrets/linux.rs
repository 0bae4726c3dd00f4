//! The keyring of Linux desktops: the Secret Service.
//!
//! Opened by hand: the `keyring` crate opens its store once and keeps a failure for the life of the
//! process, and a desktop may start Casebridge before its keyring, or start its keyring anew.

use keyring_core::{CredentialStore, Entry, Result};
use std::sync::Arc;

/// How an entry is kept on this computer alone: it is anyhow.
pub(super) const KEPT_HERE: &[(&str, &str)] = &[];

/// An entry is where it belongs.
pub(super) fn keep_here(_entry: &Entry, _value: &str) {}

/// Opens the keyring anew.
pub(super) fn open_store() -> Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}
