//! The e-mail with a case's key: handed to the org at a click, or later by the outbox.

use super::open::{EmailState, OpenCase};
use super::{Case, Cx, Message, no_case};
use crate::request::{Answer, DONE, Request};
use crate::shell::Notice;
use casebridge_domain::{Failure, FailureCode, Recipient};
use casebridge_ipc::{EmailStateView, Window};
use casebridge_use_cases::email_key;

impl Case {
    pub(super) fn send_email(&mut self, recipient: &str, cx: &mut Cx<'_>) -> Answer {
        let casebridge = cx.casebridge.clone();
        let Some(open) = self.shown_mut() else { return no_case(cx) };
        let (Some(case), Some(made)) = (open.case.clone(), open.made()) else {
            return cx.refuse(FailureCode::KeyUnknown);
        };
        if open.email.state == EmailStateView::Sending {
            return DONE;
        }
        let (id, attempt) = (open.id, open.attempt);
        let (key, address) = (made.key.clone(), recipient.to_owned());
        let appliance = open.request.appliance.clone();
        open.email = EmailState {
            state: EmailStateView::Sending,
            recipient: Some(address.clone()),
            failure: None,
        };
        // Not held by the case: an e-mail on its way is not called back by closing a window.
        cx.run(async move {
            let result =
                email_key::hand_over(&casebridge, appliance.as_deref(), &case, &key, &address)
                    .await;
            Message::EmailAnswered { case: id, attempt, result }
        });
        self.key_acted_on(id, cx);
        DONE
    }

    pub(super) fn email_answered(
        &mut self,
        id: u64,
        attempt: u64,
        result: Result<Recipient, Failure>,
        cx: &mut Cx<'_>,
    ) {
        let result = result.map_err(|failure| cx.report(&failure));
        let failure = result.as_ref().err().cloned();
        let is_shown = cx.is_open(Window::Case) && self.shown == Some(id);
        // An e-mail with an older key is not the one that the window shows.
        let mail_of = self.get_mut(id).filter(|open| open.attempt == attempt);
        let is_seen = is_shown && mail_of.is_some();
        if let Some(open) = mail_of {
            (open.email.state, open.email.failure) = match result {
                Ok(_) => (EmailStateView::HandedOver, None),
                Err(failure) => (EmailStateView::Failed, Some(failure)),
            };
        }
        if let (Some(failure), false) = (failure, is_seen) {
            cx.notify(Notice::of_failure(&failure));
        }
        cx.ask(Request::OutboxChanged);
    }

    /// An e-mail that had to wait is handed over now; its case says so.
    pub(super) fn email_went(&mut self, subject: &str) {
        let is_it = |open: &OpenCase| {
            let key = open.made().map(|made| &made.key);
            let address = open.email.recipient.as_deref();
            key.zip(address).is_some_and(|(key, to)| email_key::subject(key, to) == subject)
        };
        for open in self.list.iter_mut().filter(|open| is_it(open)) {
            (open.email.state, open.email.failure) = (EmailStateView::HandedOver, None);
        }
    }
}
