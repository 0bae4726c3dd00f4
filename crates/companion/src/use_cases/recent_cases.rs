//! The cases that were opened here lately, from one start of the app to the next.

use crate::Casebridge;
use crate::use_cases::with_store;
use casebridge_domain::Failure;
use casebridge_store::CaseRecord;

/// Remembers a case as the latest.
///
/// # Errors
/// It could not be remembered.
pub(crate) async fn note(casebridge: &Casebridge, case: CaseRecord) -> Result<(), Failure> {
    with_store(casebridge, move |store| store.note_case(&case)).await
}

/// What is remembered, the latest first.
///
/// # Errors
/// It cannot be read.
pub(crate) async fn all(casebridge: &Casebridge) -> Result<Vec<CaseRecord>, Failure> {
    with_store(casebridge, |store| store.cases()).await
}
