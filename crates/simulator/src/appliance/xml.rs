//! Writing XML the way the appliance does: blank lines after the prolog, tabs, odd gaps, a blank before
//! the end of an error's tag.

use std::fmt::Write;

/// An element with either text or children.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Element>,
    /// Written as it is, behind the children.
    raw: String,
}

impl Element {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            text: String::new(),
            children: Vec::new(),
            raw: String::new(),
        }
    }

    pub(crate) fn with_text(name: &'static str, text: impl ToString) -> Self {
        Self { text: text.to_string(), ..Self::new(name) }
    }

    #[must_use]
    pub(crate) fn attribute(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub(crate) fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    #[must_use]
    pub(crate) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Text that is XML already, behind the children.
    #[must_use]
    pub(crate) fn raw(mut self, xml: String) -> Self {
        self.raw = xml;
        self
    }

    /// The same element with another name.
    #[must_use]
    pub(crate) fn renamed(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// A document with this element as its root.
    pub(crate) fn document(&self, namespace: &str) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n\n");
        self.write(&mut out, 0, Some(namespace));
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String, depth: usize, namespace: Option<&str>) {
        let tabs = "\t".repeat(depth);
        let _ = write!(out, "{tabs}<{}", self.name);
        if let Some(namespace) = namespace {
            let _ = write!(out, " xmlns=\"{}\"", escape(namespace));
        }
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escape(value));
        }
        if self.children.is_empty() && self.text.is_empty() {
            out.push_str("/>\n");
            return;
        }
        if self.name == "error" {
            out.push(' ');
        }
        let _ = write!(out, ">{}", escape(&self.text));
        if !self.children.is_empty() {
            out.push('\n');
            for (at, child) in self.children.iter().enumerate() {
                if at % 3 == 1 {
                    let _ = writeln!(out, "{tabs}\t");
                }
                child.write(out, depth + 1, None);
            }
            out.push_str(&self.raw);
            out.push_str(&tabs);
        }
        let _ = writeln!(out, "</{}>", self.name);
    }
}

/// Escapes text and leaves out what XML 1.0 has no place for.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_blank_lines_after_its_prolog() {
        let root = Element::new("a").attribute("b", "\"<").child(Element::with_text("c", "&\0"));
        assert_eq!(
            root.document("urn:x"),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n\n\
             <a xmlns=\"urn:x\" b=\"&quot;&lt;\">\n\t<c>&amp;</c>\n</a>\n\n"
        );
    }
}
