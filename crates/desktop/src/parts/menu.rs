//! The menu as data; the tray and the menu window draw the same. Each entry leads to a request.

use crate::context::{Context, Known, Part};
use crate::facts::OutboxSeen;
use crate::labels;
use crate::request::{CaseToOpen, DONE, Reply, Request};
use crate::shell::{one_line, payload};
use crate::texts;
use casebridge_domain::jump::JumpMethod;
use casebridge_domain::{CaseId, CaseRef, Lsid};
use casebridge_ipc::{MenuCommand, MenuItemView, MenuView, SignInView, TrayState, Window};
use casebridge_use_cases::sessions::RunningSession;

/// How many running sessions are listed.
const SESSIONS: usize = 6;
/// How far an entry of a session stands in.
const INDENT: &str = "    ";
/// Of how many cases the id can be copied.
const COPIES: usize = 3;
/// How many previous jumps are listed; favourites come first.
const PAST_JUMPS: usize = 6;

/// An entry that can be pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuEntry {
    /// Asks for a case.
    SessionKey,
    /// Shows a previous case.
    Recent(CaseId),
    /// Asks for a jump.
    Jump,
    /// Fills in a previous jump, by its record.
    PastJump(u32),
    /// Shows the running sessions and the case for them.
    Tag,
    /// The same, with this session marked.
    TagSession(Lsid),
    /// Opens the case that this session carries.
    OpenSessionCase(Lsid),
    /// Copies the id of a previous case.
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

fn item(entry: MenuEntry, label: String, enabled: bool) -> MenuItemView {
    MenuItemView { id: entry.id(), label, enabled, separator: false }
}

fn title(id: &str, label: String) -> MenuItemView {
    MenuItemView { id: id.to_owned(), label, enabled: false, separator: false }
}

fn line(id: &str) -> MenuItemView {
    MenuItemView { id: id.to_owned(), label: String::new(), enabled: false, separator: true }
}

/// The menu; it has no state of its own.
#[derive(Default)]
pub(crate) struct Menu;

/// What can happen to the menu.
pub(crate) enum Message {
    /// An entry was pressed.
    Press(String),
    Command(MenuCommand, Reply),
    Closed,
}

impl Part for Menu {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Context<'_, Message>) {
        match message {
            Message::Press(id) => press(&id, cx),
            Message::Command(MenuCommand::MenuView {}, reply) => {
                let view = payload(&self.view(cx.known()));
                cx.answer(reply, Ok(view));
            }
            Message::Command(MenuCommand::PressMenu { id }, reply) => {
                cx.ask(Request::Close(Window::Menu));
                press(&id, cx);
                cx.answer(reply, DONE);
            }
            Message::Closed => {}
        }
    }
}

fn press(id: &str, cx: &mut Context<'_, Message>) {
    let request = match MenuEntry::from_id(id) {
        Some(MenuEntry::SessionKey) => Request::AskForCase,
        Some(MenuEntry::Recent(case)) => Request::ShowCase(CaseRef::Id(case)),
        Some(MenuEntry::Jump) => Request::AskForJump,
        Some(MenuEntry::PastJump(id)) => Request::JumpAgain(id),
        Some(MenuEntry::Tag) => Request::AskForTag(None),
        Some(MenuEntry::TagSession(lsid)) => Request::AskForTag(Some(lsid)),
        Some(MenuEntry::OpenSessionCase(lsid)) => {
            let mut mine = cx.facts.sessions.mine.iter();
            let session = mine.find(|session| session.lsid == lsid);
            // A session that has gone meanwhile has no case to open.
            let Some(key) = session.and_then(|session| session.external_key.clone()) else {
                return;
            };
            Request::OpenCase(CaseToOpen::Key(key, None))
        }
        Some(MenuEntry::CopyCaseId(case)) => Request::Copy(case.to_string()),
        Some(MenuEntry::SignIn) => {
            cx.ask(Request::OpenSettings(None));
            Request::SignIn { case_waits: false }
        }
        Some(MenuEntry::Activity) => Request::OpenActivity,
        Some(MenuEntry::Settings) => Request::OpenSettings(None),
        Some(MenuEntry::Quit) => Request::Quit,
        None => return tracing::warn!("an unknown entry of the menu was pressed"),
    };
    cx.ask(request);
}

impl Menu {
    pub(crate) fn view(&self, known: &Known<'_>) -> MenuView {
        let facts = known.facts;
        let (state, status) = state(known);
        let configured = known.casebridge.is_configured();
        let mut items = vec![
            item(MenuEntry::SessionKey, texts::menu_session_key(), configured),
            item(MenuEntry::Jump, texts::menu_jump(), configured),
            item(MenuEntry::Tag, texts::menu_tag(), configured),
        ];
        if configured && facts.sessions.stale.is_some() && !facts.sessions.mine.is_empty() {
            items.push(title("stale", format!("{INDENT}{}", texts::menu_stale())));
        }
        if configured {
            let mine = facts.sessions.mine.iter().take(SESSIONS);
            items.extend(mine.flat_map(|one| session(known, one)));
        }
        if configured && facts.account.sign_in == SignInView::SignedOut {
            items.push(item(MenuEntry::SignIn, texts::menu_sign_in(), true));
        }
        if !facts.recent.is_empty() {
            items.extend([line("line-recent"), title("recent", texts::menu_recent())]);
            items.extend(facts.recent.iter().map(|case| {
                let subject: String = case.subject.chars().take(60).collect();
                item(
                    MenuEntry::Recent(case.id.clone()),
                    texts::menu_recent_case(&case.number, subject),
                    true,
                )
            }));
            items.extend(facts.recent.iter().take(COPIES).map(|case| {
                let label = texts::menu_copy_id(&case.number);
                item(MenuEntry::CopyCaseId(case.id.clone()), label, true)
            }));
        }
        if configured && !facts.jumps.is_empty() {
            items.extend([line("line-jumps"), title("jumps", texts::menu_jump_again())]);
            items.extend(facts.jumps.iter().take(PAST_JUMPS).map(|jump| {
                let target: String = jump.form.title().chars().take(60).collect();
                let label = texts::menu_past_jump(target, method_name(jump.form.method));
                item(MenuEntry::PastJump(jump.id), label, true)
            }));
        }
        items.extend([
            line("line-end"),
            item(MenuEntry::Activity, activity(&facts.outbox), true),
            item(MenuEntry::Settings, texts::menu_settings(), true),
            item(MenuEntry::Quit, texts::menu_quit(), true),
        ]);
        MenuView { state, status, items }
    }
}

/// A running session, and its case where that is known.
fn session(known: &Known<'_>, session: &RunningSession) -> Vec<MenuItemView> {
    let facts = known.facts;
    let name = session.customer.as_deref().map(|name| one_line(name, 40));
    let name = name.unwrap_or_else(texts::menu_no_customer);
    let key = session.external_key.as_ref();
    let case = key.and_then(|key| facts.carried.get(key)).and_then(Option::as_ref);
    let carries = match (key, case) {
        (None, _) if session.foreign_key.is_some() => texts::menu_foreign_key(),
        (None, _) => texts::menu_no_case(),
        (Some(_), Some(case)) => case.number.clone(),
        (Some(key), None) => one_line(key, 20),
    };
    let tag = MenuEntry::TagSession(session.lsid.clone());
    let label = match labels::appliance(session, known.casebridge) {
        Some(appliance) => texts::menu_session_on(name, carries, appliance),
        None => texts::menu_session(name, carries),
    };
    let mut items = vec![item(tag, format!("{INDENT}{label}"), true)];
    items.extend(case.map(|case| {
        let open = MenuEntry::OpenSessionCase(session.lsid.clone());
        item(open, format!("{INDENT}{INDENT}{}", texts::menu_open_case(&case.number)), true)
    }));
    items
}

fn activity(outbox: &OutboxSeen) -> String {
    match outbox.parked {
        0 => texts::menu_activity(),
        1 => texts::menu_activity_waits_one(),
        count => texts::menu_activity_waits(count),
    }
}

fn method_name(method: JumpMethod) -> String {
    match method {
        JumpMethod::Item => texts::method_item(),
        JumpMethod::PushLocal => texts::method_push_local(),
        JumpMethod::PushRemote => texts::method_push_remote(),
        JumpMethod::Rdp => texts::method_rdp(),
        JumpMethod::Vnc => texts::method_vnc(),
        JumpMethod::Shell => texts::method_shell(),
        JumpMethod::Vpro => texts::method_vpro(),
    }
}

fn state(known: &Known<'_>) -> (TrayState, String) {
    if !known.casebridge.is_configured() {
        return (TrayState::Attention, texts::not_set_up());
    }
    let facts = known.facts;
    match facts.account.sign_in {
        SignInView::SignedOut if facts.account.failure.is_some() => {
            (TrayState::Attention, texts::sign_in_failed())
        }
        SignInView::SignedOut => (TrayState::SignedOut, texts::signed_out()),
        SignInView::WaitingForBrowser => (TrayState::Working, texts::waiting_for_browser()),
        SignInView::SignedIn if facts.cases.is_working => {
            (TrayState::Working, texts::creating_key())
        }
        SignInView::SignedIn if facts.cases.is_stale => {
            (TrayState::Attention, texts::appliance_unreachable())
        }
        SignInView::SignedIn if facts.outbox.parked > 0 => {
            (TrayState::Attention, texts::needs_you())
        }
        SignInView::SignedIn if facts.outbox.hold.is_some() => {
            (TrayState::Attention, texts::org_takes_nothing())
        }
        SignInView::SignedIn => match facts.cases.waiting {
            0 if facts.outbox.waiting > 0 => (TrayState::Working, texts::retrying()),
            0 => (TrayState::Ready, texts::ready()),
            1 => (TrayState::Working, texts::waiting_for_customer()),
            count => (TrayState::Working, texts::waiting_for_customers(count)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Stage, session};

    #[test]
    fn an_entry_leads_to_one_request() {
        let mut stage = Stage::new("");
        let lsid = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1";
        stage.sessions(vec![session(lsid, "Rosa Marin", Some("00001026"))]);
        let press = |entry: MenuEntry| stage.tell(&mut Menu, Message::Press(entry.id()));
        let open = press(MenuEntry::OpenSessionCase(lsid.parse().unwrap()));
        assert!(
            matches!(&open[..], [Request::OpenCase(CaseToOpen::Key(key, None))] if key == "00001026")
        );
        assert!(matches!(press(MenuEntry::Quit)[..], [Request::Quit]));
        assert!(matches!(press(MenuEntry::PastJump(3))[..], [Request::JumpAgain(3)]));
        assert!(stage.tell(&mut Menu, Message::Press("nonsense".to_owned())).is_empty());
    }

    #[test]
    fn the_tray_says_what_matters_most() {
        let mut stage = Stage::new("");
        let state = |stage: &Stage| stage.look(|known| Menu.view(known)).state;
        assert_eq!(state(&stage), TrayState::Ready);
        stage.facts.cases.waiting = 1;
        assert_eq!(state(&stage), TrayState::Working);
        stage.facts.outbox.parked = 1;
        assert_eq!(state(&stage), TrayState::Attention);
        stage.facts.account.sign_in = SignInView::SignedOut;
        assert_eq!(state(&stage), TrayState::SignedOut);
    }
}
