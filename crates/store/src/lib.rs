//! The data of a profile in one SQLite file: waiting and finished items, recent cases and jumps,
//! tags and held links.
//!
//! Every change is on the disk when its call returns (`synchronous = FULL`, WAL). Every record
//! belongs to the user who was signed in when it was written, and is not shown to others; only
//! waiting items are listed for others too, without their texts. Deleted data is overwritten. Calls
//! block, so they belong on a blocking thread. This crate does not know appliance or org.

mod appliances;
mod cases;
mod ended;
mod jumps;
mod looks;
mod mend;
mod migrations;
mod outbox;
mod owners;
mod representatives;
mod tags;
mod web_console;

use rusqlite::{Connection, ErrorCode};
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use cases::CaseRecord;
pub use ended::EndedSession;
pub use jumps::{JumpRecord, NewJump};
pub use mend::Mended;
pub use outbox::{Item, Kind, NewItem, State, Verdict};
pub use owners::Owner;
pub use representatives::KnownName;
pub use tags::{HeldLink, NewTag, TagRecord};

/// The oldest supported SQLite version, as a number.
const OLDEST: i32 = 3_051_003;
/// How long another process of the profile may hold the file.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause before another attempt.
const PAUSE: Duration = Duration::from_millis(10);

/// Why the store can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file can't be created or is not private.
    #[error("the file can't be used: {0}")]
    File(#[from] io::Error),
    /// SQLite reported an error.
    #[error("the database reported an error: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file is damaged.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// A newer version of Casebridge wrote the file.
    #[error("a newer version of Casebridge wrote the file")]
    Newer,
    /// The program was linked with an SQLite that is too old.
    #[error("the SQLite {0} of this program is too old")]
    OldLibrary(&'static str),
    /// Items to send need a signed-in owner.
    #[error("nobody is signed in to Salesforce")]
    Nobody,
}

impl StoreError {
    /// Whether the disk is full.
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
    /// Opens the store of a profile, and creates or migrates it. `place` names the storage of the
    /// secrets, and with it the sign-in.
    ///
    /// # Errors
    /// The file can't be used, or a newer version wrote it. Then it is left unchanged.
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
        patiently(|| connection.pragma_update(None, "journal_mode", "WAL"))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        // Deleted data is overwritten. On macOS, full flushes make sure that writes are on the
        // disk.
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

    /// Whether the open file is still the store's current file. A repair moves the damaged file
    /// aside.
    pub fn is_in_place(&self) -> bool {
        self.identity == identity(&self.path)
    }
}

/// Repeats what SQLite refuses at once while another process changes the mode of the file: its own
/// patience is not for that.
fn patiently(mut change: impl FnMut() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        match change() {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < end =>
            {
                std::thread::sleep(PAUSE);
            }
            result => return result,
        }
    }
}

/// The file's identity on disk. None on systems where an open file can't be replaced. The file is
/// not opened for this, because closing it would release SQLite's locks in this process.
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

/// Also removes deleted data from the write-ahead log. If another process is reading, this happens
/// next time.
fn scrub(connection: &Connection) {
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    // A failure here does not affect the changes.
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
