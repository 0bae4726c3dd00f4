//! Finds out what an unknown message of the appliance means.
//!
//! The appliance's messages are in the language that its administrator chose, so an unknown message
//! decides nothing: the appliance's data is checked first
//! (`docs/protocols/beyondtrust.md#what-real-appliances-answer`). The known English messages are a
//! shortcut. The error keeps the appliance's message.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use casebridge_domain::Lsid;
use casebridge_transport::Response;

use crate::answer;
use crate::appliance::Appliance;
use crate::command::{CommandAccess, Queue};
use crate::error::{Error, MessageKind};
use crate::reporting::Report;

/// A time without any sessions: the first second of the year 2000, in Unix seconds.
const LONG_AGO: i64 = 946_684_800;

/// The appliance's message for an empty report, learned once for each kind of report.
#[derive(Debug, Default)]
pub(crate) struct Learned(Mutex<BTreeMap<Report, Said>>);

#[derive(Debug, Default, Clone)]
struct Said {
    nothing: Option<String>,
    /// The latest message that turned out to mean something else.
    other: Option<String>,
}

impl Learned {
    fn of(&self, report: Report) -> Said {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&report)
            .cloned()
            .unwrap_or_default()
    }

    fn note(&self, report: Report, note: impl FnOnce(&mut Said)) {
        note(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(report).or_default());
    }
}

/// The text of a message whose meaning is not known.
fn unknown(error: &Error) -> Option<&str> {
    if let Error::Message { kind: MessageKind::Other, text } = error { Some(text) } else { None }
}

impl Appliance {
    /// Reads the rows of a report. A report that found nothing has no rows.
    pub(crate) async fn rows<T>(
        &self,
        report: Report,
        parameters: &[(String, String)],
        read: impl Fn(&Response) -> Result<Vec<T>, Error>,
    ) -> Result<Vec<T>, Error> {
        let answered = self.report(report.name(), parameters).await;
        match answered.and_then(|response| read(&response)) {
            Ok(rows) => Ok(rows),
            Err(error) => match self.of_report(report, error).await {
                error if error.message_kind() == Some(MessageKind::NothingFound) => Ok(Vec::new()),
                error => Err(error),
            },
        }
    }

    /// Interprets an error in place of a report. "Nothing found" is recognised by comparison with
    /// the message for a time without any sessions, if the account may read the report.
    pub async fn of_report(&self, report: Report, error: Error) -> Error {
        let Some(text) = unknown(&error) else { return error };
        let said = self.learned.of(report);
        if said.nothing.as_deref() == Some(text) {
            return error.meaning(MessageKind::NothingFound);
        }
        if said.other.as_deref() == Some(text) {
            return error;
        }
        let Some(nothing) = self.said_of_nothing(report).await else { return error };
        match self.get_api_info().await.map(|info| info.may_report_support()) {
            Ok(Some(true)) => {}
            Ok(Some(false)) => return error.meaning(MessageKind::PermissionDenied),
            // It is not known whether the account may read the report, so this is decided next
            // time.
            Ok(None) | Err(_) => return error,
        }
        let is_nothing = nothing.as_deref() == Some(text);
        let other = (!is_nothing).then(|| text.to_owned());
        self.learned.note(report, |said| *said = Said { nothing, other });
        match is_nothing {
            true => error.meaning(MessageKind::NothingFound),
            false => error,
        }
    }

    /// The message for an empty report. `Some(None)` if the appliance answers with an empty list,
    /// `None` if it does not answer.
    async fn said_of_nothing(&self, report: Report) -> Option<Option<String>> {
        let by = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut parameters = vec![by("start_time", &LONG_AGO.to_string()), by("duration", "1")];
        if report.is_of_surveys() {
            parameters.extend([by("report_type", "rep"), by("id", "all")]);
        }
        let response = self.report(report.name(), &parameters).await.ok()?;
        match answer::element(&response, &[], &[]) {
            Err(Error::Message { text, .. }) => Some(Some(text)),
            Err(Error::UnexpectedRoot(_)) => Some(None),
            Ok(_) | Err(_) => None,
        }
    }

    /// Interprets an error in place of a key. An unknown message is explained if nobody is logged
    /// in, or if the account may not create keys.
    pub(crate) async fn of_key(&self, queue: &Queue, error: Error) -> Error {
        if unknown(&error).is_none() {
            return error;
        }
        if self.may_command().await == Some(false) {
            return error.meaning(MessageKind::PermissionDenied);
        }
        let is_a_person = matches!(queue, Queue::Rep(_) | Queue::RepUsername(_));
        // The list has no user names, so it can only show that nobody is logged in.
        let nobody = is_a_person && self.get_logged_in_reps().await.is_ok_and(|all| all.is_empty());
        match nobody {
            true => error.meaning(MessageKind::RepresentativeNotAvailable),
            false => error,
        }
    }

    /// Interprets an error in place of a change to a running session.
    pub(crate) async fn of_session(&self, lsid: &Lsid, error: Error) -> Error {
        if unknown(&error).is_none() {
            return error;
        }
        if self.may_command().await == Some(false) {
            return error.meaning(MessageKind::PermissionDenied);
        }
        match self.sessions(std::slice::from_ref(lsid)).await {
            Ok(all) if !all.iter().any(|one| one.lsid == *lsid && one.is_running()) => {
                error.meaning(MessageKind::SessionNotFound)
            }
            Ok(_) | Err(_) => error,
        }
    }

    async fn may_command(&self) -> Option<bool> {
        let info = self.get_api_info().await.ok()?;
        info.command_access().map(|access| access == CommandAccess::Full)
    }
}
