//! The BeyondTrust appliance: token endpoint, Command and Reporting API, and the customer's pages.
//!
//! This module decides whether a call gets through and how its answer leaves: the faults of the
//! transport, the token, the rate, the shape of errors. What an action does is in its own file.

mod command;
mod customer;
mod language;
mod reporting;
mod token;
mod work;
mod xml;

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

pub(crate) use self::command::make_key;
pub(crate) use self::work::sample_report;
pub use self::work::{SessionWork, SurveyAnswered};
use self::xml::Element;
use crate::calls::note_appliance;
use crate::console;
use crate::faults::FaultName;
use crate::org::bearer;
use crate::state::{Shared, World, at};

/// All addresses of the appliance.
pub(crate) fn router(simulation: Shared) -> Router {
    Router::new()
        .merge(token::router())
        .merge(customer::router())
        .merge(console::router())
        .route("/api/command", get(command_call).post(command_call))
        .route("/api/reporting", get(reporting_call).post(reporting_call))
        .route("/check_health", get(check_health))
        .layer(from_fn_with_state(simulation.clone(), close_connection))
        .layer(from_fn_with_state(simulation.clone(), note_appliance))
        .with_state(simulation)
}

/// Every answer closes its connection, says what time it is on the appliance, and sets a cookie that
/// nobody needs.
async fn close_connection(
    State(simulation): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let now = at(simulation.world().appliance_now()).strftime("%a, %d %b %Y %H:%M:%S GMT");
    let headers = response.headers_mut();
    if let Ok(date) = header::HeaderValue::from_str(&now.to_string()) {
        headers.insert(header::DATE, date);
    }
    headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    headers.insert(
        header::SET_COOKIE,
        header::HeaderValue::from_static("ns_s=simulated; path=/; Secure; HttpOnly"),
    );
    response
}

/// The parameters of a call, from the query and the form body.
pub(crate) type Params = BTreeMap<String, String>;

/// Which API a call goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Api {
    Command,
    Reporting,
}

impl Api {
    fn namespace(self, world: &World) -> &'static str {
        match (self, world.faults.is_on(FaultName::OldNamespace)) {
            (Self::Command, false) => "https://www.beyondtrust.com/namespaces/API/command",
            (Self::Command, true) => "http://www.bomgar.com/namespaces/API/command",
            (Self::Reporting, false) => "https://www.beyondtrust.com/namespaces/API/reporting",
            (Self::Reporting, true) => "http://www.bomgar.com/namespaces/API/reporting",
        }
    }
}

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

async fn command_call(
    State(simulation): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let params = match read_params(&uri, &headers, &body) {
        Ok(params) => params,
        Err(refused) => return refused,
    };
    let action = params.get("action").cloned().unwrap_or_default();
    let call = Call { api: Api::Command, what: &action, root: command::root_of(&action) };
    let host = simulation.places.appliance_host();
    call.answer(&simulation, &headers, |world| command::run(world, &host, &action, &params)).await
}

async fn reporting_call(
    State(simulation): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let params = match read_params(&uri, &headers, &body) {
        Ok(params) => params,
        Err(refused) => return refused,
    };
    let report = params.get("generate_report").cloned().unwrap_or_default();
    let call = Call { api: Api::Reporting, what: &report, root: reporting::root_of(&report) };
    let host = simulation.places.appliance_host();
    call.answer(&simulation, &headers, |world| reporting::run(world, &host, &report, &params)).await
}

#[expect(clippy::result_large_err, reason = "the refusal is the answer itself")]
fn read_params(uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Result<Params, Response> {
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

/// One call of an API: which one, for what, and the root that its answer should have.
struct Call<'c> {
    api: Api,
    what: &'c str,
    root: &'static str,
}

impl Call<'_> {
    async fn answer(
        &self,
        simulation: &Shared,
        headers: &HeaderMap,
        action: impl FnOnce(&mut World) -> Result<Element, Refusal>,
    ) -> Response {
        delay(simulation, self.what).await;
        let mut world = simulation.world();
        if let Some(broken) = self.transport_fault(&mut world) {
            return broken;
        }
        if !self.token_holds(&mut world, headers) {
            return unauthorized();
        }
        let remaining = match self.count(&mut world) {
            Ok(remaining) => remaining,
            Err(limited) => return limited,
        };
        let outcome = match world.faults.take(FaultName::Error200, self.what) {
            Some(fault) => {
                Err(Refusal::Error(fault.text.unwrap_or_else(|| "An error occurred".to_owned())))
            }
            None => action(&mut world),
        };
        if let Some(fault) = world.faults.take(FaultName::RawAnswer, self.what) {
            let text = fault.text.unwrap_or_default();
            return ([(header::CONTENT_TYPE, "text/xml; charset=UTF-8")], text).into_response();
        }
        let (status, root) = self.shape(&mut world, outcome);
        let mut text = root.document(self.api.namespace(&world));
        if let Some(fault) = world.faults.take(FaultName::Encoding, self.what) {
            let label = fault.text.unwrap_or_else(|| "ISO-8859-1".to_owned());
            text = text.replacen("UTF-8", &label, 1);
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes());
            let (bytes, ..) = encoding.unwrap_or(encoding_rs::UTF_8).encode(&text);
            return xml_response(status, Body::from(bytes.into_owned()));
        }
        let mut response = self.deliver(&mut world, status, text);
        rate_headers(response.headers_mut(), remaining);
        response
    }

    /// Faults that come from the way to the appliance rather than from the API.
    fn transport_fault(&self, world: &mut World) -> Option<Response> {
        let mut hit = |name| world.faults.take(name, self.what).is_some();
        if hit(FaultName::Status500) {
            let page = Html("<html><body><h1>Internal Server Error</h1></body></html>");
            return Some((StatusCode::INTERNAL_SERVER_ERROR, page).into_response());
        }
        if hit(FaultName::RateLimit429) {
            return Some(too_many());
        }
        if hit(FaultName::Html) {
            let page = "<!DOCTYPE html>\n<html><head><title>Login</title></head><body><form action=\"/login\">\
                        <input name=\"login[username]\"><br></form></body></html>";
            return Some(Html(page).into_response());
        }
        if hit(FaultName::Empty) {
            return Some(xml_response(StatusCode::OK, Body::empty()));
        }
        None
    }

    fn token_holds(&self, world: &mut World, headers: &HeaderMap) -> bool {
        let refused = world.faults.take(FaultName::TokenRefused, self.what).is_some()
            || world.faults.take(FaultName::TokenExpiredNow, self.what).is_some();
        let now = world.appliance_now();
        !refused && bearer(headers).is_some_and(|token| world.appliance.has_token(token, now))
    }

    /// Counts the call against the allowance of the API account.
    #[expect(clippy::result_large_err, reason = "the refusal is the answer itself")]
    fn count(&self, world: &mut World) -> Result<usize, Response> {
        let now = world.now();
        let recent = &mut world.appliance.recent_calls;
        recent.retain(|at| *at > now - 3600);
        recent.push_back(now);
        let this_second = recent.iter().filter(|at| **at == now).count();
        let used = recent.len();
        if world.faults.is_on(FaultName::RateLimitEnforced)
            && (this_second > CALLS_PER_SECOND || used > CALLS_PER_HOUR)
        {
            return Err(too_many());
        }
        Ok(CALLS_PER_HOUR.saturating_sub(used))
    }

    /// The root element and status of an outcome, in the reading that the faults ask for.
    fn shape(&self, world: &mut World, outcome: Result<Element, Refusal>) -> (StatusCode, Element) {
        let nested = world.faults.is_on(FaultName::NestedAnswers);
        let wrap = |element: Element| {
            if nested { Element::new(self.root).child(element) } else { element }
        };
        match outcome {
            Ok(element) if self.root == "success" && nested => {
                (StatusCode::OK, Element::new("answer").child(element))
            }
            Ok(element) => (StatusCode::OK, element),
            Err(refusal) => {
                let (status, text) = match refusal {
                    Refusal::Error(text) => (StatusCode::OK, text),
                    Refusal::Permission => {
                        let forbidden = world.faults.is_on(FaultName::Forbidden403);
                        let status = if forbidden { StatusCode::FORBIDDEN } else { StatusCode::OK };
                        (status, language::NO_PERMISSION.to_owned())
                    }
                };
                let text = language::said(world, &text);
                let odd = world.faults.take(FaultName::OddErrorText, self.what).is_some();
                let text = if odd { odd_spelling(&text) } else { text };
                let error = Element::with_text("error", text).attribute("id", 0);
                (status, wrap(error))
            }
        }
    }

    /// Sends the text in chunks, whole or not.
    fn deliver(&self, world: &mut World, status: StatusCode, mut text: String) -> Response {
        if world.faults.take(FaultName::MalformedXml, self.what).is_some() {
            text = text.replacen("</", "</wrong_", 1);
        }
        let middle = (0..text.len() * 2 / 3).rev().find(|at| text.is_char_boundary(*at));
        let half = || text.get(..middle.unwrap_or_default()).unwrap_or_default();
        let mut chunks: Vec<io::Result<Bytes>> = Vec::new();
        let step = if text.len() > LARGE { LARGE } else { 1024 };
        if world.faults.take(FaultName::CutOff, self.what).is_some() {
            return xml_response(status, breaking_body(half().to_owned()));
        }
        if world.faults.take(FaultName::CutOffXml, self.what).is_some() {
            chunks.push(Ok(half().to_owned().into()));
        } else {
            let bytes = Bytes::from(text);
            chunks.extend(
                (0..bytes.len())
                    .step_by(step)
                    .map(|at| Ok(bytes.slice(at..bytes.len().min(at + step)))),
            );
        }
        xml_response(status, Body::from_stream(tokio_stream::iter(chunks)))
    }
}

/// Larger answers leave in parts of this size.
const LARGE: usize = 64 * 1024;
const CALLS_PER_SECOND: usize = 20;
const CALLS_PER_HOUR: usize = 15_000;

fn xml_response(status: StatusCode, body: Body) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml; charset=UTF-8")], body).into_response()
}

/// A body that sends its text and then breaks the connection.
fn breaking_body(text: String) -> Body {
    let (sender, receiver) = tokio::sync::mpsc::channel::<io::Result<Bytes>>(1);
    tokio::spawn(async move {
        let _ = sender.send(Ok(text.into())).await;
        // The text has to leave before the connection does.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let _ = sender.send(Err(io::ErrorKind::ConnectionReset.into())).await;
    });
    Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver))
}

fn rate_headers(headers: &mut HeaderMap, remaining: usize) {
    headers.insert(HeaderName::from_static("x-ratelimit-limit"), CALLS_PER_HOUR.into());
    headers.insert(HeaderName::from_static("x-ratelimit-remaining"), remaining.into());
}

fn too_many() -> Response {
    let mut response =
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]).into_response();
    rate_headers(response.headers_mut(), 0);
    response
}

fn unauthorized() -> Response {
    let headers =
        [(header::WWW_AUTHENTICATE, "Bearer"), (header::CONTENT_TYPE, "application/json")];
    let body =
        r#"{"error":"invalid_token","message":"The access token is invalid or has expired."}"#;
    (StatusCode::UNAUTHORIZED, headers, body).into_response()
}

/// The same words with other quotes, capitals and gaps, as appliances of other ages print them.
fn odd_spelling(text: &str) -> String {
    let words = text.replace('\'', "\"");
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>())
    };
    words.split(' ').filter_map(capital).collect::<Vec<_>>().join("  ")
}

async fn delay(simulation: &Shared, what: &str) {
    let seconds = {
        let mut world = simulation.world();
        let slow = world
            .faults
            .take(FaultName::Slow, what)
            .or_else(|| world.faults.take(FaultName::Slow, "appliance"));
        slow.map_or(0, |switch| switch.seconds.unwrap_or(3))
    };
    if seconds > 0 {
        tokio::time::sleep(Duration::from_secs(seconds.unsigned_abs())).await;
    }
}

async fn check_health(State(simulation): State<Shared>) -> Response {
    if simulation.world().faults.take(FaultName::Unhealthy, "check_health").is_some() {
        return (StatusCode::SERVICE_UNAVAILABLE, "unhealthy\n").into_response();
    }
    "ok\n".into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_spelling_keeps_the_words() {
        let text = "Error validating parameter 'queue_id': The representative could not be found";
        assert_eq!(
            odd_spelling(text),
            "Error  Validating  Parameter  \"queue_id\":  The  Representative  Could  Not  Be  Found"
        );
    }
}
