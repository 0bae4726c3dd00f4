//! The Reporting API (`/api/reporting`): the list of sessions, the data of running sessions, and
//! the full report of an ended session.
//!
//! The light listing is requested first, then full sessions by LSID. Reports can't be filtered by
//! external key, so the filter is here.

mod report;
mod session;
mod session_listing;
mod surveys;

pub use report::{ReadError, ReportEnd, ReportLimits, read_sessions};
pub use session::ReadSessions;
pub use session_listing::SessionSummary;
pub use surveys::read_surveys;

/// The kinds of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Report {
    /// The list of sessions.
    SessionListing,
    /// Whole sessions.
    Session,
    /// The customers' answers after a session.
    CustomerSurvey,
    /// The representatives' answers.
    RepresentativeSurvey,
}

impl Report {
    /// The word of `generate_report`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SessionListing => "SupportSessionListing",
            Self::Session => "SupportSession",
            Self::CustomerSurvey => "SupportCustExitSurvey",
            Self::RepresentativeSurvey => "SupportRepExitSurvey",
        }
    }

    pub(crate) fn is_of_surveys(self) -> bool {
        matches!(self, Self::CustomerSurvey | Self::RepresentativeSurvey)
    }
}
