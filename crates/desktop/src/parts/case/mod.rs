//! The case window: one case on screen, others waiting, each with its key, e-mail and watch.
//!
//! From a click to a key: [`links`] decides what a link may do, [`key`] creates the key
//! or [`dialog`] proposes the console's, [`watch`] waits for the customer, and
//! [`view`] is what the window shows of all that.

mod dialog;
mod email;
mod gate;
mod key;
mod links;
mod open;
#[cfg(test)]
mod tests;
mod view;
mod watch;

use crate::case_field;
use crate::console::Asked;
use crate::context::{Context, Part};
use crate::facts::{CasesSeen, Interest, Look};
use crate::request::{Answer, CaseToOpen, DONE, Reply, Request};
use crate::shell::payload;
use casebridge_domain::jump::Console;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{
    Case as OrgCase, CaseRef, DeepLink, Failure, FailureCode, Lsid, Recipient, RecordId,
    SessionKey, mail,
};
use casebridge_ipc::{CaseCommand, Copied, Window};
use casebridge_use_cases::console::default_key_console;
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use casebridge_use_cases::typed_case::typed_case;
use gate::LinkGate;
use open::{KeyState, OpenCase, WatchState};

/// How many cases wait beside the one on screen.
const WAITING: usize = 10;

/// The cases that are worked on.
#[derive(Default)]
pub(crate) struct Case {
    list: Vec<OpenCase>,
    shown: Option<u64>,
    gate: LinkGate,
    next_id: u64,
}

/// What can happen to the cases. `case` is an open case's own number, `attempt` that of its key.
pub(crate) enum Message {
    Link(DeepLink),
    /// A case is to be asked for.
    Ask,
    /// A case is to be shown, and its key created.
    Show(CaseRef),
    Command(CaseCommand, Reply),
    Copy(Copied, Reply),
    Read {
        case: u64,
        result: Box<Result<OrgCase, Failure>>,
    },
    KeyMade {
        case: u64,
        attempt: u64,
        result: Box<Result<(OrgCase, SessionKey), Failure>>,
    },
    KeyExpired {
        case: u64,
        attempt: u64,
    },
    /// Something about a key went to the outbox.
    KeyNoted,
    /// A key is in the org, as this record.
    KeyRecorded {
        case: u64,
        attempt: u64,
        record: Option<RecordId>,
    },
    DialogOpened {
        case: u64,
        attempt: u64,
        result: Box<Result<(OrgCase, Asked), Failure>>,
    },
    EmailAnswered {
        case: u64,
        attempt: u64,
        result: Result<Recipient, Failure>,
    },
    /// An e-mail that had to wait was handed over.
    EmailWent(String),
    /// Running sessions were looked at.
    Looked(Look),
    ClockChanged,
    /// The sign-in that a case waited for is there.
    GoOn,
    DoubtSettled(Lsid),
    Closed,
    /// Another person or another org is next.
    Forget,
}

type Cx<'c> = Context<'c, Message>;

impl Part for Case {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Link(link) => self.link_opened(&link, cx),
            Message::Ask => self.ask(cx),
            Message::Show(case) => self.show_case(case, cx),
            Message::Command(command, reply) => {
                let answer = self.command(command, cx);
                cx.answer(reply, answer);
            }
            Message::Copy(what, reply) => {
                let answer = self.copy(what, cx);
                cx.answer(reply, answer);
            }
            Message::Read { case, result } => self.read(case, *result, cx),
            Message::KeyMade { case, attempt, result } => {
                self.key_made(case, attempt, *result, cx);
            }
            Message::KeyExpired { case, attempt } => self.key_expired(case, attempt, cx),
            Message::KeyNoted => cx.ask(Request::OutboxChanged),
            Message::KeyRecorded { case, attempt, record } => {
                self.key_recorded(case, attempt, record);
                cx.ask(Request::OutboxChanged);
            }
            Message::DialogOpened { case, attempt, result } => {
                self.dialog_opened(case, attempt, *result, cx);
            }
            Message::EmailAnswered { case, attempt, result } => {
                self.email_answered(case, attempt, result, cx);
            }
            Message::EmailWent(subject) => self.email_went(&subject),
            Message::Looked(look) => self.looked(&look, cx),
            Message::ClockChanged => self.keep_keys(cx),
            Message::GoOn => self.go_on(cx),
            Message::DoubtSettled(lsid) => self.settle_doubt(&lsid),
            Message::Closed => {
                self.shown = None;
                self.forget_unseen(cx);
            }
            Message::Forget => {
                self.list.clear();
                self.shown = None;
            }
        }
    }
}

impl Case {
    fn command(&mut self, command: CaseCommand, cx: &mut Cx<'_>) -> Answer {
        match command {
            CaseCommand::CaseView {} => Ok(payload(&self.view(cx.known()))),
            CaseCommand::LookUpCase { reference } => self.look_up(&reference, cx),
            CaseCommand::GenerateKey { portal } => self.generate_key(portal, cx),
            CaseCommand::ChooseKeyKind { kind } => self.choose_key_kind(kind, cx),
            CaseCommand::ChooseKeyAppliance { name } => self.choose_appliance(name, cx),
            CaseCommand::OpenKeyDialog { portal } => self.open_key_dialog(portal, cx),
            CaseCommand::DenyKeyDialog {} => self.deny_key_dialog(cx),
            CaseCommand::SendEmail { recipient } => self.send_email(&recipient, cx),
            CaseCommand::StopWatch {} => self.stop_watch(),
            CaseCommand::AgreeCustomer {} => self.agree_customer(cx),
            CaseCommand::RetagCustomer {} => self.retag_customer(cx),
            CaseCommand::OpenCase {} => self.open_page(cx),
            CaseCommand::ShowWaitingCase { reference } => self.show_waiting(&reference, cx),
            CaseCommand::Retry {} => self.retry(cx),
        }
    }

    fn shown(&self) -> Option<&OpenCase> {
        self.shown.and_then(|id| self.list.iter().find(|c| c.id == id))
    }

    fn shown_mut(&mut self) -> Option<&mut OpenCase> {
        self.shown.and_then(|id| self.get_mut(id))
    }

    fn get_mut(&mut self, id: u64) -> Option<&mut OpenCase> {
        self.list.iter_mut().find(|c| c.id == id)
    }

    fn ids(&self) -> Vec<u64> {
        self.list.iter().map(|open| open.id).collect()
    }

    /// What other parts may know of the cases.
    pub(crate) fn seen(&self) -> CasesSeen {
        let joined = self.list.iter().filter_map(|open| match &open.watch {
            WatchState::Joined(joined) => Some(joined.lsid.clone()),
            WatchState::Idle
            | WatchState::Waiting
            | WatchState::Stale(_)
            | WatchState::Expired
            | WatchState::Ended => None,
        });
        let is_working = |open: &OpenCase| matches!(open.key, KeyState::Loading) || open.reading;
        CasesSeen {
            on_screen: self.shown().and_then(|open| open.case.as_ref()).map(|case| case.id.clone()),
            joined: joined.collect(),
            is_working: self.list.iter().any(is_working),
            waiting: self.list.iter().filter(|open| open.is_watched()).count(),
            is_stale: self.list.iter().any(|open| matches!(open.watch, WatchState::Stale(_))),
        }
    }

    /// What has to be looked for among running sessions, with the window open or not.
    pub(crate) fn interest(&self, is_open: bool, interest: &mut Interest) {
        for open in &self.list {
            let is_seen = is_open && self.shown == Some(open.id);
            let has_joined = matches!(open.watch, WatchState::Joined(_)) && is_seen;
            if let Some(watch) = open.sought.as_ref().filter(|_| open.is_watched() || has_joined) {
                let appliance = watch.appliance().unwrap_or(DEFAULT_APPLIANCE);
                interest.add(appliance, watch.wanted().iter().cloned());
            }
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.shown = None;
        cx.ask(Request::Open(Window::Case));
    }

    fn look_up(&mut self, reference: &str, cx: &mut Cx<'_>) -> Answer {
        let case = typed_case(cx.casebridge, reference);
        self.show_case(case.map_err(|failure| cx.report(&failure))?, cx);
        DONE
    }

    fn show_case(&mut self, case: CaseRef, cx: &mut Cx<'_>) {
        let request = SessionKeyRequest::of(case);
        match self.same(&request) {
            Some(id) => self.show_again(id, true, true, cx),
            None => {
                let console = default_console(None, cx);
                self.begin_case(request, console, true, true, cx);
            }
        }
    }

    /// One that is not there any more was shown or pushed out meanwhile; the view says so.
    fn show_waiting(&mut self, mark: &str, cx: &mut Cx<'_>) -> Answer {
        if let Some(id) = self.list.iter().find(|c| c.mark() == mark).map(|c| c.id) {
            self.show_again(id, true, true, cx);
        }
        DONE
    }

    /// Shows a case that is open already, and creates its key if it has none that counts. A link alone
    /// does so only while nobody may have one.
    fn show_again(&mut self, id: u64, may_make_key: bool, by_hand: bool, cx: &mut Cx<'_>) {
        self.put_on_screen(id);
        let Some(open) = self.shown_mut() else { return };
        open.by_hand |= by_hand;
        let is_under_way =
            matches!(open.key, KeyState::Made(_) | KeyState::Loading | KeyState::Dialog { .. });
        // A console is only proposed, whatever was asked before.
        let may_begin = by_hand || (!open.is_in_use() && (may_make_key || open.console.is_some()));
        if !is_under_way && may_begin {
            self.begin_key(id, cx);
        }
        if by_hand {
            self.key_acted_on(id, cx);
        }
        cx.ask(Request::Open(Window::Case));
    }

    fn begin_case(
        &mut self,
        request: SessionKeyRequest,
        console: Option<Console>,
        make_key: bool,
        by_hand: bool,
        cx: &mut Cx<'_>,
    ) {
        match self.make_room() {
            Room::There => {}
            Room::Unseen => cx.ask(Request::NotifyOfLinks(FailureCode::TooManyLinks)),
            Room::None if by_hand => {}
            Room::None => return cx.ask(Request::NotifyOfLinks(FailureCode::TooManyLinks)),
        }
        cx.ask(Request::AskWebConsole(request.appliance.clone()));
        let id = self.add(request, console);
        self.put_on_screen(id);
        if let Some(open) = self.get_mut(id) {
            open.by_hand = by_hand;
        }
        if make_key || console.is_some() {
            self.begin_key(id, cx);
        } else {
            self.begin_reading(id, cx);
        }
        cx.ask(Request::Open(Window::Case));
    }

    fn put_on_screen(&mut self, id: u64) {
        self.shown = Some(id);
        if let Some(open) = self.get_mut(id) {
            open.was_shown = true;
        }
    }

    fn add(&mut self, request: SessionKeyRequest, console: Option<Console>) -> u64 {
        self.next_id += 1;
        self.list.push(OpenCase { console, ..OpenCase::new(self.next_id, request) });
        self.next_id
    }

    /// The one that is open for the same case, or has the key that is meant.
    fn same(&self, request: &SessionKeyRequest) -> Option<u64> {
        if let Some(record) = &request.record {
            return self.list.iter().find(|open| open.has_record(record)).map(|open| open.id);
        }
        let names = |open: &OpenCase| match (&request.case, &open.request.case, &open.case) {
            (CaseRef::Id(id), _, Some(case)) => case.id == *id,
            (CaseRef::Number(number), _, Some(case)) => {
                [number.as_str(), number.padded().as_str()].contains(&case.number.as_str())
            }
            (CaseRef::Number(one), CaseRef::Number(other), None) => one.padded() == other.padded(),
            (wanted, other, None) => wanted == other,
        };
        let same = |open: &&OpenCase| {
            names(open)
                // Whether the case is in the link's org has to be found out.
                && (request.org.is_none() || open.request.org == request.org)
                && open.request.appliance == request.appliance
                && open.request.portal == request.portal
                && open.request.record.is_none()
        };
        self.list.iter().find(same).map(|open| open.id)
    }

    /// Makes room for one more: the oldest that was seen and whose key nobody has goes first, then the
    /// oldest that was never seen. A key that somebody may have stays, so that there may be no room.
    fn make_room(&mut self) -> Room {
        if self.list.len() <= WAITING {
            return Room::There;
        }
        let position = |is_it: &dyn Fn(&OpenCase) -> bool| self.list.iter().position(is_it);
        let done = position(&|open| open.was_shown && !open.is_in_use());
        match done.or_else(|| position(&|open| !open.was_shown)) {
            Some(oldest) => {
                let gone = self.list.remove(oldest);
                if gone.was_shown { Room::There } else { Room::Unseen }
            }
            None => Room::None,
        }
    }

    fn begin_reading(&mut self, id: u64, cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        let Some(open) = self.get_mut(id) else { return };
        (open.reading, open.failure) = (true, None);
        let request = open.request.clone();
        open.work = Some(cx.hold(async move {
            let result = session_key::read_case(&casebridge, &request).await;
            Message::Read { case: id, result: Box::new(result) }
        }));
    }

    fn read(&mut self, id: u64, result: Result<OrgCase, Failure>, cx: &mut Cx<'_>) {
        cx.note_sign_in(&result);
        let result = result.map_err(|failure| cx.report(&failure));
        if let Ok(case) = &result {
            cx.ask(Request::NoteCase { case: Box::new(case.clone()), hosts: None });
        }
        let Some(open) = self.get_mut(id) else { return };
        open.reading = false;
        match result {
            Ok(case) => open.case = Some(case),
            Err(failure) => open.failure = Some(failure),
        }
    }

    /// With the window closed, only a case whose customer is awaited is kept.
    fn forget_unseen(&mut self, cx: &Cx<'_>) {
        if self.shown.is_none() && !cx.is_open(Window::Case) {
            self.list.retain(OpenCase::is_watched);
        }
    }

    fn copy(&mut self, what: Copied, cx: &mut Cx<'_>) -> Answer {
        let shown = self.shown();
        let case = shown.and_then(|open| open.case.as_ref());
        let made = shown.and_then(OpenCase::made);
        let text = match (what, case, made) {
            (Copied::Key, Some(_), Some(made)) => Ok(made.key.short_key.clone()),
            (Copied::Url, Some(_), Some(made)) => Ok(made.key.key_url.clone()),
            (Copied::Message, Some(case), Some(made)) => Ok(mail::message(case, &made.key)),
            (_, case, _) => case_field::of_case(case, what),
        };
        let copied = text.and_then(|text| cx.shell.copy(&text));
        copied.map_err(|failure| cx.report(&failure))?;
        if let (Copied::Key | Copied::Url | Copied::Message, Some(id)) = (what, self.shown) {
            self.key_acted_on(id, cx);
        }
        DONE
    }

    fn open_page(&mut self, cx: &mut Cx<'_>) -> Answer {
        let case = self.shown().and_then(|open| open.case.as_ref()).map(|case| case.id.clone());
        let Some(case) = case else { return no_case(cx) };
        cx.ask(Request::OpenCase(CaseToOpen::Id(case)));
        DONE
    }
}

/// Whether there is room for another case.
#[derive(PartialEq, Eq)]
enum Room {
    There,
    /// One had to go that the person has not seen.
    Unseen,
    None,
}

fn no_case(cx: &Cx<'_>) -> Answer {
    cx.refuse(FailureCode::CaseReferenceInvalid)
}

/// Who creates a key where a link does not say; none for Casebridge itself.
fn default_console(appliance: Option<&str>, cx: &Cx<'_>) -> Option<Console> {
    default_key_console(cx.casebridge, appliance)
}
