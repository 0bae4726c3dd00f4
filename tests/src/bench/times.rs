//! How long the apps take from a click to what it shows, and to hand a link over.

use super::{Bench, Contender};
use crate::case_page::state;
use crate::desktop::windows;
use crate::{app, wait};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::time::{Duration, Instant};

/// A representative gets six keys a minute; a click sooner than this would wait.
const BETWEEN_KEYS: Duration = Duration::from_millis(10_500);
/// Handing over is quick, so it is done so often in each round.
const HAND_OVERS: usize = 3;

/// The times of one app in seconds.
#[derive(Debug, Default)]
pub(super) struct AppTimes {
    /// From the start of the process that has the link to the key or the painted window.
    pub(super) window: Vec<f64>,
    /// From the start to the end of the process that has the link.
    pub(super) hand_over: Vec<f64>,
}

/// The times of both.
#[derive(Debug, Default)]
pub(super) struct Times {
    pub(super) ours: AppTimes,
    pub(super) minimal: AppTimes,
    /// How long the simulator worked on the calls of each key; calls at the same time count once.
    pub(super) simulator: Vec<f64>,
    /// How many calls the simulator saw for one key.
    pub(super) calls_for_key: u32,
}

/// Measures in turn. Both apps run; the first window of each is not counted.
pub(super) async fn measure(bench: &Bench, rounds: usize, say: &dyn Fn(&str)) -> Result<Times> {
    let mut times = Times::default();
    let ours = bench.start(&bench.ours).await?;
    let command = bench.desktop.command(&bench.minimal.program);
    let minimal = bench.desktop.programs().start("minimal", command)?;
    wait::until_true("both icons", || bench.desktop.tray().is_ok_and(|tray| tray.count() >= 2))
        .await?;
    for contender in [&bench.ours, &bench.minimal] {
        show(bench, contender, 0).await?;
    }
    let mut last_key = Instant::now();
    for round in 1..=rounds {
        tokio::time::sleep_until((last_key + BETWEEN_KEYS).into()).await;
        last_key = Instant::now();
        let before = state(&bench.simulator, "calls").len();
        times.ours.window.push(show(bench, &bench.ours, round).await?);
        let calls = state(&bench.simulator, "calls").split_off(before);
        times.calls_for_key = times.calls_for_key.max(u32::try_from(calls.len())?);
        times.simulator.push(worked(&calls));
        times.minimal.window.push(show(bench, &bench.minimal, round).await?);
        hand_overs(bench, &mut times).await?;
        say(&format!("round {round} of {rounds}"));
    }
    bench.desktop.programs().end(ours);
    bench.desktop.programs().end(minimal);
    Ok(times)
}

/// Opens the window by one of the links, and closes it.
async fn show(bench: &Bench, contender: &Contender, round: usize) -> Result<f64> {
    let link = contender.window_links.iter().cycle().nth(round).context("no link")?;
    let mut command = bench.desktop.command(&contender.program);
    command.arg(link);
    let start = Instant::now();
    let opener = bench.desktop.programs().start("opener", command)?;
    let shown = bench.frame.wait_until_shown();
    let shown = shown.with_context(|| format!("{}", contender.program.display()))?;
    bench.desktop.programs().wait_for_end(opener).await?;
    bench.desktop.programs().end(opener);
    bench.close(contender.title).await?;
    wait::until("an empty screen", || async { Ok((!bench.frame.is_shown()?).then_some(())) })
        .await?;
    Ok(shown.duration_since(start).as_secs_f64())
}

async fn hand_overs(bench: &Bench, times: &mut Times) -> Result<()> {
    // Our quiet link brings a window to the front; that is not part of the time.
    hand_over(bench, &bench.ours)?;
    windows::appears(&bench.desktop, app::title::SETTINGS).await?;
    for _ in 0..HAND_OVERS {
        times.ours.hand_over.push(hand_over(bench, &bench.ours)?);
        times.minimal.hand_over.push(hand_over(bench, &bench.minimal)?);
    }
    bench.close(app::title::SETTINGS).await
}

fn hand_over(bench: &Bench, contender: &Contender) -> Result<f64> {
    let mut command = bench.desktop.command(&contender.program);
    command.arg(&contender.quiet_link);
    let start = Instant::now();
    let status = command.spawn()?.wait()?;
    let time = start.elapsed().as_secs_f64();
    ensure!(status.success(), "{} ended with {status}", contender.program.display());
    Ok(time)
}

/// The time in which at least one of the calls was being worked on, in seconds.
fn worked(calls: &[Value]) -> f64 {
    let time = |call: &Value, name: &str| call[name].as_f64().unwrap_or_default();
    let mut spans: Vec<(f64, f64)> =
        calls.iter().map(|call| (time(call, "began_ms"), time(call, "ended_ms"))).collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut sum, mut until) = (0.0, 0.0_f64);
    for (began, ended) in spans {
        sum += (ended - began.max(until)).max(0.0);
        until = until.max(ended);
    }
    sum / 1000.0
}
