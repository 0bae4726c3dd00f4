//! The main job from the first start to the end, on real windows: what a representative, their
//! browser and their customer do. The demo and a test tell the same story.

use crate::app::{App, page, title};
use crate::browser::Browser;
use crate::desktop::{Desktop, Parts, Screen, windows};
use crate::driver::Driver;
use crate::{case_page, settings_window};
use anyhow::{Context, Result, ensure};
use casebridge_simulator::{FaultName, FaultSwitch, Ready, Simulator};
use std::fs;
use std::path::{Path, PathBuf};

/// The representative of the story.
pub const REPRESENTATIVE: &str = "ada@example.test";
const CUSTOMER: &str = "Rosa Marin";
const COMPUTER: &str = "FRONTDESK-3";

/// How to tell the story.
pub struct Telling<'a> {
    /// Home and logs; emptied first.
    pub folder: &'a Path,
    /// A picture of each window.
    pub pictures: &'a Path,
    /// Where the windows appear.
    pub screen: Screen,
    /// Called before each step.
    pub say: &'a dyn Fn(&str),
    /// The appliance's language: `fr`, `de`, or else English.
    pub language: Option<&'a str>,
}

/// The key that came of it.
#[derive(Debug)]
pub struct Key {
    /// As people read it, without blanks.
    pub short_key: String,
    /// Its address.
    pub url: String,
}

/// Tells the story to its end; on a failure the screen is in the pictures.
///
/// # Errors
/// When a step fails.
pub async fn tell(telling: &Telling<'_>) -> Result<Key> {
    clear(telling.pictures)?;
    let stage = Stage::build(telling).await?;
    let told = stage.play(telling).await;
    if told.is_err() {
        let state = serde_json::to_string_pretty(&stage.simulator.state())?;
        fs::write(telling.pictures.join("failure-simulator.json"), state)?;
        let path = telling.pictures.join("failure.png");
        stage.desktop.picture(&path).context("the picture of the failure")?;
    }
    told
}

/// Makes the folder, and takes out what an earlier telling left in it.
fn clear(pictures: &Path) -> Result<()> {
    fs::create_dir_all(pictures)?;
    for entry in fs::read_dir(pictures)? {
        let path = entry?.path();
        if path.is_file() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Everything that plays a part.
struct Stage {
    simulator: Simulator,
    ready: Ready,
    browser: Browser,
    app: App,
    desktop: Desktop,
}

impl Stage {
    async fn build(telling: &Telling<'_>) -> Result<Self> {
        (telling.say)("starting a desktop: display, bus, keyring, tray, notifications");
        let parts = Parts { screen: telling.screen, ..Parts::default() };
        let mut desktop = Desktop::start(telling.folder, parts).await?;
        (telling.say)("starting the simulated appliance and org");
        let simulator = Simulator::start(case_page::with_components())?;
        if let Some(language) = telling.language {
            simulator.fault(FaultSwitch::on(FaultName::Language).with_text(language));
        }
        let ready = simulator.ready();
        // The browser is not to be driven as if it were the app, so it comes first.
        (telling.say)("starting the browser at a case");
        let browser = Browser::start(&mut desktop, &ready).await?;
        case_page::open(&browser, &ready).await?;
        let app = App::at(&mut desktop)?;
        Ok(Self { simulator, ready, browser, app, desktop })
    }

    async fn play(&self, telling: &Telling<'_>) -> Result<Key> {
        let say = telling.say;
        let picture = |name: &str| -> PathBuf { telling.pictures.join(format!("{name}.png")) };
        say("starting the tray app for the first time");
        let running = self.app.start(&self.desktop, &[])?;
        let windows = self.app.windows(&self.desktop).await?;
        self.set_up(&windows, say, &picture).await?;
        let key = self.make_key(&windows, say, &picture).await?;
        self.send_email(&windows, &key, say, &picture).await?;
        self.join_and_leave(&windows, &key, say, &picture).await?;
        say("quitting by the tray menu");
        self.desktop.tray()?.press("Quit Casebridge").await?;
        let code = self.desktop.programs().wait_for_end(running).await?;
        ensure!(code == 0, "the tray app ended with {code}");
        Ok(key)
    }

    async fn set_up(
        &self,
        app: &Driver,
        say: &dyn Fn(&str),
        picture: &dyn Fn(&str) -> PathBuf,
    ) -> Result<()> {
        say("first run, step 1: the appliance and its secret");
        windows::appears(&self.desktop, title::SETTINGS).await?;
        settings_window::fill_appliance(app, &self.ready).await?;
        app.picture(&picture("1-settings-appliance")).await?;
        settings_window::save_appliance(app).await?;
        say("first run, step 2: the org, and signing in with the browser");
        settings_window::fill_org(app, &self.ready).await?;
        settings_window::sign_in(app, &self.browser, REPRESENTATIVE).await?;
        app.picture(&picture("2-settings-salesforce")).await?;
        app.press("Continue").await?;
        say("first run, step 3: all checks");
        settings_window::run_checks(app, &picture("3-settings-checks")).await?;
        app.press_until_gone("Finish", page::SETTINGS).await
    }

    async fn make_key(
        &self,
        app: &Driver,
        say: &dyn Fn(&str),
        picture: &dyn Fn(&str) -> PathBuf,
    ) -> Result<Key> {
        say("clicking the component on the case in the browser");
        self.browser.turn_to(&self.ready.case_id).await?;
        self.browser.picture(&picture("0-case-page")).await?;
        case_page::ask_by_component(&self.browser).await?;
        app.turn_to(page::CASE).await?;
        app.shows(&format!("Case {}", self.ready.case_number)).await?;
        let key = read_key(app).await?;
        let made = case_page::keys(&self.simulator);
        let known = made.first().and_then(|made| made["short_key"].as_str()).unwrap_or_default();
        ensure!(made.len() == 1, "the appliance made {} keys instead of one", made.len());
        ensure!(known == key.short_key, "the window shows {key:?}, the appliance made {known:?}");
        app.picture(&picture("4-case-key")).await?;
        self.desktop.picture(&picture("5-screen"))?;
        Ok(key)
    }

    async fn send_email(
        &self,
        app: &Driver,
        key: &Key,
        say: &dyn Fn(&str),
        picture: &dyn Fn(&str) -> PathBuf,
    ) -> Result<()> {
        say("sending the key by e-mail through the org");
        app.press("Send e-mail").await?;
        app.shows("Handed to Salesforce").await?;
        case_page::shows_email(&self.browser, &self.ready, &key.url).await?;
        app.picture(&picture("6-case-mail")).await?;
        self.browser.picture(&picture("7-browser-case")).await?;
        let emails = case_page::state(&self.simulator, "emails");
        let case = emails.first().and_then(|email| email["ParentId"].as_str());
        ensure!(emails.len() == 1, "the org has {} e-mails instead of one", emails.len());
        ensure!(case == Some(&self.ready.case_id), "the e-mail is on {case:?}");
        Ok(())
    }

    async fn join_and_leave(
        &self,
        app: &Driver,
        key: &Key,
        say: &dyn Fn(&str),
        picture: &dyn Fn(&str) -> PathBuf,
    ) -> Result<()> {
        say("joining as the customer, with the key's address");
        case_page::join(&self.browser, &key.url, CUSTOMER, COMPUTER).await?;
        self.browser.picture(&picture("8-browser-customer")).await?;
        app.shows(&format!("{CUSTOMER} joined")).await?;
        app.shows(&format!("on {COMPUTER}")).await?;
        app.picture(&picture("9-case-joined")).await?;
        let note = self.desktop.notifications.shown("Customer joined").await?;
        let wanted = format!("{CUSTOMER} joined the session for case {}", self.ready.case_number);
        ensure!(note.body == wanted, "the notification says {:?}", note.body);
        say("leaving as the customer");
        case_page::leave(&self.browser).await?;
        app.press_until_gone("Done", page::CASE).await?;
        let all = self.desktop.notifications.all();
        let joined = all.iter().filter(|note| note.summary == "Customer joined").count();
        ensure!(joined == 1, "{joined} notifications of one customer: {all:?}");
        Ok(())
    }
}

/// The key that the Case window shows.
///
/// # Errors
/// When it shows none.
pub async fn read_key(app: &Driver) -> Result<Key> {
    let shown = app.text(".key .short").await?;
    let url = app.run("return document.querySelector('.key p.url').title", vec![]).await?;
    let url = url.as_str().context("the key has no address")?.to_owned();
    Ok(Key { short_key: shown.split_whitespace().collect(), url })
}
