//! The watch for the customer: what running sessions tell each case that waits.

use super::open::{Joined, OpenCase, WatchState};
use super::{Case, Cx, no_case};
use crate::facts::Look;
use crate::request::{Answer, DONE, Request, TagProposal};
use crate::shell::{NAME, Notice, one_line};
use crate::texts;
use casebridge_domain::Lsid;
use casebridge_domain::jump::Console;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::tagging::{Seen, carried_doubt};
use casebridge_ipc::FailureView;
use casebridge_use_cases::watch::Sighting;
use casebridge_use_cases::web_console::WebAction;

/// What changed for a case.
#[derive(PartialEq, Eq)]
enum Change {
    None,
    Joined,
    Other,
}

impl Case {
    pub(super) fn looked(&mut self, look: &Look, cx: &mut Cx<'_>) {
        for id in self.ids() {
            let Some(open) = self.get_mut(id) else { continue };
            let waits = open.is_watched() || matches!(open.watch, WatchState::Joined(_));
            let Some(watch) = open.sought.as_mut().filter(|watch| {
                waits && watch.appliance().unwrap_or(DEFAULT_APPLIANCE) == look.appliance
            }) else {
                continue;
            };
            let sighting = match &look.result {
                Ok(snapshot) => Ok(watch.judge(&snapshot.sessions)),
                Err(failure) => Err(failure.clone()),
            };
            let last = std::mem::take(&mut open.last_look);
            match customer_sought(open, sighting, last) {
                Change::None => {}
                Change::Joined => {
                    self.customer_joined(id, cx);
                    self.forget_unseen(cx);
                }
                Change::Other => self.forget_unseen(cx),
            }
        }
    }

    /// Says who has joined; where that is not who the case is about, both names stand side by side (S2).
    fn customer_joined(&mut self, id: u64, cx: &mut Cx<'_>) {
        // A key that brought a customer was handed out.
        self.key_acted_on(id, cx);
        let Some(open) = self.get_mut(id) else { return };
        if open.console == Some(Console::Web) {
            let (appliance, action) = (open.request.appliance.clone(), WebAction::SessionKey);
            cx.ask(Request::NoteWebConsole { appliance, action, works: true });
        }
        let (Some(case), WatchState::Joined(joined)) = (&open.case, &open.watch) else { return };
        if joined.doubt.is_some() {
            let (lsid, customer) = (joined.lsid.clone(), joined.name.clone());
            let (appliance, case) = (open.request.appliance.clone(), Box::new(case.clone()));
            return cx.ask(Request::TellDoubt { appliance, lsid, case, customer });
        }
        let name = one_line(&joined.name, NAME);
        cx.notify(Notice {
            title: texts::joined_title(),
            body: texts::joined(name, &case.number),
            ..Notice::default()
        });
    }

    /// The person says that the customer who joined belongs to the case.
    pub(super) fn agree_customer(&mut self, cx: &mut Cx<'_>) -> Answer {
        let Some(open) = self.shown_mut() else { return no_case(cx) };
        let appliance = open.request.appliance.clone();
        if let (Some(case), WatchState::Joined(joined)) = (&open.case, &mut open.watch) {
            joined.doubt = None;
            let (lsid, case) = (joined.lsid.clone(), case.id.clone());
            cx.ask(Request::Agree { appliance, lsid, case });
        }
        DONE
    }

    /// The person puts the session that the customer joined on another case.
    pub(super) fn retag_customer(&mut self, cx: &mut Cx<'_>) -> Answer {
        let Some(WatchState::Joined(joined)) = self.shown().map(|open| &open.watch) else {
            return no_case(cx);
        };
        let lsid = Some(joined.lsid.clone());
        cx.ask(Request::ProposeTag(TagProposal { case: None, org: None, lsid }));
        DONE
    }

    /// Takes away what speaks against a session's case, wherever it is shown.
    pub(super) fn settle_doubt(&mut self, lsid: &Lsid) {
        for open in &mut self.list {
            if let WatchState::Joined(joined) = &mut open.watch
                && joined.lsid == *lsid
            {
                joined.doubt = None;
            }
        }
    }

    pub(super) fn stop_watch(&mut self) -> Answer {
        if let Some(open) = self.shown_mut() {
            open.watch = WatchState::Idle;
        }
        DONE
    }
}

/// Notes what a look told of a case; the last one is made when its key has run out.
fn customer_sought(
    open: &mut OpenCase,
    sighting: Result<Sighting, FailureView>,
    is_last: bool,
) -> Change {
    let before = match &open.watch {
        WatchState::Joined(joined) => Some(joined),
        WatchState::Idle
        | WatchState::Waiting
        | WatchState::Stale(_)
        | WatchState::Expired
        | WatchState::Ended => None,
    };
    let had_joined = before.is_some();
    open.watch = match sighting {
        Ok(Sighting::Joined { lsid, name, hostname }) => {
            let known = before.filter(|joined| joined.name == name);
            let seen =
                Seen { customer: Some(&name), hostname: hostname.as_deref(), external_key: None };
            let doubt = match known {
                Some(joined) => joined.doubt.clone(),
                None => open.case.as_ref().and_then(|case| carried_doubt(case, seen)),
            };
            if !had_joined {
                open.known.push(lsid.clone());
            }
            open.watch = WatchState::Joined(Box::new(Joined { lsid, name, hostname, doubt }));
            return if had_joined { Change::Other } else { Change::Joined };
        }
        Ok(Sighting::Ended) => WatchState::Ended,
        _ if is_last => WatchState::Expired,
        // Once joined, only the end is news.
        Ok(Sighting::Nobody) | Err(_) if had_joined => return Change::None,
        Ok(Sighting::Nobody) => WatchState::Waiting,
        Err(failure) => WatchState::Stale(failure),
    };
    Change::Other
}
