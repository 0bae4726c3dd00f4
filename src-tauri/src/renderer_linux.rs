//! How WebKitGTK brings its picture to the screen.

use std::path::Path;

/// WebKitGTK's own switch; "0" leaves its renderer on.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Where the kernel shows graphics cards; `renderD*` are those that can be drawn with.
const CARDS: &str = "/dev/dri";

/// Turns WebKitGTK's way through the memory of a graphics card off where there is no card: all is
/// drawn by the processor there, and each window would first set up a card's work for nothing.
///
/// Whoever has set the switch has decided. Called before there is a second thread: the environment
/// is shared by all of them.
pub(crate) fn choose() {
    choose_for(Path::new(CARDS));
}

fn choose_for(cards: &Path) {
    if !has_card(cards) {
        // It fails only without memory, and then windows are slower than they could be.
        glib::setenv(SWITCH, "1", false).ok();
    }
}

/// A folder that is not there has no cards; one that cannot be read may have.
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
