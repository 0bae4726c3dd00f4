//! Measures the tray app beside a minimal one; judges nothing.
//!
//! Both are release builds on one desktop, one at a time and in turn, so that whatever else the
//! machine does falls on both.

mod build;
mod memory;
mod screen;
pub(crate) mod table;
mod times;

use crate::desktop::{Desktop, Parts, windows};
use crate::story::REPRESENTATIVE;
use crate::{app, case_page, profile};
use anyhow::Result;
use casebridge_simulator::{Options, Simulator};
use screen::FrameBuffer;
use std::path::{Path, PathBuf};
use table::{Row, Unit, median};
use times::Times;

const FOLDER: &str = "target/bench";

/// One of the two apps.
#[derive(Debug)]
struct Contender {
    program: PathBuf,
    /// Links that open its window, taken in turn.
    window_links: Vec<String>,
    /// A link that it takes without opening another window.
    quiet_link: String,
    /// A part of the window's title.
    title: &'static str,
}

/// Where everything is measured.
struct Bench {
    simulator: Simulator,
    desktop: Desktop,
    frame: FrameBuffer,
    ours: Contender,
    minimal: Contender,
}

/// Measures each figure so often, and prints a table.
///
/// # Errors
/// When something cannot be built or started.
pub async fn run(rounds: usize, say: &dyn Fn(&str)) -> Result<()> {
    let programs = build::build(say)?;
    let bench = Bench::set_up(programs, say).await?;
    let mut rows = Vec::new();
    say("memory while idle");
    let idle = memory::idle(&bench, rounds).await?;
    rows.push(Row::against("idle memory (PSS)", Unit::KiB, &idle.ours, &idle.minimal, 1.2));
    say("memory after one and after fifty dialogs");
    let dialogs = memory::dialogs(&bench, rounds, say).await?;
    rows.push(Row::growth("memory after 50 dialogs, against after 1", &dialogs, 1.1));
    say("time from a click to what it shows, and of handing a link over");
    let times = times::measure(&bench, rounds, say).await?;
    rows.extend(time_rows(&times));
    table::print(&rows, say);
    say(
        "without a graphics card, Casebridge draws without WebKitGTK's DMABUF renderer; the other with it",
    );
    say(&format!(
        "the simulator worked {:.1} ms on the {} calls of one key",
        median(&times.simulator) * 1000.0,
        times.calls_for_key
    ));
    Ok(())
}

fn time_rows(times: &Times) -> Vec<Row> {
    let own = times.ours.window.iter().zip(&times.simulator);
    let less: Vec<f64> = own.map(|(time, simulator)| time - simulator).collect();
    let (ours, minimal) = (&times.ours, &times.minimal);
    let title = "the same, less the simulator's work";
    vec![
        Row::against(
            "click to key, or to the window",
            Unit::Ms,
            &ours.window,
            &minimal.window,
            1.5,
        ),
        Row::against(title, Unit::Ms, &less, &minimal.window, 1.5),
        Row::against("handing a link over", Unit::Ms, &ours.hand_over, &minimal.hand_over, 1.0),
    ]
}

impl Bench {
    async fn set_up(programs: build::Programs, say: &dyn Fn(&str)) -> Result<Self> {
        say("starting a desktop and the simulator");
        let simulator = Simulator::start(Options::default())?;
        let mut desktop =
            Desktop::start(&Path::new(FOLDER).join("desktop"), Parts::default()).await?;
        profile::make(&mut desktop, &simulator.ready(), REPRESENTATIVE).await?;
        let frame = FrameBuffer::of(&desktop)?;
        let ours = Contender {
            program: programs.ours,
            // A case that had its key a moment ago would show that one.
            window_links: (1026..1046).map(|n| case_page::link_of(&format!("{n:08}"))).collect(),
            quiet_link: "casebridge://settings".to_owned(),
            title: app::title::CASE,
        };
        let minimal = Contender {
            program: programs.minimal,
            window_links: vec!["casebridge-minimal://show".to_owned()],
            quiet_link: "casebridge-minimal://nothing".to_owned(),
            title: "Minimal",
        };
        Ok(Self { simulator, desktop, frame, ours, minimal })
    }

    /// Starts one of the apps and waits for its icon.
    async fn start(&self, contender: &Contender) -> Result<u32> {
        self.desktop.tray()?.gone().await?;
        let command = self.desktop.command(&contender.program);
        let running = self.desktop.programs().start("app", command)?;
        self.desktop.tray()?.shown().await?;
        Ok(running)
    }

    /// Closes a window as a person does.
    async fn close(&self, title: &str) -> Result<()> {
        windows::appears(&self.desktop, title).await?;
        windows::close(&self.desktop, title)?;
        windows::disappears(&self.desktop, title).await
    }
}
