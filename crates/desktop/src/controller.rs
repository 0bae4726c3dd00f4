//! The loop: takes one event after the other and owns all state.

use crate::case_window::CaseWindow;
use crate::catch_up::CatchUp;
use crate::event::{Answer, App, Event, Events};
use crate::jump_window::JumpWindow;
use crate::link_gate::BURST;
use crate::menu;
use crate::offers::Offers;
use crate::outbox::Outbox;
use crate::sessions::Sessions;
use crate::settings_window::SettingsWindow;
use crate::shell::{Notice, Shell, payload};
use crate::tag_window::TagWindow;
use crate::views;
use casebridge_domain::deep_link::Action;
use casebridge_domain::{DeepLink, Failure, FailureCode};
use casebridge_ipc::{Command, EventView, FailureView, MenuView, Window};
use casebridge_use_cases::account;
use casebridge_use_cases::{Casebridge, diagnostics};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The state of the app, and what its parts share.
pub(crate) struct Controller {
    pub(crate) casebridge: Casebridge,
    pub(crate) shell: Arc<dyn Shell>,
    pub(crate) events: Events,
    pub(crate) cases: CaseWindow,
    pub(crate) jumps: JumpWindow,
    pub(crate) sessions: Sessions,
    pub(crate) tags: TagWindow,
    pub(crate) offers: Offers,
    pub(crate) catch_up: CatchUp,
    pub(crate) outbox: Outbox,
    pub(crate) settings: SettingsWindow,
    open: BTreeSet<Window>,
    /// Windows that are being destroyed, and whether they are wanted again.
    closing: BTreeMap<Window, bool>,
    menu: Option<MenuView>,
    /// When the person last heard that links are not acted on.
    quiet_until: Option<Instant>,
    settings_link_at: Option<Instant>,
    /// When a link last opened the page of a case.
    opened_at: Option<Instant>,
}

/// Starts the loop. It ends, and with it the app, once `quit` was pressed.
pub fn start(casebridge: Casebridge, shell: Arc<dyn Shell>) -> (App, JoinHandle<()>) {
    let (events, inbox) = mpsc::unbounded_channel();
    let controller = Controller {
        casebridge,
        shell,
        events: events.clone(),
        cases: CaseWindow::default(),
        jumps: JumpWindow::default(),
        sessions: Sessions::default(),
        tags: TagWindow::default(),
        offers: Offers::default(),
        catch_up: CatchUp::default(),
        outbox: Outbox::default(),
        settings: SettingsWindow::default(),
        open: BTreeSet::new(),
        closing: BTreeMap::new(),
        menu: None,
        quiet_until: None,
        settings_link_at: None,
        opened_at: None,
    };
    let task = tokio::spawn(controller.run(inbox));
    (App(events), task)
}

/// Whether the loop goes on.
type Onward = std::ops::ControlFlow<()>;
const ON: Onward = Onward::Continue(());

impl Controller {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Event>) {
        self.begin();
        while let Some(event) = inbox.recv().await {
            if self.handle(event).is_break() {
                break;
            }
            self.keep_polling();
            self.show_menu();
        }
        // Whoever hands over a link from now on hears that nobody took it.
        drop(inbox);
        self.casebridge.settle().await;
        self.shell.quit();
    }

    fn begin(&mut self) {
        self.ask_for_sign_in();
        self.ask_for_jumps();
        self.ask_for_recent();
        self.begin_outbox();
        self.begin_pulse();
        self.sweep();
        if !self.casebridge.is_configured() {
            self.open_settings();
        }
        let wanted = self.casebridge.settings().is_on("ui.autostart");
        if let Err(failure) = self.shell.set_autostart(wanted) {
            self.report(&failure);
        }
        let settings = self.casebridge.settings();
        if let Some(keys) = settings.optional("ui.jump_shortcut")
            && let Err(failure) = self.shell.set_jump_shortcut(keys)
        {
            self.report(&failure);
        }
        self.show_menu();
    }

    fn handle(&mut self, event: Event) -> Onward {
        match event {
            Event::LinkOpened { link, taken } => {
                self.link_opened(&link);
                // A process that is gone needs no acknowledgement.
                let _ = taken.send(());
            }
            Event::AppShown => self.show_app(),
            Event::MenuPressed(id) => return self.menu_pressed(&id),
            Event::CloseAsked(window) => self.close_window(window),
            Event::WindowClosed(window) => self.window_closed(window),
            Event::CommandGiven { command, answer, window } => {
                return self.command_given(command, answer, window);
            }
            Event::CaseRead { case, result } => self.case_read(case, *result),
            Event::KeyMade { case, attempt, result } => self.key_made(case, attempt, *result),
            Event::KeyExpired { case, attempt } => self.key_expired(case, attempt),
            Event::EmailAnswered { case, attempt, result } => {
                self.email_answered(case, attempt, result);
            }
            Event::SessionsSeen { appliance, result } => self.sessions_seen(appliance, *result),
            Event::DialogOpened { case, attempt, result } => {
                self.dialog_opened(case, attempt, *result);
            }
            Event::JumpsKnown(result) => self.jumps_known(result),
            Event::JumpCaseRead { number, result } => self.jump_case_read(number, *result),
            Event::JumpLaunched { attempt, result } => self.jump_launched(attempt, *result),
            Event::JumpPatienceOver { attempt } => self.jump_patience_over(attempt),
            Event::TagCaseRead { number, result } => self.tag_case_read(number, *result),
            Event::CasesFound { text, result } => self.cases_found(text, result),
            Event::KeysResolved { found, failed } => self.keys_resolved(found, &failed),
            Event::SessionTagged { session, number, result } => {
                self.session_tagged(*session, &number, *result);
            }
            Event::TagUndone { id, result } => self.tag_undone(id, *result),
            Event::TagsKnown(result) => self.tags_known(result),
            Event::NoticeAnswered { topic, action } => self.notice_answered(topic, &action),
            Event::OfferedCaseRead { lsid, result } => self.offered_case_read(lsid, *result),
            Event::RecentKnown(result) => self.recent_known(result),
            Event::SweepDue => {
                self.sweep();
            }
            Event::Swept(result) => self.swept(result),
            Event::CaughtUp(result) => self.caught_up(result),
            Event::CatchUpDue => self.catch_up(),
            Event::ClockChanged => self.clock_changed(),
            Event::SignInChanged => self.ask_for_sign_in(),
            Event::CarriedDoubted { session, case, is_doubtful } => {
                if is_doubtful {
                    self.carried_doubted(&session, &case);
                }
            }
            Event::OutboxChanged => self.wake_outbox(),
            Event::OutboxWorked { item, result } => self.outbox_worked(&item, &result),
            Event::ActivityDue => self.ask_for_activity(),
            Event::ActivityKnown(result) => self.activity_known(*result),
            Event::PageOpened { result } => self.page_opened(result),
            Event::SignInKnown(result) => self.sign_in_known(result),
            Event::SecretKnown(result) => self.secret_known(result),
            Event::ApplianceSaved { result, answer } => self.appliance_saved(result, answer),
            Event::OrgSaved { is_other, result, answer } => {
                self.org_saved(is_other, result, answer)
            }
            Event::AccountKnown { attempt, result } => self.account_known(attempt, *result),
            Event::BundleCollected { bundle, answer } => self.bundle_collected(bundle, answer),
            Event::BundleSaved { result, answer } => self.bundle_saved(result, answer),
            Event::SignedOut { result, answer } => self.signed_out(result, answer),
            Event::Checked(outcome) => self.checked(outcome),
            Event::ChecksDone => self.checks_done(),
        }
        ON
    }

    fn link_opened(&mut self, link: &str) {
        let link: DeepLink = match link.parse() {
            Ok(link) => link,
            Err(error) => {
                // The reason, never the text (S3).
                tracing::warn!(%error, "a link was refused");
                return self.quiet_notice(FailureCode::LinkRefused);
            }
        };
        tracing::info!(action = link.action.as_str(), "a link was opened");
        match link.action {
            Action::SessionKey | Action::ConsoleKey | Action::WebKey => {
                self.case_link_opened(&link);
            }
            Action::Jump | Action::WebJump => self.jump_link_opened(&link),
            Action::Settings => self.settings_link_opened(),
            Action::Tag => self.tag_link_opened(&link),
            Action::Open => self.open_link_opened(&link),
            Action::Activity => self.activity_link_opened(),
        }
    }

    /// Opens the case's page; a page that sends many of these opens one.
    fn open_link_opened(&mut self, link: &DeepLink) {
        let now = Instant::now();
        if self.opened_at.is_some_and(|at| now - at < BURST) {
            return self.quiet_notice(FailureCode::TooManyLinks);
        }
        self.opened_at = Some(now);
        let case = link.case.as_ref().map(ToString::to_string);
        if let Some(key) = case.or_else(|| link.external_key.clone()) {
            self.open_case_of_key(key, link.org.clone());
        }
    }

    /// A page that sends many of these brings the window to the front once.
    fn settings_link_opened(&mut self) {
        let now = Instant::now();
        let repeated = self.settings_link_at.is_some_and(|at| now - at < BURST);
        self.settings_link_at = Some(now);
        if !repeated || !self.is_open(Window::Settings) {
            self.open_settings();
        }
    }

    /// A page that sends many of these opens the window once.
    fn activity_link_opened(&mut self) {
        if !self.is_open(Window::Activity) {
            self.open_activity();
        }
    }

    /// One notice for all links of a while that are not acted on.
    pub(crate) fn quiet_notice(&mut self, code: FailureCode) {
        let now = Instant::now();
        if self.quiet_until.is_some_and(|until| now < until) {
            return;
        }
        self.quiet_until = Some(now + std::time::Duration::from_secs(10));
        let text = code.text();
        self.shell.notify(Notice {
            title: text.title.into(),
            body: text.next_step.into(),
            ..Notice::default()
        });
    }

    fn show_app(&mut self) {
        if self.casebridge.is_configured() {
            self.open_window(Window::Menu);
        } else {
            self.open_settings();
        }
    }

    pub(crate) fn menu_pressed(&mut self, id: &str) -> Onward {
        match menu::MenuEntry::from_id(id) {
            Some(menu::MenuEntry::SessionKey) => self.ask_for_case(),
            Some(menu::MenuEntry::Recent(case)) => self.show_recent(&case),
            Some(menu::MenuEntry::Jump) => self.ask_for_jump(),
            Some(menu::MenuEntry::PastJump(id)) => self.ask_for_past_jump(id),
            Some(menu::MenuEntry::Tag) => self.ask_for_tag(None),
            Some(menu::MenuEntry::TagSession(lsid)) => self.ask_for_tag(Some(lsid)),
            Some(menu::MenuEntry::OpenSessionCase(lsid)) => {
                // A session that has gone meanwhile has no case to open.
                let _ = self.open_session_case(lsid.as_str());
            }
            Some(menu::MenuEntry::CopyCaseId(case)) => {
                if let Err(failure) = self.shell.copy(case.as_str()) {
                    self.report(&failure);
                }
            }
            Some(menu::MenuEntry::SignIn) => {
                self.open_settings();
                self.begin_sign_in();
            }
            Some(menu::MenuEntry::Activity) => self.open_activity(),
            Some(menu::MenuEntry::Settings) => self.open_settings(),
            Some(menu::MenuEntry::Quit) => return Onward::Break(()),
            None => tracing::warn!("an unknown entry of the menu was pressed"),
        }
        ON
    }

    pub(crate) fn open_window(&mut self, window: Window) {
        self.open.insert(window);
        match self.closing.get_mut(&window) {
            // It comes back when the old one is gone.
            Some(wanted) => *wanted = true,
            None => self.shell.open_window(window),
        }
        self.publish(window);
    }

    /// The person is done with a window; what opens it from now on opens another one.
    fn close_window(&mut self, window: Window) {
        if self.open.remove(&window) {
            self.forget_window(window);
            self.closing.insert(window, false);
            self.shell.close_window(window);
        }
    }

    pub(crate) fn is_open(&self, window: Window) -> bool {
        self.open.contains(&window)
    }

    fn window_closed(&mut self, window: Window) {
        match self.closing.remove(&window) {
            Some(true) => {
                self.shell.open_window(window);
                self.publish(window);
            }
            Some(false) => {}
            // The desktop closed it without asking.
            None => {
                self.open.remove(&window);
                self.forget_window(window);
            }
        }
    }

    fn forget_window(&mut self, window: Window) {
        match window {
            Window::Case => self.case_window_closed(),
            Window::Jump => self.jump_window_closed(),
            Window::Tag => self.tag_window_closed(),
            Window::Settings => self.settings_window_closed(),
            Window::Activity | Window::Menu => {}
        }
    }

    fn command_given(
        &mut self,
        command: Command,
        answer: tokio::sync::oneshot::Sender<Answer>,
        window: Window,
    ) -> Onward {
        let result = match command {
            Command::CaseView {} => Ok(payload(&self.case_view())),
            Command::SettingsView {} => Ok(payload(&self.settings_view())),
            Command::MenuView {} => Ok(payload(&self.menu_view())),
            Command::LookUpCase { reference } => self.look_up_case(&reference),
            Command::GenerateKey { portal } => self.generate_key(portal),
            Command::ChooseKeyKind { kind } => self.choose_key_kind(kind),
            Command::OpenKeyDialog { portal } => self.open_key_dialog(portal),
            Command::JumpView {} => Ok(payload(&self.jump_view())),
            Command::ChooseJumpCase { reference } => self.choose_jump_case(&reference),
            Command::StartJump { form, console } => self.start_jump(&form, console),
            Command::StopJumpWatch {} => self.stop_jump_watch(),
            Command::PinJump { id, pinned } => self.pin_jump(id, pinned),
            Command::ForgetJump { id } => self.forget_jump(id),
            Command::ShowWaitingJump {} => self.show_waiting_jump(),
            Command::Copy { what } => self.copy(window, what),
            Command::TagView {} => Ok(payload(&self.tag_view())),
            Command::SelectSession { lsid, selected } => self.select_session(&lsid, selected),
            Command::FindCases { text } => self.find_tag_cases(&text),
            Command::ChooseTagCase { reference } => self.choose_tag_case(&reference),
            Command::TagSessions { confirmed } => self.tag_sessions(confirmed),
            Command::UndoTag { id } => self.undo_tag(id),
            Command::OpenSessionCase { lsid } => self.open_session_case(&lsid),
            Command::RefreshSessions {} => {
                self.poll_now();
                DONE
            }
            Command::ShowWaitingTag {} => self.show_waiting_tag(),
            Command::ActivityView {} => Ok(payload(&self.activity_view())),
            Command::RetryItem { id } => self.retry_item(id),
            Command::DiscardItem { id } => self.discard_item(id),
            Command::NoteMended {} => self.note_mended_seen(),
            Command::OpenItemCase { id } => self.open_item_case(id),
            Command::AgreeItem { id } => self.agree_item(id),
            Command::ChooseItemCase { id } => self.choose_item_case(id),
            Command::AgreeCustomer {} => self.agree_customer(),
            Command::RetagCustomer {} => self.retag_customer(),
            Command::OpenSignIn {} => {
                self.open_settings();
                self.begin_sign_in();
                DONE
            }
            Command::SendEmail { recipient } => self.send_email(&recipient),
            Command::StopWatch {} => self.stop_watch(),
            Command::OpenCase {} => self.open_case_page(),
            Command::ShowWaitingCase { reference } => self.show_waiting_case(&reference),
            Command::Retry {} => self.retry(),
            Command::SaveAppliance { hostname, client_id, secret, ca_file, portals } => {
                let values = [hostname, client_id, ca_file, portals];
                self.save_appliance(values, secret, answer);
                return ON;
            }
            Command::SaveOrg { login_url, client_id, ca_file, redirect_ports } => {
                self.save_org([login_url, client_id, ca_file, redirect_ports], answer);
                return ON;
            }
            Command::SignIn {} => {
                self.begin_sign_in();
                DONE
            }
            Command::CancelSignIn {} => self.cancel_sign_in(),
            Command::SignOut {} => {
                self.begin_sign_out(answer);
                return ON;
            }
            Command::SavePreference { key, value } => self.save_preference(key, value),
            Command::RunChecks {} => self.run_checks(),
            Command::ListSupportBundle {} => {
                self.list_support_bundle(answer);
                return ON;
            }
            Command::SaveSupportBundle {} => {
                self.save_support_bundle(answer);
                return ON;
            }
            Command::CloseSupportBundle {} => self.close_support_bundle(),
            Command::GoToStep { step } => self.go_to_step(step),
            Command::PressMenu { id } => {
                self.close_window(Window::Menu);
                let onward = self.menu_pressed(&id);
                let _ = answer.send(DONE);
                return onward;
            }
            Command::FitWindow { height } => {
                self.shell.fit_window(window, height);
                DONE
            }
            Command::CloseWindow {} => {
                self.close_window(window);
                DONE
            }
        };
        // A window that is gone needs no answer.
        let _ = answer.send(result);
        ON
    }

    /// Sends a window its view, if it is open.
    pub(crate) fn publish(&self, window: Window) {
        if !self.open.contains(&window) {
            return;
        }
        let view = match window {
            Window::Case => EventView::Case(Box::new(self.case_view())),
            Window::Jump => EventView::Jump(Box::new(self.jump_view())),
            Window::Tag => EventView::Tag(Box::new(self.tag_view())),
            Window::Activity => EventView::Activity(Box::new(self.activity_view())),
            Window::Settings => EventView::Settings(Box::new(self.settings_view())),
            Window::Menu => EventView::Menu(self.menu_view()),
        };
        self.shell.publish(&view);
    }

    pub(crate) fn menu_view(&self) -> MenuView {
        menu::menu(self)
    }

    fn show_menu(&mut self) {
        let view = self.menu_view();
        if self.menu.as_ref() != Some(&view) {
            self.shell.show_tray(&view);
            self.menu = Some(view);
            self.publish(Window::Menu);
        }
    }

    /// Logs a failure under a reference and returns what a person reads of it.
    pub(crate) fn report(&self, failure: &Failure) -> FailureView {
        let view = views::failure(failure);
        tracing::error!(
            code = %failure.code,
            reference = view.reference,
            cause = diagnostics::cause(failure),
            "failed"
        );
        view
    }

    pub(crate) fn needs_sign_in(failure: &FailureView) -> bool {
        FailureCode::from_word(&failure.code).is_some_and(account::needs_sign_in)
    }

    /// Runs work in a task that ends as an event.
    pub(crate) fn spawn(
        &self,
        work: impl Future<Output = Event> + Send + 'static,
    ) -> JoinHandle<()> {
        let events = self.events.clone();
        tokio::spawn(async move {
            // An app that is ending needs no news.
            let _ = events.send(work.await);
        })
    }
}

/// The answer of a command that has none.
pub(crate) const DONE: Answer = Ok(Value::Null);
