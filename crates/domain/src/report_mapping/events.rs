//! Events and the data in them: chat, notes, files, system information, recordings.

use super::clock::Day;
use super::row::{Object, Value, fit};
use super::{Mapper, Rows, limit, pair, put};
use crate::report::{Direction, Party, SessionEvent, SystemCategory};
use std::io;

/// The maximum number of recordings of a session. A report with more is not plausible.
const MOST_RECORDINGS: usize = 10_000;

impl Mapper<'_> {
    pub(super) fn map_event(&mut self, event: &SessionEvent<'_>) -> io::Result<()> {
        match event.kind {
            "Chat Message" => self.map_chat(event)?,
            "Session Note Added" => self.map_note(event)?,
            _ => {}
        }
        if event.direction().is_some() {
            self.map_files(event)?;
        }
        if let Some((kind, instance, links)) = event.recording()
            && self.recordings.len() < MOST_RECORDINGS
        {
            // Screen recordings have no number, so each one gets the next free number.
            let free = || {
                let of_kind = self.recordings.keys().filter(|(other, _)| *other == kind);
                of_kind.map(|(_, instance)| instance + 1).max().unwrap_or_default()
            };
            let instance = instance.unwrap_or_else(free);
            self.recordings.entry((kind, instance)).or_insert(links);
        }
        for category in event.system_information {
            self.map_category(category)?;
        }
        let chosen = &self.options.event_types;
        match chosen.is_empty() || chosen.contains(event.kind) {
            true => self.map_row(event),
            false => Ok(()),
        }
    }

    fn map_row(&mut self, event: &SessionEvent<'_>) -> io::Result<()> {
        self.set_key(format_args!("{}", event.position));
        self.text.clear();
        for (name, value) in event.data {
            put(&mut self.text, format_args!("{}\n", pair(name, value)));
        }
        let is_named = |name: &str| event.data.iter().any(|(_, value)| value == name);
        for file in event.files.iter().filter(|file| !is_named(&file.name)) {
            put(&mut self.text, format_args!("{}\n", pair("filename", &file.name)));
        }
        let Self { rows, key, text, .. } = self;
        let data = long(*rows, key, "Data__c", text.trim_end())?;
        let message = long(*rows, key, "Text__c", event.text)?;
        let (by, to) = (event.performed_by, event.destination);
        rows.row(
            Object::Event,
            key,
            &[
                ("Position__c", Value::Number(event.position.into())),
                ("Event_Type__c", short(event.kind, 80)),
                ("Event_Time__c", event.time.into()),
                ("Performed_By__c", short(by.name, limit::NAME)),
                ("Performed_By_Type__c", short(by.kind, 40)),
                ("Performed_By_Number__c", short(by.gsnumber, 20)),
                ("Destination__c", short(to.name, limit::NAME)),
                ("Destination_Type__c", short(to.kind, 40)),
                ("Destination_Number__c", short(to.gsnumber, 20)),
                ("Text__c", message),
                ("Data__c", data),
            ],
        )
    }

    /// `2019-11-05 12:00:20 Ada L.: text`; the other lines of a text are indented, so that none can
    /// look like another person's (S10).
    fn map_chat(&mut self, event: &SessionEvent<'_>) -> io::Result<()> {
        self.text.clear();
        write_line(&mut self.text, event, &mut self.day);
        // The file with the whole chat contains what does not fit here.
        if !self.transcript.is_cut {
            self.transcript.push(&self.text);
        }
        self.rows.chat(&self.text)
    }

    fn map_note(&mut self, event: &SessionEvent<'_>) -> io::Result<()> {
        self.text.clear();
        write_line(&mut self.text, event, &mut self.day);
        match self.notes.push(&self.text) {
            Some(rest) => self.rows.whole(self.wanted.as_str(), "Session_Notes__c", &rest),
            None => Ok(()),
        }
    }

    fn map_files(&mut self, event: &SessionEvent<'_>) -> io::Result<()> {
        let direction = match event.direction() {
            Some(Direction::Upload) => "Upload",
            Some(Direction::Download) | None => "Download",
        };
        for file in event.files {
            let place = self.transfers;
            self.set_key(format_args!("file:{place}"));
            let Self { rows, key, .. } = &mut *self;
            let name = named(*rows, key, "File_Name__c", &file.name)?;
            let fields = [
                ("Position__c", Value::Number(place.into())),
                ("Direction__c", Value::Text(direction.into())),
                ("File_Name__c", name),
                ("File_Size__c", file.size.into()),
                ("Event_Time__c", event.time.into()),
                ("Performed_By__c", short(event.performed_by.name, limit::NAME)),
            ];
            rows.row(Object::FileTransfer, key, &fields)?;
            self.transfers += 1;
        }
        Ok(())
    }

    fn map_category(&mut self, category: &SystemCategory) -> io::Result<()> {
        let place = self.categories;
        self.set_key(format_args!("system:{place}"));
        self.text.clear();
        for (nth, row) in category.rows.iter().enumerate() {
            if nth > 0 {
                self.text.push('\n');
            }
            for (name, value) in row {
                put(&mut self.text, format_args!("{}\n", pair(name, value)));
            }
        }
        let Self { rows, key, text, .. } = self;
        let (details, is_cut) = fit(text.trim_end(), limit::LONGEST);
        if is_cut {
            rows.whole(key, "Details__c", text)?;
        }
        let name = named(*rows, key, "Category__c", &category.name)?;
        let fields = [
            ("Position__c", Value::Number(place.into())),
            ("Category__c", name),
            ("Details__c", if details.is_empty() { Value::Nothing } else { Value::Text(details) }),
        ];
        rows.row(Object::SystemInformation, key, &fields)?;
        self.categories += 1;
        Ok(())
    }
}

/// A text that may be long. If it is shortened, the full text is stored separately.
fn long<'t>(
    rows: &mut dyn Rows,
    key: &str,
    field: &'static str,
    text: &'t str,
) -> io::Result<Value<'t>> {
    kept(rows, key, field, text, limit::LONG)
}

/// A name. If it is shortened, the full name is stored separately.
pub(super) fn named<'t>(
    rows: &mut dyn Rows,
    key: &str,
    field: &'static str,
    text: &'t str,
) -> io::Result<Value<'t>> {
    kept(rows, key, field, text, limit::NAME)
}

/// A text for a field with this limit. If it is shortened, the full text is stored separately.
pub(super) fn kept<'t>(
    rows: &mut dyn Rows,
    key: &str,
    field: &'static str,
    text: &'t str,
    limit: usize,
) -> io::Result<Value<'t>> {
    let (short, is_cut) = fit(text, limit);
    if is_cut {
        rows.whole(key, field, text)?;
    }
    Ok(if short.is_empty() { Value::Nothing } else { Value::Text(short) })
}

/// A word from the appliance, which is short.
pub(super) fn short(text: &str, limit: usize) -> Value<'_> {
    match text.is_empty() {
        true => Value::Nothing,
        false => Value::Text(fit(text, limit).0),
    }
}

fn write_line(out: &mut String, event: &SessionEvent<'_>, day: &mut Day) {
    if let Some(time) = event.time {
        out.push_str(std::str::from_utf8(&day.utc(time, b' ')).unwrap_or_default());
        out.push(' ');
    }
    let Party { name, kind, .. } = event.performed_by;
    let name = if name.is_empty() { kind } else { name };
    out.push_str(&super::one_line(name));
    out.push_str(": ");
    if !super::may_end_line(event.text) {
        out.push_str(event.text);
        out.push('\n');
        return;
    }
    // Every character that some program treats as a line end is replaced.
    let text = event.text.replace("\r\n", "\n");
    let mut lines = text.split(super::LINE_ENDS);
    out.push_str(lines.next().unwrap_or_default());
    for line in lines {
        out.push_str("\n    ");
        out.push_str(line);
    }
    out.push('\n');
}
