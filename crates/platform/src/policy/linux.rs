//! The policy file of Linux.

use crate::files;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

const POLICY_FILE: &str = "/etc/casebridge/policy.toml";
const LIMIT: u64 = 256 * 1024;
const ROOT: u32 = 0;

/// Reads the file, unless somebody but root could have changed it.
pub(super) fn policy_text() -> Option<String> {
    match read_owned_by(Path::new(POLICY_FILE), ROOT) {
        Ok(text) => Some(text),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => {
            tracing::error!(file = POLICY_FILE, error = %e, "the policy file is not used");
            None
        }
    }
}

fn read_owned_by(path: &Path, owner: u32) -> io::Result<String> {
    if let Some(dir) = path.parent() {
        require_unchangeable(&std::fs::metadata(dir)?, owner)?;
    }
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let file = File::open(path)?;
    require_unchangeable(&file.metadata()?, owner)?;
    let bytes = files::read_open_file(&file, LIMIT)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}

fn require_unchangeable(found: &std::fs::Metadata, owner: u32) -> io::Result<()> {
    if found.uid() == owner && found.mode() & 0o022 == 0 {
        return Ok(());
    }
    let text = "it and its folder must belong to root and be writable by nobody else";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_policy_that_others_can_change_is_not_used() {
        let temp = tempfile::tempdir().unwrap();
        let me = rustix::process::geteuid().as_raw();
        let path = temp.path().join("policy.toml");
        fs::write(&path, "a = 1").unwrap();
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        set(&path, 0o644);
        assert_eq!(read_owned_by(&path, me).unwrap(), "a = 1");
        assert!(read_owned_by(&path, me + 1).is_err(), "another owner");
        set(&path, 0o664);
        assert!(read_owned_by(&path, me).is_err(), "a file that the group can write");
        set(&path, 0o644);
        set(temp.path(), 0o777);
        assert!(read_owned_by(&path, me).is_err(), "a folder that all can write");
    }
}
