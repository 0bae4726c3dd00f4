//! The use cases of Casebridge, one file each, without windows. The command line, the tray app and
//! the relay call them.
//!
//! A use case takes a [`Casebridge`], which is a profile with its settings, secrets and clients,
//! and returns domain types or a failure. It does not know windows or toolkits, and prints nothing.

pub mod account;
pub mod appliances;
mod casebridge;
pub mod cases;
pub mod catch_up;
mod clock;
pub mod console;
pub mod diagnostics;
pub mod doctor;
pub mod email_key;
pub mod ended;
mod failures;
pub mod import;
pub mod jobs;
pub mod jump;
pub mod new_case;
pub mod open_case;
pub mod open_link;
pub mod outbox;
mod redaction;
pub mod report;
pub mod representative;
pub mod session_key;
pub mod sessions;
mod settings_file;
pub mod support_bundle;
pub mod survey_rules;
pub mod tag;
pub mod typed_case;
pub mod watch;
pub mod web_console;

pub use casebridge::Casebridge;
pub use clock::Clock;

use casebridge_domain::{Failure, FailureCode};
use casebridge_store::{Store, StoreError};

/// Runs work on the store after the owner of new records is known.
pub(crate) async fn with_owned_store<T: Send + 'static>(
    casebridge: &Casebridge,
    work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Failure> {
    account::owner(casebridge).await?;
    with_store(casebridge, work).await
}

/// Runs work on the store outside the async threads.
pub(crate) async fn with_store<T: Send + 'static>(
    casebridge: &Casebridge,
    work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Failure> {
    let casebridge = casebridge.clone();
    let task = tokio::task::spawn_blocking(move || {
        let store = casebridge.store()?;
        work(&store).map_err(|error| {
            if error.is_damage() {
                casebridge.forget_store();
            }
            failures::of_store(error)
        })
    });
    let internal = |e| Failure::caused(FailureCode::Internal, String::new(), e);
    task.await.unwrap_or_else(|e| Err(internal(e)))
}
