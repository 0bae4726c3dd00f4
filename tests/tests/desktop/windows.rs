//! Windows come when they are needed, and leave nothing behind.

use crate::stage::{SignedIn, on_desktop};
use anyhow::Result;
use casebridge_tests::app::title;
use casebridge_tests::desktop::{Parts, windows};
use casebridge_tests::{processes, wait};

#[test]
fn an_idle_app_holds_no_web_process() -> Result<()> {
    on_desktop("idle", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let running = signed_in.start(desktop).await?;
        assert!(!processes::has_relative(running, "WebKitWebProcess")?);
        desktop.tray()?.press("Settings…").await?;
        windows::appears(desktop, title::SETTINGS).await?;
        // The window is there before its page is.
        wait::until_true("the web process", || {
            processes::has_relative(running, "WebKitWebProcess").unwrap_or(false)
        })
        .await?;
        wait::until("the end of the web process", || async {
            if processes::has_relative(running, "WebKitWebProcess")? {
                // A key that comes before the window has the focus is lost.
                windows::close(desktop, title::SETTINGS)?;
                return Ok(None);
            }
            Ok(Some(()))
        })
        .await?;
        assert!(desktop.programs().exit_status(running)?.is_none(), "the app ended");
        desktop.tray()?.press("Quit Casebridge").await?;
        assert_eq!(desktop.programs().wait_for_end(running).await?, 0);
        Ok(())
    })
}
