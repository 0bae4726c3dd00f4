//! A session comes home while nobody does anything: told by a notification, seen in the activity
//! window, and in the org record by record.

use crate::stage::{SignedIn, on_desktop};
use anyhow::{Result, ensure};
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin, SessionWork};
use casebridge_tests::app::{page, title};
use casebridge_tests::desktop::{Parts, windows};
use casebridge_tests::wait;

fn begin(signed_in: &SignedIn) -> Result<String> {
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        hostname: Some("FRONTDESK-3".to_owned()),
        external_key: Some("00001026".to_owned()),
    };
    let lsid = signed_in.simulator.begin_session(session)?;
    signed_in.simulator.work(SessionWork { lsid: lsid.clone(), ..SessionWork::default() })?;
    Ok(lsid)
}

fn rows(signed_in: &SignedIn, object: &str, lsid: &str) -> usize {
    let state = signed_in.simulator.state();
    let rows = state["support"][object].as_array().cloned().unwrap_or_default();
    rows.iter().filter(|row| row.to_string().contains(lsid)).count()
}

#[test]
fn a_session_that_ends_comes_home_and_one_that_cannot_asks_for_a_look() -> Result<()> {
    on_desktop("activity", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.start(desktop).await?;
        let lsid = begin(&signed_in)?;
        signed_in.open_link(desktop, "casebridge://activity").await?;
        windows::appears(desktop, title::ACTIVITY).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::ACTIVITY).await?;
        app.shows("Import session: Rosa Marin").await?;
        app.shows("Waiting for the session to end").await?;
        ensure!(rows(&signed_in, "Support_Session__c", &lsid) == 0, "it was written too early");
        signed_in.simulator.leave_customer(&lsid)?;
        let told = desktop.notifications.shown("Session imported").await?;
        ensure!(told.body.contains("28 records on case 00001026"), "{told:?}");
        app.shows("28 records").await?;
        ensure!(rows(&signed_in, "Support_Session_Event__c", &lsid) == 19, "events are missing");

        let refused = begin(&signed_in)?;
        let fault = FaultSwitch::on(FaultName::RefusedRow).with_text(":3");
        signed_in.simulator.fault(fault);
        app.shows("Waiting for the session to end").await?;
        signed_in.simulator.leave_customer(&refused)?;
        desktop.notifications.shown("A session was not imported").await?;
        app.shows("Salesforce refused the request").await?;
        app.picture(&desktop.folder().join("attention.png")).await?;
        let tray = desktop.tray()?.menu().await?;
        let entry = tray.iter().any(|entry| entry.label.contains("(1 to look at)"));
        ensure!(entry, "the tray does not ask for a look: {tray:?}");
        signed_in.simulator.clear_faults();
        app.press("Retry now").await?;
        wait::until_true("the rest", || {
            rows(&signed_in, "Support_Session_Event__c", &refused) == 19
        })
        .await
    })
}
