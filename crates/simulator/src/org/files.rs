//! Files: a version each time, linked to the record that the call names.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::records::Record;
use super::writes::Refused;
use super::{Caller, admit};
use crate::state::{Shared, World};

/// Takes a file as JSON, or in two parts: its fields as JSON, then its content.
pub(super) async fn create(
    State(simulation): State<Shared>,
    Path(version): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let headers = request.headers().clone();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/json")) {
        let body = Bytes::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
        return create_of_json(&simulation, &version, &headers, &body).await;
    }
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(IntoResponse::into_response)?;
    let caller = admit(&simulation, &headers, &version, "ContentVersion").await?;
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
        return Ok(caller.error(StatusCode::BAD_REQUEST, "INVALID_MULTIPART_REQUEST", message));
    };
    let kept = keep(&mut simulation.world(), &fields, &content);
    Ok(answer(&caller, kept))
}

/// Takes a file whose content is in its fields, in Base64.
async fn create_of_json(
    simulation: &Shared,
    version: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Response> {
    let caller = admit(simulation, headers, version, "ContentVersion").await?;
    let fields: Record = match serde_json::from_slice(body) {
        Ok(fields) => fields,
        Err(error) => {
            return Ok(caller.error(
                StatusCode::BAD_REQUEST,
                "JSON_PARSER_ERROR",
                &error.to_string(),
            ));
        }
    };
    let kept = keep_encoded(&mut simulation.world(), &fields);
    Ok(answer(&caller, kept))
}

fn answer(caller: &Caller, kept: Result<String, Refused>) -> Response {
    match kept {
        Ok(id) => {
            caller.answer(StatusCode::CREATED, &json!({ "id": id, "success": true, "errors": [] }))
        }
        Err(refused) => caller.error(refused.status, &refused.code, &refused.message),
    }
}

/// Keeps a file whose content is in `VersionData`, in Base64.
pub(super) fn keep_encoded(world: &mut World, fields: &Record) -> Result<String, Refused> {
    let data = fields.get("VersionData").and_then(Value::as_str).unwrap_or_default();
    if data.len() > MOST_ENCODED {
        let message = "The file is too large for a request in JSON".to_owned();
        return Err(Refused::of("STRING_TOO_LONG", message, &["VersionData"]));
    }
    let content = STANDARD.decode(data).map_err(|_| {
        Refused::of("JSON_PARSER_ERROR", "VersionData is no Base64".to_owned(), &["VersionData"])
    })?;
    keep(world, fields, &content)
}

/// 37.5 MB of content (`docs/protocols/salesforce.md#files`).
const MOST_ENCODED: usize = 50 * 1024 * 1024;

fn keep(world: &mut World, fields: &Record, content: &[u8]) -> Result<String, Refused> {
    let now = world.now();
    let records = &mut world.org.records;
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
    Ok(records.insert("ContentVersion", record(version), now))
}
