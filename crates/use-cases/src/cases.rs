//! Lists of cases to choose from: found in the org, recently viewed in the org, or opened in
//! Casebridge. The latter are stored.

use crate::{Casebridge, failures, with_store};
use casebridge_domain::Failure;
pub use casebridge_salesforce::CaseHit;
use casebridge_store::CaseRecord;

/// Finds cases by part of their subject or by number, latest first.
///
/// # Errors
/// The org can't be asked.
pub async fn find(casebridge: &Casebridge, text: &str) -> Result<Vec<CaseHit>, Failure> {
    casebridge.org()?.find_cases(text).await.map_err(failures::of_org)
}

/// The cases that the user recently viewed in the org, latest first.
///
/// # Errors
/// The org can't be asked.
pub async fn viewed(casebridge: &Casebridge) -> Result<Vec<CaseHit>, Failure> {
    casebridge.org()?.recently_viewed_cases().await.map_err(failures::of_org)
}

/// Remembers a case as the latest one opened in Casebridge.
///
/// # Errors
/// It could not be stored.
pub async fn note(casebridge: &Casebridge, case: CaseRecord) -> Result<(), Failure> {
    with_store(casebridge, move |store| store.note_case(&case)).await
}

/// The cases that were opened in Casebridge, latest first.
///
/// # Errors
/// The store can't be read.
pub async fn opened(casebridge: &Casebridge) -> Result<Vec<CaseRecord>, Failure> {
    with_store(casebridge, |store| store.cases()).await
}
