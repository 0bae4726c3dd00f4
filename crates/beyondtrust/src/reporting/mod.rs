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
pub use session::ReadSessions;
pub use session_listing::SessionSummary;

/// The reports that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Report {
    /// Which sessions there are.
    SessionListing,
    /// Whole sessions.
    Session,
    /// What customers answered after a session.
    CustomerSurvey,
    /// What representatives answered.
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
