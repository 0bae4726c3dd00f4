//! The loop: takes one event after the other, hands it to a part, and carries out what the part asks for.

use crate::context::{Known, Sender};
use crate::event::{Event, Events};
use crate::facts::Look;
use crate::failures;
use crate::links::LinkNotices;
use crate::parts::{
    Message, Parts, account, activity, carried, case, catch_up, clock, jump, menu, offers, pages,
    recent, sessions, settings, tag, web_console,
};
use crate::request::{Answer, DONE, Reply, Request};
use crate::shell::Shell;
use crate::windows::Windows;
use casebridge_domain::deep_link::Action;
use casebridge_domain::{DeepLink, FailureCode};
use casebridge_ipc::{Command, Copied, MenuView, SharedCommand, Window};
use casebridge_use_cases::Casebridge;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// What owns the parts, and what they share.
pub(crate) struct Controller {
    casebridge: Casebridge,
    shell: Arc<dyn Shell>,
    sender: Sender<Message>,
    parts: Parts,
    windows: Windows,
    /// What the tray was last shown.
    tray: Option<MenuView>,
    links: LinkNotices,
    /// Answers to commands, given once the windows show what those did.
    answers: Vec<(Reply, Answer)>,
    /// The process that handed over a link hears that it was acted on, at the same time.
    taken: Option<oneshot::Sender<()>>,
    is_ending: bool,
}

impl Controller {
    pub(crate) fn new(casebridge: Casebridge, shell: Arc<dyn Shell>, events: Events) -> Self {
        Self {
            casebridge,
            shell,
            sender: Sender::into(events, Event::Part),
            parts: Parts::default(),
            windows: Windows::default(),
            tray: None,
            links: LinkNotices::default(),
            answers: Vec::new(),
            taken: None,
            is_ending: false,
        }
    }

    pub(crate) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Event>) {
        self.begin();
        self.show();
        while let Some(event) = inbox.recv().await {
            self.handle(event);
            if self.is_ending {
                break;
            }
            self.show();
        }
        // Whoever hands over a link from now on hears that nobody took it.
        drop(inbox);
        self.casebridge.settle().await;
        self.shell.quit();
    }

    fn begin(&mut self) {
        self.tell(account::Message::Ask);
        self.tell(jump::Message::AskPast);
        self.tell(recent::Message::Ask);
        self.tell(activity::Message::Begin);
        self.tell(clock::Message::Begin);
        self.tell(offers::Message::Hourly);
        self.tell(settings::Message::Begin);
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Part(message) => self.tell(message),
            Event::LinkOpened { link, taken } => {
                self.link_opened(&link);
                self.taken = Some(taken);
            }
            Event::AppShown if self.casebridge.is_configured() => self.open(Window::Menu),
            Event::AppShown => self.tell(settings::Message::Open(None)),
            Event::MenuPressed(id) => self.tell(menu::Message::Press(id)),
            Event::NoticeAnswered { topic, action } => {
                self.tell(offers::Message::Answered { topic, action });
            }
            Event::CloseAsked(window) => self.close(window),
            Event::WindowClosed(window) => {
                if self.windows.gone(window, self.shell.as_ref()) {
                    self.tell(Parts::closed(window));
                }
            }
            Event::CommandGiven { command, reply, window } => {
                self.command_given(command, reply, window);
            }
        }
    }

    /// Gives a message to its part and carries out what that asks for.
    fn tell(&mut self, message: impl Into<Message>) {
        let facts = self.parts.facts(self.windows.open_ones());
        let known = Known { casebridge: &self.casebridge, shell: &self.shell, facts: &facts };
        let outcome = self.parts.update(message.into(), known, &self.sender);
        for work in outcome.work {
            tokio::spawn(work);
        }
        self.answers.extend(outcome.answers);
        for request in outcome.requests {
            self.carry_out(request);
        }
    }

    fn link_opened(&mut self, link: &str) {
        let link: DeepLink = match link.parse() {
            Ok(link) => link,
            Err(error) => {
                // The reason, never the text (S3).
                tracing::warn!(%error, "a link was refused");
                return self.carry_out(Request::NotifyOfLinks(FailureCode::LinkRefused));
            }
        };
        tracing::info!(action = link.action.as_str(), "a link was opened");
        match link.action {
            Action::SessionKey | Action::ConsoleKey | Action::WebKey | Action::EmailKey => {
                self.tell(case::Message::Link(link));
            }
            Action::Jump | Action::WebJump => self.tell(jump::Message::Link(link)),
            Action::Tag => self.tell(tag::Message::Link(link)),
            Action::Open => self.tell(pages::Message::Link(Box::new(link))),
            Action::Settings => self.tell(settings::Message::Link),
            Action::Activity => self.tell(activity::Message::Link),
        }
    }

    fn command_given(&mut self, command: Command, reply: Reply, window: Window) {
        match Message::of_command(command, reply) {
            Ok(message) => self.tell(message),
            Err((SharedCommand::Copy { what }, reply)) => self.copy(window, what, reply),
            Err((SharedCommand::FitWindow { height }, reply)) => {
                self.shell.fit_window(window, height);
                self.answers.push((reply, DONE));
            }
            Err((SharedCommand::CloseWindow {}, reply)) => {
                self.close(window);
                self.answers.push((reply, DONE));
            }
        }
    }

    /// Copies from the case of a window.
    fn copy(&mut self, window: Window, what: Copied, reply: Reply) {
        match window {
            Window::Jump => self.tell(jump::Message::Copy(what, reply)),
            Window::Tag => self.tell(tag::Message::Copy(what, reply)),
            Window::Case | Window::Activity | Window::Settings | Window::Menu => {
                self.tell(case::Message::Copy(what, reply));
            }
        }
    }

    /// Carries out what a part asks for: one place that says who hears of what.
    fn carry_out(&mut self, request: Request) {
        match request {
            Request::Open(window) => self.open(window),
            Request::Close(window) => self.close(window),
            Request::Notify(notice) => self.shell.notify(notice),
            Request::NotifyOfLinks(code) => {
                self.links
                    .notice(code, self.casebridge.uptime())
                    .into_iter()
                    .for_each(|notice| self.shell.notify(notice));
            }
            Request::Copy(text) => {
                if let Err(failure) = self.shell.copy(&text) {
                    failures::report(&failure);
                }
            }
            Request::Quit => self.is_ending = true,

            Request::PollNow => {
                let interest = self.parts.interest(self.windows.open_ones());
                self.tell(sessions::Message::PollNow(interest));
            }
            Request::Looked(look) => self.looked(&look),
            Request::CarriedKnown => self.tell(offers::Message::CarriedKnown),
            Request::ClockChanged => {
                self.tell(case::Message::ClockChanged);
                self.tell(activity::Message::Changed);
                self.tell(catch_up::Message::Look);
            }
            Request::CatchUp => self.tell(catch_up::Message::Look),
            Request::TellEnded => self.tell(offers::Message::TellEnded),

            Request::AskSignIn => self.tell(account::Message::Ask),
            Request::SignIn { case_waits } => self.tell(account::Message::SignIn { case_waits }),
            Request::CancelSignIn => self.tell(account::Message::Cancel),
            Request::SignOut(reply) => self.tell(account::Message::SignOut(reply)),
            Request::SignInMet(failure) => self.tell(account::Message::Met(failure)),
            Request::OrgMoves => self.tell(account::Message::OrgMoves),
            Request::OrgSaved { is_other } => self.tell(account::Message::OrgSaved { is_other }),
            Request::ShowAccount { failure } => self.tell(account::Message::Show { failure }),
            Request::RepresentativeChanged => {
                self.forget_sessions();
                self.tell(account::Message::RepresentativeChanged);
            }
            Request::SignedIn { by_hand } => self.signed_in(by_hand),
            Request::OwnerChanged => {
                self.forget_sessions();
                self.tell(case::Message::Forget);
                self.tell(recent::Message::Forget);
                self.tell(jump::Message::AskPast);
                self.tell(activity::Message::Changed);
            }

            Request::AskForCase => self.tell(case::Message::Ask),
            Request::ShowCase(case) => self.tell(case::Message::Show(case)),
            Request::GoOn => self.tell(case::Message::GoOn),
            Request::NoteCase { case, hosts } => self.tell(recent::Message::Note { case, hosts }),
            Request::OpenCase(case) => self.tell(pages::Message::Open(case)),
            Request::DoubtSettled(lsid) => self.tell(case::Message::DoubtSettled(lsid)),
            Request::EmailWent(subject) => self.tell(case::Message::EmailWent(subject)),

            Request::AskForJump => self.tell(jump::Message::Ask),
            Request::JumpAgain(id) => self.tell(jump::Message::Again(id)),

            Request::AskWebConsole(appliance) => self.tell(web_console::Message::Ask(appliance)),
            Request::NoteWebConsole { appliance, action, works } => {
                self.tell(web_console::Message::Note { appliance, action, works });
            }

            Request::ProposeTag(proposal) => self.tell(tag::Message::Propose(proposal)),
            Request::AskForTag(lsid) => self.tell(tag::Message::Ask(lsid)),
            Request::NoteEnded(session) => self.tell(tag::Message::NoteEnded(session)),
            Request::TagSession { session, case } => {
                self.tell(tag::Message::TagOne { session, case });
            }
            Request::UndoTag(id) => self.tell(tag::Message::Undo(id)),
            Request::TellTagged { customer, number, tag } => {
                self.tell(offers::Message::TellTagged { customer, number, tag });
            }
            Request::TellDoubt { appliance, lsid, case, customer } => {
                self.tell(offers::Message::TellDoubt { appliance, lsid, case, customer });
            }
            Request::Agree { appliance, lsid, case } => {
                self.tell(offers::Message::Agree { appliance, lsid, case });
            }

            Request::OutboxChanged => self.tell(activity::Message::Changed),
            Request::OpenActivity => self.tell(activity::Message::Open),
            Request::OpenSettings(step) => self.tell(settings::Message::Open(step)),
        }
    }

    /// Who hears of a look at the running sessions, in this order.
    fn looked(&mut self, look: &Look) {
        self.tell(case::Message::Looked(look.clone()));
        self.tell(jump::Message::Looked(look.clone()));
        if look.result.is_err() {
            return;
        }
        if look.after_outage {
            // What ended during an outage is in no listing of running sessions.
            self.tell(catch_up::Message::Look);
        }
        self.tell(activity::Message::Looked(look.clone()));
        self.tell(tag::Message::Looked(look.clone()));
        self.tell(carried::Message::Looked);
        self.tell(offers::Message::Looked);
    }

    fn signed_in(&mut self, by_hand: bool) {
        if by_hand {
            self.tell(recent::Message::Ask);
            self.tell(jump::Message::AskPast);
        }
        self.tell(activity::Message::Release);
        self.tell(catch_up::Message::Look);
    }

    /// Another representative is next: nothing that was read for the one before stays.
    fn forget_sessions(&mut self) {
        self.tell(sessions::Message::Forget);
        self.tell(carried::Message::Forget);
        self.tell(tag::Message::Forget);
        self.tell(offers::Message::Forget);
    }

    fn open(&mut self, window: Window) {
        self.windows.open(window, self.shell.as_ref());
    }

    fn close(&mut self, window: Window) {
        if self.windows.close(window, self.shell.as_ref()) {
            self.tell(Parts::closed(window));
        }
    }

    /// Polls for what is needed now, shows every open window and the tray what they show now, and answers the
    /// commands that led there.
    fn show(&mut self) {
        let interest = self.parts.interest(self.windows.open_ones());
        self.tell(sessions::Message::Interest(interest));
        let facts = self.parts.facts(self.windows.open_ones());
        let known = Known { casebridge: &self.casebridge, shell: &self.shell, facts: &facts };
        for window in &facts.open {
            let view = self.parts.view(*window, &known);
            self.windows.show(view, self.shell.as_ref());
        }
        let menu = self.parts.menu(&known);
        if self.tray.as_ref() != Some(&menu) {
            self.shell.show_tray(&menu);
            self.tray = Some(menu);
        }
        for (reply, answer) in self.answers.drain(..) {
            reply.send(answer);
        }
        if let Some(taken) = self.taken.take() {
            // A process that is gone needs no acknowledgement.
            let _ = taken.send(());
        }
    }
}
