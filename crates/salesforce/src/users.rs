//! The signed-in user's name as a representative of the appliance.

use crate::{Error, Identity, Org};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// The API name of a field that the administrator has set: letters, digits and `_` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName(String);

impl FromStr for FieldName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let clean = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        match begins && clean && text.len() <= 80 {
            true => Ok(Self(text.to_owned())),
            false => Err(Error::InvalidInput("the user name field is not the API name of a field")),
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the representative's user name comes from (`org.username_source`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsernameSource {
    /// A field of the user's row.
    UserField(FieldName),
    /// The whole user name.
    UserName,
    /// The user name up to its `@`.
    UserNameLocalPart,
    /// The federation id.
    FederationId,
    /// The user name of the operating system, as the caller found it.
    OsUser(String),
}

impl UsernameSource {
    /// Reads the setting's word. `field` and `os_user` are only used with the matching word.
    ///
    /// # Errors
    /// The word is not one of the five, or the field's name is malformed.
    pub fn from_setting(word: &str, field: &str, os_user: &str) -> Result<Self, Error> {
        match word {
            "user_field" => Ok(Self::UserField(field.parse()?)),
            "user_name" => Ok(Self::UserName),
            "user_name_local_part" => Ok(Self::UserNameLocalPart),
            "federation_id" => Ok(Self::FederationId),
            "os_user" => Ok(Self::OsUser(os_user.to_owned())),
            _ => Err(Error::InvalidInput("org.username_source is not one of its words")),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::UserField(name) => Some(&name.0),
            Self::UserName | Self::UserNameLocalPart => Some("Username"),
            Self::FederationId => Some("FederationIdentifier"),
            Self::OsUser(_) => None,
        }
    }

    fn name(&self, value: &str) -> Option<String> {
        let name = match self {
            Self::UserNameLocalPart => value.split('@').next().unwrap_or_default(),
            Self::UserField(_) | Self::UserName | Self::FederationId | Self::OsUser(_) => value,
        };
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }
}

impl Org {
    /// The representative's user name, if the org has one for this user.
    ///
    /// # Errors
    /// [`Error::InvalidField`] if the field is missing or hidden, and the org can't be asked or
    /// refuses the query.
    pub async fn representative(&self, source: &UsernameSource) -> Result<Option<String>, Error> {
        let Some(field) = source.field() else {
            let UsernameSource::OsUser(user) = source else { return Ok(None) };
            return Ok(source.name(user));
        };
        let (_, user) = self.ids().await?;
        let row = self.user_row(&user, field).await?;
        let value = row.get(field).and_then(Value::as_str).unwrap_or_default();
        Ok(source.name(value))
    }

    /// The same for a known identity, without a call if the identity contains the name.
    ///
    /// # Errors
    /// As [`Org::representative`].
    pub async fn representative_of(
        &self,
        who: &Identity,
        source: &UsernameSource,
    ) -> Result<Option<String>, Error> {
        match source {
            UsernameSource::UserName | UsernameSource::UserNameLocalPart => {
                Ok(source.name(&who.username))
            }
            UsernameSource::UserField(_)
            | UsernameSource::FederationId
            | UsernameSource::OsUser(_) => self.representative(source).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_only_api_names_of_fields_pass() {
        for good in ["BeyondTrust_Username__c", "a", "BGIntegration__User__c"] {
            assert!(good.parse::<FieldName>().is_ok(), "{good}");
        }
        for bad in ["", "1a", "_a", "a,b", "a b", "a&fields=Email", "Manager.Email", "ä", "a\n"] {
            assert!(bad.parse::<FieldName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn each_source_makes_its_name() {
        let of = |word: &str, value: &str| {
            UsernameSource::from_setting(word, "X__c", "os").unwrap().name(value)
        };
        assert_eq!(of("user_field", " ada "), Some("ada".into()));
        assert_eq!(of("user_name", "ada@example.test"), Some("ada@example.test".into()));
        assert_eq!(of("user_name_local_part", "ada@example.test"), Some("ada".into()));
        assert_eq!(of("federation_id", ""), None);
        assert_eq!(of("os_user", "ada"), Some("ada".into()));
        assert!(UsernameSource::from_setting("other", "", "").is_err());
    }
}
