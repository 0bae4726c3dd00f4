//! The tag window: which of the representative's sessions go to which case. What is written waits
//! for a click, and what speaks against it for a second one (S1, S2).

use crate::controller::{Controller, DONE};
use crate::event::{Answer, Event};
use crate::open_case::Task;
use crate::shell::Notice;
use crate::tag_views;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::tagging::{self, Doubt};
use casebridge_domain::{Case, CaseRef, DeepLink, Failure, FailureCode, Lsid, OrgId, TypedCase};
use casebridge_ipc::{FailureView, TagView, Window};
use casebridge_store::TagRecord;
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::cases::{self, CaseHit};
use casebridge_use_cases::session_key;
use casebridge_use_cases::sessions::RunningSession;
use casebridge_use_cases::tag::{self, Tagged};
use casebridge_use_cases::typed_case::typed_case;
use std::collections::{BTreeMap, BTreeSet};

/// How many tags of before are looked at for those that can be undone.
const UNDO: u32 = 50;
/// How many external keys are looked up at a time.
const LOOK_UPS: usize = 20;

/// How far the tag of a session is.
pub(crate) enum TagState {
    Tagging,
    Tagged,
    Held,
    Failed(FailureView),
}

/// What a link asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) case: Option<CaseRef>,
    org: Option<OrgId>,
    pub(crate) lsid: Option<Lsid>,
}

/// The state of the window.
#[derive(Default)]
pub(crate) struct TagWindow {
    pub(crate) reference: Option<CaseRef>,
    org: Option<OrgId>,
    pub(crate) case: Option<Case>,
    pub(crate) case_failure: Option<FailureView>,
    pub(crate) selected: BTreeSet<Lsid>,
    pub(crate) states: BTreeMap<Lsid, TagState>,
    /// The doubts that were shown for a yes; it counts for no others.
    pub(crate) confirming: Option<Vec<(Lsid, Vec<Doubt>)>>,
    /// The person has marked sessions by hand.
    marked: bool,
    pub(crate) searched: Option<String>,
    pub(crate) found: Vec<CaseHit>,
    pub(crate) viewed: Vec<CaseHit>,
    pub(crate) undo: Vec<TagRecord>,
    /// Asked for by a link while another case was on screen.
    pub(crate) waiting: Option<Proposal>,
    /// Sessions that have ended: found by the sweep, or while they were chosen.
    pub(crate) ended: Vec<RunningSession>,
    /// The cases that external keys name, as far as they are known.
    pub(crate) cases: BTreeMap<String, Option<Case>>,
    /// Counts what is on screen, so that what an older one left under way is told apart.
    number: u32,
    reading: Option<Task>,
}

impl Controller {
    pub(crate) fn tag_view(&self) -> TagView {
        tag_views::tag(&self.tags, &self.sessions, &self.cases.recent)
    }

    pub(crate) fn publish_tag(&self) {
        self.publish(Window::Tag);
    }

    /// The sessions that the window lists: those that run, then those that have ended.
    pub(crate) fn taggable(&self) -> Vec<RunningSession> {
        let ended = |lsid: &Lsid| self.tags.ended.iter().any(|session| session.lsid == *lsid);
        let mut all = self.sessions.mine();
        all.retain(|session| !ended(&session.lsid));
        all.extend(self.tags.ended.iter().cloned());
        all
    }

    /// A link names a case, a session, or both, and writes nothing. What is on screen stays there.
    pub(crate) fn tag_link_opened(&mut self, link: &DeepLink) {
        if link.appliance.as_deref().is_some_and(|name| name != DEFAULT_APPLIANCE) {
            return self.quiet_notice(FailureCode::ApplianceUnknown);
        }
        let key = link.external_key.as_deref().filter(|key| !key.is_empty());
        let named = key.map(CaseRef::from_external_key);
        let is_no_case = link.case.is_none() && named == Some(None);
        let case = link.case.clone().or(named.flatten());
        let (org, lsid) = (link.org.clone(), link.lsid.clone());
        if !self.is_open(Window::Tag) {
            self.propose_tag(case, org, lsid);
            if is_no_case {
                let failure = Failure::new(FailureCode::CaseReferenceInvalid, String::new());
                self.tags.case_failure = Some(self.report(&failure));
            }
            return self.publish_tag();
        }
        let is_shown = self.tags.reference == case && self.tags.org == org;
        let is_marked = lsid.as_ref().is_none_or(|lsid| self.tags.selected.contains(lsid));
        let asks = case.is_some() || lsid.is_some();
        if asks && !(is_shown && is_marked) {
            self.tags.waiting = Some(Proposal { case, org, lsid });
        }
        self.open_window(Window::Tag);
        self.publish_tag();
    }

    pub(crate) fn ask_for_tag(&mut self, lsid: Option<Lsid>) {
        if self.is_open(Window::Tag) {
            self.tags.selected.extend(lsid);
            return self.open_window(Window::Tag);
        }
        let shown = self.cases.shown().filter(|_| self.is_open(Window::Case));
        let case = shown.and_then(|open| open.case.as_ref()).map(|c| CaseRef::Id(c.id.clone()));
        self.propose_tag(case, None, lsid);
    }

    pub(crate) fn propose_tag(
        &mut self,
        case: Option<CaseRef>,
        org: Option<OrgId>,
        lsid: Option<Lsid>,
    ) {
        self.tags.selected = lsid.into_iter().collect();
        self.forget_done();
        self.tags.marked = false;
        (self.tags.waiting, self.tags.searched) = (None, None);
        self.tags.found.clear();
        self.choose_only_session();
        self.take_tag_case(case, org);
        self.ask_for_tags();
        self.ask_for_viewed_cases();
        self.open_window(Window::Tag);
        self.poll_now();
    }

    pub(crate) fn show_waiting_tag(&mut self) -> Answer {
        if let Some(Proposal { case, org, lsid }) = self.tags.waiting.take() {
            self.propose_tag(case, org, lsid);
        }
        DONE
    }

    pub(crate) fn tag_window_closed(&mut self) {
        (self.tags.waiting, self.tags.reading) = (None, None);
        self.tags.confirming = None;
        self.forget_done();
    }

    /// What was done is on screen until the window is about something else.
    fn forget_done(&mut self) {
        let states = std::mem::take(&mut self.tags.states);
        let is_held = |lsid: &Lsid| matches!(states.get(lsid), Some(TagState::Held));
        self.tags.ended.retain(|session| !is_held(&session.lsid));
    }

    /// The only session without a case is the one that is meant.
    fn choose_only_session(&mut self) {
        if !self.tags.selected.is_empty() || self.tags.marked {
            return;
        }
        let mine = self.sessions.mine();
        let open = mine.iter().filter(|session| session.external_key.is_none());
        let open: Vec<_> = open.map(|session| session.lsid.clone()).collect();
        if let [only] = open.as_slice() {
            self.tags.selected.insert(only.clone());
        }
    }

    fn take_tag_case(&mut self, case: Option<CaseRef>, org: Option<OrgId>) {
        self.tags.number = self.tags.number.wrapping_add(1);
        (self.tags.case, self.tags.case_failure, self.tags.reading) = (None, None, None);
        self.tags.confirming = None;
        (self.tags.reference, self.tags.org) = (case.clone(), org.clone());
        let Some(case) = case else { return };
        let (casebridge, number) = (self.casebridge.clone(), self.tags.number);
        let task = self.spawn(async move {
            let result = session_key::read_case_of(&casebridge, &case, org.as_ref()).await;
            Event::TagCaseRead { number, result: Box::new(result) }
        });
        self.tags.reading = Some(task.into());
    }

    pub(crate) fn tag_case_read(&mut self, number: u32, result: Result<Case, Failure>) {
        self.note_sign_in(&result);
        if number != self.tags.number {
            return;
        }
        match result {
            Ok(case) => {
                self.note_recent(&case);
                self.tags.case = Some(case);
            }
            Err(failure) => self.tags.case_failure = Some(self.report(&failure)),
        }
        self.publish_tag();
    }

    pub(crate) fn choose_tag_case(&mut self, reference: &str) -> Answer {
        let case = match reference.trim() {
            "" => None,
            text => {
                let case = typed_case(&self.casebridge, text);
                Some(case.map_err(|failure| self.report(&failure))?)
            }
        };
        self.take_tag_case(case, None);
        self.publish_tag();
        DONE
    }

    /// A number, an id or an address is a case; anything else is a part of a subject, or a number with
    /// letters.
    pub(crate) fn find_tag_cases(&mut self, text: &str) -> Answer {
        let text = text.trim().to_owned();
        let is_case = match text.parse::<TypedCase>() {
            Ok(TypedCase { case: CaseRef::Number(number), .. }) if number.as_str() == text => {
                number.as_str().bytes().all(|b| b.is_ascii_digit())
            }
            typed => typed.is_ok(),
        };
        if is_case || text.is_empty() {
            return self.choose_tag_case(&text);
        }
        let casebridge = self.casebridge.clone();
        self.spawn(async move {
            let result = cases::find(&casebridge, &text).await;
            Event::CasesFound { text, result }
        });
        DONE
    }

    pub(crate) fn cases_found(&mut self, text: String, result: Result<Vec<CaseHit>, Failure>) {
        self.note_sign_in(&result);
        match result {
            Ok(found) if text.is_empty() => self.tags.viewed = found,
            Ok(found) => (self.tags.searched, self.tags.found) = (Some(text), found),
            // The list of those looked at is a convenience.
            Err(failure) if text.is_empty() => drop(self.report(&failure)),
            Err(failure) => self.tags.case_failure = Some(self.report(&failure)),
        }
        self.publish_tag();
    }

    fn ask_for_viewed_cases(&self) {
        let casebridge = self.casebridge.clone();
        self.spawn(async move {
            let result = cases::viewed(&casebridge).await;
            Event::CasesFound { text: String::new(), result }
        });
    }

    pub(crate) fn select_session(&mut self, lsid: &str, selected: bool) -> Answer {
        if let Ok(lsid) = lsid.parse::<Lsid>() {
            match selected {
                true => self.tags.selected.insert(lsid),
                false => self.tags.selected.remove(&lsid),
            };
        }
        self.tags.confirming = None;
        self.tags.marked = true;
        self.publish_tag();
        DONE
    }

    /// What speaks against a session on the chosen case.
    pub(crate) fn doubts(case: Option<&Case>, session: &RunningSession) -> Vec<Doubt> {
        case.map(|case| tagging::doubts(case, session.seen())).unwrap_or_default()
    }

    pub(crate) fn tag_sessions(&mut self, confirmed: bool) -> Answer {
        let Some(case) = self.tags.case.clone() else { return self.no_case() };
        let chosen: Vec<RunningSession> = self
            .taggable()
            .into_iter()
            .filter(|session| self.tags.selected.contains(&session.lsid))
            .collect();
        if chosen.is_empty() {
            return Err(self.report(&Failure::new(FailureCode::SessionUnknown, String::new())));
        }
        let doubts: Vec<_> = chosen
            .iter()
            .map(|session| (session.lsid.clone(), Self::doubts(Some(&case), session)))
            .filter(|(_, doubts)| !doubts.is_empty())
            .collect();
        // A yes counts only for doubts that were on screen.
        let is_agreed = confirmed && self.tags.confirming.as_ref() == Some(&doubts);
        if !doubts.is_empty() && !is_agreed {
            self.tags.confirming = Some(doubts);
            self.publish_tag();
            return DONE;
        }
        self.tags.confirming = None;
        for session in chosen {
            self.tag_one(&session, &case);
        }
        self.publish_tag();
        DONE
    }

    pub(crate) fn tag_one(&mut self, session: &RunningSession, case: &Case) {
        self.tags.states.insert(session.lsid.clone(), TagState::Tagging);
        let (casebridge, session, case) = (self.casebridge.clone(), session.clone(), case.clone());
        self.spawn(async move {
            let seen = session.carried();
            let result = tag::tag(&casebridge, None, &session.lsid, &case, seen).await;
            let result = Box::new(result);
            Event::SessionTagged { session: Box::new(session), number: case.number, result }
        });
    }

    pub(crate) fn session_tagged(
        &mut self,
        session: RunningSession,
        number: &str,
        result: Result<Tagged, Failure>,
    ) {
        let lsid = session.lsid.clone();
        let is_seen = self.is_open(Window::Tag);
        let state = match result {
            Ok(tagged) => {
                self.tags.selected.remove(&lsid);
                self.forget_doubt(&lsid);
                if !is_seen {
                    self.tell_tagged(&session, number, tagged.id);
                }
                TagState::Tagged
            }
            Err(failure) => {
                let view = self.report(&failure);
                if !is_seen {
                    self.shell.notify(Notice::of_failure(&view));
                }
                if failure.code == FailureCode::SessionEndedHeld {
                    self.tags.ended.retain(|known| known.lsid != lsid);
                    if is_seen {
                        self.note_ended(session);
                    }
                    self.tags.selected.remove(&lsid);
                    TagState::Held
                } else {
                    TagState::Failed(view)
                }
            }
        };
        self.tags.states.insert(lsid, state);
        self.ask_for_tags();
        self.poll_now();
        self.publish_tag();
    }

    pub(crate) fn ask_for_tags(&self) {
        let casebridge = self.casebridge.clone();
        self.spawn(async move { Event::TagsKnown(tag::history(&casebridge, UNDO).await) });
    }

    pub(crate) fn tags_known(&mut self, result: Result<Vec<TagRecord>, Failure>) {
        match result {
            Ok(tags) => {
                self.tags.undo = tags.into_iter().filter(|tag| tag.undone_at.is_none()).collect();
            }
            Err(failure) => drop(self.report(&failure)),
        }
        self.publish_tag();
    }

    pub(crate) fn undo_tag(&mut self, id: u32) -> Answer {
        let casebridge = self.casebridge.clone();
        self.spawn(async move {
            Event::TagUndone { id, result: Box::new(tag::undo(&casebridge, id).await) }
        });
        DONE
    }

    pub(crate) fn tag_undone(&mut self, id: u32, result: Result<TagRecord, Failure>) {
        let is_over = match result {
            Ok(tag) => {
                if let Ok(lsid) = tag.lsid.parse::<Lsid>() {
                    self.tags.states.remove(&lsid);
                }
                true
            }
            Err(failure) => {
                let view = self.report(&failure);
                self.shell.notify(Notice::of_failure(&view));
                failure.code == FailureCode::UndoImpossible
            }
        };
        // What failed for another reason can be tried again.
        self.tags.undo.retain(|tag| tag.id != id || !is_over);
        self.poll_now();
        self.publish_tag();
    }

    /// Lists a session among those that have ended, once.
    pub(crate) fn note_ended(&mut self, session: RunningSession) {
        self.tags.ended.retain(|known| known.lsid != session.lsid);
        self.tags.ended.push(session);
    }

    /// Running sessions are known anew. One that was chosen and has ended stays in sight.
    pub(crate) fn sessions_changed(&mut self, before: Vec<RunningSession>) {
        let mine = self.sessions.mine();
        let runs = |lsid: &Lsid| mine.iter().any(|session| session.lsid == *lsid);
        for session in before {
            if !runs(&session.lsid) && self.tags.selected.contains(&session.lsid) {
                self.note_ended(session);
            }
        }
        if self.is_open(Window::Tag) && self.tags.states.is_empty() {
            self.choose_only_session();
        }
        self.resolve_keys();
        self.doubt_carried();
        self.offer_tags();
    }

    /// Finds out which cases the sessions carry, each once.
    fn resolve_keys(&mut self) {
        let keys: BTreeSet<String> = self
            .sessions
            .mine()
            .into_iter()
            .filter_map(|session| session.external_key)
            .filter(|key| !self.tags.cases.contains_key(key))
            .take(LOOK_UPS)
            .collect();
        if keys.is_empty() {
            return;
        }
        for key in &keys {
            self.tags.cases.insert(key.clone(), None);
        }
        let casebridge = self.casebridge.clone();
        self.spawn(async move {
            let (mut found, mut failed) = (Vec::new(), Vec::new());
            for key in keys {
                let case = match case_of_key(&casebridge, &key, None).await {
                    Ok(case) => Some(case),
                    Err(failure) if is_no_case(failure.code) => None,
                    Err(_) => {
                        failed.push(key);
                        continue;
                    }
                };
                found.push((key, case));
            }
            Event::KeysResolved { found, failed }
        });
    }

    /// What could not be found out is asked for again.
    pub(crate) fn keys_resolved(&mut self, found: Vec<(String, Option<Case>)>, failed: &[String]) {
        self.tags.cases.retain(|key, _| !failed.contains(key));
        self.tags.cases.extend(found);
        self.doubt_carried();
        self.publish_tag();
    }

    pub(crate) fn open_session_case(&mut self, lsid: &str) -> Answer {
        let session = self.taggable().into_iter().find(|session| session.lsid.as_str() == lsid);
        let key = session.and_then(|session| session.external_key);
        let Some(key) = key else { return self.no_case() };
        self.open_case_of_key(key, None);
        DONE
    }

    /// Opens the case that an external key names.
    pub(crate) fn open_case_of_key(&mut self, key: String, org: Option<OrgId>) {
        let casebridge = self.casebridge.clone();
        self.open_page_of(async move {
            case_of_key(&casebridge, &key, org.as_ref()).await.map(|case| case.id)
        });
    }
}

/// Reads the case that an external key names.
async fn case_of_key(
    casebridge: &Casebridge,
    key: &str,
    org: Option<&OrgId>,
) -> Result<Case, Failure> {
    let named = CaseRef::from_external_key(key)
        .ok_or_else(|| Failure::new(FailureCode::CaseReferenceInvalid, String::new()))?;
    session_key::read_case_of(casebridge, &named, org).await
}

fn is_no_case(code: FailureCode) -> bool {
    matches!(code, FailureCode::CaseNotFound | FailureCode::CaseReferenceInvalid)
}
