//! Repairs a damaged store: the damaged file is moved aside with a date, readable rows are copied
//! to a new store, which replaces it. The damaged file is kept.
//!
//! The new store is completed beside the old one first, so that the next start always finds one of
//! them, even if the program ends at any moment.

use crate::{Store, StoreError, make_private, migrations};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params_from_iter};
use std::fs;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// The tables to copy, in this order. The hold of the outbox is not copied, because it is detected
/// again.
const TABLES: [&str; 14] = [
    "owner",
    "signed_in",
    "activity",
    "held_link",
    "agreed_case",
    "tag",
    "look",
    "seen_session",
    "ended_session",
    "sweep",
    "jump",
    "web_action",
    "recent_case",
    "known_name",
];

/// The size of a database page. The first page contains the structure of the file.
const PAGE: usize = 4096;

/// The record of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// When it was noticed.
    pub at: Timestamp,
    /// How many rows were copied.
    pub carried: u32,
    /// The name of the damaged file.
    pub aside: String,
    /// Whether a person has read the notice.
    pub seen: bool,
}

impl StoreError {
    /// Whether the error means that the file is damaged.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Database(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
            ),
            Self::File(_) | Self::Newer | Self::OldLibrary(_) | Self::Nobody => false,
        }
    }

    /// Whether the file or its folder may not be written to.
    pub fn is_read_only(&self) -> bool {
        match self {
            Self::File(error) => matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ),
            Self::Database(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
            ),
            Self::Damaged(_) | Self::Newer | Self::OldLibrary(_) | Self::Nobody => false,
        }
    }
}

/// Checks the whole file, so that damage is not only found later during work.
pub(crate) fn check(connection: &Connection) -> Result<(), StoreError> {
    let told: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    match told.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Damaged(told)),
    }
}

/// A file beside the store's, such as `casebridge.db-new`.
fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(what);
    path.with_file_name(name)
}

/// The path of the new store while it is being created.
fn new_place(path: &Path) -> PathBuf {
    beside(path, "-new")
}

fn remove(path: &Path) -> io::Result<()> {
    for end in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(path, end)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Completes a repair that was interrupted after the old file was moved aside.
pub(crate) fn go_on(path: &Path) -> io::Result<()> {
    let new = new_place(path);
    match !path.exists() && new.exists() {
        true => fs::rename(new, path),
        false => Ok(()),
    }
}

impl Store {
    /// Replaces a damaged store by a new one with the readable rows. Only one process of the
    /// profile may do this at a time.
    ///
    /// # Errors
    /// The disk reported an error, or another program uses the file. Then the damaged file is
    /// unchanged.
    pub fn mend(path: &Path, place: &str, now: Timestamp) -> Result<Self, StoreError> {
        let (new, copy) = (new_place(path), beside(path, "-damaged"));
        remove(&new)?;
        remove(&copy)?;
        let date = now.strftime("%Y-%m-%dT%H-%M-%SZ");
        let aside = beside(path, &format!(".damaged-{date}"));
        let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
        {
            make_private(&new)?;
            let mut fresh = Connection::open(&new)?;
            migrations::run(&mut fresh)?;
            let carried = match carry_over(path, &copy, (&new, &fresh)) {
                Ok(carried) => carried,
                // Nothing in it can be read.
                Err(error) if error.is_damage() => 0,
                // A full disk must not cause data loss.
                Err(error) => return Err(error),
            };
            fresh.execute(
                "INSERT OR REPLACE INTO mended (id, at, carried, aside, seen) VALUES (1, ?1, ?2, ?3, 0)",
                (now.as_millisecond(), carried, &name),
            )?;
        }
        remove(&copy)?;
        let wal = beside(path, "-wal");
        if wal.exists() {
            fs::rename(wal, beside(&aside, "-wal"))?;
        }
        remove(&beside(path, "-shm"))?;
        fs::rename(path, &aside)?;
        fs::rename(&new, path)?;
        Self::open(path, place)
    }

    /// The record of the last repair, if there was one.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn mended(&self) -> Result<Option<Mended>, StoreError> {
        let connection = self.connection();
        let mut one = connection.prepare_cached("SELECT at, carried, aside, seen FROM mended")?;
        let mended = one.query_row([], |row| {
            Ok(Mended {
                at: Timestamp::from_millisecond(row.get(0)?).unwrap_or_default(),
                carried: row.get(1)?,
                aside: row.get(2)?,
                seen: row.get(3)?,
            })
        });
        Ok(mended.optional()?)
    }

    /// Stores that a person has read the notice.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_mended_seen(&self) -> Result<(), StoreError> {
        self.connection().execute("UPDATE mended SET seen = 1", [])?;
        Ok(())
    }
}

/// Copies the readable rows from a copy of the damaged file, and returns their number.
fn carry_over(
    path: &Path,
    copy: &Path,
    (new, fresh): (&Path, &Connection),
) -> Result<u32, StoreError> {
    make_private(copy)?;
    copy_readable(path, copy)?;
    let wal = beside(path, "-wal");
    if wal.exists() {
        make_private(&beside(copy, "-wal"))?;
        copy_readable(&wal, &beside(copy, "-wal"))?;
    }
    let is_readable = |old: &Connection| {
        old.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
            .is_ok_and(|count| count > 0)
    };
    let mut old = Connection::open(copy)?;
    if !is_readable(&old) {
        drop(old);
        replace_first_page(copy, new)?;
        old = Connection::open(copy)?;
        // A first page that does not match would mix up tables.
        if !is_readable(&old) || !fits(&old)? {
            return Ok(0);
        }
    }
    fresh.execute_batch("BEGIN IMMEDIATE")?;
    let mut carried = 0;
    for table in TABLES {
        carried += rows(&old, fresh, table)?;
    }
    fresh.execute_batch("COMMIT")?;
    Ok(carried)
}

/// Copies a file page by page. Unreadable pages become blank.
fn copy_readable(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = fs::File::open(from)?;
    let mut target = fs::OpenOptions::new().write(true).truncate(true).open(to)?;
    let length = source.metadata()?.len();
    for at in (0..length).step_by(PAGE) {
        let size = usize::try_from(length - at).unwrap_or(PAGE).min(PAGE);
        let mut page = vec![0; size];
        source.seek(io::SeekFrom::Start(at))?;
        if source.read_exact(&mut page).is_err() {
            page.fill(0);
        }
        target.write_all(&page)?;
    }
    target.sync_all()
}

/// Whether the pages match the structure in the first page. Other pages are ignored.
fn fits(old: &Connection) -> rusqlite::Result<bool> {
    let mut all = old.prepare("PRAGMA integrity_check")?;
    let told = all.query_map([], |row| row.get::<_, String>(0))?;
    let told: Vec<String> = told.collect::<rusqlite::Result<_>>()?;
    Ok(told.iter().flat_map(|text| text.lines()).all(|line| {
        line == "ok" || line.ends_with("is never used") || line.starts_with("*** in database")
    }))
}

/// Replaces the first page, which contains the start of each table, by that of a new store. Stores
/// of the same version have the same first page.
fn replace_first_page(copy: &Path, fresh: &Path) -> io::Result<()> {
    let mut page = vec![0; PAGE];
    fs::File::open(fresh)?.read_exact(&mut page)?;
    let mut file = fs::OpenOptions::new().read(true).write(true).open(copy)?;
    let pages = u32::try_from(file.metadata()?.len() / PAGE as u64).unwrap_or(u32::MAX);
    // Sets the page count, no free pages, and matching change counters.
    for (at, number) in [(28, pages), (32, 0), (36, 0), (24, 1), (92, 1)] {
        if let Some(place) = page.get_mut(at..at + 4) {
            place.copy_from_slice(&u32::to_be_bytes(number));
        }
    }
    file.rewind()?;
    file.write_all(&page)
}

/// Copies the readable rows of a table and returns their number. After an unreadable place, it
/// continues in growing steps.
fn rows(old: &Connection, fresh: &Connection, table: &str) -> Result<u32, StoreError> {
    let highest = old.query_row(&format!("SELECT max(rowid) FROM {table}"), [], |row| row.get(0));
    // If that can't be read, the steps find the end.
    let highest = highest.unwrap_or(Some(i64::from(u32::MAX))).unwrap_or_default();
    let (mut carried, mut after, mut step) = (0, i64::MIN, 1);
    loop {
        let query = format!("SELECT rowid, * FROM {table} WHERE rowid > {after} ORDER BY rowid");
        let mut last = None;
        let whole = each(old, &query, |columns, rowid, values| {
            last = Some(rowid);
            carried += u32::from(put(fresh, table, columns, values)?);
            Ok(())
        })?;
        if whole {
            return Ok(carried);
        }
        step = if last.is_some() { 1 } else { step * 2 };
        after = last.unwrap_or(after).max(0).saturating_add(step);
        if after >= highest {
            return Ok(carried);
        }
    }
}

/// Passes on each row until one can't be read. Returns whether all rows were read.
fn each(
    old: &Connection,
    query: &str,
    mut take: impl FnMut(&[String], i64, &[Value]) -> Result<(), StoreError>,
) -> Result<bool, StoreError> {
    let Ok(mut all) = old.prepare(query) else { return Ok(true) };
    let columns: Vec<String> = all.column_names().skip(1).map(str::to_owned).collect();
    let Ok(mut rows) = all.query([]) else { return Ok(false) };
    loop {
        match rows.next() {
            Ok(None) => return Ok(true),
            Err(_) => return Ok(false),
            Ok(Some(row)) => {
                let values: rusqlite::Result<Vec<Value>> =
                    (0..columns.len()).map(|at| row.get(at + 1)).collect();
                let (Ok(rowid), Ok(values)) = (row.get(0), values) else { return Ok(false) };
                take(&columns, rowid, &values)?;
            }
        }
    }
}

/// The constraints of the new table refuse invalid rows.
fn put(
    fresh: &Connection,
    table: &str,
    columns: &[String],
    values: &[Value],
) -> Result<bool, StoreError> {
    let marks = vec!["?"; columns.len()].join(", ");
    let names = columns.join(", ");
    let insert = format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})");
    let is_no_row = |error: &rusqlite::Error| {
        matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::Unknown)
        )
    };
    match fresh.execute(&insert, params_from_iter(values)) {
        Ok(count) => Ok(count > 0),
        Err(error) if is_no_row(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, NewItem, Owner};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn filled(path: &Path, count: u32) {
        let store = Store::open(path, "here").unwrap();
        let owner = Owner {
            org_id: "00D".to_owned(),
            user_id: "005".to_owned(),
            username: "ada".to_owned(),
        };
        store.note_owner(&owner, true).unwrap();
        for n in 0..count {
            let subject = format!("{n:032x}");
            let item = NewItem {
                kind: Kind::Import,
                subject: &subject,
                appliance: "Default",
                case_id: "",
                case_number: "",
                title: "Rosa Marin",
                payload: "{}",
            };
            store.enqueue(&item, at(0), at(0)).unwrap();
        }
    }

    fn damage(path: &Path, pages: &[usize]) {
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(beside(path, end));
        }
        let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
        for page in pages {
            file.seek(io::SeekFrom::Start((page * PAGE) as u64)).unwrap();
            file.write_all(&[0xa5; PAGE]).unwrap();
        }
    }

    /// Damages a store with this number of items, and returns how many remain after the repair.
    fn mended(count: u32, pages: &[usize]) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("casebridge.db");
        filled(&path, count);
        damage(&path, pages);
        let error = Store::open(&path, "here").unwrap_err();
        assert!(error.is_damage(), "{error}");
        let damaged = fs::read(&path).unwrap();
        let store = Store::mend(&path, "here", at(1_764_078_000)).unwrap();
        let told = store.mended().unwrap().unwrap();
        assert!(!told.seen && told.aside == "casebridge.db.damaged-2025-11-25T13-40-00Z");
        assert!(fs::read(folder.path().join(&told.aside)).unwrap() == damaged, "it is kept");
        store.note_mended_seen().unwrap();
        drop(store);
        let store = Store::open(&path, "here").unwrap();
        assert!(store.mended().unwrap().unwrap().seen);
        let names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("-new") || name.contains("-damaged"))
            .collect();
        assert!(names.is_empty(), "{names:?}");
        store.outbox().unwrap().len()
    }

    #[test]
    fn c5_a_store_without_its_first_page_loses_nothing_else() {
        assert_eq!(mended(300, &[0]), 300);
    }

    #[test]
    fn a_store_with_holes_keeps_what_is_around_them() {
        // Pages in the middle of the items. Damaged indexes lose no data.
        let kept = mended(2000, &[60, 90, 120]);
        assert!((1850..=2000).contains(&kept), "{kept}");
    }

    #[test]
    fn a_store_that_is_no_store_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("casebridge.db");
        fs::write(&path, "x".repeat(3 * PAGE)).unwrap();
        assert!(Store::open(&path, "here").unwrap_err().is_damage());
        let store = Store::mend(&path, "here", at(0)).unwrap();
        assert_eq!(store.mended().unwrap().unwrap().carried, 0);
    }

    #[test]
    fn a_mending_that_broke_off_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("casebridge.db");
        filled(&new_place(&path), 3);
        let store = Store::open(&path, "here").unwrap();
        assert_eq!(store.outbox().unwrap().len(), 3);
    }
}
