//! How much memory the apps hold.

use super::Bench;
use crate::app::title;
use crate::desktop::windows;
use crate::{processes, wait};
use anyhow::Result;
use std::time::Duration;

const DIALOGS: usize = 50;
/// What two readings may differ in when nothing happens any more.
const STEADY: u64 = 64;
const BETWEEN_READINGS: Duration = Duration::from_millis(1500);

/// Readings of both apps in KiB.
#[derive(Debug, Default)]
pub(super) struct Idle {
    pub(super) ours: Vec<f64>,
    pub(super) minimal: Vec<f64>,
}

/// A fresh start of each app, read when it has come to rest with no window.
pub(super) async fn idle(bench: &Bench, rounds: usize) -> Result<Idle> {
    let mut idle = Idle::default();
    for _ in 0..rounds {
        for (contender, readings) in
            [(&bench.ours, &mut idle.ours), (&bench.minimal, &mut idle.minimal)]
        {
            let running = bench.start(contender).await?;
            readings.push(at_rest(running).await?);
            bench.desktop.programs().end(running);
        }
    }
    Ok(idle)
}

/// Readings after the first and after the last of many dialogs, in KiB.
#[derive(Debug, Default)]
pub(super) struct Dialogs {
    pub(super) after_first: Vec<f64>,
    pub(super) after_last: Vec<f64>,
}

/// Opens and closes our window many times.
pub(super) async fn dialogs(bench: &Bench, rounds: usize, say: &dyn Fn(&str)) -> Result<Dialogs> {
    let mut dialogs = Dialogs::default();
    for round in 1..=rounds {
        let running = bench.start(&bench.ours).await?;
        open_and_close(bench, running).await?;
        dialogs.after_first.push(at_rest(running).await?);
        for _ in 1..DIALOGS {
            open_and_close(bench, running).await?;
        }
        dialogs.after_last.push(at_rest(running).await?);
        bench.desktop.programs().end(running);
        say(&format!("round {round} of {rounds}"));
    }
    Ok(dialogs)
}

async fn open_and_close(bench: &Bench, running: u32) -> Result<()> {
    bench.desktop.tray()?.press("Session key for a case…").await?;
    windows::appears(&bench.desktop, title::CASE).await?;
    bench.frame.wait_until_painted().await?;
    bench.close(title::CASE).await?;
    wait::until("the end of the web process", || async {
        Ok((!processes::has_relative(running, "WebKitWebProcess")?).then_some(()))
    })
    .await
}

/// The memory once two readings agree.
#[expect(clippy::cast_precision_loss, reason = "memory in KiB is far below 2^52")]
async fn at_rest(running: u32) -> Result<f64> {
    let mut last = 0;
    let reading = wait::until("memory to come to rest", || {
        let (before, now) = (last, processes::memory(running));
        last = now.as_ref().copied().unwrap_or_default();
        async move {
            let now = now?;
            tokio::time::sleep(BETWEEN_READINGS).await;
            Ok((now.abs_diff(before) <= STEADY).then_some(now))
        }
    });
    Ok(reading.await? as f64)
}
