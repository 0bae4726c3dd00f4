//! The client of one appliance: its site, the API account, and how calls are made.

use std::fmt;
use std::time::Duration;

use casebridge_domain::Lsid;
use casebridge_transport::{DownloadError, HttpClient, Response};
use jiff::Timestamp;
use reqwest::header::{CONNECTION, HeaderValue};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use tokio::fs::File;
use tokio::io::AsyncSeekExt as _;
use url::Url;

use crate::answer;
use crate::error::Error;
use crate::pace::Pace;
use crate::reporting::ReadError;
use crate::time;
use crate::token::{self, Grant, Token, TokenStore};
use crate::verdict::Learned;

/// The maximum size of a Command API answer, in bytes.
const COMMAND_LIMIT: usize = 4 * 1024 * 1024;
/// The maximum size of a report in memory, in bytes: a thousand sessions with their events.
const REPORT_LIMIT: usize = 64 * 1024 * 1024;
/// The maximum size of one session's full report, which is stored in a file, in bytes.
const LARGEST_REPORT: u64 = 1 << 30;
/// The time limit for a large report.
const REPORT_TIME: Duration = Duration::from_secs(600);

/// The appliance's host and API account.
#[derive(Debug, Clone)]
pub struct ApplianceConfig {
    /// `HOST` or `HOST:PORT`.
    pub hostname: String,
    /// The API account's client id.
    pub client_id: String,
    /// The API account's client secret.
    pub client_secret: SecretString,
}

/// The client of one appliance. All calls share it, and with it one token.
pub struct Appliance {
    http: HttpClient,
    config: ApplianceConfig,
    site: Url,
    tokens: TokenStore,
    pace: Pace,
    pub(crate) learned: Learned,
}

impl fmt::Debug for Appliance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Appliance").field("site", &self.site.as_str()).finish_non_exhaustive()
    }
}

impl Appliance {
    /// Creates the client. `http` should not keep connections, because the appliance closes each
    /// one after its answer.
    ///
    /// # Errors
    /// The host name is not `HOST` or `HOST:PORT`.
    pub fn new(http: HttpClient, config: ApplianceConfig) -> Result<Self, Error> {
        let site = site_address(&config.hostname)?;
        let (tokens, pace, learned) = (TokenStore::default(), Pace::default(), Learned::default());
        Ok(Self { http, config, site, tokens, pace, learned })
    }

    /// The URL of the site, where customers can enter a session key.
    pub fn site(&self) -> &Url {
        &self.site
    }

    /// The appliance's current time according to its latest answer, if that was recent.
    pub fn time(&self) -> Option<Timestamp> {
        let (date, ago) = self.http.heard_date()?;
        time::of_header(&date)?.checked_add(ago).ok()
    }

    /// Gets a token if there is none. Tests host, client id and secret.
    ///
    /// # Errors
    /// The appliance issued no token.
    pub async fn log_in(&self) -> Result<(), Error> {
        self.token(None).await.map(drop)
    }

    pub(crate) async fn command(
        &self,
        action: &str,
        parameters: &[(String, String)],
    ) -> Result<Response, Error> {
        let form = with_first("action", action, parameters);
        self.call("/api/command", &form, COMMAND_LIMIT).await
    }

    pub(crate) async fn report(
        &self,
        report: &str,
        parameters: &[(String, String)],
    ) -> Result<Response, Error> {
        let form = with_first("generate_report", report, parameters);
        self.call("/api/reporting", &form, REPORT_LIMIT).await
    }

    /// Downloads the full report of a session into a file and rewinds the file. Only checks that it
    /// is a report.
    ///
    /// # Errors
    /// The answer is incomplete or not a report, or the file could not be written.
    pub async fn session_report(&self, lsid: &Lsid, file: &mut File) -> Result<(), ReadError> {
        let form = [
            ("generate_report".to_owned(), "SupportSession".to_owned()),
            ("lsid".to_owned(), lsid.to_string()),
        ];
        let mut refused = None;
        loop {
            let token = self.token(refused).await?;
            let request = self.authorized("/api/reporting", &form, &token).timeout(REPORT_TIME);
            self.pace.wait().await?;
            file.set_len(0).await?;
            file.rewind().await?;
            let answer = self.http.download(request, file, LARGEST_REPORT).await;
            let response = answer.map_err(|error| match error {
                DownloadError::Transport(error) => ReadError::Report(error.into()),
                DownloadError::Disk(error) => ReadError::Disk(error),
            })?;
            self.pace.note(&response)?;
            match (response.status, refused) {
                (401, None) => refused = Some(token.serial),
                (401, Some(_)) => return Err(Error::Unauthorized.into()),
                _ => {
                    answer::beginning(&response)?;
                    file.rewind().await?;
                    return Ok(());
                }
            }
        }
    }

    /// Makes a call. A refused token is replaced once.
    async fn call(
        &self,
        path: &str,
        form: &[(String, String)],
        limit: usize,
    ) -> Result<Response, Error> {
        let token = self.token(None).await?;
        let response = self.send(self.authorized(path, form, &token), limit).await?;
        if response.status != 401 {
            return Ok(response);
        }
        // Desktops that share an API account evict each other's tokens, so one 401 is normal.
        let token = self.token(Some(token.serial)).await?;
        let response = self.send(self.authorized(path, form, &token), limit).await?;
        match response.status {
            401 => Err(Error::Unauthorized),
            _ => Ok(response),
        }
    }

    async fn token(&self, refused: Option<u64>) -> Result<Token, Error> {
        self.tokens.get(refused, self.grant()).await
    }

    async fn grant(&self) -> Result<Grant, Error> {
        let secret = self.config.client_secret.expose_secret();
        let request = self
            .post("/oauth2/token")
            .basic_auth(&self.config.client_id, Some(secret))
            .form(&[("grant_type", "client_credentials")]);
        token::read(&self.send(request, COMMAND_LIMIT).await?)
    }

    fn authorized(&self, path: &str, form: &[(String, String)], token: &Token) -> RequestBuilder {
        self.post(path).bearer_auth(token.value.expose_secret()).form(form)
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http
            .request(Method::POST, &self.address(path))
            .header(CONNECTION, HeaderValue::from_static("close"))
    }

    /// Sends within the appliance's rate limit. A request that was refused for its rate is sent
    /// again if the wait is short; the appliance did not act on it.
    async fn send(&self, request: RequestBuilder, limit: usize) -> Result<Response, Error> {
        let again = request.try_clone();
        self.pace.wait().await?;
        let response = self.http.send_within(request, limit).await?;
        let Err(refused) = self.pace.note(&response) else { return Ok(response) };
        let again = again.ok_or(refused)?;
        self.pace.wait().await?;
        let response = self.http.send_within(again, limit).await?;
        self.pace.note(&response)?;
        Ok(response)
    }

    fn address(&self, path: &str) -> Url {
        let mut address = self.site.clone();
        address.set_path(path);
        address
    }
}

fn with_first(name: &str, value: &str, rest: &[(String, String)]) -> Vec<(String, String)> {
    let mut all = vec![(name.to_owned(), value.to_owned())];
    all.extend_from_slice(rest);
    all
}

/// The site's URL from `HOST` or `HOST:PORT`. Any other form is refused (S6).
///
/// # Errors
/// [`Error::BadHostname`].
pub fn site_address(hostname: &str) -> Result<Url, Error> {
    let is_plain = !hostname.is_empty()
        && hostname
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    if !is_plain {
        return Err(Error::BadHostname);
    }
    Url::parse(&format!("https://{hostname}/")).map_err(|_| Error::BadHostname)
}

#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;
