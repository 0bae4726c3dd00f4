//! A session that did not start from a case: tagged from the case page, and by one click on a
//! notification.

use crate::stage::{SignedIn, Stage, TAG, on_desktop};
use anyhow::{Result, ensure};
use casebridge_simulator::SessionBegin;
use casebridge_tests::desktop::Parts;
use casebridge_tests::wait;

/// A customer who chose Ada, without any key.
fn begin(stage: &Stage, hostname: &str) -> Result<()> {
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        hostname: Some(hostname.to_owned()),
        external_key: None,
    };
    stage.signed_in.simulator.begin_session(session).map(drop)
}

fn key_of(stage: &Stage, hostname: &str) -> Option<String> {
    let sessions = stage.sessions();
    let session = sessions.iter().find(|session| session["customer"]["hostname"] == hostname);
    session?["attributes"]["external_key"].as_str().map(str::to_owned)
}

fn carries_case(stage: &Stage, hostname: &str) -> bool {
    key_of(stage, hostname) == Some(stage.signed_in.simulator.ready().case_id)
}

#[test]
fn row_14_a_session_that_began_elsewhere_reaches_its_case_from_the_case_page_and_from_a_notification()
-> Result<()> {
    on_desktop("tag", Parts::default(), async |desktop| {
        let stage = Stage::at(SignedIn::at(desktop).await?, desktop, &TAG).await?;
        stage.app.shows("You have no running sessions").await?;
        begin(&stage, "FRONTDESK-3")?;
        stage.app.shows("FRONTDESK-3").await?;
        stage.app.shows("No case").await?;
        ensure!(key_of(&stage, "FRONTDESK-3").is_none(), "something was written before the click");
        stage.app.press("Tag session").await?;
        stage.app.shows("Rosa Marin is on case 00001026").await?;
        ensure!(carries_case(&stage, "FRONTDESK-3"), "the session does not carry the case");
        stage.browser.shows("Rosa Marin on FRONTDESK-3 with ada").await?;
        stage.app.picture(&desktop.folder().join("tagged.png")).await?;
        stage.close(desktop, &TAG).await?;

        begin(&stage, "LAPTOP-9")?;
        let offer = desktop.notifications.shown("Tag with case 00001026?").await?;
        ensure!(offer.body.contains("Rosa Marin"), "{offer:?}");
        ensure!(key_of(&stage, "LAPTOP-9").is_none(), "an offer wrote something");
        desktop.notifications.press(&offer, "tag").await?;
        let done = desktop.notifications.shown("Session tagged").await?;
        ensure!(carries_case(&stage, "LAPTOP-9"), "the session does not carry the case");
        stage.browser.shows("Rosa Marin on LAPTOP-9 with ada").await?;
        desktop.notifications.press(&done, "undo").await?;
        wait::until_true("the undo", || key_of(&stage, "LAPTOP-9").is_none()).await
    })
}
