//! What a link may do by itself (S1): show its case and create one key, or wait for a click. A link
//! for the e-mail of a key shows that key.

use super::gate::Admission;
use super::open::{KeyState, WatchState};
use super::{Case, Cx, WAITING, dialog};
use crate::request::Request;
use casebridge_domain::jump::Console;
use casebridge_domain::{DeepLink, FailureCode};
use casebridge_ipc::Window;
use casebridge_use_cases::session_key::SessionKeyRequest;

impl Case {
    pub(super) fn link_opened(&mut self, link: &DeepLink, cx: &mut Cx<'_>) {
        let Some(case) = link.case.clone() else { return self.ask(cx) };
        let request = SessionKeyRequest {
            case,
            org: link.org.clone(),
            appliance: link.appliance.clone(),
            portal: link.portal.clone(),
            ttl: None,
            record: link.record.clone(),
        };
        let console = dialog::console_of(link, cx);
        let same = self.same(&request);
        let on_screen = self.shown.filter(|_| cx.is_open(Window::Case));
        let other_on_screen = on_screen.is_some() && on_screen != same;
        match (self.gate.admit(&request, other_on_screen, cx.casebridge.uptime()), same) {
            (Admission::Joined, None) => {
                cx.ask(Request::NotifyOfLinks(FailureCode::TooManyLinks));
            }
            // What is on screen stays there.
            (Admission::Joined, Some(_)) if on_screen.is_some() => {}
            (Admission::Wait { first }, same) => {
                if same.is_none() {
                    self.let_wait(request, console, cx);
                }
                if first {
                    cx.ask(Request::Open(Window::Case));
                }
            }
            (admission @ (Admission::Joined | Admission::MakeKey | Admission::Show), Some(id)) => {
                if request.record.is_none() {
                    self.name_console(id, console);
                }
                self.show_again(id, admission == Admission::MakeKey, false, cx);
            }
            (admission @ (Admission::MakeKey | Admission::Show), None) => {
                self.begin_case(request, console, admission == Admission::MakeKey, false, cx);
            }
        }
    }

    /// A link never pushes out what the person looks at, or a case whose key somebody may have.
    fn let_wait(&mut self, request: SessionKeyRequest, console: Option<Console>, cx: &mut Cx<'_>) {
        if self.list.len() > WAITING {
            return cx.ask(Request::NotifyOfLinks(FailureCode::TooManyLinks));
        }
        self.add(request, console);
    }

    /// A link that names another console than before is an answer to that question, as long as nobody
    /// may have the key (S2).
    fn name_console(&mut self, id: u64, console: Option<Console>) {
        if let Some(open) = self.get_mut(id)
            && open.console != console
            && !open.is_in_use()
        {
            open.console = console;
            open.drop_key_work();
            (open.key, open.watch) = (KeyState::None, WatchState::Idle);
        }
    }
}
