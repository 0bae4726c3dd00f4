//! A new case for a session: the org's own page opens in the browser, and the case is chosen once it
//! is there.

use super::{Cx, Message, Tag};
use crate::context::Task;
use crate::request::{Answer, DONE, Request};
use casebridge_domain::{CaseRef, Failure};
use casebridge_ipc::{FailureView, NewCaseStateView, NewCaseView, Window};
use casebridge_use_cases::cases::CaseHit;
use casebridge_use_cases::new_case;
use casebridge_use_cases::sessions::RunningSession;

/// How far the new case is.
#[derive(Default)]
pub(super) enum NewCase {
    #[default]
    None,
    /// Its page is being opened, or was.
    Waits {
        contact: Option<String>,
        _task: Task,
    },
    Failed(FailureView),
}

impl Tag {
    /// Opens the org's page for a new case.
    pub(super) fn open_new_case(
        &mut self,
        subject: String,
        contact: String,
        cx: &mut Cx<'_>,
    ) -> Answer {
        let (casebridge, shell, told) = (cx.casebridge.clone(), cx.shell.clone(), cx.sender());
        let task = cx.hold(async move {
            let opened = async {
                let new = new_case::prepare(&casebridge, &subject, &contact).await?;
                let (page, allowed) = (new.page.clone(), new.allowed.clone());
                let open = tokio::task::spawn_blocking(move || shell.open_page(&page, &allowed));
                open.await.unwrap_or_else(|e| {
                    let code = casebridge_domain::FailureCode::Internal;
                    Err(Failure::caused(code, String::new(), e))
                })?;
                Ok(new)
            };
            let new = match opened.await {
                Ok(new) => new,
                Err(failure) => return Message::NewCaseEnded(Box::new(Err(failure))),
            };
            told.send(Message::NewCaseOpened { contact: new.contact.clone() });
            Message::NewCaseEnded(Box::new(Ok(new_case::created(&casebridge, &new).await)))
        });
        self.new_case = NewCase::Waits { contact: None, _task: task };
        DONE
    }

    pub(super) fn new_case_opened(&mut self, found: Option<String>) {
        if let NewCase::Waits { contact, .. } = &mut self.new_case {
            *contact = found;
        }
    }

    /// The case is there, and is proposed for the sessions at once.
    pub(super) fn new_case_ended(
        &mut self,
        result: Result<Option<CaseHit>, Failure>,
        cx: &mut Cx<'_>,
    ) {
        if !matches!(self.new_case, NewCase::Waits { .. }) {
            return;
        }
        cx.note_sign_in(&result);
        self.new_case = match result {
            Ok(None) => NewCase::None,
            Ok(Some(case)) => {
                self.take_case(Some(CaseRef::Id(case.id)), None, cx);
                cx.ask(Request::Open(Window::Tag));
                NewCase::None
            }
            Err(failure) => NewCase::Failed(cx.report(&failure)),
        };
    }

    pub(super) fn new_case_view(&self, sessions: &[RunningSession]) -> NewCaseView {
        let chosen = sessions.iter().find(|session| self.selected.contains(&session.lsid));
        NewCaseView {
            subject: chosen.map(new_case::subject_for).unwrap_or_default(),
            contact: chosen.and_then(|session| session.customer.clone()).unwrap_or_default(),
            state: match &self.new_case {
                NewCase::None => NewCaseStateView::Idle,
                NewCase::Waits { contact, .. } => {
                    NewCaseStateView::Waiting { contact: contact.clone() }
                }
                NewCase::Failed(failure) => NewCaseStateView::Failed { failure: failure.clone() },
            },
        }
    }
}
