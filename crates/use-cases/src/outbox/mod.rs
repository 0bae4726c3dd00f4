//! The durable outbox: every write is first stored as an item, and closed only after the server has
//! confirmed it.
//!
//! The queue does not know the jobs: each job ([`crate::jobs`]) writes, reads and processes the
//! payload of its items. Only one process of the profile works on an item at a time. Temporary
//! failures are retried after a pause with full jitter. A failure that affects the whole org holds
//! the queue. What only a person can fix is parked and does not block other items.

mod history;
mod retry;

use crate::{Casebridge, account, failures, with_store};
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::lock::profile_lock;
use casebridge_store::{Item, Kind, NewItem, State, Verdict};
pub use history::{
    OpenItem, Overview, failure_of, is_done, note_mended_seen, open_items, overview,
};
use jiff::{SignedDuration, Timestamp};
use retry::{Fate, LONGEST, fate, full_jitter};
pub(crate) use retry::{Hints, PATIENCE, failed_before};
use std::time::Duration;

/// How long to wait for another process that works on the outbox.
const TURN: Duration = Duration::from_secs(600);
/// The interval for checking waiting items in case no event arrives.
pub(crate) const LOOK: SignedDuration = SignedDuration::from_mins(15);
/// The longest pause. An item that is due later was postponed by a wrong clock, and counts as due.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(7);

/// A group of item kinds that are processed in sequence. Lanes do not wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Sessions and their surveys, which may take minutes.
    Sessions,
    /// E-mails and session keys, which a person is waiting for.
    Messages,
    /// What nobody waits for: rows of the org's log, and session keys to be deleted.
    Upkeep,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 3] = [Self::Sessions, Self::Messages, Self::Upkeep];

    /// The kinds of its items.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Sessions => &[Kind::Import, Kind::Survey],
            Self::Messages => &[Kind::Email, Kind::Key],
            Self::Upkeep => &[Kind::Log, Kind::KeyEnd],
        }
    }

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Import | Kind::Survey => Self::Sessions,
            Kind::Email | Kind::Key | Kind::Jump | Kind::Tag => Self::Messages,
            Kind::Log | Kind::KeyEnd => Self::Upkeep,
        }
    }

    fn lock_name(self) -> &'static str {
        match self {
            Self::Sessions => "outbox-sessions",
            Self::Messages => "outbox-messages",
            Self::Upkeep => "outbox-upkeep",
        }
    }
}

/// The result of an attempt.
#[derive(Debug)]
pub enum Attempt<R> {
    /// Done, with this result.
    Done(R),
    /// Checked, and will be checked again later.
    LooksAgain,
    /// There was nothing to do, for this reason.
    Dropped(Failure),
    /// It will be retried automatically.
    Later(Failure),
    /// A person has to look.
    Parked(Failure),
    /// Another process has worked on it. This is the item now, if it still exists.
    Gone(Option<Box<Item>>),
}

/// The result of a successful attempt, to be stored.
pub(crate) struct Outcome<R> {
    /// A short summary for people.
    pub(crate) summary: String,
    /// The case's record id and number, if they were found.
    pub(crate) case: Option<(String, String)>,
    /// The server accepted the request, so the queue is not held.
    pub(crate) is_probe: bool,
    /// What happens next.
    pub(crate) next: Next<R>,
}

/// What happens next.
pub(crate) enum Next<R> {
    /// The item is done, optionally followed by another item.
    Done(R, Option<Follow>),
    /// The same item again at this time, with this payload.
    Again(Timestamp, String),
    /// The item is done, and no record of it is kept.
    Forget(R),
}

/// An item that follows another one.
pub(crate) struct Follow {
    pub(crate) kind: Kind,
    /// Its subject. If absent, that of the item that it follows.
    pub(crate) subject: Option<String>,
    pub(crate) payload: String,
    pub(crate) due: Timestamp,
}

impl<R> Outcome<R> {
    pub(crate) fn done(summary: impl Into<String>, result: R) -> Self {
        Self { summary: summary.into(), case: None, is_probe: true, next: Next::Done(result, None) }
    }

    /// Done, without a record. `is_probe` says whether the server accepted a request.
    pub(crate) fn forget(is_probe: bool, result: R) -> Self {
        Self { summary: String::new(), case: None, is_probe, next: Next::Forget(result) }
    }
}

/// The interface between the queue and the jobs.
pub(crate) trait Work: Send + Sync + 'static {
    /// The job's result type.
    type Result: Send;

    /// Works on an item.
    fn run(
        casebridge: &Casebridge,
        item: &Item,
    ) -> impl Future<Output = Result<Outcome<Self::Result>, Failure>> + Send;

    /// Hints about a failed item.
    fn hints(
        casebridge: &Casebridge,
        item: &Item,
        code: FailureCode,
    ) -> impl Future<Output = Hints> + Send;

    /// The item that reports a failure which ended an item or waits for a person, if there is to be
    /// one.
    fn report(
        casebridge: &Casebridge,
        item: &Item,
        failure: &Failure,
        ended: bool,
    ) -> Option<Follow>;
}

pub(crate) fn later(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Works on an open item, unless another process does, and stores the result.
///
/// # Errors
/// The result can't be stored. The item is unchanged.
pub(crate) async fn work_on<W: Work>(
    casebridge: &Casebridge,
    id: u32,
) -> Result<Attempt<W::Result>, Failure> {
    let known = with_store(casebridge, move |store| store.item(id)).await?;
    let Some(item) = known else { return Ok(Attempt::Gone(None)) };
    let (profile, name) = (casebridge.profile().clone(), Lane::of(item.kind).lock_name());
    let lock = tokio::task::spawn_blocking(move || profile_lock(&profile, name, TURN)).await;
    let internal = |e| Failure::caused(FailureCode::Internal, String::new(), e);
    let _lock = lock.map_err(internal)?.map_err(failures::of_disk)?;
    let owner = account::owner(casebridge).await;
    // Another process may have finished it in the meantime.
    let known = with_store(casebridge, move |store| store.item(id)).await?;
    let item = match known {
        Some(item) if item.state == State::Waiting => item,
        other => return Ok(Attempt::Gone(other.map(Box::new))),
    };
    if item.held_for.is_some() {
        return Ok(Attempt::Later(failure_of(&item)));
    }
    let (org, user) = match owner {
        Ok(owner) => owner,
        Err(failure) => return failed::<W>(casebridge, item, failure).await,
    };
    // Even if another user signs in now, calls are only made as the item's owner.
    let (of_task, in_task) = (casebridge.only_as(org, user), item.clone());
    // A panic only fails this item.
    let work = tokio::spawn(async move { W::run(&of_task, &in_task).await });
    let result = work.await.unwrap_or_else(|e| Err(internal(e)));
    if result.as_ref().is_err_and(|failure| failure.code == FailureCode::OtherSignIn) {
        // The item is kept even if the new owner is not known yet.
        if let Err(failure) = account::learn_owner(casebridge).await {
            tracing::warn!(code = %failure.code, "it is not known who is signed in");
        }
    }
    match result {
        Ok(outcome) => done(casebridge, item, outcome).await,
        Err(failure) => failed::<W>(casebridge, item, failure).await,
    }
}

async fn done<R: Send>(
    casebridge: &Casebridge,
    item: Item,
    outcome: Outcome<R>,
) -> Result<Attempt<R>, Failure> {
    let now = casebridge.now();
    let Outcome { summary, case, is_probe, next } = outcome;
    let (again, result, follow, is_kept) = match next {
        Next::Done(result, follow) => (None, Some(result), follow, true),
        Next::Again(due, payload) => (Some((due, payload)), None, None, true),
        Next::Forget(result) => (None, Some(result), None, false),
    };
    with_store(casebridge, move |store| {
        if is_probe {
            store.release_outbox()?;
        }
        let case = case.as_ref().map(|(id, number)| (id.as_str(), number.as_str()));
        let verdict = match &again {
            Some((due, payload)) => {
                Verdict::Later { due: *due, error: None, counts: false, payload: Some(payload) }
            }
            None if is_kept => Verdict::Done { summary: &summary, case },
            None => Verdict::Drop,
        };
        let of_case = case.unwrap_or((&item.case_id, &item.case_number));
        let follow = follow.as_ref().map(|follow| (follow.item(&item, of_case), follow.due));
        let follow = follow.as_ref().map(|(next, due)| (next, *due));
        store.judge((item.id, item.revision), &verdict, follow, now)
    })
    .await?;
    Ok(result.map_or(Attempt::LooksAgain, Attempt::Done))
}

impl Follow {
    /// The new item, which is about the same appliance and this case.
    fn item<'a>(&'a self, after: &'a Item, case: (&'a str, &'a str)) -> NewItem<'a> {
        NewItem {
            kind: self.kind,
            subject: self.subject.as_deref().unwrap_or(&after.subject),
            appliance: &after.appliance,
            case_id: case.0,
            case_number: case.1,
            title: &after.title,
            payload: &self.payload,
        }
    }
}

async fn failed<W: Work>(
    casebridge: &Casebridge,
    item: Item,
    failure: Failure,
) -> Result<Attempt<W::Result>, Failure> {
    let now = casebridge.now();
    let fate = fate(&failure, &item, W::hints(casebridge, &item, failure.code).await);
    tracing::warn!(
        kind = item.kind.as_str(), code = %failure.code, ?fate,
        cause = crate::diagnostics::cause(&failure), "an item of the outbox was not done"
    );
    let pause = full_jitter(failed_before(&item, failure.code));
    let hold = later(now, SignedDuration::try_from(LONGEST).unwrap_or_default());
    let code = failure.code.text().code;
    let other_sign_in = failure.code == FailureCode::OtherSignIn;
    let detail = failure.detail.clone();
    let report = match fate {
        Fate::Park => W::report(casebridge, &item, &failure, false),
        Fate::GiveUp => W::report(casebridge, &item, &failure, true),
        Fate::Retry | Fate::Hold | Fate::Wait | Fate::LookAgain | Fate::Drop => None,
    };
    with_store(casebridge, move |store| {
        let error = Some((code, detail.as_str()));
        let verdict = match fate {
            Fate::Retry => {
                Verdict::Later { due: later(now, pause), error, counts: true, payload: None }
            }
            Fate::Hold => {
                store.hold_outbox(hold, code)?;
                Verdict::Later { due: hold, error, counts: false, payload: None }
            }
            Fate::Wait => {
                let due = later(now, LOOK);
                // A sign-in releases items that wait for one.
                let error = error.filter(|_| other_sign_in);
                Verdict::Later { due, error, counts: false, payload: None }
            }
            Fate::LookAgain => {
                let due = later(now, LOOK);
                Verdict::Later { due, error: None, counts: true, payload: None }
            }
            Fate::Park => Verdict::Park { code, detail: &detail },
            Fate::GiveUp => Verdict::GiveUp { code, detail: &detail },
            Fate::Drop => Verdict::Drop,
        };
        // The case may have been found during the attempt.
        let known = store.item(item.id)?;
        let case = known.as_ref().unwrap_or(&item);
        let case = (case.case_id.as_str(), case.case_number.as_str());
        let report = report.as_ref().map(|report| (report.item(&item, case), report.due));
        let report = report.as_ref().map(|(next, due)| (next, *due));
        store.judge((item.id, item.revision), &verdict, report, now)
    })
    .await?;
    Ok(match fate {
        Fate::Retry | Fate::Hold | Fate::Wait | Fate::LookAgain => Attempt::Later(failure),
        Fate::Park => Attempt::Parked(failure),
        Fate::GiveUp | Fate::Drop => Attempt::Dropped(failure),
    })
}

/// The next item of a lane and its due time, including the hold of the queue. Both are limited to
/// the longest pause, in case they were stored with a wrong clock.
///
/// # Errors
/// The store can't be read.
pub async fn next(
    casebridge: &Casebridge,
    lane: Lane,
) -> Result<Option<(Item, Timestamp)>, Failure> {
    let now = casebridge.now();
    let furthest = later(now, LONGEST_PAUSE);
    let in_bounds = move |at: Timestamp| if at > furthest { now } else { at };
    with_store(casebridge, move |store| {
        let hold = store.outbox_hold()?.map_or(Timestamp::MIN, |(until, _)| in_bounds(until));
        let first = store.first(lane.kinds(), furthest)?;
        Ok(first.map(|item| {
            let due = in_bounds(item.due_at).max(hold);
            (item, due)
        }))
    })
    .await
}

/// Makes an open item due now, even if the queue is held.
///
/// # Errors
/// [`FailureCode::OutboxItemUnknown`] if there is no such open item.
pub async fn retry(casebridge: &Casebridge, id: u32) -> Result<(), Failure> {
    let now = casebridge.now();
    let known = with_store(casebridge, move |store| {
        store.release_outbox()?;
        store.retry(id, now)
    });
    known_or_failure(known.await?, id)
}

/// Discards an open item.
///
/// # Errors
/// As [`retry()`].
pub async fn discard(casebridge: &Casebridge, id: u32) -> Result<(), Failure> {
    let now = casebridge.now();
    known_or_failure(with_store(casebridge, move |store| store.discard(id, now)).await?, id)
}

fn known_or_failure(known: bool, id: u32) -> Result<(), Failure> {
    match known {
        true => Ok(()),
        false => Err(Failure::new(FailureCode::OutboxItemUnknown, id.to_string())),
    }
}

/// Releases the items that were waiting for a sign-in.
///
/// # Errors
/// The store can't be written.
pub async fn release(casebridge: &Casebridge) -> Result<(), Failure> {
    let now = casebridge.now();
    with_store(casebridge, move |store| {
        store.release_outbox()?;
        let held = |item: &Item| item.state == State::Waiting && item.error_code.is_some();
        for item in store.outbox()?.iter().filter(|item| held(item)) {
            store.retry(item.id, now)?;
        }
        Ok(())
    })
    .await
}
