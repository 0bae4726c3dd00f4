//! What a sentence of the appliance means where its words are not known.
//!
//! The appliance speaks the language that its administrator chose, so a sentence that nobody knows
//! decides nothing: the appliance's data are looked at first
//! (`docs/protocols/beyondtrust.md#what-real-appliances-answer`).
//! The known English sentences are a shortcut. The appliance's own words stay in the error.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use casebridge_domain::Lsid;
use casebridge_transport::Response;

use crate::answer;
use crate::appliance::Appliance;
use crate::command::{CommandAccess, Queue};
use crate::error::{Error, MessageKind};
use crate::reporting::Report;

/// A second in which no session can have been: the first of the year 2000, in Unix seconds.
const LONG_AGO: i64 = 946_684_800;

/// What the appliance says where a report finds nothing, learned once for each report.
#[derive(Debug, Default)]
pub(crate) struct Learned(Mutex<BTreeMap<Report, Said>>);

#[derive(Debug, Default, Clone)]
struct Said {
    nothing: Option<String>,
    /// The latest sentence that turned out to say something else.
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

/// The words of a message whose meaning is not known.
fn unknown(error: &Error) -> Option<&str> {
    if let Error::Message { kind: MessageKind::Other, text } = error { Some(text) } else { None }
}

impl Appliance {
    /// Makes a report of rows; a report that found nothing has none.
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

    /// What an error means that came instead of a report: "nothing found" is known by comparison with
    /// what the same report says of a time in which nothing can have been, by an account that may read
    /// it.
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
            // Whether it may is not known: the next time tells.
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

    /// The sentence for nothing; an inner nothing if the appliance answers with an empty list, and an
    /// outer one if it does not answer.
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

    /// What an error means that came instead of a key: nobody being logged in, or an account that may
    /// not make keys, explains a sentence that is not known.
    pub(crate) async fn of_key(&self, queue: &Queue, error: Error) -> Error {
        if unknown(&error).is_none() {
            return error;
        }
        if self.may_command().await == Some(false) {
            return error.meaning(MessageKind::PermissionDenied);
        }
        let is_a_person = matches!(queue, Queue::Rep(_) | Queue::RepUsername(_));
        // The list has no user names, so all that it can tell is that nobody is there.
        let nobody = is_a_person && self.get_logged_in_reps().await.is_ok_and(|all| all.is_empty());
        match nobody {
            true => error.meaning(MessageKind::RepresentativeNotAvailable),
            false => error,
        }
    }

    /// What an error means that came instead of a change to a running session.
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
