//! Who is signed in to the org: sign-in by browser, sign-out, and the representative they are.

use crate::use_cases::session_key::username_source;
use crate::{Casebridge, failures};
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::browser::AllowedHosts;
use casebridge_platform::secrets::SecretName;
use casebridge_salesforce::{Error as OrgError, Identity, SignIn};
use url::Url;

/// The signed-in user, and their name on the appliance if the org has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user of the org.
    pub identity: Identity,
    /// The representative's user name.
    pub representative: Option<String>,
}

/// Signs in: `open` shows a page in the system browser, which comes back over loopback (S18).
///
/// # Errors
/// No port is free, the browser cannot be opened or does not come back, or the org refuses.
pub async fn sign_in(
    casebridge: &Casebridge,
    open: impl FnOnce(&Url, &AllowedHosts) -> Result<(), Failure>,
) -> Result<Account, Failure> {
    // A keyring that keeps nothing is found out before the person goes through the sign-in (S17).
    casebridge.with_secrets(|secrets| secrets.check()).await?;
    let org = casebridge.org()?;
    let ports = casebridge.settings().redirect_ports();
    let attempt = SignIn::start(&org, &ports).await.map_err(failures::of_org)?;
    open(attempt.authorize_url(), &org_hosts(casebridge)?)?;
    let identity = attempt.finish().await.map_err(failures::of_org)?;
    account_of(casebridge, identity).await
}

/// The hosts of the org that may be opened in the browser: where people log in.
///
/// # Errors
/// The org is not set up.
pub fn org_hosts(casebridge: &Casebridge) -> Result<AllowedHosts, Failure> {
    let org = casebridge.org()?;
    Ok(AllowedHosts::new([org.login_url().as_url().authority().to_owned()]))
}

/// Who is signed in.
///
/// # Errors
/// Nobody, or the org cannot be asked.
pub async fn whoami(casebridge: &Casebridge) -> Result<Account, Failure> {
    let identity = casebridge.org()?.whoami().await.map_err(failures::of_org)?;
    account_of(casebridge, identity).await
}

async fn account_of(casebridge: &Casebridge, identity: Identity) -> Result<Account, Failure> {
    let source = username_source(casebridge)?;
    let representative = match casebridge.org()?.representative_of(&identity, &source).await {
        Ok(name) => name,
        // Who is signed in is known all the same; the doctor names what the org lacks.
        Err(OrgError::InvalidField { .. }) => None,
        Err(error) => return Err(failures::of_org(error)),
    };
    Ok(Account { identity, representative })
}

/// Ends the sign-in here and at the org, and says who was signed in.
///
/// # Errors
/// The stored sign-in cannot be removed. If only the org cannot be told, it is gone here.
pub async fn sign_out(casebridge: &Casebridge) -> Result<Option<Account>, Failure> {
    let account = whoami(casebridge).await.ok();
    match casebridge.org()?.sign_out().await.map_err(failures::of_org) {
        Err(failure) if is_signed_in(casebridge).await? => Err(failure),
        Err(failure) => {
            tracing::warn!(code = %failure.code, "the org could not be told of the sign-out");
            Ok(account)
        }
        Ok(()) => Ok(account),
    }
}

/// Forgets the stored sign-in without telling the org: after the org or the app was changed, the
/// token must not go to the new one (S6).
///
/// # Errors
/// It may still be there.
pub async fn forget_sign_in(casebridge: &Casebridge) -> Result<(), Failure> {
    casebridge.with_secrets(|secrets| secrets.delete(&SecretName::OrgRefreshToken)).await
}

/// Whether a sign-in is stored; whether it still counts shows in the first call.
///
/// # Errors
/// The place of the secrets cannot be asked.
pub async fn is_signed_in(casebridge: &Casebridge) -> Result<bool, Failure> {
    Ok(casebridge.secret(SecretName::OrgRefreshToken).await?.is_some())
}

/// Proves that secrets can be kept, and says whether a sign-in is stored.
///
/// # Errors
/// Secrets cannot be kept or read (S17).
pub async fn stored_sign_in(casebridge: &Casebridge) -> Result<bool, Failure> {
    casebridge.with_secrets(|secrets| secrets.check()).await?;
    is_signed_in(casebridge).await
}

/// Opens a page with `$BROWSER`, else with the desktop's browser.
///
/// # Errors
/// The page is not one that may be opened (S7), or no browser could be started.
pub fn open_page(url: &Url, allowed: &AllowedHosts) -> Result<(), Failure> {
    casebridge_platform::browser::open_external(url, allowed).map_err(failures::of_browser)
}

/// Whether a failure means that a new sign-in is the way forward.
pub fn needs_sign_in(code: FailureCode) -> bool {
    matches!(code, FailureCode::SignedOut | FailureCode::SignInAgain)
}

/// Tries host, certificate, client id and secret of the first appliance, with a log-in.
///
/// # Errors
/// What stands in the way.
pub async fn try_appliance(casebridge: &Casebridge) -> Result<(), Failure> {
    let appliance = casebridge.appliance(None).await?;
    appliance.log_in().await.map_err(|e| failures::of_appliance(appliance.site().authority(), e))
}
