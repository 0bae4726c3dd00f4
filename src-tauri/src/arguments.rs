//! The program's arguments: none, or exactly one complete link (S4).

use casebridge_domain::deep_link::SCHEME;
use std::ffi::OsString;

/// The longest accepted argument. The link grammar has a lower limit of its own.
const LIMIT: usize = 2000;

/// Reads the link, if there is one. The app itself checks the link's grammar, so that the person is
/// told about a link that can't be used.
///
/// # Errors
/// There is more than one argument, or the argument is not a link.
pub(crate) fn link(
    mut arguments: impl Iterator<Item = OsString>,
) -> Result<Option<String>, &'static str> {
    let Some(first) = arguments.next() else { return Ok(None) };
    if arguments.next().is_some() {
        return Err("only one argument is allowed: a casebridge link");
    }
    let Ok(text) = first.into_string() else { return Err("the link is not valid text") };
    let scheme = text.split(':').next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case(SCHEME) || !text.contains(':') {
        return Err("options are not allowed, only one casebridge link");
    }
    if text.len() > LIMIT || text.chars().any(|c| c.is_control() || c == ' ') {
        return Err("this is not a valid link");
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Result<Option<String>, &'static str> {
        link(words.iter().map(OsString::from))
    }

    #[test]
    fn nothing_or_one_link_is_taken() {
        assert_eq!(of(&[]), Ok(None));
        let link = "casebridge://session-key?case=1026";
        assert_eq!(of(&[link]), Ok(Some(link.to_owned())));
    }

    #[test]
    fn a_packaged_entry_passes_the_link_as_one_argument() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(folder.join("tauri.conf.json")).unwrap();
        let config: serde_json::Value = serde_json::from_str(&text).unwrap();
        let schemes = &config["plugins"]["deep-link"]["desktop"]["schemes"];
        assert_eq!(*schemes, serde_json::json!([SCHEME]));
        for package in ["deb", "rpm"] {
            let template = config["bundle"]["linux"][package]["desktopTemplate"].as_str().unwrap();
            let entry = std::fs::read_to_string(folder.join(template)).unwrap();
            assert!(entry.contains("Exec={{exec}} %u\n"), "{entry}");
            assert!(entry.contains("MimeType={{mime_type}}"), "{entry}");
        }
    }

    #[test]
    fn s4_switches_split_quotes_and_more_words_are_refused() {
        for words in [
            &["--x", "casebridge://settings"][..],
            &["casebridge://settings", "--x"],
            &["--casebridge://settings"],
            &["--gpu-launcher=cmd casebridge://settings"],
            &["casebridge://session-key?case=1026\" --x \""],
            &["casebridge://settings\n--x"],
            &["casebridge"],
            &["-h"],
            &[""],
        ] {
            assert!(of(words).is_err(), "{words:?}");
        }
    }
}
