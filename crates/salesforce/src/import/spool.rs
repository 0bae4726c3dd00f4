//! Stores rows for the org as JSON in a file: written while the report is being read, and read back
//! in batches for sending. Memory holds at most one batch per object.

use casebridge_domain::Lsid;
use casebridge_domain::report_mapping::{Field, Object, Rows, Value, utc};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

/// The maximum number of rows in one part of a call
/// (`docs/protocols/salesforce.md#composite-calls`).
const MOST_ROWS: usize = 200;
/// The size in bytes after which a part ends early, so that a call with five parts stays small.
const ENOUGH_BYTES: usize = 1024 * 1024;

/// Rows of one object for one part of a call.
#[derive(Debug)]
pub struct Batch {
    /// The object.
    pub object: Object,
    /// The rows.
    pub rows: Vec<Box<RawValue>>,
}

/// The session's own row.
#[derive(Debug)]
pub struct SessionRow {
    pub(crate) lsid: Lsid,
    pub(crate) fields: Box<RawValue>,
}

impl SessionRow {
    /// The row with these fields.
    ///
    /// # Errors
    /// The fields can't be written as JSON, which does not happen.
    pub fn new(lsid: &Lsid, fields: &[Field<'_>]) -> io::Result<Self> {
        let mut json = Vec::new();
        json.push(b'{');
        write_fields(&mut json, fields, true)?;
        json.push(b'}');
        Ok(Self { lsid: lsid.clone(), fields: raw(json)? })
    }
}

fn raw(json: Vec<u8>) -> io::Result<Box<RawValue>> {
    let text = String::from_utf8(json).map_err(io::Error::other)?;
    RawValue::from_string(text).map_err(io::Error::other)
}

#[derive(Debug, Default)]
struct Pending {
    /// All rows so far.
    count: usize,
    /// Those that are not written yet.
    rows: usize,
    lines: Vec<u8>,
}

impl Pending {
    /// Adds a row, which names its session by the LSID.
    fn push(
        &mut self,
        lsid: &Lsid,
        object: Object,
        key: &str,
        fields: &[Field<'_>],
    ) -> io::Result<()> {
        let line = &mut self.lines;
        let head = ["{\"attributes\":{\"type\":\"", object.name(), "\"},\"", object.key(), "\":"];
        head.iter().for_each(|part| line.extend_from_slice(part.as_bytes()));
        write_text(line, key)?;
        let parent = [",\"Support_Session__r\":{\"LSID__c\":\"", lsid.as_str(), "\"}"];
        parent.iter().for_each(|part| line.extend_from_slice(part.as_bytes()));
        write_fields(line, fields, false)?;
        line.extend_from_slice(b"}\n");
        self.rows += 1;
        self.count += 1;
        Ok(())
    }
}

/// Receives the rows of one session.
#[derive(Debug)]
pub struct Spool<W> {
    lsid: Lsid,
    rows: W,
    chat: W,
    whole: W,
    /// Pending rows by the object's position in the list.
    pending: [Pending; Object::ALL.len()],
    cut: usize,
}

impl<W: Write> Spool<W> {
    /// Rows are written to the first file, the chat to the second, and the full texts of shortened
    /// fields to the third.
    pub fn new(lsid: &Lsid, rows: W, chat: W, whole: W) -> Self {
        Self { lsid: lsid.clone(), rows, chat, whole, pending: Default::default(), cut: 0 }
    }

    /// Writes the remaining rows and returns the files.
    ///
    /// # Errors
    /// A file can't be written.
    pub fn finish(mut self) -> io::Result<(W, W, W)> {
        for (object, pending) in Object::ALL.into_iter().zip(&self.pending) {
            flush(&mut self.rows, object, pending)?;
        }
        self.rows.flush()?;
        self.chat.flush()?;
        self.whole.flush()?;
        Ok((self.rows, self.chat, self.whole))
    }

    /// How many rows there are of each object.
    pub fn counts(&self) -> BTreeMap<Object, usize> {
        let all = Object::ALL.into_iter().zip(&self.pending);
        all.filter(|(_, one)| one.count > 0).map(|(object, one)| (object, one.count)).collect()
    }

    /// How many texts were shortened.
    pub fn cut(&self) -> usize {
        self.cut
    }
}

fn flush(out: &mut impl Write, object: Object, pending: &Pending) -> io::Result<()> {
    if pending.rows == 0 {
        return Ok(());
    }
    writeln!(out, "{} {}", object.name(), pending.rows)?;
    out.write_all(&pending.lines)
}

impl<W: Write> Rows for Spool<W> {
    fn row(&mut self, object: Object, key: &str, fields: &[Field<'_>]) -> io::Result<()> {
        let pending = &mut self.pending[object as usize];
        pending.push(&self.lsid, object, key, fields)?;
        if pending.rows == MOST_ROWS || pending.lines.len() >= ENOUGH_BYTES {
            flush(&mut self.rows, object, pending)?;
            pending.rows = 0;
            pending.lines.clear();
        }
        Ok(())
    }

    fn whole(&mut self, key: &str, field: &str, text: &str) -> io::Result<()> {
        self.cut += 1;
        writeln!(self.whole, "== {key} {field}\n{text}\n")
    }

    fn chat(&mut self, line: &str) -> io::Result<()> {
        self.chat.write_all(line.as_bytes())
    }
}

fn write_fields(out: &mut Vec<u8>, fields: &[Field<'_>], first: bool) -> io::Result<()> {
    for (nth, (name, value)) in fields.iter().enumerate() {
        if nth > 0 || !first {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        match value {
            Value::Text(text) => write_text(out, text)?,
            Value::Number(number) => serde_json::to_writer(&mut *out, number)?,
            Value::Switch(on) => serde_json::to_writer(&mut *out, on)?,
            Value::Time(time) => {
                out.push(b'"');
                out.extend_from_slice(&utc(*time, b'T'));
                out.extend_from_slice(b"Z\"");
            }
            Value::Nothing => out.extend_from_slice(b"null"),
        }
    }
    Ok(())
}

/// Most texts need no escaping, which one quick check shows.
fn write_text(out: &mut Vec<u8>, text: &str) -> io::Result<()> {
    let is_special = |b: u8| (b < 0x20) | (b == b'"') | (b == b'\\');
    if text.bytes().fold(false, |any, b| any | is_special(b)) {
        return Ok(serde_json::to_writer(out, text)?);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// Reads the batches back, in the order in which they were written.
#[derive(Debug)]
pub struct Batches<R>(R);

impl<R: BufRead> Batches<R> {
    /// Reads from a file that a [`Spool`] wrote.
    pub fn new(rows: R) -> Self {
        Self(rows)
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end_matches('\n').to_owned()))
    }

    fn batch(&mut self) -> io::Result<Option<Batch>> {
        let Some(head) = self.line()? else { return Ok(None) };
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let (name, count) = head.split_once(' ').ok_or_else(broken)?;
        let object = Object::ALL.into_iter().find(|o| o.name() == name).ok_or_else(broken)?;
        let count: usize = count.parse().map_err(|_| broken())?;
        let mut rows = Vec::with_capacity(count.min(MOST_ROWS));
        for _ in 0..count {
            rows.push(raw(self.line()?.ok_or_else(broken)?.into_bytes())?);
        }
        Ok(Some(Batch { object, rows }))
    }
}

impl<R: BufRead> Iterator for Batches<R> {
    type Item = io::Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.batch().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LSID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn rows_come_back_in_batches_of_their_object() {
        let lsid: Lsid = LSID.parse().unwrap();
        let mut spool = Spool::new(&lsid, Vec::new(), Vec::new(), Vec::new());
        for nth in 0..450 {
            let key = format!("{LSID}:{nth}");
            let fields = [("Text__c", Value::Text("a \"quoted\"\nline\u{2028}".into()))];
            spool.row(Object::Event, &key, &fields).unwrap();
        }
        let nothing = [("Company__c", Value::Nothing), ("Is_Owner__c", Value::Switch(true))];
        spool.row(Object::Participant, "k", &nothing).unwrap();
        assert_eq!(spool.counts()[&Object::Event], 450);
        let (rows, ..) = spool.finish().unwrap();
        let batches: Vec<Batch> = Batches::new(rows.as_slice()).map(Result::unwrap).collect();
        let sizes: Vec<_> = batches.iter().map(|b| (b.object, b.rows.len())).collect();
        let events = |rows| (Object::Event, rows);
        assert_eq!(sizes, [events(200), events(200), (Object::Participant, 1), events(50)]);
        let row: serde_json::Value = serde_json::from_str(batches[0].rows[7].get()).unwrap();
        assert_eq!(row["Key__c"], format!("{LSID}:7"));
        assert_eq!(row["Support_Session__r"]["LSID__c"], LSID);
        assert_eq!(row["Text__c"], "a \"quoted\"\nline\u{2028}");
        let row: serde_json::Value = serde_json::from_str(batches[2].rows[0].get()).unwrap();
        assert_eq!(
            (&row["Company__c"], &row["Is_Owner__c"]),
            (&serde_json::Value::Null, &true.into())
        );
    }

    #[test]
    fn a_batch_with_long_texts_ends_early() {
        let lsid: Lsid = LSID.parse().unwrap();
        let mut spool = Spool::new(&lsid, Vec::new(), Vec::new(), Vec::new());
        let text = "x".repeat(30_000);
        for _ in 0..100 {
            let fields = [("Text__c", Value::Text(text.as_str().into()))];
            spool.row(Object::Event, "k", &fields).unwrap();
        }
        let (rows, ..) = spool.finish().unwrap();
        let sizes: Vec<_> = Batches::new(rows.as_slice()).map(|b| b.unwrap().rows.len()).collect();
        assert_eq!(sizes, [35, 35, 30]);
    }

    /// A disk that fails after this number of writes.
    struct Disk(usize);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.write(&[]).map(drop)
        }
    }

    #[test]
    fn s19_a_disk_that_is_full_at_any_write_is_told() {
        let lsid: Lsid = LSID.parse().unwrap();
        let spooled = |writes: usize| {
            let mut spool = Spool::new(&lsid, Disk(writes), Disk(writes), Disk(writes));
            for nth in 0..500 {
                spool.row(Object::Event, &format!("{nth}"), &[])?;
                spool.chat("line\n")?;
            }
            spool.whole("k", "Text__c", "long")?;
            spool.finish().map(drop)
        };
        let enough = (0..2_000).find(|writes| spooled(*writes).is_ok()).unwrap();
        assert!(enough > 500);
        for writes in 0..enough {
            let error = spooled(writes).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{writes}");
        }
    }
}
