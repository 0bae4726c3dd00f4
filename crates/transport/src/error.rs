//! The errors before an answer is complete, and whether a retry may help.

use std::error::Error as StdError;
use std::io;

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryKind {
    /// The request never reached the server: sending it again is safe.
    Safe,
    /// The server may have acted on the request. Only repeat it if doing it twice is safe.
    Uncertain,
    /// A retry does not help until a person changes something.
    Never,
}

/// Why an answer is missing or incomplete.
///
/// The texts contain no URL, header or body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The host name is not known.
    #[error("the host name can't be found")]
    Resolve,
    /// No connection to the host.
    #[error("no connection: {detail}")]
    Connect {
        /// The system's reason.
        detail: String,
    },
    /// The secure connection failed, usually because the certificate is not trusted.
    #[error("no secure connection: {detail}")]
    Tls {
        /// What is wrong.
        detail: String,
    },
    /// The proxy can't be reached or refused the connection.
    #[error("the proxy refused the connection{}", .status.map(|status| format!(" ({status})")).unwrap_or_default())]
    Proxy {
        /// The proxy's status, if known. 407 means that it requires a sign-in.
        status: Option<u16>,
    },
    /// The answer was not complete in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke before an answer began.
    #[error("the connection broke before the answer came")]
    Interrupted,
    /// The connection broke within the answer.
    #[error("the answer was cut off")]
    CutOff,
    /// The answer is larger than the limit.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The extra CA file can't be used.
    #[error("the CA file can't be used: {detail}")]
    BadCaFile {
        /// What is wrong.
        detail: String,
    },
    /// The proxy's URL can't be used.
    #[error("the proxy URL can't be used")]
    BadProxy,
    /// Anything else.
    #[error("the request failed: {detail}")]
    Other {
        /// The cause as reported by the HTTP library.
        detail: String,
    },
}

/// Why a download failed.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The answer is missing or incomplete.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The file could not be written.
    #[error("the disk reported an error: {0}")]
    Disk(#[from] io::Error),
}

impl TransportError {
    /// Whether the same request may be sent again.
    pub fn retry_kind(&self) -> RetryKind {
        match self {
            Self::Resolve | Self::Connect { .. } => RetryKind::Safe,
            Self::Timeout | Self::Interrupted | Self::CutOff => RetryKind::Uncertain,
            Self::Tls { .. }
            | Self::Proxy { .. }
            | Self::TooLarge { .. }
            | Self::BadCaFile { .. }
            | Self::BadProxy
            | Self::Other { .. } => RetryKind::Never,
        }
    }

    /// Whether the proxy asks for a sign-in (407).
    pub fn is_proxy_sign_in(&self) -> bool {
        matches!(self, Self::Proxy { status: Some(407) })
    }
}

/// When an error occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before the head of the answer.
    Sending,
    /// While the body was read.
    Reading,
}

/// The meaning of an error in the chain.
enum Finding {
    Tls(String),
    ProxySignIn,
    Proxy,
    Broken,
    Io(String),
}

pub(crate) fn classify(error: reqwest::Error, moment: Moment) -> TransportError {
    let error = error.without_url();
    if error.is_timeout() {
        return TransportError::Timeout;
    }
    let findings = findings(&error);
    // The proxy comes first, because a failure inside its tunnel is the proxy's failure.
    if findings.iter().any(|f| matches!(f, Finding::ProxySignIn)) {
        return TransportError::Proxy { status: Some(407) };
    }
    if findings.iter().any(|f| matches!(f, Finding::Proxy)) {
        return TransportError::Proxy { status: None };
    }
    if let Some(detail) = findings.iter().find_map(|f| match f {
        Finding::Tls(detail) => Some(detail.clone()),
        Finding::ProxySignIn | Finding::Proxy | Finding::Broken | Finding::Io(_) => None,
    }) {
        return TransportError::Tls { detail };
    }
    if error.is_dns() {
        return TransportError::Resolve;
    }
    if error.is_connect() {
        let detail = findings.into_iter().find_map(io_text).unwrap_or_else(|| innermost(&error));
        return TransportError::Connect { detail };
    }
    if moment == Moment::Reading && (error.is_body() || error.is_decode()) {
        return TransportError::CutOff;
    }
    if findings.iter().any(|f| matches!(f, Finding::Broken)) {
        return TransportError::Interrupted;
    }
    TransportError::Other { detail: innermost(&error) }
}

fn io_text(finding: Finding) -> Option<String> {
    match finding {
        Finding::Io(text) => Some(text),
        Finding::Tls(_) | Finding::ProxySignIn | Finding::Proxy | Finding::Broken => None,
    }
}

/// Reads the whole chain. The error inside an `io::Error` is not one of its sources, so it is
/// followed explicitly.
fn findings(error: &(dyn StdError + 'static)) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut next = Some(error);
    // Chains are short. The limit protects against one that refers to itself.
    for _ in 0..32 {
        let Some(cause) = next else { break };
        found.extend(finding(cause));
        next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    found
}

fn finding(cause: &(dyn StdError + 'static)) -> Option<Finding> {
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return Some(Finding::Tls(tls_text(tls)));
    }
    if let Some(http) = cause.downcast_ref::<hyper::Error>() {
        return (http.is_incomplete_message() || http.is_closed()).then_some(Finding::Broken);
    }
    if let Some(io) = cause.downcast_ref::<io::Error>() {
        return io_finding(io);
    }
    // The tunnel's error type is private, so only its text can be used.
    let text = cause.to_string();
    if text.contains("proxy authorization required") {
        return Some(Finding::ProxySignIn);
    }
    (text.starts_with("tunnel error") || text.starts_with("SOCKS error")).then_some(Finding::Proxy)
}

fn io_finding(io: &io::Error) -> Option<Finding> {
    if matches!(
        io.kind(),
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::NotConnected
    ) {
        return Some(Finding::Broken);
    }
    io.get_ref().is_none().then(|| Finding::Io(io.to_string()))
}

fn tls_text(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    let rustls::Error::InvalidCertificate(bad) = error else { return error.to_string() };
    let known = [
        (matches!(bad, Bad::UnknownIssuer), "the issuer of the certificate is not trusted"),
        (matches!(bad, Bad::Expired | Bad::ExpiredContext { .. }), "the certificate has expired"),
        (
            matches!(bad, Bad::NotValidYet | Bad::NotValidYetContext { .. }),
            "the certificate is not valid yet",
        ),
        (
            matches!(bad, Bad::NotValidForName | Bad::NotValidForNameContext { .. }),
            "the certificate is for another host name",
        ),
        (matches!(bad, Bad::Revoked), "the certificate was revoked"),
    ];
    match known.into_iter().find(|(is_it, _)| *is_it) {
        Some((_, text)) => text.to_owned(),
        None => error.to_string(),
    }
}

fn innermost(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_never_reached_the_server_is_safe_to_repeat() {
        assert_eq!(TransportError::Resolve.retry_kind(), RetryKind::Safe);
        assert_eq!(TransportError::Timeout.retry_kind(), RetryKind::Uncertain);
        assert_eq!(TransportError::CutOff.retry_kind(), RetryKind::Uncertain);
        assert_eq!(TransportError::Proxy { status: Some(407) }.retry_kind(), RetryKind::Never);
    }

    #[test]
    fn the_proxys_status_is_part_of_the_text() {
        let text = |status| TransportError::Proxy { status }.to_string();
        assert_eq!(text(Some(407)), "the proxy refused the connection (407)");
        assert_eq!(text(None), "the proxy refused the connection");
    }

    #[test]
    fn the_cause_inside_of_an_io_error_is_found() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let error = io::Error::other(io::Error::other(tls));
        let found = findings(&error);
        assert!(found.iter().any(|f| matches!(f, Finding::Tls(text) if text.contains("issuer"))));
    }
}
