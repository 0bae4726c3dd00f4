//! The data types and rules of Casebridge.
//!
//! This crate owns identifiers, the link grammar, jumps, settings, failures and mail composition.
//! It does not access network, files, clock or windows, and defines no wire format of either
//! system.

pub mod case;
pub mod deep_link;
pub mod failure;
pub mod ids;
pub mod jump;
pub mod mail;
pub mod report;
pub mod report_mapping;
pub mod session_key;
pub mod settings;
pub mod survey_transition;
pub mod tagging;
pub mod text;

pub use case::{Case, CaseRef, Person, Recipient, RecipientRole, TypedCase};
pub use deep_link::{DeepLink, LinkError};
pub use failure::{Failure, FailureCode};
pub use ids::{CaseId, CaseNumber, IdError, Lsid, OrgId, RecordId, UserId};
pub use session_key::SessionKey;
