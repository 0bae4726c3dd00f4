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

/// How many sessions are asked for in one call.
const BATCH: usize = 1000;
/// If none can be read of more than these, it is not for what is in them.
const MOST_UNREAD: usize = 8;
/// So often a part that took too long is asked for in two.
const MOST_LATE: u32 = 3;
/// The events are most of a report and are not needed here.
const SKIPPED: &[&str] = &["session_details"];

impl Appliance {
    /// Fetches sessions by their ids. Those that the appliance does not know are left out.
    ///
    /// # Errors
    /// A call failed, or the report of one of them cannot be read.
    pub async fn sessions(&self, lsids: &[Lsid]) -> Result<Vec<Session>, Error> {
        let read = self.readable_sessions(lsids).await?;
        match read.unread.into_iter().next() {
            None => Ok(read.found),
            Some((_, error)) => Err(error),
        }
    }

    /// The same; one whose report cannot be read stands in the way of no other, and is named.
    ///
    /// # Errors
    /// A call failed, or nothing of so many sessions can be read that it is not for what is in them.
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
                    // A site that is away is not asked in ever smaller parts.
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

/// Sessions as far as their reports could be read.
#[derive(Debug, Default)]
pub struct ReadSessions {
    /// Those that could be read.
    pub found: Vec<Session>,
    /// Those that could not, and why.
    pub unread: Vec<(Lsid, Error)>,
}

/// Whether fewer sessions may be read where these cannot.
fn is_too_much(error: &Error) -> bool {
    matches!(error, Error::Malformed(_) | Error::Transport(TransportError::TooLarge { .. }))
}

pub(super) fn read(response: &Response) -> Result<Vec<Session>, Error> {
    answer::element(response, &["session_list"], SKIPPED)
        .map(|root| root.all("session").filter_map(session).collect())
}

/// An entry without a usable LSID leads nowhere and is left out, as is one with an error in the place of
/// a part of it.
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
