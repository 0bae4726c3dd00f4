//! A row of the org as the import writes it: an object, a key, and fields within their limits.

use jiff::Timestamp;
use std::borrow::Cow;

/// The org's objects that an import writes, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// The session; everything else belongs to it.
    Session,
    /// Customers and representatives.
    Participant,
    /// What happened, as a short title.
    Event,
    /// File transfers in both directions.
    FileTransfer,
    /// Recordings.
    Recording,
    /// System information about the customer's computer.
    SystemInformation,
    /// Answers of exit surveys.
    SurveyResponse,
}

impl Object {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Session,
        Self::Participant,
        Self::Event,
        Self::FileTransfer,
        Self::Recording,
        Self::SystemInformation,
        Self::SurveyResponse,
    ];

    /// The object's API name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "Support_Session__c",
            Self::Participant => "Support_Session_Participant__c",
            Self::Event => "Support_Session_Event__c",
            Self::FileTransfer => "Support_Session_File_Transfer__c",
            Self::Recording => "Support_Session_Recording__c",
            Self::SystemInformation => "Support_Session_System_Information__c",
            Self::SurveyResponse => "Support_Session_Survey_Response__c",
        }
    }

    /// The external id field of the object.
    pub fn key(self) -> &'static str {
        match self {
            Self::Session => "LSID__c",
            Self::Participant
            | Self::Event
            | Self::FileTransfer
            | Self::Recording
            | Self::SystemInformation
            | Self::SurveyResponse => "Key__c",
        }
    }
}

/// The value of a field. Every field of a row is written, so that a second import also removes
/// outdated values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A text within the field's limit.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Switch(bool),
    /// A moment.
    Time(Timestamp),
    /// Nothing.
    Nothing,
}

impl From<Option<Timestamp>> for Value<'_> {
    fn from(time: Option<Timestamp>) -> Self {
        time.map_or(Self::Nothing, Self::Time)
    }
}

impl From<Option<u64>> for Value<'_> {
    fn from(number: Option<u64>) -> Self {
        number.and_then(|number| number.try_into().ok()).map_or(Self::Nothing, Self::Number)
    }
}

/// A field and its value.
pub type Field<'a> = (&'static str, Value<'a>);

/// The mark at the end of a shortened text.
pub const MARK: &str = "… [cut, the whole is in Files]";

/// Fits the text into a field: control characters are replaced, and the length is at most `limit`
/// UTF-16 code units. Also returns whether the text was shortened.
pub fn fit(text: &str, limit: usize) -> (Cow<'_, str>, bool) {
    let text = visible(text);
    // UTF-16 never needs more code units than UTF-8 needs bytes.
    if text.len() <= limit || text.encode_utf16().count() <= limit {
        return (text, false);
    }
    // Short fields have no room for the mark.
    let mark = if limit > 2 * MARK.len() { MARK } else { "" };
    let room = limit - mark.encode_utf16().count();
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > room
    });
    let start = end.and_then(|(end, _)| text.get(..end)).unwrap_or_default();
    (Cow::Owned(format!("{}{mark}", start.trim_end())), true)
}

/// Replaces control characters, which the org would drop or refuse, by visible symbols (S10).
fn visible(text: &str) -> Cow<'_, str> {
    let is_hidden = |b: u8| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f;
    // A quick check: most texts contain none.
    let is_doubtful = text.bytes().fold(false, |any, b| any | (b < 0x20) | (b == 0x7f));
    if !is_doubtful || !text.bytes().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| match u8::try_from(c) {
        Ok(0x7f) => '\u{2421}',
        Ok(b) if is_hidden(b) => char::from_u32(0x2400 + u32::from(b)).unwrap_or(c),
        _ => c,
    };
    Cow::Owned(text.chars().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_text_is_cut_with_a_mark_and_a_short_one_is_not() {
        assert_eq!(fit("short", 255), (Cow::Borrowed("short"), false));
        let long = "ab ".repeat(100);
        let (cut, was_cut) = fit(&long, 255);
        assert!(was_cut && cut.ends_with(MARK));
        assert_eq!(fit("bell\u{7}\u{7f}\ttab", 255).0, "bell␇␡\ttab");
    }

    proptest! {
        #[test]
        fn a_text_never_exceeds_its_limit(text in "\\PC{0,400}|[\u{10000}-\u{10ffff}é]{0,300}", limit in 1_usize..300) {
            let (cut, was_cut) = fit(&text, limit);
            prop_assert!(cut.encode_utf16().count() <= limit);
            prop_assert!(was_cut || cut == text);
        }
    }
}
