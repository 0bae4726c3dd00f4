//! Writes what could not be done to the org's log, for its administrators: all waiting failures in
//! one call. A failure of this job is only logged on this computer.

use super::{Finished, read, write};
use crate::outbox::{Follow, Outcome};
use crate::{Casebridge, account, failures, with_store};
use casebridge_domain::settings::setting;
use casebridge_domain::{Failure, FailureCode};
use casebridge_salesforce::{Error as OrgError, LogRow, MOST_LOG_ROWS};
use casebridge_store::{Item, Kind, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long rows stay in the org. What a desktop leaves over, the org's clean-up deletes.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The payload of a log item. Titles and next steps follow from the code, and texts of customers
/// are never part of it.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    code: String,
    job: String,
    lsid: String,
    ended: bool,
    at: Timestamp,
}

/// The item that reports a failure of another item, if there is to be one.
pub(super) fn report(
    casebridge: &Casebridge,
    item: &Item,
    failure: &Failure,
    ended: bool,
) -> Option<Follow> {
    // Another product's session is nobody's failure.
    let is_fine = failure.code == FailureCode::SessionForeignKey;
    if item.kind.is_quiet() || is_fine || !is_on(casebridge) {
        return None;
    }
    let now = casebridge.now();
    let entry = Entry {
        code: failure.code.text().code.to_owned(),
        job: item.kind.as_str().to_owned(),
        lsid: match item.kind {
            Kind::Import | Kind::Survey => item.subject.clone(),
            // Their subject has a session key in it.
            Kind::Email | Kind::Key | Kind::Jump | Kind::Tag | Kind::Log | Kind::KeyEnd => {
                String::new()
            }
        },
        ended,
        at: now,
    };
    let payload = write(&entry);
    Some(Follow { kind: Kind::Log, subject: Some(key(item, &entry.code)), payload, due: now })
}

fn is_on(casebridge: &Casebridge) -> bool {
    casebridge.settings().get(&setting::ORG_ERROR_LOG)
}

/// The same failure of the same item is one row, however often it is met. Two computers never have
/// the same key, because each item began at its own millisecond.
fn key(item: &Item, code: &str) -> String {
    format!("{:x}-{:x}-{code}", item.created_at.as_millisecond(), item.id)
}

/// Writes this item and all others that wait.
pub(super) async fn run(
    casebridge: &Casebridge,
    item: &Item,
) -> Result<Outcome<Finished>, Failure> {
    let most = u32::try_from(MOST_LOG_ROWS).unwrap_or(u32::MAX);
    let mut items = with_store(casebridge, move |store| store.waiting(Kind::Log, most)).await?;
    items.retain(|other| other.id != item.id);
    items.truncate(MOST_LOG_ROWS - 1);
    items.push(item.clone());
    if !is_on(casebridge) {
        close(casebridge, item, items).await?;
        return Ok(Outcome::forget(false, Finished::Upkeep));
    }
    let org = casebridge.org()?;
    let (_, user) = account::owner(casebridge).await?;
    let rows: Vec<LogRow> = items.iter().filter_map(|item| row(user.as_str(), item)).collect();
    match org.write_log(&rows).await {
        Ok(left) => {
            if !left.refused.is_empty() {
                tracing::warn!(codes = left.refused.join(", "), "the org refused rows of the log");
            }
            items.retain(|item| !left.busy.contains(&external_key(user.as_str(), item)));
        }
        Err(error) if is_refused(&error) => {
            tracing::warn!(%error, rows = rows.len(), "the org takes no log");
            close(casebridge, item, items).await?;
            return Ok(Outcome::forget(false, Finished::Upkeep));
        }
        Err(error) => return Err(failures::of_org(error)),
    }
    let is_busy = !items.iter().any(|other| other.id == item.id);
    close(casebridge, item, items).await?;
    if is_busy {
        return Err(Failure::new(FailureCode::OrgBusy, String::new()));
    }
    let since = casebridge.now().checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    if let Err(error) = org.forget_log(since).await {
        tracing::warn!(%error, "old rows of the log are left over");
    }
    Ok(Outcome::forget(true, Finished::Upkeep))
}

/// Whether the org will never take these rows, such as one without this object.
fn is_refused(error: &OrgError) -> bool {
    let is_final = matches!(
        error,
        OrgError::InvalidField { .. }
            | OrgError::NotFound
            | OrgError::InsufficientAccess { .. }
            | OrgError::InvalidInput(_)
            | OrgError::Unexpected { .. }
    );
    is_final && !error.passes()
}

/// Deletes items that need no other attempt. The queue itself closes the one that is worked on.
async fn close(casebridge: &Casebridge, worked_on: &Item, items: Vec<Item>) -> Result<(), Failure> {
    let (now, own) = (casebridge.now(), worked_on.id);
    with_store(casebridge, move |store| {
        for item in items.iter().filter(|item| item.id != own) {
            store.judge((item.id, item.revision), &Verdict::Drop, None, now)?;
        }
        Ok(())
    })
    .await
}

/// A row belongs to the user who can change it.
fn external_key(user: &str, item: &Item) -> String {
    format!("{user}-{}", item.subject).chars().take(64).collect()
}

/// The row of an item; none for a payload that a newer version wrote.
fn row(user: &str, item: &Item) -> Option<LogRow> {
    let entry: Entry = read(item).ok()?;
    let known = FailureCode::from_word(&entry.code).map(FailureCode::text);
    Some(LogRow {
        key: external_key(user, item),
        title: known.map_or_else(String::new, |text| text.title.to_owned()),
        next_step: known.map_or_else(String::new, |text| text.next_step.to_owned()),
        code: entry.code,
        job: entry.job,
        outcome: if entry.ended { "Given up" } else { "Parked" }.to_owned(),
        case: item.case_id.parse().ok(),
        lsid: entry.lsid,
        appliance: item.appliance.clone(),
        occurred_at: entry.at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
