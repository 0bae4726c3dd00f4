//! Waiting for a condition, never for a time.

use anyhow::{Result, bail};
use std::fmt::Display;
use std::time::{Duration, Instant};

/// How long to wait between two questions.
pub const PAUSE: Duration = Duration::from_millis(50);

/// How long a desktop may take for one thing on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Asks until there is an answer; `what` is named when there is none in time.
///
/// # Errors
/// When the time is over, with what the last question failed with.
pub async fn until<T, F>(what: impl Display, mut ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let end = Instant::now() + PATIENCE;
    loop {
        let answer = tokio::time::timeout(PATIENCE, ask()).await;
        match answer {
            Ok(Ok(Some(answer))) => return Ok(answer),
            Ok(Ok(None)) if Instant::now() >= end => bail!("waited in vain for {what}"),
            Ok(Err(error)) if Instant::now() >= end => {
                return Err(error.context(format!("waited in vain for {what}")));
            }
            Err(_) => bail!("no answer while waiting for {what}"),
            Ok(Ok(None) | Err(_)) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Waits until something that is known at once is true.
///
/// # Errors
/// When the time is over.
pub async fn until_true(what: impl Display, mut ask: impl FnMut() -> bool) -> Result<()> {
    until(what, || {
        let answer = ask().then_some(());
        async move { Ok(answer) }
    })
    .await
}
