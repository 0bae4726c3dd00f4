//! A profile, the simulator and the app's loop, with everything but the desktop real.

use crate::case_page;
use crate::fake_clock::FakeClock;
use crate::fake_shell::{FakeShell, OnPage};
use crate::rep_console;
use anyhow::{Context, Result};
use casebridge_desktop::App;
use casebridge_domain::Failure;
use casebridge_ipc::{FailureView, Window};
use casebridge_platform::Profile;
use casebridge_platform::secrets::{MemoryStore, SecretName, SecretStore, SecretString};
use casebridge_simulator::{Options, Ready, Simulator};
use casebridge_use_cases::account::{self, Account};
use casebridge_use_cases::{Casebridge, Clock};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use url::Url;

/// A profile beside a running simulator.
pub struct Scene {
    /// The other side.
    pub simulator: Simulator,
    /// The profile's use cases.
    pub casebridge: Casebridge,
    /// The profile's secrets.
    pub secrets: Arc<MemoryStore>,
    /// The profile's folder.
    pub folder: TempDir,
}

impl Scene {
    /// A profile that is set up, with nobody signed in.
    ///
    /// # Errors
    /// The machine refuses a port or a folder.
    pub fn signed_out() -> Result<Self> {
        Self::beside(Options::default())
    }

    /// The usual one, whose case pages have the Lightning components.
    ///
    /// # Errors
    /// As before.
    pub async fn with_components() -> Result<Self> {
        let scene = Self::beside(case_page::with_components())?;
        let signed_in = scene.sign_in("ada@example.test").await;
        signed_in.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
        Ok(scene)
    }

    fn beside(options: Options) -> Result<Self> {
        let options = Options { redirect_ports: free_ports()?, ..options };
        let simulator = Simulator::start(options)?;
        let folder = tempfile::tempdir()?;
        let (casebridge, secrets) = set_up(folder.path(), simulator.ready())?;
        Ok(Self { simulator, casebridge, secrets, folder })
    }

    /// A profile with this person signed in.
    ///
    /// # Errors
    /// As before, or the sign-in failed.
    pub async fn signed_in(username: &str) -> Result<Self> {
        let scene = Self::signed_out()?;
        scene.sign_in(username).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
        Ok(scene)
    }

    /// The usual one: Ada, who is logged in to the representative console.
    ///
    /// # Errors
    /// As before.
    pub async fn new() -> Result<Self> {
        Self::signed_in("ada@example.test").await
    }

    /// Writes the settings anew, with further text behind them.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn change_settings(&self, edit: impl FnOnce(String) -> String) -> Result<()> {
        let text = edit(settings(&self.simulator.ready(), ""));
        std::fs::write(self.folder.path().join("settings.toml"), text)?;
        self.casebridge.reload();
        Ok(())
    }

    /// Changes the settings as they are.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn edit_settings(&self, edit: impl FnOnce(String) -> String) -> Result<()> {
        let file = self.folder.path().join("settings.toml");
        std::fs::write(&file, edit(std::fs::read_to_string(&file)?))?;
        self.casebridge.reload();
        Ok(())
    }

    /// Writes the settings anew, with a console for Ada and this much patience for jumps.
    ///
    /// # Errors
    /// The stand-in for the console was not built, or a file cannot be written.
    pub fn with_console(self, more: &str) -> Result<Self> {
        let ready = self.simulator.ready();
        let console = rep_console::install(self.folder.path(), &ready, "ada", false)?;
        self.change_settings(|text| {
            format!("{text}[rep_console]\npath = {:?}\n{more}", console.display().to_string())
        })?;
        Ok(self)
    }

    /// Looks at a page of the org, as its browser does.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn visit(&self, page: &str) -> Result<()> {
        visit(page.parse()?).await?.error_for_status()?;
        Ok(())
    }

    /// Sends the form of a page of the org as it is filled in, as its browser does at a click.
    ///
    /// # Errors
    /// The page has no form, or the org refuses it.
    pub async fn save_page(&self, page: &str) -> Result<()> {
        let page: Url = page.parse()?;
        let text = visit(page.clone()).await?.error_for_status()?.text().await?;
        let fields = text.split("<input name=\"").skip(1).filter_map(|field| {
            let (name, rest) = field.split_once("\" value=\"")?;
            Some((name, rest.split_once('"')?.0))
        });
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let post = browser_client()?.post(page).body(body);
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        post.send().await?.error_for_status()?;
        Ok(())
    }

    /// The sessions on the appliance.
    pub fn sessions(&self) -> Vec<Value> {
        self.simulator.state()["sessions"].as_array().cloned().unwrap_or_default()
    }

    /// The scripts that the console was given.
    pub fn console_runs(&self) -> Vec<Value> {
        self.simulator.state()["console_runs"].as_array().cloned().unwrap_or_default()
    }

    /// A second appliance of this name, with the same people, in the settings and the secrets.
    ///
    /// # Errors
    /// The machine refuses a port, or the secret cannot be stored.
    pub fn second_appliance(&self, name: &str) -> Result<Simulator> {
        let options = Options { seed: 2, redirect_ports: free_ports()?, ..Options::default() };
        let second = Simulator::start(options)?;
        let ready = second.ready();
        let secret = SecretString::from(ready.appliance.client_secret.clone());
        self.secrets.set(&SecretName::ApplianceClientSecret(name.to_owned()), &secret)?;
        self.edit_settings(|text| {
            format!(
                "{text}[appliance.{name}]\nhostname = {:?}\nclient_id = {:?}\nca_file = {:?}\n",
                ready.appliance.hostname, ready.appliance.client_id, ready.ca_file,
            )
        })?;
        Ok(second)
    }

    /// Signs in through a browser that allows everything.
    ///
    /// # Errors
    /// Whatever a person would meet.
    pub async fn sign_in(&self, username: &str) -> Result<Account, Failure> {
        sign_in_to(&self.casebridge, username).await
    }

    /// Another computer of the same person, with a profile of its own.
    ///
    /// # Errors
    /// A folder cannot be made, or the sign-in failed.
    pub async fn another_computer(&self) -> Result<Casebridge> {
        let folder = self.folder.path().join("other-computer");
        std::fs::create_dir(&folder)?;
        let (casebridge, _) = set_up(&folder, self.simulator.ready())?;
        let signed_in = sign_in_to(&casebridge, "ada@example.test").await;
        signed_in.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
        Ok(casebridge)
    }

    /// The same profile at another computer's clocks.
    ///
    /// # Errors
    /// The profile's folders cannot be used.
    pub fn at_clock(&self, clock: Clock) -> Result<Casebridge> {
        let profile = Profile::open(Some(self.folder.path()))?;
        Ok(Casebridge::new(profile, self.secrets.clone(), clock))
    }

    /// Starts the app's loop on a desktop that remembers.
    pub fn app(&self) -> Stage {
        self.app_with_browser(browser("ada@example.test"))
    }

    /// The same, with a browser of the caller's.
    pub fn app_with_browser(&self, browser: OnPage) -> Stage {
        self.app_of(&self.casebridge, browser)
    }

    /// The same, at a clock of the caller's.
    ///
    /// # Errors
    /// The profile's folders cannot be used.
    pub fn app_at(&self, clock: &FakeClock) -> Result<Stage> {
        Ok(self.app_of(&self.at_clock(clock.clock())?, browser("ada@example.test")))
    }

    /// The same, of a profile of the caller's.
    pub fn app_of(&self, casebridge: &Casebridge, browser: OnPage) -> Stage {
        let shell = FakeShell::new(browser, self.folder.path().join("downloads"));
        let (app, _ending) = casebridge_desktop::start(casebridge.clone(), shell.clone());
        shell.tell(&app);
        Stage { app, shell }
    }

    /// How often the simulator was asked for a path.
    pub fn calls(&self, path: &str) -> usize {
        let state = self.simulator.state();
        let calls = state["calls"].as_array().map_or(&[][..], Vec::as_slice);
        calls.iter().filter(|c| c["path"].as_str().is_some_and(|p| p.contains(path))).count()
    }

    /// The keys that the appliance made.
    pub fn keys(&self) -> Vec<Value> {
        self.simulator.state()["keys"].as_array().cloned().unwrap_or_default()
    }

    /// The e-mails that the org logged.
    pub fn emails(&self) -> Vec<Value> {
        self.simulator.state()["emails"].as_array().cloned().unwrap_or_default()
    }

    /// The stored refresh token.
    ///
    /// # Errors
    /// There is none.
    pub fn refresh_token(&self) -> Result<SecretString> {
        self.secrets.get(&SecretName::OrgRefreshToken)?.context("no refresh token")
    }
}

/// The app and its desktop.
pub struct Stage {
    /// The app.
    pub app: App,
    /// The desktop.
    pub shell: Arc<FakeShell>,
}

impl Stage {
    /// Ends the app.
    ///
    /// # Errors
    /// It does not end.
    pub async fn quit(self) -> Result<()> {
        self.app.press_menu("quit");
        self.shell.until("the end", |seen| seen.ended).await.map(drop)
    }

    async fn command(
        &self,
        window: Window,
        command: &str,
        form: Value,
    ) -> Result<Value, FailureView> {
        self.app.command(window, command, &json!({ "form": form })).await
    }

    /// A command of the case window.
    ///
    /// # Errors
    /// What the window would show.
    pub async fn case(&self, command: &str, form: Value) -> Result<Value, FailureView> {
        self.command(Window::Case, command, form).await
    }

    /// A command of the jump window.
    ///
    /// # Errors
    /// What the window would show.
    pub async fn jump(&self, command: &str, form: Value) -> Result<Value, FailureView> {
        self.command(Window::Jump, command, form).await
    }

    /// A command of the tag window.
    ///
    /// # Errors
    /// What the window would show.
    pub async fn tag(&self, command: &str, form: Value) -> Result<Value, FailureView> {
        self.command(Window::Tag, command, form).await
    }

    /// A command of the activity window.
    ///
    /// # Errors
    /// What the window would show.
    pub async fn activity(&self, command: &str, form: Value) -> Result<Value, FailureView> {
        self.command(Window::Activity, command, form).await
    }

    /// A command of the settings window.
    ///
    /// # Errors
    /// What the window would show.
    pub async fn settings(&self, command: &str, form: Value) -> Result<Value, FailureView> {
        self.command(Window::Settings, command, form).await
    }
}

/// Fills a folder with a profile whose appliance's secret is stored.
fn set_up(folder: &Path, ready: Ready) -> Result<(Casebridge, Arc<MemoryStore>)> {
    std::fs::write(folder.join("settings.toml"), settings(&ready, ""))?;
    let name = SecretName::ApplianceClientSecret("Default".to_owned());
    let secret = SecretString::from(ready.appliance.client_secret);
    let secrets = Arc::new(MemoryStore::with([(name, secret)]));
    let profile = Profile::open(Some(folder))?;
    Ok((Casebridge::new(profile, secrets.clone(), Clock::system()), secrets))
}

async fn sign_in_to(casebridge: &Casebridge, username: &str) -> Result<Account, Failure> {
    let browser = browser(username);
    account::sign_in(casebridge, |page, _| {
        browser(page);
        Ok(())
    })
    .await
}

/// The settings that a first run would write.
pub fn settings(ready: &Ready, more: &str) -> String {
    format!(
        "version = 1\n[appliance.Default]\nhostname = {:?}\nclient_id = {:?}\nca_file = {:?}\n\
         [org]\nlogin_url = {:?}\nclient_id = {:?}\nca_file = {:?}\nredirect_ports = {:?}\n\
         [poll]\ninterval = 1\n{more}",
        ready.appliance.hostname,
        ready.appliance.client_id,
        ready.ca_file,
        ready.org.login_url,
        ready.org.client_id,
        ready.ca_file,
        ready.org.redirect_ports,
    )
}

/// A browser in which this person always signs in and allows.
pub fn browser(username: &str) -> OnPage {
    let username = username.to_owned();
    Arc::new(move |page: &Url| {
        let mut page = page.clone();
        page.query_pairs_mut().append_pair("login_hint", &username);
        // Where the browser ends up shows in the app.
        tokio::spawn(visit(page));
    })
}

/// A browser that takes the simulator's own certificate.
fn browser_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().tls_danger_accept_invalid_certs(true).build()
}

/// Follows a page to its end.
async fn visit(page: Url) -> reqwest::Result<reqwest::Response> {
    browser_client()?.get(page).header("X-Simulator-Allow", "1").send().await
}

/// Ports that nobody listens on now.
fn free_ports() -> Result<Vec<u16>> {
    let listeners: Vec<TcpListener> =
        (0..3).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<std::io::Result<_>>()?;
    let ports = listeners.iter().map(|l| Ok(l.local_addr()?.port()));
    ports.collect()
}
