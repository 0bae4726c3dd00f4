//! Record ids: fifteen characters, or eighteen with their checksum.

/// Whether a text has the form of a record id; the checksum of 18 characters must fit.
pub(crate) fn is_id(text: &str) -> bool {
    let head = text.get(..15).unwrap_or_default();
    text.bytes().all(|b| b.is_ascii_alphanumeric())
        && match text.len() {
            15 => true,
            18 => with_checksum(head).eq_ignore_ascii_case(text),
            _ => false,
        }
}

/// Whether an id with 15 or 18 characters is the given one with 18.
pub(crate) fn same_id(whole: &str, id: &str) -> bool {
    is_id(id) && whole.get(..15) == id.get(..15)
}

pub(super) fn base62(mut number: u64, width: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = Vec::new();
    while text.len() < width {
        let digit = usize::try_from(number % 62).unwrap_or(0);
        text.push(char::from(DIGITS[digit]));
        number /= 62;
    }
    text.iter().rev().collect()
}

/// Adds the three characters that tell upper from lower case in the first fifteen.
pub(super) fn with_checksum(id: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    let mut whole = id.to_owned();
    for group in id.as_bytes().chunks(5) {
        let mut bits = 0;
        for (position, byte) in group.iter().enumerate() {
            if byte.is_ascii_uppercase() {
                bits |= 1 << position;
            }
        }
        whole.push(char::from(LETTERS[bits]));
    }
    whole
}

/// An id without its checksum.
pub(super) fn head_of(id: &str) -> &str {
    id.get(..15).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_ids_have_the_checksum_that_is_computed() {
        for id in ["001D000000IqhSLIAZ", "00Dx0000000BV7zEAG", "0058000000BbrKLAAZ"] {
            assert_eq!(with_checksum(id.split_at(15).0), id);
            assert!(is_id(id));
        }
    }
}
