//! From the tag window's state to what it shows.

use crate::case_window::RecentCase;
use crate::controller::Controller;
use crate::sessions::Sessions;
use crate::tag_window::{TagState, TagWindow};
use crate::views;
use casebridge_domain::tagging::{self, Doubt};
use casebridge_ipc::{DoubtView, TagSessionView, TagStateView, TagView, UndoView, WaitingCaseView};
use casebridge_store::TagRecord;
use casebridge_use_cases::cases::CaseHit;
use casebridge_use_cases::sessions::RunningSession;

/// How many tags can be undone from the window.
const UNDO: usize = 5;
/// How many cases of before are offered.
const RECENT: usize = 8;

pub(crate) fn tag(window: &TagWindow, sessions: &Sessions, recent: &[RecentCase]) -> TagView {
    let mine = sessions.mine();
    let customer_of = |lsid: &str| {
        let session = mine.iter().find(|session| session.lsid.as_str() == lsid);
        session.and_then(|session| session.customer.clone())
    };
    // What has ended, or carries something else by now, cannot be given anything back.
    let carries = |tag: &TagRecord| {
        mine.iter().any(|session| {
            session.lsid.as_str() == tag.lsid
                && session.external_key.as_deref() == Some(tag.external_key.as_str())
        })
    };
    let undo = window.undo.iter().filter(|tag| carries(tag)).take(UNDO).map(|tag| UndoView {
        id: tag.id,
        case_number: tag.case_number.clone(),
        customer: customer_of(&tag.lsid),
        tagged_at: tag.tagged_at.to_string(),
    });
    let has_ended =
        |session: &&RunningSession| !window.ended.iter().any(|e| e.lsid == session.lsid);
    let running = mine.iter().filter(has_ended).map(|session| session_view(window, session, false));
    let ended = window.ended.iter().map(|session| session_view(window, session, true));
    TagView {
        sessions: sessions.is_known().then(|| running.chain(ended).collect()),
        stale: sessions.stale.clone(),
        reference: window.reference.as_ref().map(ToString::to_string),
        header: window.case.as_ref().map(views::header),
        case_failure: window.case_failure.clone(),
        recent: cases(window, recent),
        searched: window.searched.clone(),
        found: window.found.iter().map(hit).collect(),
        confirming: window.confirming.is_some(),
        busy: window.states.values().any(|state| matches!(state, TagState::Tagging)),
        undo: undo.collect(),
        waiting: window.waiting.as_ref().map(|proposal| {
            let session = proposal.lsid.as_ref().and_then(|lsid| customer_of(lsid.as_str()));
            let case = proposal.case.as_ref().map(ToString::to_string);
            case.or(session).unwrap_or_default()
        }),
    }
}

/// Those that were opened here, then those that were looked at in the org; each once.
fn cases(window: &TagWindow, recent: &[RecentCase]) -> Vec<WaitingCaseView> {
    let mut all: Vec<WaitingCaseView> = recent.iter().map(views::recent).collect();
    for viewed in window.viewed.iter().map(hit) {
        if !all.iter().any(|known| known.reference == viewed.reference) {
            all.push(viewed);
        }
    }
    all.truncate(RECENT);
    all
}

fn hit(hit: &CaseHit) -> WaitingCaseView {
    WaitingCaseView {
        reference: hit.id.to_string(),
        label: views::label(&hit.number, &hit.subject),
    }
}

fn session_view(window: &TagWindow, session: &RunningSession, ended: bool) -> TagSessionView {
    let key = session.external_key.as_ref();
    let carried = key.and_then(|key| window.cases.get(key)).and_then(Option::as_ref);
    let is_case = |text: &str| carried.map_or_else(|| text.to_owned(), |case| case.number.clone());
    let doubts = Controller::doubts(window.case.as_ref(), session);
    TagSessionView {
        lsid: session.lsid.to_string(),
        customer: session.customer.clone(),
        hostname: session.hostname.clone(),
        started_at: session.start_time.map(|at| at.to_string()),
        carries: key.map(|key| is_case(key)),
        foreign_key: session.foreign_key.clone(),
        carries_subject: carried.map(|case| case.subject.clone()),
        owner: session.owner,
        selected: window.selected.contains(&session.lsid),
        carries_doubt: carried
            .and_then(|case| tagging::carried_doubt(case, session.seen()))
            .map(|doubt| doubt_view(doubt, is_case)),
        doubts: doubts.into_iter().map(|doubt| doubt_view(doubt, is_case)).collect(),
        state: state(window.states.get(&session.lsid)),
        ended,
    }
}

pub(crate) fn doubt_view(doubt: Doubt, is_case: impl Fn(&str) -> String) -> DoubtView {
    match doubt {
        Doubt::OtherPerson { expected, customer, perhaps } => {
            DoubtView::OtherPerson { expected, customer, perhaps }
        }
        Doubt::OtherCase { external_key } => DoubtView::OtherCase { label: is_case(&external_key) },
        Doubt::Closed => DoubtView::Closed,
    }
}

fn state(state: Option<&TagState>) -> TagStateView {
    match state {
        None => TagStateView::Idle,
        Some(TagState::Tagging) => TagStateView::Tagging,
        Some(TagState::Tagged) => TagStateView::Tagged,
        Some(TagState::Held) => TagStateView::Held,
        Some(TagState::Failed(failure)) => TagStateView::Failed { failure: failure.clone() },
    }
}
