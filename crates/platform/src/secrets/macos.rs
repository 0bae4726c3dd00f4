//! The keyring of macOS: the login keychain.

use keyring_core::{CredentialStore, Result};
use std::sync::Arc;

/// Opens the keyring anew.
pub(super) fn open_store() -> Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}
