//! Many links at once, as a hostile page or program would send them to the running app.

use crate::app::built_program;
use crate::case_page;
use crate::desktop::place::Place;
use anyhow::{Result, bail, ensure};
use casebridge_platform::Profile;
use casebridge_platform::instance::{ChannelError, hand_over};
use std::time::Duration;

/// The word by which our own program sends them.
pub const SEND: &str = "send-burst";

const PATIENCE: Duration = Duration::from_secs(20);
const SENDERS: usize = 8;

/// Sends this many links to the app that runs at a place, for twenty cases in turn.
///
/// # Errors
/// When the app does not take one.
pub fn send(place: &Place, count: usize) -> Result<()> {
    let mut command = place.command(built_program("casebridge-desktop")?);
    command.args([SEND, &count.to_string()]);
    let ended = place.programs().run(SEND, command)?;
    ensure!(ended.code == Some(0), "{SEND}: {}", ended.errors);
    Ok(())
}

/// Sends them to the app of our own environment, by its channel.
///
/// # Errors
/// When the app does not take one.
pub fn send_here(count: usize) -> Result<()> {
    let profile = Profile::open(None)?;
    let links: Vec<String> =
        (0..count).map(|at| case_page::link_of(&format!("{:08}", 1026 + at % 20))).collect();
    std::thread::scope(|scope| {
        let parts = links.chunks(links.len().div_ceil(SENDERS).max(1));
        let senders: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().try_for_each(|link| send_one(&profile, link))))
            .collect();
        for sender in senders {
            match sender.join() {
                Ok(sent) => sent?,
                Err(_) => bail!("a sender panicked"),
            }
        }
        Ok(())
    })
}

/// A link that the app refuses did arrive.
fn send_one(profile: &Profile, link: &str) -> Result<()> {
    match hand_over(profile, link, PATIENCE) {
        Ok(()) | Err(ChannelError::Refused) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
