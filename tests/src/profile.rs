//! A profile that is set up already: settings, the appliance's secret, a signed-in representative.

use crate::app::built_program;
use crate::desktop::place::Place;
use crate::{rep_console, wait};
use anyhow::{Context, Result, bail, ensure};
use casebridge_platform::Profile;
use casebridge_platform::secrets::{KeyringStore, SecretName, SecretStore, SecretString};
use casebridge_simulator::Ready;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use url::Url;

/// The word by which our own program saves the appliance's secret, see [`save_secret`].
pub const SAVE_SECRET: &str = "save-secret";
/// The word by which our own program forgets all secrets, see [`forget_secrets`].
pub const FORGET_SECRETS: &str = "forget-secrets";

const SECRET_VARIABLE: &str = "CASEBRIDGE_DESKTOP_SECRET";

/// The folder of the settings at a place.
pub fn folder(place: &Place) -> PathBuf {
    let given = place.environment().get("CASEBRIDGE_CONFIG_DIR");
    given.map_or_else(|| place.home().join(".config/casebridge"), PathBuf::from)
}

/// Sets a place up for this person of the simulator's org, with the app's own programs.
///
/// # Errors
/// When a step fails.
pub async fn make(place: &mut Place, simulator: &Ready, username: &str) -> Result<()> {
    write_settings(place, simulator)?;
    run_own(place, SAVE_SECRET, &simulator.appliance.client_secret)?;
    sign_in(place, simulator, username).await
}

/// Writes the settings that the first run would ask for.
///
/// # Errors
/// When they cannot be written.
pub fn write_settings(place: &Place, simulator: &Ready) -> Result<()> {
    let folder = folder(place);
    fs::create_dir_all(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    let ports: Vec<String> = simulator.org.redirect_ports.iter().map(ToString::to_string).collect();
    let visible = place.is_for_person();
    let console = rep_console::install(&folder, simulator, "ada", visible)?;
    let text = format!(
        "[appliance.Default]\nhostname = \"{}\"\nclient_id = \"{}\"\nca_file = \"{ca}\"\n\n\
         [org]\nlogin_url = \"{}\"\nclient_id = \"{}\"\nca_file = \"{ca}\"\nredirect_ports = [{}]\n\n\
         [rep_console]\npath = \"{}\"\n[poll]\ninterval = 2\n",
        simulator.appliance.hostname,
        simulator.appliance.client_id,
        simulator.org.login_url,
        simulator.org.client_id,
        ports.join(", "),
        console.display(),
        ca = simulator.ca_file,
    );
    fs::write(folder.join("settings.toml"), text)?;
    Ok(())
}

/// Takes everything out of the keyring that [`make`] put there.
///
/// # Errors
/// When the keyring refuses.
pub fn unmake(place: &Place) -> Result<()> {
    run_own(place, FORGET_SECRETS, "")
}

/// The keyring is that of the environment, so a program of ours uses it there.
fn run_own(place: &Place, word: &str, secret: &str) -> Result<()> {
    let mut command = place.command(built_program("casebridge-desktop")?);
    command.arg(word).env(SECRET_VARIABLE, secret);
    let ended = place.programs().run(word, command)?;
    ensure!(ended.code == Some(0), "{word}: {}", ended.errors);
    Ok(())
}

/// Saves the secret of our environment in the keyring of our environment.
///
/// # Errors
/// When the keyring refuses.
pub fn save_secret() -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a secret does not belong among the arguments")]
    let secret = std::env::var(SECRET_VARIABLE).context(SECRET_VARIABLE)?;
    let store = KeyringStore::new(&Profile::open(own_folder().as_deref())?);
    Ok(store.set(&appliance_secret(), &SecretString::from(secret))?)
}

/// Forgets every secret of the profile in our environment.
///
/// # Errors
/// When the keyring refuses.
pub fn forget_secrets() -> Result<()> {
    let store = KeyringStore::new(&Profile::open(own_folder().as_deref())?);
    store.delete(&SecretName::OrgRefreshToken)?;
    Ok(store.delete(&appliance_secret())?)
}

fn appliance_secret() -> SecretName {
    SecretName::ApplianceClientSecret("Default".to_owned())
}

#[expect(clippy::disallowed_methods, reason = "the profile is that of our own environment")]
fn own_folder() -> Option<PathBuf> {
    std::env::var_os("CASEBRIDGE_CONFIG_DIR").map(PathBuf::from)
}

/// Signs in with the command-line program; we are its browser.
async fn sign_in(place: &mut Place, simulator: &Ready, username: &str) -> Result<()> {
    let asked = place.short_folder().join("sign-in-address");
    let browser = note_address(place.short_folder(), &asked)?;
    let mut command = place.command(built_program("casebridgectl")?);
    command.args(["--json", "sign-in"]).env("BROWSER", browser);
    let begun = place.programs().begin("casebridgectl", command)?;
    let address = wait::until("the address of the sign-in page", || async {
        Ok(fs::read_to_string(&asked).ok().filter(|address| !address.is_empty()))
    });
    let allowed = match address.await {
        Ok(address) => allow(simulator, &address, username).await,
        Err(error) => Err(error),
    };
    let ended = begun.ended()?;
    if ended.code != Some(0) {
        bail!("sign-in failed: {}{} ({allowed:?})", ended.output, ended.errors);
    }
    allowed
}

/// A program that writes the address it should open to a file, whole or not at all.
fn note_address(folder: &Path, file: &Path) -> Result<PathBuf> {
    let script = folder.join("note-address");
    let file = file.display();
    let text = format!("#!/bin/sh\nprintf %s \"$1\" > '{file}.new' && mv '{file}.new' '{file}'\n");
    fs::write(&script, text)?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    Ok(script)
}

/// Allows access at the simulator's sign-in page without a click, and follows it back.
async fn allow(simulator: &Ready, address: &str, username: &str) -> Result<()> {
    // Whoever was first has installed the same.
    rustls::crypto::ring::default_provider().install_default().ok();
    let mut address = Url::parse(address)?;
    address.query_pairs_mut().append_pair("login_hint", username);
    let authority = reqwest::Certificate::from_pem(&fs::read(&simulator.ca_file)?)?;
    let client = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build()?;
    let answer = client.get(address).header("x-simulator-allow", "1").send().await?;
    ensure!(answer.status().is_success(), "the way back from sign-in said {}", answer.status());
    Ok(())
}
