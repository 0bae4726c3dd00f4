//! The case window: one case on screen, others waiting, each with its key, e-mail and watch.

use crate::controller::{Controller, DONE};
use crate::event::{Answer, Event};
use crate::link_gate::{Admission, LinkGate};
use crate::open_case::{EmailState, Joined, KeyState, OpenCase, WatchState};
use crate::shell::{NAME, Notice, one_line};
use crate::views;
use casebridge_domain::jump::Console;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::tagging::{Seen, carried_doubt};
use casebridge_domain::{
    Case, CaseId, CaseRef, DeepLink, Failure, FailureCode, Lsid, Recipient, SessionKey, mail,
};
use casebridge_ipc::{CaseView, Copied, EmailStateView, FailureView, Window};
use casebridge_store::CaseRecord;
use casebridge_use_cases::session_key::SessionKeyRequest;
use casebridge_use_cases::sessions::Snapshot;
use casebridge_use_cases::typed_case::typed_case;
use casebridge_use_cases::watch::{Sighting, Watch};
use casebridge_use_cases::{cases, email_key, session_key};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// How many cases wait beside the one on screen.
const WAITING: usize = 10;
/// How many cases of before are listed.
const RECENT: usize = 5;

/// A case of before.
#[derive(Debug, Clone)]
pub(crate) struct RecentCase {
    pub(crate) id: CaseId,
    pub(crate) number: String,
    pub(crate) subject: String,
    pub(crate) contact: Option<String>,
    /// Computers that belong to it, as far as they were asked for.
    pub(crate) hosts: Vec<String>,
    pub(crate) opened_at: Timestamp,
}

impl RecentCase {
    fn record(&self) -> CaseRecord {
        CaseRecord {
            id: self.id.to_string(),
            number: self.number.clone(),
            subject: self.subject.clone(),
            contact: self.contact.clone().unwrap_or_default(),
            opened_at: self.opened_at,
        }
    }

    fn of(record: CaseRecord) -> Option<Self> {
        Some(Self {
            id: record.id.parse().ok()?,
            number: record.number,
            subject: record.subject,
            contact: Some(record.contact).filter(|name| !name.is_empty()),
            hosts: Vec::new(),
            opened_at: record.opened_at,
        })
    }
}

/// The state of the window.
#[derive(Default)]
pub(crate) struct CaseWindow {
    pub(crate) list: Vec<OpenCase>,
    pub(crate) shown: Option<u64>,
    pub(crate) recent: Vec<RecentCase>,
    gate: LinkGate,
    next_id: u64,
    /// Signs in first; then the case goes on.
    pub(crate) after_sign_in: bool,
}

impl CaseWindow {
    pub(crate) fn shown(&self) -> Option<&OpenCase> {
        self.shown.and_then(|id| self.list.iter().find(|c| c.id == id))
    }

    pub(crate) fn shown_mut(&mut self) -> Option<&mut OpenCase> {
        self.shown.and_then(|id| self.get_mut(id))
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut OpenCase> {
        self.list.iter_mut().find(|c| c.id == id)
    }

    fn show(&mut self, id: u64) {
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

    /// The one that is open for the same case.
    fn same(&self, request: &SessionKeyRequest) -> Option<u64> {
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
}

/// Whether there is room for another case.
#[derive(PartialEq, Eq)]
enum Room {
    There,
    /// One had to go that the person has not seen.
    Unseen,
    None,
}

impl Controller {
    pub(crate) fn note_recent(&mut self, case: &Case) {
        let all = &mut self.cases.recent;
        let known = all.iter().position(|recent| recent.id == case.id).map(|at| all.remove(at));
        let recent = RecentCase {
            id: case.id.clone(),
            number: case.number.clone(),
            subject: case.subject.clone(),
            contact: case.contact.as_ref().map(|contact| contact.name.clone()),
            hosts: known.map(|known| known.hosts).unwrap_or_default(),
            opened_at: self.casebridge.now(),
        };
        let (record, casebridge) = (recent.record(), self.casebridge.clone());
        all.insert(0, recent);
        all.truncate(RECENT);
        tokio::spawn(async move {
            if let Err(failure) = cases::note(&casebridge, record).await {
                tracing::warn!(code = %failure.code, "a case is not remembered");
            }
        });
    }

    pub(crate) fn ask_for_recent(&self) {
        let casebridge = self.casebridge.clone();
        self.spawn(async move { Event::RecentKnown(cases::opened(&casebridge).await) });
    }

    /// Cases that were opened meanwhile stay in front.
    pub(crate) fn recent_known(&mut self, result: Result<Vec<CaseRecord>, Failure>) {
        let records = match result {
            Ok(records) => records,
            Err(failure) => return drop(self.report(&failure)),
        };
        for case in records.into_iter().filter_map(RecentCase::of) {
            if !self.cases.recent.iter().any(|known| known.id == case.id) {
                self.cases.recent.push(case);
            }
        }
        self.cases.recent.truncate(RECENT);
    }

    /// Another person or another org is next: what was read in the name of the other one goes.
    pub(crate) fn forget_cases(&mut self) {
        self.cases.recent.clear();
        self.cases.list.clear();
        self.cases.shown = None;
        self.ask_for_recent();
        self.publish_case();
    }

    pub(crate) fn case_view(&self) -> CaseView {
        views::case(&self.casebridge, &self.cases)
    }

    pub(crate) fn publish_case(&self) {
        self.publish(Window::Case);
    }

    pub(crate) fn case_link_opened(&mut self, link: &DeepLink) {
        let Some(case) = link.case.clone() else { return self.ask_for_case() };
        let request = SessionKeyRequest {
            case,
            org: link.org.clone(),
            appliance: link.appliance.clone(),
            portal: link.portal.clone(),
            ttl: None,
        };
        let console = self.console_of(link);
        let same = self.cases.same(&request);
        let on_screen = self.cases.shown.filter(|_| self.is_open(Window::Case));
        let other_on_screen = on_screen.is_some() && on_screen != same;
        match (self.cases.gate.admit(&request, other_on_screen, Instant::now()), same) {
            (Admission::Joined, None) => self.quiet_notice(FailureCode::TooManyLinks),
            // What is on screen stays there.
            (Admission::Joined, Some(_)) if on_screen.is_some() => {}
            (Admission::Wait { first }, same) => {
                if same.is_none() {
                    self.let_wait(request, console);
                }
                if first {
                    self.open_window(Window::Case);
                }
            }
            (admission @ (Admission::Joined | Admission::MakeKey | Admission::Show), Some(id)) => {
                self.ask_console(id, console);
                self.show_again(id, admission == Admission::MakeKey, false);
            }
            (admission @ (Admission::MakeKey | Admission::Show), None) => {
                self.begin_case(request, console, admission == Admission::MakeKey, false);
            }
        }
    }

    /// A link never pushes out what the person looks at, or a case whose key somebody may have.
    fn let_wait(&mut self, request: SessionKeyRequest, console: Option<Console>) {
        if self.cases.list.len() > WAITING {
            return self.quiet_notice(FailureCode::TooManyLinks);
        }
        self.cases.add(request, console);
        self.publish_case();
    }

    /// A link that names another maker of the key than before is an answer to that question, as long
    /// as nobody may have the key (S2).
    fn ask_console(&mut self, id: u64, console: Option<Console>) {
        if let Some(open) = self.cases.get_mut(id)
            && open.console != console
            && !open.is_in_use()
        {
            open.console = console;
            open.drop_key_work();
            (open.key, open.watch) = (KeyState::None, WatchState::Idle);
        }
    }

    /// Shows a case that is open already, and makes its key if it has none that counts. A link alone
    /// does so only while nobody may have one.
    fn show_again(&mut self, id: u64, may_make_key: bool, by_hand: bool) {
        self.cases.show(id);
        let Some(open) = self.cases.shown_mut() else { return };
        open.by_hand |= by_hand;
        let is_under_way =
            matches!(open.key, KeyState::Made(_) | KeyState::Loading | KeyState::Dialog { .. });
        // A console is only proposed, whatever was asked before.
        let may_begin = by_hand || (!open.is_in_use() && (may_make_key || open.console.is_some()));
        if !is_under_way && may_begin {
            self.begin_key(id);
        }
        if by_hand {
            self.key_acted_on(id);
        }
        self.open_window(Window::Case);
    }

    fn begin_case(
        &mut self,
        request: SessionKeyRequest,
        console: Option<Console>,
        make_key: bool,
        by_hand: bool,
    ) {
        match self.cases.make_room() {
            Room::There => {}
            Room::Unseen => self.quiet_notice(FailureCode::TooManyLinks),
            Room::None if by_hand => {}
            Room::None => return self.quiet_notice(FailureCode::TooManyLinks),
        }
        let id = self.cases.add(request, console);
        self.cases.show(id);
        if let Some(open) = self.cases.get_mut(id) {
            open.by_hand = by_hand;
        }
        if make_key || console.is_some() {
            self.begin_key(id);
        } else {
            self.read_case(id);
        }
        self.open_window(Window::Case);
    }

    pub(crate) fn ask_for_case(&mut self) {
        self.cases.shown = None;
        self.open_window(Window::Case);
    }

    pub(crate) fn show_recent(&mut self, case: &CaseId) {
        self.show_case(CaseRef::Id(case.clone()));
    }

    pub(crate) fn look_up_case(&mut self, reference: &str) -> Answer {
        let case = typed_case(&self.casebridge, reference);
        let case = case.map_err(|failure| self.report(&failure))?;
        self.show_case(case);
        DONE
    }

    fn show_case(&mut self, case: CaseRef) {
        let request = SessionKeyRequest::of(case);
        match self.cases.same(&request) {
            Some(id) => self.show_again(id, true, true),
            None => {
                let console = self.default_console(None);
                self.begin_case(request, console, true, true);
            }
        }
    }

    /// One that is not there any more was shown or pushed out meanwhile; the view says so.
    pub(crate) fn show_waiting_case(&mut self, mark: &str) -> Answer {
        match self.cases.list.iter().find(|c| c.mark() == mark).map(|c| c.id) {
            Some(id) => self.show_again(id, true, true),
            None => self.publish_case(),
        }
        DONE
    }

    pub(crate) fn read_case(&mut self, id: u64) {
        let casebridge = self.casebridge.clone();
        let Some(open) = self.cases.get_mut(id) else { return };
        (open.reading, open.failure) = (true, None);
        let request = open.request.clone();
        let task = self.spawn(async move {
            let result = session_key::read_case(&casebridge, &request).await;
            Event::CaseRead { case: id, result: Box::new(result) }
        });
        self.keep_work(id, task);
    }

    /// Makes a key; an older one of the case is forgotten here, though it still counts until it
    /// ends.
    pub(crate) fn make_key(&mut self, id: u64) {
        let (casebridge, events) = (self.casebridge.clone(), self.events.clone());
        let Some(open) = self.cases.get_mut(id) else { return };
        open.drop_key_work();
        open.attempt += 1;
        let attempt = open.attempt;
        (open.key, open.watch, open.failure) = (KeyState::Loading, WatchState::Idle, None);
        open.reading = open.case.is_none();
        let request = open.request.clone();
        let task = self.spawn(async move {
            let on_case = |case: &Case| {
                let result = Box::new(Ok(case.clone()));
                let _ = events.send(Event::CaseRead { case: id, result });
            };
            let result = session_key::make_key(&casebridge, &request, on_case).await;
            if let Ok((case, _)) = &result {
                let (case, told) = (case.clone(), events.clone());
                // Nobody waits for it, and a window that is closed does not undo it.
                tokio::spawn(async move {
                    session_key::note_key(&casebridge, &request, &case).await;
                    let _ = told.send(Event::OutboxChanged);
                });
            }
            Event::KeyMade { case: id, attempt, result: Box::new(result) }
        });
        self.keep_work(id, task);
    }

    pub(crate) fn keep_work(&mut self, id: u64, task: tokio::task::JoinHandle<()>) {
        if let Some(open) = self.cases.get_mut(id) {
            open.work = Some(task.into());
        }
    }

    pub(crate) fn case_read(&mut self, id: u64, result: Result<Case, Failure>) {
        self.note_sign_in(&result);
        let result = result.map_err(|failure| self.report(&failure));
        if let Ok(case) = &result {
            self.note_recent(case);
        }
        let Some(open) = self.cases.get_mut(id) else { return };
        open.reading = false;
        match result {
            Ok(case) => open.case = Some(case),
            Err(failure) => open.failure = Some(failure),
        }
        self.publish_case();
    }

    pub(crate) fn key_made(
        &mut self,
        id: u64,
        attempt: u64,
        result: Result<(Case, SessionKey), Failure>,
    ) {
        if self.cases.get_mut(id).is_none_or(|open| open.attempt != attempt) {
            return;
        }
        self.note_sign_in(&result);
        match result {
            Ok((case, key)) => self.key_came(id, case, key),
            Err(failure) => {
                let failure = self.report(&failure);
                let Some(open) = self.cases.get_mut(id) else { return };
                open.reading = false;
                match open.case {
                    Some(_) => open.key = KeyState::Failed(failure),
                    None => (open.key, open.failure) = (KeyState::None, Some(failure)),
                }
            }
        }
        self.publish_case();
    }

    fn key_came(&mut self, id: u64, case: Case, key: SessionKey) {
        tracing::debug!("a key was made");
        let (now, uptime) = (self.casebridge.now(), self.casebridge.uptime());
        let Some(open) = self.cases.get_mut(id) else { return };
        open.reading = false;
        let left = key.expires_at.map(|at| now.duration_until(at));
        let ends = left.map(|left| uptime + Duration::try_from(left).unwrap_or_default());
        let appliance = open.request.appliance.clone();
        open.sought = Some(Watch::new(appliance, &case, &key, now, open.known.clone()));
        open.case = Some(case);
        open.take_key(key, ends);
        open.watch = WatchState::Waiting;
        let by_hand = open.by_hand;
        self.await_expiry(id);
        if by_hand {
            self.key_acted_on(id);
        }
    }

    /// Waits for the end of the case's key, from now.
    fn await_expiry(&mut self, id: u64) {
        let uptime = self.casebridge.uptime();
        let Some(open) = self.cases.get_mut(id) else { return };
        let Some(ends) = open.made().and_then(|made| made.ends) else { return };
        let (left, attempt) = (ends.saturating_sub(uptime), open.attempt);
        let task = self.spawn(async move {
            tokio::time::sleep(left).await;
            Event::KeyExpired { case: id, attempt }
        });
        if let Some(open) = self.cases.get_mut(id) {
            open.expiry = Some(task.into());
        }
    }

    /// The clock was set, or the computer slept: keys last as long as before, and are shown so.
    pub(crate) fn keep_keys(&mut self) {
        let (now, uptime) = (self.casebridge.now(), self.casebridge.uptime());
        let ids: Vec<u64> = self.cases.list.iter().map(|open| open.id).collect();
        for id in ids {
            if let Some(made) = self.cases.get_mut(id).and_then(OpenCase::made_mut)
                && let Some(ends) = made.ends
            {
                made.key.expires_at = now.checked_add(ends.saturating_sub(uptime)).ok();
                self.await_expiry(id);
            }
        }
        self.publish_case();
    }

    /// The representative asked for the key, or did something with it: where the org is to have a list
    /// of keys, it is written to its case now, once.
    fn key_acted_on(&mut self, id: u64) {
        let (casebridge, told) = (self.casebridge.clone(), self.events.clone());
        let Some(open) = self.cases.get_mut(id) else { return };
        let (request, case) = (open.request.clone(), open.case.clone());
        let Some(made) = open.made_mut().filter(|made| !made.is_recorded) else { return };
        let Some(case) = case else { return };
        made.is_recorded = true;
        let key = made.key.clone();
        // Nobody waits for it, and a window that is closed does not undo it.
        tokio::spawn(async move {
            session_key::record_key(&casebridge, &request, &case, &key).await;
            let _ = told.send(Event::OutboxChanged);
        });
    }

    /// The key counts no more; who joined in its last moments is still seen.
    pub(crate) fn key_expired(&mut self, id: u64, attempt: u64) {
        let Some(open) = self.cases.get_mut(id).filter(|c| c.attempt == attempt) else { return };
        open.key = KeyState::Expired;
        open.last_look = open.is_watched();
        self.publish_case();
        self.poll_now();
    }

    /// What running sessions tell each case that waits for its customer.
    pub(crate) fn watch_cases(&mut self, appliance: &str, result: &Result<Snapshot, FailureView>) {
        let ids: Vec<u64> = self.cases.list.iter().map(|open| open.id).collect();
        for id in ids {
            let Some(open) = self.cases.get_mut(id) else { continue };
            let waits = open.is_watched() || matches!(open.watch, WatchState::Joined(_));
            let Some(watch) = open.sought.as_mut().filter(|watch| {
                waits && watch.appliance().unwrap_or(DEFAULT_APPLIANCE) == appliance
            }) else {
                continue;
            };
            let sighting = match result {
                Ok(snapshot) => Ok(watch.judge(&snapshot.sessions)),
                Err(failure) => Err(failure.clone()),
            };
            let last = std::mem::take(&mut open.last_look);
            self.customer_sought(id, sighting, last);
        }
        self.publish_case();
    }

    fn customer_sought(&mut self, id: u64, result: Result<Sighting, FailureView>, last: bool) {
        let Some(open) = self.cases.get_mut(id) else { return };
        let joined_before =
            if let WatchState::Joined(joined) = &open.watch { Some(joined) } else { None };
        let (was_joined, mut is_new) = (joined_before.is_some(), false);
        open.watch = match result {
            Ok(Sighting::Joined { lsid, name, hostname }) => {
                let known = joined_before.filter(|joined| joined.name == name);
                is_new = !was_joined;
                let seen = Seen {
                    customer: Some(&name),
                    hostname: hostname.as_deref(),
                    external_key: None,
                };
                let doubt = match known {
                    Some(joined) => joined.doubt.clone(),
                    None => open.case.as_ref().and_then(|case| carried_doubt(case, seen)),
                };
                if is_new {
                    open.known.push(lsid.clone());
                }
                WatchState::Joined(Box::new(Joined { lsid, name, hostname, doubt }))
            }
            Ok(Sighting::Ended) => WatchState::Ended,
            _ if last => WatchState::Expired,
            // Once joined, only the end is news.
            Ok(Sighting::Nobody) | Err(_) if was_joined => return,
            Ok(Sighting::Nobody) => WatchState::Waiting,
            Err(failure) => WatchState::Stale(failure),
        };
        if is_new {
            self.customer_joined(id);
        }
        self.forget_unseen();
    }

    /// Says who has joined; where that is not who the case is about, both names stand side by side (S2).
    fn customer_joined(&mut self, id: u64) {
        // A key that brought a customer was handed out.
        self.key_acted_on(id);
        let Some(open) = self.cases.get_mut(id) else { return };
        let (Some(case), WatchState::Joined(joined)) = (&open.case, &open.watch) else { return };
        if joined.doubt.is_some() {
            let (lsid, case, joined) = (joined.lsid.clone(), case.clone(), joined.name.clone());
            return self.tell_doubt(lsid, &case, &joined);
        }
        let name = one_line(&joined.name, NAME);
        let body = format!("{name} joined the session for case {}", case.number);
        self.shell.notify(Notice {
            title: "Customer joined".to_owned(),
            body,
            ..Notice::default()
        });
    }

    /// The person says that the customer who joined belongs to the case.
    pub(crate) fn agree_customer(&mut self) -> Answer {
        let Some(open) = self.cases.shown_mut() else { return self.no_case() };
        let appliance = open.request.appliance.clone();
        if let (Some(case), WatchState::Joined(joined)) = (&open.case, &mut open.watch) {
            joined.doubt = None;
            let (lsid, case) = (joined.lsid.clone(), case.id.clone());
            self.agree_case(appliance, lsid, case);
        }
        self.publish_case();
        DONE
    }

    /// The person puts the session that the customer joined on another case.
    pub(crate) fn retag_customer(&mut self) -> Answer {
        let Some(WatchState::Joined(joined)) = self.cases.shown().map(|open| &open.watch) else {
            return self.no_case();
        };
        let lsid = joined.lsid.clone();
        self.propose_tag(None, None, Some(lsid));
        DONE
    }

    /// Takes away what speaks against a session's case, wherever it is shown.
    pub(crate) fn forget_doubt(&mut self, lsid: &Lsid) {
        for open in &mut self.cases.list {
            if let WatchState::Joined(joined) = &mut open.watch
                && joined.lsid == *lsid
            {
                joined.doubt = None;
            }
        }
        self.publish_case();
    }

    /// With the window closed, only a case whose customer is awaited is kept.
    fn forget_unseen(&mut self) {
        if self.cases.shown.is_none() && !self.is_open(Window::Case) {
            self.cases.list.retain(OpenCase::is_watched);
        }
    }

    pub(crate) fn case_window_closed(&mut self) {
        self.cases.shown = None;
        self.forget_unseen();
    }

    pub(crate) fn generate_key(&mut self, portal: Option<String>) -> Answer {
        let Some(open) = self.cases.shown_mut() else { return self.no_case() };
        if matches!(&open.key, KeyState::Failed(failure) if Self::needs_sign_in(failure)) {
            return self.retry();
        }
        open.request.portal = portal.filter(|p| !p.is_empty());
        open.by_hand = true;
        let id = open.id;
        self.make_key(id);
        self.publish_case();
        DONE
    }

    pub(crate) fn no_case(&self) -> Answer {
        Err(self.report(&Failure::new(FailureCode::CaseReferenceInvalid, String::new())))
    }

    fn no_key(&self) -> Answer {
        Err(self.report(&Failure::new(FailureCode::KeyUnknown, String::new())))
    }

    /// Copies from the case window, or the case of another window.
    pub(crate) fn copy(&mut self, window: Window, what: Copied) -> Answer {
        let shown = self.cases.shown();
        let case = match window {
            Window::Jump => self.jumps.case.as_ref(),
            Window::Tag => self.tags.case.as_ref(),
            Window::Case | Window::Activity | Window::Settings | Window::Menu => {
                shown.and_then(|o| o.case.as_ref())
            }
        };
        let Some(case) = case else { return self.no_case() };
        let made = shown.filter(|_| window == Window::Case).and_then(OpenCase::made);
        let text = match (what, made) {
            (Copied::CaseId, _) => case.id.to_string(),
            (Copied::CaseNumber, _) => case.number.clone(),
            (Copied::Key, Some(made)) => made.key.short_key.clone(),
            (Copied::Url, Some(made)) => made.key.key_url.clone(),
            (Copied::Message, Some(made)) => mail::message(case, &made.key),
            (Copied::Key | Copied::Url | Copied::Message, None) => return self.no_key(),
        };
        self.shell.copy(&text).map_err(|failure| self.report(&failure))?;
        if let (Copied::Key | Copied::Url | Copied::Message, Some(id)) = (what, self.cases.shown) {
            self.key_acted_on(id);
        }
        DONE
    }

    pub(crate) fn send_email(&mut self, recipient: &str) -> Answer {
        let casebridge = self.casebridge.clone();
        let Some(open) = self.cases.shown_mut() else { return self.no_case() };
        let (Some(case), Some(made)) = (open.case.clone(), open.made()) else {
            return self.no_key();
        };
        if open.email.state == EmailStateView::Sending {
            return DONE;
        }
        let (id, key, address) = (open.id, made.key.clone(), recipient.to_owned());
        let attempt = open.attempt;
        open.email = EmailState {
            state: EmailStateView::Sending,
            recipient: Some(address.clone()),
            failure: None,
        };
        // Not held by the case: an e-mail on its way is not called back by closing a window.
        self.spawn(async move {
            let result = email_key::hand_over(&casebridge, &case, &key, &address).await;
            Event::EmailAnswered { case: id, attempt, result }
        });
        self.key_acted_on(id);
        self.publish_case();
        DONE
    }

    pub(crate) fn email_answered(
        &mut self,
        id: u64,
        attempt: u64,
        result: Result<Recipient, Failure>,
    ) {
        let result = result.map_err(|failure| self.report(&failure));
        let failure = result.as_ref().err().cloned();
        let is_open = self.is_open(Window::Case);
        let is_shown = self.cases.shown == Some(id);
        // An e-mail with an older key is not the one that the window shows.
        let mail_of = self.cases.get_mut(id).filter(|open| open.attempt == attempt);
        let is_seen = is_open && is_shown && mail_of.is_some();
        if let Some(open) = mail_of {
            (open.email.state, open.email.failure) = match result {
                Ok(_) => (EmailStateView::HandedOver, None),
                Err(failure) => (EmailStateView::Failed, Some(failure)),
            };
        }
        if let (Some(failure), false) = (failure, is_seen) {
            self.shell.notify(Notice::of_failure(&failure));
        }
        self.wake_outbox();
        self.publish_case();
    }

    pub(crate) fn stop_watch(&mut self) -> Answer {
        if let Some(open) = self.cases.shown_mut() {
            open.watch = WatchState::Idle;
        }
        self.publish_case();
        DONE
    }

    pub(crate) fn open_case_page(&mut self) -> Answer {
        let case = self.cases.shown().and_then(|open| open.case.as_ref()).map(|c| c.id.clone());
        let Some(case) = case else { return self.no_case() };
        self.open_page_of(std::future::ready(Ok(case)));
        DONE
    }

    /// Tries again what failed. Where the sign-in is missing, that comes first.
    pub(crate) fn retry(&mut self) -> Answer {
        let Some(open) = self.cases.shown() else { return DONE };
        let failure = match (&open.failure, &open.key, &open.watch) {
            (Some(failure), _, _) => Some(failure),
            (None, KeyState::Failed(failure), _) => Some(failure),
            (None, _, WatchState::Stale(failure)) => Some(failure),
            _ => None,
        };
        let Some(failure) = failure else { return DONE };
        let (id, signs_in) = (open.id, Self::needs_sign_in(failure));
        let is_watch = open.made().is_some() || open.launched.is_some();
        if signs_in {
            self.cases.after_sign_in = true;
            self.begin_sign_in();
        } else if is_watch {
            self.watch_again(id);
        } else {
            if let Some(open) = self.cases.get_mut(id) {
                open.by_hand = true;
            }
            self.begin_key(id);
        }
        self.publish_case();
        DONE
    }

    fn watch_again(&mut self, id: u64) {
        if let Some(open) = self.cases.get_mut(id) {
            open.watch = WatchState::Waiting;
        }
        self.poll_now();
    }

    /// Goes on with the case that waited for the sign-in.
    pub(crate) fn go_on_after_sign_in(&mut self) {
        if std::mem::take(&mut self.cases.after_sign_in)
            && let Some(id) = self.cases.shown
        {
            self.begin_key(id);
            self.open_window(Window::Case);
        }
    }
}
