//! The handle through which the outside makes things happen in the app.

use crate::controller::Controller;
use crate::event::{Answer, Event, Events, Reply};
use crate::failures;
use crate::shell::Shell;
use crate::texts;
use casebridge_domain::FailureCode;
use casebridge_ipc::{Command, CommandError, FailureView, Window};
use casebridge_use_cases::Casebridge;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// The running app. Clones reach the same one.
#[derive(Clone)]
pub struct App(Events);

/// Starts the loop. It ends, and with it the app, once `quit` was pressed.
pub fn start(casebridge: Casebridge, shell: Arc<dyn Shell>) -> (App, JoinHandle<()>) {
    let (events, inbox) = mpsc::unbounded_channel();
    let controller = Controller::new(casebridge, shell, events.clone());
    let task = tokio::spawn(controller.run(inbox));
    (App(events), task)
}

impl App {
    /// Hands a link over and says whether it was acted on: only by an app that is ending it is
    /// not. What cannot be used of it the person hears from the app itself.
    pub async fn open_link(&self, link: String) -> bool {
        let (taken, acted_on) = oneshot::channel();
        self.0.send(Event::LinkOpened { link, taken }).is_ok() && acted_on.await.is_ok()
    }

    /// The program was started again without a link.
    pub fn show(&self) -> bool {
        self.0.send(Event::AppShown).is_ok()
    }

    /// An entry of the menu was pressed.
    pub fn press_menu(&self, id: &str) {
        // An app that is ending needs no menu.
        let _ = self.0.send(Event::MenuPressed(id.to_owned()));
    }

    /// A button of a notification was pressed.
    pub fn answer_notice(&self, topic: u64, action: &str) {
        let _ = self.0.send(Event::NoticeAnswered { topic, action: action.to_owned() });
    }

    /// The person closes a window by the desktop's own means. It is the app that destroys it.
    pub fn close_window(&self, window: Window) {
        let _ = self.0.send(Event::CloseAsked(window));
    }

    /// A window is gone, whoever closed it.
    pub fn window_closed(&self, window: Window) {
        let _ = self.0.send(Event::WindowClosed(window));
    }

    /// Carries out a command of a window. Its form is checked here, whatever the window did.
    ///
    /// # Errors
    /// What the window shows: the command is not the window's, or it failed.
    pub async fn command(&self, window: Window, name: &str, message: &Value) -> Answer {
        let command = Command::read(window, name, message).map_err(|e| refused(&e))?;
        tracing::debug!(window = window.label(), name, "a command was given");
        let (reply, answered) = Reply::new();
        let ending = || internal(texts::ending());
        self.0.send(Event::CommandGiven { command, reply, window }).map_err(|_| ending())?;
        answered.await.unwrap_or_else(|_| Err(ending()))
    }
}

fn refused(error: &CommandError) -> FailureView {
    tracing::warn!(%error, "a window's command was refused");
    internal(String::new())
}

fn internal(detail: String) -> FailureView {
    failures::view_of(FailureCode::Internal, detail)
}
