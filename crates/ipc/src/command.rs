//! The commands of the windows: how a window's list becomes an enum, a form and a name, and how a command
//! is read.

use crate::shared::SharedCommand;
use crate::window::{Command, Window};
use serde_json::{Value, json};

/// Why a command was refused before it was run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no such command.
    #[error("there is no command {0:?}")]
    Unknown(String),
    /// The window may not send this command.
    #[error("this window may not give the command {0:?}")]
    NotAllowed(String),
    /// The form does not match the command.
    #[error("the form of the command does not fit: {0}")]
    Form(String),
}

/// One row of a list.
#[derive(Clone, Copy)]
pub struct CommandInfo {
    /// The name on the wire.
    pub name: &'static str,
    /// The windows that may send it.
    pub windows: &'static [Window],
    /// The TypeScript type of its form.
    pub(crate) form: fn() -> String,
    /// The TypeScript type of its answer.
    pub(crate) answer: &'static str,
    /// Shows the types of its form to a visitor.
    pub(crate) visit: fn(&mut crate::typescript::Declarations),
}

/// A list of commands, as the enum that the app matches on.
pub(crate) trait Commands: serde::de::DeserializeOwned {
    /// Its rows.
    const ROWS: &'static [CommandInfo];
}

macro_rules! form_type {
    () => { "undefined".to_owned() };
    ($($field:ident: $type:ty),+) => {{
        let config = ts_rs::Config::default();
        let fields = [$(format!(
            "{}: {}",
            $crate::command::camel(stringify!($field)),
            <$type as ts_rs::TS>::name(&config)
        )),+];
        format!("{{ {} }}", fields.join("; "))
    }};
}

/// The commands of one window: `name = Variant { form } -> "answer";`.
macro_rules! commands {
    ($enum:ident for $window:ident; $(
        $(#[$doc:meta])*
        $name:ident = $variant:ident { $($field:ident: $type:ty),* } -> $answer:literal;
    )*) => {
        $crate::command::command_enum! { $enum; $(
            $(#[$doc])*
            $name = $variant { $($field: $type),* } -> $answer for $window;
        )* }
    };
}

/// Commands that several windows may give: `name = Variant { form } -> "answer" for Window, Window;`.
macro_rules! command_enum {
    ($enum:ident; $(
        $(#[$doc:meta])*
        $name:ident = $variant:ident { $($field:ident: $type:ty),* } -> $answer:literal for $($window:ident),+;
    )*) => {
        /// A command with its form.
        #[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
        #[serde(tag = "command", content = "form", rename_all_fields = "camelCase", rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the fields are those of the form")]
        pub enum $enum {
            $($(#[$doc])* $variant { $($field: $type),* },)*
        }

        impl $crate::command::Commands for $enum {
            const ROWS: &'static [$crate::command::CommandInfo] = &[$($crate::command::CommandInfo {
                name: stringify!($name),
                windows: &[$($crate::window::Window::$window),+],
                form: || $crate::command::form_type!($($field: $type),*),
                answer: $answer,
                visit: |_declarations| { $(_declarations.declare::<$type>();)* },
            }),*];
        }
    };
}

pub(crate) use {command_enum, commands, form_type};

/// Every command of every window, each once.
pub fn all_commands() -> impl Iterator<Item = &'static CommandInfo> {
    Window::ALL.iter().flat_map(|window| window.own_commands()).chain(SharedCommand::ROWS)
}

/// The names of the commands that a window may send.
pub fn allowed(window: Window) -> impl Iterator<Item = &'static str> {
    all_commands().filter(move |c| c.windows.contains(&window)).map(|c| c.name)
}

impl Command {
    /// Reads a command from a window: `{"form": {…}}`, or `{}` for a command without a form.
    ///
    /// # Errors
    /// The command is unknown, not allowed for the window, or its form does not match.
    pub fn read(window: Window, name: &str, message: &Value) -> Result<Self, CommandError> {
        let Some(known) = all_commands().find(|c| c.name == name) else {
            return Err(CommandError::Unknown(name.to_owned()));
        };
        if !known.windows.contains(&window) {
            return Err(CommandError::NotAllowed(name.to_owned()));
        }
        let form = message.get("form").cloned().unwrap_or_else(|| json!({}));
        let command = json!({ "command": name, "form": form });
        let read = if SharedCommand::ROWS.iter().any(|row| row.name == name) {
            serde_json::from_value(command).map(Self::Shared)
        } else {
            Self::read_own(window, command)
        };
        read.map_err(|error| CommandError::Form(error.to_string()))
    }
}

pub(crate) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let mut letters = word.chars();
        let head = letters.next().map(|c| c.to_ascii_uppercase());
        all + &head.into_iter().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CaseCommand, Copied, SettingsCommand};

    #[test]
    fn a_command_is_read_with_its_form() {
        let message =
            json!({"form": {"loginUrl": "a", "clientId": "b", "caFile": "", "redirectPorts": "1"}});
        let command = Command::read(Window::Settings, "save_org", &message).unwrap();
        assert!(matches!(
            command,
            Command::Settings(SettingsCommand::SaveOrg { login_url, .. }) if login_url == "a"
        ));
        assert_eq!(
            Command::read(Window::Case, "retry", &json!({})),
            Ok(Command::Case(CaseCommand::Retry {}))
        );
        let message = json!({"form": {"what": "caseNumber"}});
        assert_eq!(
            Command::read(Window::Case, "copy", &message),
            Ok(Command::Shared(SharedCommand::Copy { what: Copied::CaseNumber }))
        );
    }

    #[test]
    fn each_name_is_one_command() {
        let mut names: Vec<_> = all_commands().map(|command| command.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn s9_each_window_gives_only_its_own_commands() {
        for window in Window::ALL {
            for command in window.own_commands() {
                assert_eq!(command.windows, [window], "{}", command.name);
            }
        }
        let shared: Vec<_> =
            SharedCommand::ROWS.iter().map(|command| (command.name, command.windows)).collect();
        let fitting = [Window::Case, Window::Jump, Window::Tag, Window::Menu];
        assert_eq!(
            shared,
            [
                ("copy", [Window::Case, Window::Jump, Window::Tag].as_slice()),
                ("fit_window", &fitting),
                ("close_window", &Window::ALL),
            ]
        );
        for window in Window::ALL {
            for command in all_commands() {
                let read = Command::read(window, command.name, &json!({}));
                let refused = matches!(read, Err(CommandError::NotAllowed(_)));
                assert_eq!(refused, !command.windows.contains(&window), "{}", command.name);
            }
        }
    }

    #[test]
    fn s9_a_form_that_does_not_fit_is_refused() {
        for (window, name, message) in [
            (Window::Case, "look_up_case", json!({})),
            (Window::Case, "look_up_case", json!({"form": {"reference": 1}})),
            (Window::Case, "copy", json!({"form": {"what": "secret"}})),
            (Window::Case, "fit_window", json!({"form": {"height": -1}})),
            (
                Window::Settings,
                "save_setting",
                json!({"form": {"key": "org.client_id", "value": true}}),
            ),
        ] {
            let result = Command::read(window, name, &message);
            assert!(matches!(result, Err(CommandError::Form(_))), "{name}");
        }
        assert!(matches!(
            Command::read(Window::Case, "eval", &json!({})),
            Err(CommandError::Unknown(_))
        ));
    }
}
