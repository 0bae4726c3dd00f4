//! Why the org refuses something, as a REST answer tells it.

use std::borrow::Cow;

use axum::http::StatusCode;

/// Why a row was refused, as the REST answer tells it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    pub(crate) fields: Vec<String>,
}

impl Refused {
    pub(super) fn of(code: &'static str, message: String, fields: &[&str]) -> Self {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        Self { status: StatusCode::BAD_REQUEST, code: code.into(), message, fields }
    }

    /// With a code and words from outside.
    pub(super) fn told(code: &str, message: &str) -> Self {
        let code = code.to_owned().into();
        Self { code, ..Self::of("", message.to_owned(), &[]) }
    }

    pub(super) fn no_type(name: &str) -> Self {
        let message = format!("sObject type '{name}' is not supported.");
        Self::of("INVALID_TYPE", message, &[])
    }

    pub(super) fn missing() -> Self {
        let message = "The requested resource does not exist".to_owned();
        Self { status: StatusCode::NOT_FOUND, ..Self::of("NOT_FOUND", message, &[]) }
    }

    /// For an id in an address: one with a wrong checksum, or no id at all.
    pub(super) fn bad_id(id: &str) -> Self {
        if id.len() == 18 && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Self::of("MALFORMED_ID", format!("malformed id {id}"), &[]);
        }
        Self::no_key(id)
    }

    /// For what stands in the place of a key and is none.
    pub(super) fn no_key(name: &str) -> Self {
        let message =
            format!("Provided external ID field does not exist or is not accessible: {name}");
        Self { message, ..Self::missing() }
    }

    /// For a row that was there once.
    pub(super) fn deleted() -> Self {
        let refused = Self::of("ENTITY_IS_DELETED", "entity is deleted".to_owned(), &[]);
        Self { status: StatusCode::NOT_FOUND, ..refused }
    }
}
