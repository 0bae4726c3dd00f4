//! The XML Command API (`/api/command`), one file per action.
//!
//! Any element of an answer may be absent; unknown ones are ignored.

pub(crate) mod attributes;
mod check_health;
mod generate_session_key;
mod get_api_info;
mod get_logged_in_reps;
mod get_session_attributes;
mod set_session_attributes;
mod terminate_session;

pub use attributes::CustomAttribute;
pub(crate) use attributes::read as read_attributes;
pub use check_health::Health;
pub use generate_session_key::{KeyRequest, Queue, SessionKey};
pub use get_api_info::{ApiInfo, ApiVersion, CommandAccess};
pub use get_logged_in_reps::LoggedInRep;
pub use set_session_attributes::AttributeChanges;
