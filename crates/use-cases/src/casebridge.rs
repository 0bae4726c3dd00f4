//! A profile with its settings, secrets and clients. Clients are created when first needed, and
//! each has one shared token. They are dropped when the settings change.

use crate::clock::Clock;
use crate::{failures, settings_file};
use casebridge_beyondtrust::{Appliance, ApplianceConfig};
use casebridge_domain::settings::{Address, Category, DEFAULT_APPLIANCE, Settings, setting};
use casebridge_domain::{Failure, FailureCode, OrgId, UserId};
use casebridge_platform::Profile;
use casebridge_platform::files::write_private_atomically;
use casebridge_platform::lock::profile_lock;
use casebridge_platform::secrets::{
    CredentialsFile, ExposeSecret, KeyringStore, SecretError, SecretName, SecretStore,
    SecretString, refresh_lock,
};
use casebridge_salesforce::{LoginUrl, Org, OrgConfig, RefreshTokenStore, StoreError, StoreGuard};
use casebridge_store::Store;
use casebridge_transport::{HttpClient, HttpOptions, client};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use url::Url;

/// How long another process of the profile may take to repair the store.
const MENDING_PATIENCE: Duration = Duration::from_secs(60);
/// How long a token refresh waits for another process of the same profile.
const REFRESH_PATIENCE: Duration = Duration::from_secs(45);

/// How long the program waits for a token refresh before it exits.
const SETTLE_PATIENCE: Duration = Duration::from_secs(5);

/// A profile with everything that use cases need. Clones share their state.
#[derive(Clone)]
pub struct Casebridge {
    inner: Arc<Inner>,
    /// The only user as whom the org may be called. If absent, the signed-in user.
    only_as: Option<(OrgId, UserId)>,
}

struct Inner {
    profile: Profile,
    secrets: Arc<dyn SecretStore>,
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    settings: Arc<Settings>,
    appliances: BTreeMap<String, Arc<Appliance>>,
    /// When a secret of the appliances was last changed, as far as the clients know.
    secrets_at: Option<SystemTime>,
    org: Option<Org>,
    store: Option<Arc<Store>>,
}

impl Casebridge {
    /// Opens a profile. Secrets are in the keyring, or in the credentials file if one is named.
    ///
    /// # Errors
    /// The profile's folders can't be used. Settings that can't be read are not an error here: the
    /// doctor reports them.
    pub fn open(config_dir: Option<&Path>, credentials: Option<&Path>) -> Result<Self, Failure> {
        let profile = Profile::open(config_dir).map_err(failures::of_profile)?;
        let secrets: Arc<dyn SecretStore> = match credentials {
            Some(path) => Arc::new(CredentialsFile::new(path)),
            None => Arc::new(KeyringStore::new(&profile)),
        };
        Ok(Self::new(profile, secrets, Clock::system()))
    }

    /// Creates a profile with the caller's secrets and clock.
    pub fn new(profile: Profile, secrets: Arc<dyn SecretStore>, clock: Clock) -> Self {
        let settings = Arc::new(settings_file::read(&profile));
        let state = State {
            settings,
            appliances: BTreeMap::new(),
            secrets_at: modified(&secret_changes(&profile)),
            org: None,
            store: None,
        };
        let inner = Inner { profile, secrets, clock, state: Mutex::new(state) };
        Self { inner: Arc::new(inner), only_as: None }
    }

    /// The profile's folders.
    pub fn profile(&self) -> &Profile {
        &self.inner.profile
    }

    /// The current settings.
    pub fn settings(&self) -> Arc<Settings> {
        self.state().settings.clone()
    }

    /// Whether an appliance and an org are set up.
    pub fn is_configured(&self) -> bool {
        let settings = self.settings();
        !settings.appliances().is_empty() && settings.get(&setting::ORG_LOGIN_URL).is_some()
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The time since the computer started, including sleep. Used for deadlines within this run.
    pub fn uptime(&self) -> Duration {
        self.inner.clock.uptime()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes settings, all or none. Clients and their tokens are kept unless they depend on a
    /// changed value.
    ///
    /// # Errors
    /// A value is invalid or set by policy, or the file can't be written.
    pub fn change_settings(&self, changes: &[(String, String)]) -> Result<(), Failure> {
        self.check_settings(changes)?;
        settings_file::change(&self.inner.profile, &self.settings(), changes)?;
        let new = Arc::new(settings_file::read(&self.inner.profile));
        let mut state = self.state();
        let old = std::mem::replace(&mut state.settings, new.clone());
        let moved = |category: Category| {
            let of = |settings: &Settings| -> Vec<String> {
                let values = settings.all().filter(|v| v.declaration.category == category);
                values.map(|v| format!("{}={}", v.key, v.value)).collect()
            };
            of(&old) != of(&new)
        };
        let site = |settings: &Settings, name: &str| {
            let own = settings.appliance(name);
            own.map(|own| (own.hostname, own.client_id, own.ca_file))
        };
        match moved(Category::Network) {
            true => state.appliances.clear(),
            false => state.appliances.retain(|name, _| site(&old, name) == site(&new, name)),
        }
        if moved(Category::Salesforce) || moved(Category::Network) {
            state.org = None;
        }
        Ok(())
    }

    /// Checks whether settings could be changed like this, without changing them.
    ///
    /// # Errors
    /// A value is invalid, its setting is not known, or it is set by policy.
    pub fn check_settings(&self, changes: &[(String, String)]) -> Result<(), Failure> {
        for (_, address) in changes.iter().filter(|(key, _)| key == setting::ORG_LOGIN_URL.key()) {
            if !address.trim().is_empty() {
                let suffixes = setting::ORG_LOGIN_SUFFIXES.key();
                let suffixes = match changes.iter().find(|(key, _)| key == suffixes) {
                    Some((_, text)) => text.split(',').map(str::to_owned).collect(),
                    None => self.settings().get(&setting::ORG_LOGIN_SUFFIXES),
                };
                LoginUrl::new(address, &suffixes).map_err(failures::of_org)?;
            }
        }
        settings_file::check(&self.settings(), changes).map(drop)
    }

    fn login_url(&self, address: &Address) -> Result<LoginUrl, Failure> {
        let suffixes = self.settings().get(&setting::ORG_LOGIN_SUFFIXES);
        LoginUrl::new(address.as_str(), &suffixes).map_err(failures::of_org)
    }

    /// Reloads the settings and drops all clients.
    pub fn reload(&self) {
        let settings = Arc::new(settings_file::read(&self.inner.profile));
        let mut state = self.state();
        state.settings = settings;
        state.appliances.clear();
        state.org = None;
    }

    /// The client of a configured appliance, or of the first one.
    ///
    /// # Errors
    /// It is not set up, its secret is missing or can't be read, or its settings can't be used.
    pub async fn appliance(&self, name: Option<&str>) -> Result<Arc<Appliance>, Failure> {
        let name = name.unwrap_or(DEFAULT_APPLIANCE);
        if let Some(appliance) = self.current_client(name) {
            return Ok(appliance);
        }
        let settings = self.settings();
        let config = settings.appliance(name).ok_or_else(|| appliance_missing(&settings, name))?;
        let secret = self.secret(SecretName::ApplianceClientSecret(name.to_owned())).await?;
        let secret = secret.ok_or_else(|| {
            Failure::new(FailureCode::ApplianceSecretMissing, config.hostname.clone())
        })?;
        let http = self.http(config.ca_file.clone(), false)?;
        let site = config.hostname.clone();
        let config = ApplianceConfig {
            hostname: config.hostname,
            client_id: config.client_id,
            client_secret: secret,
        };
        let appliance =
            Appliance::new(http, config).map_err(|e| failures::of_appliance(&site, e))?;
        let mut state = self.state();
        // Two concurrent callers must share one token.
        Ok(state.appliances.entry(name.to_owned()).or_insert_with(|| Arc::new(appliance)).clone())
    }

    /// The client of an appliance, unless another program of the profile changed a secret since.
    fn current_client(&self, name: &str) -> Option<Arc<Appliance>> {
        let changed = modified(&secret_changes(&self.inner.profile));
        let mut state = self.state();
        if state.secrets_at != changed {
            state.secrets_at = changed;
            state.appliances.clear();
        }
        state.appliances.get(name).cloned()
    }

    /// The URL of a configured appliance, or of the first one. Does not need its secret.
    ///
    /// # Errors
    /// It is not set up, or its host name can't be used.
    pub fn site(&self, name: Option<&str>) -> Result<Url, Failure> {
        let name = name.unwrap_or(DEFAULT_APPLIANCE);
        let settings = self.settings();
        let config = settings.appliance(name).ok_or_else(|| appliance_missing(&settings, name))?;
        casebridge_beyondtrust::site_address(&config.hostname)
            .map_err(|e| failures::of_appliance(&config.hostname, e))
    }

    /// The profile's store, opened when first needed.
    ///
    /// # Errors
    /// It can't be read or written.
    pub fn store(&self) -> Result<Arc<Store>, Failure> {
        let mut state = self.state();
        // Another process may have replaced the store.
        if let Some(store) = state.store.as_ref().filter(|store| store.is_in_place()) {
            return Ok(store.clone());
        }
        let store = Arc::new(self.open_store()?);
        state.store = Some(store.clone());
        Ok(store)
    }

    /// Opens the store. A damaged store is first repaired, by only one process of the profile.
    fn open_store(&self) -> Result<Store, Failure> {
        let folder = &self.inner.profile.data_dir;
        let (path, place) = (folder.join("casebridge.db"), self.inner.secrets.place());
        let of = |error: casebridge_store::StoreError| {
            let mut failure = failures::of_store(error);
            failure.detail = format!("{}: {}", folder.display(), failure.detail);
            failure
        };
        match Store::open(&path, &place) {
            Err(error) if error.is_damage() => {
                tracing::error!(%error, "the store is damaged");
                let lock = profile_lock(&self.inner.profile, "store", MENDING_PATIENCE);
                let _lock = lock.map_err(failures::of_disk)?;
                match Store::open(&path, &place) {
                    Err(error) if error.is_damage() => Store::mend(&path, &place, self.now()),
                    mended_meanwhile => mended_meanwhile,
                }
                .map_err(of)
            }
            opened => opened.map_err(of),
        }
    }

    /// Drops a store whose file is damaged, so that the next use repairs it.
    pub(crate) fn forget_store(&self) {
        self.state().store = None;
    }

    /// The same profile, whose org is only called as this user. If another user is signed in, each
    /// call fails with [`FailureCode::OtherSignIn`].
    #[must_use]
    pub fn only_as(&self, org: OrgId, user: UserId) -> Self {
        Self { inner: self.inner.clone(), only_as: Some((org, user)) }
    }

    /// The client of the org.
    ///
    /// # Errors
    /// The org is not set up, or its settings can't be used.
    pub fn org(&self) -> Result<Org, Failure> {
        let org = self.any_org()?;
        Ok(match &self.only_as {
            Some((only, user)) => org.only_as(only, user),
            None => org,
        })
    }

    fn any_org(&self) -> Result<Org, Failure> {
        if let Some(org) = &self.state().org {
            return Ok(org.clone());
        }
        let settings = self.settings();
        let (Some(login_url), Some(client_id)) =
            (settings.get(&setting::ORG_LOGIN_URL), settings.get(&setting::ORG_CLIENT_ID))
        else {
            return Err(Failure::new(FailureCode::NotConfigured, "Salesforce is not set up."));
        };
        let config = OrgConfig { login_url: self.login_url(&login_url)?, client_id };
        let http = self.http(settings.get(&setting::ORG_CA_FILE), true)?;
        let tokens =
            OrgTokens { profile: self.inner.profile.clone(), secrets: self.inner.secrets.clone() };
        Ok(self.state().org.get_or_insert_with(|| Org::new(http, config, Arc::new(tokens))).clone())
    }

    pub(crate) fn http(
        &self,
        ca_file: Option<PathBuf>,
        pooling: bool,
    ) -> Result<HttpClient, Failure> {
        let settings = self.settings();
        let options = HttpOptions {
            ca_file,
            proxy: settings.get(&setting::NETWORK_PROXY).map(|proxy| proxy.as_str().to_owned()),
            pooling,
            ..HttpOptions::default()
        };
        client(&options)
            .map_err(|e| Failure::caused(failures::transport_code(&e), e.to_string(), e))
    }

    /// A stored secret.
    pub(crate) async fn secret(&self, name: SecretName) -> Result<Option<SecretString>, Failure> {
        self.with_secrets(move |secrets| secrets.get(&name)).await
    }

    /// Accesses the secrets outside the async threads, because a keyring may wait for a person.
    pub(crate) async fn with_secrets<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn SecretStore) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, Failure> {
        let secrets = self.inner.secrets.clone();
        match tokio::task::spawn_blocking(move || work(&*secrets)).await {
            Ok(result) => result.map_err(failures::of_secret),
            Err(error) => Err(Failure::caused(FailureCode::Internal, String::new(), error)),
        }
    }

    /// When a program of the profile last changed the stored sign-in, if ever.
    pub fn sign_in_changed(&self) -> Option<SystemTime> {
        modified(&changes(&self.inner.profile))
    }

    /// Waits until no process is exchanging the org's refresh token. A program that exits during
    /// the exchange would lose the sign-in.
    pub async fn settle(&self) {
        let profile = self.inner.profile.clone();
        let lock = tokio::task::spawn_blocking(move || refresh_lock(&profile, SETTLE_PATIENCE));
        // A process that holds the lock this long hangs. The exit must not wait for it.
        if let Ok(Err(error)) | Err(error) =
            lock.await.map_err(std::io::Error::other).map(|l| l.map(drop))
        {
            tracing::warn!(%error, "the sign-in was still being refreshed");
        }
    }

    /// Stores the client secret of an appliance and drops the client with the old secret.
    ///
    /// # Errors
    /// The secret could not be stored.
    pub async fn save_appliance_secret(
        &self,
        name: &str,
        secret: SecretString,
    ) -> Result<(), Failure> {
        let key = SecretName::ApplianceClientSecret(name.to_owned());
        self.with_secrets(move |secrets| secrets.set(&key, &secret)).await?;
        self.secret_changed(name);
        Ok(())
    }

    /// Removes the client secret of an appliance. One that is not stored is no error.
    ///
    /// # Errors
    /// The secret may still be stored.
    pub async fn remove_appliance_secret(&self, name: &str) -> Result<(), Failure> {
        let key = SecretName::ApplianceClientSecret(name.to_owned());
        self.with_secrets(move |secrets| secrets.delete(&key)).await?;
        self.secret_changed(name);
        Ok(())
    }

    /// Makes sure that an appliance is in the settings.
    ///
    /// # Errors
    /// It is not.
    pub fn check_appliance(&self, name: &str) -> Result<(), Failure> {
        let settings = self.settings();
        match settings.appliance(name) {
            Some(_) => Ok(()),
            None => Err(appliance_missing(&settings, name)),
        }
    }

    /// Drops the client with the old secret, here and in the other programs of the profile.
    fn secret_changed(&self, name: &str) {
        note_change(&secret_changes(&self.inner.profile));
        let mut state = self.state();
        state.secrets_at = modified(&secret_changes(&self.inner.profile));
        state.appliances.remove(name);
    }
}

fn appliance_missing(settings: &Settings, name: &str) -> Failure {
    let known = settings.appliances();
    match name {
        DEFAULT_APPLIANCE if known.is_empty() => {
            Failure::new(FailureCode::NotConfigured, "No appliance is set up.")
        }
        DEFAULT_APPLIANCE => Failure::new(
            FailureCode::DefaultApplianceMissing,
            format!("Your settings have {}.", known.join(", ")),
        ),
        _ => Failure::new(FailureCode::ApplianceUnknown, name),
    }
}

/// The org's refresh token, stored with the profile's other secrets.
struct OrgTokens {
    profile: Profile,
    secrets: Arc<dyn SecretStore>,
}

impl OrgTokens {
    /// The file that contains the hash of the token during its exchange.
    fn mark(&self) -> PathBuf {
        self.profile.data_dir.join("refresh.pending")
    }

    /// Updates a file when the stored sign-in changes, so that other programs of the profile notice
    /// without reading the keyring.
    fn note_change(&self) {
        note_change(&changes(&self.profile));
    }

    fn unmark(&self) -> Result<(), StoreError> {
        match std::fs::remove_file(self.mark()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::new(error)),
            _ => Ok(()),
        }
    }
}

/// The file whose modification time is the last change of the stored sign-in.
fn changes(profile: &Profile) -> PathBuf {
    profile.data_dir.join("sign-in.changed")
}

/// The file whose modification time is the last change of an appliance's stored secret.
fn secret_changes(profile: &Profile) -> PathBuf {
    profile.data_dir.join("secrets.changed")
}

/// Updates the file whose modification time tells the other programs of the profile of a change.
fn note_change(path: &Path) {
    let number = rand::random::<u64>().to_string();
    if let Err(error) = write_private_atomically(path, number.as_bytes()) {
        tracing::warn!(%error, "other programs do not learn of a changed secret at once");
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

fn hash(token: &SecretString) -> String {
    let digest = Sha256::digest(token.expose_secret().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl RefreshTokenStore for OrgTokens {
    fn load(&self) -> Result<Option<SecretString>, StoreError> {
        self.secrets.get(&SecretName::OrgRefreshToken).map_err(StoreError::new)
    }

    fn reserve(&self, token: &SecretString) -> Result<(), StoreError> {
        self.secrets.reserve(&SecretName::OrgRefreshToken).map_err(StoreError::new)?;
        write_private_atomically(&self.mark(), hash(token).as_bytes()).map_err(|error| {
            self.secrets.release();
            StoreError::new(SecretError::from_disk(&error, &self.mark()))
        })
    }

    fn release(&self) -> Result<(), StoreError> {
        self.secrets.release();
        self.unmark()
    }

    fn was_broken_off(&self, token: &SecretString) -> Result<bool, StoreError> {
        match std::fs::read_to_string(self.mark()) {
            Ok(mark) => Ok(mark == hash(token)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StoreError::new(error)),
        }
    }

    fn store(&self, token: &SecretString) -> Result<(), StoreError> {
        self.secrets.set(&SecretName::OrgRefreshToken, token).map_err(StoreError::new)?;
        self.note_change();
        self.unmark()
    }

    fn clear(&self) -> Result<(), StoreError> {
        self.secrets.delete(&SecretName::OrgRefreshToken).map_err(StoreError::new)?;
        self.note_change();
        self.unmark()
    }

    fn lock(&self) -> Result<StoreGuard, StoreError> {
        let lock = refresh_lock(&self.profile, REFRESH_PATIENCE).map_err(StoreError::new)?;
        Ok(Box::new(lock))
    }
}
