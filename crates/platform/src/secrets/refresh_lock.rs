//! One refresh of the org's token at a time, over all processes of a profile.
//!
//! Two processes that refresh with the same rotating token would make the org revoke both.

use crate::Profile;
use crate::lock::{ProfileLock, profile_lock};
use std::io;
use std::time::Duration;

/// Waits until no other process of this profile refreshes. Whoever gets the lock reads the stored
/// token again before using it: another process may have stored a newer one meanwhile.
///
/// # Errors
/// `TimedOut` when another process holds it for longer than `patience`, else the operating
/// system's.
pub fn refresh_lock(profile: &Profile, patience: Duration) -> io::Result<ProfileLock> {
    profile_lock(profile, "refresh", patience)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s17_only_one_refreshes_at_a_time() {
        let temp = tempfile::tempdir().unwrap();
        let profile = Profile::open(Some(temp.path())).unwrap();
        let first = refresh_lock(&profile, Duration::ZERO).unwrap();
        let second = refresh_lock(&profile, Duration::from_millis(50)).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::TimedOut);
        drop(first);
        refresh_lock(&profile, Duration::ZERO).unwrap();
        std::fs::remove_dir_all(&profile.runtime_dir).unwrap();
    }
}
