//! Reads the case that a person typed or pasted.

use crate::{Casebridge, failures};
use casebridge_domain::{CaseRef, Failure, FailureCode, TypedCase};

/// Reads the case from a text. A URL must belong to the org.
///
/// # Errors
/// [`FailureCode::CaseReferenceInvalid`] if the text contains no case, [`FailureCode::OrgMismatch`]
/// if it is a URL of another org.
pub fn typed_case(casebridge: &Casebridge, text: &str) -> Result<CaseRef, Failure> {
    let typed: TypedCase = text.parse().map_err(failures::of_reference)?;
    let Some(host) = &typed.host else { return Ok(typed.case) };
    match casebridge.org() {
        Ok(org) if !org.is_own_host(host) => Err(Failure::new(FailureCode::OrgMismatch, host)),
        // If no org is set up, reading the case reports that.
        Ok(_) | Err(_) => Ok(typed.case),
    }
}
