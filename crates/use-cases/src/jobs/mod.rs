//! The jobs of outbox items, a file for each kind. A job reads its payload from the item and does
//! the work. It does not know the queue.

pub mod email;
pub mod import;
pub mod key;
pub mod surveys;

use crate::Casebridge;
use crate::import::Imported;
use crate::outbox::{self, Attempt, Hints, Outcome, Work};
use casebridge_domain::{Failure, FailureCode, Lsid};
use casebridge_store::{Item, Kind};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The result of a finished job.
#[derive(Debug)]
pub enum Finished {
    /// A session was imported to the org.
    Session(Box<Imported>),
    /// Late surveys were imported.
    Surveys,
    /// An e-mail was handed to the org.
    Email,
    /// A session key was written to its case.
    Key,
}

/// Works on an open item, unless another process does, and stores the result.
///
/// # Errors
/// The result can't be stored. The item is unchanged.
pub async fn work_on(casebridge: &Casebridge, id: u32) -> Result<Attempt<Finished>, Failure> {
    outbox::work_on::<Jobs>(casebridge, id).await
}

/// Every job.
struct Jobs;

impl Work for Jobs {
    type Result = Finished;

    async fn run(casebridge: &Casebridge, item: &Item) -> Result<Outcome<Finished>, Failure> {
        match item.kind {
            Kind::Import => import::run(casebridge, item).await,
            Kind::Survey => surveys::run(casebridge, item).await,
            Kind::Email => email::run(casebridge, item).await,
            Kind::Key => key::run(casebridge, item).await,
            Kind::Jump | Kind::Tag => {
                Err(Failure::new(FailureCode::Internal, "This entry is only a record."))
            }
        }
    }

    async fn hints(casebridge: &Casebridge, item: &Item, code: FailureCode) -> Hints {
        match item.kind {
            Kind::Import => import::hints(item),
            Kind::Survey => surveys::hints(casebridge, item, code).await,
            Kind::Email | Kind::Key | Kind::Jump | Kind::Tag => Hints::default(),
        }
    }
}

/// Reads a job's payload from an item.
fn read<J: DeserializeOwned>(item: &Item) -> Result<J, Failure> {
    let broken = |e| Failure::caused(FailureCode::Internal, String::new(), e);
    serde_json::from_str(&item.payload).map_err(broken)
}

/// Writes a job's payload as text.
fn write(job: &impl Serialize) -> String {
    serde_json::to_string(job).unwrap_or_default()
}

fn lsid_of(item: &Item) -> Result<Lsid, Failure> {
    let broken = |e| Failure::caused(FailureCode::SessionUnknown, item.subject.clone(), e);
    item.subject.parse().map_err(broken)
}
