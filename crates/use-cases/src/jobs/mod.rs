//! What waits in the outbox to be done, a file for each kind of job. A job reads what it needs from its item
//! and does it; it knows no queue.

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

/// What a job that was done has done.
#[derive(Debug)]
pub enum Finished {
    /// A session was written to the org.
    Session(Box<Imported>),
    /// Its late surveys were.
    Surveys,
    /// An e-mail was handed to the org.
    Email,
    /// A session key is on its case.
    Key,
}

/// Works on an open item, if no other process does so meanwhile, and writes down what came of it.
///
/// # Errors
/// What came of it cannot be kept: the item is as it was.
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

/// What an item needs, as its job wrote it.
fn read<J: DeserializeOwned>(item: &Item) -> Result<J, Failure> {
    let broken = |e| Failure::caused(FailureCode::Internal, String::new(), e);
    serde_json::from_str(&item.payload).map_err(broken)
}

/// What an item needs, as a text.
fn write(job: &impl Serialize) -> String {
    serde_json::to_string(job).unwrap_or_default()
}

fn lsid_of(item: &Item) -> Result<Lsid, Failure> {
    let broken = |e| Failure::caused(FailureCode::SessionUnknown, item.subject.clone(), e);
    item.subject.parse().map_err(broken)
}
