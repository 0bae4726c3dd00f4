//! The signed-in org: one grant, one refresh at a time, one repeat after an expired session.
//!
//! A refresh runs in its own task, so that a cancelled caller does not interrupt it between the
//! org's rotation and the storing of the new token. The rotated token is stored before the access
//! token is used.

use crate::error::Reported;
use crate::identity;
use crate::oauth::pkce::Verifier;
use crate::oauth::tokens::{self, Grant, RefreshTokenStore, StoreError, StoreGuard};
use crate::{ApiUsage, Error, LoginUrl, RetryKind};
use casebridge_domain::{OrgId, UserId};
use casebridge_transport::{HttpClient, Response, TransportError};
use jiff::Timestamp;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use url::Url;

/// The REST API version, except for calls that use a fixed older one.
pub const API_VERSION: &str = "v66.0";

/// The pauses before a read is repeated after a broken connection or a short outage of the org.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1200)];

/// The org and the app.
#[derive(Debug, Clone)]
pub struct OrgConfig {
    /// The org's login URL.
    pub login_url: LoginUrl,
    /// The client id of the org's own external client app.
    pub client_id: String,
}

/// The org's client; clones share one sign-in.
#[derive(Clone)]
pub struct Org(Arc<Inner>, Option<(OrgId, UserId)>);

struct Inner {
    http: HttpClient,
    config: OrgConfig,
    store: Arc<dyn RefreshTokenStore>,
    state: Mutex<State>,
    /// Held while the stored token changes: refresh, sign-in and sign-out never overlap.
    turn: tokio::sync::Mutex<()>,
    attempts: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    session: Option<Arc<Session>>,
    generation: u64,
    flight: Option<watch::Receiver<Option<Outcome>>>,
    /// The hash of a refresh token that the org refused. It is never sent again.
    refused: Option<[u8; 32]>,
    usage: Option<ApiUsage>,
    /// Fields that the user may not see, by their names in queries.
    hidden: BTreeSet<String>,
}

type Outcome = Result<Arc<Session>, Error>;

/// An access token and its host.
pub(crate) struct Session {
    access_token: SecretString,
    pub(crate) instance_url: Url,
    /// From the token answer, or requested once.
    identity: OnceLock<(OrgId, UserId)>,
    generation: u64,
}

/// One call of the REST API.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    /// Each becomes exactly one path segment.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// JSON.
    pub(crate) body: Option<Vec<u8>>,
    /// The time limit, if it is longer than usual.
    pub(crate) time: Option<Duration>,
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a [&'a str], query: &'a [(&'a str, &'a str)]) -> Self {
        Self { method: Method::GET, path, query, body: None, time: None }
    }

    pub(crate) fn post(path: &'a [&'a str], body: Value) -> Self {
        Self {
            method: Method::POST,
            path,
            query: &[],
            body: Some(body.to_string().into_bytes()),
            time: None,
        }
    }

    pub(crate) fn post_as(path: &'a [&'a str], body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(|_| Error::InvalidInput("it is no JSON"))?;
        Ok(Self { method: Method::POST, path, query: &[], body: Some(body), time: None })
    }

    pub(crate) fn delete(path: &'a [&'a str], query: &'a [(&'a str, &'a str)]) -> Self {
        Self { method: Method::DELETE, path, query, body: None, time: None }
    }

    pub(crate) fn patch(path: &'a [&'a str], body: Value) -> Self {
        Self {
            method: Method::PATCH,
            path,
            query: &[],
            body: Some(body.to_string().into_bytes()),
            time: None,
        }
    }

    fn url(&self, instance: &Url) -> Url {
        let mut url = instance.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(self.path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query);
        }
        url
    }
}

impl fmt::Debug for Org {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Org").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl Org {
    /// Creates a client that reads its sign-in from the store when first needed.
    pub fn new(http: HttpClient, config: OrgConfig, store: Arc<dyn RefreshTokenStore>) -> Self {
        Self(
            Arc::new(Inner {
                http,
                config,
                store,
                state: Mutex::default(),
                turn: tokio::sync::Mutex::new(()),
                attempts: watch::channel(0).0,
            }),
            None,
        )
    }

    /// The same client for this user only. If another user is signed in, each call fails with
    /// [`Error::OtherUser`] before anything is sent.
    #[must_use]
    pub fn only_as(&self, org: &OrgId, user: &UserId) -> Self {
        Self(self.0.clone(), Some((org.clone(), user.clone())))
    }

    /// The configured login URL.
    pub fn login_url(&self) -> &LoginUrl {
        &self.0.config.login_url
    }

    /// Whether a host belongs to this org, as far as known without a call. An org's pages are on
    /// other hosts than its API.
    pub fn is_own_host(&self, host: &str) -> bool {
        let session = self.0.state().session.clone();
        let instance = session.as_ref().and_then(|session| session.instance_url.host_str());
        self.login_url().is_of_org(instance, host)
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.0.config.client_id
    }

    /// The use of the org's daily limit, as the latest answer reported it.
    pub fn api_usage(&self) -> Option<ApiUsage> {
        self.0.state().usage
    }

    /// The case fields that are hidden from the user or missing.
    pub fn hidden_fields(&self) -> Vec<String> {
        self.hidden().into_iter().collect()
    }

    pub(crate) fn hidden(&self) -> BTreeSet<String> {
        self.0.state().hidden.clone()
    }

    pub(crate) fn note_hidden(&self, fields: Vec<String>) {
        self.0.state().hidden.extend(fields);
    }

    /// Whether a refresh token is stored. The first call shows whether it is still valid.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn is_signed_in(&self) -> Result<bool, Error> {
        Ok(self.0.load().await?.is_some())
    }

    /// Checks without a token whether the login host is an org.
    ///
    /// # Errors
    /// The host can't be reached or is not an org.
    pub async fn probe(&self) -> Result<(), Error> {
        let url = self.login_url().endpoint("/.well-known/openid-configuration");
        let response = self.0.http.send(self.0.http.request(Method::GET, &url)).await?;
        let answer: Value = json(&response)?;
        match answer.get("issuer").and_then(Value::as_str) {
            Some(_) => Ok(()),
            None => Err(Error::from_response(&response)),
        }
    }

    /// The org's current time according to its latest answer, if that was recent.
    pub fn time(&self) -> Option<Timestamp> {
        let (date, ago) = self.0.http.heard_date()?;
        jiff::fmt::rfc2822::parse(&date).ok()?.timestamp().checked_add(ago).ok()
    }

    /// Revokes the grant at the org and deletes the refresh token. The token is deleted even if the
    /// org can't be reached.
    ///
    /// # Errors
    /// The store can't be changed, or the org could not be reached (then the stored token is still
    /// deleted).
    pub async fn sign_out(&self) -> Result<(), Error> {
        let inner = self.0.clone();
        detached(async move {
            let _turn = inner.turn.lock().await;
            let _guard = inner.lock().await?;
            let token = inner.load().await?;
            inner.state().session = None;
            inner.blocking(|store| store.clear()).await?;
            match token {
                Some(token) => tokens::revoke(&inner.http, &inner.config, &token).await,
                None => Ok(()),
            }
        })
        .await
    }

    /// Cancels the waiting attempt. The receiver reports a newer one.
    pub(crate) fn begin_attempt(&self) -> watch::Receiver<u64> {
        self.0.attempts.send_modify(|n| *n += 1);
        self.0.attempts.subscribe()
    }

    /// Exchanges the callback's code for a session.
    pub(crate) async fn redeem(
        &self,
        code: SecretString,
        redirect_uri: String,
        verifier: Verifier,
    ) -> Result<(), Error> {
        let inner = self.0.clone();
        detached(async move {
            let _turn = inner.turn.lock().await;
            let _guard = inner.lock().await?;
            let (http, config) = (&inner.http, &inner.config);
            let grant = tokens::exchange(http, config, &code, &redirect_uri, &verifier).await?;
            if grant.refresh_token.is_none() {
                return Err(Error::BadClient { code: "no_refresh_token".into() });
            }
            inner.adopt(grant).await.map(drop)
        })
        .await
    }

    /// The current session, refreshed if there is none.
    pub(crate) async fn session(&self) -> Result<Arc<Session>, Error> {
        self.newer_than(0).await
    }

    /// Makes a call. If the session has expired, refreshes it and repeats the call once.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Response, Error> {
        let session = self.session().await?;
        let response = self.send(call, &session).await?;
        if !Reported::session_ended(&response) {
            return Ok(response);
        }
        let session = self.newer_than(session.generation).await?;
        let response = self.send(call, &session).await?;
        if Reported::session_ended(&response) {
            return Err(Error::from_response(&response));
        }
        Ok(response)
    }

    /// Makes a call whose success is a JSON value.
    pub(crate) async fn json(&self, call: &Call<'_>) -> Result<Value, Error> {
        json(&self.call(call).await?)
    }

    /// Sends with one access token. Only reads are repeated after a broken connection.
    async fn send(&self, call: &Call<'_>, session: &Session) -> Result<Response, Error> {
        let mut pauses = PAUSES.iter().filter(|_| call.method == Method::GET);
        loop {
            let result = self.send_once(call, session).await;
            let passing = match &result {
                Ok(response) => matches!(response.status, 429 | 502 | 503),
                // A second wait of the same length would be too long for the person.
                Err(Error::Transport(TransportError::Timeout)) => false,
                Err(error) => matches!(error.retry_kind(), RetryKind::Safe | RetryKind::Reads),
            };
            match pauses.next() {
                Some(pause) if passing => tokio::time::sleep(*pause).await,
                Some(_) | None => return result,
            }
        }
    }

    async fn send_once(&self, call: &Call<'_>, session: &Session) -> Result<Response, Error> {
        let url = call.url(&session.instance_url);
        let mut request = self
            .0
            .http
            .request(call.method.clone(), &url)
            .bearer_auth(session.access_token.expose_secret())
            .header("accept", "application/json");
        if let Some(time) = call.time {
            request = request.timeout(time);
        }
        if let Some(body) = &call.body {
            request = request
                .header("content-type", "application/json")
                // Writes must not trigger the org's assignment rules.
                .header("sforce-auto-assign", "FALSE")
                .body(body.clone());
        }
        let response = self.0.http.send(request).await?;
        self.note_usage(&response);
        Ok(response)
    }

    fn note_usage(&self, response: &Response) {
        if let Some(usage) = ApiUsage::read(response) {
            self.0.state().usage = Some(usage);
        }
    }

    /// A session of a later generation, for this client's user.
    async fn newer_than(&self, generation: u64) -> Outcome {
        let session = self.any_newer_than(generation).await?;
        match &self.1 {
            Some(only) if self.ids_of(&session).await? != *only => Err(Error::OtherUser),
            Some(_) | None => Ok(session),
        }
    }

    /// The ids of org and user. Only requested if the token answer had none.
    pub(crate) async fn ids(&self) -> Result<(OrgId, UserId), Error> {
        let session = self.session().await?;
        self.ids_of(&session).await
    }

    async fn ids_of(&self, session: &Session) -> Result<(OrgId, UserId), Error> {
        if let Some(ids) = session.identity.get() {
            return Ok(ids.clone());
        }
        let path = ["services", "oauth2", "userinfo"];
        let mut response = self.send(&Call::get(&path, &[]), session).await?;
        if Reported::session_ended(&response) {
            let newer = self.any_newer_than(session.generation).await?;
            response = self.send(&Call::get(&path, &[]), &newer).await?;
        }
        let ids = identity::from_userinfo(&json(&response)?)?;
        Ok(session.identity.get_or_init(|| ids).clone())
    }

    /// A session of a later generation, from the running refresh or a new one.
    async fn any_newer_than(&self, generation: u64) -> Outcome {
        let mut outcome = {
            let mut state = self.0.state();
            if let Some(session) = state.session.as_ref().filter(|s| s.generation > generation) {
                return Ok(session.clone());
            }
            match state.flight.as_ref().filter(|f| f.has_changed().is_ok()) {
                Some(flight) => flight.clone(),
                None => state.flight.insert(self.take_off(generation)).clone(),
            }
        };
        let landed = outcome.wait_for(Option::is_some).await;
        match landed.ok().and_then(|o| o.clone()) {
            Some(outcome) => outcome,
            None => Err(broken_task()),
        }
    }

    fn take_off(&self, generation: u64) -> watch::Receiver<Option<Outcome>> {
        let (landed, flight) = watch::channel(None);
        let inner = self.0.clone();
        tokio::spawn(async move {
            let outcome = inner.refresh(generation).await;
            inner.state().flight = None;
            landed.send_replace(Some(outcome));
        });
        flight
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn refresh(&self, generation: u64) -> Outcome {
        let _turn = self.turn.lock().await;
        if let Some(session) = self.state().session.as_ref().filter(|s| s.generation > generation) {
            return Ok(session.clone());
        }
        let _guard = self.lock().await?;
        let mut pauses = PAUSES.iter();
        loop {
            match (self.refresh_once().await, pauses.next()) {
                // The org is still processing an earlier request whose answer was lost.
                (Err(Error::AsksAgain { .. }), Some(pause)) => tokio::time::sleep(*pause).await,
                (Err(Error::AsksAgain { message, .. }), None) => {
                    return Err(Error::SignInBusy { message });
                }
                (outcome, _) => return outcome,
            }
        }
    }

    async fn refresh_once(&self) -> Outcome {
        // Read again each time, because another process may have rotated the token.
        let token = self.load().await?.ok_or(Error::NotSignedIn)?;
        let hash: [u8; 32] = Sha256::digest(token.expose_secret().as_bytes()).into();
        if self.state().refused == Some(hash) {
            return Err(Error::SignInAgain { reason: "the sign-in was refused before".into() });
        }
        let known = token.clone();
        let was_broken_off = self
            .blocking(move |store| {
                let was_broken_off = store.was_broken_off(&known)?;
                store.reserve(&known)?;
                Ok(was_broken_off)
            })
            .await?;
        match tokens::refresh(&self.http, &self.config, &token).await {
            Ok(grant) => self.adopt(grant).await,
            Err(error) => {
                if error.is_auth() {
                    let mut state = self.state();
                    state.session = None;
                    state.refused = Some(hash);
                }
                // The lost sign-in is remembered until the next sign-in.
                if error.is_auth() && was_broken_off {
                    return Err(Error::SignInLost);
                }
                let is_locked = matches!(error, Error::AsksAgain { .. });
                if !error.may_have_happened() && !is_locked {
                    self.blocking(|store| store.release()).await?;
                }
                Err(error)
            }
        }
    }

    /// Stores a rotated token, then checks the hosts, then lets the access token be used. The order
    /// matters: the old token is invalid even if the check fails.
    async fn adopt(&self, grant: Grant) -> Outcome {
        let token = grant.refresh_token;
        self.blocking(move |store| match token {
            Some(token) => store.store(&token),
            None => store.release(),
        })
        .await?;
        let login = &self.config.login_url;
        let instance_url = login.instance(&grant.instance_url)?;
        let identity = match &grant.identity_url {
            Some(text) => identity::from_url(&login.same_world(text)?),
            None => None,
        };
        let mut state = self.state();
        state.generation += 1;
        let session = Arc::new(Session {
            access_token: grant.access_token,
            instance_url,
            identity: identity.map(OnceLock::from).unwrap_or_default(),
            generation: state.generation,
        });
        state.session = Some(session.clone());
        // Another user may have signed in, or an administrator may have changed permissions, so
        // hidden fields are detected again.
        state.hidden.clear();
        Ok(session)
    }

    async fn load(&self) -> Result<Option<SecretString>, Error> {
        self.blocking(|store| store.load()).await
    }

    async fn lock(&self) -> Result<StoreGuard, Error> {
        self.blocking(|store| store.lock()).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn RefreshTokenStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || work(&*store)).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(broken_task()),
        }
    }
}

/// Runs to completion even if the caller is cancelled.
async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(work).await.unwrap_or_else(|_| Err(broken_task()))
}

fn broken_task() -> Error {
    Error::Store(StoreError::new("the work on the sign-in broke off"))
}

/// The JSON value of a successful answer.
fn json(response: &Response) -> Result<Value, Error> {
    if !(200..300).contains(&response.status) || response.is_html() {
        return Err(Error::from_response(response));
    }
    serde_json::from_slice(&response.body).map_err(|_| Error::Unexpected {
        status: response.status,
        code: String::new(),
        message: "the answer is not JSON".into(),
    })
}
