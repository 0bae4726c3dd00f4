//! Answers as the org writes them.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::refused::Refused;

/// How many calls a day allows.
pub(super) const API_USAGE_LIMIT: u32 = 15_000;

/// What a call is answered with, before it is written.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    /// Null where there is none.
    pub(super) body: Value,
}

impl Answered {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body }
    }

    pub(super) fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Value::Null }
    }

    /// An error list without fields.
    pub(super) fn error(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status, body: json!([{ "message": message, "errorCode": code }]) }
    }

    /// An error list with the fields that the error is about.
    pub(super) fn refused(refused: &Refused) -> Self {
        let Refused { status, code, message, fields } = refused;
        let body = json!([{ "message": message, "errorCode": code, "fields": fields }]);
        Self { status: *status, body }
    }

    /// The answer to what is not there.
    pub(super) fn missing() -> Self {
        let message = "The requested resource does not exist";
        Self::error(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    pub(super) fn failed(&self) -> bool {
        !self.status.is_success()
    }

    pub(super) fn response(&self) -> Response {
        match self.body.is_null() {
            true => self.status.into_response(),
            false => json_answer(self.status, &self.body),
        }
    }
}

/// A JSON answer as the org writes it.
pub(super) fn json_answer(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json;charset=UTF-8"),
        (header::CACHE_CONTROL, "no-cache,must-revalidate,max-age=0,no-store,private"),
    ];
    (status, headers, body.to_string()).into_response()
}

/// Adds the header that tells how much of the day's allowance is gone.
pub(super) fn with_usage(mut response: Response, used: u32) -> Response {
    let value = format!("api-usage={used}/{API_USAGE_LIMIT}");
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(HeaderName::from_static("sforce-limit-info"), value);
    }
    response
}

/// The answer to an address that is not there.
pub(super) async fn not_found() -> Response {
    Answered::missing().response()
}
