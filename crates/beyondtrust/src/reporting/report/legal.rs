//! Prepares a report's bytes for the XML reader: valid UTF-8, without characters that XML 1.0
//! forbids, and within limits (S12).

use crate::xml::is_legal;
use std::io::{self, BufRead, Read};

const CHUNK: usize = 64 * 1024;

/// Cleans what it reads.
#[derive(Debug)]
pub(super) struct Legal<R> {
    inner: R,
    clean: Vec<u8>,
    at: usize,
    /// The incomplete character at the end of the last chunk, followed by the next chunk.
    raw: Vec<u8>,
    ended: bool,
    /// How many characters were dropped.
    pub(super) removed: usize,
    /// How many invalid byte sequences were replaced.
    pub(super) replaced: usize,
    /// The input was decoded before, so invalid sequences are already replaced.
    is_decoded: bool,
    /// The remaining number of bytes.
    left: u64,
    longest: usize,
    /// The remaining number of bytes in the current text or tag.
    budget: usize,
}

/// The error for an exceeded limit. Its kind distinguishes it from disk errors.
fn limit(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<R: Read> Legal<R> {
    /// Allows `bytes` in total, and at most `longest` for one text or tag.
    pub(super) fn new(inner: R, bytes: u64, longest: usize) -> Self {
        Self {
            inner,
            clean: Vec::new(),
            at: 0,
            raw: Vec::with_capacity(CHUNK + 4),
            ended: false,
            removed: 0,
            replaced: 0,
            is_decoded: false,
            left: bytes,
            longest,
            budget: longest,
        }
    }

    /// The same for input that was decoded from another encoding.
    pub(super) fn decoded(inner: R, bytes: u64, longest: usize) -> Self {
        Self { is_decoded: true, ..Self::new(inner, bytes, longest) }
    }

    /// The next text or tag begins.
    pub(super) fn next_part(&mut self) {
        self.budget = self.longest;
    }

    /// Whether everything was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.ended && self.at == self.clean.len()
    }

    /// Separate from [`BufRead::fill_buf`], which is called for each text and tag and must stay
    /// short.
    #[cold]
    fn refill(&mut self) -> io::Result<()> {
        self.at = 0;
        self.clean.clear();
        while self.clean.is_empty() && !self.ended {
            let count = (&mut self.inner).take(CHUNK as u64).read_to_end(&mut self.raw)?;
            self.ended = count < CHUNK;
            self.left = self
                .left
                .checked_sub(count as u64)
                .ok_or_else(|| limit("the report is longer than is accepted"))?;
            self.wash();
        }
        Ok(())
    }

    /// Moves the complete characters in `raw` to `clean`.
    fn wash(&mut self) {
        // Checks whole blocks, which is several times as fast as byte by byte.
        let has = |doubtful: fn(u8) -> bool| {
            let in_block = |block: &[u8]| block.iter().fold(false, |any, b| any | doubtful(*b));
            self.raw.chunks(1024).any(in_block)
        };
        // Most of a report is ASCII, so this is usually the only check.
        let good = match has(is_not_plain) {
            false => self.raw.len(),
            true if has(is_doubtful) => return self.repair(),
            true => match std::str::from_utf8(&self.raw) {
                Ok(_) => self.raw.len(),
                // The last character is incomplete.
                Err(error) if error.error_len().is_none() && !self.ended => error.valid_up_to(),
                Err(_) => return self.repair(),
            },
        };
        std::mem::swap(&mut self.raw, &mut self.clean);
        self.raw.clear();
        self.raw.extend(self.clean.drain(good..));
    }

    /// The slow path, for rare chunks with invalid characters.
    fn repair(&mut self) {
        let cut = match std::str::from_utf8(&self.raw) {
            Err(error) if error.error_len().is_none() && !self.ended => error.valid_up_to(),
            // An invalid sequence may be followed by an incomplete one.
            Err(_) if !self.ended => self.raw.len() - unfinished(&self.raw),
            _ => self.raw.len(),
        };
        let rest = self.raw.split_off(cut);
        for chunk in self.raw.utf8_chunks() {
            if self.is_decoded {
                self.replaced += chunk.valid().matches('\u{fffd}').count();
            }
            for c in chunk.valid().chars() {
                match is_legal(c) {
                    true => self.clean.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    false => self.removed += 1,
                }
            }
            if !chunk.invalid().is_empty() {
                self.clean.extend_from_slice("\u{fffd}".as_bytes());
                self.replaced += 1;
            }
        }
        self.raw = rest;
        self.raw.reserve(CHUNK);
    }
}

/// A control character or non-ASCII byte.
fn is_not_plain(byte: u8) -> bool {
    (byte >= 0x80) | is_doubtful(byte)
}

/// A control character, or the first byte of the characters at the end of the basic plane.
fn is_doubtful(byte: u8) -> bool {
    let is_blank = (byte == b'\t') | (byte == b'\n') | (byte == b'\r');
    (byte == 0xef) | ((byte < 0x20) & !is_blank)
}

/// The number of bytes at the end that form an incomplete character.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = bytes.iter().rev().take(3);
    let is_start = |byte: &u8| *byte >= 0xc0;
    let start = tail.clone().position(is_start).map_or(0, |at| at + 1);
    let needs = bytes.get(bytes.len() - start).map_or(0, |byte| match byte {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 0,
    });
    if needs > start { start } else { 0 }
}

impl<R: Read> Read for Legal<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Legal<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.budget == 0 {
            return Err(limit("a text or tag is longer than is accepted"));
        }
        if self.at == self.clean.len() {
            self.refill()?;
        }
        let end = self.clean.len().min(self.at.saturating_add(self.budget));
        Ok(self.clean.get(self.at..end).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
        self.budget = self.budget.saturating_sub(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn washed(bytes: &[u8]) -> (String, (usize, usize)) {
        let mut legal = Legal::new(bytes, u64::MAX, usize::MAX);
        let mut text = String::new();
        legal.read_to_string(&mut text).unwrap();
        (text, (legal.removed, legal.replaced))
    }

    #[test]
    fn what_xml_forbids_is_dropped_and_counted() {
        assert_eq!(washed(b"a\x01b\0\tc"), ("ab\tc".to_owned(), (2, 0)));
        assert_eq!(washed("x\u{fffe}\u{fffd}\u{ff0c}".as_bytes()).1, (1, 0));
        assert_eq!(washed(b"a\xffb\xc3"), ("a\u{fffd}b\u{fffd}".to_owned(), (0, 2)));
    }

    #[test]
    fn characters_across_chunks_stay_whole() {
        for lead in 0..5 {
            let text = "x".repeat(CHUNK - lead) + &"\u{10ffff}é€".repeat(CHUNK / 3);
            assert_eq!(washed(text.as_bytes()), (text.clone(), (0, 0)));
            let with_bad = [text.as_bytes(), b"\x01\xff", text.as_bytes()].concat();
            assert_eq!(washed(&with_bad), (format!("{text}\u{fffd}{text}"), (1, 1)));
        }
    }

    #[test]
    fn s12_limits_end_the_reading() {
        let text = "x".repeat(3 * CHUNK);
        let read = |bytes, longest| {
            let mut legal = Legal::new(text.as_bytes(), bytes, longest);
            legal.read_to_string(&mut String::new()).map_err(|e| e.kind())
        };
        assert!(read(3 * CHUNK as u64, 4 * CHUNK).is_ok());
        assert_eq!(read(3 * CHUNK as u64 - 1, 4 * CHUNK), Err(io::ErrorKind::InvalidData));
        assert_eq!(read(u64::MAX, 2 * CHUNK), Err(io::ErrorKind::InvalidData));
    }
}
