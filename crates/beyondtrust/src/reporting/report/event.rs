//! The current event while a report is being read (`docs/protocols/beyondtrust.md#session-events`).
//! It is reused for all events, because a large report has hundreds of thousands of them.

use crate::time;
use crate::xml::{self, Flaw, each_attribute, malformed};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use casebridge_domain::report::{EventFile, Party, Session, SessionEvent, SystemCategory};
use jiff::Timestamp;
use quick_xml::events::BytesStart;

/// The maximum size of one event, in bytes.
const HEAVIEST: usize = 16 * 1024 * 1024;
/// The maximum number of values, files or fields of one event.
const MOST: usize = 100_000;

/// The reader's position in the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Event,
    PerformedBy,
    Destination,
    Body,
    EncodedBody,
    Data,
    Value,
    FileName,
    FileSize,
    Files,
    File,
    SystemInformation,
    Category,
    Description,
    Heading,
    Rows,
    Row,
    Field,
    Unknown,
}

#[derive(Debug, Default)]
struct PartyText {
    kind: String,
    gsnumber: String,
    name: String,
}

impl PartyText {
    fn clear(&mut self) {
        [&mut self.kind, &mut self.gsnumber, &mut self.name].into_iter().for_each(String::clear);
    }

    /// Adds the name of a party from the session's lists of people, if the event only has a
    /// connection number.
    fn join(&mut self, session: &Session) {
        let number = trimmed(&self.gsnumber);
        if number.is_empty() || !trimmed(&self.name).is_empty() {
            return;
        }
        let Some((kind, name)) = session.party(number) else { return };
        name.clone_into(&mut self.name);
        if trimmed(&self.kind).is_empty() {
            kind.clone_into(&mut self.kind);
        }
    }

    fn party(&self) -> Party<'_> {
        Party {
            kind: trimmed(&self.kind),
            gsnumber: trimmed(&self.gsnumber),
            name: trimmed(&self.name),
        }
    }
}

/// Pairs of texts that reuse their memory for each event.
#[derive(Debug, Default)]
struct Pairs {
    all: Vec<(String, String)>,
    used: usize,
}

impl Pairs {
    fn next(&mut self) -> &mut (String, String) {
        if self.used == self.all.len() {
            self.all.push(Default::default());
        }
        self.used += 1;
        let pair = &mut self.all[self.used - 1];
        pair.0.clear();
        pair.1.clear();
        pair
    }

    fn last(&mut self) -> Option<&mut (String, String)> {
        self.all.get_mut(self.used.checked_sub(1)?)
    }

    fn known(&self) -> &[(String, String)] {
        self.all.get(..self.used).unwrap_or_default()
    }
}

/// The part of the event that has been read so far.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    path: Vec<Place>,
    position: u32,
    time: Option<Timestamp>,
    kind: String,
    performed_by: PartyText,
    destination: PartyText,
    body: String,
    encoded: Option<String>,
    data: Pairs,
    file: EventFile,
    size: String,
    files: Vec<EventFile>,
    categories: Vec<SystemCategory>,
    headings: Vec<String>,
    weight: usize,
    count: usize,
}

impl EventReader {
    /// The `event` element begins.
    pub(super) fn begin(
        &mut self,
        start: &BytesStart<'_>,
        position: u32,
        removed: &mut usize,
    ) -> Result<(), Flaw> {
        self.path.clear();
        self.path.push(Place::Event);
        (self.position, self.time, self.weight, self.count) = (position, None, 0, 0);
        [&mut self.kind, &mut self.body, &mut self.size].into_iter().for_each(String::clear);
        self.encoded = None;
        self.performed_by.clear();
        self.destination.clear();
        self.data.used = 0;
        self.file = EventFile::default();
        self.files.clear();
        self.categories.clear();
        let Self { kind, size, time, .. } = self;
        each_attribute(start, |name, raw| match name {
            "event_type" => xml::unescape_into(raw, kind, removed),
            "timestamp" => {
                size.clear();
                xml::unescape_into(raw, size, removed)?;
                *time = time::read(size);
                size.clear();
                Ok(())
            }
            _ => Ok(()),
        })
    }

    /// An element with this local name begins inside of the event.
    pub(super) fn open(
        &mut self,
        name: &str,
        start: &BytesStart<'_>,
        removed: &mut usize,
    ) -> Result<(), Flaw> {
        let inside = self.path.last().copied().unwrap_or(Place::Unknown);
        let place = place(inside, name);
        self.count += 1;
        if self.count > MOST {
            return Err(malformed("an event has too many parts"));
        }
        self.path.push(place);
        self.weigh(start.len())?;
        match place {
            Place::PerformedBy | Place::Destination => self.open_party(place, start, removed),
            Place::Value => {
                let pair = self.data.next();
                each_attribute(start, |name, raw| match name {
                    "name" => xml::unescape_into(raw, &mut pair.0, removed),
                    "value" => xml::unescape_into(raw, &mut pair.1, removed),
                    _ => Ok(()),
                })
            }
            Place::EncodedBody => {
                self.encoded.get_or_insert_default();
                each_attribute(start, |_, _| Ok(()))
            }
            Place::Category => {
                self.headings.clear();
                let name = attribute(start, &["name"], removed)?;
                let category = SystemCategory { name: name.unwrap_or_default(), rows: Vec::new() };
                self.categories.push(category);
                Ok(())
            }
            Place::Heading => {
                let name = attribute(start, &["name"], removed)?;
                self.headings.push(name.unwrap_or_default());
                Ok(())
            }
            Place::Row => {
                if let Some(category) = self.categories.last_mut() {
                    category.rows.push(Vec::new());
                }
                each_attribute(start, |_, _| Ok(()))
            }
            Place::Field => self.open_field(start, removed),
            Place::Event
            | Place::Body
            | Place::Data
            | Place::FileName
            | Place::FileSize
            | Place::Files
            | Place::File
            | Place::SystemInformation
            | Place::Description
            | Place::Rows
            | Place::Unknown => each_attribute(start, |_, _| Ok(())),
        }
    }

    fn open_party(
        &mut self,
        place: Place,
        start: &BytesStart<'_>,
        removed: &mut usize,
    ) -> Result<(), Flaw> {
        let is_destination = place == Place::Destination;
        let party = if is_destination { &mut self.destination } else { &mut self.performed_by };
        party.clear();
        each_attribute(start, |name, raw| match name {
            "type" => xml::unescape_into(raw, &mut party.kind, removed),
            "gsnumber" => xml::unescape_into(raw, &mut party.gsnumber, removed),
            _ => Ok(()),
        })
    }

    /// Pairs a value with the heading that it names, or with the heading at its position.
    fn open_field(&mut self, start: &BytesStart<'_>, removed: &mut usize) -> Result<(), Flaw> {
        let named = attribute(start, &["name"], removed)?;
        let number = attribute(start, &["id"], removed)?;
        let Some(row) = self.categories.last_mut().and_then(|all| all.rows.last_mut()) else {
            return Ok(());
        };
        let heading = named
            .or_else(|| self.headings.get(row.len()).filter(|text| !text.is_empty()).cloned())
            .or(number)
            .unwrap_or_default();
        let weight = heading.len();
        row.push((heading, String::new()));
        self.weigh(weight)
    }

    /// Counts the size of the event against the limit.
    fn weigh(&mut self, bytes: usize) -> Result<(), Flaw> {
        self.weight += bytes;
        match self.weight > HEAVIEST {
            true => Err(malformed("an event is larger than is accepted")),
            false => Ok(()),
        }
    }

    /// Whether the open element may contain relevant text.
    pub(super) fn takes_text(&self) -> bool {
        match self.path.last() {
            Some(
                Place::PerformedBy
                | Place::Destination
                | Place::Body
                | Place::EncodedBody
                | Place::FileName
                | Place::FileSize
                | Place::Value
                | Place::Heading
                | Place::Field,
            ) => true,
            Some(_) | None => false,
        }
    }

    /// Text of the element that is open.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Flaw> {
        self.weigh(text.len())?;
        if let Some(target) = self.target() {
            target.push_str(text);
        }
        Ok(())
    }

    /// An entity or character reference.
    pub(super) fn reference(&mut self, name: &str, removed: &mut usize) -> Result<(), Flaw> {
        self.weigh(name.len())?;
        match self.target() {
            Some(target) => xml::reference(name, target, removed),
            None => xml::reference(name, &mut String::new(), removed),
        }
    }

    fn target(&mut self) -> Option<&mut String> {
        Some(match self.path.last()? {
            Place::PerformedBy => &mut self.performed_by.name,
            Place::Destination => &mut self.destination.name,
            Place::Body => &mut self.body,
            Place::EncodedBody => self.encoded.get_or_insert_default(),
            Place::FileName => &mut self.file.name,
            Place::FileSize => &mut self.size,
            // A value may also be written as the element's text.
            Place::Value => &mut self.data.last()?.1,
            Place::Heading => self.headings.last_mut()?,
            Place::Field => &mut self.categories.last_mut()?.rows.last_mut()?.last_mut()?.1,
            Place::Event
            | Place::Data
            | Place::Files
            | Place::File
            | Place::SystemInformation
            | Place::Category
            | Place::Description
            | Place::Rows
            | Place::Row
            | Place::Unknown => return None,
        })
    }

    /// An element ends. Returns whether it was the event itself.
    pub(super) fn close(&mut self) -> bool {
        match self.path.pop() {
            Some(Place::File) => self.take_file(),
            Some(Place::Field) => {
                let field =
                    self.categories.last_mut().and_then(|all| all.rows.last_mut()?.last_mut());
                if let Some((_, text)) = field {
                    trim(text);
                }
            }
            Some(Place::Heading) => self.headings.last_mut().into_iter().for_each(trim),
            Some(_) | None => {}
        }
        self.path.is_empty()
    }

    fn take_file(&mut self) {
        let mut file = std::mem::take(&mut self.file);
        trim(&mut file.name);
        file.size = self.size.trim().parse().ok();
        self.size.clear();
        if !file.name.is_empty() {
            self.files.push(file);
        }
    }

    /// The complete event. File names and sizes may be in its own elements or among its values
    /// (`docs/protocols/beyondtrust.md#session-events`), so both are read.
    pub(super) fn finished(&mut self, session: &Session) -> SessionEvent<'_> {
        self.performed_by.join(session);
        self.destination.join(session);
        self.take_file();
        if self.files.is_empty() {
            let value = |name: &str| self.data.known().iter().find(|(key, _)| key == name);
            let name = value("filename").or_else(|| value("path")).map(|(_, name)| name.trim());
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                let size = value("filesize").and_then(|(_, size)| size.trim().parse().ok());
                self.files.push(EventFile { name: name.to_owned(), size });
            }
        }
        if let Some(encoded) = self.encoded.take() {
            self.body = decoded(encoded);
        }
        SessionEvent {
            position: self.position,
            time: self.time,
            kind: trimmed(&self.kind),
            performed_by: self.performed_by.party(),
            destination: self.destination.party(),
            text: trimmed(&self.body),
            data: self.data.known(),
            files: &self.files,
            system_information: &self.categories,
        }
    }
}

/// The meaning of an element within its parent. Unknown elements are skipped.
fn place(inside: Place, name: &str) -> Place {
    match (inside, name) {
        (Place::Event, "performed_by") => Place::PerformedBy,
        (Place::Event, "destination") => Place::Destination,
        (Place::Event, "body") => Place::Body,
        (Place::Event, "encoded_body") => Place::EncodedBody,
        (Place::Event, "data") => Place::Data,
        (Place::Data, "value") => Place::Value,
        (Place::Event | Place::File, "filename") => Place::FileName,
        (Place::Event | Place::File, "filesize") => Place::FileSize,
        (Place::Event, "files") => Place::Files,
        (Place::Files, "file") => Place::File,
        (Place::Event, "system_information") => Place::SystemInformation,
        (Place::SystemInformation, "category") => Place::Category,
        (Place::Category, "description") => Place::Description,
        (Place::Description, "field") => Place::Heading,
        (Place::Category, "data") => Place::Rows,
        (Place::Rows, "row") => Place::Row,
        (Place::Row, "field") => Place::Field,
        _ => Place::Unknown,
    }
}

/// The text without surrounding white space. A quick check skips most texts, which have none.
fn trimmed(text: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_none_or(|b| b.is_ascii_graphic());
    match is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) {
        true => text,
        false => text.trim(),
    }
}

fn trim(text: &mut String) {
    if text.trim().len() != text.len() {
        *text = text.trim().to_owned();
    }
}

/// The text of an `encoded_body` (RFC 2045: line breaks are ignored). A text that is not base64 is
/// kept unchanged.
fn decoded(encoded: String) -> String {
    let plain: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    match STANDARD.decode(plain) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => encoded,
    }
}

/// The value of the first attribute that has one of these names and is not blank.
pub(super) fn attribute(
    start: &BytesStart<'_>,
    names: &[&str],
    removed: &mut usize,
) -> Result<Option<String>, Flaw> {
    let mut found = None;
    each_attribute(start, |name, raw| {
        if found.is_none() && names.contains(&name) {
            let mut text = String::new();
            xml::unescape_into(raw, &mut text, removed)?;
            found = xml::non_blank(&text);
        }
        Ok(())
    })?;
    Ok(found)
}
