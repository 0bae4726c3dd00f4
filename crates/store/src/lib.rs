//! What a profile remembers, in one SQLite file: what waits to be written and what is done, cases and
//! jumps so far, tags and held links.
//!
//! Every change is on the disk when its call returns (`synchronous = FULL`, WAL). Everything belongs to
//! whoever was signed in when it was written, and is shown to nobody else; only what still waits is
//! listed for others too, without its texts. What is closed leaves no bytes behind. Calls block, so they
//! belong on a blocking thread. This crate knows neither of the two systems.

mod activity;
mod cases;
mod jumps;
mod looks;
mod mend;
mod migrations;
mod owners;
mod tags;

use rusqlite::{Connection, ErrorCode};
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use activity::{Item, Kind, NewItem, State, Verdict};
pub use cases::CaseRecord;
pub use jumps::{JumpRecord, NewJump};
pub use mend::Mended;
pub use owners::Owner;
pub use tags::{HeldLink, NewTag, TagRecord};

/// The oldest SQLite without known faults that matter here, as a number.
const OLDEST: i32 = 3_051_003;
/// How long another process of the profile may hold the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file cannot be made or is not private.
    #[error("the file can't be used: {0}")]
    File(#[from] io::Error),
    /// SQLite refused.
    #[error("the database reported an error: {0}")]
    Database(#[from] rusqlite::Error),
    /// What is in the file is not what was written there.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// A newer version of Casebridge wrote the file.
    #[error("a newer version of Casebridge wrote the file")]
    Newer,
    /// The program was linked with an SQLite that is too old.
    #[error("the SQLite {0} of this program is too old")]
    OldLibrary(&'static str),
    /// What is to be sent has to be somebody's.
    #[error("nobody is signed in to Salesforce")]
    Nobody,
}

impl StoreError {
    /// Whether the disk has no more room.
    pub fn is_full(&self) -> bool {
        match self {
            Self::File(error) => {
                matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            Self::Database(error) => error.sqlite_error_code() == Some(ErrorCode::DiskFull),
            Self::Damaged(_) | Self::Newer | Self::OldLibrary(_) | Self::Nobody => false,
        }
    }
}

/// The open store. One connection, one writer at a time.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl Store {
    /// Opens the store of a profile, and makes or brings it up to date. `place` names where the secrets
    /// are, and so which sign-in it is whose questions are asked.
    ///
    /// # Errors
    /// The file cannot be used, or a newer version wrote it; it is left as it is then.
    pub fn open(path: &Path, place: &str) -> Result<Self, StoreError> {
        if rusqlite::version_number() < OLDEST {
            return Err(StoreError::OldLibrary(rusqlite::version()));
        }
        mend::go_on(path)?;
        make_private(path)?;
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        migrations::refuse_newer(&connection)?;
        mend::check(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        // What is deleted is overwritten, and macOS is told to mean it when it says that a write is
        // on the disk.
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "fullfsync", "ON")?;
        connection.pragma_update(None, "checkpoint_fullfsync", "ON")?;
        migrations::run(&mut connection)?;
        migrations::settle_in(&connection, place)?;
        scrub(&connection);
        let identity = identity(path);
        Ok(Self { connection: Mutex::new(connection), path: path.to_owned(), identity })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the file is the one that stands in its place now. One that was mended meanwhile was set
    /// aside.
    pub fn is_in_place(&self) -> bool {
        self.identity == identity(&self.path)
    }
}

/// What tells a file from another of the same name; nothing where an open file keeps its name anyhow. It
/// is not opened for that: closing it would let go the locks that SQLite holds in this process.
fn identity(path: &Path) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Takes what was deleted out of the log of changes too. Another process that reads just now keeps it
/// there, until the next time.
fn scrub(connection: &Connection) {
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    // That it could not be done now takes nothing from what was done before.
    let _ = connection.query_row(checkpoint, [], |row| row.get::<_, i64>(0));
}

/// SQLite gives its other files the mode of this one (S16).
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s16_the_files_of_the_store_are_the_users_own() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        let count: i64 = store
            .connection()
            .query_row("SELECT count(*) FROM jump", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 0);
        #[cfg(unix)]
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            use std::os::unix::fs::PermissionsExt;
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
        }
    }

    #[test]
    fn every_commit_is_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        let connection = store.connection();
        let text = |name| connection.pragma_query_value(None, name, |row| row.get::<_, String>(0));
        assert_eq!(text("journal_mode").unwrap(), "wal");
        let number = connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0));
        assert_eq!(number.unwrap(), 2);
    }

    #[test]
    fn a_file_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Store::open(&path, "here"), Err(StoreError::Newer)));
        assert!(std::fs::read(&path).unwrap() == before, "the file was changed");
    }

    #[test]
    fn two_processes_may_open_it_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let both: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || Store::open(&path, "here").map(drop))
            })
            .collect();
        for one in both {
            one.join().unwrap().unwrap();
        }
    }
}
