//! The errors of the org, read from all formats in which it reports them.
//!
//! Shapes (`docs/protocols/salesforce.md#resources` and
//! `docs/protocols/salesforce.md#oauth-errors`): the REST list, one object, the `errors` list of
//! collections and actions, OAuth's `error`, plain text, and a gateway's HTML.

use crate::codes::{self, Class};
use crate::oauth::tokens::StoreError;
use casebridge_domain::text::one_line;
use casebridge_transport::{self as transport, Response, TransportError};
use serde_json::Value;

/// Why the org did not fulfil a request.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request did not reach the org, or its answer was lost.
    #[error("Salesforce can't be reached")]
    Transport(#[from] TransportError),
    /// There is no refresh token: nobody has signed in.
    #[error("nobody is signed in to Salesforce")]
    NotSignedIn,
    /// The org ended the grant; only a new sign-in helps.
    #[error("Salesforce requires a new sign-in: {reason}")]
    SignInAgain {
        /// The org's message.
        reason: String,
    },
    /// The org exchanged the refresh token, and the new one was lost before it was stored.
    #[error("the renewed sign-in was lost before it could be stored")]
    SignInLost,
    /// Another user is signed in than the one for whom the call was to be made.
    #[error("another user is signed in to Salesforce")]
    OtherUser,
    /// The client id is wrong, or the app does not work as a public client.
    #[error("the org does not know the client ID ({code})")]
    BadClient {
        /// The org's error code.
        code: String,
    },
    /// An administrator has to allow the app for this user.
    #[error("the app is not approved for this user: {message}")]
    NotApproved {
        /// The org's message.
        message: String,
    },
    /// The app is not installed in the org that answered.
    #[error("the app is not installed in this org")]
    AppNotInstalled,
    /// The person chose not to allow the sign-in.
    #[error("the sign-in was not allowed")]
    Denied,
    /// The callback reported another error.
    #[error("Salesforce refused the sign-in ({code}): {message}")]
    SignInRefused {
        /// The org's error code.
        code: String,
        /// The org's message.
        message: String,
    },
    /// The browser did not come back in time. With a wrong client id or callback URL, the browser
    /// shows an error page and never comes back.
    #[error("the sign-in was not completed in the browser in time")]
    TimedOutSignIn,
    /// A newer sign-in replaced this one.
    #[error("a newer sign-in replaced this one")]
    Superseded,
    /// None of the callback ports is free.
    #[error("all sign-in ports are in use")]
    PortsBusy,
    /// The configured login URL can't belong to an org.
    #[error("the login URL does not belong to an org: {0}")]
    LoginUrl(&'static str),
    /// The answer names a host outside the configured org. Nothing was sent to it.
    #[error("the answer names a host outside your org: {host}")]
    ForeignInstance {
        /// The host that was named.
        host: String,
    },
    /// The user or the org may not use the API.
    #[error("the API is disabled for this user or org")]
    ApiDisabled,
    /// The user lacks a permission.
    #[error("the user lacks a permission in the org: {message}")]
    InsufficientAccess {
        /// The org's message.
        message: String,
    },
    /// The limit of daily calls or of concurrent long calls is used up.
    #[error("the org's API limit is used up")]
    LimitExceeded {
        /// Whether it is the limit of concurrent calls.
        concurrent: bool,
    },
    /// Affects every write to the org: its storage is full, it is read-only or in maintenance.
    #[error("Salesforce is not accepting changes ({code}): {message}")]
    OrgWide {
        /// The org's error code.
        code: String,
        /// The org's message.
        message: String,
    },
    /// The org's message asks for another attempt, because of a lock or a request limit.
    #[error("Salesforce couldn't complete the request ({code}): {message}")]
    AsksAgain {
        /// The org's error code; may be empty.
        code: String,
        /// The org's message.
        message: String,
    },
    /// The sign-in can't be renewed at the moment: the org is still processing an earlier request,
    /// or limits requests.
    #[error("Salesforce can't renew the sign-in at the moment: {message}")]
    SignInBusy {
        /// The org's message.
        message: String,
    },
    /// The org asks to slow down or is temporarily unavailable.
    #[error("Salesforce is busy ({status})")]
    Busy {
        /// The HTTP status.
        status: u16,
    },
    /// There is no such record, or it is not shared with the user.
    #[error("the record was not found")]
    NotFound,
    /// A field or object is missing in the org, or hidden from the user.
    #[error("a field is missing in the org or hidden from you: {message}")]
    InvalidField {
        /// The org's message.
        message: String,
    },
    /// The login URL redirects to another host.
    #[error("the login URL redirects to {to}")]
    Redirected {
        /// The target host. May be empty.
        to: String,
        /// Whether the target can belong to an org.
        is_org: bool,
    },
    /// The org has moved away from this host.
    #[error("the org has moved to another URL (420)")]
    Moved,
    /// A web page was returned instead of an API answer.
    #[error("the answer is a web page, not an API answer ({status})")]
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// The org did not accept the e-mail.
    #[error("Salesforce did not accept the e-mail ({code}): {message}")]
    EmailRefused {
        /// The org's status code.
        code: String,
        /// The org's message.
        message: String,
    },
    /// The input is not valid, so nothing was sent.
    #[error("the request was not sent: {0}")]
    InvalidInput(&'static str),
    /// The refresh token can't be read or written.
    #[error("the stored sign-in can't be used")]
    Store(#[from] StoreError),
    /// Any other answer.
    #[error("Salesforce answered {status} {code}: {message}")]
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// The org's error code; may be empty.
        code: String,
        /// The org's message. May be empty.
        message: String,
    },
}

/// Whether and when the same call may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryKind {
    /// A repeat would fail in the same way.
    Never,
    /// Anything may be repeated: the request never reached the org.
    Safe,
    /// A read may be repeated at once; a write only if a second one has no effect.
    Reads,
    /// Only after a pause of minutes.
    Later,
    /// Only after a person has signed in again.
    AfterSignIn,
}

impl Error {
    /// Whether and when the same call may be made again.
    pub fn retry_kind(&self) -> RetryKind {
        match self {
            Self::Transport(error) => match error.retry_kind() {
                transport::RetryKind::Safe => RetryKind::Safe,
                transport::RetryKind::Uncertain => RetryKind::Reads,
                transport::RetryKind::Never => RetryKind::Never,
            },
            Self::Busy { .. } | Self::AsksAgain { .. } => RetryKind::Reads,
            Self::Html { status: 429 | 502..=504 } => RetryKind::Reads,
            Self::LimitExceeded { .. } | Self::OrgWide { .. } | Self::SignInBusy { .. } => {
                RetryKind::Later
            }
            Self::NotSignedIn | Self::SignInAgain { .. } | Self::SignInLost => {
                RetryKind::AfterSignIn
            }
            Self::Unexpected { code, .. } if code == "QUERY_TIMEOUT" => RetryKind::Reads,
            Self::BadClient { .. }
            | Self::NotApproved { .. }
            | Self::AppNotInstalled
            | Self::Denied
            | Self::SignInRefused { .. }
            | Self::TimedOutSignIn
            | Self::Superseded
            | Self::PortsBusy
            | Self::LoginUrl(_)
            | Self::ForeignInstance { .. }
            | Self::ApiDisabled
            | Self::InsufficientAccess { .. }
            | Self::NotFound
            | Self::InvalidField { .. }
            | Self::Moved
            | Self::Redirected { .. }
            | Self::Html { .. }
            | Self::EmailRefused { .. }
            | Self::InvalidInput(_)
            | Self::Store(_)
            | Self::OtherUser
            | Self::Unexpected { .. } => RetryKind::Never,
        }
    }

    /// Whether the org may have fulfilled the request despite the error.
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Transport(error) => error.retry_kind() == transport::RetryKind::Uncertain,
            Self::Busy { .. } | Self::Html { .. } | Self::Moved => true,
            Self::Unexpected { status, .. } => !(400..500).contains(status),
            Self::NotSignedIn
            | Self::SignInAgain { .. }
            | Self::SignInLost
            | Self::OtherUser
            | Self::BadClient { .. }
            | Self::NotApproved { .. }
            | Self::AppNotInstalled
            | Self::Denied
            | Self::SignInRefused { .. }
            | Self::TimedOutSignIn
            | Self::Superseded
            | Self::PortsBusy
            | Self::LoginUrl(_)
            | Self::ForeignInstance { .. }
            | Self::ApiDisabled
            | Self::InsufficientAccess { .. }
            | Self::LimitExceeded { .. }
            | Self::OrgWide { .. }
            | Self::AsksAgain { .. }
            | Self::SignInBusy { .. }
            | Self::NotFound
            | Self::InvalidField { .. }
            | Self::Redirected { .. }
            | Self::EmailRefused { .. }
            | Self::InvalidInput(_)
            | Self::Store(_) => false,
        }
    }

    /// Whether the same request may succeed later, because the org was busy or had an internal
    /// error.
    pub fn passes(&self) -> bool {
        let by_code = if let Self::Unexpected { status, code, message } = self {
            *status >= 500 || passes(code, message)
        } else {
            false
        };
        // After a few attempts, a person is asked.
        let asks_again = matches!(self, Self::AsksAgain { .. });
        by_code || (!asks_again && matches!(self.retry_kind(), RetryKind::Safe | RetryKind::Reads))
    }

    /// Whether a new sign-in solves the error.
    pub fn is_auth(&self) -> bool {
        self.retry_kind() == RetryKind::AfterSignIn
    }

    /// Reads an unsuccessful answer.
    pub(crate) fn from_response(response: &Response) -> Self {
        if response.status == 420 {
            return Self::Moved;
        }
        if response.is_html() {
            return Self::Html { status: response.status };
        }
        Self::from_report(response.status, Reported::read(response))
    }

    pub(crate) fn from_report(status: u16, report: Reported) -> Self {
        let Reported { code, message } = report;
        Self::known(status, &code, &message).unwrap_or(Self::Unexpected { status, code, message })
    }

    /// The error for a code that has the same meaning everywhere.
    pub(crate) fn known(status: u16, code: &str, message: &str) -> Option<Self> {
        let message = message.to_owned();
        Some(match code {
            _ if codes::class(code, &message) == Class::AFewTimes && (1..500).contains(&status) => {
                Self::AsksAgain { code: code.to_owned(), message }
            }
            "invalid_grant" if codes::needs_administrator(&message) => {
                Self::NotApproved { message }
            }
            "INVALID_SESSION_ID" | BAD_TOKEN | "invalid_grant" => {
                Self::SignInAgain { reason: message }
            }
            "REQUEST_LIMIT_EXCEEDED" => {
                Self::LimitExceeded { concurrent: message.contains("ConcurrentPerOrgLongTxn") }
            }
            "API_DISABLED_FOR_ORG" => Self::ApiDisabled,
            "INSUFFICIENT_ACCESS"
            | "INSUFFICIENT_ACCESS_OR_READONLY"
            | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY" => {
                Self::InsufficientAccess { message }
            }
            "INVALID_FIELD" | "INVALID_TYPE" | "INVALID_FIELD_FOR_INSERT_UPDATE" => {
                Self::InvalidField { message }
            }
            "NOT_FOUND" | "ENTITY_IS_DELETED" | "INVALID_CROSS_REFERENCE_KEY" => Self::NotFound,
            "SERVER_UNAVAILABLE" | "rate_limit_exceeded" | "server_error" => Self::Busy { status },
            "invalid_client_id" | "invalid_client" | "redirect_uri_mismatch" => {
                Self::BadClient { code: code.to_owned() }
            }
            "invalid_app_access"
            | "CLIENT_NOT_ACCESSIBLE_FOR_USER"
            | "OAUTH_APP_BLOCKED"
            | "OAUTH_APP_ACCESS_DENIED" => Self::NotApproved { message },
            _ if codes::class(code, &message) == Class::OrgWide => {
                Self::OrgWide { code: code.to_owned(), message }
            }
            _ if matches!(status, 429 | 502..=504) => Self::Busy { status },
            _ => return None,
        })
    }

    /// Reads the error parameters of the callback.
    pub(crate) fn from_callback(code: &str, message: &str) -> Self {
        match code {
            "access_denied" => Self::Denied,
            "OAUTH_EC_APP_NOT_FOUND" => Self::AppNotInstalled,
            "OAUTH_APPROVAL_ERROR_GENERIC" => Self::NotApproved { message: shown(message) },
            _ => {
                let (code, message) = (shown(code), shown(message));
                Self::known(0, &code, &message).unwrap_or(Self::SignInRefused { code, message })
            }
        }
    }
}

/// Whether a request with this code may succeed later: the record was locked or just created by
/// another process, or the org failed.
pub(crate) fn passes(code: &str, message: &str) -> bool {
    matches!(codes::class(code, message), Class::AtOnce | Class::Later)
}

/// The text of a refused token at the OAuth resources.
const BAD_TOKEN: &str = "Bad_OAuth_Token";

/// The first meaningful error of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reported {
    /// The org's error code; may be empty.
    pub(crate) code: String,
    /// The org's message. May be empty.
    pub(crate) message: String,
}

impl Reported {
    /// Reads the error from an answer in any format.
    pub(crate) fn read(response: &Response) -> Self {
        match serde_json::from_slice::<Value>(&response.body) {
            Ok(value) => Self::from_value(&value).unwrap_or_default(),
            Err(_) => {
                let text = shown(response.text().trim());
                let code = if text == BAD_TOKEN { text.clone() } else { String::new() };
                Self { code, message: text }
            }
        }
    }

    /// The first error in a value that is not merely the consequence of another row's error.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        let mut found = Vec::new();
        collect(value, &mut found);
        let halted = |r: &Self| {
            matches!(r.code.as_str(), "PROCESSING_HALTED" | "ALL_OR_NONE_OPERATION_ROLLED_BACK")
        };
        let first = found.iter().position(|r| !halted(r)).unwrap_or(0);
        (first < found.len()).then(|| found.swap_remove(first))
    }

    /// Whether the answer means that the access token has expired.
    pub(crate) fn session_ended(response: &Response) -> bool {
        let names_it =
            || matches!(Self::read(response).code.as_str(), "INVALID_SESSION_ID" | BAD_TOKEN);
        !response.is_html() && (response.status == 401 || (response.status == 403 && names_it()))
    }
}

/// The org's message on one line. For a query, the message quotes a part of it and then names the
/// error. Only the error is kept.
fn fields_text(fields: &serde_json::Map<String, Value>, names: &[&str]) -> String {
    let raw = names.iter().find_map(|name| fields.get(*name)?.as_str()).unwrap_or_default();
    let after = raw.split_once("ERROR at Row:").map(|(_, rest)| rest);
    let words = after.and_then(|rest| rest.split_once('\n')).map_or(raw, |(_, words)| words);
    shown(words)
}

fn collect(value: &Value, found: &mut Vec<Reported>) {
    match value {
        Value::Array(rows) => rows.iter().for_each(|row| collect(row, found)),
        Value::Object(fields) => {
            let text = |names: &[&str]| {
                names.iter().find_map(|n| fields.get(*n)?.as_str()).map(shown).unwrap_or_default()
            };
            let code = text(&["errorCode", "statusCode", "error"]);
            let message = fields_text(fields, &["message", "error_description"]);
            if !code.is_empty() || !message.is_empty() {
                found.push(Reported { code, message });
            }
            if let Some(errors) = fields.get("errors") {
                collect(errors, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A successful answer with unexpected content.
pub(crate) fn odd(what: &str) -> Error {
    Error::Unexpected { status: 200, code: String::new(), message: format!("the answer: {what}") }
}

/// A text from the server on one line with a maximum length.
pub(crate) fn shown(text: &str) -> String {
    one_line(text, 500)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: Value, code: &str) {
        assert_eq!(Reported::from_value(&value).unwrap_or_default().code, code, "{value}");
    }

    #[test]
    fn every_shape_of_error_is_read() {
        check(
            json!([{"message": "no such column", "errorCode": "INVALID_FIELD"}]),
            "INVALID_FIELD",
        );
        check(json!({"message": "x", "errorCode": "NOT_FOUND"}), "NOT_FOUND");
        check(json!({"error": "invalid_grant", "error_description": "expired"}), "invalid_grant");
        check(
            json!([{"isSuccess": false, "errors": [{"statusCode": "INVALID_EMAIL_ADDRESS"}]}]),
            "INVALID_EMAIL_ADDRESS",
        );
        check(
            json!([
                {"success": false, "errors": [{"statusCode": "PROCESSING_HALTED"}]},
                {"success": false, "errors": [{"statusCode": "STRING_TOO_LONG"}]}
            ]),
            "STRING_TOO_LONG",
        );
        check(json!([{"isSuccess": true, "errors": null}]), "");
    }

    #[test]
    fn codes_become_typed_errors() {
        let of = |status, code: &str| {
            let report = Reported { code: code.into(), message: String::new() };
            Error::from_report(status, report)
        };
        assert!(matches!(of(400, "invalid_grant"), Error::SignInAgain { .. }));
        assert!(matches!(of(400, "invalid_client_id"), Error::BadClient { .. }));
        assert!(matches!(of(403, "API_DISABLED_FOR_ORG"), Error::ApiDisabled));
        assert!(matches!(of(503, ""), Error::Busy { status: 503 }));
        assert!(matches!(of(400, "MALFORMED_QUERY"), Error::Unexpected { .. }));
        assert_eq!(of(403, "REQUEST_LIMIT_EXCEEDED").retry_kind(), RetryKind::Later);
        assert!(matches!(of(403, "API_CURRENTLY_DISABLED"), Error::OrgWide { .. }));
        let told = |code: &str, message: &str| {
            Error::from_report(400, Reported { code: code.into(), message: message.into() })
        };
        let locked = told("invalid_grant", "token request is already being processed");
        assert!(matches!(locked, Error::AsksAgain { .. }) && !locked.is_auth());
        let blocked = told("invalid_grant", "user hasn't approved this consumer");
        assert!(matches!(blocked, Error::NotApproved { .. }));
        assert!(of(400, "invalid_grant").is_auth());
    }

    #[test]
    fn callback_errors_become_typed_errors() {
        let of = |code| Error::from_callback(code, "");
        assert!(matches!(of("access_denied"), Error::Denied));
        assert!(matches!(of("OAUTH_EC_APP_NOT_FOUND"), Error::AppNotInstalled));
        assert!(matches!(of("invalid_client_id"), Error::BadClient { .. }));
        assert!(
            matches!(of("something\nelse"), Error::SignInRefused { code, .. } if code == "something else")
        );
    }
}
