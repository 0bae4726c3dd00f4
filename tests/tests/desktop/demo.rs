//! The demo on a person's own display: what it sets up is there to be clicked.

use crate::stage::on_desktop;
use anyhow::Result;
use casebridge_tests::app::{built_program, title};
use casebridge_tests::desktop::{Parts, windows};

const PAGE: &str = "Case 00001026 · Salesforce";

#[test]
fn the_demo_is_ready_to_click() -> Result<()> {
    on_desktop("demo", Parts::default(), async |desktop| {
        let mut demo = desktop.command(built_program("casebridge-desktop")?);
        demo.arg("demo").current_dir(desktop.folder());
        let running = desktop.programs().start("demo", demo)?;
        // The page says so in its title when its buttons work.
        windows::appears(desktop, PAGE).await?;
        desktop.tray()?.shown().await?;
        // The button is the first thing on the page that the keyboard reaches.
        windows::type_keys(desktop, PAGE, &["Tab", "Return"])?;
        windows::appears(desktop, title::CASE).await?;
        desktop.programs().interrupt(running)?;
        assert_eq!(desktop.programs().wait_for_end(running).await?, 0);
        desktop.tray()?.gone().await
    })
}
