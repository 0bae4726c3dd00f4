//! Everything that can happen: from outside, or as a message to a part.

use crate::parts::Message;
pub(crate) use crate::request::{Answer, Reply};
use casebridge_ipc::{Command, Window};
use tokio::sync::{mpsc, oneshot};

/// Everything that can happen.
pub(crate) enum Event {
    LinkOpened {
        link: String,
        taken: oneshot::Sender<()>,
    },
    AppShown,
    MenuPressed(String),
    NoticeAnswered {
        topic: u64,
        action: String,
    },
    CloseAsked(Window),
    WindowClosed(Window),
    CommandGiven {
        command: Command,
        reply: Reply,
        window: Window,
    },
    /// Work of a part has ended, or told something.
    Part(Message),
}

pub(crate) type Events = mpsc::UnboundedSender<Event>;
