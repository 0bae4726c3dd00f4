//! A browser without a screen, and the app behind its pages.

use anyhow::Result;
use casebridge_tests::desktop::place::Place;
use casebridge_tests::driver::{Driver, free_port};
use casebridge_tests::http_host;
use casebridge_tests::scene::{Scene, Stage};
use casebridge_tests::wait;
use serde_json::json;
use tempfile::TempDir;

/// The app, its simulator, and a browser at its pages.
pub(crate) struct Pages {
    pub(crate) scene: Scene,
    pub(crate) stage: Stage,
    pub(crate) page: Driver,
    address: String,
    // Ends the browser, then takes its files away.
    _place: Place,
    _folder: TempDir,
}

impl Pages {
    pub(crate) async fn open(scene: Scene) -> Result<Self> {
        let stage = scene.app();
        let address = http_host::serve(&stage).await?;
        let folder = tempfile::tempdir()?;
        let place = Place::new(folder.path())?;
        let port = free_port()?;
        let mut program = place.command("chromedriver");
        program.arg(format!("--port={port}"));
        place.programs().start("chromedriver", program)?;
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--window-size=480,900".to_owned(),
            format!("--user-data-dir={}", place.home().join("browser").display()),
        ];
        let capabilities = json!({
            "goog:chromeOptions": { "binary": "/usr/bin/chromium", "args": arguments },
            "unhandledPromptBehavior": "ignore",
            // The simulated org's certificate is its own.
            "acceptInsecureCerts": true,
        });
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        let page = Driver::connect(port, &capabilities).await?;
        Ok(Self { scene, stage, page, address, _place: place, _folder: folder })
    }

    /// Shows a window's page.
    pub(crate) async fn show(&self, window: &str) -> Result<()> {
        self.page.open(&format!("{}/{window}/{window}.html", self.address)).await
    }

    /// Presses keys, wherever the focus is.
    pub(crate) async fn keys(&self, keys: &str) -> Result<()> {
        // What a person sees, they need a moment to react to: so long a window ignores Enter.
        wait::until("the filled button takes Enter", || async {
            Ok((!self.page.has("[data-fresh]").await?).then_some(()))
        })
        .await?;
        self.page.type_keys(keys).await
    }
}
