//! Reads an XML answer into a small tree with limits, or refuses it.
//!
//! Names are local names: the namespace differs by product and version. A document is complete only
//! if exactly one root was opened and closed and only white space follows (S12).

pub(crate) mod encoding;

use std::borrow::Cow;
use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::events::{BytesStart, Event};

pub(crate) const MAX_DEPTH: usize = 64;
pub(crate) const MAX_ATTRIBUTES: usize = 64;
/// The maximum number of elements and attributes in a document: about 40 MB.
const MAX_NODES: usize = 400_000;

/// An element with what is inside of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    pub(crate) children: Vec<Self>,
}

/// A document that was read completely.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) root: Element,
    /// How many characters were dropped because XML forbids them.
    pub(crate) removed: usize,
    /// How many invalid byte sequences were replaced.
    pub(crate) replaced: usize,
}

/// Why a text is not a complete document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// It is empty or only white space.
    Empty,
    /// It ends too early.
    CutOff,
    /// It breaks a rule.
    Malformed(String),
}

impl Element {
    /// The text directly inside the element, trimmed.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.all(name).next()
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The items of a list such as `rep_list/representative`; none if there is no such list.
    pub(crate) fn items(&self, list: &str, item: &str) -> impl Iterator<Item = &Self> {
        self.all(list).flat_map(move |list| list.all(item))
    }

    /// A child's text, if the child is there and not blank.
    pub(crate) fn child_text(&self, name: &str) -> Option<String> {
        self.child(name).and_then(|child| non_blank(child.text()))
    }

    /// The value of an attribute or child.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.attribute(name).and_then(non_blank).or_else(|| self.child_text(name))
    }

    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.field(name)?.parse().ok()
    }

    /// A switch that is written as `0` or `1`.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        flag(&self.field(name)?)
    }
}

/// Reads `0`/`1` and their words.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.trim() {
        "1" | "true" | "yes" => Some(true),
        "0" | "false" | "no" => Some(false),
        _ => None,
    }
}

/// The text, if it is not blank.
pub(crate) fn non_blank(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Reads a whole document. Elements named in `skip` are checked and dropped.
pub(crate) fn parse(body: &[u8], skip: &[&str]) -> Result<Document, Flaw> {
    let (text, mut removed, replaced) = legal_text(body)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim().is_empty() {
        return Err(Flaw::Empty);
    }
    let mut reader = Reader::from_str(text);
    let mut tree = Tree { skip, ..Tree::default() };
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => tree.take(event, &mut removed)?,
            Err(error) => {
                let at_end =
                    usize::try_from(reader.buffer_position()).is_ok_and(|p| p >= text.len());
                return Err(flaw(&error, at_end));
            }
        }
    }
    Ok(Document { root: tree.finish()?, removed, replaced })
}

pub(crate) fn flaw(error: &XmlError, at_end: bool) -> Flaw {
    // Each syntax error means that the input ended within markup.
    let is_cut = matches!(error, XmlError::Syntax(_))
        || (at_end && matches!(error, XmlError::IllFormed(IllFormedError::UnclosedReference)));
    match is_cut {
        true => Flaw::CutOff,
        false => Flaw::Malformed(error.to_string()),
    }
}

/// The body as text without characters that XML 1.0 forbids, with the numbers of removed characters
/// and replaced sequences.
fn legal_text(body: &[u8]) -> Result<(Cow<'_, str>, usize, usize), Flaw> {
    let encoding = encoding::of(body)?;
    let (text, replaced) = if encoding == encoding_rs::UTF_8 {
        let text = String::from_utf8_lossy(body);
        let replaced = match &text {
            Cow::Borrowed(_) => 0,
            Cow::Owned(_) => body.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count(),
        };
        (text, replaced)
    } else {
        let (text, _, has_errors) = encoding.decode(body);
        let marks = || text.matches('\u{fffd}').count();
        let replaced = if has_errors { marks() } else { 0 };
        (text, replaced)
    };
    let removed = text.chars().filter(|c| !is_legal(*c)).count();
    // The common case does not copy the body, because reports are large.
    if removed == 0 {
        return Ok((text, 0, replaced));
    }
    let legal: String = text.chars().filter(|c| is_legal(*c)).collect();
    Ok((legal.into(), removed, replaced))
}

pub(crate) fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// The tree while it is being built.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    skip: &'a [&'a str],
    open: Vec<Element>,
    /// How many open elements are inside of a skipped one, itself included.
    skipped: usize,
    /// The element, once it is closed.
    pub(crate) root: Option<Element>,
    nodes: usize,
}

impl Tree<'_> {
    pub(crate) fn take(&mut self, event: Event<'_>, removed: &mut usize) -> Result<(), Flaw> {
        match event {
            Event::Start(start) => self.open(&start, removed),
            Event::Empty(start) => {
                self.open(&start, removed)?;
                self.close()
            }
            Event::End(_) => self.close(),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => {
                self.inside("character data")?;
                self.text(&text.xml10_content())
            }
            Event::GeneralRef(name) => {
                self.inside("a reference")?;
                let mut text = String::new();
                reference(&name, &mut text, removed)?;
                self.append(&text);
                Ok(())
            }
            Event::DocType(_) => Err(malformed("a document type is not accepted")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn open(&mut self, start: &BytesStart<'_>, removed: &mut usize) -> Result<(), Flaw> {
        if self.root.is_some() {
            return Err(malformed("there is more than one root"));
        }
        if self.open.len() + self.skipped >= MAX_DEPTH {
            return Err(malformed("it is too deep"));
        }
        let name = start.local_name();
        // Skipped elements use no memory, so they do not count against the limit.
        if self.skipped > 0 || self.skip.contains(&name.as_ref()) {
            self.skipped += 1;
            return each_attribute(start, |_, _| Ok(()));
        }
        let attributes = attributes(start, removed)?;
        self.nodes += 1 + attributes.len();
        if self.nodes > MAX_NODES {
            return Err(malformed("it has too many elements"));
        }
        self.open.push(Element {
            name: name.as_ref().to_owned(),
            attributes,
            ..Element::default()
        });
        Ok(())
    }

    /// Closes the innermost element; the reader has checked that the names fit.
    pub(crate) fn close(&mut self) -> Result<(), Flaw> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        let done = self.open.pop().ok_or_else(|| malformed("an end without a start"))?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => self.root = Some(done),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Flaw> {
        if !text.trim().is_empty() {
            self.inside("text")?;
        }
        self.append(text);
        Ok(())
    }

    fn inside(&self, what: &str) -> Result<(), Flaw> {
        match self.open.is_empty() && self.skipped == 0 {
            true => Err(Flaw::Malformed(format!("there is {what} outside of the root"))),
            false => Ok(()),
        }
    }

    pub(crate) fn append(&mut self, text: &str) {
        if self.skipped == 0
            && let Some(element) = self.open.last_mut()
        {
            element.text.push_str(text);
        }
    }

    fn finish(self) -> Result<Element, Flaw> {
        if !self.open.is_empty() || self.skipped > 0 {
            return Err(Flaw::CutOff);
        }
        self.root.ok_or(Flaw::CutOff)
    }
}

fn attributes(start: &BytesStart<'_>, removed: &mut usize) -> Result<Vec<(String, String)>, Flaw> {
    let mut found = Vec::new();
    each_attribute(start, |name, raw| {
        found.push((name.to_owned(), unescape(raw, removed)?));
        Ok(())
    })?;
    Ok(found)
}

/// Iterates over the attributes with their raw values, without namespaces. Each name may occur
/// once; the check takes linear time.
pub(crate) fn each_attribute(
    start: &BytesStart<'_>,
    mut take: impl FnMut(&str, &str) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    if start.attributes_raw().is_empty() {
        return Ok(());
    }
    // The library's own check for duplicates allocates memory for each element.
    let mut all = start.attributes();
    all.with_checks(false);
    // Most elements have one or two attributes, which need no allocation.
    let (mut early, mut names) = ([None; 2], HashSet::new());
    for (count, attribute) in all.enumerate() {
        if count >= MAX_ATTRIBUTES {
            return Err(malformed("an element has too many attributes"));
        }
        let attribute = attribute.map_err(|error| Flaw::Malformed(error.to_string()))?;
        let key = attribute.key;
        let is_new = match count {
            0 => true,
            1 => early != [Some(key), None],
            2 => {
                names.extend(early.into_iter().flatten());
                names.insert(key)
            }
            _ => names.insert(key),
        };
        if !is_new {
            return Err(malformed("an element has an attribute twice"));
        }
        if let Some(early) = early.get_mut(count) {
            *early = Some(key);
        }
        let name = key.as_ref();
        // A quick check, because most names have no prefix.
        let is_plain = name != "xmlns" && !name.bytes().any(|byte| byte == b':');
        match is_plain {
            true => take(name, &attribute.value)?,
            false if key.as_namespace_binding().is_some() => {}
            false => take(key.local_name().as_ref(), &attribute.value)?,
        }
    }
    Ok(())
}

fn unescape(raw: &str, removed: &mut usize) -> Result<String, Flaw> {
    let mut text = String::new();
    unescape_into(raw, &mut text, removed)?;
    Ok(text)
}

/// Decodes the raw value of an attribute and appends it to a text.
pub(crate) fn unescape_into(raw: &str, text: &mut String, removed: &mut usize) -> Result<(), Flaw> {
    if !raw.as_bytes().contains(&b'&') {
        text.push_str(raw);
        return Ok(());
    }
    let mut parts = raw.split('&');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, rest) =
            part.split_once(';').ok_or_else(|| malformed("a reference is not closed"))?;
        reference(name, text, removed)?;
        text.push_str(rest);
    }
    Ok(())
}

/// Decodes a reference: one of the five names or a character number.
pub(crate) fn reference(name: &str, text: &mut String, removed: &mut usize) -> Result<(), Flaw> {
    let known = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => numbered(name)?.filter(|c| is_legal(*c)),
    };
    match known {
        Some(c) => text.push(c),
        None => *removed += 1,
    }
    Ok(())
}

fn numbered(name: &str) -> Result<Option<char>, Flaw> {
    let code = name.strip_prefix('#').ok_or_else(|| malformed("an entity is not known"))?;
    let number = match code.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => code.parse(),
    };
    number.map(char::from_u32).map_err(|_| malformed("a character's number is not one"))
}

pub(crate) fn malformed(text: &str) -> Flaw {
    Flaw::Malformed(text.to_owned())
}

#[cfg(test)]
mod tests;
