//! The client of the Salesforce org: sign-in, cases, the representative's user name, e-mail.
//!
//! It contains everything specific to the org's OAuth and REST APIs and returns types of
//! `casebridge_domain`. It does not know appliance, windows or keyring: the refresh token is stored
//! behind [`RefreshTokenStore`].

mod cases;
mod codes;
mod composite;
mod describe;
mod email;
mod error;
mod host;
mod identity;
mod import;
mod limits;
mod log;
mod new_case;
mod oauth;
mod org;
pub mod query;
mod session_keys;
#[cfg(test)]
mod test_org;
mod users;

pub use cases::CaseHit;
pub use codes::Class;
pub use error::{Error, RetryKind};
pub use host::LoginUrl;
pub use identity::Identity;
pub use import::{
    BATCHES_A_CALL, Batch, Batches, RowFailure, SessionFile, SessionRow, Spool, Transition,
    TransitionOutcome, Written,
};
pub use limits::ApiUsage;
pub use log::{LogLeft, LogRow, MOST_LOG_ROWS};
pub use new_case::{ContactHit, new_case_page};
pub use oauth::tokens::{RefreshTokenStore, StoreError, StoreGuard};
pub use oauth::{CALLBACK_PATH, SIGN_IN_TIME, SignIn};
pub use org::{API_VERSION, Org, OrgConfig};
pub use session_keys::RecordedKey;
pub use users::{OtherNames, UsernameSource};
