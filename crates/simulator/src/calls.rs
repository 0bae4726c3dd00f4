//! What the servers were asked: one entry per request, without secrets.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::state::Shared;

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

const MAX_BODY: usize = 4 * 1024 * 1024;

/// Notes each request to the appliance.
pub(crate) async fn note_appliance(state: State<Shared>, request: Request, next: Next) -> Response {
    note("appliance", state, request, next).await
}

/// Notes each request to the org.
pub(crate) async fn note_org(state: State<Shared>, request: Request, next: Next) -> Response {
    note("org", state, request, next).await
}

async fn note(
    server: &'static str,
    State(simulation): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let index = {
        let mut world = simulation.world();
        let call = Call {
            server,
            at: world.now(),
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            params: params(parts.uri.query(), &parts.headers, &body),
            authorization: text(&parts.headers, &header::AUTHORIZATION)
                .and_then(|value| value.split(' ').next().map(str::to_owned)),
            connection: text(&parts.headers, &header::CONNECTION),
            user_agent: text(&parts.headers, &header::USER_AGENT),
            status: 0,
            began_ms: simulation.age_ms(),
            ended_ms: 0.0,
        };
        world.calls.push(call);
        world.calls.len() - 1
    };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if let Some(call) = simulation.world().calls.get_mut(index) {
        call.status = response.status().as_u16();
        call.ended_ms = simulation.age_ms();
    }
    response
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
