//! Opens a case in the browser.

use crate::{Casebridge, failures, session_key};
use casebridge_domain::{Case, CaseId, CaseRef, Failure, FailureCode, OrgId};
use casebridge_platform::browser::AllowedHosts;
use url::Url;

/// The URL of the case's page and the host on which it may be opened.
///
/// # Errors
/// Nobody is signed in, or the org's host is not known and can't be asked for.
pub async fn case_page(
    casebridge: &Casebridge,
    case: &CaseId,
) -> Result<(Url, AllowedHosts), Failure> {
    let who = casebridge.org()?.whoami().await.map_err(failures::of_org)?;
    let path = format!("lightning/r/Case/{case}/view");
    let page = who
        .instance_url
        .join(&path)
        .map_err(|e| Failure::caused(FailureCode::Internal, String::new(), e))?;
    Ok((page, AllowedHosts::new([who.instance_url.authority().to_owned()])))
}

/// Reads the case that an external key names, in this org where one is said.
///
/// # Errors
/// The key names no case, or the case can't be read.
pub async fn case_of_key(
    casebridge: &Casebridge,
    key: &str,
    org: Option<&OrgId>,
) -> Result<Case, Failure> {
    let named = CaseRef::from_external_key(key)
        .ok_or_else(|| Failure::new(FailureCode::CaseReferenceInvalid, String::new()))?;
    session_key::read_case_of(casebridge, &named, org).await
}
