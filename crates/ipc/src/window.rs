//! The windows, a row each: from here come labels, commands, views, events and the TypeScript side.

use crate::command::{CommandInfo, Commands};
use crate::shared::SharedCommand;
use crate::typescript::Declarations;
use crate::{
    ActivityCommand, ActivityView, CaseCommand, CaseView, JumpCommand, JumpView, MenuCommand,
    MenuView, SettingsCommand, SettingsView, TagCommand, TagView,
};
use serde::Serialize;
use serde_json::Value;

macro_rules! windows {
    ($(
        $(#[$doc:meta])*
        $window:ident = $label:literal, $commands:ident, $view:ident, $about:literal;
    )*) => {
        /// The windows; the label names the window's page and its capability.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Window {
            $($(#[$doc])* $window,)*
        }

        impl Window {
            /// Every window.
            pub const ALL: [Self; windows!(@count $($window)*)] = [$(Self::$window),*];

            /// The label of the window, and the name of its page without `.html`.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$window => $label,)*
                }
            }

            /// The event that carries the window's view.
            pub fn event(self) -> &'static str {
                match self {
                    $(Self::$window => concat!($label, "-changed"),)*
                }
            }

            /// What the window is for, as its capability says it.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$window => $about,)*
                }
            }

            /// The commands that are this window's alone.
            pub(crate) fn own_commands(self) -> &'static [CommandInfo] {
                match self {
                    $(Self::$window => $commands::ROWS,)*
                }
            }

            pub(crate) fn view_name(self) -> &'static str {
                match self {
                    $(Self::$window => stringify!($view),)*
                }
            }

            pub(crate) fn declare_view(self, declarations: &mut Declarations) {
                match self {
                    $(Self::$window => declarations.declare::<$view>(),)*
                }
            }
        }

        /// A command of a window, with its form.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Command {
            $($(#[$doc])* $window($commands),)*
            /// One that several windows may give.
            Shared(SharedCommand),
        }

        impl Command {
            pub(crate) fn read_own(
                window: Window,
                command: Value,
            ) -> Result<Self, serde_json::Error> {
                match window {
                    $(Window::$window => serde_json::from_value(command).map(Self::$window),)*
                }
            }
        }

        /// The whole view of a window, ready to be sent to it.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum WindowView {
            $($(#[$doc])* $window(Box<$view>),)*
        }

        impl WindowView {
            /// The window that shows it.
            pub fn window(&self) -> Window {
                match self {
                    $(Self::$window(_) => Window::$window,)*
                }
            }
        }

        $(impl From<$view> for WindowView {
            fn from(view: $view) -> Self {
                Self::$window(Box::new(view))
            }
        })*
    };
    (@count) => { 0 };
    (@count $first:ident $($rest:ident)*) => { 1 + windows!(@count $($rest)*) };
}

windows! {
    /// A case and its key.
    Case = "case", CaseCommand, CaseView, "A case, its key, its e-mail, and the watch.";
    /// A jump.
    Jump = "jump", JumpCommand, JumpView, "A jump: its form, its console, and the watch for its session.";
    /// Running sessions and the case that they go to.
    Tag = "tag", TagCommand, TagView, "Running sessions, the case that they go to, and undo.";
    /// What was done and what waits.
    Activity = "activity", ActivityCommand, ActivityView, "What was done, what waits, and trying again.";
    /// First run, connections, preferences, checks.
    Settings = "settings", SettingsCommand, SettingsView, "Connections, sign-in, preferences and checks.";
    /// The tray's menu, where there is no tray.
    Menu = "menu", MenuCommand, MenuView, "The tray's menu, where there is no tray.";
}

impl Window {
    /// The window with this label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.label() == label)
    }
}
