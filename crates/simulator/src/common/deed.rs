//! What the control page can do to a system: calls that take JSON or a form, and how they answer.
//!
//! What cannot be done answers 409, what cannot be read 422, both with `{"error"}`. A form comes from
//! the page and goes back to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A control call that cannot be done, with the reason.
#[derive(Debug)]
pub(crate) struct Impossible(pub(crate) String);

/// Something that the control page can do.
pub(crate) trait Deed {
    /// What it is done to.
    type To;

    /// Does it and says what came of it.
    fn act(self, to: &Self::To) -> Result<Value, Impossible>;
}

/// Does what a request asks for.
pub(crate) async fn call<D>(State(to): State<Arc<D::To>>, input: Input<D>) -> Response
where
    D: Deed + DeserializeOwned,
{
    match input.value.act(&to) {
        Ok(_) if input.from_page => Redirect::to("/").into_response(),
        Ok(answer) => Json(answer).into_response(),
        Err(Impossible(why)) => {
            (StatusCode::CONFLICT, Json(json!({ "error": why }))).into_response()
        }
    }
}

/// A body that is JSON or a form.
pub(crate) struct Input<T> {
    value: T,
    from_page: bool,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let from_page = is_form(request.headers());
        let body =
            Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let value = if from_page { read_form(&body) } else { read_json(&body) };
        value.map(|value| Self { value, from_page }).map_err(|error| {
            let body = Json(json!({ "error": error.to_string() }));
            (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
        })
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(if body.is_empty() { b"{}" } else { body })
}

/// Form values are text; those that read as numbers or booleans where needed become such.
fn read_form<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let fields: BTreeMap<String, Value> = url::form_urlencoded::parse(body)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let typed = [
                "on",
                "count",
                "seconds",
                "advance_seconds",
                "chat",
                "chat_bytes",
                "after_seconds",
                "representative_survey",
            ]
            .contains(&name.as_ref());
            let value = match serde_json::from_str(&value) {
                Ok(parsed) if typed => parsed,
                _ => Value::String(value.into_owned()),
            };
            (name.into_owned(), value)
        })
        .collect();
    serde_json::from_value(json!(fields))
}

#[cfg(test)]
mod tests {
    use super::super::faults::FaultSwitch;
    use super::*;

    #[test]
    fn forms_and_json_read_alike() {
        let form: FaultSwitch = read_form(b"name=html&on=true&count=2&text=").unwrap();
        let json: FaultSwitch = read_json(br#"{"name":"html","on":true,"count":2}"#).unwrap();
        assert_eq!(form.name, json.name);
        assert_eq!(form.count, Some(2));
        assert_eq!(form.text, None);
    }
}
