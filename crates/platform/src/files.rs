//! Files of the user's own: bounded reading, private folders, atomic replacement.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// The operating system's, `InvalidInput` for anything but a regular file, and `FileTooLarge`.
pub fn read_limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    // Asked before opening, since opening a pipe would wait for its other end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    read_open_file(&File::open(path)?, limit)
}

/// Reads the rest of an open file of at most `limit` bytes.
pub(crate) fn read_open_file(file: &File, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let text = format!("larger than {limit} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

/// Reads the last `limit` bytes of a regular file.
///
/// # Errors
/// The operating system's.
pub fn read_end(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let from = file.metadata()?.len().saturating_sub(limit);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces a file at once, readable by the user alone: a reader, and a crash at any point,
/// meets the old content or the new one. The folder is made if it is missing.
///
/// # Errors
/// The operating system's; the old file is then untouched.
pub fn write_private_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, bytes, tempfile::Builder::new().prefix(".casebridge-"))
}

/// Replaces a file at once that others may read, such as a desktop entry.
#[cfg(target_os = "linux")]
pub(crate) fn write_shared_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = fs::Permissions::from_mode(0o644);
    write_with(
        path,
        bytes,
        tempfile::Builder::new().prefix(".casebridge-").permissions(permissions),
    )
}

/// A file beside another one, with room on the disk for what is to take its place. Dropped, it is gone.
pub(crate) struct Reserved {
    file: File,
    path: tempfile::TempPath,
    room: usize,
}

impl Reserved {
    /// Makes room for so many bytes more than the file has now. What it has is what the disk shows
    /// should the power fail in the midst of the exchange.
    ///
    /// # Errors
    /// The operating system's; there is no such room then.
    pub(crate) fn beside(path: &Path, content: &[u8], more: usize) -> io::Result<Self> {
        let mut name = path.as_os_str().to_owned();
        name.push(".next");
        let beside = std::path::PathBuf::from(name);
        // One that a killed process left.
        fs::remove_file(&beside).ok();
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        let path = tempfile::TempPath::try_from_path(beside)?;
        let room = content.len() + more;
        file.write_all(&padded(content, room))?;
        file.sync_all()?;
        Ok(Self { file, path, room })
    }

    /// Takes the place of the other file: at first for every process, then for a power failure too.
    ///
    /// # Errors
    /// The operating system's; the other file is then as it was.
    pub(crate) fn replace(self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let Self { mut file, path: beside, room } = self;
        if bytes.len() > room {
            return write_private_atomically(path, bytes);
        }
        file.rewind()?;
        file.write_all(&padded(bytes, room))?;
        beside.persist(path).map_err(|e| e.error)?;
        file.sync_all()?;
        file.set_len(bytes.len() as u64)?;
        file.sync_all()?;
        sync_folder(path.parent().unwrap_or(Path::new("/")))
    }
}

/// Line ends behind a text change nothing of it.
fn padded(content: &[u8], room: usize) -> Vec<u8> {
    let mut all = content.to_vec();
    all.resize(room.max(content.len()), b'\n');
    all
}

fn write_with(path: &Path, bytes: &[u8], builder: &tempfile::Builder<'_, '_>) -> io::Result<()> {
    let no_folder = || io::Error::new(io::ErrorKind::InvalidInput, "a path without a folder");
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).ok_or_else(no_folder)?;
    create_private_dir(dir)?;
    let mut file = builder.tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    sync_folder(dir)
}

/// Makes a folder and its missing parents, open to the user alone; one that exists stays as it is.
///
/// # Errors
/// The operating system's.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// Fails unless the folder is a real one, the user's own, and closed to everybody else.
#[cfg(unix)]
pub(crate) fn require_private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let found = fs::symlink_metadata(path)?;
    let is_mine = found.uid() == rustix::process::geteuid().as_raw();
    if found.is_dir() && is_mine && found.mode() & 0o077 == 0 {
        return Ok(());
    }
    let text = "it must be the user's own folder with mode 700";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, text))
}

/// The folders of a Windows profile are the user's own by inheritance.
#[cfg(not(unix))]
pub(crate) fn require_private_dir(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_has_the_new_content_and_leaves_nothing_beside_it() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("new/settings.toml");
        write_private_atomically(&path, b"one").unwrap();
        write_private_atomically(&path, b"two").unwrap();
        assert_eq!(read_limited(&path, 3).unwrap(), b"two");
        assert_eq!(fs::read_dir(temp.path().join("new")).unwrap().count(), 1);
    }

    #[test]
    fn s17_room_is_made_before_it_is_needed_and_leaves_nothing_behind() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("credentials.toml");
        write_private_atomically(&path, b"one").unwrap();
        let names = || fs::read_dir(temp.path()).unwrap().count();
        drop(Reserved::beside(&path, b"one", 100).unwrap());
        assert_eq!(names(), 1);
        for new in [&b"two"[..], &[b'x'; 500]] {
            // As after a kill.
            fs::write(temp.path().join("credentials.toml.next"), "old").unwrap();
            let reserved = Reserved::beside(&path, b"one", 100).unwrap();
            assert_eq!(fs::read(&path).unwrap().len(), 3);
            reserved.replace(&path, new).unwrap();
            assert_eq!((fs::read(&path).unwrap().as_slice(), names()), (new, 1));
            write_private_atomically(&path, b"one").unwrap();
        }
        let missing = temp.path().join("no/such/file");
        assert!(Reserved::beside(&missing, b"", 1).is_err());
    }

    #[test]
    fn a_file_above_the_limit_is_not_read() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("large");
        write_private_atomically(&path, b"1234").unwrap();
        let refused = read_limited(&path, 3).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_folder_is_not_read() {
        let temp = tempfile::tempdir().unwrap();
        let refused = read_limited(temp.path(), 3).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }

    #[cfg(unix)]
    #[test]
    fn s16_a_data_file_is_open_to_the_user_alone_even_when_it_was_not() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("data");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        write_private_atomically(&path, b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
