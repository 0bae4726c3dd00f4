//! The client of the BeyondTrust appliance: token, Command API and reports.
//!
//! It speaks the XML API as `https://HOST` offers it since RS 17.1 and turns answers into plain
//! types. It knows nothing of the org, of settings or of windows, and it keeps nothing but a token.

mod answer;
mod appliance;
pub mod command;
mod console_script;
mod error;
mod pace;
pub mod reporting;
mod time;
mod token;
mod verdict;
mod xml;

pub use appliance::{Appliance, ApplianceConfig, site_address};
pub use command::{
    ApiInfo, ApiVersion, AttributeChanges, CommandAccess, CustomAttribute, Health, KeyRequest,
    LoggedInRep, Queue, SessionKey,
};
pub use console_script::ConsoleScript;
pub use error::{Error, MessageKind};
pub use reporting::{ReadError, Report, ReportEnd, ReportLimits, SessionSummary, read_sessions};
