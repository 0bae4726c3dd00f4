//! The keyring that the `keyring` crate chooses: a part of the operating system, always there.

use keyring::Entry;
use keyring_core::{CredentialStore, Error, Result, get_default_store};
use std::sync::Arc;

/// The keyring; the first call opens it for the life of the process.
pub(super) fn store() -> Result<Arc<CredentialStore>> {
    match Entry::store_status() {
        Ok(()) => get_default_store().ok_or(Error::NoDefaultStore),
        Err(error) => Err(Error::PlatformFailure(error.to_string().into())),
    }
}
