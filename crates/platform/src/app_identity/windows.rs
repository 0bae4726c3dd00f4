//! The AppUserModelID: of the process, and with name and icon in the user's registry, which is enough
//! for a plain program that no installer gave a shortcut with it.

use super::APP_ID;
use crate::Profile;
use crate::files::write_private_atomically;
use std::io;
use std::path::Path;
use winreg::RegKey;
use winreg::enums::HKEY_CURRENT_USER;

const IDS: &str = r"Software\Classes\AppUserModelId";
const ICON: &str = "notification-icon.png";

pub(super) fn introduce(profile: &Profile, icon: &[u8]) -> io::Result<()> {
    winsafe::SetCurrentProcessExplicitAppUserModelID(APP_ID)
        .map_err(|code| io::Error::other(code.to_string()))?;
    let user = RegKey::predef(HKEY_CURRENT_USER);
    if !profile.is_default() && is_described(&user, IDS)? {
        return Ok(());
    }
    describe(&user, IDS, &icon_file(&profile.data_dir, icon)?)
}

/// The picture as a file, which is all that notifications can name.
fn icon_file(folder: &Path, icon: &[u8]) -> io::Result<String> {
    let path = folder.join(ICON);
    if std::fs::read(&path).ok().as_deref() != Some(icon) {
        write_private_atomically(&path, icon)?;
    }
    let path = path.to_str().map(str::to_owned);
    path.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the icon's path is no text"))
}

fn is_described(root: &RegKey, ids: &str) -> io::Result<bool> {
    let key = root.open_subkey(format!(r"{ids}\{APP_ID}"));
    match key.and_then(|key| key.get_value::<String, _>("DisplayName")) {
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

fn describe(root: &RegKey, ids: &str, icon: &str) -> io::Result<()> {
    let (key, _) = root.create_subkey(format!(r"{ids}\{APP_ID}"))?;
    key.set_value("DisplayName", &"Casebridge")?;
    key.set_value("IconUri", &icon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_has_the_products_name_and_an_icon_that_is_there() {
        let user = RegKey::predef(HKEY_CURRENT_USER);
        let ids = format!(r"Software\Casebridge id test {}", std::process::id());
        assert!(!is_described(&user, &ids).unwrap());
        let folder = tempfile::tempdir().unwrap();
        for picture in [b"old".as_slice(), b"new", b"new"] {
            let icon = icon_file(folder.path(), picture).unwrap();
            describe(&user, &ids, &icon).unwrap();
            let key = user.open_subkey(format!(r"{ids}\{APP_ID}")).unwrap();
            assert_eq!(key.get_value::<String, _>("DisplayName").unwrap(), "Casebridge");
            let icon: String = key.get_value("IconUri").unwrap();
            assert_eq!(std::fs::read(icon).unwrap(), picture);
        }
        assert!(is_described(&user, &ids).unwrap());
        user.delete_subkey_all(&ids).unwrap();
    }

    #[test]
    fn the_process_takes_the_id() {
        winsafe::SetCurrentProcessExplicitAppUserModelID(APP_ID).unwrap();
    }
}
