//! The signed-in user: ids from the token answer's `id`, names from the user's record.

use crate::org::Call;
use crate::{API_VERSION, Error, Org};
use casebridge_domain::{OrgId, UserId};
use serde_json::Value;
use url::Url;

/// The signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The org's id.
    pub org_id: OrgId,
    /// The user's id.
    pub user_id: UserId,
    /// The user name, which has the form of an e-mail address.
    pub username: String,
    /// The name to show. Empty if the org returns none.
    pub name: String,
    /// The host on which the API is called.
    pub instance_url: Url,
}

/// Reads `https://host/id/{orgId}/{userId}`.
pub(crate) fn from_url(url: &Url) -> Option<(OrgId, UserId)> {
    let mut segments = url.path_segments()?.rev().filter(|s| !s.is_empty());
    let (user, org, word) = (segments.next()?, segments.next()?, segments.next()?);
    (word == "id").then_some(())?;
    Some((org.parse().ok()?, user.parse().ok()?))
}

/// Reads the ids from the answer of `/services/oauth2/userinfo`.
pub(crate) fn from_userinfo(info: &Value) -> Result<(OrgId, UserId), Error> {
    let text = |name: &str| info.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("organization_id").parse(), text("user_id").parse()) {
        (Ok(org), Ok(user)) => Ok((org, user)),
        _ => Err(Error::Unexpected {
            status: 200,
            code: String::new(),
            message: "the answer does not say who is signed in".into(),
        }),
    }
}

impl Org {
    /// The signed-in user.
    ///
    /// # Errors
    /// Nobody is signed in, or the org can't be asked.
    pub async fn whoami(&self) -> Result<Identity, Error> {
        let (org_id, user_id) = self.ids().await?;
        let row = self.user_row(&user_id, "Username,Name").await?;
        let text =
            |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let instance_url = self.session().await?.instance_url.clone();
        Ok(Identity {
            org_id,
            user_id,
            username: text("Username"),
            name: text("Name"),
            instance_url,
        })
    }

    pub(crate) async fn user_row(&self, user: &UserId, fields: &str) -> Result<Value, Error> {
        let path = ["services", "data", API_VERSION, "sobjects", "User", user.as_str()];
        self.json(&Call::get(&path, &[("fields", fields)])).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_come_from_the_last_two_segments() {
        let url = "https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU";
        let expected = ("00Dx0000000BV7z".parse().unwrap(), "005x00000012Q9P".parse().unwrap());
        assert_eq!(from_url(&Url::parse(url).unwrap()), Some(expected));
        for url in
            ["https://x/", "https://x/id/005x00000012Q9P/00Dx0000000BV7z", "https://x/ID/a/b"]
        {
            assert_eq!(from_url(&Url::parse(url).unwrap()), None, "{url}");
        }
    }
}
