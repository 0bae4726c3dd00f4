//! The tag window: which of the representative's sessions go to which case. What is written waits
//! for a click, and what speaks against it for a second one (S1, S2).

mod new_case;
mod tagging;
#[cfg(test)]
mod tests;
mod view;

use crate::case_field;
use crate::context::{Context, Part, Task};
use crate::facts::Look;
use crate::request::{Answer, CaseToOpen, DONE, Reply, Request, TagProposal};
use crate::shell::payload;
use casebridge_domain::tagging::Doubt;
use casebridge_domain::{Case, CaseRef, DeepLink, Failure, FailureCode, Lsid, OrgId, TypedCase};
use casebridge_ipc::{Copied, FailureView, TagCommand, Window};
use casebridge_store::TagRecord;
use casebridge_use_cases::cases::{self, CaseHit};
use casebridge_use_cases::ended;
use casebridge_use_cases::session_key;
use casebridge_use_cases::sessions::RunningSession;
use casebridge_use_cases::tag::Tagged;
use std::collections::{BTreeMap, BTreeSet};

/// How far the tag of a session is.
enum TagState {
    Tagging,
    Tagged,
    Held,
    Failed(FailureView),
}

/// How far a new case is.
#[derive(Default)]
enum NewCase {
    #[default]
    None,
    /// Its page is being opened, or was.
    Waits {
        contact: Option<String>,
        _task: Task,
    },
    Failed(FailureView),
}

/// The state of the window.
#[derive(Default)]
pub(crate) struct Tag {
    reference: Option<CaseRef>,
    org: Option<OrgId>,
    case: Option<Case>,
    case_failure: Option<FailureView>,
    selected: BTreeSet<Lsid>,
    states: BTreeMap<Lsid, TagState>,
    /// The doubts that were shown for a yes; it counts for no others.
    confirming: Option<Vec<(Lsid, Vec<Doubt>)>>,
    /// The person has marked sessions by hand.
    marked: bool,
    searched: Option<String>,
    found: Vec<CaseHit>,
    viewed: Vec<CaseHit>,
    undo: Vec<TagRecord>,
    /// Asked for by a link while another case was on screen.
    waiting: Option<TagProposal>,
    /// Sessions that have ended: found by the sweep, or while they were chosen.
    ended: Vec<RunningSession>,
    /// Those that need no case; a list that was read before that was stored may still name them.
    dismissed: BTreeSet<Lsid>,
    /// Counts what is on screen, so that what an older one left under way is told apart.
    number: u32,
    reading: Option<Task>,
    new_case: NewCase,
}

/// What can happen to the tag window.
pub(crate) enum Message {
    Link(DeepLink),
    /// The window is asked for, with this session marked.
    Ask(Option<Lsid>),
    Propose(TagProposal),
    Command(TagCommand, Reply),
    Copy(Copied, Reply),
    CaseRead {
        number: u32,
        result: Box<Result<Case, Failure>>,
    },
    /// The org's page for a new case is open, with this contact.
    NewCaseOpened {
        contact: Option<String>,
    },
    /// The new case is there, or nobody waits for it any more.
    NewCaseEnded(Box<Result<Option<CaseHit>, Failure>>),
    /// Cases were looked for: by this text, or those that were last viewed.
    Found {
        text: Option<String>,
        result: Result<Vec<CaseHit>, Failure>,
    },
    /// A session is to be put on a case.
    TagOne {
        session: Box<RunningSession>,
        case: Box<Case>,
    },
    Tagged {
        session: Box<RunningSession>,
        number: String,
        result: Box<Result<Tagged, Failure>>,
    },
    /// A tag is to be taken back.
    Undo(u32),
    Undone {
        id: u32,
        result: Box<Result<TagRecord, Failure>>,
    },
    /// The tags that were made so far.
    History(Result<Vec<TagRecord>, Failure>),
    /// A session has ended and may still be put on a case.
    NoteEnded(Box<RunningSession>),
    /// The sessions that ended without a case, over restarts.
    EndedKnown(Result<Vec<RunningSession>, Failure>),
    /// One of them is off the list.
    Dismissed,
    /// Running sessions were looked at.
    Looked(Look),
    Closed,
    /// Another representative is next.
    Forget,
}

type Cx<'c> = Context<'c, Message>;

impl Part for Tag {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Link(link) => self.link_opened(&link, cx),
            Message::Ask(lsid) => self.ask(lsid, cx),
            Message::Propose(proposal) => self.propose(proposal, cx),
            Message::Command(command, reply) => {
                let answer = self.command(command, cx);
                cx.answer(reply, answer);
            }
            Message::Copy(what, reply) => {
                let answer = case_field::from_case(self.case.as_ref(), what, cx);
                cx.answer(reply, answer);
            }
            Message::CaseRead { number, result } => self.case_read(number, *result, cx),
            Message::NewCaseOpened { contact } => self.new_case_opened(contact),
            Message::NewCaseEnded(result) => self.new_case_ended(*result, cx),
            Message::Found { text, result } => self.cases_found(text, result, cx),
            Message::TagOne { session, case } => self.tag_one(&session, &case, cx),
            Message::Tagged { session, number, result } => {
                self.session_tagged(*session, number, *result, cx);
            }
            Message::Undo(id) => self.undo(id, cx),
            Message::Undone { id, result } => self.undone(id, *result, cx),
            Message::History(result) => self.history_known(result, cx),
            Message::NoteEnded(session) => self.note_ended(*session),
            Message::EndedKnown(result) => self.ended_known(result, cx),
            Message::Dismissed => {}
            Message::Looked(look) => self.looked(look, cx),
            Message::Closed => self.closed(),
            Message::Forget => *self = Self::default(),
        }
    }
}

impl Tag {
    fn command(&mut self, command: TagCommand, cx: &mut Cx<'_>) -> Answer {
        match command {
            TagCommand::TagView {} => return Ok(payload(&self.view(cx.known()))),
            TagCommand::SelectSession { lsid, selected } => self.select(&lsid, selected),
            TagCommand::FindCases { text } => return self.find_cases(&text, cx),
            TagCommand::ChooseTagCase { reference } => return self.choose_case(&reference, cx),
            TagCommand::TagSessions { confirmed } => return self.tag_sessions(confirmed, cx),
            TagCommand::UndoTag { id } => self.undo(id, cx),
            TagCommand::OpenSessionCase { lsid } => return self.open_session_case(&lsid, cx),
            TagCommand::OpenNewCase { subject, contact } => {
                return self.open_new_case(subject, contact, cx);
            }
            TagCommand::StopNewCase {} => self.new_case = NewCase::None,
            TagCommand::DismissSession { lsid } => self.dismiss(&lsid, cx),
            TagCommand::RefreshSessions {} => cx.ask(Request::PollNow),
            TagCommand::ShowWaitingTag {} => {
                if let Some(proposal) = self.waiting.take() {
                    self.propose(proposal, cx);
                }
            }
        }
        DONE
    }

    /// The sessions that the window lists: those that run, then those that have ended.
    fn taggable(&self, cx: &Cx<'_>) -> Vec<RunningSession> {
        let mut all = cx.facts.sessions.mine.clone();
        all.retain(|session| !self.ended.iter().any(|ended| ended.lsid == session.lsid));
        all.extend(self.ended.iter().cloned());
        all
    }

    /// A link names a case, a session, or both, and writes nothing. What is on screen stays there.
    fn link_opened(&mut self, link: &DeepLink, cx: &mut Cx<'_>) {
        let settings = cx.casebridge.settings();
        if link.appliance.as_deref().is_some_and(|name| settings.appliance(name).is_none()) {
            return cx.ask(Request::NotifyOfLinks(FailureCode::ApplianceUnknown));
        }
        let key = link.external_key.as_deref().filter(|key| !key.is_empty());
        let named = key.map(CaseRef::from_external_key);
        let is_no_case = link.case.is_none() && named == Some(None);
        let case = link.case.clone().or(named.flatten());
        let proposal = TagProposal { case, org: link.org.clone(), lsid: link.lsid.clone() };
        if !cx.is_open(Window::Tag) {
            self.propose(proposal, cx);
            if is_no_case {
                let failure = Failure::new(FailureCode::CaseReferenceInvalid, String::new());
                self.case_failure = Some(cx.report(&failure));
            }
            return;
        }
        let is_shown = self.reference == proposal.case && self.org == proposal.org;
        let is_marked = proposal.lsid.as_ref().is_none_or(|lsid| self.selected.contains(lsid));
        let asks = proposal.case.is_some() || proposal.lsid.is_some();
        if asks && !(is_shown && is_marked) {
            self.waiting = Some(proposal);
        }
        cx.ask(Request::Open(Window::Tag));
    }

    fn ask(&mut self, lsid: Option<Lsid>, cx: &mut Cx<'_>) {
        if cx.is_open(Window::Tag) {
            self.selected.extend(lsid);
            return cx.ask(Request::Open(Window::Tag));
        }
        let shown = cx.facts.cases.on_screen.clone().filter(|_| cx.is_open(Window::Case));
        let case = shown.map(CaseRef::Id);
        self.propose(TagProposal { case, org: None, lsid }, cx);
    }

    fn propose(&mut self, proposal: TagProposal, cx: &mut Cx<'_>) {
        self.selected = proposal.lsid.into_iter().collect();
        self.forget_done();
        self.marked = false;
        (self.waiting, self.searched) = (None, None);
        self.found.clear();
        self.choose_only_session(cx);
        self.take_case(proposal.case, proposal.org, cx);
        Self::ask_history(cx);
        ask_viewed(cx);
        ask_ended(cx);
        cx.ask(Request::Open(Window::Tag));
        cx.ask(Request::PollNow);
    }

    fn closed(&mut self) {
        (self.waiting, self.reading) = (None, None);
        self.confirming = None;
        self.new_case = NewCase::None;
        self.forget_done();
    }

    /// What was done is on screen until the window is about something else.
    fn forget_done(&mut self) {
        let states = std::mem::take(&mut self.states);
        let is_held = |lsid: &Lsid| matches!(states.get(lsid), Some(TagState::Held));
        self.ended.retain(|session| !is_held(&session.lsid));
    }

    /// The only session without a case is the one that is meant.
    fn choose_only_session(&mut self, cx: &Cx<'_>) {
        if !self.selected.is_empty() || self.marked {
            return;
        }
        let mine = cx.facts.sessions.mine.iter();
        let open: Vec<_> = mine.filter(|session| session.external_key.is_none()).collect();
        if let [only] = open.as_slice() {
            self.selected.insert(only.lsid.clone());
        }
    }

    fn take_case(&mut self, case: Option<CaseRef>, org: Option<OrgId>, cx: &mut Cx<'_>) {
        self.number = self.number.wrapping_add(1);
        (self.case, self.case_failure, self.reading) = (None, None, None);
        self.confirming = None;
        (self.reference, self.org) = (case.clone(), org.clone());
        let Some(case) = case else { return };
        let (casebridge, number) = (cx.casebridge.clone(), self.number);
        self.reading = Some(cx.hold(async move {
            let result = session_key::read_case_of(&casebridge, &case, org.as_ref()).await;
            Message::CaseRead { number, result: Box::new(result) }
        }));
    }

    fn case_read(&mut self, number: u32, result: Result<Case, Failure>, cx: &mut Cx<'_>) {
        cx.note_sign_in(&result);
        if number != self.number {
            return;
        }
        match result {
            Ok(case) => {
                cx.ask(Request::NoteCase { case: Box::new(case.clone()), hosts: None });
                self.case = Some(case);
            }
            Err(failure) => self.case_failure = Some(cx.report(&failure)),
        }
    }

    fn choose_case(&mut self, reference: &str, cx: &mut Cx<'_>) -> Answer {
        let case = case_field::typed(reference, cx)?;
        self.take_case(case, None, cx);
        DONE
    }

    /// A number, an id or a link is a case; anything else is a part of a subject, or a number with
    /// letters.
    fn find_cases(&mut self, text: &str, cx: &mut Cx<'_>) -> Answer {
        let text = text.trim().to_owned();
        let is_case = match text.parse::<TypedCase>() {
            Ok(TypedCase { case: CaseRef::Number(number), .. }) if number.as_str() == text => {
                number.as_str().bytes().all(|b| b.is_ascii_digit())
            }
            typed => typed.is_ok(),
        };
        if is_case || text.is_empty() {
            return self.choose_case(&text, cx);
        }
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            let result = cases::find(&casebridge, &text).await;
            Message::Found { text: Some(text), result }
        });
        DONE
    }

    fn cases_found(
        &mut self,
        text: Option<String>,
        result: Result<Vec<CaseHit>, Failure>,
        cx: &mut Cx<'_>,
    ) {
        cx.note_sign_in(&result);
        match (text, result) {
            (None, Ok(viewed)) => self.viewed = viewed,
            (text, Ok(found)) => (self.searched, self.found) = (text, found),
            // The list of those that were viewed is a convenience.
            (None, Err(failure)) => drop(cx.report(&failure)),
            (Some(_), Err(failure)) => self.case_failure = Some(cx.report(&failure)),
        }
    }

    fn select(&mut self, lsid: &str, selected: bool) {
        if let Ok(lsid) = lsid.parse::<Lsid>() {
            match selected {
                true => self.selected.insert(lsid),
                false => self.selected.remove(&lsid),
            };
        }
        self.confirming = None;
        self.marked = true;
    }

    /// Lists a session among those that have ended, once.
    fn note_ended(&mut self, session: RunningSession) {
        self.ended.retain(|known| known.lsid != session.lsid);
        self.ended.push(session);
    }

    fn ended_known(&mut self, result: Result<Vec<RunningSession>, Failure>, cx: &Cx<'_>) {
        match result {
            Ok(all) => {
                let is_known = |one: &RunningSession| {
                    self.dismissed.contains(&one.lsid)
                        || self.ended.iter().any(|ended| ended.lsid == one.lsid)
                };
                let new: Vec<_> = all.into_iter().filter(|one| !is_known(one)).collect();
                self.ended.extend(new);
            }
            Err(failure) => drop(cx.report(&failure)),
        }
    }

    /// The session needs no case: it is off the list, also after a restart.
    fn dismiss(&mut self, lsid: &str, cx: &mut Cx<'_>) {
        let Some(at) = self.ended.iter().position(|session| session.lsid.as_str() == lsid) else {
            return;
        };
        let session = self.ended.remove(at);
        self.dismissed.insert(session.lsid.clone());
        self.selected.remove(&session.lsid);
        self.states.remove(&session.lsid);
        self.confirming = None;
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            let dismissed = ended::dismiss(&casebridge, &session.appliance, &session.lsid).await;
            if let Err(failure) = dismissed {
                tracing::error!(code = %failure.code, "a session stays on the list");
            }
            Message::Dismissed
        });
    }

    /// Running sessions are known anew. One that was chosen and has ended stays in sight.
    fn looked(&mut self, look: Look, cx: &Cx<'_>) {
        let runs = |lsid: &Lsid| cx.facts.sessions.mine.iter().any(|other| other.lsid == *lsid);
        for session in look.before {
            if !runs(&session.lsid) && self.selected.contains(&session.lsid) {
                self.note_ended(session);
            }
        }
        if cx.is_open(Window::Tag) && self.states.is_empty() {
            self.choose_only_session(cx);
        }
    }

    fn open_session_case(&self, lsid: &str, cx: &mut Cx<'_>) -> Answer {
        let session = self.taggable(cx).into_iter().find(|session| session.lsid.as_str() == lsid);
        let Some(key) = session.and_then(|session| session.external_key) else {
            return cx.refuse(FailureCode::CaseReferenceInvalid);
        };
        cx.ask(Request::OpenCase(CaseToOpen::Key(key, None)));
        DONE
    }
}

fn ask_viewed(cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move {
        let result = cases::viewed(&casebridge).await;
        Message::Found { text: None, result }
    });
}

fn ask_ended(cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move { Message::EndedKnown(ended::listed(&casebridge).await) });
}
