//! Imports sessions, and shows and manages the outbox.

use crate::answer::Answer;
use crate::arguments::Outbox;
use casebridge_domain::{Failure, FailureCode, Lsid};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::import::{self, How, Imported};
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::jobs::{self, Finished};
use casebridge_use_cases::outbox::{self, Attempt, OpenItem};
use casebridge_use_cases::sessions;
use serde_json::{Value, json};

/// The import is first stored in the outbox. If it fails now, the tray app retries it, and `outbox
/// list` shows it.
pub(crate) async fn import(
    casebridge: &Casebridge,
    lsid: &str,
    appliance: Option<&str>,
    dry_run: bool,
    yes: bool,
) -> Result<Answer, Failure> {
    let unknown = |e| Failure::caused(FailureCode::SessionUnknown, lsid.to_owned(), e);
    let lsid: Lsid = lsid.parse().map_err(unknown)?;
    let appliance = sessions::home_of(casebridge, appliance, &lsid).await?;
    let appliance = Some(appliance.as_str());
    if dry_run {
        let how = if yes { How::AgreedDryRun } else { How::DryRun };
        return Ok(of_import(&import::import(casebridge, appliance, &lsid, how).await?, true));
    }
    let when = if yes { When::Agreed } else { When::Asked };
    let id = jobs::import::enqueue_import(casebridge, appliance, &lsid, "", when).await?;
    match jobs::work_on(casebridge, id).await? {
        Attempt::Done(Finished::Session(imported)) => Ok(of_import(&imported, false)),
        // The tray app was faster. It wrote the same records.
        Attempt::Done(_) | Attempt::LooksAgain => told(casebridge, appliance, &lsid).await,
        Attempt::Gone(Some(item)) if outbox::is_done(&item) => {
            told(casebridge, appliance, &lsid).await
        }
        Attempt::Gone(Some(item)) => Err(outbox::failure_of(&item)),
        Attempt::Gone(None) => Err(Failure::new(FailureCode::OutboxItemUnknown, String::new())),
        Attempt::Dropped(failure) | Attempt::Parked(failure) | Attempt::Later(failure) => {
            Err(failure)
        }
    }
}

async fn told(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    lsid: &Lsid,
) -> Result<Answer, Failure> {
    let read = import::import(casebridge, appliance, lsid, How::AgreedDryRun).await?;
    Ok(of_import(&read, false))
}

fn of_import(imported: &Imported, dry_run: bool) -> Answer {
    let case = imported.case.as_ref();
    let json = json!({
        "lsid": imported.lsid.as_str(),
        "case_id": case.map(|case| case.id.as_str()),
        "records": imported.records,
        "warnings": imported.warnings,
    });
    let count: usize = imported.records.values().sum();
    let to = match case {
        Some(case) => case.number.clone().unwrap_or_else(|| case.id.to_string()),
        None => "no case".to_owned(),
    };
    let did = if dry_run { "would be written" } else { "written" };
    let lines = imported.records.iter().map(|(object, count)| format!("{count:6}  {object}"));
    let first = format!("{count} records {did} to {to}");
    let all = std::iter::once(first).chain(lines).chain(imported.warnings.iter().cloned());
    Answer::new(json, all.collect::<Vec<_>>().join("\n"))
}

pub(crate) async fn run(casebridge: &Casebridge, what: &Outbox) -> Result<Answer, Failure> {
    match what {
        Outbox::List => {}
        Outbox::Retry { id } => {
            outbox::retry(casebridge, *id).await?;
            match jobs::work_on(casebridge, *id).await? {
                Attempt::Done(_)
                | Attempt::LooksAgain
                | Attempt::Dropped(_)
                | Attempt::Gone(None) => {}
                Attempt::Gone(Some(item)) if outbox::is_done(&item) => {}
                Attempt::Gone(Some(item)) => return Err(outbox::failure_of(&item)),
                Attempt::Parked(failure) | Attempt::Later(failure) => return Err(failure),
            }
        }
        Outbox::Discard { id } => outbox::discard(casebridge, *id).await?,
    }
    Ok(of_items(&outbox::open_items(casebridge).await?))
}

fn of_items(items: &[OpenItem]) -> Answer {
    let rows: Vec<Value> = items.iter().map(row).collect();
    let lines: Vec<String> = items.iter().map(line).collect();
    let text = if lines.is_empty() { "Nothing is waiting.".to_owned() } else { lines.join("\n") };
    Answer::new(json!({ "items": rows }), text)
}

fn row(item: &OpenItem) -> Value {
    json!({
        "id": item.id,
        "kind": item.kind,
        "case": item.case,
        "state": item.state,
        "attempts": item.attempts,
        "due_at": item.due_at.to_string(),
        "error": item.error.as_ref().map(|(code, detail)| match detail.is_empty() {
            true => code.clone(),
            false => format!("{code}: {detail}"),
        }),
    })
}

fn line(item: &OpenItem) -> String {
    let case = item.case.as_deref().unwrap_or("no case yet");
    let error = item.error.as_ref().map_or("", |(code, _)| code.as_str());
    format!("{:>5}  {:<7} {:<8} {case}  {}  {error}", item.id, item.kind, item.state, item.due_at)
}
