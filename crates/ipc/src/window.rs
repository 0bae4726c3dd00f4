//! The list of windows, one row each. Labels, commands, views, events and the TypeScript side are
//! generated from it.

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
        /// The windows. The label is also the name of the window's page and capability.
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

            /// The event with the window's view.
            pub fn event(self) -> &'static str {
                match self {
                    $(Self::$window => concat!($label, "-changed"),)*
                }
            }

            /// The description of the window in its capability.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$window => $about,)*
                }
            }

            /// The commands of this window only.
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
            /// A command that several windows may send.
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

        /// The complete view of a window, ready to be sent.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum WindowView {
            $($(#[$doc])* $window(Box<$view>),)*
        }

        impl WindowView {
            /// The window of this view.
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
    /// A case and its session key.
    Case = "case", CaseCommand, CaseView, "The case, its session key, the e-mail, and waiting for the customer.";
    /// A jump.
    Jump = "jump", JumpCommand, JumpView, "The jump form, its console, and waiting for its session.";
    /// Running sessions and the case to tag them with.
    Tag = "tag", TagCommand, TagView, "Running sessions, the case to tag them with, and undo.";
    /// Waiting and finished entries.
    Activity = "activity", ActivityCommand, ActivityView, "Waiting and finished entries, and retrying them.";
    /// First run, connections, preferences, checks.
    Settings = "settings", SettingsCommand, SettingsView, "Connections, sign-in, preferences and checks.";
    /// The tray menu as a window, for desktops without a tray.
    Menu = "menu", MenuCommand, MenuView, "The tray menu as a window, for desktops without a tray.";
}

impl Window {
    /// The window with this label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.label() == label)
    }
}
