//! The pages of the org that people see: the list of cases and one case, with its button.

use axum::Form;
use axum::Router;
use axum::extract::{Path, RawQuery, State as Extract};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::Value;
use std::collections::BTreeMap;

use super::lightning;
use super::records::Record;
use super::saving::save_row;
use super::state::{Shared, State};
use super::writes::Target;
use crate::common::html::{self, escape};

const PLACE: &str = "Example Help Desk";

/// The addresses of the pages.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/lightning/o/Case/list") }))
        .route("/lightning/o/Case/list", get(case_list))
        .route("/lightning/o/Case/new", get(new_case).post(create_case))
        .route("/lightning/r/Case/{id}/view", get(case_page))
        .route("/lightning/r/Case/{id}/emails", get(case_emails))
}

fn text<'r>(record: &'r Record, field: &str) -> &'r str {
    record.get(field).and_then(Value::as_str).unwrap_or_default()
}

async fn case_list(Extract(site): Extract<Shared>) -> Html<String> {
    let org = site.lock();
    let rows: String = org
        .records
        .rows("Case")
        .iter()
        .map(|case| {
            format!(
                "<tr><td><a href=\"/lightning/r/Case/{}/view\">{}</a><td>{}<td>{}<td>{}",
                escape(text(case, "Id")),
                escape(text(case, "CaseNumber")),
                escape(text(case, "Subject")),
                escape(text(case, "Status")),
                escape(&name_of(&org, "Contact", text(case, "ContactId"))),
            )
        })
        .collect();
    let head = "<tr><th>Case<th>Subject<th>Status<th>Contact";
    html::page("Cases", PLACE, &format!("<table id=\"cases\">{head}{rows}</table>"))
}

/// The page for a new case. Of the address it takes `defaultFieldValues`: fields and their values,
/// separated by commas.
async fn new_case(RawQuery(query): RawQuery) -> Html<String> {
    let given = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "defaultFieldValues")
        .map(|(_, values)| values.into_owned())
        .unwrap_or_default();
    let pairs: Vec<(&str, &str)> =
        given.split(',').filter_map(|pair| pair.split_once('=')).collect();
    let of = |field| pairs.iter().find(|(name, _)| *name == field).map_or("", |(_, value)| value);
    let body = format!(
        "<form method=\"post\"><label>Subject <input name=\"Subject\" value=\"{}\"></label>\
         <label>Contact <input name=\"ContactId\" value=\"{}\"></label>\
         <button id=\"save\">Save</button></form>",
        escape(of("Subject")),
        escape(of("ContactId")),
    );
    html::page("New Case", PLACE, &body)
}

/// Saves the page as the first user, whose browser this is.
async fn create_case(
    Extract(site): Extract<Shared>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Response {
    let mut org = site.lock();
    let user = org.users.first().map(|user| user.id.clone());
    org.records.writer = user;
    let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let row: Record = filled.map(|(name, value)| (name, Value::String(value))).collect();
    match save_row(&mut org, "Case", Target::New, &row, false) {
        Ok(saved) => Redirect::to(&format!("/lightning/r/Case/{}/view", saved.id)).into_response(),
        Err(_) => {
            let sentence = "Check the fields of the case.";
            html::message(StatusCode::BAD_REQUEST, "The case was not saved", PLACE, sentence)
        }
    }
}

fn name_of(org: &State, object: &str, id: &str) -> String {
    org.records.find(object, id).map(|record| text(record, "Name").to_owned()).unwrap_or_default()
}

async fn case_page(Extract(site): Extract<Shared>, Path(id): Path<String>) -> Response {
    let mut org = site.lock();
    let now = org.now();
    org.records.note_viewed("Case", &id, now);
    let Some(case) = org.records.find("Case", &id) else {
        let sentence = "This case does not exist, or you may not see it.";
        return html::message(StatusCode::NOT_FOUND, "Page not found", PLACE, sentence);
    };
    let (id, number) = (text(case, "Id"), text(case, "CaseNumber"));
    let title = format!("Case {number}");
    let contact = org.records.find("Contact", text(case, "ContactId"));
    let mut fields = vec![
        ("Subject", text(case, "Subject").to_owned()),
        ("Status", text(case, "Status").to_owned()),
        ("Priority", text(case, "Priority").to_owned()),
        ("Account", name_of(&org, "Account", text(case, "AccountId"))),
        ("Contact", name_of(&org, "Contact", text(case, "ContactId"))),
        ("Contact e-mail", contact.map(|c| text(c, "Email").to_owned()).unwrap_or_default()),
        ("Web name", text(case, "SuppliedName").to_owned()),
        ("Web e-mail", text(case, "SuppliedEmail").to_owned()),
        ("Description", text(case, "Description").to_owned()),
    ];
    fields.retain(|(_, value)| !value.is_empty());
    let list: String = fields
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escape(value)))
        .collect();
    let components = site.common.places.components.is_some();
    let body = format!(
        "{components}<section class=\"card\"><p><a class=\"button\" id=\"generate-session-key\" \
         href=\"casebridge://session-key?case={id}&amp;org={org_id}\">Generate session key</a></p>\n\
         {more}\n\
         <dl>{list}</dl>\n<h2>Running support sessions</h2>\n\
         <section id=\"sessions\"></section>\n<h2>E-mails</h2>\n<section id=\"emails\">{emails}</section>\n\
         <p><a href=\"/lightning/o/Case/list\">All cases</a></p></section>\n\
         <script>const read = async () => {{\
         const answer = await fetch('/lightning/r/Case/{id}/emails');\
         if (answer.ok) document.getElementById('emails').innerHTML = await answer.text();\
         const live = await fetch('/lightning/r/Case/{id}/sessions');\
         if (live.ok) document.getElementById('sessions').innerHTML = await live.text();\
         }}; read(); setInterval(read, 2000);</script>",
        components = if components { lightning::components() } else { String::new() },
        org_id = org.id,
        more = more_buttons(id, &org.id),
        emails = emails(&org, id),
    );
    if components {
        return lightning::page(&title, id, &body);
    }
    html::page(&title, PLACE, &body).into_response()
}

/// What else an administrator may put on a case: id of the link, its text, action and further keys.
const MORE_BUTTONS: [(&str, &str, &str, &str); 12] = [
    ("tag", "Tag a running session", "tag", ""),
    ("console-key", "Key in the console", "console-key", ""),
    ("web-key", "Key in the web console", "web-key", ""),
    ("jump", "Jump", "jump", ""),
    ("web-jump", "Jump in the web console", "web-jump", "&method=item&search=FRONTDESK-3"),
    ("jump-item", "Jump to FRONTDESK-3", "jump", "&method=item&search=FRONTDESK-3"),
    ("jump-push-local", "Push to PC-1", "jump", "&method=push-local&target=PC-1"),
    (
        "jump-push-remote",
        "Push to PC-2",
        "jump",
        "&method=push-remote&target=PC-2&jumpoint=Branch%207",
    ),
    ("jump-rdp", "RDP to DC-01", "jump", "&method=rdp&target=DC-01&jumpoint=Data%20Centre"),
    (
        "jump-vnc",
        "VNC to ERP-LEGACY",
        "jump",
        "&method=vnc&target=ERP-LEGACY&jumpoint=Head%20Office",
    ),
    (
        "jump-shell",
        "Shell on SW-CORE",
        "jump",
        "&method=shell&target=SW-CORE&jumpoint=Data%20Centre",
    ),
    ("jump-vpro", "vPro on CAD-02", "jump", "&method=vpro&target=CAD-02&jumpoint=Head%20Office"),
];

fn more_buttons(id: &str, org_id: &str) -> String {
    let links: String = MORE_BUTTONS
        .iter()
        .map(|(name, label, action, keys)| {
            let link = format!("casebridge://{action}?case={id}&org={org_id}{keys}");
            format!("<a id=\"{name}\" href=\"{}\">{label}</a> · ", escape(&link))
        })
        .collect();
    format!("<p id=\"more\">{}</p>", links.trim_end_matches(" · "))
}

async fn case_emails(Extract(site): Extract<Shared>, Path(id): Path<String>) -> Response {
    let org = site.lock();
    match org.records.find("Case", &id) {
        Some(case) => Html(emails(&org, text(case, "Id"))).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The mails on a case, newest first.
fn emails(org: &State, case_id: &str) -> String {
    let list: String = org
        .records
        .rows("EmailMessage")
        .iter()
        .rev()
        .filter(|email| text(email, "ParentId") == case_id)
        .map(|email| {
            let body = match text(email, "TextBody") {
                "" => text(email, "HtmlBody"),
                body => body,
            };
            format!(
                "<article class=\"email\"><strong>{}</strong><br>From {} to <span class=\"to\">{}</span>, {}\
                 <pre>{}</pre></article>",
                escape(text(email, "Subject")),
                escape(text(email, "FromAddress")),
                escape(text(email, "ToAddress")),
                escape(text(email, "MessageDate")),
                escape(body),
            )
        })
        .collect();
    if list.is_empty() { "<p>No e-mails yet.</p>".to_owned() } else { list }
}
