//! A support session as described in its report, independent of the report's wire format.
//!
//! A report can be large, so it is never held in memory as a whole: a reader passes the events to a
//! [`ReportSink`] one after the other, and the data of the whole session at the end. Every part may
//! be absent.

use crate::Lsid;
use jiff::Timestamp;
use std::io;

/// Event types that people choose together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTypeGroup {
    /// What people call it.
    pub name: &'static str,
    /// The names of its types in reports.
    pub types: &'static [&'static str],
}

/// Declares the groups, and lists the types of all of them.
macro_rules! event_types {
    ($($group:literal: $($name:literal,)+;)+) => {
        /// The known event types in their groups.
        pub const EVENT_TYPE_GROUPS: &[EventTypeGroup] =
            &[$(EventTypeGroup { name: $group, types: &[$($name),+] }),+];

        /// The known event types (`docs/protocols/beyondtrust.md#session-events`). The list is
        /// open: a newer appliance may report other types, which are stored in the same way.
        pub const EVENT_TYPES: &[&str] = &[$($($name),+),+];
    };
}

event_types! {
    "Session":
        "Session Start",
        "Session End",
        "Session Assigned",
        "Session Assignment Response",
        "Session Transferred Away from Queue",
        "Session Transferred to Queue",
        "Session Pinned to Queue",
        "Session Unpinned from Queue",
        "External Key",
        "Session Note Added",
        "Session Foreground Window Changed",
    ;
    "Conference":
        "Conference Member Added",
        "Conference Member Departed",
        "Conference Member State Changed",
        "Conference Owner Changed",
        "Representative Monitoring Started",
        "Representative Monitoring Stopped",
    ;
    "Chat and Surveys":
        "Chat Message",
        "Files Shared",
        "Customer Exit Survey",
        "Representative Exit Survey",
        "Legal Agreement Response",
    ;
    "Files":
        "File Upload",
        "File Upload Failed",
        "File Download",
        "File Download Failed",
        "File Moved",
        "File Deleted",
        "Directory Created",
    ;
    "Registry":
        "Registry Exported",
        "Registry Imported",
        "Registry Key Added",
        "Registry Key Deleted",
        "Registry Key Renamed",
        "Registry Value Added",
        "Registry Value Deleted",
        "Registry Value Modified",
        "Registry Value Renamed",
    ;
    "Recordings, Screen, Shell":
        "Screen Recording",
        "Screenshot Captured",
        "Show My Screen Recording",
        "Command Shell Session Started",
        "System Information Retrieved",
    ;
    "Access":
        "Service Access Allowed",
        "Credential Injection Attempt",
        "Credential Injection Attempt Failed",
        "Jump Item Authorization Request",
        "Jump Item Authorization Request Utilized",
        "Callback Button Deployed",
        "Callback Button Removed",
    ;
    "Pinned":
        "Pinned Session Moved Away from Queue",
        "Pinned Session Moved to Queue",
        "Pinned Session Password Modified",
    ;
}

/// Receives the parts of a report while it is being read.
pub trait ReportSink {
    /// A session begins; its events follow in the order of the report.
    ///
    /// # Errors
    /// The result can't be stored.
    fn session_begins(&mut self, lsid: &Lsid) -> io::Result<()>;
    /// An event in the session.
    ///
    /// # Errors
    /// The result can't be stored.
    fn event(&mut self, event: &SessionEvent<'_>) -> io::Result<()>;
    /// The session's part of the report is complete.
    ///
    /// # Errors
    /// The result can't be stored.
    fn session_ends(&mut self, session: Session) -> io::Result<()>;
}

/// What is known of a session beside its events: as a list of running sessions tells it, or a report of a
/// finished one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session's id.
    pub lsid: Lsid,
    /// The session's short number.
    pub lseq: Option<u64>,
    /// Such as `support`; opaque.
    pub session_type: Option<String>,
    /// When it began.
    pub start_time: Option<Timestamp>,
    /// When it ended; absent while it runs.
    pub end_time: Option<Timestamp>,
    /// Whether the report says that it has ended, even if the end time can't be read.
    pub has_ended: bool,
    /// The appliance's error in place of a missing part of the session.
    pub lacks: Option<String>,
    /// The duration in seconds.
    pub duration_seconds: Option<u64>,
    /// When the first representative joined.
    pub rep_join_time: Option<Timestamp>,
    /// The public site that the session belongs to.
    pub public_site: Option<Named>,
    /// The external key, which links the session to a case.
    pub external_key: Option<String>,
    /// Other custom fields.
    pub custom_attributes: Vec<CustomAttribute>,
    /// The group of the Jump Item, and whether that is `shared` or `personal`.
    pub jump_group: Option<(Named, Option<String>)>,
    /// The Jumpoint that the session went through.
    pub jumpoint: Option<Named>,
    /// The links to the chat transcript.
    pub chat: Links,
    /// The links to the screen recording.
    pub recording: Links,
    /// The recordings of command shells.
    pub shell_recordings: Vec<ShellRecording>,
    /// How many files were transferred.
    pub file_transfer_count: Option<u64>,
    /// How many files were moved or renamed.
    pub file_move_count: Option<u64>,
    /// How many files were deleted.
    pub file_delete_count: Option<u64>,
    /// The name of the main customer.
    pub primary_customer: Option<String>,
    /// The main customer's connection.
    pub primary_customer_number: Option<String>,
    /// The name of the main representative.
    pub primary_representative: Option<String>,
    /// The main representative's connection.
    pub primary_representative_number: Option<String>,
    /// The customers who joined.
    pub customers: Vec<Customer>,
    /// The representatives who joined.
    pub representatives: Vec<Representative>,
    /// The teams that took part.
    pub teams: Vec<String>,
    /// How many surveys of customers there are.
    pub customer_surveys: usize,
    /// How many surveys of representatives there are.
    pub representative_surveys: usize,
}

impl Session {
    /// A session of which nothing else is known yet.
    pub fn new(lsid: Lsid) -> Self {
        Self {
            lsid,
            lseq: None,
            session_type: None,
            start_time: None,
            end_time: None,
            has_ended: false,
            lacks: None,
            duration_seconds: None,
            rep_join_time: None,
            public_site: None,
            external_key: None,
            custom_attributes: Vec::new(),
            jump_group: None,
            jumpoint: None,
            chat: Links::default(),
            recording: Links::default(),
            shell_recordings: Vec::new(),
            file_transfer_count: None,
            file_move_count: None,
            file_delete_count: None,
            primary_customer: None,
            primary_customer_number: None,
            primary_representative: None,
            primary_representative_number: None,
            customers: Vec::new(),
            representatives: Vec::new(),
            teams: Vec::new(),
            customer_surveys: 0,
            representative_surveys: 0,
        }
    }

    /// Whether it is still running: its end is missing or empty.
    pub fn is_running(&self) -> bool {
        !self.has_ended
    }

    /// The main customer: who is marked so, or has the connection or the name of the main one; else the first.
    pub fn main_customer(&self) -> Option<&Customer> {
        let by = |is_it: &dyn Fn(&Customer) -> bool| self.customers.iter().find(|one| is_it(one));
        let (number, name) = (&self.primary_customer_number, &self.primary_customer);
        by(&|one| one.is_primary == Some(true))
            .or_else(|| by(&|one| number.is_some() && one.gsnumber == *number))
            .or_else(|| by(&|one| name.is_some() && one.name == *name))
            .or_else(|| self.customers.first())
    }

    /// The main customer's name.
    pub fn customer_name(&self) -> Option<&str> {
        let name = self.main_customer().and_then(|customer| customer.name.as_deref());
        name.or(self.primary_customer.as_deref())
    }

    /// Whether a customer joined.
    pub fn has_customer(&self) -> bool {
        !self.customers.is_empty() || self.primary_customer.is_some()
    }

    /// The representative with this user name, if one takes part.
    pub fn representative(&self, username: &str) -> Option<&Representative> {
        self.representatives.iter().find(|one| {
            one.username.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(username.trim()))
        })
    }

    /// Whether the report tells the whole session: it has ended, and no part of it is missing.
    pub fn is_complete(&self) -> bool {
        self.has_ended && self.lacks.is_none()
    }
}

/// A name with its number on the appliance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The number.
    pub id: Option<String>,
}

/// A custom field of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomAttribute {
    /// The field's code name.
    pub code_name: String,
    /// The value; empty if it is not set.
    pub value: String,
}

/// The appliance's links to view something and to download it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The URL to view it.
    pub view: Option<String>,
    /// The URL to download it.
    pub download: Option<String>,
}

impl Links {
    /// Whether there are no links.
    pub fn is_empty(&self) -> bool {
        self.view.is_none() && self.download.is_none()
    }
}

/// The recording of a command shell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShellRecording {
    /// Which one, from 0.
    pub instance: u32,
    /// The links to it.
    pub links: Links,
}

/// A customer in a session. All values come from the customer's side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Customer {
    /// The number of the connection, which events refer to.
    pub gsnumber: Option<String>,
    /// The name.
    pub name: Option<String>,
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
    /// The company code that the customer entered.
    pub company_code: Option<String>,
    /// The issue that the customer chose.
    pub issue: Option<String>,
    /// What the customer wrote about it.
    pub details: Option<String>,
}

/// A representative in a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Representative {
    /// The number of the connection, which events refer to.
    pub gsnumber: Option<String>,
    /// The user id.
    pub id: Option<String>,
    /// The user name.
    pub username: Option<String>,
    /// The name.
    pub display_name: Option<String>,
    /// The name that customers see.
    pub public_display_name: Option<String>,
    /// The name that colleagues see.
    pub private_display_name: Option<String>,
    /// The computer's name.
    pub hostname: Option<String>,
    /// The operating system.
    pub os: Option<String>,
    /// The public IP address, often with a port.
    pub public_ip: Option<String>,
    /// The private IP address.
    pub private_ip: Option<String>,
    /// Whether this representative owns the session.
    pub is_owner: Option<bool>,
    /// Whether this is the main representative.
    pub is_primary: Option<bool>,
    /// Whether the representative was invited from outside.
    pub is_invited: Option<bool>,
    /// How long the representative took part, in seconds.
    pub seconds_involved: Option<u64>,
}

impl Representative {
    /// The name as it is shown, whichever of them the report has.
    pub fn shown_name(&self) -> Option<&str> {
        let names = [&self.display_name, &self.public_display_name, &self.private_display_name];
        names.into_iter().chain([&self.username]).find_map(|name| name.as_deref())
    }
}

impl Session {
    /// Who has a connection of this number, as the kind and the name of a party; the lists of people
    /// come before the events.
    pub fn party(&self, gsnumber: &str) -> Option<(&'static str, &str)> {
        let has = |number: &Option<String>| number.as_deref().map(str::trim) == Some(gsnumber);
        let customer = self.customers.iter().find(|one| has(&one.gsnumber));
        let customer = customer.and_then(|one| Some(("customer", one.name.as_deref()?)));
        let representative = || {
            let one = self.representatives.iter().find(|one| has(&one.gsnumber))?;
            Some(("representative", one.shown_name()?))
        };
        customer.or_else(representative)
    }
}

/// A party of an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Party<'a> {
    /// `system`, `customer` or `representative`; empty if the report does not say.
    pub kind: &'a str,
    /// The number of the connection; `0` is the system.
    pub gsnumber: &'a str,
    /// The name.
    pub name: &'a str,
}

/// A file that an event names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFile {
    /// The name.
    pub name: String,
    /// The size in bytes.
    pub size: Option<u64>,
}

/// A category of the system information, with headings and entries already paired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemCategory {
    /// Such as `Disk`.
    pub name: String,
    /// Each entry's fields with their headings.
    pub rows: Vec<Vec<(String, String)>>,
}

/// An event in a session. The list of event types is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionEvent<'a> {
    /// The event's position in the report, starting with 0.
    pub position: u32,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// The event type as named in the report.
    pub kind: &'a str,
    /// The party that caused it.
    pub performed_by: Party<'a>,
    /// The party that it was addressed to.
    pub destination: Party<'a>,
    /// The text of a message or note; may hold any character.
    pub text: &'a str,
    /// Other values, in order. A name may occur more than once.
    pub data: &'a [(String, String)],
    /// The files named in the event.
    pub files: &'a [EventFile],
    /// System information about the customer's computer.
    pub system_information: &'a [SystemCategory],
}

impl SessionEvent<'_> {
    /// The first value with this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.data.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The direction, if this is a completed file transfer.
    pub fn direction(&self) -> Option<Direction> {
        match self.kind {
            "File Upload" => Some(Direction::Upload),
            "File Download" => Some(Direction::Download),
            _ => None,
        }
    }

    /// The recording named in the event: its kind, its number if given, and its links.
    pub fn recording(&self) -> Option<(RecordingKind, Option<u32>, Links)> {
        let kind = match self.kind {
            "Command Shell Session Started" => RecordingKind::Shell,
            "Screen Recording" | "Show My Screen Recording" => RecordingKind::Screen,
            _ => return None,
        };
        let link = |name| self.value(name).filter(|link| !link.is_empty()).map(str::to_owned);
        let links = Links { view: link("view_url"), download: link("download_url") };
        let instance = self.value("instance").and_then(|text| text.trim().parse().ok());
        (!links.is_empty()).then_some((kind, instance, links))
    }
}

/// The direction of a file transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the customer.
    Upload,
    /// From the customer.
    Download,
}

/// What was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordingKind {
    /// The session's screen.
    Session,
    /// A command shell.
    Shell,
    /// The representative's own screen.
    Screen,
}

/// Who the exit survey is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SurveyKind {
    /// A customer's.
    Customer,
    /// A representative's.
    Representative,
}

impl SurveyKind {
    /// The word in records and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Representative => "Representative",
        }
    }
}

/// An exit survey with its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExitSurvey {
    /// The session.
    pub lsid: Lsid,
    /// Who the survey is for.
    pub kind: SurveyKind,
    /// When it was submitted.
    pub time: Option<Timestamp>,
    /// Who submitted it.
    pub submitted_by: Option<String>,
    /// The connection number of the person who submitted it.
    pub gsnumber: Option<String>,
    /// The questions, in order.
    pub questions: Vec<SurveyQuestion>,
}

/// A question of a survey.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SurveyQuestion {
    /// Its number on the appliance.
    pub id: Option<String>,
    /// Its kind, as the report names it.
    pub kind: Option<String>,
    /// Its field name, such as `rating`.
    pub name: Option<String>,
    /// The question as it was asked.
    pub label: Option<String>,
    /// The answers. Empty if the question was skipped.
    pub answers: Vec<String>,
}
