//! Who is signed in to the org: sign-in by browser, sign-out, and the representative they are.

use crate::session_key::username_source;
use crate::with_store;
use crate::{Casebridge, failures};
use casebridge_domain::settings::{DEFAULT_APPLIANCE, setting};
use casebridge_domain::{Failure, FailureCode, OrgId, UserId};
use casebridge_platform::browser::AllowedHosts;
use casebridge_platform::secrets::SecretName;
use casebridge_salesforce::{Error as OrgError, Identity, SignIn};
use casebridge_store::Owner;
use url::Url;

/// The signed-in user, and their name on the appliance if the org has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user of the org.
    pub identity: Identity,
    /// The representative's user name.
    pub representative: Option<String>,
    /// Somebody else was signed in until now, as far as this profile knew.
    pub is_other: bool,
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
    let ports: Vec<u16> = casebridge.settings().get(&setting::ORG_REDIRECT_PORTS).iter().collect();
    let attempt = SignIn::start(&org, &ports).await.map_err(failures::of_org)?;
    open(attempt.authorize_url(), &org_hosts(casebridge)?)?;
    let identity = attempt.finish().await.map_err(failures::of_org)?;
    let is_other = note_owner(casebridge, &identity, true).await?;
    account_of(casebridge, identity, is_other).await
}

/// Notes whose everything is from now on. Calls are made in the name of whoever is signed in at the org,
/// so an item of another sign-in is not sent even where this could not be noted. Says whether it was
/// somebody else's until now.
async fn note_owner(
    casebridge: &Casebridge,
    identity: &Identity,
    is_new: bool,
) -> Result<bool, Failure> {
    let owner = Owner {
        org_id: identity.org_id.to_string(),
        user_id: identity.user_id.to_string(),
        username: identity.username.clone(),
    };
    with_store(casebridge, move |store| {
        let known = store.owner()?;
        if known.as_ref() == Some(&owner) {
            return Ok(false);
        }
        store.note_owner(&owner, is_new)?;
        let is_same = |known: Owner| (known.org_id, known.user_id) == (owner.org_id, owner.user_id);
        Ok(known.is_some_and(|known| !is_same(known)))
    })
    .await
}

/// Whose everything is, asked of the org where it was never noted.
///
/// # Errors
/// Nobody is signed in, or it is not known who.
pub(crate) async fn owner(casebridge: &Casebridge) -> Result<(OrgId, UserId), Failure> {
    if let Some(owner) = with_store(casebridge, |store| store.owner()).await?
        && let (Ok(org), Ok(user)) = (owner.org_id.parse(), owner.user_id.parse())
    {
        return Ok((org, user));
    }
    let (identity, _) = who(casebridge).await?;
    Ok((identity.org_id, identity.user_id))
}

/// Asks the org who is signed in, and notes it; says whether it was somebody else until now.
async fn who(casebridge: &Casebridge) -> Result<(Identity, bool), Failure> {
    let identity = casebridge.org()?.whoami().await.map_err(failures::of_org)?;
    let is_other = note_owner(casebridge, &identity, false).await?;
    Ok((identity, is_other))
}

/// Another sign-in than the noted one is in force: it was made past this profile. Says so from now on.
///
/// # Errors
/// As [`whoami`].
pub(crate) async fn learn_owner(casebridge: &Casebridge) -> Result<(), Failure> {
    who(casebridge).await.map(drop)
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
    let (identity, is_other) = who(casebridge).await?;
    account_of(casebridge, identity, is_other).await
}

async fn account_of(
    casebridge: &Casebridge,
    identity: Identity,
    is_other: bool,
) -> Result<Account, Failure> {
    let source = username_source(casebridge);
    let representative = match casebridge.org()?.representative_of(&identity, &source).await {
        Ok(name) => name,
        // Who is signed in is known all the same; the doctor names what the org lacks.
        Err(OrgError::InvalidField { .. }) => None,
        Err(error) => return Err(failures::of_org(error)),
    };
    Ok(Account { identity, representative, is_other })
}

/// Ends the sign-in here and at the org, and says who was signed in.
///
/// # Errors
/// The stored sign-in cannot be removed. If only the org cannot be told, it is gone here.
pub async fn sign_out(casebridge: &Casebridge) -> Result<Option<Account>, Failure> {
    let account = whoami(casebridge).await.ok();
    if let Err(failure) = casebridge.org()?.sign_out().await.map_err(failures::of_org) {
        if is_signed_in(casebridge).await? {
            return Err(failure);
        }
        tracing::warn!(code = %failure.code, "the org could not be told of the sign-out");
    }
    with_store(casebridge, |store| store.forget_owner()).await?;
    Ok(account)
}

/// Forgets the stored sign-in without telling the org: after the org or the app was changed, the
/// token must not go to the new one (S6).
///
/// # Errors
/// It may still be there.
pub async fn forget_sign_in(casebridge: &Casebridge) -> Result<(), Failure> {
    casebridge.with_secrets(|secrets| secrets.delete(&SecretName::OrgRefreshToken)).await?;
    with_store(casebridge, |store| store.forget_owner()).await
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

/// Whether the client secret of the first appliance is stored.
///
/// # Errors
/// The keyring cannot be read.
pub async fn has_appliance_secret(casebridge: &Casebridge) -> Result<bool, Failure> {
    let name = SecretName::ApplianceClientSecret(DEFAULT_APPLIANCE.to_owned());
    Ok(casebridge.secret(name).await?.is_some())
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
    matches!(code, FailureCode::SignedOut | FailureCode::SignInAgain | FailureCode::SignInLost)
}

/// Tries host, certificate, client id and secret of the first appliance, with a log-in.
///
/// # Errors
/// What stands in the way.
pub async fn try_appliance(casebridge: &Casebridge) -> Result<(), Failure> {
    let appliance = casebridge.appliance(None).await?;
    appliance.log_in().await.map_err(|e| failures::of_site(&appliance, e))
}
