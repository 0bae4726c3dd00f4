//! Removes from a text what must not leave the computer (S15). This is the last line of defence,
//! because logs should not contain it in the first place.

use regex::Regex;
use std::borrow::Cow;
use std::path::Path;

/// What names a secret, up to its value.
macro_rules! names {
    () => {
        concat!(
            r"(?im)((?:token|secret|password|passwd|assertion|verifier|short_key|key_url|authorization)",
            r#"\\?"? *[:=] *)"#
        )
    };
}

/// Patterns and their replacements. The order matters: the query of a URL is removed before the
/// words in it.
const RULES: &[(&str, &str)] = &[
    // The query and fragment of a URL, and the user before the host.
    (r#"(?i)\b([a-z][a-z0-9+.-]*://[^\s"'<>?#]*)[?#][^\s"'<>]*"#, "$1?[removed]"),
    (r#"(?i)\b([a-z][a-z0-9+.-]*://)[^\s"<>/]+@"#, "$1[removed]@"),
    (r"(?i)\b(bearer|basic) +[a-z0-9+/=._~!-]+", "$1 [removed]"),
    // A value in quotes, whatever is in it; in JSON that is itself in quotes, its quotes are escaped. A quote
    // that is never closed ends with its line.
    (concat!(names!(), r#"\\"(?:[^"\\\n]|\\[^"])*(?:\\"|$)"#), "$1\\\"[removed]\\\""),
    (concat!(names!(), r#"(Some\()?"(?:[^"\\\n]|\\.)*(?:"|$)"#), "$1$2\"[removed]\""),
    // Any other value, up to what may end it.
    (concat!(names!(), r#"(?:Some\("\[removed\]"\)|[^\s"\\,;&})]+)"#), "$1[removed]"),
    (r"(?i)[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", "[address]"),
    // Longer than an LSID, a record id or our own names: probably a token.
    (r"[A-Za-z0-9+_=!~-]{41,}", "[removed]"),
];

/// The compiled rules, for many texts.
#[derive(Debug)]
pub(crate) struct Redaction {
    rules: Vec<(Regex, &'static str)>,
}

impl Redaction {
    /// Compiles the rules. The home folder contains the person's name, and becomes `~`.
    pub(crate) fn new(home: Option<&Path>) -> Self {
        let made = |rule: &str| Regex::new(rule).expect("every rule is tried by the tests");
        let rules = RULES.iter().map(|(rule, to)| (made(rule), *to));
        let home = home.and_then(Path::to_str).filter(|home| home.len() > 1).map(|home| {
            // In JSON, Windows paths have double backslashes.
            let (plain, escaped) = (regex::escape(home), regex::escape(&home.replace('\\', r"\\")));
            (made(&format!(r"(?:{escaped}|{plain})\b")), "~")
        });
        Self { rules: home.into_iter().chain(rules).collect() }
    }

    /// Returns the redacted text.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for (rule, to) in &self.rules {
            if let Cow::Owned(changed) = rule.replace_all(&text, *to) {
                text = Cow::Owned(changed);
            }
        }
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(text: &str) -> String {
        Redaction::new(Some(Path::new("/home/ada"))).apply(text)
    }

    #[test]
    fn s15_secrets_and_people_are_taken_out() {
        for (text, shown) in [
            ("https://h.test/a/b?ak=x&b=y then", "https://h.test/a/b?[removed] then"),
            (r#"{"url":"https://h.test/a#frag"}"#, r#"{"url":"https://h.test/a?[removed]"}"#),
            ("http://ada:pw@proxy.test:8080/", "http://[removed]@proxy.test:8080/"),
            ("HTTP://ada:p@ss@proxy.test/", "HTTP://[removed]@proxy.test/"),
            ("Authorization: Bearer 00Dxx!AQ.x_y", "Authorization: [removed] [removed]"),
            ("basic dXNlcjpwdw== sent", "basic [removed] sent"),
            (r#"{"refresh_token":"5Aep","n":1}"#, r#"{"refresh_token":"[removed]","n":1}"#),
            (
                r#"{"m":"{\"client_secret\":\"abc\"}"}"#,
                r#"{"m":"{\"client_secret\":\"[removed]\"}"}"#,
            ),
            ("password = hunter2, next", "password = [removed], next"),
            // Values in quotes, as debug texts write them, with whatever is in them.
            (r#"Key { short_key: "123 4567", n: 1 }"#, r#"Key { short_key: "[removed]", n: 1 }"#),
            (r#"password: "a\"b, c\\", n"#, r#"password: "[removed]", n"#),
            (r#"secret: Some("a b"), n"#, "secret: [removed], n"),
            ("secret: \"never closed\nnext line", "secret: \"[removed]\"\nnext line"),
            (
                r#"{"m":"{\"client_secret\":\"a b, c\",\"n\":1}"}"#,
                r#"{"m":"{\"client_secret\":\"[removed]\",\"n\":1}"}"#,
            ),
            ("short_key=1234567", "short_key=[removed]"),
            ("to rosa.marin@customer.example.", "to [address]."),
            ("/home/ada/.config/Casebridge", "~/.config/Casebridge"),
            ("AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789", "[removed]"),
        ] {
            assert_eq!(redacted(text), shown);
        }
    }

    #[test]
    fn what_helps_stays() {
        for text in [
            r#"{"timestamp":"2026-01-02T03:04:05.678Z","target":"casebridge_use_cases::use_cases"}"#,
            "lsid 0123456789abcdef0123456789abcdef on case 500000000000001AAA",
            "src-tauri/src/run.rs:12:5",
            r#"{"code":"token_refused_by_appliance"}"#,
            "https://h.test:8443/oauth2/token",
            "https://acme-and-a-long-name--uat.sandbox.my.salesforce.com/services",
            "/home/adam/.config",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn a_home_folder_of_windows_is_found_in_json_too() {
        let redaction = Redaction::new(Some(Path::new(r"C:\Users\Ada")));
        assert_eq!(redaction.apply(r#"{"file":"C:\\Users\\Ada\\x"}"#), r#"{"file":"~\\x"}"#);
    }
}
