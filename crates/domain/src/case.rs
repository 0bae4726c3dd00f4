//! A case of the org, and how a person or a link refers to one.

use crate::ids::{CaseId, CaseNumber, IdError};
use std::fmt;
use std::str::FromStr;

/// How a case is named before it has been read: by id or by number.
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
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => text.parse().map(Self::Id),
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
    /// What an external key names: representatives write it by hand, so blanks and a number sign
    /// count for nothing. Other texts name no case.
    pub fn from_external_key(text: &str) -> Option<Self> {
        Self::from_typed(text).ok()
    }

    /// Finds the case in what a person typed or pasted: a number, an id, or the address of a case
    /// page in Lightning (`/lightning/r/Case/ID/view`) or Classic (`/ID`).
    ///
    /// # Errors
    /// The reason why the text, or the last id-like part of the address, names no case.
    pub fn from_typed(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        if !text.contains("://") {
            return text.trim_start_matches('#').parse();
        }
        let path = text.split(['?', '#']).next().unwrap_or_default();
        path.split('/')
            .rev()
            .find_map(|part| part.parse::<CaseId>().ok())
            .map(Self::Id)
            .ok_or(IdError::Prefix)
    }
}

/// A person on a case: its contact, or who sent it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The contact's record id; a requester who is no contact has none.
    pub id: Option<String>,
    /// The name to show.
    pub name: String,
    /// The address, when the org knows one.
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
    /// Who sent the case in (web or mail), when that is on the case.
    pub requester: Option<Person>,
}

/// In which part a person may get the e-mail with the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientRole {
    /// The case's contact.
    Contact,
    /// Who sent the case in.
    Requester,
}

/// Somebody who may get the e-mail with the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Their part in the case.
    pub role: RecipientRole,
    /// The contact's record id, if they are one.
    pub contact_id: Option<String>,
    /// The name to show.
    pub name: String,
    /// The address.
    pub address: String,
}

impl Case {
    /// Everybody who may get the e-mail: the contact, then the requester if the address differs.
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
        for text in [
            format!("https://x.lightning.force.com/lightning/r/Case/{id}/view?a=1"),
            format!("https://x.my.salesforce.com/{id}"),
            format!(" {id} "),
        ] {
            assert_eq!(CaseRef::from_typed(&text), Ok(CaseRef::Id(id.clone())), "{text}");
        }
        assert_eq!(CaseRef::from_typed("#1026").unwrap().to_string(), "1026");
        assert!(CaseRef::from_typed("https://x/lightning/r/Account/001D000000IqhSLIAZ").is_err());
    }
}
