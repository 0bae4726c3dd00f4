//! The HTTP client: built once from the settings, and shared by all calls.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use reqwest::header::{DATE, HeaderMap};
use reqwest::{Certificate, Method, NoProxy, Proxy, RequestBuilder, redirect};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use crate::error::{DownloadError, Moment, TransportError, classify};
use crate::response::Response;

/// The default size limit of an answer, in bytes.
pub const DEFAULT_LIMIT: usize = 8 * 1024 * 1024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const PROXY_SCHEMES: &[&str] = &["http", "https", "socks5", "socks5h"];
/// How many bytes of a downloaded body are kept in memory.
const BEGINNING: usize = 64 * 1024;
const CA_FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// How the client reaches a host.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Additional trusted certificates besides those of the operating system (PEM, or one in DER).
    pub ca_file: Option<PathBuf>,
    /// The proxy's URL. If absent, the system's proxy settings are used.
    pub proxy: Option<String>,
    /// The time limit of a call, including its answer.
    pub timeout: Duration,
    /// The client's user agent.
    pub user_agent: String,
    /// Whether connections are reused. If not, each call has its own HTTP/1.1 connection, as the
    /// appliance requires.
    pub pooling: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            ca_file: None,
            proxy: None,
            timeout: Duration::from_secs(30),
            user_agent: concat!("Casebridge/", env!("CARGO_PKG_VERSION")).to_owned(),
            pooling: false,
        }
    }
}

/// Creates the client.
///
/// # Errors
/// The CA file or the proxy can't be used, or the operating system has no trust store.
pub fn client(options: &HttpOptions) -> Result<HttpClient, TransportError> {
    install_crypto();
    let mut builder = reqwest::Client::builder()
        .https_only(true)
        .redirect(redirect::Policy::none())
        .referer(false)
        .timeout(options.timeout)
        .connect_timeout(options.timeout.min(CONNECT_TIMEOUT))
        .user_agent(&options.user_agent);
    if !options.pooling {
        builder = builder.pool_max_idle_per_host(0).http1_only();
    }
    if let Some(path) = &options.ca_file {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    if let Some(address) = &options.proxy {
        builder = builder.proxy(proxy(address)?);
    }
    // Only the trust store can fail here: everything else was checked above.
    let inner =
        builder.build().map_err(|error| TransportError::Tls { detail: error_chain(&error) })?;
    Ok(HttpClient { inner, heard: Arc::default() })
}

/// Sends requests over https and reads answers within a limit.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
    /// The `Date` of the latest answer, and when it was received.
    heard: Arc<Mutex<Option<(String, Instant)>>>,
}

/// How long an answer's date can be used for the server's time. Sleep of the computer is not
/// counted.
const FRESH: Duration = Duration::from_secs(60);

impl HttpClient {
    /// The `Date` header of an answer from the last minute and its age. Together they give the
    /// server's time, independent of this computer's clock.
    pub fn heard_date(&self) -> Option<(String, Duration)> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (date, at) = heard?;
        Some((date, at.elapsed())).filter(|(_, ago)| *ago < FRESH)
    }

    fn note_date(&self, headers: &HeaderMap) {
        if let Some(date) = headers.get(DATE).and_then(|value| value.to_str().ok()) {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            *heard = Some((date.to_owned(), Instant::now()));
        }
    }

    /// Starts building a request.
    pub fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        self.inner.request(method, url.clone())
    }

    /// Sends a request and reads the whole answer, up to [`DEFAULT_LIMIT`].
    ///
    /// # Errors
    /// The answer is missing or incomplete. Any status is an answer.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, TransportError> {
        self.send_within(request, DEFAULT_LIMIT).await
    }

    /// Sends a request and reads the whole answer, up to `limit` bytes.
    ///
    /// # Errors
    /// The answer is missing or incomplete. Any status is an answer.
    pub async fn send_within(
        &self,
        request: RequestBuilder,
        limit: usize,
    ) -> Result<Response, TransportError> {
        let (_, request) = request.build_split();
        let request = request.map_err(|error| classify(error, Moment::Sending))?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let host = url.host_str().unwrap_or_default().to_owned();
        let started = Instant::now();
        let result = self.exchange(request, limit).await;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &result {
            Ok(answer) => {
                tracing::debug!(%method, host, path = url.path(), status = answer.status, millis);
            }
            Err(error) => tracing::warn!(%method, host, path = url.path(), %error, millis),
        }
        result
    }

    /// Sends a request and streams the body of a 2xx answer to `sink`, up to `limit` bytes. The
    /// returned answer contains the beginning of the body, enough to recognise its type.
    ///
    /// # Errors
    /// The answer is missing or incomplete, or the sink failed.
    pub async fn download(
        &self,
        request: RequestBuilder,
        sink: &mut (impl AsyncWrite + Unpin),
        limit: u64,
    ) -> Result<Response, DownloadError> {
        let (_, request) = request.build_split();
        let request = request.map_err(|error| classify(error, Moment::Sending))?;
        let sent = self.inner.execute(request).await;
        let mut answer = sent.map_err(|error| classify(error, Moment::Sending))?;
        let status = answer.status().as_u16();
        let headers = std::mem::take(answer.headers_mut());
        self.note_date(&headers);
        let mut response = Response { status, headers, body: Vec::new() };
        let mut length = 0_u64;
        while let Some(chunk) =
            answer.chunk().await.map_err(|error| classify(error, Moment::Reading))?
        {
            length += chunk.len() as u64;
            if length > limit {
                return Err(TransportError::TooLarge {
                    limit: usize::try_from(limit).unwrap_or(usize::MAX),
                }
                .into());
            }
            let room = BEGINNING.saturating_sub(response.body.len()).min(chunk.len());
            response.body.extend_from_slice(chunk.get(..room).unwrap_or_default());
            if response.is_success() {
                sink.write_all(&chunk).await?;
            }
        }
        sink.flush().await?;
        tracing::debug!(status, length, "an answer was written to a file");
        Ok(response)
    }

    async fn exchange(
        &self,
        request: reqwest::Request,
        limit: usize,
    ) -> Result<Response, TransportError> {
        let sent = self.inner.execute(request).await;
        let mut answer = sent.map_err(|error| classify(error, Moment::Sending))?;
        let status = answer.status().as_u16();
        let headers = std::mem::take(answer.headers_mut());
        self.note_date(&headers);
        let mut body = Vec::new();
        while let Some(chunk) =
            answer.chunk().await.map_err(|error| classify(error, Moment::Reading))?
        {
            if body.len() + chunk.len() > limit {
                return Err(TransportError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }
}

/// Installs the process's cryptography provider once. An existing provider is kept.
fn install_crypto() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn proxy(address: &str) -> Result<Proxy, TransportError> {
    let url = address.parse::<Url>().map_err(|_| TransportError::BadProxy)?;
    if url.host().is_none() || !PROXY_SCHEMES.contains(&url.scheme()) {
        return Err(TransportError::BadProxy);
    }
    let proxy = Proxy::all(url).map_err(|_| TransportError::BadProxy)?;
    Ok(proxy.no_proxy(NoProxy::from_env()))
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, TransportError> {
    let bad = |detail: &str| TransportError::BadCaFile { detail: detail.to_owned() };
    let size = std::fs::metadata(path).map_err(|error| bad(&error.to_string()))?.len();
    if size > CA_FILE_LIMIT {
        return Err(bad("it is too large to be a list of certificates"));
    }
    let bytes = std::fs::read(path).map_err(|error| bad(&error.to_string()))?;
    let found = if bytes.first() == Some(&0x30) {
        vec![CertificateDer::from(bytes)]
    } else {
        CertificateDer::pem_slice_iter(&bytes)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| bad("it is not in PEM form"))?
    };
    if found.is_empty() {
        return Err(bad("there is no certificate in it"));
    }
    found
        .iter()
        .map(|certificate| {
            RootCertStore::empty()
                .add(certificate.clone())
                .map_err(|_| bad("a certificate in it is damaged"))?;
            Certificate::from_der(certificate).map_err(|_| bad("a certificate in it is damaged"))
        })
        .collect()
}

fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;
