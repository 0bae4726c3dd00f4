//! One refresh of the org's token at a time, over all processes of a profile.
//!
//! Two processes that refresh with the same rotating token would make the org revoke both.

use crate::Profile;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// Held while a process refreshes the token; let go when dropped, or when the process ends.
#[derive(Debug)]
pub struct RefreshLock {
    _file: File,
}

/// Waits until no other process of this profile refreshes. Whoever gets the lock reads the stored
/// token again before using it: another process may have stored a newer one meanwhile.
///
/// # Errors
/// `TimedOut` when another process holds it for longer than `patience`, else the operating
/// system's.
pub fn refresh_lock(profile: &Profile, patience: Duration) -> io::Result<RefreshLock> {
    let path = profile.data_dir.join("refresh.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(RefreshLock { _file: file }),
            Err(TryLockError::Error(e)) => return Err(e),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                let text = "another process is refreshing the sign-in";
                return Err(io::Error::new(io::ErrorKind::TimedOut, text));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
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
