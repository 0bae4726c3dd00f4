//! The durable outbox: every write of Casebridge is an item first, and is closed only when the other
//! side has confirmed it.
//!
//! The queue knows no job: what an item needs is written, read and done by its job ([`crate::jobs`]).
//! An item is worked on by one process of the profile at a time. What fails by no fault of its own is
//! tried again after a pause of full jitter; what the org does not let anybody do holds the queue;
//! what only a person can mend is parked, and stands in nobody's way.

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
/// What waits for something is looked at so often in case nobody tells that it has happened.
pub(crate) const LOOK: SignedDuration = SignedDuration::from_mins(15);
/// No pause is longer: what is due later was put off by a clock that was wrong, and is due.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(7);

/// Kinds that are worked on in one line; lines do not wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Sessions and their surveys, which may take minutes.
    Sessions,
    /// What somebody waits for.
    Messages,
}

impl Lane {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sessions, Self::Messages];

    /// The kinds of its items.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Sessions => &[Kind::Import, Kind::Survey],
            Self::Messages => &[Kind::Email, Kind::Key],
        }
    }

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Import | Kind::Survey => Self::Sessions,
            Kind::Email | Kind::Key | Kind::Jump | Kind::Tag => Self::Messages,
        }
    }

    fn lock_name(self) -> &'static str {
        match self {
            Self::Sessions => "outbox-sessions",
            Self::Messages => "outbox-messages",
        }
    }
}

/// What came of an attempt.
#[derive(Debug)]
pub enum Attempt<R> {
    /// It is done, with this result.
    Done(R),
    /// It has looked, and looks again later.
    LooksAgain,
    /// There was nothing to do after all, and this is why.
    Dropped(Failure),
    /// It is tried again by itself.
    Later(Failure),
    /// A person has to look.
    Parked(Failure),
    /// Another process had it meanwhile; this is how it is now, if it is still on record.
    Gone(Option<Box<Item>>),
}

/// What is to be written down of an attempt that did not fail.
pub(crate) struct Outcome<R> {
    /// What came of it, in a few words for people.
    pub(crate) summary: String,
    /// The case's record id and number, if they were found on the way.
    pub(crate) case: Option<(String, String)>,
    /// The other side has done what it was asked: nothing holds up the others.
    pub(crate) is_probe: bool,
    /// What is done next.
    pub(crate) next: Next<R>,
}

/// What is done next.
pub(crate) enum Next<R> {
    /// Nothing; or another item, of this kind and with this payload, once it is due.
    Done(R, Option<Follow>),
    /// The same again then, with this payload.
    Again(Timestamp, String),
}

/// An item that follows another one.
pub(crate) struct Follow {
    pub(crate) kind: Kind,
    pub(crate) payload: String,
    pub(crate) due: Timestamp,
}

impl<R> Outcome<R> {
    pub(crate) fn done(summary: impl Into<String>, result: R) -> Self {
        Self { summary: summary.into(), case: None, is_probe: true, next: Next::Done(result, None) }
    }
}

/// What the queue asks of the jobs.
pub(crate) trait Work: Send + Sync + 'static {
    /// What is done with.
    type Result: Send;

    /// Does an item.
    fn run(
        casebridge: &Casebridge,
        item: &Item,
    ) -> impl Future<Output = Result<Outcome<Self::Result>, Failure>> + Send;

    /// What is known of one that failed.
    fn hints(
        casebridge: &Casebridge,
        item: &Item,
        code: FailureCode,
    ) -> impl Future<Output = Hints> + Send;
}

pub(crate) fn later(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Works on an open item, if no other process does so meanwhile, and writes down what came of it.
///
/// # Errors
/// What came of it cannot be kept: the item is as it was.
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
    // Another process may have done it while this one waited.
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
    // Whoever signs in meanwhile: no call is made in another name than that of whose item it is.
    let (of_task, in_task) = (casebridge.only_as(org, user), item.clone());
    // A panic is this item's failure and nobody else's.
    let work = tokio::spawn(async move { W::run(&of_task, &in_task).await });
    let result = work.await.unwrap_or_else(|e| Err(internal(e)));
    if result.as_ref().is_err_and(|failure| failure.code == FailureCode::OtherSignIn) {
        // That it is not known yet who it is takes nothing from the item.
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
    let (again, result, follow) = match next {
        Next::Done(result, follow) => (None, Some(result), follow),
        Next::Again(due, payload) => (Some((due, payload)), None, None),
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
            None => Verdict::Done { summary: &summary, case },
        };
        let of_case = case.unwrap_or((&item.case_id, &item.case_number));
        let follow = follow.as_ref().map(|Follow { kind, payload, due }| {
            let next = NewItem {
                kind: *kind,
                subject: &item.subject,
                appliance: &item.appliance,
                case_id: of_case.0,
                case_number: of_case.1,
                title: &item.title,
                payload,
            };
            (next, *due)
        });
        let follow = follow.as_ref().map(|(next, due)| (next, *due));
        store.judge((item.id, item.revision), &verdict, follow, now)
    })
    .await?;
    Ok(result.map_or(Attempt::LooksAgain, Attempt::Done))
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
                // What waits for a sign-in is let go by it.
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
        store.judge((item.id, item.revision), &verdict, None, now)
    })
    .await?;
    Ok(match fate {
        Fate::Retry | Fate::Hold | Fate::Wait | Fate::LookAgain => Attempt::Later(failure),
        Fate::Park => Attempt::Parked(failure),
        Fate::GiveUp | Fate::Drop => Attempt::Dropped(failure),
    })
}

/// The item that is to be worked on next in a lane, and when; the hold counts. Neither counts for
/// longer than any pause lasts, whatever the clock was when it was written down.
///
/// # Errors
/// What is kept cannot be read.
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

/// Makes an open item due now, whatever holds the queue.
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

/// Gives an open item up.
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

/// Lets what was held for the sign-in go on.
///
/// # Errors
/// What is kept cannot be written.
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
