//! Creates a session key for a case, on the representative's own queue.

use crate::jobs::{self, Finished, key::Key};
use crate::outbox::Attempt;
use crate::representative::{self, Candidates};
use crate::{Casebridge, email_key, failures};
use crate::{with_owned_store, with_store};
use casebridge_beyondtrust::{KeyRequest, Queue};
use casebridge_domain::settings::{DEFAULT_APPLIANCE, ExternalKeyWrites, setting};
use casebridge_domain::{Case, CaseRef, Failure, FailureCode, OrgId, RecordId, SessionKey};
use casebridge_salesforce::Error as OrgError;
use casebridge_store::{Kind, NewItem};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use url::Url;

/// Smaller clock differences are ignored.
const CLOCK_NOISE: SignedDuration = SignedDuration::from_secs(5);

/// The request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKeyRequest {
    /// The case.
    pub case: CaseRef,
    /// The org that the case must be in, if the link names one.
    pub org: Option<OrgId>,
    /// The appliance's name in the settings. If absent, the first appliance.
    pub appliance: Option<String>,
    /// The portal that the key's URL belongs to.
    pub portal: Option<String>,
    /// The lifetime in seconds. If absent, the setting is used.
    pub ttl: Option<u32>,
    /// The key that is meant, if it exists already, by its record in the org.
    pub record: Option<RecordId>,
}

impl SessionKeyRequest {
    /// A request with only the case.
    pub fn of(case: CaseRef) -> Self {
        Self { case, org: None, appliance: None, portal: None, ttl: None, record: None }
    }
}

/// Reads the case, and checks that it is in the org named in the link.
///
/// # Errors
/// Nobody is signed in, the link is from another org, or the case can't be read.
pub async fn read_case(
    casebridge: &Casebridge,
    request: &SessionKeyRequest,
) -> Result<Case, Failure> {
    read_case_of(casebridge, &request.case, request.org.as_ref()).await
}

/// The same, for a case and the org that it must be in.
///
/// # Errors
/// As [`read_case`].
pub async fn read_case_of(
    casebridge: &Casebridge,
    case: &CaseRef,
    org: Option<&OrgId>,
) -> Result<Case, Failure> {
    let wanted = org;
    let org = casebridge.org()?;
    if let Some(wanted) = wanted {
        let who = org.whoami().await.map_err(failures::of_org)?;
        if who.org_id != *wanted {
            return Err(Failure::new(FailureCode::OrgMismatch, String::new()));
        }
    }
    org.case_by_ref(case).await.map_err(failures::of_org)
}

/// The representative's user name on the appliance.
///
/// # Errors
/// Nobody is signed in, the org can't be asked, or no appliance knows this user.
pub async fn representative(casebridge: &Casebridge) -> Result<String, Failure> {
    Ok(representative::representative(casebridge).await?.name)
}

/// The external key that links sessions to the case, as set in the settings
/// (`docs/administrator.md#settings`).
pub fn external_key(casebridge: &Casebridge, case: &Case) -> String {
    match casebridge.settings().get(&setting::ORG_EXTERNAL_KEY_WRITES) {
        ExternalKeyWrites::CaseNumber => case.number.clone(),
        ExternalKeyWrites::CaseId => case.id.to_string(),
    }
}

/// Creates the key. Independent requests are sent at the same time. `on_case` receives the case as
/// soon as it has been read.
///
/// # Errors
/// The case, the representative or the appliance is not available. Then no key was created, unless
/// only the answer was lost.
pub async fn make_key(
    casebridge: &Casebridge,
    request: &SessionKeyRequest,
    on_case: impl FnOnce(&Case),
) -> Result<(Case, SessionKey), Failure> {
    let case = async {
        let case = read_case(casebridge, request).await?;
        on_case(&case);
        Ok(case)
    };
    let appliance = async {
        let appliance = casebridge.appliance(request.appliance.as_deref()).await?;
        let site = appliance.site().authority().to_owned();
        appliance.log_in().await.map_err(|e| failures::of_appliance(&site, e))?;
        Ok::<_, Failure>(appliance)
    };
    // A failure of the case is reported first, because the person can see the case.
    let names = representative::candidates(casebridge, None);
    let (case, appliance, names) = futures::join!(case, appliance, names);
    let case = case?;
    let key = make_for(casebridge, request, &case, &*appliance?, &names?).await?;
    Ok((case, key))
}

/// Reads the key that a request names by its record. `on_case` receives the case as soon as it has
/// been read.
///
/// # Errors
/// [`FailureCode::KeyUnknown`] if the record is gone, another user's, or of another case, and the
/// case or the org is not available.
pub async fn recorded_key(
    casebridge: &Casebridge,
    request: &SessionKeyRequest,
    record: &RecordId,
    on_case: impl FnOnce(&Case),
) -> Result<(Case, SessionKey), Failure> {
    let unknown = || Failure::new(FailureCode::KeyUnknown, String::new());
    let case = read_case(casebridge, request).await?;
    on_case(&case);
    let known = casebridge.org()?.session_key(record).await;
    let is_gone = known.as_ref().is_err_and(|error| matches!(error, OrgError::NotFound));
    let known = known.map_err(|e| if is_gone { unknown() } else { failures::of_org(e) })?;
    let appliance = request.appliance.as_deref();
    if known.case != case.id || known.appliance != appliance.unwrap_or(DEFAULT_APPLIANCE) {
        return Err(unknown());
    }
    let mut key = email_key::key_from_code(casebridge, appliance, &known.short_key)?;
    key.expires_at = known.expires_at;
    if is_our_url(casebridge, appliance, &known.key_url) {
        key.key_url = known.key_url;
    }
    Ok((case, key))
}

/// Whether a URL from a record leads to the appliance or one of its portals. It goes to a customer
/// (S3).
fn is_our_url(casebridge: &Casebridge, appliance: Option<&str>, url: &str) -> bool {
    let (Ok(site), Ok(url)) = (casebridge.site(appliance), url.parse::<Url>()) else {
        return false;
    };
    let is_site = site.host_str() == url.host_str();
    let is_portal = || {
        let host = url.host_str().unwrap_or_default();
        let known = portal_host(casebridge, appliance, host).ok().flatten();
        known.is_some_and(|known| known.eq_ignore_ascii_case(host))
    };
    url.scheme() == "https" && (is_site || is_portal())
}

/// Stores that a key was created. The key is valid even if this fails, so a failure is only logged.
pub async fn note_key(casebridge: &Casebridge, request: &SessionKeyRequest, case: &Case) {
    let appliance = request.appliance.as_deref().unwrap_or(DEFAULT_APPLIANCE).to_owned();
    let (case_id, case_number) = (case.id.to_string(), case.number.clone());
    let now = casebridge.now();
    let noted = with_store(casebridge, move |store| {
        let item = NewItem {
            kind: Kind::Key,
            subject: "",
            appliance: &appliance,
            case_id: &case_id,
            case_number: &case_number,
            title: "",
            payload: "",
        };
        store.note_done(&item, "", now)
    });
    if let Err(failure) = noted.await {
        tracing::warn!(code = %failure.code, "a session key is not on record");
    }
}

/// Writes a key to its case in the org if `org.record_session_keys` is set, now or as soon as
/// possible. Only for keys that the representative requested or handed out: a link alone writes
/// nothing to the org (S1). A failure is only logged. Returns the record, if it was written now.
pub async fn record_key(
    casebridge: &Casebridge,
    request: &SessionKeyRequest,
    case: &Case,
    key: &SessionKey,
) -> Option<RecordId> {
    if !casebridge.settings().get(&setting::ORG_RECORD_SESSION_KEYS) {
        return None;
    }
    let payload = Key {
        case: case.id.to_string(),
        portal: request.portal.clone(),
        short_key: key.short_key.clone(),
        key_url: key.key_url.clone(),
        expires_at: key.expires_at,
    };
    let appliance = request.appliance.as_deref().unwrap_or(DEFAULT_APPLIANCE).to_owned();
    let (case_id, case_number) = (case.id.to_string(), case.number.clone());
    let (subject, now) = (key.short_key.clone(), casebridge.now());
    let worked = async {
        let id = with_owned_store(casebridge, move |store| {
            let item = NewItem {
                kind: Kind::Key,
                subject: &subject,
                appliance: &appliance,
                case_id: &case_id,
                case_number: &case_number,
                title: "Session key",
                payload: &jobs::write(&payload),
            };
            store.enqueue(&item, now, now)
        });
        jobs::work_on(casebridge, id.await?).await
    };
    match worked.await {
        Ok(Attempt::Done(Finished::Key(record))) => record,
        Ok(_) => None,
        Err(failure) => {
            tracing::warn!(code = %failure.code, "a session key is not on its case");
            None
        }
    }
}

/// The host name of a portal that is named by its name or host name; none for the default one. It
/// becomes part of a URL for the customer, so only portals in the settings are allowed (S3).
pub(crate) fn portal_host(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    portal: &str,
) -> Result<Option<String>, Failure> {
    let settings = casebridge.settings().appliance(appliance.unwrap_or(DEFAULT_APPLIANCE));
    let known = settings.as_ref().and_then(|settings| settings.portal(portal));
    let known = known.ok_or_else(|| Failure::new(FailureCode::PortalUnknown, portal))?;
    Ok(known.host.clone())
}

async fn make_for(
    casebridge: &Casebridge,
    request: &SessionKeyRequest,
    case: &Case,
    appliance: &casebridge_beyondtrust::Appliance,
    names: &Candidates,
) -> Result<SessionKey, Failure> {
    let ttl = request.ttl.unwrap_or_else(|| casebridge.settings().get(&setting::KEY_TTL).count());
    let host = match &request.portal {
        Some(portal) => portal_host(casebridge, request.appliance.as_deref(), portal)?,
        None => None,
    };
    // The queue is set for each name that is tried.
    let mut wanted = KeyRequest::new(Queue::General);
    wanted.ttl = Some(Duration::from_secs(ttl.into()));
    wanted.external_key = Some(external_key(casebridge, case));
    wanted.url_hostname = host;
    let asked_at = casebridge.now();
    let name = request.appliance.as_deref().unwrap_or(DEFAULT_APPLIANCE);
    let key = representative::key_of(casebridge, name, appliance, names, &mut wanted).await?;
    // If the appliance returns no expiry time, it may return the lifetime, or else the requested
    // lifetime counts.
    let lasts = Duration::from_secs(key.ttl.unwrap_or(ttl.into()).min(ttl.into()));
    let until = asked_at.checked_add(lasts).ok();
    let ahead = key.answered_at.map(|theirs| clock_ahead(theirs, casebridge.now()));
    let mut key = SessionKey::from(key);
    key.clock_ahead = ahead;
    // The countdown uses this computer's clock, independent of the appliance's.
    key.expires_at =
        key.expires_at.and_then(|end| end.checked_sub(ahead.unwrap_or_default()).ok()).or(until);
    key.external_key = key.external_key.or(wanted.external_key);
    Ok(key)
}

/// How far the other clock is ahead. Small differences from rounding and network delay count as
/// zero.
fn clock_ahead(theirs: Timestamp, ours: Timestamp) -> SignedDuration {
    let ahead = ours.duration_until(theirs);
    if ahead.abs() < CLOCK_NOISE { SignedDuration::ZERO } else { ahead }
}
