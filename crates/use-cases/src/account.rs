//! The signed-in user of the org: sign-in by browser, sign-out, and the user's representative.

use crate::representative::{self, Representative};
use crate::with_store;
use crate::{Casebridge, failures};
use casebridge_domain::settings::setting;
use casebridge_domain::{Failure, FailureCode, OrgId, UserId};
use casebridge_platform::browser::AllowedHosts;
use casebridge_platform::secrets::SecretName;
use casebridge_salesforce::{Identity, SignIn};
use casebridge_store::Owner;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// How long a sign-in waits for the appliances that may know the user.
const PATIENCE: Duration = Duration::from_secs(10);

/// The signed-in user, and their name on the appliance if the org has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user of the org.
    pub identity: Identity,
    /// The representative's user name.
    pub representative: Option<String>,
    /// Where the user name comes from, for people, if it was found by trying.
    pub found_in: Option<&'static str>,
    /// Whether another user was signed in before, as far as this profile knows.
    pub is_other: bool,
}

/// Signs in: `open` shows a page in the system browser, which comes back over loopback (S18).
///
/// # Errors
/// No port is free, the browser can't be opened or does not come back, or the org refuses.
pub async fn sign_in(
    casebridge: &Casebridge,
    open: impl FnOnce(&Url, &AllowedHosts) -> Result<(), Failure>,
) -> Result<Account, Failure> {
    // Checks the keyring first, so that the person does not sign in for nothing (S17).
    casebridge.with_secrets(|secrets| secrets.check()).await?;
    let org = casebridge.org()?;
    let ports: Vec<u16> = casebridge.settings().get(&setting::ORG_REDIRECT_PORTS).iter().collect();
    let attempt = SignIn::start(&org, &ports).await.map_err(failures::of_org)?;
    open(attempt.authorize_url(), &org_hosts(casebridge)?)?;
    let identity = attempt.finish().await.map_err(failures::of_org)?;
    let is_other = note_owner(casebridge, &identity, true).await?;
    account_of(casebridge, identity, is_other).await
}

/// Stores the owner of everything that is remembered from now on. Even if that fails, an item of
/// another sign-in is never sent, because calls are made as the user who is signed in to the org.
/// Returns whether the owner has changed.
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

/// The current owner. Asked from the org if it was never stored.
///
/// # Errors
/// Nobody is signed in, or the user is not known.
pub(crate) async fn owner(casebridge: &Casebridge) -> Result<(OrgId, UserId), Failure> {
    if let Some(owner) = with_store(casebridge, |store| store.owner()).await?
        && let (Ok(org), Ok(user)) = (owner.org_id.parse(), owner.user_id.parse())
    {
        return Ok((org, user));
    }
    let (identity, _) = who(casebridge).await?;
    Ok((identity.org_id, identity.user_id))
}

/// Asks the org who is signed in and stores the owner. Returns whether the owner has changed.
async fn who(casebridge: &Casebridge) -> Result<(Identity, bool), Failure> {
    let identity = casebridge.org()?.whoami().await.map_err(failures::of_org)?;
    let is_other = note_owner(casebridge, &identity, false).await?;
    Ok((identity, is_other))
}

/// Stores the new owner after a sign-in that was made outside this program.
///
/// # Errors
/// As [`whoami`].
pub(crate) async fn learn_owner(casebridge: &Casebridge) -> Result<(), Failure> {
    who(casebridge).await.map(drop)
}

/// The org's login hosts, which may be opened in the browser.
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
/// Nobody is signed in, or the org can't be asked.
pub async fn whoami(casebridge: &Casebridge) -> Result<Account, Failure> {
    let (identity, is_other) = who(casebridge).await?;
    account_of(casebridge, identity, is_other).await
}

/// The account, with the user's name on the appliances. Without a name the account is still
/// complete: the doctor reports why there is none.
async fn account_of(
    casebridge: &Casebridge,
    identity: Identity,
    is_other: bool,
) -> Result<Account, Failure> {
    let found = match representative::candidates(casebridge, Some(&identity)).await {
        Ok(candidates) => {
            let found = representative::find(casebridge, &candidates);
            // A person waits for the sign-in. The next use of the name finds it.
            timeout(PATIENCE, found).await.ok().and_then(Result::ok)
        }
        Err(failure) if is_without_name(failure.code) => None,
        Err(failure) => return Err(failure),
    };
    let found_in = found.as_ref().filter(|one| one.is_found).map(Representative::origin);
    Ok(Account { identity, representative: found.map(|one| one.name), found_in, is_other })
}

fn is_without_name(code: FailureCode) -> bool {
    matches!(code, FailureCode::RepresentativeNotMapped | FailureCode::OrgMetadata)
}

/// Signs out of the org and deletes the stored sign-in. Returns who was signed in.
///
/// # Errors
/// The stored sign-in can't be deleted. If only the org can't be reached, the stored sign-in is
/// still deleted.
pub async fn sign_out(casebridge: &Casebridge) -> Result<Option<Account>, Failure> {
    let account = leaving(casebridge).await.ok();
    if let Err(failure) = casebridge.org()?.sign_out().await.map_err(failures::of_org) {
        if is_signed_in(casebridge).await? {
            return Err(failure);
        }
        tracing::warn!(code = %failure.code, "the org could not be told of the sign-out");
    }
    with_store(casebridge, |store| store.forget_owner()).await?;
    Ok(account)
}

/// Who is about to sign out. No appliance is asked for their name.
async fn leaving(casebridge: &Casebridge) -> Result<Account, Failure> {
    let (identity, is_other) = who(casebridge).await?;
    let candidates = representative::candidates(casebridge, Some(&identity)).await.ok();
    let known = candidates.as_ref().and_then(|all| all.sure());
    let found_in = known.filter(|one| one.is_found).map(Representative::origin);
    let representative = known.map(|one| one.name.clone());
    Ok(Account { identity, representative, found_in, is_other })
}

/// Deletes the stored sign-in without telling the org. After a change of org or app, the token must
/// not be sent to the new one (S6).
///
/// # Errors
/// The stored sign-in may still exist.
pub async fn forget_sign_in(casebridge: &Casebridge) -> Result<(), Failure> {
    casebridge.with_secrets(|secrets| secrets.delete(&SecretName::OrgRefreshToken)).await?;
    with_store(casebridge, |store| store.forget_owner()).await
}

/// Whether a sign-in is stored. The first call shows whether it is still valid.
///
/// # Errors
/// The keyring can't be read.
pub async fn is_signed_in(casebridge: &Casebridge) -> Result<bool, Failure> {
    Ok(casebridge.secret(SecretName::OrgRefreshToken).await?.is_some())
}

/// Checks that secrets can be stored, and returns whether a sign-in is stored.
///
/// # Errors
/// Secrets can't be stored or read (S17).
pub async fn stored_sign_in(casebridge: &Casebridge) -> Result<bool, Failure> {
    casebridge.with_secrets(|secrets| secrets.check()).await?;
    is_signed_in(casebridge).await
}

/// Opens a page with `$BROWSER` if set, else with the desktop's browser.
///
/// # Errors
/// The page may not be opened (S7), or no browser could be started.
pub fn open_page(url: &Url, allowed: &AllowedHosts) -> Result<(), Failure> {
    casebridge_platform::browser::open_external(url, allowed).map_err(failures::of_browser)
}

/// Whether a new sign-in solves the failure.
pub fn needs_sign_in(code: FailureCode) -> bool {
    matches!(code, FailureCode::SignedOut | FailureCode::SignInAgain | FailureCode::SignInLost)
}
