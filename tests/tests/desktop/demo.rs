//! The demo on a person's own display: what it sets up is there to be clicked.

use crate::stage::on_desktop;
use anyhow::Result;
use casebridge_tests::app::{built_program, title};
use casebridge_tests::desktop::{Parts, windows};
use casebridge_tests::wait;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// The components of the page are there after this time as a rule; nothing outside tells.
const LOADED: Duration = Duration::from_secs(2);
/// A click that did not arrive is made again after this time.
const AGAIN: Duration = Duration::from_secs(6);

#[test]
fn the_demo_is_ready_to_click() -> Result<()> {
    on_desktop("demo", Parts::default(), async |desktop| {
        let mut demo = desktop.command(built_program("casebridge-desktop")?);
        demo.arg("demo").current_dir(desktop.folder());
        let running = desktop.programs().start("demo", demo)?;
        windows::appears(desktop, "Case 00001026").await?;
        desktop.tray()?.shown().await?;
        let reloaded: Cell<Option<Instant>> = Cell::new(None);
        let pressed = Cell::new(false);
        wait::until("the window of a key", || async {
            if !windows::titles(desktop, title::CASE)?.is_empty() {
                return Ok(Some(()));
            }
            let since = reloaded.get().map(|at| at.elapsed());
            if since.is_none_or(|since| since > AGAIN) {
                windows::type_keys(desktop, "Case 00001026", &["F5"])?;
                reloaded.set(Some(Instant::now()));
                pressed.set(false);
            } else if since > Some(LOADED) && !pressed.replace(true) {
                // The button is the first thing on the page that the keyboard reaches.
                windows::type_keys(desktop, "Case 00001026", &["Tab", "Return"])?;
            }
            Ok(None)
        })
        .await?;
        desktop.programs().interrupt(running)?;
        assert_eq!(desktop.programs().wait_for_end(running).await?, 0);
        desktop.tray()?.gone().await
    })
}
