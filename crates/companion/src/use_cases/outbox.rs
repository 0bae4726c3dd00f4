//! The durable outbox: every write of Casebridge is an item first, and is closed only when the other
//! side has confirmed it.
//!
//! An item is worked on by one process of the profile at a time. What fails by no fault of its own is
//! tried again after a pause of full jitter; what the org does not let anybody do holds the queue;
//! what only a person can mend is parked, and stands in nobody's way.

use crate::use_cases::sessions::RunningSession;
use crate::use_cases::{account, email_key, import, session_key, with_owned_store, with_store};
use crate::{Casebridge, failures};
use casebridge_domain::report::ExitSurvey;
use casebridge_domain::report_mapping::{answers_of, survey_key};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{CaseId, CaseRef, Failure, FailureCode, Lsid, survey_transition};
use casebridge_platform::lock::profile_lock;
use casebridge_salesforce::{Error as OrgError, Transition, TransitionOutcome};
use casebridge_store::{Item, Kind, Mended, NewItem, State, Verdict};
use import::{How, Imported};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest pause before another attempt; also how long a hold lasts before it is looked again.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// An answer that cannot be understood so often is not going to be.
const PATIENCE: u32 = 8;
/// A case that was not found is looked up so often: it may be made, or shared, a little later.
const LOOK_UPS: u32 = 4;
/// A site that failed so often, one time after the other, is not there for anybody.
const OUTAGE: u32 = 3;
/// An item that was put off so often is left to a person: that is weeks of a running app. It counts
/// times and not days, which a clock that was wrong would change.
const MOST_TRIES: u32 = 4000;
/// How long to wait for another process that works on the outbox.
const TURN: Duration = Duration::from_secs(600);
/// A session that is watched is looked at so often in case nobody tells of its end.
const WHILE_RUNNING: SignedDuration = SignedDuration::from_mins(15);
/// Late surveys are first looked for after this, then after twice as long each time.
const FIRST_SURVEY: SignedDuration = SignedDuration::from_mins(1);
const LAST_SURVEY: SignedDuration = SignedDuration::from_hours(6);
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
pub enum Attempt {
    /// It is done; what was written, if it was a session.
    Done(Option<Imported>),
    /// There was nothing to do after all, and this is why.
    Dropped(Failure),
    /// It is tried again by itself.
    Later(Failure),
    /// A person has to look.
    Parked(Failure),
    /// Another process had it meanwhile; this is how it is now, if it is still on record.
    Gone(Option<Box<Item>>),
}

/// What an import needs.
#[derive(Debug, Default, Serialize, Deserialize)]
struct ImportPayload {
    /// Somebody asked for this very session: what becomes of it is said.
    #[serde(default)]
    explicit: bool,
    /// The session is over, as far as the listing says: its report may only lag.
    #[serde(default)]
    over: bool,
    /// A person has seen what speaks against its case, and agreed.
    #[serde(default)]
    agreed: bool,
}

/// What late surveys need.
#[derive(Debug, Serialize, Deserialize)]
struct SurveyPayload {
    began: Option<Timestamp>,
    /// How often they were looked for.
    looks: u32,
    /// When nobody looks any more, by the appliance's clock.
    until: Timestamp,
    /// The surveys that were written, by key.
    known: BTreeSet<String>,
}

/// Has a session imported: now, or when it is over.
///
/// # Errors
/// It could not be kept.
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
        When::Over => later(now, WHILE_RUNNING),
        When::Now | When::Asked | When::Agreed => now,
    };
    let payload = when.payload();
    with_owned_store(casebridge, move |store| {
        store.enqueue(&import_item(&appliance, &lsid, &title, &payload), due, now)
    })
    .await
}

/// When a session is to be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Once it is over.
    Over,
    /// It is over.
    Now,
    /// Now, because a person asked for it.
    Asked,
    /// Now, although something speaks against its case: a person has seen that.
    Agreed,
}

impl When {
    fn payload(self) -> String {
        json(&ImportPayload {
            explicit: matches!(self, Self::Asked | Self::Agreed),
            over: self != Self::Over,
            agreed: self == Self::Agreed,
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

/// The import of a session whose case is kept here.
pub(crate) fn held_import() -> String {
    When::Asked.payload()
}

/// The import of a session that was found to have ended.
pub(crate) fn found_import() -> String {
    When::Now.payload()
}

fn json(payload: &impl Serialize) -> String {
    serde_json::to_string(payload).unwrap_or_default()
}

fn later(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Works on an open item, if no other process does so meanwhile, and writes down what came of it.
///
/// # Errors
/// What came of it cannot be kept: the item is as it was.
pub async fn work_on(casebridge: &Casebridge, id: u32) -> Result<Attempt, Failure> {
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
        Err(failure) => return settle(casebridge, item, Err(failure)).await,
    };
    // Whoever signs in meanwhile: no call is made in another name than that of whose item it is.
    let (of_task, in_task) = (casebridge.only_as(org, user), item.clone());
    // A panic is this item's failure and nobody else's.
    let work = tokio::spawn(async move { attempt(&of_task, &in_task).await });
    let result = work.await.unwrap_or_else(|e| Err(internal(e)));
    if result.as_ref().is_err_and(|failure| failure.code == FailureCode::OtherSignIn) {
        // That it is not known yet who it is takes nothing from the item.
        if let Err(failure) = account::learn_owner(casebridge).await {
            tracing::warn!(code = %failure.code, "it is not known who is signed in");
        }
    }
    settle(casebridge, item, result).await
}

/// What is to be written down of an attempt that did not fail.
struct Outcome {
    summary: String,
    case: Option<(String, String)>,
    /// What is to be done next, with its payload.
    follow: Option<(String, Timestamp)>,
    imported: Option<Imported>,
    /// Not done yet: look again then, with this payload.
    again: Option<(Timestamp, String)>,
    /// The org has done what it was asked: nothing holds up the others.
    is_probe: bool,
}

impl Outcome {
    fn done(summary: impl Into<String>) -> Self {
        let summary = summary.into();
        Self { summary, case: None, follow: None, imported: None, again: None, is_probe: true }
    }
}

async fn attempt(casebridge: &Casebridge, item: &Item) -> Result<Outcome, Failure> {
    match item.kind {
        Kind::Import => import_session(casebridge, item).await,
        Kind::Survey => import_surveys(casebridge, item).await,
        Kind::Email => email_key::send(casebridge, item).await.map(Outcome::done),
        Kind::Key => session_key::write_key(casebridge, item).await.map(Outcome::done),
        Kind::Jump | Kind::Tag => Ok(Outcome::done("")),
    }
}

async fn import_session(casebridge: &Casebridge, item: &Item) -> Result<Outcome, Failure> {
    let lsid = lsid_of(item)?;
    let payload: ImportPayload = serde_json::from_str(&item.payload).unwrap_or_default();
    let how = if payload.agreed { How::Agreed } else { How::Write };
    let imported = import::import(casebridge, Some(&item.appliance), &lsid, how).await?;
    move_case(casebridge, &imported.surveys, &lsid, imported.case.as_ref().map(|c| &c.id)).await?;
    let patience = survey_patience(casebridge);
    let until = later(time_at(casebridge, &item.appliance).await?, patience);
    let follow = (imported.awaits_surveys && patience.is_positive()).then(|| {
        let known = imported.surveys.iter().map(survey_key).collect();
        let payload = SurveyPayload { began: imported.began, looks: 0, until, known };
        (json(&payload), later(casebridge.now(), FIRST_SURVEY.min(patience)))
    });
    let count: usize = imported.records.values().sum();
    let case = imported.case.as_ref();
    let number = |case: &import::ImportedCase| case.number.clone().unwrap_or_default();
    Ok(Outcome {
        case: case.map(|case| (case.id.to_string(), number(case))),
        follow,
        imported: Some(imported),
        ..Outcome::done(match count {
            1 => "1 record".to_owned(),
            count => format!("{count} records"),
        })
    })
}

fn survey_patience(casebridge: &Casebridge) -> SignedDuration {
    SignedDuration::from_secs(casebridge.settings().seconds("import.survey_patience").into())
}

/// What time it is at the appliance, which has just answered; else by our own clock.
async fn time_at(casebridge: &Casebridge, appliance: &str) -> Result<Timestamp, Failure> {
    let appliance = casebridge.appliance(Some(appliance)).await?;
    Ok(appliance.time().unwrap_or_else(|| casebridge.now()))
}

async fn import_surveys(casebridge: &Casebridge, item: &Item) -> Result<Outcome, Failure> {
    let lsid = lsid_of(item)?;
    let unreadable = |e| Failure::caused(FailureCode::Internal, String::new(), e);
    let mut payload: SurveyPayload = serde_json::from_str(&item.payload).map_err(unreadable)?;
    let appliance = casebridge.appliance(Some(&item.appliance)).await?;
    let (surveys, asked) = import::surveys(&appliance, &lsid, payload.began).await;
    if !asked {
        // A look that saw nothing is none.
        return Err(Failure::new(FailureCode::SurveysUnread, String::new()));
    }
    let is_new = |survey: &&ExitSurvey| !payload.known.contains(&survey_key(survey));
    let new: Vec<ExitSurvey> = surveys.iter().filter(is_new).cloned().collect();
    if !new.is_empty() {
        import::write_surveys(casebridge, &lsid, &new).await?;
        let case = item.case_id.parse().ok();
        move_case(casebridge, &new, &lsid, case.as_ref()).await?;
    }
    payload.known.extend(new.iter().map(survey_key));
    payload.looks = payload.looks.saturating_add(1);
    let span = FIRST_SURVEY * 2_i32.pow(payload.looks.min(12));
    // A clock that was ahead when this began asks for no more patience than the setting.
    let now = time_at(casebridge, &item.appliance).await?;
    payload.until = payload.until.min(later(now, survey_patience(casebridge)));
    // The last look is at the very end.
    let left = now.duration_until(payload.until);
    let due = later(casebridge.now(), span.min(LAST_SURVEY).min(left));
    let summary = match payload.known.len() {
        0 => "no survey came".to_owned(),
        1 => "1 survey".to_owned(),
        count => format!("{count} surveys"),
    };
    let mut outcome = Outcome { is_probe: !new.is_empty(), ..Outcome::done(summary) };
    if now < payload.until {
        outcome.again = Some((due, json(&payload)));
    }
    Ok(outcome)
}

fn lsid_of(item: &Item) -> Result<Lsid, Failure> {
    let broken = |e| Failure::caused(FailureCode::SessionUnknown, item.subject.clone(), e);
    item.subject.parse().map_err(broken)
}

/// Moves the case for those surveys that a rule names. Each moves it once, whoever is first.
async fn move_case(
    casebridge: &Casebridge,
    surveys: &[ExitSurvey],
    lsid: &Lsid,
    case: Option<&CaseId>,
) -> Result<(), Failure> {
    let rules = casebridge.settings().transitions();
    let Some(case) = case.filter(|_| !rules.is_empty()) else { return Ok(()) };
    let answers: Vec<_> = surveys.iter().flat_map(answers_of).collect();
    for (survey_key, rule) in survey_transition::decide(&rules, &answers) {
        let org = casebridge.org()?;
        let now = org.case_by_ref(&CaseRef::Id(case.clone())).await.map_err(failures::of_org)?;
        let moving = Transition {
            lsid: lsid.clone(),
            survey_key,
            rule: rule.name.clone(),
            case: case.clone(),
            from_status: now.status,
            to_status: rule.case_status.clone(),
            owner: rule.owner.clone(),
            comment: rule.comment.clone(),
        };
        match org.apply_transition(&moving).await.map_err(failures::of_org)? {
            TransitionOutcome::Moved => tracing::info!(rule = moving.rule, "a case was moved"),
            TransitionOutcome::Known => tracing::info!("a survey had moved its case before"),
            // Why stands in the transition, where an administrator looks for it.
            TransitionOutcome::Refused(_) => {
                tracing::warn!(rule = moving.rule, "the org refused to move a case");
            }
        }
    }
    Ok(())
}

/// What becomes of an item whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Another attempt may pass.
    Retry,
    /// So it would be for every item.
    Hold,
    /// A person has to mend something.
    Park,
    /// It is not ours to do, and of no interest.
    Drop,
    /// Nothing more can be done, and nobody has to look; it stays on record.
    GiveUp,
    /// It is not time yet.
    Wait,
    /// What it needs may be there later; until then nothing is wrong.
    LookAgain,
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most failures pass by themselves, or for all items at once when a person mends a setting"
)]
fn fate_by_code(code: FailureCode, of_org: bool, item: &Item, payload: &ImportPayload) -> Fate {
    use FailureCode as Code;
    let before = failed_before(item, code);
    match code {
        Code::SessionRunning if !payload.over => Fate::Wait,
        Code::SessionWithoutCase | Code::SessionOtherPortal if !payload.explicit => Fate::Drop,
        Code::SessionForeignKey => Fate::GiveUp,
        Code::OtherSignIn => Fate::Wait,
        Code::SessionCaseNotFound if !payload.explicit => {
            // A look-up is put off without a failure; others have begun the count anew.
            let looked = if item.error_code.is_none() { item.attempts } else { 0 };
            if looked + 1 >= LOOK_UPS { Fate::GiveUp } else { Fate::LookAgain }
        }
        Code::SignInBusy if before + 1 >= OUTAGE => Fate::Hold,
        Code::ServerError if of_org && before + 1 >= OUTAGE => Fate::Hold,
        Code::OrgLimit
        | Code::OrgFull
        | Code::OrgReadOnly
        | Code::SignedOut
        | Code::SignInAgain
        | Code::SignInLost
        | Code::DiskFull
        | Code::OrgAppNotAllowed
        | Code::OrgApiDisabled
        | Code::KeyringUnavailable
        | Code::NotConfigured => Fate::Hold,
        Code::SessionWithoutCase
        | Code::SessionOtherPortal
        | Code::ImportDoubtful
        | Code::OrgRefused
        | Code::OrgMetadata
        | Code::CaseNotFound
        | Code::SessionCaseNotFound
        | Code::ApplianceUnknown
        | Code::EmailRefused
        | Code::EmailUncertain
        | Code::EmailTooLate
        | Code::NoRecipient
        | Code::KeyUnknown => Fate::Park,
        // The report may lag behind its session, and a page may stand in for an answer for a while.
        Code::SessionUnknown
        | Code::ReportIncomplete
        | Code::AnswerNotUnderstood
        | Code::ApplianceRefused
        | Code::OrgAsksAgain
        | Code::Internal
            if before + 1 >= PATIENCE =>
        {
            Fate::Park
        }
        _ => Fate::Retry,
    }
}

/// The fate of an item: whatever came of it, and however often, it ends. `over` says that nobody waits
/// for it any more.
fn fate(failure: &Failure, item: &Item, over: bool) -> Fate {
    let of_org = failure.source.as_ref().is_some_and(|source| source.is::<OrgError>());

    let payload: ImportPayload = serde_json::from_str(&item.payload).unwrap_or_default();
    let fate = fate_by_code(failure.code, of_org, item, &payload);
    let goes_on = matches!(fate, Fate::Retry | Fate::Hold | Fate::Wait | Fate::LookAgain);
    if over && matches!(fate, Fate::Retry | Fate::Park) {
        // Its time was over: what could not be read is told, and that is the end.
        Fate::GiveUp
    } else if goes_on && item.tries >= MOST_TRIES {
        Fate::Park
    } else {
        fate
    }
}

/// How often it failed like this, one time after the other.
fn failed_before(item: &Item, code: FailureCode) -> u32 {
    let is_same = item.error_code.as_deref() == Some(code.text().code);
    if is_same { item.attempts } else { 0 }
}

/// Whether the patience with late surveys has run out, by the clock of an appliance that answers, and the
/// last looks failed alike: neither a wrong clock nor a network that is away for a moment ends anything.
async fn is_over(casebridge: &Casebridge, item: &Item, code: FailureCode) -> bool {
    if item.kind != Kind::Survey || failed_before(item, code) + 1 < PATIENCE {
        return false;
    }
    let payload = serde_json::from_str::<SurveyPayload>(&item.payload);
    let now = casebridge.appliance(Some(&item.appliance)).await.ok().and_then(|site| site.time());
    payload.is_ok_and(|payload| now.is_some_and(|now| payload.until <= now))
}

async fn settle(
    casebridge: &Casebridge,
    item: Item,
    result: Result<Outcome, Failure>,
) -> Result<Attempt, Failure> {
    let now = casebridge.now();
    match result {
        Ok(outcome) => done(casebridge, item, outcome, now).await,
        Err(failure) => failed(casebridge, item, failure, now).await,
    }
}

async fn done(
    casebridge: &Casebridge,
    item: Item,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Attempt, Failure> {
    let imported = outcome.imported;
    let is_closed = outcome.again.is_none();
    with_store(casebridge, move |store| {
        if outcome.is_probe {
            store.release_outbox()?;
        }
        let case = outcome.case.as_ref().map(|(id, number)| (id.as_str(), number.as_str()));
        let verdict = match &outcome.again {
            Some((due, payload)) => {
                Verdict::Later { due: *due, error: None, counts: false, payload: Some(payload) }
            }
            None => Verdict::Done { summary: &outcome.summary, case },
        };
        let of_case = case.unwrap_or((&item.case_id, &item.case_number));
        let follow = outcome.follow.as_ref().map(|(payload, due)| {
            let next = NewItem {
                kind: Kind::Survey,
                subject: &item.subject,
                appliance: &item.appliance,
                case_id: of_case.0,
                case_number: of_case.1,
                title: &item.title,
                payload,
            };
            (next, *due)
        });
        store.judge(
            (item.id, item.revision),
            &verdict,
            follow.as_ref().map(|(next, due)| (next, *due)),
            now,
        )
    })
    .await?;
    Ok(if is_closed { Attempt::Done(imported) } else { Attempt::Done(None) })
}

async fn failed(
    casebridge: &Casebridge,
    item: Item,
    failure: Failure,
    now: Timestamp,
) -> Result<Attempt, Failure> {
    let fate = fate(&failure, &item, is_over(casebridge, &item, failure.code).await);
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
                let due = later(now, WHILE_RUNNING);
                // What waits for a sign-in is let go by it.
                let error = error.filter(|_| other_sign_in);
                Verdict::Later { due, error, counts: false, payload: None }
            }
            Fate::LookAgain => {
                let due = later(now, WHILE_RUNNING);
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

/// A pause between a second and a limit that doubles with each attempt, up to fifteen minutes.
fn full_jitter(attempts: u32) -> SignedDuration {
    let most = 1000_u64.saturating_mul(2_u64.saturating_pow(attempts.saturating_add(1)));
    let most = most.min(u64::try_from(LONGEST.as_millis()).unwrap_or(u64::MAX));
    SignedDuration::from_millis(i64::try_from(rand::random_range(1000..=most)).unwrap_or(1000))
}

/// An item that waits, or needs a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    /// The record.
    pub id: u32,
    /// What it is, as a word.
    pub kind: &'static str,
    /// The number of its case, or else the id.
    pub case: Option<String>,
    /// `waiting` or `parked`.
    pub state: &'static str,
    /// How often it failed.
    pub attempts: u32,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// The code of the last failure, and what it was about.
    pub error: Option<(String, String)>,
}

impl OpenItem {
    fn of(item: Item) -> Self {
        let failure = item.held_for.is_some().then(|| failure_of(&item));
        let held = failure.map(|failure| (failure.code.text().code.to_owned(), failure.detail));
        let case = [item.case_number, item.case_id].into_iter().find(|case| !case.is_empty());
        let detail = item.error_detail.unwrap_or_default();
        Self {
            id: item.id,
            kind: item.kind.as_str(),
            case,
            state: item.state.as_str(),
            attempts: item.attempts,
            due_at: item.due_at,
            error: held.or_else(|| item.error_code.map(|code| (code, detail))),
        }
    }
}

/// Whether an item waits for its session to end.
pub fn waits_for_end(item: &Item) -> bool {
    let payload = serde_json::from_str::<ImportPayload>(&item.payload);
    item.kind == Kind::Import && payload.is_ok_and(|payload| !payload.over)
}

/// Has a session imported to the case that it carries, although something speaks against it: a person
/// has seen that.
///
/// # Errors
/// There is no such import waiting, or it could not be kept.
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

/// The session of an open import, as far as the item tells of it.
pub fn session_of(item: &Item) -> Option<RunningSession> {
    (item.kind == Kind::Import && item.held_for.is_none()).then_some(())?;
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Some(RunningSession {
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

/// Whether the other side has confirmed an item.
pub fn is_done(item: &Item) -> bool {
    item.state == State::Done
}

/// The failure that an item has been left with; one that was given up without any is not there.
pub fn failure_of(item: &Item) -> Failure {
    if let Some(user) = &item.held_for {
        let detail = match user.as_str() {
            "" => "An earlier sign-in left it.".to_owned(),
            user => format!("{user} left it."),
        };
        return Failure::new(FailureCode::OtherSignIn, detail);
    }
    let code = match item.error_code.as_deref() {
        // A newer version may have written down a word that this one does not know.
        Some(word) => FailureCode::from_word(word).unwrap_or(FailureCode::Internal),
        None => FailureCode::OutboxItemUnknown,
    };
    Failure::new(code, item.error_detail.clone().unwrap_or_default())
}

/// The open items: what needs a person first.
///
/// # Errors
/// What is kept cannot be read.
pub async fn open_items(casebridge: &Casebridge) -> Result<Vec<OpenItem>, Failure> {
    let items = with_store(casebridge, |store| store.outbox()).await?;
    Ok(items.into_iter().map(OpenItem::of).collect())
}

/// What waits and what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// What waits, what needs a person first.
    pub open: Vec<Item>,
    /// What is closed, the latest first.
    pub closed: Vec<Item>,
    /// What holds up everything that goes to the org.
    pub hold: Option<FailureCode>,
    /// That the store was damaged, until a person has seen it.
    pub mended: Option<Mended>,
}

const ALL_KINDS: [Kind; 4] = [Kind::Import, Kind::Survey, Kind::Email, Kind::Key];

/// So much of what is closed is looked at.
const SEEN: u32 = 200;

/// What waits and what was done.
///
/// # Errors
/// What is kept cannot be read.
pub async fn activity(casebridge: &Casebridge) -> Result<Activity, Failure> {
    let now = casebridge.now();
    with_store(casebridge, move |store| {
        let furthest = later(now, LONGEST_PAUSE);
        // One whose time is over counts until what is tried next tells how it is.
        let is_waited = store.first(&ALL_KINDS, furthest)?.is_some();
        let is_on = |until: Timestamp| (until > now || is_waited) && until <= furthest;
        let hold = store.outbox_hold()?.filter(|(until, _)| is_on(*until));
        Ok(Activity {
            open: store.outbox()?,
            closed: store.closed(SEEN)?,
            hold: hold.and_then(|(_, code)| FailureCode::from_word(&code)),
            mended: store.mended()?.filter(|mended| !mended.seen),
        })
    })
    .await
}

/// A person has seen that the store was damaged.
///
/// # Errors
/// What is kept cannot be written.
pub async fn note_mended_seen(casebridge: &Casebridge) -> Result<(), Failure> {
    with_store(casebridge, |store| store.note_mended_seen()).await
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
/// As [`retry`].
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

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: Kind) -> Item {
        Item {
            id: 1,
            kind,
            subject: "0".repeat(32),
            appliance: DEFAULT_APPLIANCE.to_owned(),
            case_id: String::new(),
            case_number: String::new(),
            title: String::new(),
            payload: found_import(),
            state: State::Waiting,
            attempts: 0,
            tries: 0,
            due_at: Timestamp::UNIX_EPOCH,
            created_at: Timestamp::UNIX_EPOCH,
            changed_at: Timestamp::UNIX_EPOCH,
            error_code: None,
            error_detail: None,
            summary: String::new(),
            revision: 0,
            held_for: None,
        }
    }

    /// What the store notes of an attempt that was put off.
    fn put_off(item: &mut Item, code: FailureCode, fate: Fate) {
        let word = Some(code.text().code.to_owned()).filter(|_| fate != Fate::LookAgain);
        if matches!(fate, Fate::Retry | Fate::LookAgain) {
            item.attempts = if item.error_code == word { item.attempts + 1 } else { 1 };
        }
        if fate == Fate::Wait {
            item.attempts = 0;
        }
        item.error_code = word.filter(|_| fate != Fate::Wait);
        item.tries += 1;
    }

    #[test]
    fn every_item_ends_whatever_comes_of_its_attempts() {
        let payloads = [held_import(), found_import(), When::Over.payload(), "{}".to_owned()];
        let kinds = [Kind::Import, Kind::Survey, Kind::Email, Kind::Key];
        for (kind, payload) in kinds.into_iter().flat_map(|k| payloads.iter().map(move |p| (k, p)))
        {
            for period in 1..=3 {
                let codes: Vec<_> = (0..period)
                    .map(|_| FailureCode::ALL[rand::random_range(0..FailureCode::ALL.len())])
                    .collect();
                let mut item = Item { payload: payload.clone(), ..item(kind) };
                let end = (0..=MOST_TRIES).find_map(|at| {
                    let code = codes[at as usize % codes.len()];
                    match fate(&Failure::new(code, ""), &item, false) {
                        Fate::Park => Some("parked"),
                        Fate::GiveUp | Fate::Drop => Some("given up"),
                        fate @ (Fate::Retry | Fate::Hold | Fate::Wait | Fate::LookAgain) => {
                            put_off(&mut item, code, fate);
                            None
                        }
                    }
                });
                assert!(end.is_some(), "{kind:?} {codes:?}");
            }
        }
    }

    #[test]
    fn a3_a_survey_whose_time_is_over_ends_with_its_reason() {
        let survey = item(Kind::Survey);
        for code in FailureCode::ALL {
            let fate = fate(&Failure::new(*code, ""), &survey, true);
            assert!(!matches!(fate, Fate::Retry | Fate::Park), "{code}: {fate:?}");
        }
    }

    #[test]
    fn pauses_are_random_and_grow_to_a_quarter_of_an_hour() {
        for attempts in 0..60 {
            let pause = full_jitter(attempts);
            let most = SignedDuration::from_secs(900.min(2_i64.saturating_pow(attempts + 1)));
            assert!(pause >= SignedDuration::from_secs(1) && pause <= most, "{attempts}: {pause}");
        }
        let many: BTreeSet<_> = (0..50).map(|_| full_jitter(20)).collect();
        assert!(many.len() > 40);
    }
}
