//! A case of the org, and how a person or a link refers to one.

use crate::ids::{CaseId, CaseNumber, IdError};
use std::fmt;
use std::str::FromStr;

/// A reference to a case that has not been read yet: its id or its number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CaseRef {
    /// A 15- or 18-character record id.
    Id(CaseId),
    /// The number that people read.
    Number(CaseNumber),
}

impl FromStr for CaseRef {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(error) => text.parse().map(Self::Number).map_err(|_| error),
        }
    }
}

impl fmt::Display for CaseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl CaseRef {
    /// Reads the case from an external key. Representatives enter keys by hand, so spaces and a
    /// number sign are ignored. Any other text refers to no case.
    pub fn from_external_key(text: &str) -> Option<Self> {
        text.trim().trim_start_matches('#').parse().ok()
    }
}

/// What a person typed or pasted to name a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedCase {
    /// The case.
    pub case: CaseRef,
    /// The host of the URL that contained the case. It must belong to the org.
    pub host: Option<String>,
}

/// The maximum length of pasted text that is searched, in bytes: enough for an e-mail.
const LONGEST_PASTE: usize = 64 * 1024;

impl FromStr for TypedCase {
    type Err = IdError;

    /// Finds the case in a number, an id, the URL of a Lightning page (with or without a scheme,
    /// including console tabs and old URLs with `#`) or of a Classic page, or in a line or e-mail
    /// that contains one of these.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let of = |case| Self { case, host: None };
        let whole = match text.trim_start_matches('#').parse::<CaseRef>() {
            Ok(case) => return Ok(of(case)),
            Err(error) => error,
        };
        let end = (0..=text.len().min(LONGEST_PASTE)).rev().find(|at| text.is_char_boundary(*at));
        let words = || text.get(..end.unwrap_or_default()).unwrap_or_default().split_whitespace();
        if let Some(found) = words().find_map(address) {
            return Ok(found);
        }
        // If a line contains several numbers, the one after the word `case` counts: `Case 1026`,
        // `case no. 1026`.
        let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let is_filler = |word: &str| matches!(plain(word).as_str(), "number" | "no" | "nr" | "");
        let all: Vec<&str> = words().collect();
        let behind = |at: usize| all.iter().skip(at + 1).find(|word| !is_filler(word));
        let mut cases = all.iter().enumerate().filter(|(_, word)| plain(word) == "case");
        let named = cases.find_map(|(at, _)| bare(behind(at)?));
        let any = || words().find_map(|word| bare(word).filter(is_telling));
        named.or_else(any).map(of).ok_or(whole)
    }
}

/// A word without the punctuation around it.
fn bare(word: &str) -> Option<CaseRef> {
    let is_mark = |c: char| !c.is_ascii_alphanumeric();
    word.trim_matches(is_mark).parse().ok()
}

/// Whether a word within a text is clearly a case: an id, or a number in the default format of
/// orgs. Other numbers may be dates, times or amounts.
fn is_telling(case: &CaseRef) -> bool {
    match case {
        CaseRef::Id(_) => true,
        CaseRef::Number(number) => {
            let mut runs = number.as_str().split(|c: char| !c.is_ascii_digit());
            runs.any(|digits| digits.len() >= 6 && digits.starts_with("00"))
        }
    }
}

/// The case in the URL of a page.
fn address(word: &str) -> Option<TypedCase> {
    let word =
        word.trim_matches(|c: char| matches!(c, '<' | '>' | '(' | ')' | '"' | '\'' | ',' | '.'));
    let rest = match word.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => rest,
        Some(_) => return None,
        None => word,
    };
    let (host, path) = rest.split_once('/')?;
    if !host.contains('.') && host.split(':').next() != Some("localhost") {
        return None;
    }
    let (path, rest) = path.split_once(['?', '#']).unwrap_or((path, ""));
    // In the URL of a console tab, `?ws=` contains the URL of its parent tab.
    let rest = rest.replace("%2F", "/").replace("%2f", "/");
    let last = |text: &str| {
        text.rsplit(['/', '?', '&', '=', '#']).find_map(|part| part.parse::<CaseId>().ok())
    };
    let case = last(path).or_else(|| last(&rest)).map(CaseRef::Id)?;
    Some(TypedCase { case, host: Some(host.to_ascii_lowercase()) })
}

/// A person on a case: its contact or its requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The contact's record id. Absent if the requester is not a contact.
    pub id: Option<String>,
    /// The name to show.
    pub name: String,
    /// The e-mail address, if the org has one.
    pub email: Option<String>,
}

/// What Casebridge reads of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The record id.
    pub id: CaseId,
    /// The number, as the org writes it.
    pub number: String,
    /// The subject; may be empty.
    pub subject: String,
    /// The status in the org's words.
    pub status: String,
    /// Whether the org counts the case as closed.
    pub closed: bool,
    /// The account's name.
    pub account: Option<String>,
    /// The case's contact.
    pub contact: Option<Person>,
    /// The requester (from web or e-mail), if the case has one.
    pub requester: Option<Person>,
}

/// Why a person may receive the e-mail with the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientRole {
    /// The case's contact.
    Contact,
    /// The requester, who sent the case in.
    Requester,
}

/// A person who may receive the e-mail with the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Their role on the case.
    pub role: RecipientRole,
    /// The contact's record id, if they are one.
    pub contact_id: Option<String>,
    /// The name to show.
    pub name: String,
    /// The address.
    pub address: String,
}

impl Case {
    /// Everybody who may receive the e-mail: the contact, then the requester if their address
    /// differs.
    pub fn recipients(&self) -> Vec<Recipient> {
        let as_recipient = |person: &Option<Person>, role| {
            let person = person.as_ref()?;
            let address = person.email.clone().filter(|a| crate::mail::is_address(a))?;
            Some(Recipient {
                role,
                contact_id: person.id.clone(),
                name: person.name.clone(),
                address,
            })
        };
        let contact = as_recipient(&self.contact, RecipientRole::Contact);
        let requester = as_recipient(&self.requester, RecipientRole::Requester).filter(|r| {
            contact.as_ref().is_none_or(|c| !c.address.eq_ignore_ascii_case(&r.address))
        });
        contact.into_iter().chain(requester).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_names_its_case() {
        let id: CaseId = "500D0000001AbcdIAC".get(..15).unwrap().parse().unwrap();
        for (text, host) in [
            (
                format!("https://x.lightning.force.com/lightning/r/Case/{id}/view?a=1"),
                Some("x.lightning.force.com"),
            ),
            (
                format!("x.lightning.force.com/lightning/r/Case/{id}/view"),
                Some("x.lightning.force.com"),
            ),
            (
                format!("https://x.lightning.force.com/one/one.app#/sObject/{id}/view"),
                Some("x.lightning.force.com"),
            ),
            (
                format!(
                    "https://x.lightning.force.com/lightning/r/Contact/003D000000QYVCxIAP/view\
                     ?ws=%2Flightning%2Fr%2FCase%2F{id}%2Fview"
                ),
                Some("x.lightning.force.com"),
            ),
            (
                format!(
                    "https://x.lightning.force.com/lightning/r/Case/{id}/view                     ?ws=%2Flightning%2Fr%2FCase%2F500D0000001Abce%2Fview"
                ),
                Some("x.lightning.force.com"),
            ),
            (format!("https://x.my.salesforce.com/{id}"), Some("x.my.salesforce.com")),
            (
                format!("Please look at <https://x.my.salesforce.com/{id}>."),
                Some("x.my.salesforce.com"),
            ),
            (format!(" {id} "), None),
            (format!("Ref: {id}, thanks"), None),
        ] {
            let typed: TypedCase = text.parse().unwrap();
            assert_eq!(typed.case, CaseRef::Id(id.clone()), "{text}");
            assert_eq!(typed.host.as_deref(), host, "{text}");
        }
        assert!(
            "https://x.test/lightning/r/Account/001D000000IqhSLIAZ".parse::<TypedCase>().is_err()
        );
    }

    #[test]
    fn b10_numbers_are_what_the_orgs_format_makes() {
        let number = |text: &str| match text.parse::<TypedCase>() {
            Ok(TypedCase { case: CaseRef::Number(number), .. }) => Some(number.to_string()),
            _ => None,
        };
        for (text, expected) in [
            ("1026", "1026"),
            ("#1026", "1026"),
            ("CS-00001026", "CS-00001026"),
            ("00001026-UK", "00001026-UK"),
            ("Case 00001026", "00001026"),
            ("Re: [Case: 00001026] Printer", "00001026"),
            ("On 2026-11-25 at 09:12 she called about 00001026.", "00001026"),
            ("Case number CS-00001026: printer", "CS-00001026"),
            ("On 2026-05-01 she called 555-1234 about 00001026", "00001026"),
            ("In this case it is the HP-0815, case # 1026", "1026"),
        ] {
            assert_eq!(number(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "NoMAD",
            "00001026#a1b2c3",
            "a case without one",
            "on 2026-05-01",
            "HP-0815 printer",
            "room no 12",
            "x".repeat(41).as_str(),
        ] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(CaseRef::from_external_key("NoMAD"), None);
        assert_eq!(CaseRef::from_external_key("00001026#a1b2c3"), None);
        assert!(CaseRef::from_external_key("INC0010203").is_some());
    }
}
