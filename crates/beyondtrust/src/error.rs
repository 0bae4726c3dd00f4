//! The errors of a call, and the only place that interprets the appliance's messages.
//!
//! The XML APIs report most failures as HTTP 200 with an `<error>` element and no code, so
//! [`MessageKind`] is decided by the text: lower case, without quotes, blanks joined. It only knows
//! English; `verdict.rs` handles other languages.

use std::time::Duration;

use casebridge_transport::{RetryKind, TransportError};

/// Why a call to the appliance failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The answer is missing or incomplete.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The configured host name is not `HOST` or `HOST:PORT`.
    #[error("the appliance's host name can't be used")]
    BadHostname,
    /// A parameter is not valid for the appliance. Nothing was sent.
    #[error("the request can't be sent: {0}")]
    InvalidParameter(&'static str),
    /// The appliance rejected the client id or secret.
    #[error("the appliance rejected the client ID or secret")]
    BadCredentials,
    /// The appliance rejected a new token.
    #[error("the appliance rejected a new token")]
    Unauthorized,
    /// The API account may not use this endpoint.
    #[error("the API account has no permission for this endpoint")]
    Forbidden,
    /// Too many requests.
    #[error("the appliance received too many requests; wait {} s", .retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// An HTTP status other than 200.
    #[error("the appliance answered with status {0}")]
    Status(u16),
    /// The appliance answered with a message instead of a result.
    #[error("the appliance answered: {text}")]
    Message {
        /// What the message means.
        kind: MessageKind,
        /// The appliance's message.
        text: String,
    },
    /// A web page was returned instead of an API answer.
    #[error("the answer is a web page, not an API answer")]
    Html,
    /// The answer has no content.
    #[error("the answer is empty")]
    Empty,
    /// The answer ends too early.
    #[error("the answer was cut off")]
    CutOff,
    /// The answer is malformed.
    #[error("the answer is malformed: {0}")]
    Malformed(String),
    /// The answer is well-formed, but not the expected one.
    #[error("the answer contains an unexpected {0:?} element")]
    UnexpectedRoot(String),
}

/// What a message of the appliance means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageKind {
    /// No representative has this user name.
    RepresentativeNotFound,
    /// The representative is not logged in.
    RepresentativeNotAvailable,
    /// The API account lacks a permission.
    PermissionDenied,
    /// No running session has this LSID.
    SessionNotFound,
    /// A report found nothing.
    NothingFound,
    /// Any other message.
    Other,
}

impl Error {
    /// Whether the account, its secret or its permissions must be changed.
    pub fn is_auth(&self) -> bool {
        matches!(
            self,
            Self::BadCredentials
                | Self::Unauthorized
                | Self::Forbidden
                | Self::Message { kind: MessageKind::PermissionDenied, .. }
        )
    }

    /// Whether the same call may be made again.
    pub fn retry_kind(&self) -> RetryKind {
        match self {
            Self::Transport(error) => error.retry_kind(),
            Self::RateLimited { .. } => RetryKind::Safe,
            Self::Status(500..) | Self::CutOff | Self::Empty => RetryKind::Uncertain,
            Self::BadHostname
            | Self::InvalidParameter(_)
            | Self::BadCredentials
            | Self::Unauthorized
            | Self::Forbidden
            | Self::Status(_)
            | Self::Message { .. }
            | Self::Html
            | Self::Malformed(_)
            | Self::UnexpectedRoot(_) => RetryKind::Never,
        }
    }

    /// The meaning of the appliance's message, if it sent one.
    pub fn message_kind(&self) -> Option<MessageKind> {
        let Self::Message { kind, .. } = self else { return None };
        Some(*kind)
    }

    /// The same message with a meaning that was determined in another way.
    pub(crate) fn meaning(self, kind: MessageKind) -> Self {
        if let Self::Message { text, .. } = self { Self::Message { kind, text } } else { self }
    }

    /// The error for a message of the appliance.
    pub(crate) fn message(text: &str) -> Self {
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // An old API's answer to an invalid client id or secret, with status 200.
        if normalised(&text).trim_end_matches('.') == "login failed" {
            return Self::BadCredentials;
        }
        let kind = kind_of(&text);
        Self::Message { kind, text: text.chars().take(MESSAGE_LIMIT).collect() }
    }
}

const MESSAGE_LIMIT: usize = 400;

fn kind_of(text: &str) -> MessageKind {
    let text = normalised(text);
    let has = |part: &str| text.contains(part);
    let any = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    if any(&["representative could not be found", "representative not found"]) {
        MessageKind::RepresentativeNotFound
    } else if has("representative") && has("not available") {
        MessageKind::RepresentativeNotAvailable
    } else if any(&["permission", "not authorized", "not allowed", "access denied"]) {
        MessageKind::PermissionDenied
    } else if text.starts_with("no ")
        && any(&["found for the given search criteria", "matching your chosen criteria"])
    {
        MessageKind::NothingFound
    } else if any(&["lsid", "the session", "support session"])
        && any(&["not be found", "not found", "not active", "no longer", "not exist", "ended"])
    {
        MessageKind::SessionNotFound
    } else {
        MessageKind::Other
    }
}

/// Lower case, without quotes, each run of blanks as one.
fn normalised(text: &str) -> String {
    let bare: String = text
        .chars()
        .filter(|c| !matches!(c, '\'' | '"' | '`' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}'))
        .flat_map(char::to_lowercase)
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, kind: MessageKind) {
        assert_eq!(Error::message(text).message_kind(), Some(kind), "{text}");
    }

    #[test]
    fn an_unknown_representative_is_known_in_every_spelling() {
        for text in [
            "Error validating parameter 'queue_id': The representative could not be found",
            "Error validating parameter \"queue_id\": the Representative could not be found.",
            "error validating parameter \u{2018}queue_id\u{2019}:\n\tThe representative\ncould not be found",
            "ERROR VALIDATING PARAMETER QUEUE_ID: THE REPRESENTATIVE COULD NOT BE FOUND",
        ] {
            check(text, MessageKind::RepresentativeNotFound);
        }
    }

    #[test]
    fn an_absent_representative_is_not_an_unknown_one() {
        check(
            "Requested support representative is not available at this time",
            MessageKind::RepresentativeNotAvailable,
        );
        check(
            "The requested Support  Representative is not available at this time.",
            MessageKind::RepresentativeNotAvailable,
        );
    }

    #[test]
    fn other_messages_are_told_apart_where_their_text_allows() {
        check("You do not have permission to perform this action.", MessageKind::PermissionDenied);
        check("Error validating parameter 'lsid': not found", MessageKind::SessionNotFound);
        check("The session is not active.", MessageKind::SessionNotFound);
        check("No archives found for the given search criteria.", MessageKind::NothingFound);
        check(
            "No Support report information matching your chosen criteria is available.",
            MessageKind::NothingFound,
        );
        assert_eq!(Error::message("Login  failed."), Error::BadCredentials);
        check("Error validating parameter 'queue_id': The team is gone", MessageKind::Other);
        check("Error validating parameter 'session.skills': not found", MessageKind::Other);
        check("", MessageKind::Other);
    }

    #[test]
    fn a_long_message_is_shortened_and_stays_on_one_line() {
        let Error::Message { text, .. } = Error::message(&"a\r\n b".repeat(1000)) else {
            panic!("another error")
        };
        assert_eq!(text.chars().count(), MESSAGE_LIMIT);
        assert!(!text.contains(['\r', '\n']));
    }
}
