//! Delivers a link to the running tray app.

use crate::{Casebridge, failures};
use casebridge_domain::{DeepLink, Failure, FailureCode};
use casebridge_platform::instance;
use std::time::Duration;

/// How long the tray app may take to acknowledge.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Delivers the link. When this returns, the tray app has acknowledged it.
///
/// # Errors
/// The link does not match the grammar, or the tray app is not running or refused it.
pub async fn open_link(casebridge: &Casebridge, link: &str) -> Result<(), Failure> {
    let parsed: DeepLink =
        link.parse().map_err(|e| Failure::caused(FailureCode::LinkRefused, format!("{e}."), e))?;
    let profile = casebridge.profile().clone();
    let sent = tokio::task::spawn_blocking(move || {
        instance::hand_over(&profile, &parsed.to_string(), PATIENCE)
    });
    match sent.await {
        Ok(result) => result.map_err(failures::of_channel),
        Err(error) => Err(Failure::caused(FailureCode::Internal, String::new(), error)),
    }
}
