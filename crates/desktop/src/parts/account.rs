//! The sign-in to the org, and whose it is. The settings window shows it and has the buttons; everything that
//! calls the org tells here what it met.

use crate::context::{Context, Part, Task};
use crate::facts::AccountSeen;
use crate::request::{DONE, Reply, Request};
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{SignInView, Step, Window};
use casebridge_use_cases::account;
use std::sync::Arc;

/// Who is signed in.
pub(crate) struct Account {
    seen: AccountSeen,
    /// Counts the sign-ins, so that the answer to one that was given up is told apart.
    attempt: u64,
    signing_in: Option<Task>,
    /// A case goes on after the sign-in.
    case_waits: bool,
}

/// What can happen to the sign-in.
pub(crate) enum Message {
    /// Whether somebody is signed in is to be read.
    Ask,
    Known(Result<bool, Failure>),
    SignIn {
        case_waits: bool,
    },
    Cancel,
    Answered {
        attempt: u64,
        result: Box<Result<account::Account, Failure>>,
    },
    SignOut(Reply),
    SignedOut {
        result: Result<(), Failure>,
        reply: Reply,
    },
    /// A call to the org worked, or failed so.
    Met(Option<FailureCode>),
    OrgMoves,
    OrgSaved {
        is_other: bool,
    },
    /// The account is on screen; what failed before is shown, or not.
    Show {
        failure: bool,
    },
    /// Who the representative is has to be asked again.
    RepresentativeChanged,
}

type Cx<'c> = Context<'c, Message>;

impl Default for Account {
    fn default() -> Self {
        let seen = AccountSeen { sign_in: SignInView::SignedOut, account: None, failure: None };
        Self { seen, attempt: 0, signing_in: None, case_waits: false }
    }
}

impl Part for Account {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Ask => ask(cx),
            Message::Known(result) => self.known(result, cx),
            Message::SignIn { case_waits } => self.sign_in(case_waits, cx),
            Message::Cancel => self.cancel(cx),
            Message::Answered { attempt, result } => self.answered(attempt, *result, cx),
            Message::SignOut(reply) => self.sign_out(reply, cx),
            Message::SignedOut { result, reply } => self.signed_out(result, reply, cx),
            Message::Met(failure) => self.met(failure),
            Message::OrgMoves => {
                self.attempt += 1;
                self.signing_in = None;
            }
            Message::OrgSaved { is_other } => self.org_saved(is_other, cx),
            Message::Show { failure } => {
                if !failure {
                    self.seen.failure = None;
                }
                ask(cx);
                self.ask_whose(cx);
            }
            Message::RepresentativeChanged => {
                self.seen.account = None;
                self.ask_whose(cx);
            }
        }
    }
}

/// Finds out whether secrets can be kept (S17) and whether somebody is signed in, without asking the org.
fn ask(cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move { Message::Known(account::stored_sign_in(&casebridge).await) });
}

impl Account {
    pub(crate) fn seen(&self) -> &AccountSeen {
        &self.seen
    }

    fn is_signed_in(&self) -> bool {
        self.seen.sign_in == SignInView::SignedIn
    }

    fn forget(&mut self) {
        (self.seen.sign_in, self.seen.account) = (SignInView::SignedOut, None);
    }

    fn known(&mut self, result: Result<bool, Failure>, cx: &mut Cx<'_>) {
        match result {
            Ok(true) if self.seen.sign_in == SignInView::SignedOut => {
                self.seen.sign_in = SignInView::SignedIn;
                cx.ask(Request::SignedIn { by_hand: false });
                if cx.is_open(Window::Settings) {
                    self.ask_whose(cx);
                }
            }
            Ok(_) => {}
            Err(failure) => self.seen.failure = Some(cx.report(&failure)),
        }
    }

    /// Asks the org whose sign-in it is.
    fn ask_whose(&mut self, cx: &mut Cx<'_>) {
        if !self.is_signed_in() || self.seen.account.is_some() {
            return;
        }
        let (casebridge, attempt) = (cx.casebridge.clone(), self.attempt);
        cx.run(async move {
            let result = Box::new(account::whoami(&casebridge).await);
            Message::Answered { attempt, result }
        });
    }

    fn sign_in(&mut self, case_waits: bool, cx: &mut Cx<'_>) {
        let (casebridge, shell) = (cx.casebridge.clone(), cx.shell.clone());
        self.attempt += 1;
        self.seen.sign_in = SignInView::WaitingForBrowser;
        self.seen.failure = None;
        self.case_waits |= case_waits;
        let attempt = self.attempt;
        self.signing_in = Some(cx.hold(async move {
            let open = |page: &url::Url, allowed: &_| {
                tokio::task::block_in_place(|| shell.open_page(page, allowed))
            };
            let result = Box::new(account::sign_in(&casebridge, open).await);
            Message::Answered { attempt, result }
        }));
    }

    fn cancel(&mut self, cx: &mut Cx<'_>) {
        self.attempt += 1;
        self.signing_in = None;
        self.case_waits = false;
        self.seen.sign_in = SignInView::SignedOut;
        // An earlier sign-in may still count.
        ask(cx);
    }

    fn answered(
        &mut self,
        attempt: u64,
        result: Result<account::Account, Failure>,
        cx: &mut Cx<'_>,
    ) {
        if attempt != self.attempt {
            return;
        }
        let was_asked = self.seen.sign_in == SignInView::WaitingForBrowser;
        match result {
            Ok(account) => {
                self.seen.sign_in = SignInView::SignedIn;
                if account.is_other {
                    cx.ask(Request::OwnerChanged);
                }
                self.seen.account = Some(Arc::new(account));
                if was_asked {
                    cx.ask(Request::SignedIn { by_hand: true });
                    if std::mem::take(&mut self.case_waits) {
                        cx.ask(Request::GoOn);
                    }
                }
            }
            Err(failure) => {
                let has_ended = was_asked || account::needs_sign_in(failure.code);
                self.seen.failure = Some(cx.report(&failure));
                if has_ended {
                    self.forget();
                }
                if was_asked && std::mem::take(&mut self.case_waits) {
                    cx.ask(Request::OpenSettings(Some(Step::Org)));
                }
            }
        }
    }

    fn sign_out(&mut self, reply: Reply, cx: &mut Cx<'_>) {
        let casebridge = cx.casebridge.clone();
        self.attempt += 1;
        cx.run(async move {
            let result = account::sign_out(&casebridge).await.map(drop);
            Message::SignedOut { result, reply }
        });
    }

    fn signed_out(&mut self, result: Result<(), Failure>, reply: Reply, cx: &mut Cx<'_>) {
        let answer = match result {
            Ok(()) => {
                self.forget();
                cx.ask(Request::OwnerChanged);
                DONE
            }
            Err(failure) => Err(cx.report(&failure)),
        };
        cx.answer(reply, answer);
    }

    /// While the browser is waited for, no call says anything.
    fn met(&mut self, failure: Option<FailureCode>) {
        match failure {
            _ if self.seen.sign_in == SignInView::WaitingForBrowser => {}
            None => self.seen.sign_in = SignInView::SignedIn,
            Some(code) if account::needs_sign_in(code) => self.forget(),
            Some(_) => {}
        }
    }

    fn org_saved(&mut self, is_other: bool, cx: &mut Cx<'_>) {
        self.seen.failure = None;
        if is_other {
            self.forget();
            cx.ask(Request::OwnerChanged);
            ask(cx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Stage;

    fn failed(code: FailureCode) -> Box<Result<account::Account, Failure>> {
        Box::new(Err(Failure::new(code, String::new())))
    }

    #[test]
    fn a_stored_sign_in_is_told_of_once() {
        let (stage, mut account) = (Stage::new(""), Account::default());
        let asked = stage.tell(&mut account, Message::Known(Ok(true)));
        assert!(matches!(asked[..], [Request::SignedIn { by_hand: false }]), "{asked:?}");
        assert!(stage.tell(&mut account, Message::Known(Ok(true))).is_empty());
    }

    #[test]
    fn while_the_browser_is_waited_for_no_call_ends_the_sign_in() {
        let (stage, mut account) = (Stage::new(""), Account::default());
        stage.tell(&mut account, Message::SignIn { case_waits: false });
        stage.tell(&mut account, Message::Met(Some(FailureCode::SignedOut)));
        assert_eq!(account.seen().sign_in, SignInView::WaitingForBrowser);
        stage.tell(&mut account, Message::Cancel);
        stage.tell(&mut account, Message::Met(None));
        assert_eq!(account.seen().sign_in, SignInView::SignedIn);
        stage.tell(&mut account, Message::Met(Some(FailureCode::SignInLost)));
        assert_eq!(account.seen().sign_in, SignInView::SignedOut);
    }

    #[test]
    fn a_sign_in_that_fails_with_a_case_waiting_shows_why() {
        let (stage, mut account) = (Stage::new(""), Account::default());
        stage.tell(&mut account, Message::SignIn { case_waits: true });
        let given_up = Message::Answered { attempt: 0, result: failed(FailureCode::SignedOut) };
        assert!(stage.tell(&mut account, given_up).is_empty());
        assert_eq!(account.seen().sign_in, SignInView::WaitingForBrowser);
        let attempt = account.attempt;
        let result = failed(FailureCode::BrowserNotOpened);
        let asked = stage.tell(&mut account, Message::Answered { attempt, result });
        assert!(matches!(asked[..], [Request::OpenSettings(Some(Step::Org))]), "{asked:?}");
        stage.tell(&mut account, Message::Show { failure: true });
        assert!(account.seen().failure.is_some());
        stage.tell(&mut account, Message::Show { failure: false });
        assert!(account.seen().failure.is_none());
    }
}
