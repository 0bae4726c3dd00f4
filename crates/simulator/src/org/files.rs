//! Files: a version each time, linked to the record that the call names.

use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::records::Record;
use super::{Caller, admit};
use crate::state::Shared;

/// Takes a file in two parts: its fields as JSON, then its content.
pub(super) async fn create(
    State(simulation): State<Shared>,
    Path(version): Path<String>,
    headers: HeaderMap,
    mut parts: Multipart,
) -> Result<Response, Response> {
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
    Ok(keep(&simulation, &caller, &fields, &content))
}

fn keep(simulation: &Shared, caller: &Caller, fields: &Record, content: &[u8]) -> Response {
    let mut world = simulation.world();
    let now = world.now();
    let records = &mut world.org.records;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let size = content.len();
    let required = |name: &str| {
        let message = format!("Required fields are missing: [{name}]");
        caller.error(StatusCode::BAD_REQUEST, "REQUIRED_FIELD_MISSING", &message)
    };
    let (Some(title), Some(path)) = (text("Title"), text("PathOnClient")) else {
        return required("Title, PathOnClient");
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
        (None, None) => return required("FirstPublishLocationId"),
    };
    let version = json!({
        "ContentDocumentId": document, "Title": title, "PathOnClient": path, "ContentSize": size,
        "VersionData": String::from_utf8_lossy(content.get(..content.len().min(4096)).unwrap_or_default()),
    });
    let id = records.insert("ContentVersion", record(version), now);
    caller.answer(StatusCode::CREATED, &json!({ "id": id, "success": true, "errors": [] }))
}
