//! Keys that a representative console creates in its own dialog: proposed, opened at a click (S1), and
//! then watched like any other.

use super::open::{KeyState, WatchState};
use super::{Case, Cx, Message, default_console, no_case};
use crate::console::{Asked, ask};
use crate::request::{Answer, DONE, Request};
use casebridge_domain::deep_link::Action;
use casebridge_domain::jump::Console;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{Case as OrgCase, DeepLink, Failure, FailureCode};
use casebridge_ipc::{DialogView, KeyKindView};
use casebridge_use_cases::console::{self, ConsoleRequest, key_dialog};
use casebridge_use_cases::web_console::WebAction;

/// Who creates the key that a link asks for; none for Casebridge itself.
pub(super) fn console_of(link: &DeepLink, cx: &Cx<'_>) -> Option<Console> {
    if link.action == Action::EmailKey {
        return None;
    }
    if link.action == Action::ConsoleKey {
        return Some(Console::Desktop);
    }
    if link.action == Action::WebKey {
        // Where the administrator turned it off, the console on this computer is proposed.
        return Some(if console::web_does_all(cx.casebridge) {
            Console::Web
        } else {
            Console::Desktop
        });
    }
    default_console(link.appliance.as_deref(), cx)
}

impl Case {
    pub(super) fn choose_key_kind(&mut self, kind: KeyKindView, cx: &mut Cx<'_>) -> Answer {
        let Some(open) = self.shown_mut() else { return no_case(cx) };
        let chosen = match kind {
            KeyKindView::Server => None,
            KeyKindView::Console => Some(Console::Desktop),
            KeyKindView::Web => Some(Console::Web),
        };
        if open.console == chosen {
            return DONE;
        }
        open.console = chosen;
        open.request.record = None;
        let id = open.id;
        if chosen.is_some() {
            self.begin_key(id, cx);
        } else {
            // Another click creates the key: nobody has asked for one yet.
            open.drop_key_work();
            (open.key, open.watch) = (KeyState::None, WatchState::Idle);
        }
        DONE
    }

    /// Another click creates the key there; one that was made elsewhere still counts until it ends.
    pub(super) fn choose_appliance(&mut self, name: String, cx: &mut Cx<'_>) -> Answer {
        if cx.casebridge.settings().appliance(&name).is_none() {
            return cx.refuse(FailureCode::ApplianceUnknown);
        }
        let console = default_console(Some(&name), cx);
        let Some(open) = self.shown_mut() else { return no_case(cx) };
        if open.request.appliance.as_deref().unwrap_or(DEFAULT_APPLIANCE) == name {
            return DONE;
        }
        cx.ask(Request::AskWebConsole(Some(name.clone())));
        open.request.appliance = Some(name);
        (open.request.portal, open.request.record, open.console) = (None, None, console);
        open.drop_key_work();
        (open.key, open.watch) = (KeyState::None, WatchState::Idle);
        let id = open.id;
        if console.is_some() {
            self.begin_key(id, cx);
        }
        DONE
    }

    pub(super) fn open_key_dialog(&mut self, portal: Option<String>, cx: &mut Cx<'_>) -> Answer {
        let (casebridge, shell) = (cx.casebridge.clone(), cx.shell.clone());
        let Some(open) = self.shown_mut() else { return no_case(cx) };
        let (Some(case), Some(chosen)) = (open.case.clone(), open.console) else {
            return no_case(cx);
        };
        open.request.portal = portal.filter(|portal| !portal.is_empty());
        open.drop_key_work();
        open.attempt += 1;
        open.watch = WatchState::Idle;
        open.key = KeyState::Dialog { dialog: DialogView::Opening, failure: None };
        let (id, attempt, request) = (open.id, open.attempt, open.request.clone());
        open.work = Some(cx.hold(async move {
            let result = async {
                let appliance = request.appliance.clone();
                let portal = request.portal.as_deref();
                let action = key_dialog(&casebridge, appliance.as_deref(), portal)?;
                let wanted = ConsoleRequest { action, console: chosen, appliance };
                let asked = ask(&casebridge, shell, &wanted, Some(&case), false).await?;
                Ok((case, asked))
            };
            Message::DialogOpened { case: id, attempt, result: Box::new(result.await) }
        }));
        DONE
    }

    /// The person says that the web console showed no dialog: that is remembered, and the console on
    /// this computer is proposed.
    pub(super) fn deny_key_dialog(&mut self, cx: &mut Cx<'_>) -> Answer {
        let Some(open) = self.shown_mut() else { return no_case(cx) };
        if open.console == Some(Console::Web) {
            let (appliance, action) = (open.request.appliance.clone(), WebAction::SessionKey);
            cx.ask(Request::NoteWebConsole { appliance, action, works: false });
        }
        self.choose_key_kind(KeyKindView::Console, cx)
    }

    pub(super) fn dialog_opened(
        &mut self,
        id: u64,
        attempt: u64,
        result: Result<(OrgCase, Asked), Failure>,
        cx: &mut Cx<'_>,
    ) {
        let result = result.map_err(|failure| cx.report(&failure));
        let Some(open) = self.get_mut(id).filter(|open| open.attempt == attempt) else {
            return;
        };
        match result {
            Ok((case, (with, watch))) => {
                open.key = KeyState::Dialog { dialog: DialogView::Asked, failure: None };
                (open.case, open.launched) = (Some(case), Some(with));
                (open.sought, open.watch) = (watch, WatchState::Waiting);
            }
            Err(failure) => {
                let dialog = DialogView::Proposed;
                open.key = KeyState::Dialog { dialog, failure: Some(failure) };
            }
        }
    }
}
