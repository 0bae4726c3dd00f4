//! A case that the person works on: how far its key, e-mail and watch are.

use crate::context::Task;
use crate::qr;
use casebridge_domain::jump::Console;
use casebridge_domain::tagging::Doubt;
use casebridge_domain::{Case, Lsid, RecordId, SessionKey};
use casebridge_ipc::{DialogView, EmailStateView, FailureView, QrView};
use casebridge_use_cases::console::LaunchedWith;
use casebridge_use_cases::session_key::SessionKeyRequest;
use casebridge_use_cases::watch::Watch;
use std::time::Duration;

/// A key and what is drawn of it.
pub(super) struct Made {
    pub(super) key: SessionKey,
    pub(super) qr: QrView,
    pub(super) portal: Option<String>,
    /// When it counts no more, by what no change of the clock touches.
    pub(super) ends: Option<Duration>,
    /// The person asked for it, or did something with it: it may be written to its case.
    pub(super) is_recorded: bool,
    /// Its record in the org, where that is known.
    pub(super) record: Option<RecordId>,
}

/// How far the key is.
pub(super) enum KeyState {
    None,
    Loading,
    /// A console makes it.
    Dialog {
        dialog: DialogView,
        failure: Option<FailureView>,
    },
    Made(Box<Made>),
    Expired,
    Failed(FailureView),
}

/// Whether the customer has joined.
pub(super) enum WatchState {
    Idle,
    Waiting,
    Stale(FailureView),
    Joined(Box<Joined>),
    Expired,
    Ended,
}

/// Who has joined.
pub(super) struct Joined {
    pub(super) lsid: Lsid,
    pub(super) name: String,
    pub(super) hostname: Option<String>,
    /// What speaks against the case, until a person agrees to it.
    pub(super) doubt: Option<Doubt>,
}

/// How far the e-mail is.
pub(super) struct EmailState {
    pub(super) state: EmailStateView,
    pub(super) recipient: Option<String>,
    pub(super) failure: Option<FailureView>,
}

impl Default for EmailState {
    fn default() -> Self {
        Self { state: EmailStateView::Ready, recipient: None, failure: None }
    }
}

/// A case that is on screen or waits to be.
pub(super) struct OpenCase {
    pub(super) id: u64,
    pub(super) request: SessionKeyRequest,
    /// Which console makes the key; none if Casebridge does.
    pub(super) console: Option<Console>,
    /// How that console was asked; a script file lasts as long.
    pub(super) launched: Option<LaunchedWith>,
    pub(super) case: Option<Case>,
    /// Whether the person has had it on screen.
    pub(super) was_shown: bool,
    /// Whether the case is being read for the first time.
    pub(super) reading: bool,
    /// Why the case could not be read.
    pub(super) failure: Option<FailureView>,
    pub(super) key: KeyState,
    pub(super) email: EmailState,
    pub(super) watch: WatchState,
    /// Counts the keys, so that what an older one left under way is told apart.
    pub(super) attempt: u64,
    /// A person asked for the key, not a link alone.
    pub(super) by_hand: bool,
    pub(super) sought: Option<Watch>,
    /// Sessions that keys of this case began so far.
    pub(super) known: Vec<Lsid>,
    pub(super) work: Option<Task>,
    pub(super) expiry: Option<Task>,
    /// The next look is the last one: the key has run out.
    pub(super) last_look: bool,
}

impl OpenCase {
    pub(super) fn new(id: u64, request: SessionKeyRequest) -> Self {
        Self {
            id,
            request,
            console: None,
            launched: None,
            case: None,
            was_shown: false,
            reading: false,
            failure: None,
            key: KeyState::None,
            email: EmailState::default(),
            watch: WatchState::Idle,
            attempt: 0,
            by_hand: false,
            sought: None,
            known: Vec::new(),
            work: None,
            expiry: None,
            last_look: false,
        }
    }

    /// How the case was named, as the windows name it back.
    pub(super) fn reference(&self) -> String {
        self.request.case.to_string()
    }

    /// What tells it from others, also from one of the same case.
    pub(super) fn mark(&self) -> String {
        format!("open-{}", self.id)
    }

    /// Whether it still has something to tell when its window is closed.
    pub(super) fn is_watched(&self) -> bool {
        matches!(self.watch, WatchState::Waiting | WatchState::Stale(_))
    }

    pub(super) fn made(&self) -> Option<&Made> {
        match &self.key {
            KeyState::Made(made) => Some(made),
            KeyState::None
            | KeyState::Loading
            | KeyState::Dialog { .. }
            | KeyState::Expired
            | KeyState::Failed(_) => None,
        }
    }

    pub(super) fn made_mut(&mut self) -> Option<&mut Made> {
        if let KeyState::Made(made) = &mut self.key { Some(made) } else { None }
    }

    /// Shows a key that has just been made, or read from the org, and counts for so long.
    pub(super) fn take_key(&mut self, key: SessionKey, ends: Option<Duration>) {
        let qr = qr::draw(&key.key_url);
        let (portal, record) = (self.request.portal.clone(), self.request.record.clone());
        let is_recorded = record.is_some();
        self.key = KeyState::Made(Box::new(Made { key, qr, portal, ends, is_recorded, record }));
        self.email = EmailState::default();
    }

    /// Whether it has the key, or was asked for it, that is this record in the org.
    pub(super) fn has_record(&self, record: &RecordId) -> bool {
        let made = self.made().and_then(|made| made.record.as_ref());
        made.or(self.request.record.as_ref()) == Some(record)
    }

    /// Whether somebody may have the key, or be about to: no link changes anything here then.
    pub(super) fn is_in_use(&self) -> bool {
        match &self.key {
            KeyState::Made(_) | KeyState::Loading => true,
            KeyState::Dialog { dialog, .. } => *dialog != DialogView::Proposed,
            KeyState::None | KeyState::Expired | KeyState::Failed(_) => {
                matches!(self.watch, WatchState::Joined(_)) || self.is_watched()
            }
        }
    }

    /// Another key is on its way, and counts from now on.
    pub(super) fn begin_attempt(&mut self) -> u64 {
        self.drop_key_work();
        self.attempt += 1;
        (self.key, self.watch, self.failure) = (KeyState::Loading, WatchState::Idle, None);
        self.reading = self.case.is_none();
        self.attempt
    }

    /// Stops everything that is under way for the key.
    pub(super) fn drop_key_work(&mut self) {
        (self.work, self.expiry, self.last_look) = (None, None, false);
        self.launched = None;
    }
}
