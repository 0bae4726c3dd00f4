//! The key of a case: asked for or read from the org, shown until it runs out, and recorded once it
//! was used.

use super::open::{KeyState, OpenCase, WatchState};
use super::{Case, Cx, Message, no_case};
use crate::context::{Sender, needs_sign_in};
use crate::request::{Answer, DONE, Request};
use casebridge_domain::{Case as OrgCase, Failure, RecordId, SessionKey};
use casebridge_ipc::{DialogView, FailureView, Window};
use casebridge_use_cases::session_key;
use casebridge_use_cases::watch::Watch;
use std::time::Duration;

impl Case {
    pub(super) fn generate_key(&mut self, portal: Option<String>, cx: &mut Cx<'_>) -> Answer {
        let Some(open) = self.shown_mut() else { return no_case(cx) };
        if matches!(&open.key, KeyState::Failed(failure) if needs_sign_in(failure)) {
            return self.retry(cx);
        }
        open.request.portal = portal.filter(|p| !p.is_empty());
        open.request.record = None;
        open.by_hand = true;
        let id = open.id;
        self.make_key(id, cx);
        DONE
    }

    /// Creates the key, or proposes the dialog in which a console creates it.
    pub(super) fn begin_key(&mut self, id: u64, cx: &mut Cx<'_>) {
        let Some(open) = self.get_mut(id) else { return };
        match (open.console, open.request.record.clone()) {
            (Some(_), _) => {}
            (None, Some(record)) => return self.read_key(id, record, cx),
            (None, None) => return self.make_key(id, cx),
        }
        open.drop_key_work();
        open.attempt += 1;
        open.watch = WatchState::Idle;
        open.key = KeyState::Dialog { dialog: DialogView::Proposed, failure: None };
        if open.case.is_none() {
            self.begin_reading(id, cx);
        }
    }

    /// Creates a key; an older one of the case is forgotten here, though it still counts until it
    /// ends.
    fn make_key(&mut self, id: u64, cx: &mut Cx<'_>) {
        let (casebridge, told) = (cx.casebridge.clone(), cx.sender());
        let Some(open) = self.get_mut(id) else { return };
        let attempt = open.begin_attempt();
        let request = open.request.clone();
        open.work = Some(cx.hold(async move {
            let on_case = |case: &OrgCase| tell_case(&told, id, case);
            let result = session_key::make_key(&casebridge, &request, on_case).await;
            if let Ok((case, _)) = &result {
                let (case, told) = (case.clone(), told.clone());
                // Nobody waits for it, and a window that is closed does not undo it.
                tokio::spawn(async move {
                    session_key::note_key(&casebridge, &request, &case).await;
                    told.send(Message::KeyNoted);
                });
            }
            Message::KeyMade { case: id, attempt, result: Box::new(result) }
        }));
    }

    /// Reads a key that is in the org, for its e-mail.
    fn read_key(&mut self, id: u64, record: RecordId, cx: &mut Cx<'_>) {
        let (casebridge, told) = (cx.casebridge.clone(), cx.sender());
        let Some(open) = self.get_mut(id) else { return };
        let attempt = open.begin_attempt();
        let request = open.request.clone();
        open.work = Some(cx.hold(async move {
            let on_case = |case: &OrgCase| tell_case(&told, id, case);
            let result = session_key::recorded_key(&casebridge, &request, &record, on_case).await;
            Message::KeyMade { case: id, attempt, result: Box::new(result) }
        }));
    }

    /// The org has the key of an attempt, as this record.
    pub(super) fn key_recorded(&mut self, id: u64, attempt: u64, record: Option<RecordId>) {
        let open = self.get_mut(id).filter(|open| open.attempt == attempt);
        if let (Some(made), Some(record)) = (open.and_then(OpenCase::made_mut), record) {
            made.record = Some(record);
        }
    }

    pub(super) fn key_made(
        &mut self,
        id: u64,
        attempt: u64,
        result: Result<(OrgCase, SessionKey), Failure>,
        cx: &mut Cx<'_>,
    ) {
        if self.get_mut(id).is_none_or(|open| open.attempt != attempt) {
            return;
        }
        cx.note_sign_in(&result);
        match result {
            Ok((case, key)) => self.key_came(id, case, key, cx),
            Err(failure) => {
                let failure = cx.report(&failure);
                let Some(open) = self.get_mut(id) else { return };
                open.reading = false;
                match open.case {
                    Some(_) => open.key = KeyState::Failed(failure),
                    None => (open.key, open.failure) = (KeyState::None, Some(failure)),
                }
            }
        }
    }

    fn key_came(&mut self, id: u64, case: OrgCase, key: SessionKey, cx: &mut Cx<'_>) {
        tracing::debug!("a key was made");
        let (now, uptime) = (cx.casebridge.now(), cx.casebridge.uptime());
        let Some(open) = self.get_mut(id) else { return };
        open.reading = false;
        let left = key.expires_at.map(|at| now.duration_until(at));
        let ends = left.map(|left| uptime + Duration::try_from(left).unwrap_or_default());
        let appliance = open.request.appliance.clone();
        open.sought = Some(Watch::new(appliance, &case, &key, now, open.known.clone()));
        open.case = Some(case);
        open.take_key(key, ends);
        open.watch = WatchState::Waiting;
        let by_hand = open.by_hand;
        self.await_expiry(id, cx);
        if by_hand {
            self.key_acted_on(id, cx);
        }
    }

    /// Waits for the end of the case's key, from now.
    fn await_expiry(&mut self, id: u64, cx: &mut Cx<'_>) {
        let uptime = cx.casebridge.uptime();
        let Some(open) = self.get_mut(id) else { return };
        let Some(ends) = open.made().and_then(|made| made.ends) else { return };
        let (left, attempt) = (ends.saturating_sub(uptime), open.attempt);
        open.expiry = Some(cx.hold(async move {
            tokio::time::sleep(left).await;
            Message::KeyExpired { case: id, attempt }
        }));
    }

    /// The clock was set, or the computer slept: keys last as long as before, and are shown so.
    pub(super) fn keep_keys(&mut self, cx: &mut Cx<'_>) {
        let (now, uptime) = (cx.casebridge.now(), cx.casebridge.uptime());
        for id in self.ids() {
            if let Some(made) = self.get_mut(id).and_then(OpenCase::made_mut)
                && let Some(ends) = made.ends
            {
                made.key.expires_at = now.checked_add(ends.saturating_sub(uptime)).ok();
                self.await_expiry(id, cx);
            }
        }
    }

    /// The representative asked for the key, or did something with it: where the org is to have a list
    /// of keys, it is written to its case now, once.
    pub(super) fn key_acted_on(&mut self, id: u64, cx: &mut Cx<'_>) {
        let (casebridge, told) = (cx.casebridge.clone(), cx.sender());
        let Some(open) = self.get_mut(id) else { return };
        let (request, case, attempt) = (open.request.clone(), open.case.clone(), open.attempt);
        let Some(made) = open.made_mut().filter(|made| !made.is_recorded) else { return };
        let Some(case) = case else { return };
        made.is_recorded = true;
        let key = made.key.clone();
        // Nobody waits for it, and a window that is closed does not undo it.
        cx.detach(async move {
            let record = session_key::record_key(&casebridge, &request, &case, &key).await;
            told.send(Message::KeyRecorded { case: id, attempt, record });
        });
    }

    /// The key counts no more; who joined in its last moments is still seen.
    pub(super) fn key_expired(&mut self, id: u64, attempt: u64, cx: &mut Cx<'_>) {
        let Some(open) = self.get_mut(id).filter(|c| c.attempt == attempt) else { return };
        open.key = KeyState::Expired;
        open.last_look = open.is_watched();
        cx.ask(Request::PollNow);
    }

    /// Tries again what failed. Where the sign-in is missing, that comes first.
    pub(super) fn retry(&mut self, cx: &mut Cx<'_>) -> Answer {
        let Some(open) = self.shown_mut() else { return DONE };
        let Some(signs_in) = failure_of(open).map(needs_sign_in) else { return DONE };
        let id = open.id;
        if signs_in {
            cx.ask(Request::SignIn { case_waits: true });
        } else if open.made().is_some() || open.launched.is_some() {
            open.watch = WatchState::Waiting;
            cx.ask(Request::PollNow);
        } else {
            open.by_hand = true;
            self.begin_key(id, cx);
        }
        DONE
    }

    /// Goes on with the case that waited for the sign-in.
    pub(super) fn go_on(&mut self, cx: &mut Cx<'_>) {
        if let Some(id) = self.shown {
            self.begin_key(id, cx);
            cx.ask(Request::Open(Window::Case));
        }
    }
}

/// What failed last of a case.
fn failure_of(open: &OpenCase) -> Option<&FailureView> {
    match (&open.failure, &open.key, &open.watch) {
        (Some(failure), _, _)
        | (None, KeyState::Failed(failure), _)
        | (None, _, WatchState::Stale(failure)) => Some(failure),
        (None, _, _) => None,
    }
}

/// The case of a key is there before the key is.
fn tell_case(told: &Sender<Message>, id: u64, case: &OrgCase) {
    told.send(Message::Read { case: id, result: Box::new(Ok(case.clone())) });
}
