//! The keyring of Windows: the Credential Manager.

use keyring_core::{CredentialStore, Result};
use std::sync::Arc;

/// Opens the keyring anew.
pub(super) fn open_store() -> Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}
