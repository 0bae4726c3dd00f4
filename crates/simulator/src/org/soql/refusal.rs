//! Why a query is refused.

use crate::org::records::NoSuchColumn;

/// Why a query was refused: the error code and message of the REST answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoqlError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl From<NoSuchColumn> for SoqlError {
    fn from(missing: NoSuchColumn) -> Self {
        Self { code: "INVALID_FIELD", message: missing.message() }
    }
}

pub(super) fn malformed(message: impl Into<String>) -> SoqlError {
    SoqlError { code: "MALFORMED_QUERY", message: message.into() }
}
