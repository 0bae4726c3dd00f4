//! The desktop's notification server: notes what is shown and presses its buttons.

use crate::wait;
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub id: u32,
    /// Its first line.
    pub summary: String,
    /// The lines below.
    pub body: String,
    /// Its buttons: key and text in turn.
    pub actions: Vec<String>,
}

type Notes = Arc<Mutex<Vec<Shown>>>;

struct Server {
    notes: Notes,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    #[expect(clippy::too_many_arguments, reason = "the interface has them")]
    fn notify(
        &self,
        _app_name: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let next = u32::try_from(notes.len()).unwrap_or(u32::MAX).saturating_add(1);
        let id = if replaces == 0 { next } else { replaces };
        notes.push(Shown { id, summary, body, actions });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "persistence"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        let [name, vendor, version, spec] = ["desktop-tests", "Casebridge", "1", "1.2"];
        (name.to_owned(), vendor.to_owned(), version.to_owned(), spec.to_owned())
    }
}

/// The notifications of a desktop.
#[derive(Debug, Clone)]
pub struct Notifications {
    bus: zbus::Connection,
    notes: Notes,
}

impl Notifications {
    /// Becomes the notification server of the desktop with this bus.
    ///
    /// # Errors
    /// When the bus refuses.
    pub async fn serve(bus: &zbus::Connection) -> Result<Self> {
        let notes = Notes::default();
        bus.object_server().at(PATH, Server { notes: Arc::clone(&notes) }).await?;
        bus.request_name(NAME).await?;
        Ok(Self { bus: bus.clone(), notes })
    }

    /// All that was shown so far.
    pub fn all(&self) -> Vec<Shown> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a notification that holds this text.
    ///
    /// # Errors
    /// When none comes.
    pub async fn shown(&self, text: &str) -> Result<Shown> {
        let holds = |note: &Shown| note.summary.contains(text) || note.body.contains(text);
        let found = wait::until(format!("a notification with {text:?}"), || async {
            Ok(self.all().into_iter().find(holds))
        });
        found.await.with_context(|| format!("shown were {:?}", self.all()))
    }

    /// Presses a button of a notification, as soon as its program listens: a person is not so quick.
    ///
    /// # Errors
    /// When nobody listens, or the bus refuses.
    pub async fn press(&self, note: &Shown, key: &str) -> Result<()> {
        wait::until("somebody who listens for buttons", || async {
            Ok(self.has_listener().await?.then_some(()))
        })
        .await?;
        let nobody_special = None::<&str>;
        let signal = (note.id, key);
        Ok(self.bus.emit_signal(nobody_special, PATH, NAME, "ActionInvoked", &signal).await?)
    }

    async fn has_listener(&self) -> Result<bool> {
        let (bus, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
        let stats = "org.freedesktop.DBus.Debug.Stats";
        let answer =
            self.bus.call_method(Some(bus), path, Some(stats), "GetAllMatchRules", &()).await?;
        let rules: HashMap<String, Vec<String>> = answer.body().deserialize()?;
        Ok(rules.values().flatten().any(|rule| rule.contains("member='ActionInvoked'")))
    }
}
