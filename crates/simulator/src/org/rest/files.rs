//! Files: a version each time, linked to the record that the call names.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::call::Call;
use crate::org::answer::Answered;
use crate::org::records::Record;
use crate::org::refused::Refused;
use crate::org::state::{Shared, State};

/// Whether a call brings a file in two parts.
pub(super) fn is_multipart(call: &Call, headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    call.what() == "ContentVersion" && kind.is_some_and(|kind| kind.starts_with("multipart/"))
}

/// Takes a file in two parts: its fields as JSON, then its content.
pub(super) async fn create(site: &Shared, request: Request) -> Result<Answered, Response> {
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(IntoResponse::into_response)?;
    let (mut fields, mut content) = (None, None);
    while let Ok(Some(part)) = parts.next_field().await {
        let (name, kind) = (part.name().map(str::to_owned), part.content_type().map(str::to_owned));
        let file_name = part.file_name().map(str::to_owned);
        let Ok(bytes) = part.bytes().await else { break };
        match name.as_deref() {
            Some("VersionData") if file_name.is_some() && kind.is_some() => content = Some(bytes),
            Some(_) if kind.as_deref() == Some("application/json") => {
                fields = serde_json::from_slice::<Record>(&bytes).ok();
            }
            _ => {}
        }
    }
    let (Some(fields), Some(content)) = (fields, content) else {
        let message = "Multipart message is missing its JSON part or its binary part";
        return Ok(Answered::error(StatusCode::BAD_REQUEST, "INVALID_MULTIPART_REQUEST", message));
    };
    let kept = keep(&mut site.lock(), &fields, &content);
    Ok(kept.unwrap_or_else(|refused| Answered::refused(&refused)))
}

/// Takes a file whose content is in `VersionData`, in Base64.
pub(super) fn create_encoded(org: &mut State, fields: &Record) -> Result<Answered, Refused> {
    let data = fields.get("VersionData").and_then(Value::as_str).unwrap_or_default();
    if data.len() > MOST_ENCODED {
        let message = "The file is too large for a request in JSON".to_owned();
        return Err(Refused::of("STRING_TOO_LONG", message, &["VersionData"]));
    }
    let content = STANDARD.decode(data).map_err(|_| {
        Refused::of("JSON_PARSER_ERROR", "VersionData is no Base64".to_owned(), &["VersionData"])
    })?;
    keep(org, fields, &content)
}

/// 37.5 MB of content (`docs/protocols/salesforce.md#files`).
const MOST_ENCODED: usize = 50 * 1024 * 1024;

fn keep(org: &mut State, fields: &Record, content: &[u8]) -> Result<Answered, Refused> {
    let now = org.now();
    let records = &mut org.records;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let size = content.len();
    let required = |name: &str| {
        let message = format!("Required fields are missing: [{name}]");
        Refused::of("REQUIRED_FIELD_MISSING", message, &[])
    };
    let (Some(title), Some(path)) = (text("Title"), text("PathOnClient")) else {
        return Err(required("Title, PathOnClient"));
    };
    let record = |value: Value| value.as_object().cloned().unwrap_or_default();
    let document = match (text("ContentDocumentId"), text("FirstPublishLocationId")) {
        (Some(known), _) => {
            let values = record(json!({ "Title": title, "ContentSize": size }));
            records.change("ContentDocument", known, values, now);
            known.to_owned()
        }
        (None, Some(place)) => {
            let values = record(json!({ "Title": title, "ContentSize": size }));
            let document = records.insert("ContentDocument", values, now);
            let link = json!({ "LinkedEntityId": place, "ContentDocumentId": document });
            records.insert("ContentDocumentLink", record(link), now);
            document
        }
        (None, None) => return Err(required("FirstPublishLocationId")),
    };
    let version = json!({
        "ContentDocumentId": document, "Title": title, "PathOnClient": path, "ContentSize": size,
        "VersionData": String::from_utf8_lossy(content.get(..content.len().min(4096)).unwrap_or_default()),
    });
    let id = records.insert("ContentVersion", record(version), now);
    let body = json!({ "id": id, "success": true, "errors": [] });
    Ok(Answered { status: StatusCode::CREATED, body })
}
