//! The jobs of outbox items, a file for each kind. A job reads its payload from the item and does
//! the work. Of the queue it knows only the words in which it answers: what came of it, and what follows.

pub mod email;
pub mod import;
pub mod key;
pub mod key_end;
pub mod log;
pub mod surveys;

use crate::import::Imported;
use crate::outbox::{self, Attempt, Follow, Hints, Outcome, Work};
use crate::{Casebridge, with_store};
use casebridge_domain::{Failure, FailureCode, Lsid, RecordId};
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
    /// A session key was written to its case, as this record. Absent if the org wants no keys.
    Key(Option<RecordId>),
    /// Something that nobody asked for.
    Upkeep,
}

/// Works on an open item, unless another process does, and stores the result.
///
/// # Errors
/// The result can't be stored. The item is unchanged.
pub async fn work_on(casebridge: &Casebridge, id: u32) -> Result<Attempt<Finished>, Failure> {
    outbox::work_on::<Jobs>(casebridge, id).await
}

/// Writes the failures that wait to the org's log, for a program that ends soon. The tray app does it
/// by itself. A failure is only logged.
pub async fn write_log(casebridge: &Casebridge) {
    let written = async {
        let waiting = with_store(casebridge, |store| store.waiting(Kind::Log, 1)).await?;
        match waiting.first() {
            Some(item) => work_on(casebridge, item.id).await.map(drop),
            None => Ok(()),
        }
    };
    if let Err(failure) = written.await {
        tracing::warn!(code = %failure.code, "the log was not written");
    }
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
            Kind::KeyEnd => key_end::run(casebridge, item).await,
            Kind::Log => log::run(casebridge, item).await,
            Kind::Jump | Kind::Tag => {
                Err(Failure::new(FailureCode::Internal, "This entry is only a record."))
            }
        }
    }

    async fn hints(casebridge: &Casebridge, item: &Item, code: FailureCode) -> Hints {
        match item.kind {
            Kind::Import => import::hints(item),
            Kind::Survey => surveys::hints(casebridge, item, code).await,
            Kind::Log | Kind::KeyEnd => Hints { quiet: true, ..Hints::default() },
            Kind::Email | Kind::Key | Kind::Jump | Kind::Tag => Hints::default(),
        }
    }

    fn report(
        casebridge: &Casebridge,
        item: &Item,
        failure: &Failure,
        ended: bool,
    ) -> Option<Follow> {
        log::report(casebridge, item, failure, ended)
    }
}

/// Reads a job's payload from an item.
fn read<J: DeserializeOwned>(item: &Item) -> Result<J, Failure> {
    let broken = |e| Failure::caused(FailureCode::Internal, String::new(), e);
    serde_json::from_str(&item.payload).map_err(broken)
}

/// Writes a job's payload as text.
pub(crate) fn write(job: &impl Serialize) -> String {
    serde_json::to_string(job).unwrap_or_default()
}

fn lsid_of(item: &Item) -> Result<Lsid, Failure> {
    let broken = |e| Failure::caused(FailureCode::SessionUnknown, item.subject.clone(), e);
    item.subject.parse().map_err(broken)
}
