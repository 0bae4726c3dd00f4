//! Turns an HTTP answer into an XML element, or into the error that it contains.
//!
//! The order is that of `docs/protocols/beyondtrust.md#errors-in-xml-answers`: status, empty or a
//! web page, an `<error>` as root or as its child, the expected root.

use casebridge_transport::Response;

use crate::error::Error;
use crate::xml::{self, Element, Flaw};

/// Reads an answer whose root is one of `roots`. Elements named in `skip` are dropped.
pub(crate) fn element(
    response: &Response,
    roots: &[&str],
    skip: &[&str],
) -> Result<Element, Error> {
    let root = document(response, skip)?;
    match roots.contains(&root.name.as_str()) {
        true => Ok(root),
        false => Err(Error::UnexpectedRoot(root.name)),
    }
}

/// Reads an answer that only confirms success: `<success>` as root or as its child.
pub(crate) fn success(response: &Response) -> Result<(), Error> {
    let root = document(response, &[])?;
    match root.name == "success" || root.child("success").is_some() {
        true => Ok(()),
        false => Err(Error::UnexpectedRoot(root.name)),
    }
}

/// A status other than 2xx, as an error.
pub(crate) fn status(response: &Response) -> Result<(), Error> {
    match response.status {
        200..=299 => Ok(()),
        403 => Err(Error::Forbidden),
        other => Err(Error::Status(other)),
    }
}

/// Checks the beginning of an answer: its status, and that it is neither empty nor a web page.
pub(crate) fn beginning(response: &Response) -> Result<(), Error> {
    status(response)?;
    if response.body.trim_ascii().is_empty() {
        return Err(Error::Empty);
    }
    match response.is_html() {
        true => Err(Error::Html),
        false => Ok(()),
    }
}

fn document(response: &Response, skip: &[&str]) -> Result<Element, Error> {
    beginning(response)?;
    parsed(&response.body, skip)
}

/// Reads the text of an answer, which may also come from a file or a person.
pub(crate) fn parsed(body: &[u8], skip: &[&str]) -> Result<Element, Error> {
    let document = xml::parse(body, skip).map_err(|flaw| match flaw {
        Flaw::Empty => Error::Empty,
        Flaw::CutOff => Error::CutOff,
        Flaw::Malformed(detail) => Error::Malformed(detail),
    })?;
    if document.removed + document.replaced > 0 {
        let (removed, replaced) = (document.removed, document.replaced);
        tracing::warn!(
            removed,
            replaced,
            "an answer has characters that XML forbids, or is no text"
        );
    }
    let root = document.root;
    if root.name == "error" {
        return Err(Error::message(root.text()));
    }
    match root.child("error") {
        Some(error) => Err(Error::message(error.text())),
        None => Ok(root),
    }
}

#[cfg(test)]
pub(crate) mod tests;
