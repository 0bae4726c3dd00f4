//! The keyring of Windows: the Credential Manager.

use super::standard;
use keyring_core::{CredentialStore, Entry, Result};
use std::sync::Arc;

/// How an entry is kept on this computer alone. One that roams would be sent by two computers, and the
/// org ends a sign-in whose token is used twice.
pub(super) const KEPT_HERE: &[(&str, &str)] = &[("persistence", "local")];

/// An entry of an earlier version roams with the user's profile: it is written anew.
pub(super) fn keep_here(entry: &Entry, value: &str) {
    let kept = entry.get_attributes().and_then(|attributes| match attributes.get("persistence") {
        Some(persistence) if persistence != "Local" => entry.set_password(value),
        Some(_) | None => Ok(()),
    });
    if let Err(error) = kept {
        tracing::warn!(%error, "a secret may still roam with the user's profile");
    }
}

/// Opens the keyring.
pub(super) fn open_store() -> Result<Arc<CredentialStore>> {
    standard::store()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn c2_a_secret_stays_on_this_computer() {
        let store = open_store().unwrap();
        let user = format!("test {}", std::process::id());
        let roaming = store.build("casebridge test", &user, None).unwrap();
        roaming.set_password("old").unwrap();
        assert_eq!(roaming.get_attributes().unwrap()["persistence"], "Enterprise");
        let how = HashMap::from_iter(KEPT_HERE.iter().copied());
        let entry = store.build("casebridge test", &user, Some(&how)).unwrap();
        keep_here(&entry, &entry.get_password().unwrap());
        assert_eq!(entry.get_attributes().unwrap()["persistence"], "Local");
        assert_eq!(entry.get_password().unwrap(), "old");
        entry.set_password("new").unwrap();
        assert_eq!(entry.get_attributes().unwrap()["persistence"], "Local");
        entry.delete_credential().unwrap();
    }
}
