//! The jump window: one proposal on screen, from a link, the menu or the person, until a click
//! hands it to a console; then the watch for its session.

mod proposal;
#[cfg(test)]
mod tests;
mod view;

use crate::case_field;
use crate::console::{self, Asked};
use crate::context::{Context, Part, Task};
use crate::facts::{Interest, Look};
use crate::links::BURST;
use crate::request::{Answer, DONE, Reply, Request};
use crate::shell::{Notice, payload};
use crate::texts;
use casebridge_domain::jump::{Console, ConsoleAction, JumpForm, JumpMethod};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::settings::setting;
use casebridge_domain::{Case, CaseRef, DeepLink, Failure, FailureCode};
use casebridge_ipc::{ConsoleView, Copied, FailureView, JumpCommand, JumpFormView, Window};
use casebridge_use_cases::console::{ConsoleRequest, LaunchedWith};
use casebridge_use_cases::jump::{self, CaseHost, PastJump};
use casebridge_use_cases::session_key;
use casebridge_use_cases::watch::{Sighting, Watch};
use casebridge_use_cases::web_console::WebAction;
use jiff::Timestamp;
use proposal::{AIM, Proposal};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// With the window open, a session is looked for so many times as long as the person's patience.
const PATIENCES: u32 = 10;

/// How far the jump is.
#[derive(Default)]
enum JumpState {
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
pub(crate) struct Jump {
    proposal: Option<Proposal>,
    /// Counts the proposals, so that the form begins anew with each.
    number: u32,
    case: Option<Case>,
    case_failure: Option<FailureView>,
    hosts: Vec<CaseHost>,
    jumps: Arc<Vec<PastJump>>,
    jumps_failure: Option<FailureView>,
    state: JumpState,
    /// Asked for by a link while another proposal was on screen.
    waiting: Option<Proposal>,
    latest: Option<(Duration, Proposal)>,
    /// Counts the launches, so that what an older one left under way is told apart.
    attempt: u64,
    reading: Option<Task>,
    work: Option<Task>,
    patience: Option<Task>,
    /// What is looked for, and until when.
    watch: Option<(Watch, Instant)>,
}

/// What can happen to jumps.
pub(crate) enum Message {
    /// Previous jumps are to be read.
    AskPast,
    Past(Result<Vec<PastJump>, Failure>),
    Link(DeepLink),
    /// A jump is asked for from the menu or by the shortcut.
    Ask,
    /// A previous jump, by its record.
    Again(u32),
    Command(JumpCommand, Reply),
    Copy(Copied, Reply),
    CaseRead {
        number: u32,
        result: Box<Result<(Case, Vec<CaseHost>), Failure>>,
    },
    Launched {
        attempt: u64,
        result: Box<Result<Asked, Failure>>,
    },
    PatienceOver {
        attempt: u64,
    },
    /// Running sessions were looked at.
    Looked(Look),
    Closed,
}

type Cx<'c> = Context<'c, Message>;

impl Part for Jump {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::AskPast => ask_past(cx),
            Message::Past(result) => self.past_known(result, cx),
            Message::Link(link) => self.link_opened(&link, cx),
            Message::Ask => self.ask(cx),
            Message::Again(id) => self.again(id, cx),
            Message::Command(command, reply) => {
                let answer = self.command(command, cx);
                cx.answer(reply, answer);
            }
            Message::Copy(what, reply) => {
                let answer = case_field::from_case(self.case.as_ref(), what, cx);
                cx.answer(reply, answer);
            }
            Message::CaseRead { number, result } => self.case_read(number, *result, cx),
            Message::Launched { attempt, result } => self.launched(attempt, *result, cx),
            Message::PatienceOver { attempt } => self.patience_over(attempt, cx),
            Message::Looked(look) => self.looked(&look, cx),
            Message::Closed => self.closed(),
        }
    }
}

/// Reads previous jumps, for the menu and the window.
fn ask_past(cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move { Message::Past(jump::past(&casebridge).await) });
}

impl Jump {
    fn command(&mut self, command: JumpCommand, cx: &mut Cx<'_>) -> Answer {
        match command {
            JumpCommand::JumpView {} => Ok(payload(&self.view(cx.known()))),
            JumpCommand::ChooseJumpCase { reference } => self.choose_case(&reference, cx),
            JumpCommand::ChooseJumpAppliance { name } => self.choose_appliance(name, cx),
            JumpCommand::StartJump { form, console } => self.start(&form, console, cx),
            JumpCommand::StopJumpWatch {} => self.stop_watch(),
            JumpCommand::DenyWebJump {} => self.deny_web(cx),
            JumpCommand::PinJump { id, pinned } => pin(id, pinned, cx),
            JumpCommand::ForgetJump { id } => forget(id, cx),
            JumpCommand::ShowWaitingJump {} => self.show_waiting(cx),
        }
    }

    /// Previous jumps, favourites first.
    pub(crate) fn past(&self) -> &Arc<Vec<PastJump>> {
        &self.jumps
    }

    /// What has to be looked for among running sessions.
    pub(crate) fn interest(&self, interest: &mut Interest) {
        if let Some((watch, _)) = &self.watch {
            let appliance = watch.appliance().unwrap_or(DEFAULT_APPLIANCE);
            interest.add(appliance, watch.wanted().iter().cloned());
        }
    }

    /// What was last used with a method, without where it went.
    fn last(&self, method: JumpMethod) -> Option<JumpForm> {
        let used = self.jumps.iter().filter(|jump| jump.form.method == method);
        let mut form = used.max_by_key(|jump| jump.used_at)?.form.clone();
        form.values.retain(|field, _| !AIM.contains(field));
        Some(form)
    }

    fn last_method(&self) -> JumpMethod {
        let latest = self.jumps.iter().max_by_key(|jump| jump.used_at);
        latest.map_or(JumpMethod::Item, |jump| jump.form.method)
    }

    fn past_known(&mut self, result: Result<Vec<PastJump>, Failure>, cx: &Cx<'_>) {
        match result {
            Ok(jumps) => (self.jumps, self.jumps_failure) = (Arc::new(jumps), None),
            Err(failure) => self.jumps_failure = Some(cx.report(&failure)),
        }
    }

    /// A link fills the form and no more (S1). What is on screen stays there: a form that changed
    /// under a hand would start another jump than the one that was read.
    fn link_opened(&mut self, link: &DeepLink, cx: &mut Cx<'_>) {
        let Ok(proposal) = Proposal::from_link(link) else {
            tracing::warn!("a link asked for a jump that its method does not take");
            return cx.ask(Request::NotifyOfLinks(FailureCode::LinkRefused));
        };
        let now = cx.casebridge.uptime();
        let repeated = self
            .latest
            .as_ref()
            .is_some_and(|(at, latest)| now.saturating_sub(*at) < BURST && *latest == proposal);
        self.latest = Some((now, proposal.clone()));
        let is_open = cx.is_open(Window::Jump);
        match (is_open, repeated || self.proposal.as_ref() == Some(&proposal)) {
            (true, true) => {}
            (true, false) => {
                self.waiting = Some(proposal);
            }
            (false, _) => self.propose(proposal, cx),
        }
    }

    /// From the menu or the shortcut, with the case that is on screen.
    fn ask(&mut self, cx: &mut Cx<'_>) {
        if cx.is_open(Window::Jump) {
            return cx.ask(Request::Open(Window::Jump));
        }
        let method = self.last_method();
        let form = self.last(method).unwrap_or_else(|| JumpForm::new(method));
        self.propose_here(form, None, cx);
    }

    /// A previous jump, from the menu.
    fn again(&mut self, id: u32, cx: &mut Cx<'_>) {
        let known = self.jumps.iter().find(|jump| jump.id == id);
        let Some(jump) = known.cloned() else { return };
        // An appliance that was removed from the settings has no jumps any more.
        let is_there = cx.casebridge.settings().appliance(&jump.appliance).is_some();
        self.propose_here(jump.form, is_there.then_some(jump.appliance), cx);
    }

    fn propose_here(&mut self, form: JumpForm, appliance: Option<String>, cx: &mut Cx<'_>) {
        let case = cx.facts.cases.on_screen.clone().filter(|_| cx.is_open(Window::Case));
        let case = case.map(CaseRef::Id);
        self.propose(Proposal { case, appliance, ..Proposal::of(form) }, cx);
    }

    fn propose(&mut self, proposal: Proposal, cx: &mut Cx<'_>) {
        self.end_work();
        self.number = self.number.wrapping_add(1);
        self.state = JumpState::Idle;
        self.waiting = None;
        cx.ask(Request::AskWebConsole(proposal.appliance.clone()));
        self.proposal = Some(proposal);
        self.read_case(cx);
        ask_past(cx);
        cx.ask(Request::Open(Window::Jump));
    }

    fn show_waiting(&mut self, cx: &mut Cx<'_>) -> Answer {
        if let Some(proposal) = self.waiting.take() {
            self.propose(proposal, cx);
        }
        DONE
    }

    fn choose_case(&mut self, reference: &str, cx: &mut Cx<'_>) -> Answer {
        let case = case_field::typed(reference, cx)?;
        if let Some(proposal) = &mut self.proposal {
            // What the person chooses is in the org that they are signed in to.
            (proposal.case, proposal.org) = (case, None);
        }
        self.read_case(cx);
        DONE
    }

    fn choose_appliance(&mut self, name: String, cx: &mut Cx<'_>) -> Answer {
        if cx.casebridge.settings().appliance(&name).is_none() {
            return cx.refuse(FailureCode::ApplianceUnknown);
        }
        if let Some(proposal) = &mut self.proposal {
            cx.ask(Request::AskWebConsole(Some(name.clone())));
            proposal.appliance = Some(name);
        }
        DONE
    }

    fn read_case(&mut self, cx: &mut Cx<'_>) {
        (self.case, self.case_failure, self.reading) = (None, None, None);
        self.hosts.clear();
        let Some(proposal) = &self.proposal else { return };
        let Some(case) = proposal.case.clone() else { return };
        let (casebridge, number, org) = (cx.casebridge.clone(), self.number, proposal.org.clone());
        let task = cx.hold(async move {
            let read = session_key::read_case_of(&casebridge, &case, org.as_ref()).await;
            let result = match read {
                Ok(read) => {
                    let hosts = jump::case_hosts(&casebridge, &read).await;
                    Ok((read, hosts))
                }
                Err(failure) => Err(failure),
            };
            Message::CaseRead { number, result: Box::new(result) }
        });
        self.reading = Some(task);
    }

    fn case_read(
        &mut self,
        number: u32,
        result: Result<(Case, Vec<CaseHost>), Failure>,
        cx: &mut Cx<'_>,
    ) {
        cx.note_sign_in(&result);
        if number != self.number {
            return;
        }
        match result {
            Ok((case, hosts)) => {
                let names = hosts.iter().map(|host| host.hostname.clone()).collect();
                let read = Box::new(case.clone());
                cx.ask(Request::NoteCase { case: read, hosts: Some(names) });
                (self.case, self.hosts) = (Some(case), hosts);
            }
            Err(failure) => self.case_failure = Some(cx.report(&failure)),
        }
    }

    fn start(&mut self, form: &JumpFormView, console: ConsoleView, cx: &mut Cx<'_>) -> Answer {
        let form = proposal::read_form(form).and_then(|form| match form.read() {
            Ok(jump) => Ok((form, jump)),
            Err(problem) => Err(proposal::problem(&problem)),
        });
        let (form, jump) = form.map_err(|failure| cx.report(&failure))?;
        let Some(proposal) = &mut self.proposal else { return DONE };
        if matches!(self.state, JumpState::Starting) {
            return DONE;
        }
        if proposal.case.is_some() && self.case.is_none() {
            // Without its case the session would not reach it.
            let failure = Failure::new(FailureCode::CaseNotFound, texts::jump_case_unread());
            return Err(cx.report(&failure));
        }
        proposal.console = console_of(console);
        let request = ConsoleRequest {
            action: ConsoleAction::Jump(jump),
            console: proposal.console,
            appliance: proposal.appliance.clone(),
        };
        proposal.form = form.clone();
        self.end_work();
        self.state = JumpState::Starting;
        self.launch(request, form, cx);
        DONE
    }

    fn launch(&mut self, request: ConsoleRequest, form: JumpForm, cx: &mut Cx<'_>) {
        self.attempt += 1;
        let attempt = self.attempt;
        let (casebridge, shell) = (cx.casebridge.clone(), cx.shell.clone());
        let case = self.case.clone();
        let told = cx.sender();
        let task = cx.hold(async move {
            let result = console::ask(&casebridge, shell, &request, case.as_ref(), true).await;
            if result.is_ok() {
                let kept = jump::remember(&casebridge, request.appliance.as_deref(), &form).await;
                told.send(Message::Past(kept));
            }
            Message::Launched { attempt, result: Box::new(result) }
        });
        self.work = Some(task);
    }

    fn launched(&mut self, attempt: u64, result: Result<Asked, Failure>, cx: &mut Cx<'_>) {
        if attempt != self.attempt {
            return;
        }
        match result {
            Ok((with, Some(watch))) => self.await_session(attempt, with, watch, cx),
            Ok((with, None)) => self.state = JumpState::Asked(with),
            Err(failure) => self.state = JumpState::Failed(cx.report(&failure)),
        }
    }

    fn await_session(&mut self, attempt: u64, with: LaunchedWith, watch: Watch, cx: &mut Cx<'_>) {
        let patience = cx.casebridge.settings().get(&setting::JUMP_PATIENCE).duration();
        let until = cx.casebridge.now().checked_add(patience).unwrap_or(Timestamp::MAX);
        self.state = JumpState::Waiting { with, until };
        self.watch = Some((watch, Instant::now() + patience * PATIENCES));
        self.patience = Some(cx.hold(async move {
            tokio::time::sleep(patience).await;
            Message::PatienceOver { attempt }
        }));
    }

    /// What running sessions tell the jump that waits for its own. After a failure the person waits
    /// as before: the next look may work.
    fn looked(&mut self, look: &Look, cx: &mut Cx<'_>) {
        let Some((watch, until)) = &mut self.watch else { return };
        if watch.appliance().unwrap_or(DEFAULT_APPLIANCE) != look.appliance {
            return;
        }
        if Instant::now() > *until {
            self.watch = None;
            return;
        }
        let Ok(snapshot) = &look.result else { return };
        if let Sighting::Joined { hostname, .. } = watch.judge(&snapshot.sessions) {
            self.session_started(hostname, cx);
        }
    }

    fn session_started(&mut self, hostname: Option<String>, cx: &mut Cx<'_>) {
        self.end_work();
        self.note_web(true, cx);
        if !cx.is_open(Window::Jump) {
            let number = self.case.as_ref().map_or("", |case| case.number.as_str());
            let body = match &hostname {
                Some(hostname) => texts::started_on(number, hostname),
                None => texts::started(number),
            };
            cx.notify(Notice { title: texts::started_title(), body, ..Notice::default() });
        }
        self.state = JumpState::Started(hostname);
    }

    fn patience_over(&mut self, attempt: u64, cx: &mut Cx<'_>) {
        if attempt != self.attempt || !matches!(self.state, JumpState::Waiting { .. }) {
            return;
        }
        let failure = cx.report(&Failure::new(FailureCode::JumpNotSeen, String::new()));
        if !cx.is_open(Window::Jump) {
            self.end_work();
            cx.notify(Notice::of_failure(&failure));
        }
        self.state = JumpState::NotSeen(failure);
    }

    /// The person says that the web console could not do it: that is remembered, and the console on
    /// this computer is proposed.
    fn deny_web(&mut self, cx: &mut Cx<'_>) -> Answer {
        self.note_web(false, cx);
        self.end_work();
        self.state = JumpState::Idle;
        if let Some(proposal) = &mut self.proposal {
            proposal.console = Console::Desktop;
            self.number = self.number.wrapping_add(1);
        }
        DONE
    }

    /// Remembers whether the web console could do this jump.
    fn note_web(&self, works: bool, cx: &mut Cx<'_>) {
        let proposal = self.proposal.as_ref();
        if let Some(proposal) = proposal.filter(|proposal| proposal.console == Console::Web) {
            let action = WebAction::Jump(proposal.form.method);
            let appliance = proposal.appliance.clone();
            cx.ask(Request::NoteWebConsole { appliance, action, works });
        }
    }

    fn stop_watch(&mut self) -> Answer {
        self.end_work();
        self.state = JumpState::Idle;
        DONE
    }

    /// A script file goes with its state; what is under way goes with its task.
    fn end_work(&mut self) {
        (self.work, self.patience, self.watch) = (None, None, None);
    }

    /// A session that was asked for is still looked for, until the person's patience is over.
    fn closed(&mut self) {
        self.waiting = None;
        match self.state {
            JumpState::Starting | JumpState::Waiting { .. } => {}
            JumpState::Idle
            | JumpState::Asked(_)
            | JumpState::Started(_)
            | JumpState::NotSeen(_)
            | JumpState::Failed(_) => {
                self.end_work();
                self.reading = None;
                self.state = JumpState::Idle;
            }
        }
    }
}

fn console_of(view: ConsoleView) -> Console {
    match view {
        ConsoleView::Desktop => Console::Desktop,
        ConsoleView::Web => Console::Web,
    }
}

fn pin(id: u32, on: bool, cx: &mut Cx<'_>) -> Answer {
    let casebridge = cx.casebridge.clone();
    cx.run(async move { Message::Past(jump::pin(&casebridge, id, on).await) });
    DONE
}

fn forget(id: u32, cx: &mut Cx<'_>) -> Answer {
    let casebridge = cx.casebridge.clone();
    cx.run(async move { Message::Past(jump::forget(&casebridge, id).await) });
    DONE
}
