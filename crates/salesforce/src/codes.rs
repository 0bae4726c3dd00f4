//! All known error codes of the org with their class and source.
//!
//! An unknown code is classified by its parts and its message, so that a temporary error is never
//! final, and a person decides in the end.

/// How to react to a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Succeeds after a moment: another process locked the record or was first.
    AtOnce,
    /// Succeeds after a pause: the org failed or is overloaded.
    Later,
    /// The message asks for another attempt. A few are made before a person is asked.
    AFewTimes,
    /// Affects every write to the org, until an administrator fixes it or it passes.
    OrgWide,
    /// A person must fix something first.
    Person,
    /// The request itself is wrong.
    Never,
}

/// Statuses and codes of the REST API.
const REST: &str = "docs/protocols/salesforce.md#statuses-and-codes";
/// Errors of the token endpoint.
const OAUTH: &str = "docs/protocols/salesforce.md#oauth-errors";
/// The vendor's list of exception and status codes (SOAP API Developer Guide).
const LIST: &str = "SOAP API guide, ExceptionCode and StatusCode";
/// RFC 6749 section 4.1.2.1.
const RFC: &str = "RFC 6749";

/// A code, its class and its source.
const CODES: [(&str, Class, &str); 54] = [
    ("UNABLE_TO_LOCK_ROW", Class::AtOnce, REST),
    ("DUPLICATE_VALUE", Class::AtOnce, REST),
    // Another row failed. Its error counts.
    ("PROCESSING_HALTED", Class::AtOnce, REST),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", Class::AtOnce, REST),
    ("QUERY_TIMEOUT", Class::Later, REST),
    ("SERVER_UNAVAILABLE", Class::Later, REST),
    ("UNKNOWN_EXCEPTION", Class::Later, REST),
    ("rate_limit_exceeded", Class::Later, OAUTH),
    ("server_error", Class::Later, OAUTH),
    ("temporarily_unavailable", Class::Later, RFC),
    ("unknown_error", Class::AFewTimes, OAUTH),
    ("REQUEST_LIMIT_EXCEEDED", Class::OrgWide, REST),
    ("STORAGE_LIMIT_EXCEEDED", Class::OrgWide, LIST),
    ("API_CURRENTLY_DISABLED", Class::OrgWide, LIST),
    ("FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", Class::OrgWide, LIST),
    ("INVALID_READ_ONLY_USER_DML", Class::OrgWide, LIST),
    ("ORG_LOCKED", Class::OrgWide, LIST),
    ("TOO_MANY_APEX_REQUESTS", Class::Later, LIST),
    ("INVALID_SESSION_ID", Class::Person, REST),
    ("OAUTH_APP_BLOCKED", Class::Person, OAUTH),
    ("OAUTH_APP_ACCESS_DENIED", Class::Person, OAUTH),
    ("PASSWORD_LOCKOUT", Class::Person, LIST),
    ("LOGIN_DURING_RESTRICTED_TIME", Class::Person, LIST),
    ("ENTITY_IS_LOCKED", Class::Person, LIST),
    ("SINGLE_EMAIL_LIMIT_EXCEEDED", Class::Person, LIST),
    ("Bad_OAuth_Token", Class::Person, REST),
    ("invalid_grant", Class::Person, OAUTH),
    ("invalid_client_id", Class::Person, OAUTH),
    ("invalid_client", Class::Person, OAUTH),
    ("invalid_app_access", Class::Person, OAUTH),
    ("redirect_uri_mismatch", Class::Person, OAUTH),
    ("CLIENT_NOT_ACCESSIBLE_FOR_USER", Class::Person, LIST),
    ("API_DISABLED_FOR_ORG", Class::Person, REST),
    ("INSUFFICIENT_ACCESS", Class::Person, REST),
    ("INSUFFICIENT_ACCESS_OR_READONLY", Class::Person, REST),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", Class::Person, REST),
    ("STRING_TOO_LONG", Class::Person, REST),
    ("DUPLICATES_DETECTED", Class::Person, REST),
    ("FIELD_INTEGRITY_EXCEPTION", Class::Person, REST),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", Class::Person, REST),
    ("REQUIRED_FIELD_MISSING", Class::Person, REST),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Class::Person, REST),
    ("INVALID_EMAIL_ADDRESS", Class::Person, REST),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Class::Person, REST),
    ("INVALID_FIELD", Class::Person, REST),
    ("INVALID_TYPE", Class::Person, REST),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", Class::Person, REST),
    ("ENTITY_IS_DELETED", Class::Person, REST),
    ("INVALID_CROSS_REFERENCE_KEY", Class::Person, REST),
    ("NOT_FOUND", Class::Person, REST),
    ("invalid_request", Class::Never, OAUTH),
    ("MALFORMED_QUERY", Class::Never, REST),
    ("MALFORMED_ID", Class::Never, REST),
    ("JSON_PARSER_ERROR", Class::Never, REST),
];

/// Parts of unknown codes and their class.
const KINDS: [(&str, Class); 7] = [
    ("STORAGE", Class::OrgWide),
    ("READ_ONLY", Class::OrgWide),
    ("MAINTENANCE", Class::OrgWide),
    ("REQUEST_LIMIT", Class::OrgWide),
    ("UNABLE_TO_LOCK", Class::AtOnce),
    ("UNAVAILABLE", Class::Later),
    ("TIMEOUT", Class::Later),
];

/// Words in messages that ask for another attempt.
const WORDS: [&str; 15] = [
    " retry",
    " try again",
    " process",
    " being processed",
    " metering",
    " temporar",
    " too many",
    " throttl",
    " rate limit",
    " timed out",
    " timeout",
    " lock",
    " busy",
    " unavailable",
    " in progress",
];

/// The class of a code and its message. A failure without a code proves nothing.
pub(crate) fn class(code: &str, message: &str) -> Class {
    // The token endpoint uses the code for a lock as well as for an invalid token.
    let is_for_many = matches!(code, "invalid_grant" | "invalid_request");
    if is_for_many && asks_again(message) && !needs_administrator(message) {
        return Class::AFewTimes;
    }
    if let Some((_, class, _)) = CODES.iter().find(|(known, ..)| *known == code) {
        return *class;
    }
    let upper = code.to_ascii_uppercase();
    if let Some((_, class)) = KINDS.iter().find(|(part, _)| upper.contains(part)) {
        return *class;
    }
    match code {
        "" if message.is_empty() => Class::Later,
        _ if asks_again(message) || asks_again(&code.replace('_', " ")) => Class::AFewTimes,
        "" => Class::Later,
        _ => Class::Person,
    }
}

fn asks_again(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '\'';
    let words: Vec<_> = text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
    let text = format!(" {}", words.join(" ").to_lowercase());
    // A locked account stays locked.
    WORDS.iter().any(|word| text.contains(word)) && !text.contains(" locked out")
}

/// Whether an administrator must fix a refused grant, because a new sign-in does not help.
pub(crate) fn needs_administrator(message: &str) -> bool {
    let text = message.to_lowercase();
    ["approved", "ip restricted", "inactive", "blocked", "access control", "not accessible"]
        .iter()
        .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_code_stands_once_with_its_source() {
        let all: BTreeSet<_> = CODES.iter().map(|(code, ..)| *code).collect();
        assert_eq!(all.len(), CODES.len());
        assert!(CODES.iter().all(|(_, _, source)| !source.is_empty()));
    }

    #[test]
    fn a_code_that_is_not_known_is_classed_by_its_kind_and_its_words() {
        for (code, message, expected) in [
            ("FILE_STORAGE_LIMIT_EXCEEDED", "", Class::OrgWide),
            ("ORG_IN_READ_ONLY_MODE", "", Class::OrgWide),
            ("INSTANCE_UNDER_MAINTENANCE", "", Class::OrgWide),
            ("invalid_request", "Token request is already being processed.", Class::AFewTimes),
            ("invalid_request", "exceeded metering limit", Class::AFewTimes),
            ("CONFLICT", "The record is temporarily not available, try again", Class::AFewTimes),
            ("SOMETHING_NEW", "Value too large", Class::Person),
            ("DATACLOUD_API_UNAVAILABLE", "", Class::Later),
            ("", "", Class::Later),
            ("invalid_grant", "expired access/refresh token", Class::Person),
            ("invalid_grant", "this app is blocked by admin", Class::Person),
            ("OAUTH_APP_BLOCKED", "this app is blocked by admin", Class::Person),
            ("SOMETHING_NEW", "blocked for good", Class::Person),
            ("SOMETHING_NEW", "the user is locked out", Class::Person),
            ("invalid_grant", "token request is already being processed", Class::AFewTimes),
            ("unknown_error", "retry your request", Class::AFewTimes),
        ] {
            assert_eq!(class(code, message), expected, "{code} {message}");
        }
    }
}
