//! Secrets in a TOML file that the user named, for machines without a keyring.
//!
//! ```toml
//! [appliance.Default]
//! client_secret = "…"
//! [org]
//! refresh_token = "…"
//! ```

use super::{ExposeSecret, SecretError, SecretName, SecretStore, SecretString, describe};
use crate::files;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use toml_edit::{DocumentMut, Item, Table, TomlError, value};

const LIMIT: u64 = 64 * 1024;

/// A credentials file: the user's own, closed to everybody else, replaced at once when it changes.
pub struct CredentialsFile {
    path: PathBuf,
    /// Held while the file changes; with all that the next change needs, where it was prepared.
    writing: Mutex<Option<Prepared>>,
}

/// A change that is as good as written: between the org's answer and the stored token there is no more
/// than a write and a rename.
struct Prepared {
    document: DocumentMut,
    path: PathBuf,
    room: files::Reserved,
    /// What the file was like: one that somebody edits meanwhile is read again.
    seen: Option<(u64, SystemTime)>,
}

/// How long a file is, and when it was last changed.
fn look(path: &Path) -> Option<(u64, SystemTime)> {
    let found = std::fs::metadata(path).ok()?;
    Some((found.len(), found.modified().ok()?))
}

/// A rotated token may be so much longer than the one before.
const ROOM: usize = 4096;

impl CredentialsFile {
    /// The file at this path; nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), writing: Mutex::new(None) }
    }

    fn read(&self) -> Result<DocumentMut, SecretError> {
        let bytes = read_private(&self.path).map_err(|e| self.refuse(&describe(&e)))?;
        let text = String::from_utf8(bytes).map_err(|_| self.refuse("it is not UTF-8"))?;
        text.parse().map_err(|e| self.refuse(&place_of(&e, &text)))
    }

    fn change(&self, change: impl FnOnce(&mut DocumentMut) -> bool) -> Result<(), SecretError> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let prepared = writing.take();
        let is_same =
            prepared.as_ref().is_some_and(|p| p.seen.is_some() && look(&p.path) == p.seen);
        let (mut document, path, room) = match prepared {
            Some(Prepared { document, path, room, .. }) if is_same => (document, path, Some(room)),
            _ => {
                let path = self.real_path().map_err(|e| SecretError::from_disk(&e, &self.path))?;
                let document = match self.path.try_exists() {
                    Ok(false) => DocumentMut::new(),
                    _ => self.read()?,
                };
                (document, path, None)
            }
        };
        if !change(&mut document) {
            return Err(self.refuse("a table in it is not what it has to be"));
        }
        let bytes = document.to_string().into_bytes();
        let written = match room {
            Some(room) => room.replace(&path, &bytes),
            None => files::write_private_atomically(&path, &bytes),
        };
        written.map_err(|e| SecretError::from_disk(&e, &self.path))
    }

    /// A link stays a link: what it points to is replaced.
    fn real_path(&self) -> io::Result<PathBuf> {
        self.path.canonicalize().or_else(|_| std::path::absolute(&self.path))
    }

    fn refuse(&self, reason: &str) -> SecretError {
        SecretError::FileRefused(format!("{}: {reason}", self.path.display()))
    }
}

impl SecretStore for CredentialsFile {
    fn get(&self, name: &SecretName) -> Result<Option<SecretString>, SecretError> {
        let document = self.read()?;
        let mut item = document.as_item();
        for key in name.path() {
            match item.get(key) {
                Some(found) => item = found,
                None => return Ok(None),
            }
        }
        let text = item.as_str().ok_or_else(|| self.refuse("a secret in it is not a text"))?;
        Ok(Some(text).filter(|t| !t.is_empty()).map(SecretString::from))
    }

    fn set(&self, name: &SecretName, secret: &SecretString) -> Result<(), SecretError> {
        self.change(|document| put(document, &name.path(), secret.expose_secret()).is_some())
    }

    fn delete(&self, name: &SecretName) -> Result<(), SecretError> {
        self.change(|document| {
            remove(document, &name.path());
            true
        })
    }

    fn reserve(&self, _: &SecretName) -> Result<(), SecretError> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at before it is read: a change in between makes it another one.
        let (seen, document) = (look(&self.path), self.read()?);
        let text = document.to_string();
        let made = self
            .real_path()
            .and_then(|path| Ok((files::Reserved::beside(&path, text.as_bytes(), ROOM)?, path)));
        let (room, path) = made.map_err(|e| SecretError::from_disk(&e, &self.path))?;
        *writing = Some(Prepared { document, path, room, seen });
        Ok(())
    }

    fn release(&self) {
        *self.writing.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn place(&self) -> String {
        std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone()).display().to_string()
    }

    /// Reads the file and makes sure that its folder takes the file that will replace it.
    fn check(&self) -> Result<(), SecretError> {
        self.read()?;
        let path = self.path.canonicalize().map_err(|e| self.refuse(&describe(&e)))?;
        tempfile::tempfile_in(path.parent().unwrap_or(Path::new("/"))).map(drop).map_err(|e| {
            self.refuse(&format!("a rotated sign-in could not be stored beside it: {e}"))
        })
    }
}

fn put(document: &mut DocumentMut, path: &[&str], text: &str) -> Option<()> {
    let (key, tables) = path.split_last()?;
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for name in tables {
        let item = table.entry(name).or_insert_with(|| {
            let mut new = Table::new();
            new.set_implicit(true);
            Item::Table(new)
        });
        table = item.as_table_like_mut()?;
    }
    table.insert(key, value(text));
    Some(())
}

fn remove(document: &mut DocumentMut, path: &[&str]) -> Option<()> {
    let (key, tables) = path.split_last()?;
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for name in tables {
        table = table.get_mut(name)?.as_table_like_mut()?;
    }
    table.remove(key).map(drop)
}

/// The parser's own message quotes the line, and with it a secret.
fn place_of(error: &TomlError, text: &str) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    format!("line {line} is not TOML")
}

fn read_private(path: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let file = File::open(path)?;
    require_private(&file)?;
    files::read_open_file(&file, LIMIT)
}

/// Asked of the open file, so that it cannot be exchanged in between.
#[cfg(unix)]
fn require_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let found = file.metadata()?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to another user"));
    }
    if found.mode() & 0o077 != 0 {
        let text = format!("others may use it (mode {:03o}); chmod 600 it", found.mode() & 0o777);
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
    }
    Ok(())
}

/// On Windows the folder that the file lies in decides who may read it.
#[cfg(not(unix))]
fn require_private(_file: &File) -> io::Result<()> {
    Ok(())
}

impl fmt::Debug for CredentialsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsFile").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_with(text: &str) -> (tempfile::TempDir, CredentialsFile) {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("credentials.toml");
        files::write_private_atomically(&path, text.as_bytes()).unwrap();
        (temp, CredentialsFile::new(path))
    }

    fn default_appliance() -> SecretName {
        SecretName::ApplianceClientSecret("Default".to_owned())
    }

    #[test]
    fn secrets_are_read_from_their_tables() {
        let (_temp, file) = file_with(
            "[appliance.Default]\nclient_secret = \"one\"\n[org]\nrefresh_token = \"two\"\n",
        );
        assert_eq!(file.get(&default_appliance()).unwrap().unwrap().expose_secret(), "one");
        let token = file.get(&SecretName::OrgRefreshToken).unwrap().unwrap();
        assert_eq!(token.expose_secret(), "two");
        let other = SecretName::ApplianceClientSecret("Other".to_owned());
        assert!(file.get(&other).unwrap().is_none());
    }

    #[test]
    fn a_new_token_leaves_the_rest_of_the_file_as_it_was() {
        let (_temp, file) =
            file_with("# ours\n[appliance.Default]\nclient_secret = \"one\" # kept\n");
        file.set(&SecretName::OrgRefreshToken, &SecretString::from("new \"token\"")).unwrap();
        let text = std::fs::read_to_string(&file.path).unwrap();
        assert!(text.starts_with("# ours\n[appliance.Default]\nclient_secret = \"one\" # kept\n"));
        assert!(text.contains("[org]"), "{text}");
        let token = file.get(&SecretName::OrgRefreshToken).unwrap().unwrap();
        assert_eq!(token.expose_secret(), "new \"token\"");
        file.delete(&SecretName::OrgRefreshToken).unwrap();
        assert!(file.get(&SecretName::OrgRefreshToken).unwrap().is_none());
        assert!(file.get(&default_appliance()).unwrap().is_some());
    }

    #[test]
    fn s17_a_file_that_was_edited_while_a_token_was_exchanged_keeps_the_edit() {
        let (temp, file) = file_with("[org]\nrefresh_token = \"one\"\n");
        let token = SecretString::from("two");
        for edited in [false, true] {
            file.reserve(&SecretName::OrgRefreshToken).unwrap();
            if edited {
                let text = "# by hand\n[org]\nrefresh_token = \"one\"\n";
                files::write_private_atomically(&file.path, text.as_bytes()).unwrap();
            }
            file.set(&SecretName::OrgRefreshToken, &token).unwrap();
            let text = std::fs::read_to_string(&file.path).unwrap();
            assert_eq!(text.starts_with("# by hand"), edited, "{text}");
            assert!(text.ends_with("refresh_token = \"two\"\n"), "{text:?}");
            assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 1);
        }
        file.reserve(&SecretName::OrgRefreshToken).unwrap();
        file.release();
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn s17_a_disk_without_room_is_told_as_such() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(matches!(SecretError::from_disk(&full, Path::new("x")), SecretError::Full(_)));
    }

    #[test]
    fn a_missing_file_is_said_to_be_missing_and_made_by_the_first_secret() {
        let temp = tempfile::tempdir().unwrap();
        let file = CredentialsFile::new(temp.path().join("new.toml"));
        let refused = file.check().unwrap_err().to_string();
        assert!(refused.ends_with("it does not exist"), "{refused}");
        file.set(&default_appliance(), &SecretString::from("one")).unwrap();
        file.check().unwrap();
        assert!(file.get(&default_appliance()).unwrap().is_some());
    }

    #[test]
    fn s15_a_broken_file_is_refused_by_its_line_without_its_text() {
        let (_temp, file) = file_with("[org]\nrefresh_token = \"canary\n");
        let refused = file.check().unwrap_err();
        let shown = format!("{refused} {refused:?}");
        assert!(shown.contains("line 2") && !shown.contains("canary"), "{shown}");
    }

    #[cfg(unix)]
    #[test]
    fn s17_a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_temp, file) = file_with("[org]\nrefresh_token = \"one\"\n");
        for mode in [0o644, 0o640, 0o604, 0o660] {
            std::fs::set_permissions(&file.path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(file.check(), Err(SecretError::FileRefused(_))), "{mode:o}");
            let set = file.set(&SecretName::OrgRefreshToken, &SecretString::from("two"));
            assert!(matches!(set, Err(SecretError::FileRefused(_))), "{mode:o}");
        }
        std::fs::set_permissions(&file.path, std::fs::Permissions::from_mode(0o600)).unwrap();
        file.check().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_file_stays_a_link() {
        let (temp, file) = file_with("");
        let link = temp.path().join("link.toml");
        std::os::unix::fs::symlink(&file.path, &link).unwrap();
        let linked = CredentialsFile::new(&link);
        linked.set(&SecretName::OrgRefreshToken, &SecretString::from("one")).unwrap();
        assert!(link.is_symlink());
        assert!(file.get(&SecretName::OrgRefreshToken).unwrap().is_some());
    }
}
