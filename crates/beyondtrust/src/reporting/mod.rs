//! The Reporting API (`/api/reporting`): enough to find the representative's running session.
//!
//! The listing is light and comes first; whole sessions are then fetched by LSID. No report can be
//! filtered by external key, so that is done here.

mod session;
mod session_listing;

pub use session::{Customer, Representative, Session};
pub use session_listing::SessionSummary;

use crate::error::{Error, MessageKind};

/// "Nothing found" as an empty list: some reports say it as an error.
fn none_is_empty<T>(result: Result<Vec<T>, Error>) -> Result<Vec<T>, Error> {
    match result {
        Err(error) if error.message_kind() == Some(MessageKind::NothingFound) => Ok(Vec::new()),
        other => other,
    }
}
