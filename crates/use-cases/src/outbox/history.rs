//! Waiting and finished items, for people.

use super::{LONGEST_PAUSE, later};
use crate::{Casebridge, failures, with_store};
use casebridge_domain::{Failure, FailureCode};
use casebridge_store::{Item, Kind, Mended, State};
use jiff::Timestamp;

/// An open item, which is waiting or needs a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    /// The record's id.
    pub id: u32,
    /// The kind, as a word.
    pub kind: &'static str,
    /// The case number, or the case id if the number is not known.
    pub case: Option<String>,
    /// `waiting` or `parked`.
    pub state: &'static str,
    /// How often it failed.
    pub attempts: u32,
    /// When it is next attempted.
    pub due_at: Timestamp,
    /// The code and detail of the last failure.
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

/// Whether the server has confirmed an item.
pub fn is_done(item: &Item) -> bool {
    item.state == State::Done
}

/// The item's last failure. An item that was discarded without a failure counts as unknown.
pub fn failure_of(item: &Item) -> Failure {
    if let Some(user) = &item.held_for {
        let detail = match user.as_str() {
            "" => "It belongs to a previous sign-in.".to_owned(),
            user => format!("It belongs to {user}."),
        };
        return Failure::new(FailureCode::OtherSignIn, detail);
    }
    let code = match item.error_code.as_deref() {
        // A newer version may have stored a code that this version does not know.
        Some(word) => FailureCode::from_word(word).unwrap_or(FailureCode::Internal),
        None => FailureCode::OutboxItemUnknown,
    };
    Failure::new(code, item.error_detail.clone().unwrap_or_default())
}

/// The open items, starting with those that need a person.
///
/// # Errors
/// The store can't be read.
pub async fn open_items(casebridge: &Casebridge) -> Result<Vec<OpenItem>, Failure> {
    let items = with_store(casebridge, |store| store.outbox()).await?;
    Ok(items.into_iter().filter(|item| !item.kind.is_quiet()).map(OpenItem::of).collect())
}

/// Waiting and finished items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The waiting items, starting with those that need a person.
    pub open: Vec<Item>,
    /// The closed items, latest first.
    pub closed: Vec<Item>,
    /// Why nothing can be written to the org at the moment, if that is so.
    pub hold: Option<FailureCode>,
    /// The notice that the store was damaged, until a person has read it.
    pub mended: Option<Mended>,
}

const ALL_KINDS: [Kind; 4] = [Kind::Import, Kind::Survey, Kind::Email, Kind::Key];

impl Overview {
    /// The notice that the store was damaged as a failure, until a person has read it.
    pub fn damage(&self) -> Option<Failure> {
        self.mended.as_ref().map(failures::of_mended)
    }
}

/// The number of closed items to show.
const SEEN: u32 = 200;

/// Waiting and finished items.
///
/// # Errors
/// The store can't be read.
pub async fn overview(casebridge: &Casebridge) -> Result<Overview, Failure> {
    let now = casebridge.now();
    with_store(casebridge, move |store| {
        let furthest = later(now, LONGEST_PAUSE);
        // An expired hold stays visible until the next attempt shows whether it is over.
        let is_waited = store.first(&ALL_KINDS, furthest)?.is_some();
        let is_on = |until: Timestamp| (until > now || is_waited) && until <= furthest;
        let hold = store.outbox_hold()?.filter(|(until, _)| is_on(*until));
        let mut open = store.outbox()?;
        open.retain(|item| !item.kind.is_quiet());
        Ok(Overview {
            open,
            closed: store.closed(SEEN)?,
            hold: hold.and_then(|(_, code)| FailureCode::from_word(&code)),
            mended: store.mended()?.filter(|mended| !mended.seen),
        })
    })
    .await
}

/// Notes that a person has read that the store was damaged.
///
/// # Errors
/// The store can't be written.
pub async fn note_mended_seen(casebridge: &Casebridge) -> Result<(), Failure> {
    with_store(casebridge, |store| store.note_mended_seen()).await
}
