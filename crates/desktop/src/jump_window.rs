//! The jump window: one proposal on screen, from a link, the menu or the person, until a click
//! hands it to a console; then the watch for its session.

use crate::controller::{Controller, DONE};
use crate::event::{Answer, Event};
use crate::jump_views;
use crate::link_gate::BURST;
use crate::open_case::Task;
use crate::pages::ask_console;
use crate::shell::Notice;
use casebridge_domain::deep_link::Action;
use casebridge_domain::jump::{Console, ConsoleAction, JumpField, JumpForm, JumpMethod};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::{Case, CaseRef, DeepLink, Failure, FailureCode, OrgId};
use casebridge_ipc::{ConsoleView, FailureView, JumpFormView, JumpView, Window};
use casebridge_use_cases::console::{ConsoleRequest, LaunchedWith};
use casebridge_use_cases::jump::{self, CaseHost, PastJump};
use casebridge_use_cases::session_key;
use casebridge_use_cases::sessions::Snapshot;
use casebridge_use_cases::typed_case::typed_case;
use casebridge_use_cases::watch::{Sighting, Watch};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// With the window open, a session is looked for so many times as long as the person's patience.
const PATIENCES: u32 = 10;

/// Fields that say where a jump goes; they are not kept for the next one.
const AIM: &[JumpField] = &[
    JumpField::Target,
    JumpField::Search,
    JumpField::Hostname,
    JumpField::PrivateIp,
    JumpField::PublicIp,
    JumpField::Tag,
    JumpField::Comments,
];

/// A jump that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) form: JumpForm,
    pub(crate) console: Console,
    pub(crate) case: Option<CaseRef>,
    pub(crate) org: Option<OrgId>,
    pub(crate) appliance: Option<String>,
}

impl Proposal {
    fn of(form: JumpForm) -> Self {
        Self { form, console: Console::Desktop, case: None, org: None, appliance: None }
    }

    /// What a link asks for.
    ///
    /// # Errors
    /// The method is unknown, or does not take what the link gives.
    fn from_link(link: &DeepLink) -> Result<Self, ()> {
        let method = match &link.method {
            Some(word) => word.parse().map_err(drop)?,
            None => JumpMethod::Item,
        };
        let form = JumpForm::new(method)
            .with(JumpField::Search, link.search.as_deref())
            .with(method.aim(), link.target.as_deref())
            .with(JumpField::Jumpoint, link.jumpoint.as_deref());
        let takes = |field: &JumpField| method.fields().contains(field);
        if !form.values.keys().all(takes) {
            return Err(());
        }
        let console = if link.action == Action::WebJump { Console::Web } else { Console::Desktop };
        let (case, org) = (link.case.clone(), link.org.clone());
        Ok(Self { form, console, case, org, appliance: link.appliance.clone() })
    }
}

/// How far the jump is.
#[derive(Default)]
pub(crate) enum JumpState {
    #[default]
    Idle,
    Starting,
    Waiting {
        with: LaunchedWith,
        until: Timestamp,
    },
    Asked(LaunchedWith),
    Started(Option<String>),
    NotSeen(FailureView),
    Failed(FailureView),
}

/// The state of the window.
#[derive(Default)]
pub(crate) struct JumpWindow {
    pub(crate) proposal: Option<Proposal>,
    /// Counts the proposals, so that the form begins anew with each.
    pub(crate) number: u32,
    pub(crate) case: Option<Case>,
    pub(crate) case_failure: Option<FailureView>,
    pub(crate) hosts: Vec<CaseHost>,
    pub(crate) jumps: Vec<PastJump>,
    pub(crate) jumps_failure: Option<FailureView>,
    pub(crate) state: JumpState,
    /// Asked for by a link while another proposal was on screen.
    pub(crate) waiting: Option<Proposal>,
    latest: Option<(Instant, Proposal)>,
    /// Counts the launches, so that what an older one left under way is told apart.
    attempt: u64,
    reading: Option<Task>,
    work: Option<Task>,
    patience: Option<Task>,
    /// What is looked for, and until when.
    watch: Option<(Watch, Instant)>,
}

impl JumpWindow {
    /// What was last used with a method, without where it went.
    pub(crate) fn last(&self, method: JumpMethod) -> Option<JumpForm> {
        let used = self.jumps.iter().filter(|jump| jump.form.method == method);
        let mut form = used.max_by_key(|jump| jump.used_at)?.form.clone();
        form.values.retain(|field, _| !AIM.contains(field));
        Some(form)
    }

    /// The watch for the session that was asked for.
    pub(crate) fn watch(&self) -> Option<&Watch> {
        self.watch.as_ref().map(|(watch, _)| watch)
    }

    fn last_method(&self) -> JumpMethod {
        let latest = self.jumps.iter().max_by_key(|jump| jump.used_at);
        latest.map_or(JumpMethod::Item, |jump| jump.form.method)
    }
}

impl Controller {
    pub(crate) fn jump_view(&self) -> JumpView {
        jump_views::jump(&self.casebridge, &self.jumps, &self.cases.recent)
    }

    fn publish_jump(&self) {
        self.publish(Window::Jump);
    }

    /// Reads jumps of before, for the menu and the window.
    pub(crate) fn ask_for_jumps(&self) {
        let casebridge = self.casebridge.clone();
        self.spawn(async move { Event::JumpsKnown(jump::past(&casebridge).await) });
    }

    pub(crate) fn jumps_known(&mut self, result: Result<Vec<PastJump>, Failure>) {
        match result {
            Ok(jumps) => (self.jumps.jumps, self.jumps.jumps_failure) = (jumps, None),
            Err(failure) => self.jumps.jumps_failure = Some(self.report(&failure)),
        }
        self.publish_jump();
    }

    /// A link fills the form and no more (S1). What is on screen stays there: a form that changed
    /// under a hand would start another jump than the one that was read.
    pub(crate) fn jump_link_opened(&mut self, link: &DeepLink) {
        let Ok(proposal) = Proposal::from_link(link) else {
            tracing::warn!("a link asked for a jump that its method does not take");
            return self.quiet_notice(FailureCode::LinkRefused);
        };
        let now = Instant::now();
        let repeated = self
            .jumps
            .latest
            .as_ref()
            .is_some_and(|(at, latest)| now - *at < BURST && *latest == proposal);
        self.jumps.latest = Some((now, proposal.clone()));
        let is_open = self.is_open(Window::Jump);
        match (is_open, repeated || self.jumps.proposal.as_ref() == Some(&proposal)) {
            (true, true) => {}
            (true, false) => {
                self.jumps.waiting = Some(proposal);
                self.publish_jump();
            }
            (false, _) => self.propose(proposal),
        }
    }

    /// From the menu or the shortcut, with the case that is on screen.
    pub(crate) fn ask_for_jump(&mut self) {
        if self.is_open(Window::Jump) {
            return self.open_window(Window::Jump);
        }
        let method = self.jumps.last_method();
        let form = self.jumps.last(method).unwrap_or_else(|| JumpForm::new(method));
        self.propose_here(form);
    }

    /// A jump of before, from the menu.
    pub(crate) fn ask_for_past_jump(&mut self, id: u32) {
        let known = self.jumps.jumps.iter().find(|jump| jump.id == id);
        let Some(form) = known.map(|jump| jump.form.clone()) else { return };
        self.propose_here(form);
    }

    fn propose_here(&mut self, form: JumpForm) {
        let case = self.cases.shown().filter(|_| self.is_open(Window::Case));
        let case = case.and_then(|open| open.case.as_ref()).map(|c| CaseRef::Id(c.id.clone()));
        self.propose(Proposal { case, ..Proposal::of(form) });
    }

    fn propose(&mut self, proposal: Proposal) {
        self.end_jump_work();
        self.jumps.number = self.jumps.number.wrapping_add(1);
        self.jumps.state = JumpState::Idle;
        self.jumps.waiting = None;
        self.jumps.proposal = Some(proposal);
        self.read_jump_case();
        self.ask_for_jumps();
        self.open_window(Window::Jump);
    }

    pub(crate) fn show_waiting_jump(&mut self) -> Answer {
        if let Some(proposal) = self.jumps.waiting.take() {
            self.propose(proposal);
        }
        DONE
    }

    pub(crate) fn choose_jump_case(&mut self, reference: &str) -> Answer {
        let case = match reference.trim() {
            "" => None,
            text => {
                let case = typed_case(&self.casebridge, text);
                Some(case.map_err(|failure| self.report(&failure))?)
            }
        };
        if let Some(proposal) = &mut self.jumps.proposal {
            // What the person chooses is in the org that they are signed in to.
            (proposal.case, proposal.org) = (case, None);
        }
        self.read_jump_case();
        self.publish_jump();
        DONE
    }

    fn read_jump_case(&mut self) {
        (self.jumps.case, self.jumps.case_failure, self.jumps.reading) = (None, None, None);
        self.jumps.hosts.clear();
        let Some(proposal) = &self.jumps.proposal else { return };
        let Some(case) = proposal.case.clone() else { return };
        let (casebridge, number, org) =
            (self.casebridge.clone(), self.jumps.number, proposal.org.clone());
        let task = self.spawn(async move {
            let read = session_key::read_case_of(&casebridge, &case, org.as_ref()).await;
            let result = match read {
                Ok(read) => {
                    let hosts = jump::case_hosts(&casebridge, &read).await;
                    Ok((read, hosts))
                }
                Err(failure) => Err(failure),
            };
            Event::JumpCaseRead { number, result: Box::new(result) }
        });
        self.jumps.reading = Some(task.into());
    }

    pub(crate) fn jump_case_read(
        &mut self,
        number: u32,
        result: Result<(Case, Vec<CaseHost>), Failure>,
    ) {
        self.note_sign_in(&result);
        if number != self.jumps.number {
            return;
        }
        match result {
            Ok((case, hosts)) => {
                self.note_recent(&case);
                if let Some(recent) = self.cases.recent.first_mut() {
                    recent.hosts = hosts.iter().map(|host| host.hostname.clone()).collect();
                }
                (self.jumps.case, self.jumps.hosts) = (Some(case), hosts);
            }
            Err(failure) => self.jumps.case_failure = Some(self.report(&failure)),
        }
        self.publish_jump();
    }

    pub(crate) fn start_jump(&mut self, form: &JumpFormView, console: ConsoleView) -> Answer {
        let form = jump_views::read_form(form).and_then(|form| match form.read() {
            Ok(jump) => Ok((form, jump)),
            Err(problem) => Err(jump_views::problem(&problem)),
        });
        let (form, jump) = form.map_err(|failure| self.report(&failure))?;
        let Some(proposal) = &mut self.jumps.proposal else { return DONE };
        if matches!(self.jumps.state, JumpState::Starting) {
            return DONE;
        }
        if proposal.case.is_some() && self.jumps.case.is_none() {
            // Without its case the session would not reach it.
            let failure = Failure::new(FailureCode::CaseNotFound, "The case has not been read.");
            return Err(self.report(&failure));
        }
        proposal.console = jump_views::console(console);
        let request = ConsoleRequest {
            action: ConsoleAction::Jump(jump),
            console: proposal.console,
            appliance: proposal.appliance.clone(),
        };
        proposal.form = form.clone();
        self.end_jump_work();
        self.jumps.state = JumpState::Starting;
        self.launch(request, form);
        self.publish_jump();
        DONE
    }

    fn launch(&mut self, request: ConsoleRequest, form: JumpForm) {
        self.jumps.attempt += 1;
        let attempt = self.jumps.attempt;
        let (casebridge, shell) = (self.casebridge.clone(), self.shell.clone());
        let case = self.jumps.case.clone();
        let events = self.events.clone();
        let task = self.spawn(async move {
            let result = ask_console(&casebridge, shell, &request, case.as_ref(), true).await;
            if result.is_ok() {
                let kept = jump::remember(&casebridge, request.appliance.as_deref(), &form).await;
                // An app that is ending needs no list.
                let _ = events.send(Event::JumpsKnown(kept));
            }
            Event::JumpLaunched { attempt, result: Box::new(result) }
        });
        self.jumps.work = Some(task.into());
    }

    pub(crate) fn jump_launched(
        &mut self,
        attempt: u64,
        result: Result<(LaunchedWith, Option<Watch>), Failure>,
    ) {
        if attempt != self.jumps.attempt {
            return;
        }
        match result {
            Ok((with, Some(watch))) => self.wait_for_jump(attempt, with, watch),
            Ok((with, None)) => self.jumps.state = JumpState::Asked(with),
            Err(failure) => self.jumps.state = JumpState::Failed(self.report(&failure)),
        }
        self.publish_jump();
    }

    fn wait_for_jump(&mut self, attempt: u64, with: LaunchedWith, watch: Watch) {
        let seconds = self.casebridge.settings().seconds("jump.patience");
        let patience = Duration::from_secs(seconds.into());
        let until = self.casebridge.now().checked_add(patience).unwrap_or(Timestamp::MAX);
        self.jumps.state = JumpState::Waiting { with, until };
        self.jumps.watch = Some((watch, Instant::now() + patience * PATIENCES));
        let patience = self.spawn(async move {
            tokio::time::sleep(patience).await;
            Event::JumpPatienceOver { attempt }
        });
        self.jumps.patience = Some(patience.into());
    }

    /// What running sessions tell the jump that waits for its own. After a failure the person waits
    /// as before: the next look may mend it.
    pub(crate) fn watch_jump(&mut self, appliance: &str, result: &Result<Snapshot, FailureView>) {
        let Some((watch, until)) = &mut self.jumps.watch else { return };
        if watch.appliance().unwrap_or(DEFAULT_APPLIANCE) != appliance {
            return;
        }
        if Instant::now() > *until {
            self.jumps.watch = None;
            return;
        }
        let Ok(snapshot) = result else { return };
        if let Sighting::Joined { hostname, .. } = watch.judge(&snapshot.sessions) {
            self.jump_started(hostname);
        }
    }

    fn jump_started(&mut self, hostname: Option<String>) {
        self.end_jump_work();
        if !self.is_open(Window::Jump) {
            let on = hostname.as_deref().map(|name| format!(" on {name}")).unwrap_or_default();
            let number = self.jumps.case.as_ref().map_or("", |case| case.number.as_str());
            let body = format!("The session for case {number} has started{on}.");
            self.shell.notify(Notice {
                title: "Session started".to_owned(),
                body,
                ..Notice::default()
            });
        }
        self.jumps.state = JumpState::Started(hostname);
        self.publish_jump();
    }

    pub(crate) fn jump_patience_over(&mut self, attempt: u64) {
        if attempt != self.jumps.attempt || !matches!(self.jumps.state, JumpState::Waiting { .. }) {
            return;
        }
        let failure = self.report(&Failure::new(FailureCode::JumpNotSeen, String::new()));
        if !self.is_open(Window::Jump) {
            self.end_jump_work();
            self.shell.notify(Notice::of_failure(&failure));
        }
        self.jumps.state = JumpState::NotSeen(failure);
        self.publish_jump();
    }

    pub(crate) fn stop_jump_watch(&mut self) -> Answer {
        self.end_jump_work();
        self.jumps.state = JumpState::Idle;
        self.publish_jump();
        DONE
    }

    /// A script file goes with its state; what is under way goes with its task.
    fn end_jump_work(&mut self) {
        (self.jumps.work, self.jumps.patience, self.jumps.watch) = (None, None, None);
    }

    pub(crate) fn pin_jump(&mut self, id: u32, on: bool) -> Answer {
        let casebridge = self.casebridge.clone();
        self.spawn(async move { Event::JumpsKnown(jump::pin(&casebridge, id, on).await) });
        DONE
    }

    pub(crate) fn forget_jump(&mut self, id: u32) -> Answer {
        let casebridge = self.casebridge.clone();
        self.spawn(async move { Event::JumpsKnown(jump::forget(&casebridge, id).await) });
        DONE
    }

    /// A session that was asked for is still looked for, until the person's patience is over.
    pub(crate) fn jump_window_closed(&mut self) {
        self.jumps.waiting = None;
        match self.jumps.state {
            JumpState::Starting | JumpState::Waiting { .. } => {}
            JumpState::Idle
            | JumpState::Asked(_)
            | JumpState::Started(_)
            | JumpState::NotSeen(_)
            | JumpState::Failed(_) => {
                self.end_jump_work();
                self.jumps.reading = None;
                self.jumps.state = JumpState::Idle;
            }
        }
    }
}
