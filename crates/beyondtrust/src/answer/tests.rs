//! Checks for every answer, and helpers for the tests of single calls.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::*;
use crate::error::MessageKind;

/// An answer in XML, as the appliance labels it.
pub(crate) fn answer(status: u16, body: &str) -> Response {
    bytes(status, "text/xml; charset=UTF-8", body.as_bytes())
}

pub(crate) fn bytes(status: u16, content_type: &'static str, body: &[u8]) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Response { status, headers, body: body.to_vec() }
}

pub(crate) fn fixture(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// Cuts a valid answer at every byte. Each cut must be an error, and never one from the appliance.
pub(crate) fn no_cut_is_taken_as_whole<T: std::fmt::Debug>(
    name: &str,
    read: impl Fn(&Response) -> Result<T, Error>,
) {
    let whole = fixture(name);
    let whole = whole.trim_end().as_bytes();
    let xml = "text/xml; charset=UTF-8";
    read(&bytes(200, xml, whole)).unwrap();
    for end in 0..whole.len() {
        let cut = read(&bytes(200, xml, &whole[..end]));
        assert!(
            matches!(cut, Err(Error::CutOff | Error::Empty)),
            "{name} cut at byte {end} gave {cut:?}"
        );
    }
}

fn check(response: Response, want: Error) {
    assert_eq!(element(&response, &["expected"], &[]).unwrap_err(), want);
    assert_eq!(success(&response).unwrap_err(), want);
}

#[test]
fn the_status_comes_before_the_body() {
    check(answer(403, "<expected/>"), Error::Forbidden);
    check(answer(500, "<error>x</error>"), Error::Status(500));
    check(answer(503, "<html>"), Error::Status(503));
    check(answer(302, ""), Error::Status(302));
}

#[test]
fn an_empty_answer_and_a_web_page_are_errors_of_their_own() {
    check(answer(200, ""), Error::Empty);
    check(answer(200, " \r\n\t"), Error::Empty);
    check(bytes(200, "text/html", b"<expected/>"), Error::Html);
    check(answer(200, "<!DOCTYPE html><html><body>Log in</body></html>"), Error::Html);
    check(answer(200, "\n<HTML lang='en'><p>no end"), Error::Html);
}

#[test]
fn an_error_element_is_a_message_as_root_and_as_child() {
    for xml in [
        "<error>Some text</error>",
        "<?xml version=\"1.0\"?>\n\n<error xmlns='http://www.bomgar.com/namespaces/API/command' code='1'>\n Some\n text </error>\n",
        "<expected><other/><error lang='en'>Some text</error></expected>",
        "<success><error>Some text</error></success>",
        "<bt:error xmlns:bt='urn:x'><![CDATA[Some text]]></bt:error>",
    ] {
        let message = Error::Message { kind: MessageKind::Other, text: "Some text".to_owned() };
        check(answer(200, xml), message);
    }
}

#[test]
fn the_fixture_of_each_message_is_told_apart() {
    for (name, kind) in [
        ("error_representative_not_found.xml", MessageKind::RepresentativeNotFound),
        ("error_representative_not_available.xml", MessageKind::RepresentativeNotAvailable),
        ("error_nothing_found.xml", MessageKind::NothingFound),
    ] {
        let error = element(&answer(200, &fixture(name)), &["session_key"], &[]).unwrap_err();
        assert_eq!(error.message_kind(), Some(kind), "{name}");
    }
}

#[test]
fn s12_a_cut_error_is_not_a_message() {
    let xml = "<error>The representative could not be found</error>";
    for end in 1..xml.len() {
        let cut = &xml.as_bytes()[..end];
        check(bytes(200, "text/xml", cut), Error::CutOff);
    }
}

#[test]
fn another_root_is_named() {
    check(answer(200, "<session_key/>"), Error::UnexpectedRoot("session_key".to_owned()));
}

#[test]
fn json_instead_of_xml_is_malformed() {
    let error = element(&answer(200, "{\"a\":1}"), &["expected"], &[]).unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
}
