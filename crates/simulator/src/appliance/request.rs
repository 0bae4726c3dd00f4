//! What a call asks for, and why it may be refused.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// The parameters of a call, from the query and the form body.
pub(crate) type Params = BTreeMap<String, String>;

/// Why an action did not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// An error element with this text.
    Error(String),
    /// The API account lacks a permission.
    Permission,
}

impl Refusal {
    pub(crate) fn error(text: impl Into<String>) -> Self {
        Self::Error(text.into())
    }

    /// The text for a parameter that does not do.
    pub(crate) fn parameter(name: &str, why: &str) -> Self {
        Self::Error(format!("Error validating parameter '{name}': {why}"))
    }
}

#[expect(clippy::result_large_err, reason = "the refusal is the answer itself")]
pub(super) fn read_params(
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Params, Response> {
    let pairs = |text: &[u8]| url::form_urlencoded::parse(text).into_owned().collect::<Params>();
    let mut params = pairs(uri.query().unwrap_or_default().as_bytes());
    if !body.is_empty() {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
        }
        params.extend(pairs(body));
    }
    Ok(params)
}
