//! Every command once: its name, its form, and the windows that may give it.

use crate::{
    ActivityView, CaseView, ConsoleView, JumpFormView, JumpView, KeyKindView, MenuView,
    SettingsView, Step, TagView,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// The windows; the label names the window's page and its capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Window {
    /// A case and its key.
    Case,
    /// A jump.
    Jump,
    /// Running sessions and the case that they go to.
    Tag,
    /// What was done and what waits.
    Activity,
    /// First run, connections, preferences, checks.
    Settings,
    /// The tray's menu, where there is no tray.
    Menu,
}

impl Window {
    /// Every window.
    pub const ALL: [Self; 6] =
        [Self::Case, Self::Jump, Self::Tag, Self::Activity, Self::Settings, Self::Menu];

    /// The label of the window, and the name of its page without `.html`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Jump => "jump",
            Self::Tag => "tag",
            Self::Activity => "activity",
            Self::Settings => "settings",
            Self::Menu => "menu",
        }
    }

    /// The window with this label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.label() == label)
    }
}

/// What the person can copy from the case window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "CopyWhat")]
pub enum Copied {
    /// The code.
    Key,
    /// The address.
    Url,
    /// A whole message for the customer.
    Message,
    /// The case's record id.
    CaseId,
    /// The case's number.
    CaseNumber,
}

/// Why a command was not even tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no such command.
    #[error("there is no command {0:?}")]
    Unknown(String),
    /// The window has no business with it.
    #[error("this window may not give the command {0:?}")]
    NotAllowed(String),
    /// The form does not fit.
    #[error("the form of the command does not fit: {0}")]
    Form(String),
}

/// One row of the list.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// The name on the wire.
    pub name: &'static str,
    /// Who may give it.
    pub windows: &'static [Window],
    /// The TypeScript type of its form.
    pub(crate) form: fn() -> String,
    /// The TypeScript type of its answer.
    pub(crate) answer: &'static str,
}

macro_rules! form_type {
    () => { "undefined".to_owned() };
    ($($field:ident: $type:ty),+) => {{
        let fields = [$(format!("{}: {}", camel(stringify!($field)), <$type as TS>::name(&ts_rs::Config::default()))),+];
        format!("{{ {} }}", fields.join("; "))
    }};
}

macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        $name:ident = $variant:ident { $($field:ident: $type:ty),* } -> $answer:literal for $($window:ident),+;
    )*) => {
        /// A command with its form.
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(tag = "command", content = "form", rename_all_fields = "camelCase", rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the fields are those of the form")]
        pub enum Command {
            $($(#[$doc])* $variant { $($field: $type),* },)*
        }

        /// Every command.
        pub const COMMANDS: &[CommandInfo] = &[$(CommandInfo {
            name: stringify!($name),
            windows: &[$(Window::$window),+],
            form: || form_type!($($field: $type),*),
            answer: $answer,
        },)*];
    };
}

commands! {
    /// The case window's view.
    case_view = CaseView {} -> "CaseView" for Case;
    /// Reads the case that was typed or pasted.
    look_up_case = LookUpCase { reference: String } -> "void" for Case;
    /// Makes a key, or a new one.
    generate_key = GenerateKey { portal: Option<String> } -> "void" for Case;
    /// Changes who makes the key.
    choose_key_kind = ChooseKeyKind { kind: KeyKindView } -> "void" for Case;
    /// Opens the console's own key dialog.
    open_key_dialog = OpenKeyDialog { portal: Option<String> } -> "void" for Case;
    /// Puts something on the clipboard.
    copy = Copy { what: Copied } -> "void" for Case, Jump, Tag;
    /// Hands the e-mail to the org.
    send_email = SendEmail { recipient: String } -> "void" for Case;
    /// Stops looking for the customer.
    stop_watch = StopWatch {} -> "void" for Case;
    /// Says that the customer who joined belongs to the case.
    agree_customer = AgreeCustomer {} -> "void" for Case;
    /// Chooses another case for the session that the customer joined.
    retag_customer = RetagCustomer {} -> "void" for Case;
    /// Opens the case in the browser.
    open_case = OpenCase {} -> "void" for Case;
    /// Shows a case whose link came meanwhile.
    show_waiting_case = ShowWaitingCase { reference: String } -> "void" for Case;
    /// Tries again what failed.
    retry = Retry {} -> "void" for Case;

    /// The jump window's view.
    jump_view = JumpView {} -> "JumpView" for Jump;
    /// Puts the case that was typed or pasted on the jump; an empty text takes it off.
    choose_jump_case = ChooseJumpCase { reference: String } -> "void" for Jump;
    /// Asks the console for the jump.
    start_jump = StartJump { form: JumpFormView, console: ConsoleView } -> "void" for Jump;
    /// Stops looking for the jump's session.
    stop_jump_watch = StopJumpWatch {} -> "void" for Jump;
    /// Makes a jump a favourite, or an ordinary one again.
    pin_jump = PinJump { id: u32, pinned: bool } -> "void" for Jump;
    /// Forgets a jump.
    forget_jump = ForgetJump { id: u32 } -> "void" for Jump;
    /// Shows the jump whose link came meanwhile.
    show_waiting_jump = ShowWaitingJump {} -> "void" for Jump;

    /// The tag window's view.
    tag_view = TagView {} -> "TagView" for Tag;
    /// Marks a session to be put on the case, or not.
    select_session = SelectSession { lsid: String, selected: bool } -> "void" for Tag;
    /// Takes the case that was typed or pasted, or looks for one by its subject.
    find_cases = FindCases { text: String } -> "void" for Tag;
    /// Takes a case of a list; an empty text takes it off.
    choose_tag_case = ChooseTagCase { reference: String } -> "void" for Tag;
    /// Puts the marked sessions on the case; what speaks against it has to be confirmed.
    tag_sessions = TagSessions { confirmed: bool } -> "void" for Tag;
    /// Gives a session back what it carried before.
    undo_tag = UndoTag { id: u32 } -> "void" for Tag;
    /// Opens the case of a session in the browser.
    open_session_case = OpenSessionCase { lsid: String } -> "void" for Tag;
    /// Asks for the sessions again.
    refresh_sessions = RefreshSessions {} -> "void" for Tag;
    /// Shows the case whose link came meanwhile.
    show_waiting_tag = ShowWaitingTag {} -> "void" for Tag;

    /// The activity window's view.
    activity_view = ActivityView {} -> "ActivityView" for Activity;
    /// Tries an entry again now.
    retry_item = RetryItem { id: u32 } -> "void" for Activity;
    /// Gives an entry up.
    discard_item = DiscardItem { id: u32 } -> "void" for Activity;
    /// Opens the case of an entry in the browser.
    open_item_case = OpenItemCase { id: u32 } -> "void" for Activity;
    /// Imports a session to the case that it carries, although something speaks against it.
    agree_item = AgreeItem { id: u32 } -> "void" for Activity;
    /// Chooses another case for a session that is not imported.
    choose_item_case = ChooseItemCase { id: u32 } -> "void" for Activity;
    /// The person has seen that what was remembered was damaged.
    note_mended = NoteMended {} -> "void" for Activity;
    /// Goes to the sign-in.
    open_sign_in = OpenSignIn {} -> "void" for Activity;

    /// The settings window's view.
    settings_view = SettingsView {} -> "SettingsView" for Settings;
    /// Saves the appliance page; a secret that is absent keeps the saved one.
    save_appliance = SaveAppliance {
        hostname: String, client_id: String, secret: Option<String>, ca_file: String, portals: String
    } -> "void" for Settings;
    /// Saves the org page.
    save_org = SaveOrg {
        login_url: String, client_id: String, ca_file: String, redirect_ports: String
    } -> "void" for Settings;
    /// Opens the browser for the sign-in.
    sign_in = SignIn {} -> "void" for Settings;
    /// Gives the sign-in up.
    cancel_sign_in = CancelSignIn {} -> "void" for Settings;
    /// Ends the sign-in at the org and here.
    sign_out = SignOut {} -> "void" for Settings;
    /// Saves one preference, by its dotted key.
    save_preference = SavePreference { key: String, value: String } -> "void" for Settings;
    /// Makes the checks.
    run_checks = RunChecks {} -> "void" for Settings;
    /// Puts a support bundle together and lists what is in it.
    list_support_bundle = ListSupportBundle {} -> "void" for Settings;
    /// Saves the support bundle that is listed.
    save_support_bundle = SaveSupportBundle {} -> "void" for Settings;
    /// Gives the support bundle up.
    close_support_bundle = CloseSupportBundle {} -> "void" for Settings;
    /// Shows a page of the first run.
    go_to_step = GoToStep { step: Step } -> "void" for Settings;

    /// The menu window's view.
    menu_view = MenuView {} -> "MenuView" for Menu;
    /// Presses an entry of the menu.
    press_menu = PressMenu { id: String } -> "void" for Menu;

    /// Makes the window as high as its content.
    fit_window = FitWindow { height: u32 } -> "void" for Case, Jump, Tag, Menu;
    /// Closes the window.
    close_window = CloseWindow {} -> "void" for Case, Jump, Tag, Activity, Settings, Menu;
}

/// The names of the commands that a window may give.
pub fn allowed(window: Window) -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().filter(move |c| c.windows.contains(&window)).map(|c| c.name)
}

impl Command {
    /// Reads a command as it comes from a window: `{"form": {…}}`, or `{}` where there is none.
    ///
    /// # Errors
    /// The command is unknown, not the window's, or its form does not fit.
    pub fn read(window: Window, name: &str, message: &Value) -> Result<Self, CommandError> {
        let Some(known) = COMMANDS.iter().find(|c| c.name == name) else {
            return Err(CommandError::Unknown(name.to_owned()));
        };
        if !known.windows.contains(&window) {
            return Err(CommandError::NotAllowed(name.to_owned()));
        }
        let form = message.get("form").cloned().unwrap_or_else(|| serde_json::json!({}));
        serde_json::from_value(serde_json::json!({ "command": name, "form": form }))
            .map_err(|error| CommandError::Form(error.to_string()))
    }
}

/// The events that the windows hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The case window's view.
    CaseChanged,
    /// The jump window's view.
    JumpChanged,
    /// The tag window's view.
    TagChanged,
    /// The activity window's view.
    ActivityChanged,
    /// The settings window's view.
    SettingsChanged,
    /// The menu's view.
    MenuChanged,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 6] = [
        Self::CaseChanged,
        Self::JumpChanged,
        Self::TagChanged,
        Self::ActivityChanged,
        Self::SettingsChanged,
        Self::MenuChanged,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::CaseChanged => "case-changed",
            Self::JumpChanged => "jump-changed",
            Self::TagChanged => "tag-changed",
            Self::ActivityChanged => "activity-changed",
            Self::SettingsChanged => "settings-changed",
            Self::MenuChanged => "menu-changed",
        }
    }

    pub(crate) fn view(self) -> &'static str {
        match self {
            Self::CaseChanged => "CaseView",
            Self::JumpChanged => "JumpView",
            Self::TagChanged => "TagView",
            Self::ActivityChanged => "ActivityView",
            Self::SettingsChanged => "SettingsView",
            Self::MenuChanged => "MenuView",
        }
    }
}

/// The whole view of a window, ready to be sent to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventView {
    /// For the case window.
    Case(Box<CaseView>),
    /// For the jump window.
    Jump(Box<JumpView>),
    /// For the tag window.
    Tag(Box<TagView>),
    /// For the activity window.
    Activity(Box<ActivityView>),
    /// For the settings window.
    Settings(Box<SettingsView>),
    /// For the menu window.
    Menu(MenuView),
}

impl EventView {
    /// The event that carries the view.
    pub fn event(&self) -> Event {
        match self {
            Self::Case(_) => Event::CaseChanged,
            Self::Jump(_) => Event::JumpChanged,
            Self::Tag(_) => Event::TagChanged,
            Self::Activity(_) => Event::ActivityChanged,
            Self::Settings(_) => Event::SettingsChanged,
            Self::Menu(_) => Event::MenuChanged,
        }
    }

    /// The window that hears it.
    pub fn window(&self) -> Window {
        match self {
            Self::Case(_) => Window::Case,
            Self::Jump(_) => Window::Jump,
            Self::Tag(_) => Window::Tag,
            Self::Activity(_) => Window::Activity,
            Self::Settings(_) => Window::Settings,
            Self::Menu(_) => Window::Menu,
        }
    }
}

fn camel(name: &str) -> String {
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
    use serde_json::json;

    #[test]
    fn a_command_is_read_with_its_form() {
        let message =
            json!({"form": {"loginUrl": "a", "clientId": "b", "caFile": "", "redirectPorts": "1"}});
        let command = Command::read(Window::Settings, "save_org", &message).unwrap();
        assert!(matches!(command, Command::SaveOrg { login_url, .. } if login_url == "a"));
        assert_eq!(Command::read(Window::Case, "retry", &json!({})), Ok(Command::Retry {}));
        let message = json!({"form": {"what": "caseNumber"}});
        assert_eq!(
            Command::read(Window::Case, "copy", &message),
            Ok(Command::Copy { what: Copied::CaseNumber })
        );
    }

    #[test]
    fn s9_each_window_gives_only_its_own_commands() {
        let list = |window| allowed(window).collect::<Vec<_>>().join(" ");
        assert_eq!(
            list(Window::Case),
            "case_view look_up_case generate_key choose_key_kind open_key_dialog copy send_email \
             stop_watch agree_customer retag_customer open_case show_waiting_case retry fit_window \
             close_window"
        );
        assert_eq!(
            list(Window::Jump),
            "copy jump_view choose_jump_case start_jump stop_jump_watch pin_jump forget_jump \
             show_waiting_jump fit_window close_window"
        );
        assert_eq!(
            list(Window::Tag),
            "copy tag_view select_session find_cases choose_tag_case tag_sessions undo_tag \
             open_session_case refresh_sessions show_waiting_tag fit_window close_window"
        );
        assert_eq!(
            list(Window::Activity),
            "activity_view retry_item discard_item open_item_case agree_item choose_item_case \
             note_mended open_sign_in close_window"
        );
        assert_eq!(
            list(Window::Settings),
            "settings_view save_appliance save_org sign_in cancel_sign_in sign_out \
             save_preference run_checks list_support_bundle save_support_bundle \
             close_support_bundle go_to_step close_window"
        );
        assert_eq!(list(Window::Menu), "menu_view press_menu fit_window close_window");
        for (window, command) in
            Window::ALL.into_iter().flat_map(|w| COMMANDS.iter().map(move |c| (w, c)))
        {
            let refused = matches!(
                Command::read(window, command.name, &json!({})),
                Err(CommandError::NotAllowed(_))
            );
            assert_eq!(refused, !command.windows.contains(&window), "{}", command.name);
        }
    }

    #[test]
    fn s9_a_form_that_does_not_fit_is_refused() {
        for (name, message) in [
            ("look_up_case", json!({})),
            ("look_up_case", json!({"form": {"reference": 1}})),
            ("copy", json!({"form": {"what": "secret"}})),
            ("fit_window", json!({"form": {"height": -1}})),
        ] {
            let result = Command::read(Window::Case, name, &message);
            assert!(matches!(result, Err(CommandError::Form(_))), "{name}");
        }
        assert!(matches!(
            Command::read(Window::Case, "eval", &json!({})),
            Err(CommandError::Unknown(_))
        ));
    }
}
