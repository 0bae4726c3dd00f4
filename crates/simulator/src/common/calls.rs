//! What the servers were asked: one entry per request, without secrets.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};

/// A request as the control page and the tests see it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Call {
    /// `appliance` or `org`.
    pub(crate) server: &'static str,
    pub(crate) at: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Query and body, with secrets hidden.
    pub(crate) params: Value,
    /// The scheme of the Authorization header.
    pub(crate) authorization: Option<String>,
    /// The Connection header.
    pub(crate) connection: Option<String>,
    pub(crate) user_agent: Option<String>,
    /// Zero until it was answered.
    pub(crate) status: u16,
    /// Milliseconds from the start of the simulator until it had been read.
    pub(crate) began_ms: f64,
    /// The same until it was answered; zero before.
    pub(crate) ended_ms: f64,
}

/// Parameters whose values the log does not keep.
const SECRET: &[&str] =
    &["client_secret", "refresh_token", "code", "code_verifier", "token", "assertion", "password"];

/// What larger bodies say is not kept.
const KEPT_BODY: usize = 256 * 1024;

/// All calls since the start, or since they were forgotten.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Calls(Mutex<Vec<Call>>);

impl Calls {
    fn lock(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the calls so far.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(super) fn begin(&self, call: Call) -> usize {
        let mut all = self.lock();
        all.push(call);
        all.len() - 1
    }

    pub(super) fn end(&self, index: usize, status: StatusCode, ended_ms: f64) {
        if let Some(call) = self.lock().get_mut(index) {
            call.status = status.as_u16();
            call.ended_ms = ended_ms;
        }
    }
}

/// What is noted of a request that was read at `(now, age_ms)`.
pub(super) fn call_of(
    server: &'static str,
    (at, began_ms): (i64, f64),
    parts: &Parts,
    body: &Bytes,
) -> Call {
    let authorization = text(&parts.headers, &header::AUTHORIZATION);
    Call {
        server,
        at,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        params: params(parts.uri.query(), &parts.headers, body),
        authorization: authorization.and_then(|value| value.split(' ').next().map(str::to_owned)),
        connection: text(&parts.headers, &header::CONNECTION),
        user_agent: text(&parts.headers, &header::USER_AGENT),
        status: 0,
        began_ms,
        ended_ms: 0.0,
    }
}

/// The word by which faults name a call: its report or action, else the end of its path.
pub(super) fn what(call: &Call) -> String {
    let named = |name: &str| call.params[name].as_str().filter(|text| !text.is_empty());
    let end = || call.path.rsplit('/').next().unwrap_or_default();
    named("generate_report").or_else(|| named("action")).unwrap_or_else(end).to_owned()
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn params(query: Option<&str>, headers: &HeaderMap, body: &Bytes) -> Value {
    let mut all = Map::new();
    add_pairs(&mut all, query.unwrap_or_default().as_bytes());
    let kind = text(headers, &header::CONTENT_TYPE).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        add_pairs(&mut all, body);
    } else if body.len() > KEPT_BODY {
        all.insert("bytes".to_owned(), body.len().into());
    } else if let Ok(json) = serde_json::from_slice(body) {
        all.insert("body".to_owned(), json);
    }
    Value::Object(all)
}

fn add_pairs(all: &mut Map<String, Value>, encoded: &[u8]) {
    for (name, value) in url::form_urlencoded::parse(encoded) {
        let value = if SECRET.contains(&name.as_ref()) { "(hidden)".into() } else { value };
        all.insert(name.into_owned(), Value::String(value.into_owned()));
    }
}
