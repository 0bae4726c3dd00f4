//! The e-mail with a session key for the customer. No text from outside reaches a header (S10).

use crate::text::one_line;
use crate::{Case, SessionKey};

/// Subject and text of an e-mail, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line, without control characters.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Whether a text is one plain e-mail address: no white space, no second address, no control
/// character, one `@` with something on both sides.
pub fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    let bad = |c: char| c.is_control() || c.is_whitespace() || "@,;:<>()[]\"\\".contains(c);
    !local.is_empty()
        && text.len() <= 254
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !local.contains(bad)
        && !host.contains(bad)
}

/// Composes the e-mail from the administrator's template, else from the appliance's text, else from
/// a default text.
///
/// A template may contain `{key}`, `{url}`, `{case_number}`, `{case_subject}` and `{contact}`; its
/// first line is the subject when it starts with `Subject:`.
pub fn compose(template: Option<&str>, case: &Case, key: &SessionKey) -> Mail {
    let (subject, body) = match template.map(str::trim).filter(|t| !t.is_empty()) {
        Some(template) => from_template(template, case, key),
        None => (key.mail_subject.clone(), from_appliance(case, key)),
    };
    let subject = subject.unwrap_or_else(|| format!("Remote support for case {}", case.number));
    Mail { subject: one_line(&subject, usize::MAX), body }
}

/// The complete message that a representative copies into a chat with the customer.
pub fn message(case: &Case, key: &SessionKey) -> String {
    format!(
        "To start remote support for case {}, open {}\nor enter the session key {} on the support page.",
        case.number, key.key_url, key.short_key
    )
}

fn from_appliance(case: &Case, key: &SessionKey) -> String {
    match key.mail_body.as_deref().map(str::trim) {
        Some(body) if !body.is_empty() => body.to_owned(),
        Some(_) | None => message(case, key),
    }
}

fn from_template(template: &str, case: &Case, key: &SessionKey) -> (Option<String>, String) {
    let (subject, body) = match template.strip_prefix("Subject:") {
        Some(rest) => {
            let (subject, body) = rest.split_once('\n').unwrap_or((rest, ""));
            (Some(fill(subject.trim(), case, key)), body)
        }
        None => (None, template),
    };
    (subject, fill(body.trim(), case, key))
}

/// Replaces the placeholders in one pass, so that a value is never read as a template.
fn fill(template: &str, case: &Case, key: &SessionKey) -> String {
    let contact = case.contact.as_ref().map_or("", |c| c.name.as_str());
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let value = after.split_once('}').and_then(|(name, tail)| {
            let value = match name {
                "key" => &key.short_key,
                "url" => &key.key_url,
                "case_number" => &case.number,
                "case_subject" => &case.subject,
                "contact" => contact,
                _ => return None,
            };
            Some((value, tail))
        });
        match value {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (Case, SessionKey) {
        let case = Case {
            id: "500D0000001Abcd".parse().unwrap(),
            number: "00001026".into(),
            subject: "Printer {key}\r\nBcc: x@evil.test".into(),
            status: "New".into(),
            closed: false,
            account: None,
            contact: None,
            requester: None,
        };
        let key = SessionKey {
            short_key: "1234567".into(),
            key_url: "https://support.example.test/?ak=0".into(),
            expires_at: None,
            queue_available: None,
            external_key: None,
            mail_subject: Some("Join\r\nBcc: y@evil.test".into()),
            clock_ahead: None,
            mail_body: Some("\n  Open the page.\n".into()),
        };
        (case, key)
    }

    #[test]
    fn s10_no_line_break_reaches_the_subject() {
        let (case, key) = sample();
        for template in [None, Some("Subject: About {case_subject}\nHello")] {
            let mail = compose(template, &case, &key);
            assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
        }
    }

    #[test]
    fn s10_a_value_is_never_read_as_a_template() {
        let (case, key) = sample();
        assert_eq!(
            fill("{case_subject} {other} {", &case, &key),
            format!("{} {{other}} {{", case.subject)
        );
    }

    #[test]
    fn s10_an_address_with_a_header_or_a_second_address_is_refused() {
        for bad in [
            "a@b.test\r\nBcc: c@d.test",
            "a@b.test,c@d.test",
            "a b@c.test",
            "<a@b.test>",
            "a@b",
            "@b.test",
            "a@@b.test",
        ] {
            assert!(!is_address(bad), "{bad:?}");
        }
        assert!(is_address("ada.lovelace+help@example.test"));
    }

    #[test]
    fn the_appliance_text_is_used_trimmed_when_there_is_no_template() {
        let (case, key) = sample();
        assert_eq!(compose(None, &case, &key).body, "Open the page.");
    }
}
