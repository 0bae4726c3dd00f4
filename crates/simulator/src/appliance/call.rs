//! How a call gets through and how its answer leaves: the faults of the transport, the token, the
//! rate, the shape of errors.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::language;
use super::request::Refusal;
use super::state::{Shared, State};
use super::xml::Element;
use crate::common::faults::FaultName;
use crate::common::headers::bearer;

/// Which API a call goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    Command,
    Reporting,
}

impl Api {
    fn namespace(self, state: &State) -> &'static str {
        match (self, state.faults().is_on(FaultName::OldNamespace)) {
            (Self::Command, false) => "https://www.beyondtrust.com/namespaces/API/command",
            (Self::Command, true) => "http://www.bomgar.com/namespaces/API/command",
            (Self::Reporting, false) => "https://www.beyondtrust.com/namespaces/API/reporting",
            (Self::Reporting, true) => "http://www.bomgar.com/namespaces/API/reporting",
        }
    }
}

/// One call of an API: which one, for what, and the root that its answer should have.
pub(super) struct Call<'c> {
    pub(super) api: Api,
    pub(super) what: &'c str,
    pub(super) root: &'static str,
}

impl Call<'_> {
    pub(super) async fn answer(
        &self,
        site: &Shared,
        headers: &HeaderMap,
        action: impl FnOnce(&mut State) -> Result<Element, Refusal>,
    ) -> Response {
        tokio::time::sleep(site.common.faults.delay(self.what, "appliance")).await;
        let mut state = site.lock();
        if let Some(broken) = self.transport_fault(&mut state) {
            return broken;
        }
        if !self.token_holds(&mut state, headers) {
            return unauthorized();
        }
        let remaining = match self.count(&mut state) {
            Ok(remaining) => remaining,
            Err(limited) => return limited,
        };
        let outcome = match state.faults().take(FaultName::Error200, self.what) {
            Some(fault) => {
                Err(Refusal::Error(fault.text.unwrap_or_else(|| "An error occurred".to_owned())))
            }
            None => action(&mut state),
        };
        if let Some(fault) = state.faults().take(FaultName::RawAnswer, self.what) {
            let text = fault.text.unwrap_or_default();
            return ([(header::CONTENT_TYPE, "text/xml; charset=UTF-8")], text).into_response();
        }
        let (status, root) = self.shape(&mut state, outcome);
        let mut text = root.document(self.api.namespace(&state));
        if let Some(fault) = state.faults().take(FaultName::Encoding, self.what) {
            let label = fault.text.unwrap_or_else(|| "ISO-8859-1".to_owned());
            text = text.replacen("UTF-8", &label, 1);
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes());
            let (bytes, ..) = encoding.unwrap_or(encoding_rs::UTF_8).encode(&text);
            return xml_response(status, Body::from(bytes.into_owned()));
        }
        let mut response = self.deliver(&mut state, status, text);
        rate_headers(response.headers_mut(), remaining);
        response
    }

    /// Faults that come from the way to the appliance rather than from the API.
    fn transport_fault(&self, state: &mut State) -> Option<Response> {
        let hit = |name| state.faults().take(name, self.what).is_some();
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

    fn token_holds(&self, state: &mut State, headers: &HeaderMap) -> bool {
        let refused = state.faults().take(FaultName::TokenRefused, self.what).is_some()
            || state.faults().take(FaultName::TokenExpiredNow, self.what).is_some();
        let now = state.now();
        !refused && bearer(headers).is_some_and(|token| state.has_token(token, now))
    }

    /// Counts the call against the allowance of the API account.
    #[expect(clippy::result_large_err, reason = "the refusal is the answer itself")]
    fn count(&self, state: &mut State) -> Result<usize, Response> {
        let now = state.now();
        let recent = &mut state.recent_calls;
        recent.retain(|at| *at > now - 3600);
        recent.push_back(now);
        let this_second = recent.iter().filter(|at| **at == now).count();
        let used = recent.len();
        if state.faults().is_on(FaultName::RateLimitEnforced)
            && (this_second > CALLS_PER_SECOND || used > CALLS_PER_HOUR)
        {
            return Err(too_many());
        }
        Ok(CALLS_PER_HOUR.saturating_sub(used))
    }

    /// The root element and status of an outcome, in the reading that the faults ask for.
    fn shape(&self, state: &mut State, outcome: Result<Element, Refusal>) -> (StatusCode, Element) {
        let nested = state.faults().is_on(FaultName::NestedAnswers);
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
                        let forbidden = state.faults().is_on(FaultName::Forbidden403);
                        let status = if forbidden { StatusCode::FORBIDDEN } else { StatusCode::OK };
                        (status, language::NO_PERMISSION.to_owned())
                    }
                };
                let text = language::said(state, &text);
                let odd = state.faults().take(FaultName::OddErrorText, self.what).is_some();
                let text = if odd { odd_spelling(&text) } else { text };
                let error = Element::with_text("error", text).attribute("id", 0);
                (status, wrap(error))
            }
        }
    }

    /// Sends the text in chunks, whole or not.
    fn deliver(&self, state: &mut State, status: StatusCode, mut text: String) -> Response {
        if state.faults().take(FaultName::MalformedXml, self.what).is_some() {
            text = text.replacen("</", "</wrong_", 1);
        }
        let middle = (0..text.len() * 2 / 3).rev().find(|at| text.is_char_boundary(*at));
        let half = || text.get(..middle.unwrap_or_default()).unwrap_or_default();
        let mut chunks: Vec<io::Result<Bytes>> = Vec::new();
        let step = if text.len() > LARGE { LARGE } else { 1024 };
        if state.faults().take(FaultName::CutOff, self.what).is_some() {
            return xml_response(status, breaking_body(half().to_owned()));
        }
        if state.faults().take(FaultName::CutOffXml, self.what).is_some() {
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
