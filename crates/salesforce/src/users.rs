//! The signed-in user's name as a representative of the appliance.

use crate::{Error, Identity, Org};
use casebridge_domain::settings::{FieldName, UsernameFrom};
use serde_json::Value;

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
    /// The source that the setting chose; `field` and `os_user` count only where it asks for them.
    pub fn new(from: UsernameFrom, field: FieldName, os_user: String) -> Self {
        match from {
            UsernameFrom::UserField => Self::UserField(field),
            UsernameFrom::UserName => Self::UserName,
            UsernameFrom::UserNameLocalPart => Self::UserNameLocalPart,
            UsernameFrom::FederationId => Self::FederationId,
            UsernameFrom::OsUser => Self::OsUser(os_user),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::UserField(name) => Some(name.as_str()),
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

/// The names of a user that may be their name on the appliance too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OtherNames {
    /// The user name up to its `@`.
    pub local_part: Option<String>,
    /// The federation id, if there is one and the user may see it.
    pub federation_id: Option<String>,
}

impl Org {
    /// The names to try if the org has no BeyondTrust user name for this user.
    ///
    /// # Errors
    /// The org can't be asked or refuses the query.
    pub async fn other_names(&self) -> Result<OtherNames, Error> {
        let (_, user) = self.ids().await?;
        let row = match self.user_row(&user, "Username,FederationIdentifier").await {
            // Field-level security may hide the federation id.
            Err(Error::InvalidField { .. }) => self.user_row(&user, "Username").await?,
            row => row?,
        };
        let name = |source: UsernameSource| {
            let value = source.field().and_then(|field| row.get(field)).and_then(Value::as_str);
            source.name(value.unwrap_or_default())
        };
        Ok(OtherNames {
            local_part: name(UsernameSource::UserNameLocalPart),
            federation_id: name(UsernameSource::FederationId),
        })
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
        let of = |from: UsernameFrom, value: &str| {
            let field = "X__c".parse().unwrap();
            UsernameSource::new(from, field, "os".to_owned()).name(value)
        };
        use UsernameFrom as F;
        assert_eq!(of(F::UserField, " ada "), Some("ada".into()));
        assert_eq!(of(F::UserName, "ada@example.test"), Some("ada@example.test".into()));
        assert_eq!(of(F::UserNameLocalPart, "ada@example.test"), Some("ada".into()));
        assert_eq!(of(F::FederationId, ""), None);
        assert_eq!(of(F::OsUser, "ada"), Some("ada".into()));
    }
}
