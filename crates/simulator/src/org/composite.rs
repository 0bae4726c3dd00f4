//! Several calls in one: composite, and upserts of many rows of one object.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::files::keep_encoded;
use super::records::Record;
use super::writes::{Refused, Saved, Target, assigns, save_row};
use super::{admit, trigger};
use crate::faults::FaultName;
use crate::state::{Shared, World};

const MOST_PARTS: usize = 25;
const MOST_COLLECTIONS: usize = 5;
const MOST_ROWS: usize = 200;

/// Many rows.
#[derive(Debug, Deserialize)]
pub(super) struct Collection {
    #[serde(default, rename = "allOrNone")]
    all_or_none: bool,
    records: Vec<Record>,
}

/// Many calls.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Composite {
    #[serde(default)]
    all_or_none: bool,
    composite_request: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    method: String,
    url: String,
    reference_id: String,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    http_headers: Value,
}

/// What a part is answered with.
struct Answered {
    status: u16,
    body: Value,
}

fn refusal(refused: &Refused) -> Answered {
    let Refused { status, code, message, fields } = refused;
    let body = json!([{ "message": message, "errorCode": code, "fields": fields }]);
    Answered { status: status.as_u16(), body }
}

fn plain(status: u16, code: &str, message: &str) -> Answered {
    Answered { status, body: json!([{ "message": message, "errorCode": code }]) }
}

pub(super) async fn composite(
    State(simulation): State<Shared>,
    Path(version): Path<String>,
    headers: HeaderMap,
    Json(call): Json<Composite>,
) -> Result<Response, Response> {
    let caller = admit(&simulation, &headers, &version, "composite").await?;
    let collections = call.composite_request.iter().filter(|p| is_collection(&p.url)).count();
    if call.composite_request.len() > MOST_PARTS || collections > MOST_COLLECTIONS {
        let message = format!("at most {MOST_PARTS} parts and {MOST_COLLECTIONS} collections");
        return Ok(caller.error(StatusCode::BAD_REQUEST, "PROCESSING_HALTED", &message));
    }
    let mut world = simulation.world();
    let before = call.all_or_none.then(|| world.org.records.clone());
    let prefix = format!("/services/data/{version}/");
    let mut done: Vec<(String, Answered)> = Vec::new();
    for part in &call.composite_request {
        let answered = run(&mut world, part, &prefix, &done, assigns(&headers));
        done.push((part.reference_id.clone(), answered));
    }
    if let Some(before) = before.filter(|_| done.iter().any(|(_, one)| one.status >= 300)) {
        world.org.records = before;
        for (_, one) in done.iter_mut().filter(|(_, one)| one.status < 300) {
            let message = "The transaction was rolled back since another operation in the same \
                           transaction failed.";
            *one = plain(400, "PROCESSING_HALTED", message);
        }
    }
    let answers: Vec<Value> = done
        .into_iter()
        .map(|(reference, one)| {
            json!({
                "body": one.body, "httpHeaders": {}, "httpStatusCode": one.status,
                "referenceId": reference,
            })
        })
        .collect();
    Ok(caller.answer(StatusCode::OK, &json!({ "compositeResponse": answers })))
}

fn is_collection(url: &str) -> bool {
    url.contains("/composite/sobjects")
}

/// Carries out one part; `@{reference.id}` stands for what an earlier one made.
fn run(
    world: &mut World,
    part: &Part,
    prefix: &str,
    done: &[(String, Answered)],
    auto_assign: bool,
) -> Answered {
    let (mut url, mut body) = (part.url.clone(), part.body.to_string());
    for (reference, one) in done {
        if let Some(id) = one.body["id"].as_str() {
            let mark = format!("@{{{reference}.id}}");
            (url, body) = (url.replace(&mark, id), body.replace(&mark, id));
        }
    }
    if url.contains("@{") || body.contains("@{") {
        return plain(400, "PROCESSING_HALTED", "Invalid reference specified");
    }
    let Some(path) = url.strip_prefix(prefix) else {
        return plain(404, "NOT_FOUND", "The requested resource does not exist");
    };
    let auto_assign = auto_assign && part.http_headers["Sforce-Auto-Assign"] != "FALSE";
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    match (part.method.as_str(), segments.as_slice()) {
        ("PATCH", ["composite", "sobjects", object, field]) => {
            match serde_json::from_value::<Collection>(body) {
                Ok(rows) => upsert_rows(world, object, field, &rows),
                Err(error) => plain(400, "JSON_PARSER_ERROR", &error.to_string()),
            }
        }
        ("POST", ["sobjects", "ContentVersion"]) => {
            match keep_encoded(world, body.as_object().unwrap_or(&Record::new())) {
                Ok(id) => Answered {
                    status: 201,
                    body: json!({ "id": id, "success": true, "errors": [] }),
                },
                Err(refused) => refusal(&refused),
            }
        }
        ("POST", ["sobjects", object]) => one(world, object, Target::New, &body, auto_assign, 201),
        ("PATCH", ["sobjects", object, id]) => {
            one(world, object, Target::Id(id), &body, auto_assign, 204)
        }
        ("PATCH", ["sobjects", object, field, value]) => {
            one(world, object, Target::Key { field, value }, &body, auto_assign, 200)
        }
        _ => plain(404, "NOT_FOUND", "The requested resource does not exist"),
    }
}

fn one(
    world: &mut World,
    object: &str,
    target: Target<'_>,
    body: &Value,
    auto_assign: bool,
    status: u16,
) -> Answered {
    let body = body.as_object().cloned().unwrap_or_default();
    match save_row(world, object, target, &body, auto_assign) {
        Ok(_) if status == 204 => Answered { status, body: Value::Null },
        Ok(Saved { id, created }) => Answered {
            status: if created { 201 } else { status },
            body: json!({ "id": id, "success": true, "errors": [], "created": created }),
        },
        Err(refused) => refusal(&refused),
    }
}

/// Upserts rows of one object, each by itself unless all or none are asked for.
fn upsert_rows(world: &mut World, object: &str, field: &str, rows: &Collection) -> Answered {
    if rows.records.len() > MOST_ROWS {
        let message = format!("Max {MOST_ROWS} records are allowed");
        return plain(400, "INVALID_BATCH_SIZE", &message);
    }
    let before = rows.all_or_none.then(|| world.org.records.clone());
    let partial = world.faults.take(FaultName::PartialCollection, object).is_some();
    let mut results = Vec::new();
    for (place, row) in rows.records.iter().enumerate() {
        let mut body = row.clone();
        let key = body.remove(field).and_then(|key| key.as_str().map(str::to_owned));
        let target = Target::Key { field, value: key.as_deref().unwrap_or_default() };
        let twice = rows.records.iter().filter(|other| other.get(field) == row.get(field)).count();
        let result = match (&key, partial && place % 3 == 2) {
            (None, _) => {
                let message = format!("{field} not specified");
                Err(Refused::of("MISSING_ARGUMENT", message, &[]))
            }
            (Some(key), _) if twice > 1 => {
                let message = format!("Duplicate external id specified: {key}");
                Err(Refused::of("DUPLICATE_VALUE", message, &[field]))
            }
            (Some(_), true) => {
                let message = "unable to obtain exclusive access to this record".to_owned();
                Err(Refused::of("UNABLE_TO_LOCK_ROW", message, &[]))
            }
            (Some(key), false) => {
                let mut all = body.clone();
                all.insert("Key__c".to_owned(), json!(key));
                let all = if field == "Key__c" { all } else { body };
                save_row(world, object, target, &all, true)
            }
        };
        results.push(result);
    }
    let failed = results.iter().any(Result::is_err);
    let rolled_back = before.filter(|_| failed).map(|before| world.org.records = before).is_some();
    if object == "Support_Session_Survey_Response__c" && !rolled_back {
        trigger::answered(world);
    }
    let body = results.iter().map(|result| row_result(result, rolled_back)).collect();
    Answered { status: 200, body: Value::Array(body) }
}

fn row_result(result: &Result<Saved, Refused>, rolled_back: bool) -> Value {
    let failed = |code: &str, message: &str, fields: &[String]| json!({ "success": false, "errors": [{ "statusCode": code, "message": message, "fields": fields }] });
    match result {
        Ok(Saved { .. }) if rolled_back => {
            failed("ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back", &[])
        }
        Ok(Saved { id, created }) => {
            json!({ "id": id, "success": true, "errors": [], "created": created })
        }
        Err(refused) => failed(&refused.code, &refused.message, &refused.fields),
    }
}

pub(super) async fn upsert_collection(
    State(simulation): State<Shared>,
    Path((version, object, field)): Path<(String, String, String)>,
    headers: HeaderMap,
    Json(rows): Json<Collection>,
) -> Result<Response, Response> {
    let caller = admit(&simulation, &headers, &version, "composite").await?;
    let answered = upsert_rows(&mut simulation.world(), &object, &field, &rows);
    let status = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::BAD_REQUEST);
    Ok(caller.answer(status, &answered.body))
}
