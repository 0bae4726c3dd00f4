//! The token endpoint and the one durable secret of the org: the refresh token.

use super::pkce::Verifier;
use crate::error::{Reported, shown};
use crate::{Error, OrgConfig};
use casebridge_transport::{HttpClient, Response};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// Held during a refresh. Dropping it releases the lock for other processes.
pub type StoreGuard = Box<dyn Any + Send>;

/// The storage of the refresh token. The calls may block, so they are made outside the async
/// threads.
pub trait RefreshTokenStore: Send + Sync {
    /// The token, if somebody has signed in.
    ///
    /// # Errors
    /// The store can't be read.
    fn load(&self) -> Result<Option<SecretString>, StoreError>;

    /// Writes the token durably, so that a crash after the return does not lose it.
    ///
    /// # Errors
    /// The store can't be written.
    fn store(&self, token: &SecretString) -> Result<(), StoreError>;

    /// Checks before the exchange of this token that a new one can be stored, and marks the
    /// exchange as running until [`store`](Self::store) or [`release`](Self::release).
    ///
    /// # Errors
    /// A new token could not be stored, so this one must not be exchanged.
    fn reserve(&self, _token: &SecretString) -> Result<(), StoreError> {
        Ok(())
    }

    /// The exchange failed or returned no new token, so the old one is kept.
    ///
    /// # Errors
    /// The store can't be written.
    fn release(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether an earlier exchange of this token was interrupted. The org may have issued a new
    /// token that was not stored.
    ///
    /// # Errors
    /// The store can't be read.
    fn was_broken_off(&self, _token: &SecretString) -> Result<bool, StoreError> {
        Ok(false)
    }

    /// Removes the token. It is not an error if there is none.
    ///
    /// # Errors
    /// The store can't be written.
    fn clear(&self) -> Result<(), StoreError>;

    /// Waits until no other process uses the token. With rotation, concurrent use by two processes
    /// ends the sign-in.
    ///
    /// # Errors
    /// The lock can't be acquired.
    fn lock(&self) -> Result<StoreGuard, StoreError> {
        Ok(Box::new(()))
    }
}

/// The store's own error, for a caller who knows its type.
#[derive(Debug, Clone)]
pub struct StoreError(Arc<dyn StdError + Send + Sync>);

impl StoreError {
    /// Wraps the store's own error, or a text.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(error.into().into())
    }

    /// The store's own error, if it is of this type.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// The answer of the token endpoint. Its hosts are not checked yet.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) access_token: SecretString,
    pub(crate) instance_url: String,
    pub(crate) refresh_token: Option<SecretString>,
    pub(crate) identity_url: Option<String>,
}

/// Exchanges the code of the callback.
pub(crate) async fn exchange(
    http: &HttpClient,
    config: &OrgConfig,
    code: &SecretString,
    redirect_uri: &str,
    verifier: &Verifier,
) -> Result<Grant, Error> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.expose_secret()),
        ("client_id", &config.client_id),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier.expose()),
    ];
    grant(http, config, &form).await
}

/// Uses a refresh token. It is never repeated: a replayed token ends the whole sign-in.
pub(crate) async fn refresh(
    http: &HttpClient,
    config: &OrgConfig,
    token: &SecretString,
) -> Result<Grant, Error> {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.expose_secret()),
        ("client_id", &config.client_id),
    ];
    grant(http, config, &form).await
}

/// Ends a grant at the org. A token that the org no longer knows counts as ended.
pub(crate) async fn revoke(
    http: &HttpClient,
    config: &OrgConfig,
    token: &SecretString,
) -> Result<(), Error> {
    let url = config.login_url.endpoint("/services/oauth2/revoke");
    let response = post(http, &url, &[("token", token.expose_secret())]).await?;
    let gone = matches!(
        Reported::read(&response).code.as_str(),
        "invalid_token" | "unsupported_token_type"
    );
    if response.status == 200 || gone { Ok(()) } else { Err(Error::from_response(&response)) }
}

async fn grant(
    http: &HttpClient,
    config: &OrgConfig,
    form: &[(&str, &str)],
) -> Result<Grant, Error> {
    let url = config.login_url.endpoint("/services/oauth2/token");
    let response = post(http, &url, form).await?;
    if (300..400).contains(&response.status) {
        let to = response.header("location").and_then(|place| url.join(place).ok());
        let to = to.as_ref().and_then(Url::host_str).map(shown).unwrap_or_default();
        let is_org = config.login_url.admits(&to);
        return Err(Error::Redirected { to, is_org });
    }
    if response.status != 200 || response.is_html() {
        return Err(Error::from_response(&response));
    }
    read_grant(&response.body).ok_or_else(|| Error::Unexpected {
        status: response.status,
        code: String::new(),
        message: "the token answer lacks the access token or the instance".into(),
    })
}

async fn post(http: &HttpClient, url: &Url, form: &[(&str, &str)]) -> Result<Response, Error> {
    let request = http.request(Method::POST, url).header("accept", "application/json").form(form);
    Ok(http.send(request).await?)
}

/// Only the access token and the instance are required. Each of the other values may be missing.
fn read_grant(body: &[u8]) -> Option<Grant> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| {
        value.get(name).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned)
    };
    Some(Grant {
        access_token: text("access_token")?.into(),
        instance_url: text("instance_url")?,
        refresh_token: text("refresh_token").map(SecretString::from),
        identity_url: text("id"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_answer_needs_only_the_access_token_and_the_instance() {
        let grant = read_grant(br#"{"access_token":"00D!a","instance_url":"https://x/"}"#).unwrap();
        assert!(grant.refresh_token.is_none() && grant.identity_url.is_none());
        assert!(read_grant(br#"{"access_token":"00D!a"}"#).is_none());
        assert!(read_grant(br#"{"access_token":"","instance_url":"https://x"}"#).is_none());
        assert!(read_grant(b"<html>").is_none());
    }

    #[test]
    fn s15_a_grant_prints_no_token() {
        let body =
            br#"{"access_token":"canary1","instance_url":"https://x","refresh_token":"canary2"}"#;
        assert!(!format!("{:?}", read_grant(body)).contains("canary"));
    }

    #[test]
    fn a_store_error_keeps_its_cause() {
        let error = StoreError::new(std::io::Error::other("locked"));
        assert!(error.downcast_ref::<std::io::Error>().is_some());
        assert_eq!(error.to_string(), "locked");
    }
}
