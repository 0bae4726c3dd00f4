//! Maps a session's report to rows for the org. A pure function: the same report always gives the
//! same rows.
//!
//! The keys of rows come only from the report: the LSID, and for children the LSID with their
//! position or number. If a text is too long for its field, the field holds its beginning and
//! [`Rows::whole`] receives the full text (`docs/protocols/salesforce.md#statuses-and-codes`,
//! STRING_TOO_LONG).

mod clock;
mod events;
mod people;
mod row;
mod surveys;
#[cfg(test)]
mod tests;

pub use clock::utc;
pub use row::{Field, MARK, Object, Value, fit};
pub use surveys::{answers_of, survey_key, write_survey};

use crate::report::{Links, RecordingKind, ReportSink, Session, SessionEvent};
use crate::settings::Address;
use crate::{CaseId, Lsid};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Receives the rows, one after the other.
pub trait Rows {
    /// Receives a row with its key and all its fields. A child row belongs to the session that is
    /// being mapped.
    ///
    /// # Errors
    /// It can't be stored.
    fn row(&mut self, object: Object, key: &str, fields: &[Field<'_>]) -> io::Result<()>;
    /// Receives the full text that was too long for its field.
    ///
    /// # Errors
    /// It can't be stored.
    fn whole(&mut self, key: &str, field: &str, text: &str) -> io::Result<()>;
    /// Receives a line of the chat. All lines together are the transcript.
    ///
    /// # Errors
    /// It can't be stored.
    fn chat(&mut self, line: &str) -> io::Result<()>;
}

/// The administrator's settings for the import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingOptions {
    /// The appliance's configured name.
    pub appliance: String,
    /// The event types to import. If empty, all types are imported.
    pub event_types: BTreeSet<String>,
    /// The base URL of recordings outside the appliance. The LSID is appended.
    pub recording_base_url: Option<Address>,
}

/// The limits of the org's fields, in characters.
mod limit {
    pub(super) const NAME: usize = 255;
    pub(super) const LINK: usize = 2_048;
    pub(super) const LONG: usize = 32_768;
    pub(super) const LONGEST: usize = 131_072;
}

/// A mapped session. Its own row is still missing, because that needs the case.
#[derive(Debug, Clone)]
pub struct MappedSession {
    /// What the report says of it.
    pub session: Session,
    transcript: String,
    transcript_is_cut: bool,
    notes: String,
    appliance: String,
    recordings: u32,
}

impl MappedSession {
    /// Whether the field is too short for the transcript.
    pub fn transcript_is_cut(&self) -> bool {
        self.transcript_is_cut
    }

    /// The session's own fields.
    pub fn fields(&self, case: Option<&CaseId>) -> Vec<Field<'_>> {
        let session = &self.session;
        let duration = session.duration_seconds.or_else(|| {
            let took = session.start_time?.duration_until(session.end_time?);
            took.as_secs().try_into().ok()
        });
        let texts = self.texts().into_iter().map(|(field, text, limit)| {
            let short = fit(&text, limit).0.into_owned();
            (field, if short.is_empty() { Value::Nothing } else { Value::Text(short.into()) })
        });
        let rest = [
            ("Case__c", case.map_or(Value::Nothing, |case| Value::Text(case.to_string().into()))),
            ("Session_Number__c", session.lseq.into()),
            ("Start_Time__c", session.start_time.into()),
            ("End_Time__c", session.end_time.into()),
            ("Representative_Join_Time__c", session.rep_join_time.into()),
            ("Duration_Seconds__c", duration.into()),
            ("Chat_Transcript__c", filled(&self.transcript)),
            ("Session_Notes__c", filled(&self.notes)),
            ("File_Transfer_Count__c", session.file_transfer_count.into()),
            ("File_Move_Count__c", session.file_move_count.into()),
            ("File_Delete_Count__c", session.file_delete_count.into()),
            ("Recording_Count__c", Value::Number(self.recordings.into())),
        ];
        rest.into_iter().chain(texts).collect()
    }

    /// The session's texts, except chat and notes, with the limits of their fields.
    fn texts(&self) -> Vec<(&'static str, Cow<'_, str>, usize)> {
        let session = &self.session;
        let (group, group_type) = session.jump_group.as_ref().map(|(g, t)| (g, t)).unzip();
        let site = session.public_site.as_ref();
        // The external key has a field of its own.
        let attributes = session.custom_attributes.iter();
        let attributes: Vec<String> = attributes
            .filter(|one| one.code_name != "external_key")
            .map(|one| pair(&one.code_name, &one.value))
            .collect();
        vec![
            ("External_Key__c", text(session.external_key.as_ref()), limit::NAME),
            ("Appliance__c", text(Some(&self.appliance)), 64),
            ("Session_Type__c", text(session.session_type.as_ref()), 80),
            ("Primary_Customer__c", text(session.primary_customer.as_ref()), limit::NAME),
            (
                "Primary_Representative__c",
                text(session.primary_representative.as_ref()),
                limit::NAME,
            ),
            ("Support_Teams__c", Cow::Owned(session.teams.join("\n")), 1_024),
            ("Public_Site__c", text(site.map(|site| &site.name)), limit::NAME),
            ("Public_Site_Id__c", text(site.and_then(|site| site.id.as_ref())), 20),
            ("Jump_Group__c", text(group.map(|group| &group.name)), limit::NAME),
            ("Jump_Group_Type__c", text(group_type.and_then(Option::as_ref)), 20),
            ("Jumpoint__c", text(session.jumpoint.as_ref().map(|one| &one.name)), limit::NAME),
            ("Chat_View_URL__c", text(session.chat.view.as_ref()), limit::LINK),
            ("Chat_Download_URL__c", text(session.chat.download.as_ref()), limit::LINK),
            ("Custom_Attributes__c", Cow::Owned(attributes.join("\n")), limit::LONG),
        ]
    }
}

fn text(text: Option<&String>) -> Cow<'_, str> {
    Cow::Borrowed(text.map_or("", String::as_str))
}

fn filled(text: &str) -> Value<'_> {
    match text.is_empty() {
        true => Value::Nothing,
        false => Value::Text(Cow::Borrowed(text)),
    }
}

/// A name and its value on one line. Line ends in them are replaced (S10).
fn pair(name: &str, value: &str) -> String {
    format!("{}: {}", one_line(name), one_line(value))
}

fn one_line(text: &str) -> Cow<'_, str> {
    match may_end_line(text) && text.contains(LINE_ENDS) {
        true => Cow::Owned(text.replace("\r\n", "\n").replace(LINE_ENDS, "\\n")),
        false => Cow::Borrowed(text),
    }
}

/// A quick check whether the text may contain a line end. Most texts contain none.
fn may_end_line(text: &str) -> bool {
    text.bytes().fold(false, |any, byte| any | !(b' '..0x80).contains(&byte))
}

/// All characters that some program treats as a line end.
const LINE_ENDS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Maps one session while its report is being read. Other sessions in the report are skipped.
pub struct Mapper<'a> {
    wanted: &'a Lsid,
    options: &'a MappingOptions,
    rows: &'a mut dyn Rows,
    is_wanted: bool,
    /// The key of the current row.
    key: String,
    text: String,
    day: clock::Day,
    transfers: u32,
    categories: u32,
    transcript: Beginning,
    notes: Beginning,
    /// Recordings named in events. The session's own list has priority.
    recordings: BTreeMap<(RecordingKind, u32), Links>,
    mapped: Option<MappedSession>,
}

/// The beginning of a growing text, up to the field's limit.
#[derive(Debug, Default)]
struct Beginning {
    text: String,
    /// The length in UTF-16 code units.
    length: usize,
    is_cut: bool,
}

impl Beginning {
    /// Adds a line. Returns the text that must be stored elsewhere: everything so far when the
    /// field becomes full, and then each further line.
    fn push(&mut self, line: &str) -> Option<String> {
        if self.is_cut {
            return Some(line.to_owned());
        }
        self.text.push_str(line);
        self.length += line.encode_utf16().count();
        if self.length <= limit::LONGEST {
            return None;
        }
        self.is_cut = true;
        let short = fit(&self.text, limit::LONGEST).0.into_owned();
        Some(std::mem::replace(&mut self.text, short))
    }

    fn finish(self) -> String {
        match self.is_cut {
            true => self.text,
            false => fit(self.text.trim_end(), limit::LONGEST).0.into_owned(),
        }
    }
}

impl<'a> Mapper<'a> {
    /// Maps the session with this LSID into `rows`.
    pub fn new(wanted: &'a Lsid, options: &'a MappingOptions, rows: &'a mut dyn Rows) -> Self {
        Self {
            wanted,
            options,
            rows,
            is_wanted: false,
            key: String::new(),
            text: String::new(),
            day: clock::Day::of(Timestamp::UNIX_EPOCH),
            transfers: 0,
            categories: 0,
            transcript: Beginning::default(),
            notes: Beginning::default(),
            recordings: BTreeMap::new(),
            mapped: None,
        }
    }

    /// Returns the session, if the report contained it.
    pub fn finish(self) -> Option<MappedSession> {
        self.mapped
    }

    /// Starts a key: the LSID and the part that distinguishes the row from its siblings.
    fn set_key(&mut self, part: std::fmt::Arguments<'_>) {
        self.key.clear();
        self.key.push_str(self.wanted.as_str());
        self.key.push(':');
        // Writing to a text cannot fail.
        let _ = std::fmt::Write::write_fmt(&mut self.key, part);
    }

    /// A recording's links. Session recordings may be stored outside the appliance.
    fn recording(&mut self, kind: RecordingKind, instance: u32, links: &Links) -> io::Result<()> {
        let (word, part) = match kind {
            RecordingKind::Session => ("Session", "session"),
            RecordingKind::Shell => ("Command Shell", "shell"),
            RecordingKind::Screen => ("Screen", "screen"),
        };
        self.set_key(format_args!("{part}:{instance}"));
        let elsewhere = self.options.recording_base_url.as_ref();
        let elsewhere = elsewhere.filter(|_| kind == RecordingKind::Session);
        let elsewhere = elsewhere.map(|base| base.with_parameter("lsid", self.wanted.as_str()));
        let view = elsewhere.map(String::from).or(links.view.clone());
        let link = |link: &Option<String>| match link {
            Some(link) => Value::Text(Cow::Owned(fit(link, limit::LINK).0.into_owned())),
            None => Value::Nothing,
        };
        let fields = [
            ("Kind__c", Value::Text(word.into())),
            ("Instance__c", Value::Number(instance.into())),
            ("View_URL__c", link(&view)),
            ("Download_URL__c", link(&links.download)),
        ];
        self.rows.row(Object::Recording, &self.key, &fields)
    }

    fn all_recordings(&mut self, session: &Session) -> io::Result<u32> {
        let mut all = std::mem::take(&mut self.recordings);
        for shell in &session.shell_recordings {
            all.insert((RecordingKind::Shell, shell.instance), shell.links.clone());
        }
        if !session.recording.is_empty() {
            all.insert((RecordingKind::Session, 0), session.recording.clone());
        }
        for ((kind, instance), links) in &all {
            self.recording(*kind, *instance, links)?;
        }
        Ok(u32::try_from(all.len()).unwrap_or(u32::MAX))
    }
}

impl ReportSink for Mapper<'_> {
    fn session_begins(&mut self, lsid: &Lsid) -> io::Result<()> {
        // If a report contains the session twice, the first one counts.
        self.is_wanted = lsid == self.wanted && self.mapped.is_none();
        Ok(())
    }

    fn event(&mut self, event: &SessionEvent<'_>) -> io::Result<()> {
        match self.is_wanted {
            true => self.map_event(event),
            false => Ok(()),
        }
    }

    fn session_ends(&mut self, session: Session) -> io::Result<()> {
        if !self.is_wanted {
            return Ok(());
        }
        self.map_people(&session)?;
        let recordings = self.all_recordings(&session)?;
        let transcript = std::mem::take(&mut self.transcript);
        let mapped = MappedSession {
            session,
            transcript_is_cut: transcript.is_cut,
            transcript: transcript.finish(),
            notes: std::mem::take(&mut self.notes).finish(),
            appliance: self.options.appliance.clone(),
            recordings,
        };
        for (field, text, limit) in mapped.texts() {
            if fit(&text, limit).1 {
                self.rows.whole(self.wanted.as_str(), field, &text)?;
            }
        }
        self.mapped = Some(mapped);
        self.is_wanted = false;
        Ok(())
    }
}

/// Adds formatted text.
fn put(text: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = std::fmt::Write::write_fmt(text, part);
}
