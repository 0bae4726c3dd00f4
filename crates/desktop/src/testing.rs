//! A stage for one part: what it is given without a loop, a runtime or a desktop.

use crate::context::{Context, Known, Part, Sender};
use crate::facts::{AccountSeen, CasesSeen, Facts, Look, OutboxSeen, SessionsSeen};
use crate::request::{Answer, Reply, Request};
use crate::shell::{Notice, Shell};
use casebridge_domain::settings::LogLevel;
use casebridge_domain::{Case, Failure, Person};
use casebridge_ipc::{MenuView, SignInView, Window, WindowView};
use casebridge_platform::Profile;
use casebridge_platform::browser::AllowedHosts;
use casebridge_platform::secrets::MemoryStore;
use casebridge_use_cases::sessions::{RunningSession, Snapshot};
use casebridge_use_cases::{Casebridge, Clock};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use url::Url;

/// What a part is given.
pub(crate) struct Stage {
    pub(crate) facts: Facts,
    casebridge: Casebridge,
    desktop: Arc<Desktop>,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// A profile that is set up and signed in, with these further settings.
    pub(crate) fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[appliance.Default]\nhostname = \"support.example\"\nclient_id = \"id\"\n\
             [org]\nlogin_url = \"https://login.salesforce.com\"\nclient_id = \"app\"\n{settings}"
        );
        let profile = Profile::open(Some(folder.path())).unwrap();
        std::fs::write(profile.settings_file(), text).unwrap();
        let secrets = Arc::new(MemoryStore::with([]));
        let facts = Facts {
            open: BTreeSet::new(),
            account: AccountSeen { sign_in: SignInView::SignedIn, account: None, failure: None },
            sessions: Arc::default(),
            carried: Arc::default(),
            recent: Arc::default(),
            jumps: Arc::default(),
            cases: CasesSeen::default(),
            outbox: OutboxSeen::default(),
            web: Arc::default(),
        };
        let casebridge = Casebridge::new(profile, secrets, Clock::system());
        Self { facts, casebridge, desktop: Arc::default(), _folder: folder }
    }

    /// Gives a part a message, and says what it asks for. Its work is not run.
    pub(crate) fn tell<P: Part>(&self, part: &mut P, message: P::Message) -> Vec<Request> {
        let (queue, _inbox) = mpsc::unbounded_channel();
        let shell: Arc<dyn Shell> = self.desktop.clone();
        let known = Known { casebridge: &self.casebridge, shell: &shell, facts: &self.facts };
        let mut cx = Context::new(known, Sender::into(queue, |message: P::Message| message));
        part.update(message, &mut cx);
        let outcome = cx.end();
        outcome.answers.into_iter().for_each(|(reply, answer)| reply.send(answer));
        outcome.requests
    }

    /// The same with its work running, which sends what it finds here.
    pub(crate) fn run<P: Part>(
        &self,
        part: &mut P,
        message: P::Message,
    ) -> mpsc::UnboundedReceiver<P::Message> {
        let (queue, inbox) = mpsc::unbounded_channel();
        let shell: Arc<dyn Shell> = self.desktop.clone();
        let known = Known { casebridge: &self.casebridge, shell: &shell, facts: &self.facts };
        let mut cx = Context::new(known, Sender::into(queue, |message: P::Message| message));
        part.update(message, &mut cx);
        for work in cx.end().work {
            tokio::spawn(work);
        }
        inbox
    }

    /// Gives a part a command, and says what it is answered and asks for.
    pub(crate) fn command<P: Part>(
        &self,
        part: &mut P,
        message: impl FnOnce(Reply) -> P::Message,
    ) -> (Answer, Vec<Request>) {
        let (reply, mut answered) = Reply::new();
        let requests = self.tell(part, message(reply));
        (answered.try_recv().unwrap(), requests)
    }

    /// Looks at a part's view.
    pub(crate) fn look<V>(&self, view: impl FnOnce(&Known<'_>) -> V) -> V {
        let shell: Arc<dyn Shell> = self.desktop.clone();
        view(&Known { casebridge: &self.casebridge, shell: &shell, facts: &self.facts })
    }

    /// These sessions run from now on; gives the look that found them.
    pub(crate) fn sessions(&mut self, mine: Vec<RunningSession>) -> Look {
        let before = self.facts.sessions.mine.clone();
        self.facts.sessions = Arc::new(SessionsSeen { mine, is_known: true, stale: None });
        Look {
            appliance: "Default".to_owned(),
            result: Ok(Snapshot::default()),
            before,
            after_outage: false,
        }
    }

    /// What was copied so far.
    pub(crate) fn copied(&self) -> Vec<String> {
        self.desktop.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A session of one's own.
pub(crate) fn session(lsid: &str, customer: &str, key: Option<&str>) -> RunningSession {
    RunningSession {
        appliance: "Default".to_owned(),
        lsid: lsid.parse().unwrap(),
        lseq: None,
        start_time: None,
        customer: Some(customer.to_owned()),
        hostname: None,
        external_key: key.map(str::to_owned),
        foreign_key: None,
        mine: true,
        owner: true,
    }
}

/// An open case about this person.
pub(crate) fn case(contact: &str) -> Case {
    Case {
        id: "500000000000001AAA".parse().unwrap(),
        number: "00001026".to_owned(),
        subject: "Printer on floor 3".to_owned(),
        status: "New".to_owned(),
        closed: false,
        account: None,
        contact: Some(Person { id: None, name: contact.to_owned(), email: None }),
        requester: None,
    }
}

/// The notifications among what a part asks for.
pub(crate) fn notices(requests: &[Request]) -> Vec<&Notice> {
    let of_notice = requests.iter().filter_map(|request| {
        if let Request::Notify(notice) = request { Some(notice) } else { None }
    });
    of_notice.collect()
}

/// A desktop that remembers what was copied.
#[derive(Default)]
struct Desktop(Mutex<Vec<String>>);

impl Shell for Desktop {
    fn open_window(&self, _: Window) {}
    fn close_window(&self, _: Window) {}
    fn fit_window(&self, _: Window, _: u32) {}
    fn publish(&self, _: &WindowView) {}
    fn show_tray(&self, _: &MenuView) {}
    fn notify(&self, _: Notice) {}

    fn copy(&self, text: &str) -> Result<(), Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
        Ok(())
    }

    fn open_page(&self, _: &Url, _: &AllowedHosts) -> Result<(), Failure> {
        Ok(())
    }

    fn set_autostart(&self, _: bool) -> Result<(), Failure> {
        Ok(())
    }

    fn set_jump_shortcut(&self, _: &str) -> Result<(), Failure> {
        Ok(())
    }

    fn downloads(&self) -> Option<PathBuf> {
        None
    }

    fn set_log_level(&self, _: LogLevel) {}
    fn quit(&self) {}
}
