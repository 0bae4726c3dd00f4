//! The keyring of Linux desktops: the Secret Service.

use keyring_core::{CredentialStore, Result};
use std::sync::Arc;

/// Opens the keyring anew.
pub(super) fn open_store() -> Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}
