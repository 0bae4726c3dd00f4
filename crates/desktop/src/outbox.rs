//! The outbox at work: a task for each of its lines, what is told of it, and the activity window.

use crate::controller::{Controller, DONE};
use crate::event::{Answer, Event, Events};
use crate::open_case::{OpenCase, Task};
use crate::shell::{NAME, Notice, one_line};
use crate::views;
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{
    ActivityEntryView, ActivityKindView, ActivityStateView, ActivityView, EmailStateView,
    FailureView, Window,
};
use casebridge_store::{Item, Kind, State};
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::email_key;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::jobs::{self, Finished};
use casebridge_use_cases::outbox::{self, Attempt, Lane, Overview};
use casebridge_use_cases::sessions::RunningSession;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Another process of the profile may have added something: it is looked so often at least.
const LOOK: Duration = Duration::from_secs(60);
/// After a failure of our own store.
const PAUSE: Duration = Duration::from_secs(30);

/// What is known of the outbox.
#[derive(Default)]
pub(crate) struct Outbox {
    lanes: Vec<(Arc<Notify>, Task)>,
    known: Option<Overview>,
    failure: Option<FailureView>,
    /// It was told that the store was damaged.
    mended_told: bool,
}

impl Outbox {
    /// How many items need a person.
    pub(crate) fn parked(&self) -> usize {
        let open = self.known.iter().flat_map(|known| &known.open);
        open.filter(|item| item.state == State::Parked).count()
    }

    /// Why nothing goes to the org.
    pub(crate) fn hold(&self) -> Option<FailureCode> {
        self.known.as_ref()?.hold
    }

    /// How many items have failed and are tried again by themselves.
    pub(crate) fn waiting(&self) -> usize {
        let hold = self.hold();
        let open = self.known.iter().flat_map(|known| &known.open);
        let failed = |item: &&Item| item.error_code.is_some() && !is_held_by(item, hold);
        open.filter(|item| item.state == State::Waiting).filter(failed).count()
    }
}

impl Controller {
    pub(crate) fn begin_outbox(&mut self) {
        for lane in Lane::ALL {
            let wake = Arc::new(Notify::new());
            let work = work(self.casebridge.clone(), lane, self.events.clone(), wake.clone());
            self.outbox.lanes.push((wake, tokio::spawn(work).into()));
        }
        self.ask_for_activity();
    }

    /// Something was added, or is due earlier than it was.
    pub(crate) fn wake_outbox(&self) {
        for (wake, _) in &self.outbox.lanes {
            wake.notify_one();
        }
        self.ask_for_activity();
    }

    pub(crate) fn ask_for_activity(&self) {
        let casebridge = self.casebridge.clone();
        self.spawn(
            async move { Event::ActivityKnown(Box::new(outbox::overview(&casebridge).await)) },
        );
    }

    pub(crate) fn activity_known(&mut self, result: Result<Overview, Failure>) {
        match result {
            Ok(known) => {
                if let Some(mended) = known.mended.as_ref().filter(|_| !self.outbox.mended_told) {
                    self.outbox.mended_told = true;
                    self.shell.notify(Notice {
                        title: FailureCode::StoreMended.text().title.to_owned(),
                        body: match mended.carried {
                            0 => "Nothing of it could be read. See Activity.".to_owned(),
                            count => format!("{count} records are still here. See Activity."),
                        },
                        ..Notice::default()
                    });
                }
                let before = self.outbox.hold();
                let hold = known.hold;
                (self.outbox.known, self.outbox.failure) = (Some(known), None);
                if let Some(code) = hold.filter(|code| before.is_none() && !is_of_sign_in(*code)) {
                    self.shell.notify(Notice {
                        title: "Nothing goes to Salesforce at the moment".to_owned(),
                        body: format!("{}. {}", code.text().title, code.text().next_step),
                        ..Notice::default()
                    });
                }
            }
            Err(failure) => self.outbox.failure = Some(self.report(&failure)),
        }
        self.publish(Window::Activity);
    }

    /// The sign-in is there: what was held for it goes on.
    pub(crate) fn release_outbox(&self) {
        let casebridge = self.casebridge.clone();
        self.spawn(async move {
            if let Err(failure) = outbox::release(&casebridge).await {
                tracing::warn!(code = %failure.code, "what was held could not be let go");
            }
            Event::OutboxChanged
        });
    }

    /// The representative's own sessions are imported when they are over. They are noted while they
    /// run, so that one that ends while the app does not run is not missed.
    pub(crate) fn import_sessions(&self, before: &[RunningSession]) {
        if !self.casebridge.settings().is_on("import.enabled") {
            return;
        }
        let now = self.sessions.mine();
        let is_in = |all: &[RunningSession], one: &RunningSession| {
            all.iter().any(|other| other.lsid == one.lsid && other.customer == one.customer)
        };
        let new = now.iter().filter(|session| session.owner && !is_in(before, session));
        let runs = |one: &RunningSession| now.iter().any(|other| other.lsid == one.lsid);
        let over = before.iter().filter(|session| session.owner && !runs(session));
        let new = new.map(|session| (session.clone(), When::Over));
        let all: Vec<_> = new.chain(over.map(|session| (session.clone(), When::Now))).collect();
        if all.is_empty() {
            return;
        }
        let casebridge = self.casebridge.clone();
        self.spawn(async move {
            for (session, when) in all {
                let title = one_line(session.customer.as_deref().unwrap_or_default(), NAME);
                let added =
                    jobs::import::enqueue_import(&casebridge, None, &session.lsid, &title, when)
                        .await;
                if let Err(failure) = added {
                    tracing::error!(code = %failure.code, "a session's import is not kept");
                }
            }
            Event::OutboxChanged
        });
    }

    /// An attempt has ended; whoever waits for it hears of it.
    pub(crate) fn outbox_worked(
        &mut self,
        item: &Item,
        result: &Result<Attempt<Finished>, Failure>,
    ) {
        match result {
            Ok(Attempt::Done(Finished::Session(imported))) => {
                let records: usize = imported.records.values().sum();
                let number = imported.case.as_ref().and_then(|case| case.number.as_deref());
                let case = number.map(|number| format!(" on case {number}")).unwrap_or_default();
                let customer = imported.customer.as_deref().unwrap_or(&item.title);
                let name = one_line(customer, NAME);
                let of = if name.is_empty() { String::new() } else { format!(" with {name}") };
                self.shell.notify(Notice {
                    title: "Session imported".to_owned(),
                    body: format!("The session{of}: {records} records{case}"),
                    ..Notice::default()
                });
            }
            Ok(Attempt::Done(Finished::Email)) => self.email_went(item),
            Ok(Attempt::Parked(failure)) => {
                let view = self.report(failure);
                let what = match item.kind {
                    Kind::Import | Kind::Survey => "A session is not imported",
                    Kind::Email => "An e-mail was not sent",
                    Kind::Key | Kind::Jump | Kind::Tag => "Something is not in Salesforce",
                };
                self.shell.notify(Notice {
                    title: what.to_owned(),
                    body: format!("{}. See Activity.", view.title),
                    ..Notice::default()
                });
            }
            Ok(
                Attempt::Done(Finished::Surveys | Finished::Key)
                | Attempt::LooksAgain
                | Attempt::Dropped(_)
                | Attempt::Later(_)
                | Attempt::Gone(_),
            ) => {}
            Err(failure) => {
                self.report(failure);
            }
        }
        if let Ok(Attempt::Later(failure)) = result {
            if failure.code == FailureCode::OtherSignIn {
                self.owner_changed();
            }
            self.note_sign_in::<()>(&Err(Failure::new(failure.code, String::new())));
        }
        self.ask_for_activity();
    }

    /// An e-mail that had to wait is handed over now; its window says so.
    fn email_went(&mut self, item: &Item) {
        let is_it = |open: &OpenCase| {
            let key = open.made().map(|made| &made.key);
            let address = open.email.recipient.as_deref();
            key.zip(address).is_some_and(|(key, to)| email_key::subject(key, to) == item.subject)
        };
        for open in self.cases.list.iter_mut().filter(|open| is_it(open)) {
            (open.email.state, open.email.failure) = (EmailStateView::HandedOver, None);
        }
        self.publish(Window::Case);
    }

    pub(crate) fn open_activity(&mut self) {
        self.ask_for_activity();
        self.open_window(Window::Activity);
    }

    pub(crate) fn retry_item(&self, id: u32) -> Answer {
        let casebridge = self.casebridge.clone();
        self.change_item(async move { outbox::retry(&casebridge, id).await })
    }

    pub(crate) fn discard_item(&self, id: u32) -> Answer {
        let casebridge = self.casebridge.clone();
        self.change_item(async move { outbox::discard(&casebridge, id).await })
    }

    pub(crate) fn note_mended_seen(&self) -> Answer {
        let casebridge = self.casebridge.clone();
        self.change_item(async move { outbox::note_mended_seen(&casebridge).await })
    }

    /// The person says that the session belongs to the case that it carries.
    pub(crate) fn agree_item(&self, id: u32) -> Answer {
        let casebridge = self.casebridge.clone();
        self.change_item(async move { jobs::import::agree(&casebridge, id).await })
    }

    /// The person chooses another case for a session that is not imported.
    pub(crate) fn choose_item_case(&mut self, id: u32) -> Answer {
        let known = self.outbox.known.iter().flat_map(|known| &known.open);
        let session = known.clone().find(|item| item.id == id).and_then(jobs::import::session_of);
        let Some(session) = session else { return self.no_case() };
        let lsid = session.lsid.clone();
        self.note_ended(session);
        self.propose_tag(None, None, Some(lsid));
        DONE
    }

    /// An entry that is closed meanwhile is seen so in the next view.
    fn change_item(
        &self,
        work: impl Future<Output = Result<(), Failure>> + Send + 'static,
    ) -> Answer {
        self.spawn(async move {
            if let Err(failure) = work.await {
                tracing::warn!(code = %failure.code, "an entry could not be changed");
            }
            Event::OutboxChanged
        });
        DONE
    }

    pub(crate) fn open_item_case(&mut self, id: u32) -> Answer {
        let known = self.outbox.known.iter().flat_map(|k| k.open.iter().chain(&k.closed));
        let case = known.clone().find(|item| item.id == id).map(|item| item.case_id.clone());
        match case.filter(|case| !case.is_empty()) {
            Some(case) => {
                self.open_case_of_key(case, None);
                DONE
            }
            None => self.no_case(),
        }
    }

    pub(crate) fn activity_view(&self) -> ActivityView {
        let known = self.outbox.known.as_ref();
        let hold = self.outbox.hold();
        let all = |items: &[Item]| items.iter().map(|item| entry(item, hold)).collect::<Vec<_>>();
        ActivityView {
            hold: known.and_then(|k| k.hold).map(|code| views::failure_of(code, String::new())),
            mended: known
                .and_then(Overview::damage)
                .map(|failure| views::failure_of(failure.code, failure.detail)),
            open: known.map(|known| all(&known.open)),
            closed: known.map(|known| all(&known.closed)).unwrap_or_default(),
            failure: self.outbox.failure.clone(),
        }
    }
}

/// Whether what an item met is what holds up everything, which is told once for all.
fn is_held_by(item: &Item, hold: Option<FailureCode>) -> bool {
    hold.is_some_and(|code| item.error_code.as_deref() == Some(code.text().code))
}

/// Whether the window and the tray ask for a sign-in already.
fn is_of_sign_in(code: FailureCode) -> bool {
    matches!(code, FailureCode::SignedOut | FailureCode::SignInAgain | FailureCode::SignInLost)
}

fn entry(item: &Item, hold: Option<FailureCode>) -> ActivityEntryView {
    let failure = || {
        let failure = outbox::failure_of(item);
        views::failure_of(failure.code, failure.detail)
    };
    let kind = match item.kind {
        Kind::Import => ActivityKindView::Import,
        Kind::Survey => ActivityKindView::Survey,
        Kind::Email => ActivityKindView::Email,
        Kind::Key => ActivityKindView::Key,
        Kind::Jump => ActivityKindView::Jump,
        Kind::Tag => ActivityKindView::Tag,
    };
    let state = match item.state {
        _ if item.held_for.is_some() => ActivityStateView::Held { failure: failure() },
        State::Waiting => ActivityStateView::Waiting {
            due_at: item.due_at.to_string(),
            running: jobs::import::waits_for_end(item),
            failure: (item.error_code.is_some() && !is_held_by(item, hold)).then(failure),
        },
        State::Parked => ActivityStateView::Parked { failure: failure() },
        State::Done => ActivityStateView::Done { summary: item.summary.clone() },
        State::Discarded => ActivityStateView::Discarded,
        State::GaveUp => ActivityStateView::GaveUp { failure: failure() },
    };
    ActivityEntryView {
        id: item.id,
        kind,
        title: item.title.clone(),
        case_number: Some(item.case_number.clone()).filter(|number| !number.is_empty()),
        has_case: !item.case_id.is_empty(),
        at: item.changed_at.to_string(),
        state,
    }
}

/// Works on what is due, one item after the other, and sleeps until the next is.
async fn work(casebridge: Casebridge, lane: Lane, events: Events, wake: Arc<Notify>) {
    loop {
        let next = outbox::next(&casebridge, lane).await;
        let wait = match &next {
            Ok(Some((_, due))) => {
                Duration::try_from(casebridge.now().duration_until(*due)).unwrap_or_default()
            }
            Ok(None) => LOOK,
            Err(_) => PAUSE,
        };
        if let Ok(Some((item, _))) = next
            && wait.is_zero()
        {
            let result = jobs::work_on(&casebridge, item.id).await;
            let failed = result.is_err();
            let news = Event::OutboxWorked { item: Box::new(item), result: Box::new(result) };
            if events.send(news).is_err() {
                return;
            }
            if failed {
                tokio::time::sleep(PAUSE).await;
            }
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(wait.min(LOOK)) => {
                // What another process did, or a hold that is over, shows in the tray too.
                if events.send(Event::ActivityDue).is_err() {
                    return;
                }
            }
            () = wake.notified() => {}
        }
    }
}
