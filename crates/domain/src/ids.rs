//! Identifiers as types, so that a number can't be passed as an id.
//!
//! Salesforce ids come in 15 characters (case-sensitive) or 18 (with a checksum); both are stored
//! with 18 (`docs/protocols/salesforce.md#ids-numbers-and-sizes`). LSIDs are 32 hexadecimal digits
//! (`docs/protocols/beyondtrust.md#session-identifiers`).

use std::fmt;
use std::str::FromStr;

/// Why a text is not a valid identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text has the wrong length.
    #[error("the length is wrong")]
    Length,
    /// The text contains a character that is not allowed.
    #[error("a character is not allowed")]
    Character,
    /// The checksum in the last three characters is wrong.
    #[error("the checksum does not fit")]
    Checksum,
    /// The id belongs to another kind of record.
    #[error("the id names another kind of record")]
    Prefix,
}

const CHECKSUM: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

fn checksum(id: &[u8]) -> [u8; 3] {
    let mut out = [0; 3];
    for (group, slot) in id.chunks(5).zip(out.iter_mut()) {
        let bits = group
            .iter()
            .enumerate()
            .fold(0_usize, |bits, (k, c)| bits | (usize::from(c.is_ascii_uppercase()) << k));
        *slot = CHECKSUM[bits];
    }
    out
}

/// Reads a 15- or 18-character record id and returns its 18-character form.
fn record_id(text: &str, prefix: &str) -> Result<String, IdError> {
    let bytes = text.as_bytes();
    if !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return Err(IdError::Character);
    }
    let (Some(head), 15 | 18) = (bytes.get(..15), bytes.len()) else {
        return Err(IdError::Length);
    };
    let sum = checksum(head);
    if bytes.len() == 18 && !bytes[15..].eq_ignore_ascii_case(&sum) {
        return Err(IdError::Checksum);
    }
    if !text.starts_with(prefix) {
        return Err(IdError::Prefix);
    }
    Ok(head.iter().chain(&sum).map(|b| char::from(*b)).collect())
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let parse: fn(&str) -> Result<String, IdError> = $parse;
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// The id of a case (prefix `500`), always 18 characters.
    CaseId,
    |text| record_id(text, "500")
);
text_id!(
    /// The id of an org (prefix `00D`), always 18 characters.
    OrgId,
    |text| record_id(text, "00D")
);
text_id!(
    /// The id of an org's user (prefix `005`), always 18 characters.
    UserId,
    |text| record_id(text, "005")
);
text_id!(
    /// The id of a record of any kind, always 18 characters.
    RecordId,
    |text| record_id(text, "")
);
text_id!(
    /// The case number as people read it, stored as typed: the format of the org's auto-number, 1
    /// to 40 of `[A-Za-z0-9._-]` with at least one digit, and not in the form of a record id
    /// (`SECURITY.md#the-link-grammar`).
    CaseNumber,
    |text| {
        if !(1..=40).contains(&text.len()) {
            return Err(IdError::Length);
        }
        let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let has_digit = text.bytes().any(|b| b.is_ascii_digit());
        let is_record_id =
            matches!(text.len(), 15 | 18) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        match text.bytes().all(is_allowed) && has_digit && !is_record_id {
            true => Ok(text.to_owned()),
            false => Err(IdError::Character),
        }
    }
);
text_id!(
    /// The id of a support session: 32 hexadecimal digits, stored in lower case.
    Lsid,
    |text| {
        if text.len() != 32 {
            return Err(IdError::Length);
        }
        if !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(IdError::Character);
        }
        Ok(text.to_ascii_lowercase())
    }
);

impl CaseNumber {
    /// The number padded to eight digits, the default of orgs. Only if it consists of digits.
    pub fn padded(&self) -> Self {
        match self.0.bytes().all(|b| b.is_ascii_digit()) {
            true => Self(format!("{:0>8}", self.0)),
            false => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifteen_character_id_gets_its_checksum() {
        let id: CaseId = "500D0000001Abcd".parse().unwrap();
        assert_eq!(id.as_str().len(), 18);
        assert_eq!(id, id.as_str().parse().unwrap());
        assert_eq!(id, id.as_str().to_ascii_lowercase().parse().unwrap_or(id.clone()));
    }

    #[test]
    fn published_ids_have_the_checksum_we_compute() {
        for whole in ["001D000000IqhSLIAZ", "00Dx0000000BV7zEAG", "0058000000BbrKLAAZ"] {
            let (head, sum) = whole.split_at(15);
            assert_eq!(sum.as_bytes(), checksum(head.as_bytes()), "{whole}");
        }
    }

    #[test]
    fn a_wrong_checksum_prefix_or_length_is_refused() {
        assert_eq!("500D0000001AbcdAAB".parse::<CaseId>(), Err(IdError::Checksum));
        assert_eq!("001D0000001Abcd".parse::<CaseId>(), Err(IdError::Prefix));
        assert_eq!("500D0000001Abc".parse::<CaseId>(), Err(IdError::Length));
        assert_eq!("500D0000001Abc'".parse::<CaseId>(), Err(IdError::Character));
    }

    #[test]
    fn a_case_number_is_kept_as_typed_and_pads_on_request() {
        let number: CaseNumber = "1026".parse().unwrap();
        assert_eq!((number.as_str(), number.padded().as_str()), ("1026", "00001026"));
        assert!("".parse::<CaseNumber>().is_err());
        let coded: CaseNumber = "CS-00001026".parse().unwrap();
        assert_eq!(coded.padded(), coded);
        assert!("12a".parse::<CaseNumber>().is_ok());
        for bad in ["abc", "1 2", "1#2", "500D0000001Abcd", "500D0000001AbcdAAB", "123456789012345"]
        {
            assert!(bad.parse::<CaseNumber>().is_err(), "{bad}");
        }
        assert!("1".repeat(41).parse::<CaseNumber>().is_err());
    }

    #[test]
    fn an_lsid_compares_without_case() {
        let upper: Lsid = "0123456789ABCDEF0123456789ABCDEF".parse().unwrap();
        assert_eq!(upper, "0123456789abcdef0123456789abcdef".parse().unwrap());
    }
}
