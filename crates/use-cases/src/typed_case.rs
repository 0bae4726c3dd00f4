//! The case that a person typed or pasted.

use crate::{Casebridge, failures};
use casebridge_domain::{CaseRef, Failure, FailureCode, TypedCase};

/// The case that a text names. The address of a page has to be one of the org's.
///
/// # Errors
/// [`FailureCode::CaseReferenceInvalid`] if the text names none, [`FailureCode::OrgMismatch`] if it is an
/// address of another org.
pub fn typed_case(casebridge: &Casebridge, text: &str) -> Result<CaseRef, Failure> {
    let typed: TypedCase = text.parse().map_err(failures::of_reference)?;
    let Some(host) = &typed.host else { return Ok(typed.case) };
    match casebridge.org() {
        Ok(org) if !org.is_own_host(host) => Err(Failure::new(FailureCode::OrgMismatch, host)),
        // Without an org the reading of the case says what is missing.
        Ok(_) | Err(_) => Ok(typed.case),
    }
}
