//! The link grammar (`SECURITY.md#the-link-grammar`): reject, never repair (S3).

use crate::CaseRef;
use crate::ids::{Lsid, OrgId, RecordId};
use crate::text::is_invisible;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fmt;
use std::str::FromStr;

/// The scheme of our links, in lower case and without the colon.
pub const SCHEME: &str = "casebridge";

/// The maximum length of a link, in bytes.
pub const MAX_LINK: usize = 1024;

/// Why a link was refused. The reason is logged, the link's text never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// More than [`MAX_LINK`] bytes.
    #[error("the link is too long")]
    TooLong,
    /// Another scheme, or a link with user, port, path or fragment.
    #[error("the link does not have the form casebridge://action?key=value")]
    Form,
    /// An action that Casebridge does not have.
    #[error("the action is unknown")]
    UnknownAction,
    /// A key that the action does not take.
    #[error("the action does not have one of the keys")]
    UnknownKey,
    /// The same key twice.
    #[error("a key occurs twice")]
    DuplicateKey,
    /// A value that its key does not allow.
    #[error("the value of a key is not allowed")]
    Value,
    /// A key that the action needs is missing.
    #[error("a key is missing")]
    MissingKey,
}

/// The actions that a link can request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Create a session key for a case.
    SessionKey,
    /// Open the console's own key dialog.
    ConsoleKey,
    /// Create a key in the web console.
    WebKey,
    /// Send a key that is in the org by e-mail.
    EmailKey,
    /// Start a jump.
    Jump,
    /// Start a jump in the web console.
    WebJump,
    /// Tag a running session.
    Tag,
    /// Open the case of a session.
    Open,
    /// Show the Activity window.
    Activity,
    /// Show the Settings window.
    Settings,
}

const ACTIONS: [(&str, Action); 10] = [
    ("session-key", Action::SessionKey),
    ("console-key", Action::ConsoleKey),
    ("web-key", Action::WebKey),
    ("email-key", Action::EmailKey),
    ("jump", Action::Jump),
    ("web-jump", Action::WebJump),
    ("tag", Action::Tag),
    ("open", Action::Open),
    ("activity", Action::Activity),
    ("settings", Action::Settings),
];

impl Action {
    /// The word in the link.
    pub fn as_str(self) -> &'static str {
        ACTIONS.iter().find(|(_, action)| *action == self).map_or("", |(word, _)| word)
    }

    fn keys(self) -> &'static [Key] {
        match self {
            Self::SessionKey | Self::ConsoleKey | Self::WebKey => {
                &[Key::Case, Key::Org, Key::Appliance, Key::Portal]
            }
            Self::EmailKey => &[Key::Case, Key::Org, Key::Appliance, Key::Record],
            Self::Jump | Self::WebJump => &[
                Key::Case,
                Key::Org,
                Key::Appliance,
                Key::Method,
                Key::Search,
                Key::Target,
                Key::Jumpoint,
            ],
            Self::Tag => &[Key::Case, Key::Org, Key::Appliance, Key::Lsid, Key::External],
            Self::Open => &[Key::Case, Key::Org, Key::External],
            Self::Activity | Self::Settings => &[],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Case,
    Org,
    Appliance,
    Portal,
    Method,
    Search,
    Target,
    Jumpoint,
    Lsid,
    External,
    Record,
}

impl Key {
    fn as_str(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Org => "org",
            Self::Appliance => "appliance",
            Self::Portal => "portal",
            Self::Method => "method",
            Self::Search => "search",
            Self::Target => "target",
            Self::Jumpoint => "jumpoint",
            Self::Lsid => "lsid",
            Self::External => "key",
            Self::Record => "record",
        }
    }
}

/// A link that matches the grammar. Its values are decoded, and nothing has been done with them
/// yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeepLink {
    /// The requested action.
    pub action: Action,
    /// The case.
    pub case: Option<CaseRef>,
    /// The org that the link comes from; must be the signed-in one.
    pub org: Option<OrgId>,
    /// The configured name of the appliance.
    pub appliance: Option<String>,
    /// The public portal for the key.
    pub portal: Option<String>,
    /// The jump method.
    pub method: Option<String>,
    /// The search text of a jump.
    pub search: Option<String>,
    /// The target host of a jump.
    pub target: Option<String>,
    /// The Jumpoint of a jump.
    pub jumpoint: Option<String>,
    /// The session.
    pub lsid: Option<Lsid>,
    /// An external key, from the console's custom links.
    pub external_key: Option<String>,
    /// The record of a key in the org. A link never has the key itself.
    pub record: Option<RecordId>,
}

impl DeepLink {
    /// A link with an action and no keys.
    pub fn new(action: Action) -> Self {
        Self {
            action,
            case: None,
            org: None,
            appliance: None,
            portal: None,
            method: None,
            search: None,
            target: None,
            jumpoint: None,
            lsid: None,
            external_key: None,
            record: None,
        }
    }

    fn set(&mut self, key: Key, value: &str) -> Result<(), LinkError> {
        fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), LinkError> {
            match slot.replace(value) {
                None => Ok(()),
                Some(_) => Err(LinkError::DuplicateKey),
            }
        }
        let text = |limit: usize| match value.chars().count() {
            n if (1..=limit).contains(&n) => Ok(value.to_owned()),
            _ => Err(LinkError::Value),
        };
        match key {
            Key::Case => once(&mut self.case, value.parse().map_err(|_| LinkError::Value)?),
            Key::Org => once(&mut self.org, value.parse().map_err(|_| LinkError::Value)?),
            Key::Lsid => once(&mut self.lsid, value.parse().map_err(|_| LinkError::Value)?),
            Key::Record => once(&mut self.record, value.parse().map_err(|_| LinkError::Value)?),
            Key::Appliance if is_appliance_name(value) => {
                once(&mut self.appliance, value.to_owned())
            }
            Key::Appliance => Err(LinkError::Value),
            Key::Portal => once(&mut self.portal, text(255)?),
            Key::Method if value.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') => {
                once(&mut self.method, text(20)?)
            }
            Key::Method => Err(LinkError::Value),
            Key::Search => once(&mut self.search, text(255)?),
            Key::Target => once(&mut self.target, text(255)?),
            Key::Jumpoint => once(&mut self.jumpoint, text(255)?),
            Key::External => {
                let key = external_key(value)?;
                // A tag link may have an empty external key: the session then has no case yet.
                let least = usize::from(self.action != Action::Tag);
                match (least..=255).contains(&key.chars().count()) {
                    true => once(&mut self.external_key, key),
                    false => Err(LinkError::Value),
                }
            }
        }
    }

    fn values(&self) -> Vec<(Key, &str)> {
        let case = match &self.case {
            Some(CaseRef::Id(id)) => Some(id.as_str()),
            Some(CaseRef::Number(number)) => Some(number.as_str()),
            None => None,
        };
        [
            (Key::Case, case),
            (Key::Org, self.org.as_ref().map(OrgId::as_str)),
            (Key::Appliance, self.appliance.as_deref()),
            (Key::Portal, self.portal.as_deref()),
            (Key::Method, self.method.as_deref()),
            (Key::Search, self.search.as_deref()),
            (Key::Target, self.target.as_deref()),
            (Key::Jumpoint, self.jumpoint.as_deref()),
            (Key::Lsid, self.lsid.as_ref().map(Lsid::as_str)),
            (Key::External, self.external_key.as_deref()),
            (Key::Record, self.record.as_ref().map(RecordId::as_str)),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
    }
}

/// Whether a text can be the configured name of an appliance: `[A-Za-z0-9_-]{1,64}`.
pub fn is_appliance_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn decode(value: &str) -> Result<String, LinkError> {
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        let is_hex = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_hexdigit());
        match byte {
            b'%' if is_hex(bytes.next()) && is_hex(bytes.next()) => {}
            b'%' => return Err(LinkError::Value),
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b':'
            | b'@'
            | b'/'
            | b'!'
            | b'$'
            | b'('
            | b')'
            | b'*'
            | b',' => {}
            _ => return Err(LinkError::Value),
        }
    }
    let text = percent_decode_str(value).decode_utf8().map_err(|_| LinkError::Value)?;
    if text.contains(is_invisible) { Err(LinkError::Value) } else { Ok(text.into_owned()) }
}

/// Decodes an external key from the console's custom links, some of which encode it twice. The
/// value is only ever read as a case reference, so decoding it twice is safe (S3).
fn external_key(value: &str) -> Result<String, LinkError> {
    let value = match value.contains('%') {
        true => decode(&value.replace('+', "%20"))?,
        false => value.to_owned(),
    };
    match value.contains('%') {
        true => Err(LinkError::Value),
        false => Ok(value.replace('+', " ").trim().to_owned()),
    }
}

impl FromStr for DeepLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        if text.len() > MAX_LINK {
            return Err(LinkError::TooLong);
        }
        let Some((scheme, rest)) = text.split_once(':') else { return Err(LinkError::Form) };
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(LinkError::Form);
        }
        // Some shells pass a link without its two slashes.
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (host, query) = match rest.split_once('?') {
            Some((host, query)) => (host, Some(query)),
            None => (rest, None),
        };
        // Browsers and desktops append a slash to a link without a path.
        let word = host.strip_suffix('/').unwrap_or(host);
        if word.is_empty() || !word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') {
            return Err(LinkError::Form);
        }
        let word = word.to_ascii_lowercase();
        let action = ACTIONS
            .iter()
            .find_map(|(known, action)| (*known == word).then_some(*action))
            .ok_or(LinkError::UnknownAction)?;
        let mut link = Self::new(action);
        for pair in query.into_iter().filter(|q| !q.is_empty()).flat_map(|q| q.split('&')) {
            let (name, value) = pair.split_once('=').ok_or(LinkError::Form)?;
            let key = action
                .keys()
                .iter()
                .find(|key| key.as_str() == name)
                .ok_or(LinkError::UnknownKey)?;
            // The console's macros encode a space as a plus sign.
            let value = match *key == Key::External {
                true => value.replace('+', "%20"),
                false => value.to_owned(),
            };
            link.set(*key, &decode(&value)?)?;
        }
        match action {
            Action::SessionKey if link.case.is_none() => Err(LinkError::MissingKey),
            Action::EmailKey if link.case.is_none() || link.record.is_none() => {
                Err(LinkError::MissingKey)
            }
            Action::Open if link.case.is_none() && link.external_key.is_none() => {
                Err(LinkError::MissingKey)
            }
            Action::SessionKey
            | Action::ConsoleKey
            | Action::WebKey
            | Action::EmailKey
            | Action::Jump
            | Action::WebJump
            | Action::Tag
            | Action::Open
            | Action::Activity
            | Action::Settings => Ok(link),
        }
    }
}

/// Characters that a link may contain are not encoded, so that a written link is never longer than
/// the one that was read.
const KEEP: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'@')
    .remove(b'/')
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',');

impl fmt::Display for DeepLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}://{}", self.action.as_str())?;
        for (at, (key, value)) in self.values().into_iter().enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            write!(f, "{mark}{}={}", key.as_str(), utf8_percent_encode(value, KEEP))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(text: &str) -> LinkError {
        text.parse::<DeepLink>().expect_err(text)
    }

    #[test]
    fn the_button_of_a_case_is_understood() {
        let link: DeepLink =
            "casebridge://session-key?case=500D0000001Abcd&org=00Dx0000000BV7z&portal=help%20desk"
                .parse()
                .unwrap();
        assert_eq!(link.action, Action::SessionKey);
        assert_eq!(link.portal.as_deref(), Some("help desk"));
        assert_eq!(link.to_string().parse(), Ok(link));
        assert!("casebridge://session-key/?case=1026".parse::<DeepLink>().is_ok());
        assert!("CASEBRIDGE://settings".parse::<DeepLink>().is_ok());
    }

    #[test]
    fn b10_a_link_has_the_orgs_own_numbers_and_may_lack_its_slashes() {
        for (text, case) in [
            ("casebridge://session-key/?case=CS-00001026", "CS-00001026"),
            ("casebridge:session-key?case=00001026", "00001026"),
            ("casebridge://session-key?case=00001026-UK", "00001026-UK"),
        ] {
            let link: DeepLink = text.parse().unwrap();
            assert_eq!(link.case.as_ref().unwrap().to_string(), case, "{text}");
            assert_eq!(link.to_string().parse(), Ok(link), "{text}");
        }
    }

    #[test]
    fn an_external_key_of_the_console_is_understood_in_each_encoding() {
        for key in ["00001026", "+00001026+", "%2000001026", "%252000001026", "%2B00001026"] {
            let link = format!("casebridge://open?key={key}").parse::<DeepLink>();
            assert_eq!(link.unwrap().external_key.as_deref(), Some("00001026"), "{key}");
        }
        for key in ["%25250a", "%2525", "%250a", "", "+"] {
            assert!(format!("casebridge://open?key={key}").parse::<DeepLink>().is_err(), "{key}");
        }
    }

    #[test]
    fn s3_known_attacks_are_refused() {
        for (text, why) in [
            ("casebridge://session-key?case=1026&case=1027", LinkError::DuplicateKey),
            ("casebridge://session-key?case=1026&hostname=evil.test", LinkError::UnknownKey),
            ("casebridge://session-key?case=1026%0aaction=login", LinkError::Value),
            ("casebridge://session-key?case=1026%2526", LinkError::Value),
            ("casebridge://session-key?case=1026#x", LinkError::Value),
            ("casebridge://session-key?case=1026 --help", LinkError::Value),
            ("casebridge://session-key?case=1026\"", LinkError::Value),
            ("casebridge://user@session-key?case=1026", LinkError::Form),
            ("casebridge://session-key:80?case=1026", LinkError::Form),
            ("casebridge://session-key/../jump?case=1026", LinkError::Form),
            ("casebridge://evil?case=1026", LinkError::UnknownAction),
            ("casebridge:/session-key?case=1026", LinkError::Form),
            ("casebridge:///session-key?case=1026", LinkError::Form),
            ("casebridge:", LinkError::Form),
            ("https://session-key?case=1026", LinkError::Form),
            ("casebridge://session-key", LinkError::MissingKey),
            ("casebridge://session-key?case", LinkError::Form),
            ("casebridge://email-key?case=1026", LinkError::MissingKey),
            ("casebridge://email-key?record=a0BHs00000AbCdE", LinkError::MissingKey),
            ("casebridge://email-key?case=1026&record=../a0BHs00000Ab", LinkError::Value),
            ("casebridge://email-key?case=1026&key=7654321", LinkError::UnknownKey),
            ("casebridge://session-key?case=1026&", LinkError::Form),
            ("casebridge://session-key?case=500D0000001AbcdAAB", LinkError::Value),
            ("casebridge://session-key?case=1026&appliance=..%2Fx", LinkError::Value),
            ("casebridge://jump?target=%5C%5Cevil%5Cshare%00", LinkError::Value),
            ("casebridge://jump?target=a%E2%80%AEb", LinkError::Value),
            ("casebridge://jump?target=%FF", LinkError::Value),
            ("casebridge://jump?target=%4", LinkError::Value),
            ("casebridge://jump?target=a+b", LinkError::Value),
            ("casebridge://settings?case=1026", LinkError::UnknownKey),
            ("--x casebridge://settings", LinkError::Form),
        ] {
            assert_eq!(refused(text), why, "{text}");
        }
        assert_eq!(
            refused(&format!("casebridge://jump?target={}", "a".repeat(1024))),
            LinkError::TooLong
        );
    }

    proptest! {
        #[test]
        fn s3_any_text_is_refused_or_round_trips(text in "(casebridge://)?(session-key|jump|tag|open)?[/?]?((case|target|search|key|lsid)=[ -~]{0,12}&?){0,3}|\\PC{0,40}") {
            if let Ok(link) = text.parse::<DeepLink>() {
                prop_assert_eq!(link.to_string().parse(), Ok(link));
            }
        }

        #[test]
        fn s3_any_visible_target_survives_the_link(target in "[^\\p{C}\\u{ad}]{1,30}") {
            let mut link = DeepLink::new(Action::Jump);
            link.target = Some(target.clone());
            if !target.contains(is_invisible) && !target.is_empty() {
                prop_assert_eq!(link.to_string().parse(), Ok(link));
            }
        }
    }

    /// Inputs that a fuzzer found.
    #[test]
    fn s3_the_saved_corpus_is_refused_or_reads_back() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/fuzz/corpus/deep_link");
        let (mut read, mut refused) = (0, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            match String::from_utf8_lossy(&bytes).parse::<DeepLink>() {
                Ok(link) => {
                    assert_eq!(link.to_string().parse(), Ok(link));
                    read += 1;
                }
                Err(_) => refused += 1,
            }
        }
        assert!(read >= 4 && refused >= 4, "{read} read, {refused} refused");
    }

    #[test]
    fn the_buttons_of_the_classic_page_are_links_of_this_grammar() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../salesforce/force-app/main/default/objects/Case/webLinks");
        let mut actions = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let Some((_, rest)) = text.split_once("<url>casebridge:") else { continue };
            let (link, _) = rest.split_once("</url>").unwrap();
            let link = format!("casebridge:{link}")
                .replace("&amp;", "&")
                .replace("{!Case.Id}", "500Hs00001EgWGh")
                .replace("{!$Organization.Id}", "00DHs00001Eft7u");
            let parsed: DeepLink = link.parse().unwrap_or_else(|e| panic!("{link}: {e}"));
            assert!(parsed.case.is_some() && parsed.org.is_some(), "{link}");
            actions.push(parsed.action.as_str());
        }
        actions.sort_unstable();
        assert_eq!(actions, ["console-key", "jump", "session-key", "tag", "web-key"]);
    }
}
