//! The access token: one log-in at a time, and stored until shortly before it expires.

use std::time::Duration;

use casebridge_transport::Response;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::answer;
use crate::error::Error;

const DEFAULT_LIFETIME: u64 = 600;
const LONGEST_LIFETIME: u64 = 24 * 3600;
const MARGIN: Duration = Duration::from_secs(60);

/// A token and its lifetime.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) value: SecretString,
    good_until: Instant,
    /// Identifies a token without its value.
    pub(crate) serial: u64,
}

/// The appliance's answer to a log-in.
#[derive(Debug)]
pub(crate) struct Grant {
    value: SecretString,
    lifetime: Duration,
}

/// The current token.
#[derive(Debug, Default)]
pub(crate) struct TokenStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    current: Option<Token>,
    logins: u64,
}

impl TokenStore {
    /// Returns the current token, or a new one from `login`, which only runs if needed. While one
    /// caller logs in, the others wait for its token. A token with the serial `refused` is
    /// replaced.
    pub(crate) async fn get(
        &self,
        refused: Option<u64>,
        login: impl Future<Output = Result<Grant, Error>>,
    ) -> Result<Token, Error> {
        let mut state = self.state.lock().await;
        if let Some(token) = state.current.as_ref()
            && refused != Some(token.serial)
            && Instant::now() < token.good_until
        {
            return Ok(token.clone());
        }
        // A failed log-in must not keep a token that is known to be invalid.
        state.current = None;
        let asked = Instant::now();
        let grant = login.await?;
        let margin = MARGIN.min(grant.lifetime / 10);
        let good_until = asked + grant.lifetime.saturating_sub(margin);
        state.logins += 1;
        let token = Token { value: grant.value, good_until, serial: state.logins };
        state.current = Some(token.clone());
        Ok(token)
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<Seconds>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

#[derive(Deserialize)]
struct Refusal {
    error: Option<String>,
}

/// Reads the answer to a login.
pub(crate) fn read(response: &Response) -> Result<Grant, Error> {
    if response.is_html() {
        return Err(Error::Html);
    }
    if response.status == 401 || (response.status == 400 && is_invalid_client(response)) {
        return Err(Error::BadCredentials);
    }
    answer::status(response)?;
    if response.body.trim_ascii().is_empty() {
        return Err(Error::Empty);
    }
    let answer: TokenAnswer = serde_json::from_slice(&response.body).map_err(json_error)?;
    let is_bearer =
        answer.token_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    match answer.access_token {
        Some(value) if is_bearer && !value.is_empty() => {
            Ok(Grant { value: value.into(), lifetime: lifetime(answer.expires_in) })
        }
        _ => Err(Error::Malformed("there is no bearer token in it".to_owned())),
    }
}

fn is_invalid_client(response: &Response) -> bool {
    serde_json::from_slice::<Refusal>(&response.body)
        .is_ok_and(|refusal| refusal.error.as_deref() == Some("invalid_client"))
}

/// The parser's message could contain a part of the token.
fn json_error(error: serde_json::Error) -> Error {
    match error.is_eof() {
        true => Error::CutOff,
        false => Error::Malformed("it is not the JSON of a token".to_owned()),
    }
}

fn lifetime(expires_in: Option<Seconds>) -> Duration {
    let seconds = match expires_in {
        Some(Seconds::Number(seconds)) => Some(seconds),
        Some(Seconds::Text(text)) => text.trim().parse().ok(),
        None => None,
    };
    Duration::from_secs(seconds.unwrap_or(DEFAULT_LIFETIME).min(LONGEST_LIFETIME))
}

#[cfg(test)]
mod tests;
