//! What the servers were asked: one entry per request, without secrets.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use std::io;

use crate::faults::{FaultName, FaultSwitch};
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

const MAX_BODY: usize = 256 * 1024 * 1024;
/// What larger bodies say is not kept.
const KEPT_BODY: usize = 256 * 1024;

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
    let what = what(&simulation, index);
    let is_write = server == "org" && parts.method != Method::GET;
    hang(&simulation, &what, "before").await;
    let captive = simulation.world().faults.take(FaultName::CaptivePortal, &what);
    let mut response = match captive {
        Some(fault) => portal_page(fault.text.as_deref()),
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
    };
    hang(&simulation, &what, "after").await;
    if is_write && simulation.world().faults.take(FaultName::LostAnswer, &what).is_some() {
        let broken = tokio_stream::once(Err::<Bytes, _>(io::Error::other("lost")));
        *response.body_mut() = Body::from_stream(broken);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if let Some(call) = simulation.world().calls.get_mut(index) {
        call.status = response.status().as_u16();
        call.ended_ms = simulation.age_ms();
    }
    response
}

/// The word by which faults name a call: its report or action, else the end of its path.
fn what(simulation: &Shared, index: usize) -> String {
    let world = simulation.world();
    let Some(call) = world.calls.get(index) else { return String::new() };
    let named = |name: &str| call.params[name].as_str().filter(|text| !text.is_empty());
    let end = || call.path.rsplit('/').next().unwrap_or_default();
    named("generate_report").or_else(|| named("action")).unwrap_or_else(end).to_owned()
}

/// What a network answers to everything until somebody has signed in to it.
fn portal_page(shape: Option<&str>) -> Response {
    if shape == Some("redirect") {
        return Redirect::to("https://portal.example.test/welcome").into_response();
    }
    Html("<!DOCTYPE html><html><body><h1>Welcome to our guest network</h1></body></html>")
        .into_response()
}

/// Never comes back if the fault says so.
async fn hang(simulation: &Shared, what: &str, when: &str) {
    let hangs = {
        let mut world = simulation.world();
        let fault = world.faults.get(FaultName::Hang);
        let here = fault.is_some_and(|fault| {
            let is_named = fault.only.as_deref().is_none_or(|only| only == what);
            is_named && fault.text.as_deref().unwrap_or("before") == when
        });
        here && match fault.cloned() {
            // So many calls pass before.
            Some(FaultSwitch { seconds: Some(left @ 1..), .. }) => {
                world.faults.wait_for(FaultName::Hang, left - 1);
                false
            }
            Some(_) | None => world.faults.take(FaultName::Hang, what).is_some(),
        }
    };
    if hangs {
        std::future::pending::<()>().await;
    }
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
