//! The encoding of a document: usually UTF-8, but others are possible
//! (`docs/protocols/beyondtrust.md#what-real-appliances-answer`).

use super::Flaw;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The number of bytes that are searched for the declaration.
pub(crate) const DECLARATION: usize = 256;

/// Reads the byte order mark or the declaration at the beginning of a document; UTF-8 without either.
///
/// # Errors
/// The declaration names an unknown encoding.
pub(crate) fn of(beginning: &[u8]) -> Result<&'static Encoding, Flaw> {
    if let Some((encoding, _)) = Encoding::for_bom(beginning) {
        return Ok(encoding);
    }
    match beginning {
        [b'<', 0, b'?', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', 0, b'?', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let Some(label) = declared(beginning) else { return Ok(UTF_8) };
    let known = Encoding::for_label(label);
    match known {
        // The declaration was readable with one byte per character, so it can't be UTF-16.
        Some(wide) if wide == UTF_16LE || wide == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => {
            let label = String::from_utf8_lossy(label.get(..40).unwrap_or(label)).into_owned();
            Err(Flaw::Malformed(format!("its encoding {label} is not known")))
        }
    }
}

/// The label in `<?xml … encoding="LABEL"?>`.
fn declared(beginning: &[u8]) -> Option<&[u8]> {
    let text = beginning.get(..beginning.len().min(DECLARATION))?.trim_ascii_start();
    let inside = text.strip_prefix(b"<?xml")?;
    let end = inside.windows(2).position(|two| two == b"?>")?;
    let inside = inside.get(..end)?;
    let at = inside.windows(8).position(|word| word == b"encoding")?;
    let value = inside.get(at + 8..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let end = value.iter().position(|byte| byte == quote)?;
    value.get(..end).filter(|_| matches!(quote, b'"' | b'\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_the_one_that_the_document_names() {
        let name = |text: &[u8]| of(text).map(Encoding::name);
        for (text, expected) in [
            (&b"<a/>"[..], "UTF-8"),
            (b"<?xml version=\"1.0\"?><a/>", "UTF-8"),
            (b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "UTF-8"),
            (b"\n<?xml version='1.0' encoding = 'iso-8859-15'?>", "ISO-8859-15"),
            (b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>", "Shift_JIS"),
            (b"\xef\xbb\xbf<a/>", "UTF-8"),
            (b"\xff\xfe<\0a\0", "UTF-16LE"),
            (b"<\0?\0x\0", "UTF-16LE"),
            (b"\0<\0?\0x", "UTF-16BE"),
            (b"<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", "UTF-8"),
            (b"<?xml version=\"1.0\" encoding=", "UTF-8"),
        ] {
            assert_eq!(name(text), Ok(expected), "{}", String::from_utf8_lossy(text));
        }
        assert!(of(b"<?xml version=\"1.0\" encoding=\"x-nobody\"?>").is_err());
    }
}
