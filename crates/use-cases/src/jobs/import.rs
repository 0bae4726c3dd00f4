//! Imports a session after it has ended.

use super::surveys::{self, Surveys};
use super::{Finished, lsid_of, read, write};
use crate::import::{self, How, Imported, ImportedCase};
use crate::outbox::{Follow, Hints, LOOK, Next, Outcome, later};
use crate::sessions::RunningSession;
use crate::{Casebridge, ended, failures, with_owned_store, with_store};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{Failure, FailureCode, Lsid};
use casebridge_store::{Item, Kind, NewItem, State};
use serde::{Deserialize, Serialize};

/// The payload of an import item.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Import {
    /// A person asked for this session, so its result is shown.
    #[serde(default)]
    explicit: bool,
    /// The session has ended according to the listing. Only its report may be late.
    #[serde(default)]
    over: bool,
    /// A person has confirmed the case despite a doubt.
    #[serde(default)]
    agreed: bool,
    /// It is another desktop's to import. This one only does if the session is not in the org.
    #[serde(default)]
    of_others: bool,
}

/// Queues the import of a session: now, or when it has ended.
///
/// # Errors
/// It could not be stored.
pub async fn enqueue_import(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    lsid: &Lsid,
    title: &str,
    when: When,
) -> Result<u32, Failure> {
    let (appliance, lsid) = (appliance.unwrap_or(DEFAULT_APPLIANCE).to_owned(), lsid.clone());
    let (title, now) = (title.to_owned(), casebridge.now());
    let due = match when {
        When::Over => later(now, LOOK),
        When::Now | When::Asked | When::Agreed => now,
    };
    let payload = when.payload();
    with_owned_store(casebridge, move |store| {
        store.enqueue(&import_item(&appliance, &lsid, &title, &payload), due, now)
    })
    .await
}

/// When to import a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// When it has ended.
    Over,
    /// It is over.
    Now,
    /// Now, because a person asked for it.
    Asked,
    /// Now, despite a doubt about its case that a person has confirmed.
    Agreed,
}

impl When {
    fn payload(self) -> String {
        write(&Import {
            explicit: matches!(self, Self::Asked | Self::Agreed),
            over: self != Self::Over,
            agreed: self == Self::Agreed,
            of_others: false,
        })
    }
}

pub(crate) fn import_item<'a>(
    appliance: &'a str,
    lsid: &'a Lsid,
    title: &'a str,
    payload: &'a str,
) -> NewItem<'a> {
    NewItem {
        kind: Kind::Import,
        subject: lsid.as_str(),
        appliance,
        case_id: "",
        case_number: "",
        title,
        payload,
    }
}

/// The payload for a session whose case was saved for the import.
pub(crate) fn held_import() -> String {
    When::Asked.payload()
}

/// The payload for a session that was found to have ended.
pub(crate) fn found_import() -> String {
    When::Now.payload()
}

/// The payload for such a session that is another desktop's to import.
pub(crate) fn found_import_of_others() -> String {
    write(&Import { over: true, of_others: true, ..Import::default() })
}

pub(super) fn hints(item: &Item) -> Hints {
    let Import { explicit, over, of_others, .. } = read(item).unwrap_or_default();
    Hints { asked: explicit, ready: over, of_others, ..Hints::default() }
}

pub(super) async fn run(
    casebridge: &Casebridge,
    item: &Item,
) -> Result<Outcome<Finished>, Failure> {
    let lsid = lsid_of(item)?;
    let job: Import = read(item).unwrap_or_default();
    if job.of_others && casebridge.org()?.has_session(&lsid).await.map_err(failures::of_org)? {
        return Err(Failure::new(FailureCode::SessionImportedElsewhere, String::new()));
    }
    let how = match (job.agreed, job.of_others) {
        (true, _) => How::Agreed,
        (false, true) => How::OfOthers,
        (false, false) => How::Write,
    };
    let imported = import::import(casebridge, Some(&item.appliance), &lsid, how).await?;
    let id = imported.case.as_ref().map(|case| &case.id);
    surveys::move_case(casebridge, &imported.surveys, &lsid, id).await?;
    if imported.case.is_some() {
        ended::dismiss(casebridge, &item.appliance, &lsid).await?;
    }
    let follow = Surveys::after(casebridge, &item.appliance, &imported).await?;
    let follow = follow.map(|(job, due)| Follow {
        kind: Kind::Survey,
        subject: None,
        payload: write(&job),
        due,
    });
    let number = |case: &ImportedCase| case.number.clone().unwrap_or_default();
    let case = imported.case.as_ref().map(|case| (case.id.to_string(), number(case)));
    let summary = summary(&imported);
    let next = Next::Done(Finished::Session(Box::new(imported)), follow);
    Ok(Outcome { summary, case, is_probe: true, next })
}

fn summary(imported: &Imported) -> String {
    match imported.records.values().sum::<usize>() {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}

/// Whether an item is waiting for its session to end.
pub fn waits_for_end(item: &Item) -> bool {
    let payload = read::<Import>(item);
    item.kind == Kind::Import && payload.is_ok_and(|payload| !payload.over)
}

/// Queues the import of a session to its case, after a person has confirmed it despite a doubt.
///
/// # Errors
/// There is no such waiting import, or it could not be stored.
pub async fn agree(casebridge: &Casebridge, id: u32) -> Result<(), Failure> {
    let unknown = || Failure::new(FailureCode::OutboxItemUnknown, String::new());
    let item = with_store(casebridge, move |store| store.item(id)).await?.ok_or_else(unknown)?;
    let is_open = matches!(item.state, State::Waiting | State::Parked);
    if item.kind != Kind::Import || !is_open || item.held_for.is_some() {
        return Err(unknown());
    }
    let lsid = lsid_of(&item)?;
    let appliance = Some(item.appliance.as_str());
    enqueue_import(casebridge, appliance, &lsid, &item.title, When::Agreed).await.map(drop)
}

/// The session of an open import, as far as the item contains it.
pub fn session_of(item: &Item) -> Option<RunningSession> {
    (item.kind == Kind::Import && item.held_for.is_none()).then_some(())?;
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Some(RunningSession {
        appliance: item.appliance.clone(),
        lsid: item.subject.parse().ok()?,
        lseq: None,
        start_time: None,
        customer: filled(&item.title),
        hostname: None,
        external_key: filled(&item.case_number),
        foreign_key: None,
        mine: true,
        owner: true,
    })
}
