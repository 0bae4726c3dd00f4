//! `SupportSession`: whole sessions, without their events.

use casebridge_domain::Lsid;
use casebridge_domain::report::Session;
use casebridge_transport::{Response, TransportError};

use super::Report;
use super::report::head;
use crate::answer;
use crate::appliance::Appliance;
use crate::error::Error;
use crate::time;
use crate::xml::Element;

/// How many sessions are requested in one call.
const BATCH: usize = 1000;
/// If more sessions than this fail in a row, the cause is not their content.
const MOST_UNREAD: usize = 8;
/// How often a batch that timed out is split in two.
const MOST_LATE: u32 = 3;
/// The events are most of a report and are not needed here.
const SKIPPED: &[&str] = &["session_details"];

impl Appliance {
    /// Requests sessions by their ids. Sessions that the appliance does not know are skipped.
    ///
    /// # Errors
    /// A call failed, or the report of one of them can't be read.
    pub async fn sessions(&self, lsids: &[Lsid]) -> Result<Vec<Session>, Error> {
        let read = self.readable_sessions(lsids).await?;
        match read.unread.into_iter().next() {
            None => Ok(read.found),
            Some((_, error)) => Err(error),
        }
    }

    /// The same, but an unreadable report does not stop the others. It is returned with its error.
    ///
    /// # Errors
    /// A call failed, or so many sessions can't be read that the cause is not their content.
    pub async fn readable_sessions(&self, lsids: &[Lsid]) -> Result<ReadSessions, Error> {
        let (mut all, mut late) = (ReadSessions::default(), 0);
        // The next batch is the last.
        let mut left: Vec<&[Lsid]> = lsids.chunks(BATCH).rev().collect();
        while let Some(batch) = left.pop() {
            let list = batch.iter().map(Lsid::as_str).collect::<Vec<_>>().join(",");
            let parameters = [("lsids".to_owned(), list)];
            match self.rows(Report::Session, &parameters, read).await {
                Ok(read) => all.found.extend(read),
                Err(error) => {
                    let is_late = matches!(error, Error::Transport(TransportError::Timeout));
                    late += u32::from(is_late);
                    // If the site is down, batches are not split further.
                    let may_be_less = is_too_much(&error) || (is_late && late <= MOST_LATE);
                    match batch {
                        [first_half @ .., _] if may_be_less && !first_half.is_empty() => {
                            let (first, second) = batch.split_at(batch.len() / 2);
                            left.extend([second, first]);
                        }
                        [one] if is_too_much(&error) => {
                            tracing::warn!(%error, "the report of a session cannot be read");
                            all.unread.push((one.clone(), error));
                        }
                        _ => return Err(error),
                    }
                }
            }
            if all.found.is_empty() && all.unread.len() > MOST_UNREAD {
                return Err(all.unread.swap_remove(0).1);
            }
        }
        Ok(all)
    }
}

/// The sessions whose reports could be read, and the others.
#[derive(Debug, Default)]
pub struct ReadSessions {
    /// Those that could be read.
    pub found: Vec<Session>,
    /// Those that could not be read, with the reason.
    pub unread: Vec<(Lsid, Error)>,
}

/// Whether a smaller batch may succeed.
fn is_too_much(error: &Error) -> bool {
    matches!(error, Error::Malformed(_) | Error::Transport(TransportError::TooLarge { .. }))
}

pub(super) fn read(response: &Response) -> Result<Vec<Session>, Error> {
    answer::element(response, &["session_list"], SKIPPED)
        .map(|root| root.all("session").filter_map(session).collect())
}

/// Reads an entry. Entries without a valid LSID or with an error in place of a part are skipped.
fn session(item: &Element) -> Option<Session> {
    if item.child("error").is_some() {
        return None;
    }
    let mut session = Session::new(item.field("lsid")?.parse().ok()?);
    item.children.iter().for_each(|child| head::take(&mut session, child));
    // Some appliances write these as attributes.
    session.lseq = session.lseq.or_else(|| item.number("lseq"));
    session.external_key = session.external_key.or_else(|| item.field("external_key"));
    session.start_time = session.start_time.or_else(|| time::of_field(item, "start_time"));
    Some(session)
}

#[cfg(test)]
mod tests;
