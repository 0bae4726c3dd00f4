//! What most tests start from.

use anyhow::{Context, Result, ensure};
use casebridge_simulator::{Options, Simulator};
use casebridge_tests::app::{App, page, title};
use casebridge_tests::browser::Browser;
use casebridge_tests::case_page;
use casebridge_tests::desktop::place::Place;
use casebridge_tests::desktop::{Desktop, Parts, windows};
use casebridge_tests::driver::Driver;
use casebridge_tests::story::REPRESENTATIVE;
use casebridge_tests::{profile, wait};
use futures::FutureExt;
use serde_json::Value;
use std::fs;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};

/// Where a test keeps its home, logs and pictures.
pub(crate) fn folder(name: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.join("../target/desktop-tests").join(name)
}

/// Runs a test on a desktop; when it fails, the screen is in the desktop's folder.
pub(crate) fn on_desktop(
    name: &str,
    parts: Parts,
    test: impl AsyncFnOnce(&mut Desktop) -> Result<()>,
) -> Result<()> {
    run(async {
        let mut desktop = Desktop::start(&folder(name), parts).await?;
        let tested = AssertUnwindSafe(test(&mut desktop)).catch_unwind().await;
        if !matches!(tested, Ok(Ok(()))) {
            desktop.picture(&desktop.folder().join("failure.png"))?;
        }
        let tested = tested.unwrap_or_else(|panic| resume_unwind(panic));
        tested.with_context(|| format!("see {}", desktop.folder().display()))
    })
}

/// Programs end with the thread that started them, so that is the one of the test.
pub(crate) fn run(test: impl Future<Output = Result<()>>) -> Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(1).enable_all().build()?.block_on(test)
}

/// A simulator, a profile that is signed in to it, and the app, not yet started.
pub(crate) struct SignedIn {
    pub(crate) simulator: Simulator,
    pub(crate) app: App,
}

impl SignedIn {
    pub(crate) async fn at(place: &mut Place) -> Result<Self> {
        Self::with(Options::default(), place).await
    }

    pub(crate) async fn with(options: Options, place: &mut Place) -> Result<Self> {
        let simulator = Simulator::start(options)?;
        profile::make(place, &simulator.ready(), REPRESENTATIVE).await?;
        Ok(Self { simulator, app: App::at(place)? })
    }

    /// Changes the text of the settings; must come before the app starts.
    pub(crate) fn change_settings(
        &self,
        place: &Place,
        edit: impl FnOnce(String) -> String,
    ) -> Result<()> {
        let file = place.home().join(".config/casebridge/settings.toml");
        Ok(fs::write(&file, edit(fs::read_to_string(&file)?))?)
    }

    /// Starts the app and waits for its icon.
    pub(crate) async fn start(&self, desktop: &Desktop) -> Result<u32> {
        let running = self.app.start(desktop, &[])?;
        desktop.tray()?.shown().await?;
        Ok(running)
    }

    /// Lets the app register itself for our links, and ends it.
    pub(crate) async fn run_once(&self, desktop: &Desktop) -> Result<()> {
        let running = self.start(desktop).await?;
        let list = desktop.home().join(".config/mimeapps.list");
        wait::until("the registration for links", || async {
            let text = fs::read_to_string(&list).unwrap_or_default();
            Ok(text.contains("x-scheme-handler/casebridge").then_some(()))
        })
        .await?;
        desktop.tray()?.press("Quit Casebridge").await?;
        ensure!(desktop.programs().wait_for_end(running).await? == 0, "the app ended badly");
        desktop.tray()?.gone().await
    }

    /// Opens a link while the app runs, as the desktop does.
    pub(crate) async fn open_link(&self, desktop: &Desktop, link: &str) -> Result<()> {
        let opened = self.app.start(desktop, &[link])?;
        let code = desktop.programs().wait_for_end(opened).await?;
        ensure!(code == 0, "the process that opened the link ended with {code}");
        Ok(())
    }
}

/// A window that a click on the case page opens.
pub(crate) struct Opens {
    button: &'static str,
    title: &'static str,
    pub(crate) page: &'static str,
}

pub(crate) const JUMP: Opens = Opens { button: "jump", title: title::JUMP, page: page::JUMP };
pub(crate) const TAG: Opens = Opens { button: "tag", title: title::TAG, page: page::TAG };

/// Everything that plays a part: the app runs, the browser shows the case, and a click there has
/// opened a window, which shows the case too.
pub(crate) struct Stage {
    pub(crate) signed_in: SignedIn,
    pub(crate) browser: Browser,
    pub(crate) app: Driver,
}

impl Stage {
    pub(crate) async fn at(
        signed_in: SignedIn,
        desktop: &mut Desktop,
        window: &Opens,
    ) -> Result<Self> {
        let ready = signed_in.simulator.ready();
        let browser = Browser::start(desktop, &ready).await?;
        case_page::open(&browser, &ready).await?;
        signed_in.run_once(desktop).await?;
        signed_in.start(desktop).await?;
        // A window has to be there for its driver.
        case_page::click(&browser, &ready, window.button).await?;
        windows::appears(desktop, window.title).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(window.page).await?;
        app.shows("Printer on floor 3").await?;
        Ok(Self { signed_in, browser, app })
    }

    pub(crate) fn sessions(&self) -> Vec<Value> {
        case_page::state(&self.signed_in.simulator, "sessions")
    }

    /// Closes the window, and waits until it is gone.
    pub(crate) async fn close(&self, desktop: &Desktop, window: &Opens) -> Result<()> {
        self.app.close_page(window.page, async || windows::close(desktop, window.title)).await
    }
}
