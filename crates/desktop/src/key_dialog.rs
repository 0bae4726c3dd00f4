//! Keys that a representative console makes in its own dialog: proposed, opened at a click (S1), and
//! then watched like any other.

use crate::controller::{Controller, DONE};
use crate::event::{Answer, Event};
use crate::open_case::{KeyState, WatchState};
use crate::pages::{Asked, ask_console};
use casebridge_domain::deep_link::Action;
use casebridge_domain::jump::Console;
use casebridge_domain::{Case, DeepLink, Failure};
use casebridge_ipc::{DialogView, KeyKindView};
use casebridge_use_cases::console::{self, ConsoleRequest};

impl Controller {
    /// Who makes the key that a link asks for; none for Casebridge itself.
    pub(crate) fn console_of(&self, link: &DeepLink) -> Option<Console> {
        if link.action == Action::ConsoleKey {
            return Some(Console::Desktop);
        }
        if link.action == Action::WebKey {
            return Some(Console::Web);
        }
        self.default_console(link.appliance.as_deref())
    }

    pub(crate) fn default_console(&self, appliance: Option<&str>) -> Option<Console> {
        console::default_key_console(&self.casebridge, appliance)
    }

    /// Makes the key, or proposes the dialog in which a console makes it.
    pub(crate) fn begin_key(&mut self, id: u64) {
        let Some(open) = self.cases.get_mut(id) else { return };
        if open.console.is_none() {
            return self.make_key(id);
        }
        open.drop_key_work();
        open.attempt += 1;
        open.watch = WatchState::Idle;
        open.key = KeyState::Dialog { dialog: DialogView::Proposed, failure: None };
        if open.case.is_none() {
            self.read_case(id);
        }
    }

    pub(crate) fn choose_key_kind(&mut self, kind: KeyKindView) -> Answer {
        let Some(open) = self.cases.shown_mut() else { return self.no_case() };
        let chosen = match kind {
            KeyKindView::Server => None,
            KeyKindView::Console => Some(Console::Desktop),
            KeyKindView::Web => Some(Console::Web),
        };
        if open.console == chosen {
            return DONE;
        }
        open.console = chosen;
        let id = open.id;
        if chosen.is_some() {
            self.begin_key(id);
        } else if let Some(open) = self.cases.get_mut(id) {
            // Another click makes the key: nobody has asked for one yet.
            open.drop_key_work();
            (open.key, open.watch) = (KeyState::None, WatchState::Idle);
        }
        self.publish_case();
        DONE
    }

    pub(crate) fn open_key_dialog(&mut self, portal: Option<String>) -> Answer {
        let (casebridge, shell) = (self.casebridge.clone(), self.shell.clone());
        let Some(open) = self.cases.shown_mut() else { return self.no_case() };
        let (Some(case), Some(chosen)) = (open.case.clone(), open.console) else {
            return self.no_case();
        };
        open.request.portal = portal.filter(|portal| !portal.is_empty());
        open.drop_key_work();
        open.attempt += 1;
        open.watch = WatchState::Idle;
        open.key = KeyState::Dialog { dialog: DialogView::Opening, failure: None };
        let (id, attempt, request) = (open.id, open.attempt, open.request.clone());
        let task = self.spawn(async move {
            let result = async {
                let action = console::key_dialog(request.portal.as_deref())?;
                let appliance = request.appliance.clone();
                let wanted = ConsoleRequest { action, console: chosen, appliance };
                let asked = ask_console(&casebridge, shell, &wanted, Some(&case), false).await?;
                Ok((case, asked))
            };
            Event::DialogOpened { case: id, attempt, result: Box::new(result.await) }
        });
        self.keep_work(id, task);
        self.publish_case();
        DONE
    }

    pub(crate) fn dialog_opened(
        &mut self,
        id: u64,
        attempt: u64,
        result: Result<(Case, Asked), Failure>,
    ) {
        let result = result.map_err(|failure| self.report(&failure));
        let Some(open) = self.cases.get_mut(id).filter(|open| open.attempt == attempt) else {
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
        self.publish_case();
    }
}
