//! The Reporting API (`/api/reporting`): which sessions there are, what is known of those that run,
//! and the whole report of one that has ended.
//!
//! The listing is light and comes first; whole sessions are then fetched by LSID. No report can be
//! filtered by external key, so that is done here.

mod report;
mod session;
mod session_listing;
mod surveys;

pub use report::{ReadError, ReportEnd, ReportLimits, read_sessions};
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
