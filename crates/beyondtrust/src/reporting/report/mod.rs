//! `SupportSession` with its events, read as a stream: memory does not grow with the report.
//!
//! A report counts as whole only when its one root was opened and closed and nothing but blanks
//! follows (S12). The reader hands on what it finds before it knows that, so whoever takes it acts
//! on nothing before [`read_sessions`] has returned.

mod event;
mod head;
mod legal;
#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::xml::{self, Flaw, MAX_DEPTH, Tree, encoding, malformed};
use casebridge_domain::Lsid;
use casebridge_domain::report::{ReportSink, ReportedSession};
use encoding_rs_io::DecodeReaderBytesBuilder;
use event::{EventReader, attribute};
use legal::Legal;
use quick_xml::Reader;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::{BytesStart, Event};
use std::io::{self, Read};
use std::time::{Duration, Instant};

/// The most bytes that a session's own elements may have, beside its events.
const HEAVIEST_HEAD: usize = 8 * 1024 * 1024;
/// So much is kept of what the appliance says instead of a report.
const LONGEST_MESSAGE: usize = 64 * 1024;
/// So much of what it says instead of a part of a session.
const LONGEST_GAP: usize = 400;
/// The clock is looked at once in so many parts.
const PARTS_A_LOOK: u32 = 4096;

/// What a report may have.
#[derive(Debug, Clone)]
pub struct ReportLimits {
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes of one text or tag.
    pub longest: usize,
    /// How long the reading may take.
    pub time: Duration,
}

impl Default for ReportLimits {
    fn default() -> Self {
        Self { bytes: 1 << 30, longest: 4 << 20, time: Duration::from_secs(300) }
    }
}

/// What there was in a whole report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReportEnd {
    /// How many sessions.
    pub sessions: usize,
    /// How many characters were dropped because XML forbids them.
    pub removed: usize,
    /// How many places were no text, and have a mark in their stead.
    pub replaced: usize,
}

/// Why a report was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no whole report.
    #[error(transparent)]
    Report(#[from] Error),
    /// It could not be read from its file, or what was made of it could not be kept.
    #[error("the disk reported an error: {0}")]
    Disk(#[from] io::Error),
}

impl From<Flaw> for ReadError {
    fn from(flaw: Flaw) -> Self {
        Self::Report(match flaw {
            Flaw::Empty => Error::Empty,
            Flaw::CutOff => Error::CutOff,
            Flaw::Malformed(detail) => Error::Malformed(detail),
        })
    }
}

/// Reads a report and hands its sessions to `sink`. A report that found nothing has none.
///
/// # Errors
/// It is cut off, malformed, too large, or an error of the appliance; or the sink failed.
pub fn read_sessions(
    input: &mut dyn Read,
    limits: &ReportLimits,
    sink: &mut dyn ReportSink,
) -> Result<ReportEnd, ReadError> {
    let mut beginning = Vec::new();
    input.take(encoding::DECLARATION as u64).read_to_end(&mut beginning)?;
    let named = encoding::of(&beginning)?;
    let input = beginning.as_slice().chain(input);
    match named == encoding_rs::UTF_8 {
        true => read_text(Legal::new(input, limits.bytes, limits.longest), limits, sink),
        false => {
            let text = DecodeReaderBytesBuilder::new().encoding(Some(named)).build(input);
            read_text(Legal::decoded(text, limits.bytes, limits.longest), limits, sink)
        }
    }
}

fn read_text<R: Read>(
    text: Legal<R>,
    limits: &ReportLimits,
    sink: &mut dyn ReportSink,
) -> Result<ReportEnd, ReadError> {
    let mut reader = Reader::from_reader(text);
    let mut walk = Walk::new(sink);
    let (mut buffer, mut parts, until) = (Vec::new(), 0_u32, Instant::now() + limits.time);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(event) => walk.take(event)?,
            Err(error) => return Err(failed(error, reader.get_ref().is_at_end())),
        }
        // What stands between elements is mostly blanks, which are not worth an event each.
        reader.config_mut().trim_text_start = !walk.takes_text();
        reader.get_mut().next_part();
        parts = parts.wrapping_add(1);
        if parts.is_multiple_of(PARTS_A_LOOK) && Instant::now() > until {
            return Err(malformed("reading it takes too long").into());
        }
    }
    let legal = reader.get_ref();
    walk.end.replaced = legal.replaced;
    walk.finish(legal.removed)
}

fn failed(error: XmlError, at_end: bool) -> ReadError {
    let XmlError::Io(error) = error else { return xml::flaw(&error, at_end).into() };
    let is_limit = error.kind() == io::ErrorKind::InvalidData;
    match is_limit {
        true => malformed(&error.to_string()).into(),
        false => io::Error::new(error.kind(), error).into(),
    }
}

/// Where in the document the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the root.
    Start,
    /// In the list of sessions.
    List,
    /// In a session.
    Session,
    /// Among its events.
    Details,
    /// In one of them.
    Event,
    /// In one of the session's own elements.
    Own,
    /// In the appliance's error, as root or in the list.
    Message,
    /// In an error that stands in the place of a part of a session.
    Gap { depth: u32, in_details: bool },
    /// So deep in something unknown, which is in the list (or in a session's details).
    Unknown { depth: u32, in_details: bool },
    /// Behind the root.
    End,
}

struct Walk<'s> {
    sink: &'s mut dyn ReportSink,
    place: Place,
    depth: usize,
    event: EventReader,
    events: u32,
    session: ReportedSession,
    /// The own element that is being read.
    own: Tree<'static>,
    /// What the appliance says instead of a report.
    message: String,
    head: usize,
    end: ReportEnd,
}

impl<'s> Walk<'s> {
    fn new(sink: &'s mut dyn ReportSink) -> Self {
        Self {
            sink,
            place: Place::Start,
            depth: 0,
            event: EventReader::default(),
            events: 0,
            session: ReportedSession::default(),
            own: Tree::default(),
            message: String::new(),
            head: 0,
            end: ReportEnd::default(),
        }
    }

    fn take(&mut self, event: Event<'_>) -> Result<(), ReadError> {
        match event {
            Event::Start(start) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(malformed("it is too deep").into());
                }
                self.open(start)
            }
            Event::Empty(start) => {
                self.open(start)?;
                self.close()
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.close()
            }
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(name) => self.reference(&name),
            Event::DocType(_) => Err(malformed("a document type is not accepted").into()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn open(&mut self, start: BytesStart<'_>) -> Result<(), ReadError> {
        let removed = &mut self.end.removed;
        let name = start.local_name();
        self.place = match self.place {
            Place::Event => {
                self.event.open(name.as_ref(), &start, removed)?;
                Place::Event
            }
            Place::Details if name.as_ref() == "event" => {
                self.event.begin(&start, self.events, removed)?;
                self.events = self.events.saturating_add(1);
                Place::Event
            }
            Place::Details | Place::Session if name.as_ref() == "error" => {
                self.session.lacks = Some(String::new());
                Place::Gap { depth: 1, in_details: self.place == Place::Details }
            }
            Place::Details => Place::Unknown { depth: 1, in_details: true },
            Place::Session if name.as_ref() == "session_details" => Place::Details,
            Place::Session | Place::Own => {
                self.head += start.len();
                self.own.take(Event::Start(start), removed)?;
                self.check_head()?;
                Place::Own
            }
            Place::Start => match name.as_ref() {
                "session_list" => Place::List,
                "error" => Place::Message,
                other => return Err(Error::UnexpectedRoot(other.chars().take(80).collect()).into()),
            },
            Place::List => match name.as_ref() {
                "session" => {
                    self.begin_session(&start)?;
                    Place::Session
                }
                "error" => Place::Message,
                _ => Place::Unknown { depth: 1, in_details: false },
            },
            Place::Message => Place::Message,
            Place::Unknown { depth, in_details } => Place::Unknown { depth: depth + 1, in_details },
            Place::Gap { depth, in_details } => Place::Gap { depth: depth + 1, in_details },
            Place::End => return Err(malformed("there is more than one root").into()),
        };
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadError> {
        self.place = match self.place {
            Place::Event => match self.event.close() {
                true => {
                    self.sink.event(&self.event.finished(&self.session))?;
                    Place::Details
                }
                false => Place::Event,
            },
            Place::Details => Place::Session,
            Place::Own => {
                self.own.close()?;
                match self.own.root.take() {
                    Some(element) => {
                        self.own = Tree::default();
                        head::take(&mut self.session, &element);
                        Place::Session
                    }
                    None => Place::Own,
                }
            }
            Place::Session => {
                self.end.sessions += 1;
                self.sink.session_ends(std::mem::take(&mut self.session))?;
                Place::List
            }
            Place::List => Place::End,
            Place::Message => return Err(Error::message(&self.message).into()),
            Place::Gap { depth: 1, in_details: true }
            | Place::Unknown { depth: 1, in_details: true } => Place::Details,
            Place::Gap { depth: 1, in_details: false } => Place::Session,
            Place::Gap { depth, in_details } => Place::Gap { depth: depth - 1, in_details },
            Place::Unknown { depth: 1, in_details: false } => Place::List,
            Place::Unknown { depth, in_details } => Place::Unknown { depth: depth - 1, in_details },
            Place::Start | Place::End => return Err(malformed("an end without a start").into()),
        };
        Ok(())
    }

    /// Whether text means something where the reader is.
    fn takes_text(&self) -> bool {
        match self.place {
            Place::Event => self.event.takes_text(),
            Place::Own | Place::Message | Place::Gap { .. } => true,
            Place::Start
            | Place::List
            | Place::Session
            | Place::Details
            | Place::Unknown { .. }
            | Place::End => false,
        }
    }

    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        match self.place {
            Place::Event => self.event.text(text)?,
            Place::Own => {
                self.head += text.len();
                self.own.append(text);
                self.check_head()?;
            }
            // More than the first words of it is shown nowhere.
            Place::Message if self.message.len() > LONGEST_MESSAGE => {}
            Place::Message => self.message.push_str(text),
            Place::Gap { .. } => {
                let message = self.session.lacks.get_or_insert_default();
                message.extend(text.chars().take(LONGEST_GAP.saturating_sub(message.len())));
            }
            Place::Start | Place::End if !text.trim().is_empty() => {
                return Err(malformed("there is text outside of the root").into());
            }
            Place::Start
            | Place::End
            | Place::List
            | Place::Session
            | Place::Details
            | Place::Unknown { .. } => {}
        }
        Ok(())
    }

    fn reference(&mut self, name: &str) -> Result<(), ReadError> {
        if matches!(self.place, Place::Start | Place::End) {
            return Err(malformed("there is a reference outside of the root").into());
        }
        if self.place == Place::Event {
            return Ok(self.event.reference(name, &mut self.end.removed)?);
        }
        let mut text = String::new();
        xml::reference(name, &mut text, &mut self.end.removed)?;
        self.text(&text)
    }

    fn begin_session(&mut self, start: &BytesStart<'_>) -> Result<(), ReadError> {
        let lsid = attribute(start, &["lsid"], &mut self.end.removed)?;
        let lsid: Option<Lsid> = lsid.and_then(|text| text.parse().ok());
        let lsid = lsid.ok_or_else(|| malformed("a session has no LSID"))?;
        self.sink.session_begins(&lsid)?;
        self.session = ReportedSession { lsid: Some(lsid), ..ReportedSession::default() };
        (self.events, self.head) = (0, 0);
        Ok(())
    }

    fn check_head(&self) -> Result<(), ReadError> {
        match self.head > HEAVIEST_HEAD {
            true => Err(malformed("a session is larger than is accepted").into()),
            false => Ok(()),
        }
    }

    fn finish(mut self, removed: usize) -> Result<ReportEnd, ReadError> {
        self.end.removed += removed;
        let ReportEnd { removed, replaced, .. } = self.end;
        if removed + replaced > 0 {
            tracing::warn!(
                removed,
                replaced,
                "a report has characters that XML forbids, or is no text"
            );
        }
        match self.place {
            Place::End => Ok(self.end),
            Place::Start => Err(Flaw::Empty.into()),
            Place::List
            | Place::Session
            | Place::Details
            | Place::Event
            | Place::Own
            | Place::Message
            | Place::Gap { .. }
            | Place::Unknown { .. } => Err(Flaw::CutOff.into()),
        }
    }
}
