//! Sign-in of a person: authorization code with PKCE in the system browser, with a loopback
//! callback.
//!
//! Only one attempt is active; a newer one replaces it. The caller opens the browser, because this
//! module does not know the desktop.

pub(crate) mod loopback;
pub(crate) mod pkce;
pub(crate) mod tokens;

use crate::{Error, Identity, Org};
use loopback::{Callback, Loopback};
use pkce::{State, Verifier};
use std::fmt;
use std::time::Duration;
use tokio::sync::watch;
use url::Url;

/// The path of the callback URL that the administrator registers with each port.
pub const CALLBACK_PATH: &str = "/OauthRedirect";

/// How long a sign-in waits for the browser.
pub const SIGN_IN_TIME: Duration = Duration::from_secs(120);

const SCOPE: &str = "api refresh_token";

/// A sign-in that is waiting for the browser.
pub struct SignIn {
    org: Org,
    loopback: Loopback,
    state: State,
    verifier: Verifier,
    redirect_uri: String,
    authorize_url: Url,
    newer: watch::Receiver<u64>,
    time: Duration,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("port", &self.loopback.port()).finish_non_exhaustive()
    }
}

impl SignIn {
    /// Ends an older attempt and listens on the first of the ports that is free.
    ///
    /// # Errors
    /// [`Error::PortsBusy`] if none is.
    pub async fn start(org: &Org, ports: &[u16]) -> Result<Self, Error> {
        let newer = org.begin_attempt();
        let loopback = bind(ports).await?;
        let (state, verifier) = (State::new(), Verifier::new());
        let redirect_uri = format!("http://localhost:{}{CALLBACK_PATH}", loopback.port());
        let authorize_url = authorize_url(org, &redirect_uri, &state, &verifier);
        let org = org.clone();
        Ok(Self {
            org,
            loopback,
            state,
            verifier,
            redirect_uri,
            authorize_url,
            newer,
            time: SIGN_IN_TIME,
        })
    }

    /// The URL to open in the system browser.
    pub fn authorize_url(&self) -> &Url {
        &self.authorize_url
    }

    /// Sets a time limit other than [`SIGN_IN_TIME`].
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// Waits for the browser, exchanges the code, stores the refresh token and says who signed in.
    /// Dropping the future before the browser came back cancels the attempt.
    ///
    /// # Errors
    /// [`Error::TimedOutSignIn`], [`Error::Superseded`], errors from the callback, and errors of
    /// the exchange.
    pub async fn finish(self) -> Result<Identity, Error> {
        let Self { org, loopback, state, verifier, redirect_uri, mut newer, time, .. } = self;
        let login_origin = org.login_url().to_string();
        let callback = tokio::select! {
            biased;
            _ = newer.changed() => return Err(Error::Superseded),
            callback = loopback.callback(state, login_origin) => callback,
            () = tokio::time::sleep(time) => return Err(Error::TimedOutSignIn),
        };
        drop(loopback);
        match callback {
            Callback::Code(code) => org.redeem(code, redirect_uri, verifier).await?,
            Callback::Refused(error) => return Err(error),
        }
        org.whoami().await
    }
}

/// A cancelled attempt needs a moment to release its port.
async fn bind(ports: &[u16]) -> Result<Loopback, Error> {
    for _ in 0..5 {
        match Loopback::bind(ports).await {
            Ok(loopback) => return Ok(loopback),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    Loopback::bind(ports).await
}

fn authorize_url(org: &Org, redirect_uri: &str, state: &State, verifier: &Verifier) -> Url {
    let mut url = org.login_url().endpoint("/services/oauth2/authorize");
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", org.client_id())
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", SCOPE)
        .append_pair("state", state.expose())
        .append_pair("code_challenge", &verifier.challenge())
        .append_pair("code_challenge_method", "S256");
    url
}
