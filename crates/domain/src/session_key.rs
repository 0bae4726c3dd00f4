//! A session key, which the customer enters or opens to join a session.

use jiff::{SignedDuration, Timestamp};

/// A key that the appliance created (`docs/protocols/beyondtrust.md#session-keys`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// The code, as the appliance wrote it; usually seven characters.
    pub short_key: String,
    /// The URL that starts the session.
    pub key_url: String,
    /// When the key expires, by this computer's clock. Absent if unknown.
    pub expires_at: Option<Timestamp>,
    /// How far the appliance's clock is ahead of this computer's. Absent if unknown.
    pub clock_ahead: Option<SignedDuration>,
    /// Whether the queue can accept a session now. Absent if the appliance did not report it.
    pub queue_available: Option<bool>,
    /// The external key that was sent.
    pub external_key: Option<String>,
    /// The appliance's own subject for the e-mail.
    pub mail_subject: Option<String>,
    /// The appliance's own text for the e-mail.
    pub mail_body: Option<String>,
}

impl SessionKey {
    /// The key in groups of three or four, for reading aloud: `123 4567`.
    pub fn grouped(&self) -> String {
        group(&self.short_key)
    }
}

fn group(key: &str) -> String {
    let chars: Vec<char> = key.chars().collect();
    let mut rest = chars.as_slice();
    let mut groups: Vec<String> = Vec::new();
    while !rest.is_empty() {
        let size = match rest.len() {
            4 | 5 if groups.is_empty() => rest.len(),
            4 => 4,
            5 => 5,
            n => n.min(3),
        };
        let (head, tail) = rest.split_at(size);
        groups.push(head.iter().collect());
        rest = tail;
    }
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_are_grouped_for_reading_aloud() {
        for (key, want) in [
            ("1234567", "123 4567"),
            ("123456789", "123 456 789"),
            ("12345678", "123 45678"),
            ("1234", "1234"),
            ("", ""),
        ] {
            assert_eq!(super::group(key), want);
        }
    }
}
