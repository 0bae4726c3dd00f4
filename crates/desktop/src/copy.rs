//! What can be copied of a case in any window.

use casebridge_domain::{Case, Failure, FailureCode};
use casebridge_ipc::Copied;

/// The text to copy of a case that has no key here.
///
/// # Errors
/// There is no case, or it was the key that was to be copied.
pub(crate) fn of_case(case: Option<&Case>, what: Copied) -> Result<String, Failure> {
    let case =
        case.ok_or_else(|| Failure::new(FailureCode::CaseReferenceInvalid, String::new()))?;
    match what {
        Copied::CaseId => Ok(case.id.to_string()),
        Copied::CaseNumber => Ok(case.number.clone()),
        Copied::Key | Copied::Url | Copied::Message => {
            Err(Failure::new(FailureCode::KeyUnknown, String::new()))
        }
    }
}
