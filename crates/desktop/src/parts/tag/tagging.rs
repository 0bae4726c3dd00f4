//! Putting sessions on the chosen case, and taking it back.

use super::{Cx, Message, Tag, TagState};
use crate::request::{Answer, DONE, Request};
use crate::shell::Notice;
use casebridge_domain::tagging::{self, Doubt};
use casebridge_domain::{Case, Failure, FailureCode, Lsid};
use casebridge_ipc::{FailureView, Window};
use casebridge_store::TagRecord;
use casebridge_use_cases::sessions::RunningSession;
use casebridge_use_cases::tag::{self, Tagged};

/// How many previous tags are looked at for those that can be undone.
const UNDO: u32 = 50;

/// What speaks against a session on a case.
pub(super) fn doubts(case: Option<&Case>, session: &RunningSession) -> Vec<Doubt> {
    case.map(|case| tagging::doubts(case, session.seen())).unwrap_or_default()
}

impl Tag {
    /// Reads the tags that were made so far.
    pub(super) fn ask_history(cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        cx.run(async move { Message::History(tag::history(&casebridge, UNDO).await) });
    }

    pub(super) fn tag_sessions(&mut self, confirmed: bool, cx: &mut Cx<'_>) -> Answer {
        let Some(case) = self.case.clone() else {
            return cx.refuse(FailureCode::CaseReferenceInvalid);
        };
        let mut chosen = self.taggable(cx);
        chosen.retain(|session| self.selected.contains(&session.lsid));
        if chosen.is_empty() {
            return cx.refuse(FailureCode::SessionUnknown);
        }
        let doubts: Vec<_> = chosen
            .iter()
            .map(|session| (session.lsid.clone(), doubts(Some(&case), session)))
            .filter(|(_, doubts)| !doubts.is_empty())
            .collect();
        // A yes counts only for doubts that were on screen.
        let is_agreed = confirmed && self.confirming.as_ref() == Some(&doubts);
        if !doubts.is_empty() && !is_agreed {
            self.confirming = Some(doubts);
            return DONE;
        }
        self.confirming = None;
        for session in chosen {
            self.tag_one(&session, &case, cx);
        }
        DONE
    }

    pub(super) fn tag_one(&mut self, session: &RunningSession, case: &Case, cx: &mut Cx<'_>) {
        self.states.insert(session.lsid.clone(), TagState::Tagging);
        let (casebridge, session, case) = (cx.casebridge.clone(), session.clone(), case.clone());
        cx.run(async move {
            let seen = session.carried();
            let on = Some(session.appliance.as_str());
            let result = tag::tag(&casebridge, on, &session.lsid, &case, seen).await;
            let result = Box::new(result);
            Message::Tagged { session: Box::new(session), number: case.number, result }
        });
    }

    pub(super) fn session_tagged(
        &mut self,
        session: RunningSession,
        number: String,
        result: Result<Tagged, Failure>,
        cx: &mut Cx<'_>,
    ) {
        let lsid = session.lsid.clone();
        let is_seen = cx.is_open(Window::Tag);
        let state = match result {
            Ok(tagged) => {
                self.selected.remove(&lsid);
                cx.ask(Request::DoubtSettled(lsid.clone()));
                if !is_seen {
                    let customer = session.customer.unwrap_or_default();
                    cx.ask(Request::TellTagged { customer, number, tag: tagged.id });
                }
                TagState::Tagged
            }
            Err(failure) => {
                let view = cx.report(&failure);
                if !is_seen {
                    cx.notify(Notice::of_failure(&view));
                }
                self.tag_failed(session, failure.code, view, is_seen)
            }
        };
        self.states.insert(lsid, state);
        Self::ask_history(cx);
        cx.ask(Request::PollNow);
    }

    /// A session that has ended keeps its case here, and is shown so while somebody looks.
    fn tag_failed(
        &mut self,
        session: RunningSession,
        code: FailureCode,
        view: FailureView,
        is_seen: bool,
    ) -> TagState {
        if code != FailureCode::SessionEndedHeld {
            return TagState::Failed(view);
        }
        self.selected.remove(&session.lsid);
        self.ended.retain(|known| known.lsid != session.lsid);
        if is_seen {
            self.note_ended(session);
        }
        TagState::Held
    }

    pub(super) fn undo(&self, id: u32, cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            Message::Undone { id, result: Box::new(tag::undo(&casebridge, id).await) }
        });
    }

    pub(super) fn undone(&mut self, id: u32, result: Result<TagRecord, Failure>, cx: &mut Cx<'_>) {
        let is_over = match result {
            Ok(tag) => {
                if let Ok(lsid) = tag.lsid.parse::<Lsid>() {
                    self.states.remove(&lsid);
                }
                true
            }
            Err(failure) => {
                let view = cx.report(&failure);
                cx.notify(Notice::of_failure(&view));
                failure.code == FailureCode::UndoImpossible
            }
        };
        // What failed for another reason can be tried again.
        self.undo.retain(|tag| tag.id != id || !is_over);
        cx.ask(Request::PollNow);
    }

    pub(super) fn history_known(&mut self, result: Result<Vec<TagRecord>, Failure>, cx: &Cx<'_>) {
        match result {
            Ok(tags) => {
                self.undo = tags.into_iter().filter(|tag| tag.undone_at.is_none()).collect();
            }
            Err(failure) => drop(cx.report(&failure)),
        }
    }
}
