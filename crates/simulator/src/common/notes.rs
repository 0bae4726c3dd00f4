//! Between a request and its handler: it is noted, and what a network can do to it happens.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::calls::{call_of, what};
use super::faults::FaultName;
use super::site::Common;

const MAX_BODY: usize = 256 * 1024 * 1024;

/// Notes each request to the appliance.
pub(crate) async fn note_appliance(
    common: State<Arc<Common>>,
    request: Request,
    next: Next,
) -> Response {
    note("appliance", common, request, next).await
}

/// Notes each request to the org.
pub(crate) async fn note_org(common: State<Arc<Common>>, request: Request, next: Next) -> Response {
    note("org", common, request, next).await
}

async fn note(
    server: &'static str,
    State(common): State<Arc<Common>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let read = (common.clock.now(), common.clock.age_ms());
    let call = call_of(server, read, &parts, &body);
    let what = what(&call);
    let index = common.calls.begin(call);
    let is_write = server == "org" && parts.method != Method::GET;
    hang(&common, &what, "before").await;
    let mut response = match common.faults.take(FaultName::CaptivePortal, &what) {
        Some(fault) => portal_page(fault.text.as_deref()),
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
    };
    hang(&common, &what, "after").await;
    if is_write && common.faults.take(FaultName::LostAnswer, &what).is_some() {
        let broken = tokio_stream::once(Err::<Bytes, _>(io::Error::other("lost")));
        *response.body_mut() = Body::from_stream(broken);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    common.calls.end(index, response.status(), common.clock.age_ms());
    response
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
async fn hang(common: &Common, what: &str, when: &str) {
    if common.faults.hangs(what, when) {
        std::future::pending::<()>().await;
    }
}
