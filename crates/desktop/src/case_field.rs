//! What every window does with the case in it: copies from it, and reads what a person typed as one.

use crate::context::Context;
use crate::request::{Answer, DONE};
use casebridge_domain::{Case, CaseRef, Failure, FailureCode};
use casebridge_ipc::{Copied, FailureView};
use casebridge_use_cases::typed_case::typed_case;

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

/// Copies from a case that has no key here.
pub(crate) fn from_case<M: Send + 'static>(
    case: Option<&Case>,
    what: Copied,
    cx: &Context<'_, M>,
) -> Answer {
    let copied = of_case(case, what).and_then(|text| cx.shell.copy(&text));
    copied.map_or_else(|failure| Err(cx.report(&failure)), |()| DONE)
}

/// The case that a person typed or pasted; none for an empty text.
///
/// # Errors
/// The text names no case.
pub(crate) fn typed<M: Send + 'static>(
    text: &str,
    cx: &Context<'_, M>,
) -> Result<Option<CaseRef>, FailureView> {
    match text.trim() {
        "" => Ok(None),
        text => typed_case(cx.casebridge, text).map(Some).map_err(|failure| cx.report(&failure)),
    }
}
