//! From the state of the tag window to what it shows.

use super::tagging::doubts;
use super::{Tag, TagState};
use crate::context::Known;
use crate::facts::RecentCase;
use crate::labels;
use casebridge_domain::tagging;
use casebridge_ipc::{TagSessionView, TagStateView, TagView, UndoView, WaitingCaseView};
use casebridge_store::TagRecord;
use casebridge_use_cases::cases::CaseHit;
use casebridge_use_cases::sessions::RunningSession;

/// How many tags can be undone from the window.
const UNDO: usize = 5;
/// How many previous cases are offered.
const RECENT: usize = 8;

impl Tag {
    pub(crate) fn view(&self, known: &Known<'_>) -> TagView {
        let sessions = &known.facts.sessions;
        let mine = &sessions.mine;
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
        let undo = self.undo.iter().filter(|tag| carries(tag)).take(UNDO).map(|tag| UndoView {
            id: tag.id,
            case_number: tag.case_number.clone(),
            customer: customer_of(&tag.lsid),
            tagged_at: tag.tagged_at.to_string(),
        });
        let has_ended =
            |session: &&RunningSession| !self.ended.iter().any(|e| e.lsid == session.lsid);
        let running =
            mine.iter().filter(has_ended).map(|session| self.session_view(session, known, false));
        let ended = self.ended.iter().map(|session| self.session_view(session, known, true));
        TagView {
            sessions: sessions.is_known.then(|| running.chain(ended).collect()),
            stale: sessions.stale.clone(),
            reference: self.reference.as_ref().map(ToString::to_string),
            header: self.case.as_ref().map(labels::header),
            case_failure: self.case_failure.clone(),
            recent: self.cases(&known.facts.recent),
            new_case: self.new_case_view(&[mine.as_slice(), &self.ended].concat()),
            searched: self.searched.clone(),
            found: self.found.iter().map(hit).collect(),
            confirming: self.confirming.is_some(),
            busy: self.states.values().any(|state| matches!(state, TagState::Tagging)),
            undo: undo.collect(),
            waiting: self.waiting.as_ref().map(|proposal| {
                let session = proposal.lsid.as_ref().and_then(|lsid| customer_of(lsid.as_str()));
                let case = proposal.case.as_ref().map(ToString::to_string);
                case.or(session).unwrap_or_default()
            }),
        }
    }

    /// Those that were opened here, then those that were looked at in the org; each once.
    fn cases(&self, recent: &[RecentCase]) -> Vec<WaitingCaseView> {
        let mut all: Vec<WaitingCaseView> = recent.iter().map(labels::recent).collect();
        for viewed in self.viewed.iter().map(hit) {
            if !all.iter().any(|known| known.reference == viewed.reference) {
                all.push(viewed);
            }
        }
        all.truncate(RECENT);
        all
    }

    fn session_view(
        &self,
        session: &RunningSession,
        known: &Known<'_>,
        ended: bool,
    ) -> TagSessionView {
        let carried = &known.facts.carried;
        let key = session.external_key.as_ref();
        let case = key.and_then(|key| carried.get(key)).and_then(Option::as_ref);
        let is_case = |text: &str| case.map_or_else(|| text.to_owned(), |case| case.number.clone());
        let doubts = doubts(self.case.as_ref(), session);
        TagSessionView {
            lsid: session.lsid.to_string(),
            appliance: labels::appliance(session, known.casebridge),
            customer: session.customer.clone(),
            hostname: session.hostname.clone(),
            started_at: session.start_time.map(|at| at.to_string()),
            carries: key.map(|key| is_case(key)),
            foreign_key: session.foreign_key.clone(),
            carries_subject: case.map(|case| case.subject.clone()),
            owner: session.owner,
            selected: self.selected.contains(&session.lsid),
            carries_doubt: case
                .and_then(|case| tagging::carried_doubt(case, session.seen()))
                .map(|doubt| labels::doubt(doubt, is_case)),
            doubts: doubts.into_iter().map(|doubt| labels::doubt(doubt, is_case)).collect(),
            state: state(self.states.get(&session.lsid)),
            ended,
        }
    }
}

fn hit(hit: &CaseHit) -> WaitingCaseView {
    WaitingCaseView {
        reference: hit.id.to_string(),
        label: labels::case(&hit.number, &hit.subject),
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
