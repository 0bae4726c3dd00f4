//! What is told of sessions in notifications, and what the person answers: a case is offered for a session
//! that carries none, a doubtful one leads to the tag window instead (S2), and a tag can be undone.

use crate::context::{Context, Part};
use crate::facts::RecentCase;
use crate::labels;
use crate::request::{Request, TagProposal};
use crate::shell::{NAME, Notice, NoticeButton, one_line};
use crate::texts;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::settings::setting;
use casebridge_domain::tagging::{Likeness, carried_doubt, doubts, likeness};
use casebridge_domain::{Case, CaseId, CaseRef, Failure, Lsid};
use casebridge_ipc::Window;
use casebridge_use_cases::sessions::RunningSession;
use casebridge_use_cases::{ended, session_key, tag};
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
    /// A session that carries a case which is about somebody else, and its appliance.
    Doubt(Option<String>, Lsid, CaseId),
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

/// What can happen to offers.
pub(crate) enum Message {
    /// Running sessions were looked at.
    Looked,
    /// The cases that external keys name are known.
    CarriedKnown,
    /// A session carries a case that is doubtful, unless somebody has agreed to it.
    CarriedDoubted {
        session: Box<RunningSession>,
        case: Box<Case>,
        is_doubtful: bool,
    },
    TellDoubt {
        appliance: Option<String>,
        lsid: Lsid,
        case: Box<Case>,
        customer: String,
    },
    TellTagged {
        customer: String,
        number: String,
        tag: Option<u32>,
    },
    /// A button of a notification was pressed.
    Answered {
        topic: u64,
        action: String,
    },
    /// The case of an offer that was taken was read.
    CaseRead {
        lsid: Lsid,
        result: Box<Result<Case, Failure>>,
    },
    /// A person says that session and case belong together.
    Agree {
        appliance: Option<String>,
        lsid: Lsid,
        case: CaseId,
    },
    /// That was noted, as far as possible.
    Agreed,
    /// It is time to look whether a day is over, and in an hour again.
    Hourly,
    /// It is time to tell about sessions that ended without a case, if that was not done today.
    TellEnded,
    Due(Result<Vec<RunningSession>, Failure>),
    /// Sessions that ended without a case were put off.
    PutOff,
    /// Another representative is next.
    Forget,
}

type Cx<'c> = Context<'c, Message>;

impl Part for Offers {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Looked => {
                self.doubt_carried(cx);
                self.offer_all(cx);
            }
            Message::CarriedKnown => self.doubt_carried(cx),
            Message::CarriedDoubted { session, case, is_doubtful } => {
                // The case window may have told of it meanwhile, or is going to.
                if is_doubtful && !cx.facts.cases.joined.contains(&session.lsid) {
                    let customer = session.customer.unwrap_or_default();
                    self.tell_doubt(Some(session.appliance), session.lsid, &case, &customer, cx);
                }
            }
            Message::TellDoubt { appliance, lsid, case, customer } => {
                self.tell_doubt(appliance, lsid, &case, &customer, cx);
            }
            Message::TellTagged { customer, number, tag } => {
                self.tell_tagged(&customer, &number, tag, cx);
            }
            Message::Answered { topic, action } => self.answered(topic, &action, cx),
            Message::CaseRead { lsid, result } => self.case_read(lsid, *result, cx),
            Message::Agree { appliance, lsid, case } => agree(appliance, lsid, case, cx),
            Message::Agreed => cx.ask(Request::OutboxChanged),
            Message::Hourly => {
                cx.run(async {
                    tokio::time::sleep(HOUR).await;
                    Message::Hourly
                });
                take_due(cx);
            }
            Message::TellEnded => take_due(cx),
            Message::Due(result) => self.tell_ended(result, cx),
            Message::PutOff => {}
            Message::Forget => *self = Self::default(),
        }
    }
}

impl Offers {
    fn topic(&mut self, topic: Topic) -> u64 {
        self.next += 1;
        self.topics.insert(self.next, topic);
        self.next
    }

    /// Offers a case for each session without one, once, and again when "Later" is over.
    fn offer_all(&mut self, cx: &mut Cx<'_>) {
        if !cx.casebridge.settings().get(&setting::TAG_OFFER) || cx.is_open(Window::Tag) {
            return;
        }
        let now = cx.casebridge.uptime();
        self.snoozed.retain(|_, until| *until > now);
        let facts = cx.facts;
        let mine = facts.sessions.mine.iter();
        for session in mine.filter(|session| session.external_key.is_none()) {
            let is_known = self.offered.contains_key(&session.lsid);
            let waits = self.snoozed.contains_key(&session.lsid);
            if is_known || waits || session.customer.is_none() {
                continue;
            }
            self.offered.insert(session.lsid.clone(), session.clone());
            self.offer(session, cx);
        }
    }

    fn offer(&mut self, session: &RunningSession, cx: &mut Cx<'_>) {
        let case = likely_case(session, cx);
        let name = one_line(session.customer.as_deref().unwrap_or_default(), NAME);
        let topic = Topic::Session(session.lsid.clone(), case.map(|case| case.id.clone()));
        let topic = self.topic(topic);
        let (title, mut buttons) = match case {
            Some(case) => (texts::offer_title(&case.number), vec![button(TAG, texts::offer_tag())]),
            None => (texts::offer_title_unknown(), Vec::new()),
        };
        buttons
            .extend([button(CHOOSE, texts::offer_choose()), button(LATER, texts::offer_later())]);
        let contact = case.and_then(|case| case.contact.as_deref());
        let body = match contact {
            Some(contact) => texts::offer_about(name, one_line(contact, NAME)),
            None => texts::offer(name),
        };
        let body = match labels::appliance(session, cx.casebridge) {
            Some(appliance) => texts::on_appliance(body, appliance),
            None => body,
        };
        cx.notify(Notice { title, body, topic: Some(topic), buttons });
    }

    fn answered(&mut self, topic: u64, action: &str, cx: &mut Cx<'_>) {
        let Some(topic) = self.topics.remove(&topic) else { return };
        match (topic, action) {
            (Topic::Session(lsid, _), LATER) => {
                self.offered.remove(&lsid);
                self.snoozed.insert(lsid, cx.casebridge.uptime() + SNOOZE);
            }
            (Topic::Session(lsid, Some(case)), TAG) => read_offered(lsid, case, cx),
            (Topic::Session(lsid, case), _) => {
                let case = case.map(CaseRef::Id);
                cx.ask(Request::ProposeTag(TagProposal { case, org: None, lsid: Some(lsid) }));
            }
            (Topic::Doubt(appliance, lsid, case), AGREE) => agree(appliance, lsid, case, cx),
            (Topic::Doubt(_, lsid, _), _) => {
                cx.ask(Request::ProposeTag(TagProposal {
                    case: None,
                    org: None,
                    lsid: Some(lsid),
                }));
            }
            (Topic::Tag(id), UNDO) => cx.ask(Request::UndoTag(id)),
            (Topic::Ended, LATER) => put_off(cx),
            (Topic::Tag(_) | Topic::Ended, _) => cx.ask(Request::AskForTag(None)),
        }
    }

    /// One click is enough where nothing speaks against it.
    fn case_read(&mut self, lsid: Lsid, result: Result<Case, Failure>, cx: &mut Cx<'_>) {
        cx.note_sign_in(&result);
        let case = match result {
            Ok(case) => case,
            Err(failure) => {
                let view = cx.report(&failure);
                return cx.notify(Notice::of_failure(&view));
            }
        };
        // One that has ended meanwhile is tagged too late, and its case is kept.
        let running = cx.facts.sessions.mine.iter().find(|session| session.lsid == lsid);
        let session = running.or_else(|| self.offered.get(&lsid)).cloned();
        match session.filter(|session| doubts(&case, session.seen()).is_empty()) {
            Some(session) => {
                let (session, case) = (Box::new(session), Box::new(case));
                cx.ask(Request::TagSession { session, case });
            }
            None => {
                let case = Some(CaseRef::Id(case.id));
                cx.ask(Request::ProposeTag(TagProposal { case, org: None, lsid: Some(lsid) }));
            }
        }
    }

    /// A session that carries a case which is about somebody else is told of once, unless a person
    /// has agreed to it (S2).
    fn doubt_carried(&mut self, cx: &mut Cx<'_>) {
        let facts = cx.facts;
        for session in &facts.sessions.mine {
            let key = session.external_key.as_ref();
            let case = key.and_then(|key| facts.carried.get(key)).and_then(Option::as_ref);
            let Some(case) = case.filter(|case| carried_doubt(case, session.seen()).is_some())
            else {
                continue;
            };
            if self.doubted.insert(session.lsid.clone()) {
                let (casebridge, case) = (cx.casebridge.clone(), Box::new(case.clone()));
                let session = Box::new(session.clone());
                cx.run(async move {
                    let (on, lsid) = (&session.appliance, &session.lsid);
                    let agreed = tag::is_agreed(&casebridge, on, lsid, &case.id);
                    let is_doubtful = !agreed.await.unwrap_or(false);
                    Message::CarriedDoubted { session, case, is_doubtful }
                });
            }
        }
    }

    /// Both names side by side, and the ways to go on.
    fn tell_doubt(
        &mut self,
        appliance: Option<String>,
        lsid: Lsid,
        case: &Case,
        customer: &str,
        cx: &mut Cx<'_>,
    ) {
        self.doubted.insert(lsid.clone());
        let expected = case.contact.as_ref().or(case.requester.as_ref());
        let expected = expected.map(|person| one_line(&person.name, NAME)).unwrap_or_default();
        let customer = one_line(customer, NAME);
        let topic = Some(self.topic(Topic::Doubt(appliance, lsid, case.id.clone())));
        cx.notify(Notice {
            title: texts::doubt_title(),
            body: texts::doubt(customer, &case.number, expected),
            topic,
            buttons: vec![
                button(AGREE, texts::doubt_agree()),
                button(CHOOSE, texts::doubt_choose()),
            ],
        });
    }

    fn tell_tagged(&mut self, customer: &str, number: &str, tag: Option<u32>, cx: &mut Cx<'_>) {
        let name = one_line(customer, NAME);
        let topic = tag.map(|id| self.topic(Topic::Tag(id)));
        let buttons = topic.map(|_| button(UNDO, texts::tagged_undo())).into_iter().collect();
        let body = texts::tagged(name, number);
        cx.notify(Notice { title: texts::tagged_title(), body, topic, buttons });
    }

    fn tell_ended(&mut self, result: Result<Vec<RunningSession>, Failure>, cx: &mut Cx<'_>) {
        let ended = match result {
            Ok(ended) => ended,
            Err(failure) => return drop(cx.report(&failure)),
        };
        if ended.is_empty() {
            return;
        }
        let title = match ended.len() {
            1 => texts::ended_title(),
            count => texts::ended_title_many(count),
        };
        let topic = Some(self.topic(Topic::Ended));
        let body = texts::ended();
        cx.notify(Notice {
            title,
            body,
            topic,
            buttons: vec![
                button(CHOOSE, texts::offer_choose()),
                button(LATER, texts::offer_later()),
            ],
        });
        ended.into_iter().for_each(|session| cx.ask(Request::NoteEnded(Box::new(session))));
    }
}

fn button(id: &str, label: String) -> NoticeButton {
    NoticeButton { id: id.to_owned(), label }
}

/// The best guess: a case about the same person or the same computer, else the one that was
/// opened last.
fn likely_case<'f>(session: &RunningSession, cx: &Cx<'f>) -> Option<&'f RecentCase> {
    let now = cx.casebridge.now();
    // A clock that was ahead makes nothing fresh.
    let is_fresh = |case: &&RecentCase| now.duration_since(case.opened_at).abs() < FRESH;
    let facts = cx.facts;
    let fresh: Vec<_> = facts.recent.iter().filter(is_fresh).collect();
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

/// The case of an offer is read anew before it is taken.
fn read_offered(lsid: Lsid, case: CaseId, cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move {
        let case = CaseRef::Id(case);
        let read = session_key::read_case_of(&casebridge, &case, None).await;
        Message::CaseRead { lsid, result: Box::new(read) }
    });
}

fn agree(appliance: Option<String>, lsid: Lsid, case: CaseId, cx: &mut Cx<'_>) {
    cx.ask(Request::DoubtSettled(lsid.clone()));
    let casebridge = cx.casebridge.clone();
    cx.run(async move {
        let appliance = appliance.as_deref().unwrap_or(DEFAULT_APPLIANCE);
        if let Err(failure) = tag::agree(&casebridge, appliance, &lsid, &case).await {
            // The import asks again.
            tracing::warn!(code = %failure.code, "that session and case agree is not kept");
        }
        Message::Agreed
    });
}

/// Tells again about the sessions that ended without a case, later.
fn put_off(cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move {
        if let Err(failure) = ended::put_off(&casebridge).await {
            tracing::warn!(code = %failure.code, "sessions without a case are not put off");
        }
        Message::PutOff
    });
}

/// Tells about sessions that ended without a case, if that was not done today.
fn take_due(cx: &mut Cx<'_>) {
    if !cx.casebridge.settings().get(&setting::TAG_OFFER) || !cx.is_signed_in() {
        return;
    }
    let casebridge = cx.casebridge.clone();
    cx.run(async move { Message::Due(ended::take_due(&casebridge).await) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::RecentCase;
    use crate::testing::{Stage, case, notices, session};
    use jiff::Timestamp;
    use std::sync::Arc;

    const ONE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1";

    fn recent(contact: &str) -> RecentCase {
        let case = case(contact);
        RecentCase {
            id: case.id,
            number: case.number,
            subject: case.subject,
            contact: Some(contact.to_owned()),
            hosts: Vec::new(),
            opened_at: Timestamp::now(),
        }
    }

    fn answer(notice: &Notice, action: &str) -> Message {
        Message::Answered { topic: notice.topic.unwrap(), action: action.to_owned() }
    }

    #[test]
    fn a_session_without_a_case_is_offered_the_one_of_the_same_person_once() {
        let (mut stage, mut offers) = (Stage::new(""), Offers::default());
        stage.facts.recent = Arc::new(vec![recent("Tom Harbour"), recent("Rosa Marin")]);
        stage.sessions(vec![session(ONE, "Rosa Marin", None)]);
        let asked = stage.tell(&mut offers, Message::Looked);
        let [notice] = notices(&asked)[..] else { panic!("{asked:?}") };
        assert_eq!(notice.body, "Session with Rosa Marin. The case is for Rosa Marin.");
        assert!(stage.tell(&mut offers, Message::Looked).is_empty());
        // "Later" does not ask again at once, and anything else leads to the window.
        assert!(stage.tell(&mut offers, answer(notice, LATER)).is_empty());
        assert!(stage.tell(&mut offers, Message::Looked).is_empty());
        assert!(stage.tell(&mut offers, answer(notice, TAG)).is_empty(), "answered already");
    }

    #[test]
    fn nothing_is_offered_where_it_is_turned_off_or_the_window_shows_it() {
        for (settings, open) in [("[tag]\noffer = false\n", false), ("", true)] {
            let (mut stage, mut offers) = (Stage::new(settings), Offers::default());
            stage.sessions(vec![session(ONE, "Rosa Marin", None)]);
            if open {
                stage.facts.open.insert(Window::Tag);
            }
            assert!(stage.tell(&mut offers, Message::Looked).is_empty(), "{settings:?}");
        }
    }

    #[test]
    fn s2_an_offer_that_is_doubtful_by_now_leads_to_the_window() {
        let (mut stage, mut offers) = (Stage::new(""), Offers::default());
        stage.sessions(vec![session(ONE, "Rosa Marin", None)]);
        for (contact, is_tagged) in [("Rosa Marin", true), ("Tom Harbour", false)] {
            let lsid = ONE.parse().unwrap();
            let read = Message::CaseRead { lsid, result: Box::new(Ok(case(contact))) };
            let asked = stage.tell(&mut offers, read);
            let tags = |request: &Request| matches!(request, Request::TagSession { .. });
            let proposes = |request: &Request| matches!(request, Request::ProposeTag(_));
            assert_eq!(asked.iter().any(tags), is_tagged, "{asked:?}");
            assert_eq!(asked.iter().any(proposes), !is_tagged, "{asked:?}");
        }
    }

    #[test]
    fn s2_a_doubt_that_the_case_window_tells_of_is_not_told_twice() {
        let (mut stage, mut offers) = (Stage::new(""), Offers::default());
        let doubted = || Message::CarriedDoubted {
            session: Box::new(session(ONE, "Tom Harbour", Some("00001026"))),
            case: Box::new(case("Rosa Marin")),
            is_doubtful: true,
        };
        let asked = stage.tell(&mut offers, doubted());
        let [notice] = notices(&asked)[..] else { panic!("{asked:?}") };
        assert!(notice.body.contains("Tom Harbour") && notice.body.contains("Rosa Marin"));
        stage.facts.cases.joined.push(ONE.parse().unwrap());
        assert!(stage.tell(&mut offers, doubted()).is_empty());
    }
}
