//! What the platform gives Lightning components on a page: their compiled code, the records that
//! they read, the answer of our Apex class, and the pages that they lead to.
//!
//! The pages are for whoever sits in front of them, so nothing here asks for a token.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::metadata;
use super::objects::objects;
use super::records::{Record, Records};
use super::schema::{FieldKind, ObjectDef};
use super::state::Shared;
use crate::common::html::{self, escape};

/// The compiled components, in the folder of `Options::components`.
pub(crate) const SCRIPT: &str = "casebridge.js";
const STYLE: &str = "casebridge.css";
const PLACE: &str = "Example Help Desk";

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/components/casebridge.js", get(script))
        .route("/components/casebridge.css", get(style))
        .route("/lightning/apex/CasebridgeContext/load", get(context))
        .route("/lightning/data/records/{id}", get(record))
        .route("/lightning/data/related/{id}/{list}", get(related))
        .route("/lightning/r/{object}/{id}/view", get(record_page))
        .route("/lightning/r/{object}/{id}/related/{list}/view", get(related_page))
}

async fn script(Extract(site): Extract<Shared>) -> Response {
    file(&site, SCRIPT, "text/javascript; charset=utf-8")
}

async fn style(Extract(site): Extract<Shared>) -> Response {
    file(&site, STYLE, "text/css; charset=utf-8")
}

fn file(site: &Shared, name: &str, kind: &'static str) -> Response {
    let folder = site.common.places.components.as_deref();
    match folder.map(|folder| std::fs::read(folder.join(name))) {
        Some(Ok(bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Some(Err(_)) | None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The answer of `CasebridgeContext.load`.
async fn context(Extract(site): Extract<Shared>) -> Response {
    let org = site.lock();
    let setting = org.records.rows("Casebridge_Setting__mdt").first().cloned().unwrap_or_default();
    let object = Records::object("Support_Session__c");
    let columns: Vec<Value> = metadata::field_set("Support_Session__c", "Sessions")
        .iter()
        .filter_map(|name| object?.field(name))
        .map(|field| {
            json!({ "fieldName": field.name, "label": field.label, "type": type_name(field.kind) })
        })
        .collect();
    let body = json!({
        "organizationId": org.id,
        "downloadUrl": setting.get("Download_URL__c"),
        "recordingBaseUrl": setting.get("External_Recording_Base_URL__c"),
        "assetHostField": setting.get("Asset_Host_Field__c"),
        "contactHostField": setting.get("Contact_Host_Field__c"),
        "sessionKeysOff": setting.get("Session_Keys_Off__c"),
        "columns": columns,
    });
    axum::Json(body).into_response()
}

/// How Apex calls a kind of field.
fn type_name(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Id => "REFERENCE",
        FieldKind::Text => "STRING",
        FieldKind::LongText => "TEXTAREA",
        FieldKind::Boolean => "BOOLEAN",
        FieldKind::DateTime => "DATETIME",
        FieldKind::Number => "DOUBLE",
    }
}

/// A record as the data service of the platform gives it: fields that do not exist are left out, as
/// optional ones are.
async fn record(
    Extract(site): Extract<Shared>,
    Path(id): Path<String>,
    Query(params): Query<BTreeMap<String, String>>,
) -> Response {
    let org = site.lock();
    let records = &org.records;
    let found =
        objects().iter().find_map(|object| Some((object, records.find(&object.name, &id)?)));
    let Some((object, row)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let wanted = params.get("fields").map_or("", String::as_str);
    let paths: Vec<Vec<String>> = wanted
        .split(',')
        .map(|path| path.split('.').skip(1).map(str::to_owned).collect())
        .collect();
    axum::Json(ui_record(records, object, row, &paths)).into_response()
}

fn ui_record(
    records: &Records,
    object: &'static ObjectDef,
    row: &Record,
    paths: &[Vec<String>],
) -> Value {
    let mut fields = serde_json::Map::new();
    for path in paths {
        match path.as_slice() {
            [] => {}
            [name] => {
                if let Ok(value) = records.value(object, row, path) {
                    fields.insert(name.clone(), json!({ "value": value, "displayValue": null }));
                }
            }
            [parent, rest @ ..] => {
                let Some((target, above)) = records.related(object, row, parent) else { continue };
                let value = ui_record(records, target, above, &[rest.to_vec()]);
                fields.insert(parent.clone(), json!({ "value": value, "displayValue": null }));
            }
        }
    }
    json!({ "apiName": object.name, "id": row.get("Id"), "fields": fields })
}

/// The children in a related list, sorted, at most a page of them.
async fn related(
    Extract(site): Extract<Shared>,
    Path((id, list)): Path<(String, String)>,
    Query(params): Query<BTreeMap<String, String>>,
) -> Response {
    let org = site.lock();
    let records = &org.records;
    let Some((object, mut rows)) = children(records, &id, &list) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let text = |name: &str| params.get(name).map(String::as_str).unwrap_or_default();
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    if let Some(field) = text("sortBy").split(',').next().filter(|field| !field.is_empty()) {
        let name = last(field);
        rows.sort_by_key(|row| row.get(&name).and_then(Value::as_str).map(str::to_owned));
        if field.starts_with('-') {
            rows.reverse();
        }
    }
    let size = text("pageSize").parse().unwrap_or(50);
    let paths: Vec<Vec<String>> = text("fields").split(',').map(|path| vec![last(path)]).collect();
    let page: Vec<Value> =
        rows.iter().take(size).map(|row| ui_record(records, object, row, &paths)).collect();
    let next = (rows.len() > size).then(|| size.to_string());
    axum::Json(json!({ "count": page.len(), "records": page, "nextPageToken": next }))
        .into_response()
}

fn children<'r>(
    records: &'r Records,
    parent: &str,
    list: &str,
) -> Option<(&'static ObjectDef, Vec<&'r Record>)> {
    let (object, way) = objects().iter().find_map(|object| {
        let way = object.relationships.iter().find(|way| way.children.as_deref() == Some(list))?;
        Some((object, way))
    })?;
    let parent = records.find(&way.target, parent)?.get("Id")?;
    let rows = records.rows(&object.name).iter();
    Some((object, rows.filter(|row| row.get(&way.field) == Some(parent)).collect()))
}

/// All fields of a record that have a value, and links to the lists of its children.
async fn record_page(
    Extract(site): Extract<Shared>,
    Path((object, id)): Path<(String, String)>,
) -> Response {
    let org = site.lock();
    let found = Records::object(&object)
        .and_then(|object| Some((object, org.records.find(&object.name, &id)?)));
    let Some((object, row)) = found else { return nothing() };
    let fields: String = object
        .fields
        .iter()
        .filter_map(|field| Some((field, shown(row.get(&field.name)?)?)))
        .map(|(field, value)| {
            format!("<dt>{}</dt><dd>{}</dd>", escape(&field.label), escape(&value))
        })
        .collect();
    let lists: String = objects()
        .iter()
        .flat_map(|child| child.relationships.iter().map(move |way| (child, way)))
        .filter(|(_, way)| way.target == object.name)
        .filter_map(|(child, way)| Some((child, way.children.as_deref()?)))
        .map(|(child, list)| {
            format!(
                "<li><a href=\"/lightning/r/{}/{}/related/{list}/view\">{}</a></li>",
                object.name,
                escape(&id),
                escape(&child.label)
            )
        })
        .collect();
    let title = row.get("Name").and_then(Value::as_str).unwrap_or(&object.label);
    html::page(title, PLACE, &format!("<dl>{fields}</dl><ul>{lists}</ul>")).into_response()
}

async fn related_page(
    Extract(site): Extract<Shared>,
    Path((_, id, list)): Path<(String, String, String)>,
) -> Response {
    let org = site.lock();
    let Some((object, rows)) = children(&org.records, &id, &list) else { return nothing() };
    let items: String = rows
        .iter()
        .map(|row| {
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            format!(
                "<li><a href=\"/lightning/r/{}/{}/view\">{}</a></li>",
                object.name,
                escape(text("Id")),
                escape(text("Name"))
            )
        })
        .collect();
    let body =
        if items.is_empty() { "<p>None.</p>".to_owned() } else { format!("<ul>{items}</ul>") };
    html::page(&object.label, PLACE, &body).into_response()
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Some(value.to_string())
        }
    }
}

fn nothing() -> Response {
    let sentence = "This record does not exist, or you may not see it.";
    html::message(StatusCode::NOT_FOUND, "Page not found", PLACE, sentence)
}

/// The places of the components on the page of a case, and what loads them.
pub(super) fn components() -> String {
    const ACTIONS: [(&str, &str); 6] = [
        ("Casebridge_Session_Key", "Generate Session Key"),
        ("Casebridge_Console_Key", "Representative Console Key"),
        ("Casebridge_Web_Key", "Web Session Key"),
        ("Casebridge_Jump", "Jump"),
        ("Casebridge_Tag", "Tag Running Session"),
        ("Casebridge_Case_Id", "Show Case ID"),
    ];
    const COMPONENTS: [&str; 7] = [
        "c-casebridge-sessions",
        "c-casebridge-session-key",
        "c-casebridge-jump",
        "c-casebridge-web-key",
        "c-casebridge-web-jump",
        "c-casebridge-case-id",
        "c-casebridge-tools",
    ];
    let actions: String = ACTIONS
        .iter()
        .map(|(name, label)| {
            format!("<button class=\"slds-button slds-button_neutral\" data-action=\"{name}\">{label}</button>")
        })
        .collect();
    let places: String =
        COMPONENTS.iter().map(|name| format!("<div data-component=\"{name}\"></div>")).collect();
    format!(
        "<div id=\"actions\" class=\"slds-button-group\">{actions}</div>\
         <div id=\"toasts\" aria-live=\"polite\"></div><div class=\"components\">{places}</div>"
    )
}

/// A page in Lightning's style, with the components' code.
pub(super) fn page(title: &str, record_id: &str, body: &str) -> Response {
    let (title, record_id) = (escape(title), escape(record_id));
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/components/{STYLE}\">\
         <style>{LAYOUT}</style></head>\n<body class=\"slds-scope\" data-record=\"{record_id}\">\
         <header>{PLACE}</header>\n<main><h1>{title}</h1>\n{body}\n</main>\
         <script src=\"/components/{SCRIPT}\"></script></body></html>\n"
    ))
    .into_response()
}

const LAYOUT: &str = "\
body{background:#f3f3f3}header{padding:12px 24px;background:#fff;border-bottom:1px solid #c9c9c9;font-weight:600}\
main{max-width:1200px;margin:0 auto;padding:16px 24px}h1{font-size:20px;font-weight:700;margin-bottom:12px}\
.card h2{font-size:16px;margin:16px 0 8px}.card{background:#fff;border:1px solid #c9c9c9;border-radius:4px;padding:16px;margin-top:16px}\
.components{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;margin-top:16px;align-items:start}\
.components>:first-child{grid-column:1/-1}\
[data-component=c-casebridge-tools]{background:#fff;border:1px solid #c9c9c9;border-radius:4px}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px}dt{color:#444}\
dd{white-space:pre-wrap;overflow-wrap:anywhere}article{border-top:1px solid #e5e5e5;padding:8px 0}\
article pre{white-space:pre-wrap;overflow-wrap:anywhere}\
.toast{position:static;width:auto;margin:12px 0 0;padding:8px 16px;color:#fff}.toast a{color:#fff;text-decoration:underline}";
