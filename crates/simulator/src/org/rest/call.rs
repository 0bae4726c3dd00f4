//! A call of the REST API, by itself or as a part of a composite.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::org::records::Record;
use crate::org::refused::Refused;

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Call {
    pub(super) method: String,
    /// The version as the address has it, such as `v64.0`.
    pub(super) version: String,
    /// What follows the version, decoded; a slash at the end means nothing.
    pub(super) path: Vec<String>,
    pub(super) params: BTreeMap<String, String>,
    pub(super) body: Value,
    /// The org's assignment rules may run.
    pub(super) auto_assign: bool,
    /// The size of a page that the caller wishes for.
    pub(super) batch_size: Option<usize>,
}

const ROOT: &str = "/services/data/";

impl Call {
    /// What a request asks for, without its body.
    pub(super) fn of(request: &Request) -> Self {
        let url = request.uri().path_and_query().map_or("", |url| url.as_str());
        let headers = request.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            auto_assign: assigns(text("sforce-auto-assign")),
            batch_size: text("sforce-query-options").and_then(batch_size),
            ..Self::at(request.method().as_str(), url)
        }
    }

    /// The call of an address, with the rest as it is without headers.
    pub(super) fn at(method: &str, url: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let mut path = path.strip_prefix(ROOT).unwrap_or_default().split('/').map(decode);
        Self {
            method: method.to_owned(),
            version: path.next().unwrap_or_default(),
            path: path.filter(|part| !part.is_empty()).collect(),
            params: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            auto_assign: true,
            ..Self::default()
        }
    }

    /// Reads the body, which has to be JSON where there is one.
    pub(super) fn take_body(&mut self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
        if body.is_empty() {
            return Ok(());
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
            let message = format!("Content type '{}' is not supported", kind.unwrap_or_default());
            let refused = Refused::of("UNSUPPORTED_MEDIA_TYPE", message, &[]);
            return Err(Refused { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, ..refused });
        }
        let read = serde_json::from_slice(body);
        self.body =
            read.map_err(|error| Refused::of("JSON_PARSER_ERROR", error.to_string(), &[]))?;
        Ok(())
    }

    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    /// The fields of the row in the body.
    pub(super) fn row(&self) -> Result<&Record, Refused> {
        self.body.as_object().ok_or_else(|| {
            let message = "The HTTP entity body is required, but this request has no entity body.";
            Refused::of("JSON_PARSER_ERROR", message.to_owned(), &[])
        })
    }

    /// The word by which faults name the call.
    pub(super) fn what(&self) -> &str {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match (self.method.as_str(), path.as_slice()) {
            (_, ["query" | "queryAll", ..]) => "query",
            ("POST", ["sobjects", "ContentVersion"]) => "ContentVersion",
            (_, ["sobjects", _, "describe"]) => "describe",
            (_, ["actions", .., action]) => action,
            (_, [first, ..]) => first,
            (_, []) => "",
        }
    }
}

/// Whether a call lets the org's assignment rules run.
pub(super) fn assigns(said: Option<&str>) -> bool {
    !said.is_some_and(|said| said.eq_ignore_ascii_case("false"))
}

/// The most rows of a page of an answer.
pub(super) const PAGE: usize = 2_000;

fn batch_size(options: &str) -> Option<usize> {
    let size = options.trim().strip_prefix("batchSize=")?.parse().ok()?;
    (200..=PAGE).contains(&size).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_before_the_question_mark_means_nothing() {
        for url in ["/services/data/v64.0/query?q=a+b", "/services/data/v64.0/query/?q=a%20b"] {
            let call = Call::at("GET", url);
            assert_eq!(call.version, "v64.0");
            assert_eq!(call.path, ["query"]);
            assert_eq!(call.param("q"), Some("a b"));
        }
    }

    #[test]
    fn a_key_in_the_address_is_decoded_once() {
        let call = Call::at("PATCH", "/services/data/v64.0/sobjects/X__c/Key__c/a%2Fb%2525");
        assert_eq!(call.path, ["sobjects", "X__c", "Key__c", "a/b%25"]);
        assert_eq!(call.what(), "sobjects");
    }
}
