//! `SupportSession` with its events, read as a stream: memory does not grow with the report.
//!
//! A report is complete only if its one root element was opened and closed and only white space
//! follows (S12). The sink receives data before that is known, so it must not act on it before
//! [`read_sessions`] has returned.

mod event;
pub(super) mod head;
mod legal;
#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::xml::{self, Flaw, MAX_DEPTH, Tree, encoding, malformed};
use casebridge_domain::Lsid;
use casebridge_domain::report::{ReportSink, Session};
use encoding_rs_io::DecodeReaderBytesBuilder;
use event::{EventReader, attribute};
use legal::Legal;
use quick_xml::Reader;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::{BytesStart, Event};
use std::io::{self, Read};
use std::time::{Duration, Instant};

/// The maximum size of a session's own elements without its events, in bytes.
const HEAVIEST_HEAD: usize = 8 * 1024 * 1024;
/// The maximum length of an error message in place of a report, in bytes.
const LONGEST_MESSAGE: usize = 64 * 1024;
/// The maximum length of an error message in place of a part of a session, in bytes.
const LONGEST_GAP: usize = 400;
/// The clock is checked once per this number of XML events.
const PARTS_A_LOOK: u32 = 4096;

/// The limits of a report.
#[derive(Debug, Clone)]
pub struct ReportLimits {
    /// Total bytes.
    pub bytes: u64,
    /// Bytes of one text or tag.
    pub longest: usize,
    /// The time limit for reading.
    pub time: Duration,
}

impl Default for ReportLimits {
    fn default() -> Self {
        Self { bytes: 1 << 30, longest: 4 << 20, time: Duration::from_secs(300) }
    }
}

/// The summary of a complete report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReportEnd {
    /// How many sessions.
    pub sessions: usize,
    /// How many characters were dropped because XML forbids them.
    pub removed: usize,
    /// How many invalid byte sequences were replaced.
    pub replaced: usize,
}

/// Why a report was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not a complete report.
    #[error(transparent)]
    Report(#[from] Error),
    /// The file could not be read, or the result could not be stored.
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

/// Reads a report and passes its sessions to `sink`. A report that found nothing has no sessions.
///
/// # Errors
/// The report is incomplete, malformed or too large, it is an error of the appliance, or the sink
/// failed.
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
        // The text between elements is mostly white space, which needs no XML events.
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

/// The reader's position in the document.
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
    /// In an error in place of a part of a session.
    Gap { depth: u32, in_details: bool },
    /// In an unknown element at this depth, within the list or a session's details.
    Unknown { depth: u32, in_details: bool },
    /// After the root.
    End,
}

struct Walk<'s> {
    sink: &'s mut dyn ReportSink,
    place: Place,
    depth: usize,
    event: EventReader,
    events: u32,
    /// The session that is being read.
    session: Option<Session>,
    /// The session's own element that is being read.
    own: Tree<'static>,
    /// The appliance's message in place of a report.
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
            session: None,
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
                self.current()?.lacks = Some(String::new());
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
                    let session = self.session.as_ref().ok_or_else(outside)?;
                    self.sink.event(&self.event.finished(session))?;
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
                        head::take(self.current()?, &element);
                        Place::Session
                    }
                    None => Place::Own,
                }
            }
            Place::Session => {
                self.end.sessions += 1;
                self.sink.session_ends(self.session.take().ok_or_else(outside)?)?;
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

    /// Whether text is relevant at the reader's position.
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
            // Only its first words are ever shown.
            Place::Message if self.message.len() > LONGEST_MESSAGE => {}
            Place::Message => self.message.push_str(text),
            Place::Gap { .. } => {
                let message = self.current()?.lacks.get_or_insert_default();
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
        self.session = Some(Session::new(lsid));
        (self.events, self.head) = (0, 0);
        Ok(())
    }

    /// The session that is being read.
    fn current(&mut self) -> Result<&mut Session, ReadError> {
        self.session.as_mut().ok_or_else(outside)
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

/// No document that this reader lets through gets here: places follow one another.
fn outside() -> ReadError {
    malformed("a part of a session is outside of it").into()
}
