//! Handles texts from outside: detects invisible characters and shortens texts to one line (S10).

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Whether the character is invisible: control characters, direction marks, joiners, fillers,
/// variation selectors, tags, and spaces other than the ordinary one.
pub fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_control();
    }
    let kind = CodePointMapData::<GeneralCategory>::new().get(c);
    matches!(
        kind,
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::SpaceSeparator
    ) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        // The Braille pattern without a dot.
        || c == '\u{2800}'
}

/// Whether the character changes how others are shown: control characters, line ends and direction
/// marks. Characters that some scripts and emoji need are not included.
pub fn is_disguise(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Prepares a text for a single line on the desktop: line ends become spaces, disguising characters
/// are removed, and the length is limited to `limit` characters.
pub fn one_line(text: &str, limit: usize) -> String {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}');
    let words = text.split(blank).map(|word| word.chars().filter(|c| !is_disguise(*c)).collect());
    let words: Vec<String> = words.filter(|word: &String| !word.is_empty()).collect();
    words.join(" ").chars().take(limit).collect()
}

/// Prepares a text for a window: lines are kept, disguising characters are removed.
pub fn shown(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_disguise(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s10_one_line_is_one_line_and_no_disguise() {
        for (text, expected) in [
            ("Rosa\r\nBcc: x", "Rosa Bcc: x"),
            ("Rosa\u{202e}gnp.exe\u{202c}", "Rosagnp.exe"),
            ("\u{2067}Rosa\u{2069}\u{200f}", "Rosa"),
            ("\u{2028}\u{2029}\u{85}", ""),
            ("\u{0}\u{7}\u{1b}[31m", "[31m"),
            ("نیما می\u{200c}خواهم", "نیما می\u{200c}خواهم"),
            ("👩\u{200d}🔧 Rosa", "👩\u{200d}🔧 Rosa"),
            ("a\u{e0041}\u{e007f}b", "ab"),
        ] {
            assert_eq!(one_line(text, 80), expected);
        }
        assert_eq!(one_line(&"ä".repeat(99), 80).chars().count(), 80);
        assert_eq!(shown("one\n\u{202e}two\r\n"), "one\ntwo\n");
    }

    #[test]
    fn s3_what_cannot_be_seen_is_known() {
        for c in [
            '\0',
            '\u{7f}',
            '\u{a0}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{180e}',
            '\u{2000}',
            '\u{200b}',
            '\u{200d}',
            '\u{2028}',
            '\u{202e}',
            '\u{202f}',
            '\u{2060}',
            '\u{2064}',
            '\u{2800}',
            '\u{3000}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{1bca0}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0100}',
        ] {
            assert!(is_invisible(c), "{:04x}", u32::from(c));
        }
        for c in ['a', ' ', 'ä', '中', 'ي', '👍', '\u{2801}'] {
            assert!(!is_invisible(c), "{c}");
        }
    }
}
