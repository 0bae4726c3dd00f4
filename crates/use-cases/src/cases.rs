//! Cases to choose from: found in the org, looked at there, or opened here, from one start of the app to
//! the next.

use crate::{Casebridge, failures, with_store};
use casebridge_domain::Failure;
pub use casebridge_salesforce::CaseHit;
use casebridge_store::CaseRecord;

/// Finds cases by a part of their subject, or by their number, the latest first.
///
/// # Errors
/// The org cannot be asked.
pub async fn find(casebridge: &Casebridge, text: &str) -> Result<Vec<CaseHit>, Failure> {
    casebridge.org()?.find_cases(text).await.map_err(failures::of_org)
}

/// The cases that the user looked at in the org lately, the latest first.
///
/// # Errors
/// The org cannot be asked.
pub async fn viewed(casebridge: &Casebridge) -> Result<Vec<CaseHit>, Failure> {
    casebridge.org()?.recently_viewed_cases().await.map_err(failures::of_org)
}

/// Remembers a case as the latest that was opened here.
///
/// # Errors
/// It could not be remembered.
pub async fn note(casebridge: &Casebridge, case: CaseRecord) -> Result<(), Failure> {
    with_store(casebridge, move |store| store.note_case(&case)).await
}

/// The cases that were opened here, the latest first.
///
/// # Errors
/// It cannot be read.
pub async fn opened(casebridge: &Casebridge) -> Result<Vec<CaseRecord>, Failure> {
    with_store(casebridge, |store| store.cases()).await
}
