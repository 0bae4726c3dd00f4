//! The rooms of the loop, one for each concern. A part has private fields, messages of its own, one `update`
//! and a pure `view`. It sees no other part: what it wants of one is a request, which the controller delivers.

pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod carried;
pub(crate) mod case;
pub(crate) mod catch_up;
pub(crate) mod clock;
pub(crate) mod jump;
pub(crate) mod menu;
pub(crate) mod offers;
pub(crate) mod pages;
pub(crate) mod recent;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod tag;
pub(crate) mod web_console;

pub use menu::MenuEntry;

use crate::context::{Context, Known, Outcome, Part as _, Sender};
use crate::facts::{Facts, Interest};
use crate::request::Reply;
use casebridge_ipc::{Command, MenuView, SharedCommand, Window, WindowView};
use std::collections::BTreeSet;

/// Every part, a row each: the module, its state, and its messages as one of all messages.
macro_rules! parts {
    ($($module:ident: $part:ident;)*) => {
        /// The state of the app.
        #[derive(Default)]
        pub(crate) struct Parts {
            $($module: $module::$part,)*
        }

        /// A message to a part.
        pub(crate) enum Message {
            $($part($module::Message),)*
        }

        $(impl From<$module::Message> for Message {
            fn from(message: $module::Message) -> Self {
                Self::$part(message)
            }
        })*

        impl Parts {
            /// Gives a message to its part, and says what came of it.
            pub(crate) fn update(
                &mut self,
                message: Message,
                known: Known<'_>,
                sender: &Sender<Message>,
            ) -> Outcome {
                match message {
                    $(Message::$part(message) => {
                        let mut context = Context::new(known, sender.of(Message::$part));
                        self.$module.update(message, &mut context);
                        context.end()
                    })*
                }
            }
        }
    };
}

/// Every window, a row each: the part that it shows.
macro_rules! windows {
    ($($window:ident: $module:ident;)*) => {
        impl Parts {
            /// What a window shows.
            pub(crate) fn view(&self, window: Window, known: &Known<'_>) -> WindowView {
                match window {
                    $(Window::$window => self.$module.view(known).into(),)*
                }
            }

            /// The message that a window was closed.
            pub(crate) fn closed(window: Window) -> Message {
                match window {
                    $(Window::$window => $module::Message::Closed.into(),)*
                }
            }
        }

        impl Message {
            /// A window's own command as a message; one that windows share is given back.
            pub(crate) fn of_command(
                command: Command,
                reply: Reply,
            ) -> Result<Self, (SharedCommand, Reply)> {
                match command {
                    $(Command::$window(own) => Ok($module::Message::Command(own, reply).into()),)*
                    Command::Shared(shared) => Err((shared, reply)),
                }
            }
        }
    };
}

parts! {
    account: Account;
    activity: Activity;
    carried: Carried;
    case: Case;
    catch_up: CatchUp;
    clock: Clock;
    jump: Jump;
    menu: Menu;
    offers: Offers;
    pages: Pages;
    recent: Recent;
    sessions: Sessions;
    settings: Settings;
    tag: Tag;
    web_console: WebConsole;
}

windows! {
    Case: case;
    Jump: jump;
    Tag: tag;
    Activity: activity;
    Settings: settings;
    Menu: menu;
}

impl Parts {
    /// What every part may know now.
    pub(crate) fn facts(&self, open: &BTreeSet<Window>) -> Facts {
        Facts {
            open: open.clone(),
            account: self.account.seen().clone(),
            sessions: self.sessions.facts().clone(),
            carried: self.carried.cases().clone(),
            recent: self.recent.cases().clone(),
            jumps: self.jump.past().clone(),
            cases: self.case.seen(),
            outbox: self.activity.seen(),
            web: self.web_console.known().clone(),
        }
    }

    /// What the tray shows.
    pub(crate) fn menu(&self, known: &Known<'_>) -> MenuView {
        self.menu.view(known)
    }

    /// What has to be looked for among running sessions.
    pub(crate) fn interest(&self, open: &BTreeSet<Window>) -> Interest {
        let mut interest = Interest::default();
        self.case.interest(open.contains(&Window::Case), &mut interest);
        self.jump.interest(&mut interest);
        interest
    }
}
