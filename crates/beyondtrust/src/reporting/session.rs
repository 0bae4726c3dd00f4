//! `SupportSession`: whole sessions, without their events.

use casebridge_domain::Lsid;
use casebridge_transport::{Response, TransportError};
use jiff::Timestamp;

use super::Report;
use crate::answer;
use crate::appliance::Appliance;
use crate::command::CustomAttribute;
use crate::error::Error;
use crate::time;
use crate::xml::{Element, non_blank};

/// How many sessions are requested in one call.
const BATCH: usize = 1000;
/// If more sessions than this fail in a row, the cause is not their content.
const MOST_UNREAD: usize = 8;
/// How often a batch that timed out is split in two.
const MOST_LATE: u32 = 3;
/// The events are most of a report and are not needed here.
const SKIPPED: &[&str] = &["session_details"];

/// A support session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session's id.
    pub lsid: Lsid,
    /// The session's short number.
    pub lseq: Option<u64>,
    /// `support`, in what was recorded.
    pub session_type: Option<String>,
    /// When it began.
    pub start_time: Option<Timestamp>,
    /// When it ended, if the time can be read.
    pub end_time: Option<Timestamp>,
    /// Whether it is still running: its end is missing or empty.
    pub is_running: bool,
    /// When the first representative joined.
    pub rep_join_time: Option<Timestamp>,
    /// The public site that the session belongs to.
    pub public_site: Option<String>,
    /// The external key, which links the session to a case.
    pub external_key: Option<String>,
    /// Other custom fields.
    pub custom_attributes: Vec<CustomAttribute>,
    /// The name of the main customer.
    pub primary_customer: Option<String>,
    /// The name of the main representative.
    pub primary_rep: Option<String>,
    /// The customers who joined.
    pub customers: Vec<Customer>,
    /// The representatives who joined.
    pub representatives: Vec<Representative>,
}

/// A customer in a session. All values come from the customer's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The number of the connection, which events refer to.
    pub gsnumber: Option<String>,
    /// The name.
    pub username: Option<String>,
    /// The computer's name.
    pub hostname: Option<String>,
    /// The operating system.
    pub os: Option<String>,
    /// The public IP address, often with a port.
    pub public_ip: Option<String>,
    /// The private IP address.
    pub private_ip: Option<String>,
    /// Whether this is the main customer.
    pub is_primary: Option<bool>,
    /// The company that the customer entered.
    pub company: Option<String>,
    /// The issue that the customer chose.
    pub issue: Option<String>,
    /// What the customer wrote about it.
    pub details: Option<String>,
}

/// A representative in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representative {
    /// The number of the connection, which events refer to.
    pub gsnumber: Option<String>,
    /// The user id.
    pub id: Option<String>,
    /// The user name.
    pub username: Option<String>,
    /// The name, from before the two fields below existed.
    pub display_name: Option<String>,
    /// The name that customers see.
    pub public_display_name: Option<String>,
    /// The name that representatives see.
    pub private_display_name: Option<String>,
    /// The computer's name.
    pub hostname: Option<String>,
    /// Whether this representative owns the session.
    pub is_owner: Option<bool>,
    /// Whether this is the main representative.
    pub is_primary: Option<bool>,
    /// Whether the representative was invited from outside.
    pub is_invited: Option<bool>,
    /// How long the representative took part.
    pub seconds_involved: Option<u64>,
}

impl Session {
    /// The representative with this user name, if they take part.
    pub fn representative(&self, username: &str) -> Option<&Representative> {
        self.representatives.iter().find(|rep| {
            rep.username.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(username.trim()))
        })
    }

    /// Whether a customer joined.
    pub fn has_customer(&self) -> bool {
        !self.customers.is_empty() || self.primary_customer.is_some()
    }
}

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
    let end = item.child("end_time");
    let end_time = end.and_then(time::of_element);
    Some(Session {
        lsid: item.field("lsid")?.parse().ok()?,
        lseq: item.number("lseq"),
        session_type: item.child_text("session_type"),
        start_time: time::of_field(item, "start_time"),
        end_time,
        is_running: end_time.is_none() && end.is_none_or(|end| end.text().is_empty()),
        rep_join_time: time::of_field(item, "rep_join_time"),
        public_site: item.child_text("public_site"),
        external_key: item.field("external_key"),
        custom_attributes: custom_attributes(item),
        primary_customer: item.child_text("primary_customer"),
        primary_rep: item.child_text("primary_rep"),
        customers: item.items("customer_list", "customer").map(customer).collect(),
        representatives: item.items("rep_list", "representative").map(representative).collect(),
    })
}

fn custom_attributes(item: &Element) -> Vec<CustomAttribute> {
    item.all("custom_attributes").flat_map(crate::command::read_attributes).collect()
}

fn customer(item: &Element) -> Customer {
    let info = |name: &str| item.child("info").and_then(|info| info.child_text(name));
    Customer {
        gsnumber: item.field("gsnumber"),
        username: item.child_text("username").or_else(|| info("name")),
        hostname: known(item, "hostname"),
        os: known(item, "os"),
        public_ip: known(item, "public_ip"),
        private_ip: known(item, "private_ip"),
        is_primary: item.flag("primary_cust"),
        company: info("company"),
        issue: info("issue"),
        details: info("details"),
    }
}

fn representative(item: &Element) -> Representative {
    Representative {
        gsnumber: item.field("gsnumber"),
        id: item.field("id"),
        username: item.child_text("username"),
        display_name: item.child_text("display_name"),
        public_display_name: item.child_text("public_display_name"),
        private_display_name: item.child_text("private_display_name"),
        hostname: known(item, "hostname"),
        is_owner: item.flag("session_owner"),
        is_primary: item.flag("primary_rep"),
        is_invited: item.flag("invited"),
        seconds_involved: item.number("seconds_involved"),
    }
}

/// A child's text, unless it is the appliance's word for "not known".
fn known(item: &Element, name: &str) -> Option<String> {
    item.child(name).and_then(|child| non_blank(child.text())).filter(|text| text != "Unknown")
}

#[cfg(test)]
mod tests;
