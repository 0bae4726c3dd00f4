//! A session that did not start from a case: tagged from the case page, and by one click on a
//! notification.

use crate::stage::{SignedIn, on_desktop};
use anyhow::{Result, ensure};
use casebridge_simulator::SessionBegin;
use casebridge_tests::app::{page, title};
use casebridge_tests::browser::Browser;
use casebridge_tests::case_page::{self, state};
use casebridge_tests::desktop::{Desktop, Parts, windows};
use casebridge_tests::driver::Driver;
use casebridge_tests::wait;

struct Stage {
    signed_in: SignedIn,
    browser: Browser,
    app: Driver,
}

impl Stage {
    /// The app runs, the browser shows the case, and a click there opened the tag window.
    async fn at(desktop: &mut Desktop) -> Result<Self> {
        let signed_in = SignedIn::at(desktop).await?;
        let ready = signed_in.simulator.ready();
        let browser = Browser::start(desktop, &ready).await?;
        case_page::open(&browser, &ready).await?;
        signed_in.run_once(desktop).await?;
        signed_in.start(desktop).await?;
        case_page::click(&browser, &ready, "tag").await?;
        windows::appears(desktop, title::TAG).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::TAG).await?;
        app.shows("Printer on floor 3").await?;
        Ok(Self { signed_in, browser, app })
    }

    /// A customer who chose Ada, without any key.
    fn begin(&self, hostname: &str) -> Result<()> {
        let session = SessionBegin {
            representative: "ada".to_owned(),
            name: Some("Rosa Marin".to_owned()),
            hostname: Some(hostname.to_owned()),
            external_key: None,
        };
        self.signed_in.simulator.begin_session(session).map(drop)
    }

    fn key_of(&self, hostname: &str) -> Option<String> {
        let sessions = state(&self.signed_in.simulator, "sessions");
        let session = sessions.iter().find(|session| session["customer"]["hostname"] == hostname);
        session?["attributes"]["external_key"].as_str().map(str::to_owned)
    }

    fn carries_case(&self, hostname: &str) -> bool {
        self.key_of(hostname) == Some(self.signed_in.simulator.ready().case_id)
    }
}

#[test]
fn a_session_without_a_case_reaches_it_from_the_case_page_and_from_a_notification() -> Result<()> {
    on_desktop("tag", Parts::default(), async |desktop| {
        let stage = Stage::at(desktop).await?;
        stage.app.shows("You have no running sessions").await?;
        stage.begin("FRONTDESK-3")?;
        stage.app.shows("FRONTDESK-3").await?;
        stage.app.shows("No case").await?;
        ensure!(stage.key_of("FRONTDESK-3").is_none(), "something was written before the click");
        stage.app.press("Tag session").await?;
        stage.app.shows("Rosa Marin is on case 00001026").await?;
        ensure!(stage.carries_case("FRONTDESK-3"), "the session does not carry the case");
        stage.browser.shows("Rosa Marin on FRONTDESK-3 with ada").await?;
        stage.app.picture(&desktop.folder().join("tagged.png")).await?;
        windows::close(desktop, title::TAG)?;
        stage.app.gone(page::TAG).await?;

        stage.begin("LAPTOP-9")?;
        let offer = desktop.notifications.shown("Tag with case 00001026?").await?;
        ensure!(offer.body.contains("Rosa Marin"), "{offer:?}");
        ensure!(stage.key_of("LAPTOP-9").is_none(), "an offer wrote something");
        desktop.notifications.press(&offer, "tag").await?;
        let done = desktop.notifications.shown("Session tagged").await?;
        ensure!(stage.carries_case("LAPTOP-9"), "the session does not carry the case");
        stage.browser.shows("Rosa Marin on LAPTOP-9 with ada").await?;
        desktop.notifications.press(&done, "undo").await?;
        wait::until_true("the undo", || stage.key_of("LAPTOP-9").is_none()).await
    })
}
