//! Offers a case for a session of the representative's that carries none: a notification with a
//! button. A doubtful one leads to the window instead (S2).

use crate::case_window::RecentCase;
use crate::controller::Controller;
use crate::event::Event;
use crate::open_case::WatchState;
use crate::shell::{NAME, Notice, NoticeButton, one_line};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::tagging::{Likeness, carried_doubt, likeness};
use casebridge_domain::{Case, CaseId, CaseRef, Failure, Lsid};
use casebridge_ipc::{SignInView, Window};
use casebridge_use_cases::sessions::{self, RunningSession};
use casebridge_use_cases::{session_key, tag};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long "Later" lasts.
const SNOOZE: Duration = Duration::from_secs(15 * 60);
/// A case that was opened so long ago says nothing of a new session.
const FRESH: SignedDuration = SignedDuration::from_mins(30);
/// How often it is looked whether a day is over.
const HOUR: Duration = Duration::from_secs(60 * 60);

const TAG: &str = "tag";
const CHOOSE: &str = "choose";
const LATER: &str = "later";
const UNDO: &str = "undo";
const AGREE: &str = "agree";

/// What a notification was about.
enum Topic {
    /// A session, and the case that was offered for it.
    Session(Lsid, Option<CaseId>),
    /// A tag that was made.
    Tag(u32),
    /// Sessions that ended without a case.
    Ended,
    /// A session that carries a case which is about somebody else.
    Doubt(Lsid, CaseId),
}

/// What was offered so far.
#[derive(Default)]
pub(crate) struct Offers {
    offered: BTreeMap<Lsid, RunningSession>,
    /// Until when, by what no change of the clock touches.
    snoozed: BTreeMap<Lsid, Duration>,
    /// Sessions whose case was doubted in a notification.
    doubted: BTreeSet<Lsid>,
    topics: BTreeMap<u64, Topic>,
    next: u64,
}

impl Offers {
    fn topic(&mut self, topic: Topic) -> u64 {
        self.next += 1;
        self.topics.insert(self.next, topic);
        self.next
    }
}

fn button(id: &str, label: &str) -> NoticeButton {
    NoticeButton { id: id.to_owned(), label: label.to_owned() }
}

impl Controller {
    /// Offers each session without a case once, and again when "Later" is over.
    pub(crate) fn offer_tags(&mut self) {
        if !self.casebridge.settings().is_on("tag.offer") || self.is_open(Window::Tag) {
            return;
        }
        let now = self.casebridge.uptime();
        self.offers.snoozed.retain(|_, until| *until > now);
        let mine = self.sessions.mine();
        for session in mine.iter().filter(|session| session.external_key.is_none()) {
            let is_known = self.offers.offered.contains_key(&session.lsid);
            let waits = self.offers.snoozed.contains_key(&session.lsid);
            if is_known || waits || session.customer.is_none() {
                continue;
            }
            self.offers.offered.insert(session.lsid.clone(), session.clone());
            self.offer(session);
        }
    }

    fn offer(&mut self, session: &RunningSession) {
        let case = self.likely_case(session);
        let name = one_line(session.customer.as_deref().unwrap_or_default(), NAME);
        let offered = case.map(|case| case.id.clone());
        let contact = case.and_then(|case| case.contact.as_deref());
        let contact = contact.map(|name| one_line(name, NAME));
        let number = case.map(|case| case.number.clone());
        let topic = self.offers.topic(Topic::Session(session.lsid.clone(), offered));
        let (title, mut buttons) = match number {
            Some(number) => (format!("Tag with case {number}?"), vec![button(TAG, "Tag")]),
            None => ("A session without a case".to_owned(), Vec::new()),
        };
        buttons.extend([button(CHOOSE, "Choose…"), button(LATER, "Later")]);
        let about = contact.map(|contact| format!("; the case is about {contact}"));
        let body = format!("Session with {name}{}", about.unwrap_or_default());
        self.shell.notify(Notice { title, body, topic: Some(topic), buttons });
    }

    /// The best guess: a case about the same person or the same computer, else the one that was
    /// opened last.
    fn likely_case(&self, session: &RunningSession) -> Option<&RecentCase> {
        let now = self.casebridge.now();
        // A clock that was ahead makes nothing fresh.
        let is_fresh = |case: &&RecentCase| now.duration_since(case.opened_at).abs() < FRESH;
        let fresh: Vec<_> = self.cases.recent.iter().filter(is_fresh).collect();
        let alike = |case: &RecentCase| {
            let both = case.contact.as_deref().zip(session.customer.as_deref());
            both.map_or(Likeness::Other, |(contact, customer)| likeness(contact, customer))
        };
        let is_like = |wanted| fresh.iter().find(move |case| alike(case) == wanted);
        let same_person = is_like(Likeness::Same).or_else(|| is_like(Likeness::Perhaps));
        let same_computer = fresh.iter().find(|case| {
            let on = session.hostname.as_deref();
            on.is_some_and(|on| case.hosts.iter().any(|host| host.eq_ignore_ascii_case(on)))
        });
        same_person.or(same_computer).or(fresh.first()).copied()
    }

    pub(crate) fn notice_answered(&mut self, topic: u64, action: &str) {
        let Some(topic) = self.offers.topics.remove(&topic) else { return };
        match (topic, action) {
            (Topic::Session(lsid, _), LATER) => {
                self.offers.offered.remove(&lsid);
                self.offers.snoozed.insert(lsid, self.casebridge.uptime() + SNOOZE);
            }
            (Topic::Session(lsid, Some(case)), TAG) => self.tag_as_offered(lsid, case),
            (Topic::Session(lsid, case), _) => {
                self.propose_tag(case.map(CaseRef::Id), None, Some(lsid));
            }
            (Topic::Doubt(lsid, case), AGREE) => self.agree_case(None, lsid, case),
            (Topic::Doubt(lsid, _), _) => self.propose_tag(None, None, Some(lsid)),
            (Topic::Tag(id), UNDO) => drop(self.undo_tag(id)),
            (Topic::Tag(_) | Topic::Ended, _) => self.ask_for_tag(None),
        }
    }

    /// One click is enough where nothing speaks against it; the case is read anew for that.
    fn tag_as_offered(&mut self, lsid: Lsid, case: CaseId) {
        let casebridge = self.casebridge.clone();
        self.spawn(async move {
            let case = CaseRef::Id(case);
            let read = session_key::read_case_of(&casebridge, &case, None).await;
            Event::OfferedCaseRead { lsid, result: Box::new(read) }
        });
    }

    pub(crate) fn offered_case_read(&mut self, lsid: Lsid, result: Result<Case, Failure>) {
        self.note_sign_in(&result);
        let case = match result {
            Ok(case) => case,
            Err(failure) => {
                let view = self.report(&failure);
                return self.shell.notify(Notice::of_failure(&view));
            }
        };
        // One that has ended meanwhile is tagged too late, and its case is kept.
        let running = self.sessions.mine().into_iter().find(|session| session.lsid == lsid);
        let session = running.or_else(|| self.offers.offered.get(&lsid).cloned());
        match session.filter(|session| Self::doubts(Some(&case), session).is_empty()) {
            Some(session) => self.tag_one(&session, &case),
            None => self.propose_tag(Some(CaseRef::Id(case.id)), None, Some(lsid)),
        }
    }

    /// A session that carries a case which is about somebody else is told of once, unless a person
    /// has agreed to it (S2).
    pub(crate) fn doubt_carried(&mut self) {
        for session in self.sessions.mine() {
            let key = session.external_key.as_ref();
            let case = key.and_then(|key| self.tags.cases.get(key)).and_then(Option::as_ref);
            let Some(case) = case.filter(|case| carried_doubt(case, session.seen()).is_some())
            else {
                continue;
            };
            if self.offers.doubted.insert(session.lsid.clone()) {
                let (casebridge, case) = (self.casebridge.clone(), case.clone());
                self.spawn(async move {
                    let lsid = &session.lsid;
                    let agreed = tag::is_agreed(&casebridge, DEFAULT_APPLIANCE, lsid, &case.id);
                    let is_doubtful = !agreed.await.unwrap_or(false);
                    Event::CarriedDoubted { session: Box::new(session), case, is_doubtful }
                });
            }
        }
    }

    pub(crate) fn carried_doubted(&mut self, session: &RunningSession, case: &Case) {
        // The case window has told of it meanwhile, or is going to.
        let is_told = self.cases.list.iter().any(
            |open| matches!(&open.watch, WatchState::Joined(joined) if joined.lsid == session.lsid),
        );
        if !is_told {
            let name = session.customer.clone().unwrap_or_default();
            self.tell_doubt(session.lsid.clone(), case, &name);
        }
    }

    /// Both names side by side, and the ways to go on.
    pub(crate) fn tell_doubt(&mut self, lsid: Lsid, case: &Case, customer: &str) {
        self.offers.doubted.insert(lsid.clone());
        let expected = case.contact.as_ref().or(case.requester.as_ref());
        let expected = expected.map(|person| one_line(&person.name, NAME)).unwrap_or_default();
        let customer = one_line(customer, NAME);
        let topic = Some(self.offers.topic(Topic::Doubt(lsid, case.id.clone())));
        self.shell.notify(Notice {
            title: "Check whose session this is".to_owned(),
            body: format!(
                "{customer} is in the session for case {}, which is about {expected}",
                case.number
            ),
            topic,
            buttons: vec![button(AGREE, "It's right"), button(CHOOSE, "Choose case…")],
        });
    }

    /// A person says that session and case belong together.
    pub(crate) fn agree_case(&mut self, appliance: Option<String>, lsid: Lsid, case: CaseId) {
        self.forget_doubt(&lsid);
        let casebridge = self.casebridge.clone();
        self.spawn(async move {
            let appliance = appliance.as_deref().unwrap_or(DEFAULT_APPLIANCE);
            if let Err(failure) = tag::agree(&casebridge, appliance, &lsid, &case).await {
                // The import asks again.
                tracing::warn!(code = %failure.code, "that session and case agree is not kept");
            }
            Event::OutboxChanged
        });
    }

    pub(crate) fn tell_tagged(&mut self, session: &RunningSession, number: &str, tag: Option<u32>) {
        let name = one_line(session.customer.as_deref().unwrap_or_default(), NAME);
        let topic = tag.map(|id| self.offers.topic(Topic::Tag(id)));
        let buttons = topic.map(|_| button(UNDO, "Undo")).into_iter().collect();
        let body = format!("The session with {name} is on case {number}");
        self.shell.notify(Notice { title: "Session tagged".to_owned(), body, topic, buttons });
    }

    /// Looks whether a sweep is due, now and each hour from then on.
    pub(crate) fn sweep(&self) {
        self.spawn(async {
            tokio::time::sleep(HOUR).await;
            Event::SweepDue
        });
        self.sweep_if_due();
    }

    /// Looks for sessions that ended without a case, if that was not done today.
    pub(crate) fn sweep_if_due(&self) {
        let offers = self.casebridge.settings().is_on("tag.offer");
        if !offers || self.settings.sign_in != SignInView::SignedIn {
            return;
        }
        let casebridge = self.casebridge.clone();
        self.spawn(async move { Event::Swept(sessions::daily_sweep(&casebridge).await) });
    }

    pub(crate) fn swept(&mut self, result: Result<Option<Vec<RunningSession>>, Failure>) {
        let ended = match result {
            Ok(Some(ended)) => ended,
            Ok(None) => return,
            Err(failure) => return drop(self.report(&failure)),
        };
        if !ended.is_empty() {
            let title = match ended.len() {
                1 => "A session ended without a case".to_owned(),
                count => format!("{count} sessions ended without a case"),
            };
            let topic = Some(self.offers.topic(Topic::Ended));
            let body = "Choose a case now and it is kept for the import.".to_owned();
            let buttons = vec![button(CHOOSE, "Choose…")];
            self.shell.notify(Notice { title, body, topic, buttons });
            ended.into_iter().for_each(|session| self.note_ended(session));
        }
        self.publish_tag();
    }
}
