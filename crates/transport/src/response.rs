//! A complete answer within a size limit.

use reqwest::header::{CONTENT_TYPE, HeaderMap};

/// Status, headers and body of an answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text; bytes that are not UTF-8 become replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value, if it is there and is plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether this is a web page for people: a login form, a proxy's notice, a maintenance page.
    pub fn is_html(&self) -> bool {
        self.is_media_type("text/html")
            || self.is_media_type("application/xhtml+xml")
            || self.body_starts_like_html()
    }

    /// Whether the answer says that it is JSON.
    pub fn is_json(&self) -> bool {
        self.is_media_type("application/json")
    }

    fn is_media_type(&self, wanted: &str) -> bool {
        self.header(CONTENT_TYPE.as_str())
            .and_then(|value| value.split(';').next())
            .is_some_and(|media| media.trim().eq_ignore_ascii_case(wanted))
    }

    fn body_starts_like_html(&self) -> bool {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body).trim_ascii_start();
        [b"<!doctype html".as_slice(), b"<html"].iter().any(|start| {
            body.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content_type: &str, body: &str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        Response { status: 200, headers, body: body.into() }
    }

    #[test]
    fn a_page_for_people_is_known_by_type_or_by_start() {
        assert!(answer("text/html; charset=UTF-8", "").is_html());
        assert!(answer("TEXT/HTML", "").is_html());
        assert!(answer("text/xml", "\u{feff}\r\n <!DOCTYPE HTML><p>").is_html());
        assert!(answer("text/xml", "<html lang=en>").is_html());
        assert!(!answer("text/xml", "<error/>").is_html());
        assert!(!answer("text/xml", "").is_html());
    }

    #[test]
    fn json_is_known_by_its_type() {
        assert!(answer("application/json;charset=UTF-8", "{}").is_json());
        assert!(!answer("text/plain", "{}").is_json());
    }
}
