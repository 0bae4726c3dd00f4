//! Locks over all processes of a profile. The system lets one go when its process ends, however it
//! ends.

use crate::Profile;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// Held by one process of the profile; let go when dropped, or when the process ends.
#[derive(Debug)]
pub struct ProfileLock {
    _file: File,
}

/// Waits until no other process of this profile holds the lock of this name.
///
/// # Errors
/// `TimedOut` when another process holds it for longer than `patience`, else the operating
/// system's.
pub fn profile_lock(profile: &Profile, name: &str, patience: Duration) -> io::Result<ProfileLock> {
    let path = profile.data_dir.join(format!("{name}.lock"));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(ProfileLock { _file: file }),
            Err(TryLockError::Error(e)) => return Err(e),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                let text = format!("another process holds {name}.lock");
                return Err(io::Error::new(io::ErrorKind::TimedOut, text));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
}
