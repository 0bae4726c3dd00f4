//! Selects how WebKitGTK renders its windows.

use std::path::Path;

/// WebKitGTK's environment variable; "0" keeps the DMA-BUF renderer on.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// The kernel's folder of graphics cards; `renderD*` are those that can render.
const CARDS: &str = "/dev/dri";

/// Turns off WebKitGTK's DMA-BUF renderer on computers without a graphics card. There the processor
/// renders everything, and the DMA-BUF set-up would only slow each window down.
///
/// A value that is already set is kept. Must be called before a second thread starts, because all
/// threads share the environment.
pub(crate) fn choose() {
    choose_for(Path::new(CARDS));
}

fn choose_for(cards: &Path) {
    if !has_card(cards) {
        // It fails only if memory runs out. Windows are then slower, but work.
        glib::setenv(SWITCH, "1", false).ok();
    }
}

/// A missing folder means no cards; a folder that can't be read may have some.
fn has_card(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries
            .flatten()
            .any(|entry| entry.file_name().as_encoded_bytes().starts_with(b"renderD")),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_card_the_switch_is_set_unless_somebody_has_set_it() {
        let folder = tempfile::tempdir().unwrap();
        let value = || glib::getenv(SWITCH).map(|value| value.into_string().unwrap());
        glib::setenv(SWITCH, "0", true).unwrap();
        choose_for(folder.path());
        assert_eq!(value().as_deref(), Some("0"));
        glib::unsetenv(SWITCH);
        choose_for(folder.path());
        assert_eq!(value().as_deref(), Some("1"));
    }

    #[test]
    fn only_a_card_that_can_draw_is_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("dri")));
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
