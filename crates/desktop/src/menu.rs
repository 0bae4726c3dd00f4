//! The menu as data, a pure function of the state; the tray and the menu window draw the same.

use crate::controller::Controller;
use crate::open_case::{KeyState, OpenCase, WatchState};
use crate::shell::one_line;
use casebridge_domain::jump::JumpMethod;
use casebridge_domain::{CaseId, Lsid};
use casebridge_ipc::{MenuItemView, MenuView, SignInView, TrayState};
use casebridge_use_cases::sessions::RunningSession;

/// How many running sessions are listed.
const SESSIONS: usize = 6;
/// Of how many cases the id can be copied.
const COPIES: usize = 3;
/// How many jumps of before are listed; favourites come first.
const PAST_JUMPS: usize = 6;

/// An entry that can be pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuEntry {
    /// Asks for a case.
    SessionKey,
    /// Shows a case of before.
    Recent(CaseId),
    /// Asks for a jump.
    Jump,
    /// Fills in a jump of before, by its record.
    PastJump(u32),
    /// Shows the running sessions and the case for them.
    Tag,
    /// The same, with this session marked.
    TagSession(Lsid),
    /// Opens the case that this session carries.
    OpenSessionCase(Lsid),
    /// Copies the id of a case of before.
    CopyCaseId(CaseId),
    /// Opens the browser for the sign-in.
    SignIn,
    /// Shows what was done and what waits.
    Activity,
    /// Opens the settings window.
    Settings,
    /// Ends the program.
    Quit,
}

impl MenuEntry {
    /// The entry's id, in the tray and on the wire.
    pub fn id(&self) -> String {
        match self {
            Self::SessionKey => "session-key".to_owned(),
            Self::Recent(case) => format!("recent-{case}"),
            Self::Jump => "jump".to_owned(),
            Self::PastJump(id) => format!("jump-{id}"),
            Self::Tag => "tag".to_owned(),
            Self::TagSession(lsid) => format!("tag-{lsid}"),
            Self::OpenSessionCase(lsid) => format!("open-{lsid}"),
            Self::CopyCaseId(case) => format!("copy-{case}"),
            Self::SignIn => "sign-in".to_owned(),
            Self::Activity => "activity".to_owned(),
            Self::Settings => "settings".to_owned(),
            Self::Quit => "quit".to_owned(),
        }
    }

    /// The entry with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        if let Some(case) = id.strip_prefix("recent-") {
            return case.parse().ok().map(Self::Recent);
        }
        if let Some(jump) = id.strip_prefix("jump-") {
            return jump.parse().ok().map(Self::PastJump);
        }
        if let Some(lsid) = id.strip_prefix("tag-") {
            return lsid.parse().ok().map(Self::TagSession);
        }
        if let Some(lsid) = id.strip_prefix("open-") {
            return lsid.parse().ok().map(Self::OpenSessionCase);
        }
        if let Some(case) = id.strip_prefix("copy-") {
            return case.parse().ok().map(Self::CopyCaseId);
        }
        let plain = [
            Self::SessionKey,
            Self::Jump,
            Self::Tag,
            Self::SignIn,
            Self::Activity,
            Self::Settings,
            Self::Quit,
        ];
        plain.into_iter().find(|entry| entry.id() == id)
    }
}

fn item(entry: MenuEntry, label: impl Into<String>, enabled: bool) -> MenuItemView {
    MenuItemView { id: entry.id(), label: label.into(), enabled, separator: false }
}

fn title(id: &str, label: &str) -> MenuItemView {
    MenuItemView { id: id.to_owned(), label: label.to_owned(), enabled: false, separator: false }
}

fn line(id: &str) -> MenuItemView {
    MenuItemView { id: id.to_owned(), label: String::new(), enabled: false, separator: true }
}

pub(crate) fn menu(app: &Controller) -> MenuView {
    let (state, status) = state(app);
    let configured = app.casebridge.is_configured();
    let mut items = vec![
        item(MenuEntry::SessionKey, "Session key for a case…", configured),
        item(MenuEntry::Jump, "Jump…", configured),
        item(MenuEntry::Tag, "Tag running session…", configured),
    ];
    if configured && app.sessions.stale.is_some() && !app.sessions.mine().is_empty() {
        items.push(title("stale", "    as last known; the appliance cannot be asked"));
    }
    if configured {
        items.extend(app.sessions.mine().iter().take(SESSIONS).flat_map(|s| session(app, s)));
    }
    if configured && app.settings.sign_in == SignInView::SignedOut {
        items.push(item(MenuEntry::SignIn, "Sign in to Salesforce…", true));
    }
    if !app.cases.recent.is_empty() {
        items.extend([line("line-recent"), title("recent", "Recent cases")]);
        items.extend(app.cases.recent.iter().map(|case| {
            let subject: String = case.subject.chars().take(60).collect();
            item(MenuEntry::Recent(case.id.clone()), format!("{}  {subject}", case.number), true)
        }));
        items.extend(app.cases.recent.iter().take(COPIES).map(|case| {
            let label = format!("Copy case ID of {}", case.number);
            item(MenuEntry::CopyCaseId(case.id.clone()), label, true)
        }));
    }
    if configured && !app.jumps.jumps.is_empty() {
        items.extend([line("line-jumps"), title("jumps", "Jump again")]);
        items.extend(app.jumps.jumps.iter().take(PAST_JUMPS).map(|jump| {
            let target: String = jump.form.title().chars().take(60).collect();
            let label = format!("{target}  ({})", method_name(jump.form.method));
            item(MenuEntry::PastJump(jump.id), label, true)
        }));
    }
    items.extend([
        line("line-end"),
        item(MenuEntry::Activity, activity(app), true),
        item(MenuEntry::Settings, "Settings…", true),
        item(MenuEntry::Quit, "Quit Casebridge", true),
    ]);
    MenuView { state, status, items }
}

/// A running session, and its case where that is known.
fn session(app: &Controller, session: &RunningSession) -> Vec<MenuItemView> {
    let name = session.customer.as_deref().unwrap_or("Nobody yet");
    let name = one_line(name, 40);
    let key = session.external_key.as_ref();
    let case = key.and_then(|key| app.tags.cases.get(key)).and_then(Option::as_ref);
    let carries = match (key, case) {
        (None, _) if session.foreign_key.is_some() => "another product's key".to_owned(),
        (None, _) => "no case".to_owned(),
        (Some(_), Some(case)) => case.number.clone(),
        (Some(key), None) => one_line(key, 20),
    };
    let tag = MenuEntry::TagSession(session.lsid.clone());
    let mut items = vec![item(tag, format!("    {name}  ({carries})"), true)];
    items.extend(case.map(|case| {
        let open = MenuEntry::OpenSessionCase(session.lsid.clone());
        item(open, format!("        Open case {}", case.number), true)
    }));
    items
}

fn activity(app: &Controller) -> String {
    match app.outbox.parked() {
        0 => "Activity…".to_owned(),
        count => format!("Activity…  ({count} to look at)"),
    }
}

fn method_name(method: JumpMethod) -> &'static str {
    match method {
        JumpMethod::Item => "Jump Item",
        JumpMethod::PushLocal => "push, local",
        JumpMethod::PushRemote => "push, Jumpoint",
        JumpMethod::Rdp => "RDP",
        JumpMethod::Vnc => "VNC",
        JumpMethod::Shell => "Shell",
        JumpMethod::Vpro => "vPro",
    }
}

fn state(app: &Controller) -> (TrayState, String) {
    if !app.casebridge.is_configured() {
        return (TrayState::Attention, "Not set up yet".to_owned());
    }
    let is_working = |open: &OpenCase| matches!(open.key, KeyState::Loading) || open.reading;
    let waiting = app.cases.list.iter().filter(|open| open.is_watched()).count();
    let stale = app.cases.list.iter().any(|open| matches!(open.watch, WatchState::Stale(_)));
    match app.settings.sign_in {
        SignInView::SignedOut if app.settings.org_failure.is_some() => {
            (TrayState::Attention, "The sign-in needs attention".to_owned())
        }
        SignInView::SignedOut => (TrayState::SignedOut, "Not signed in to Salesforce".to_owned()),
        SignInView::WaitingForBrowser => (TrayState::Working, "Waiting for the browser".to_owned()),
        SignInView::SignedIn if app.cases.list.iter().any(is_working) => {
            (TrayState::Working, "Making a session key".to_owned())
        }
        SignInView::SignedIn if stale => {
            (TrayState::Attention, "The appliance cannot be asked".to_owned())
        }
        SignInView::SignedIn if app.outbox.parked() > 0 => {
            (TrayState::Attention, "Something needs you: see Activity".to_owned())
        }
        SignInView::SignedIn if app.outbox.hold().is_some() => {
            (TrayState::Attention, "Salesforce takes nothing for now: see Activity".to_owned())
        }
        SignInView::SignedIn => match waiting {
            0 if app.outbox.waiting() > 0 => {
                (TrayState::Working, "Trying again to reach Salesforce".to_owned())
            }
            0 => (TrayState::Ready, "Ready".to_owned()),
            1 => (TrayState::Working, "Waiting for a customer".to_owned()),
            count => (TrayState::Working, format!("Waiting for {count} customers")),
        },
    }
}
