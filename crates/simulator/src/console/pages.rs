//! What people see of the console, and how the stand-in program reaches it.
//!
//! | address | |
//! | --- | --- |
//! | `GET /api/client_script` | a script file for the desktop console, or the web console itself |
//! | `POST /simulator/console/run` | `representative`, `origin` (`run-script`, `file`), `script`: runs it, JSON |
//! | `POST /simulator/console/web` | `representative`, `script`: logs in to the web console and runs it |
//! | `GET /simulator/console/run/{id}` | what became of a script |
//! | `POST /simulator/console/run/{id}/choose` | `option`: the person's choice |

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::scripts::{choose, take};
use super::state::{Origin, Outcome, Run, Shared};
use crate::appliance::State as Appliance;
use crate::common::html::{self, escape};

const CONSOLE: &str = "Representative console";
const WEB_CONSOLE: &str = "Web representative console";

/// The addresses of the console.
pub(crate) fn router(console: &Shared) -> Router {
    Router::new()
        .route("/api/client_script", get(client_script))
        .route("/simulator/console/run", post(run))
        .route("/simulator/console/web", post(run_in_web))
        .route("/simulator/console/run/{id}", get(show))
        .route("/simulator/console/run/{id}/choose", post(choose_option))
        .with_state(console.clone())
}

fn field(body: &[u8], name: &str) -> String {
    url::form_urlencoded::parse(body)
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Splits what says how to answer from the script itself, which stays as it was sent.
async fn client_script(State(console): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let (mut kind, mut operation, mut script) = ("", "", Vec::new());
    for part in query.split('&') {
        match part.split_once('=') {
            Some(("type", value)) => kind = value,
            Some(("operation", value)) => operation = value,
            _ => script.push(part),
        }
    }
    let script = script.join("&");
    match (kind, operation) {
        ("rep", "generate") => script_file(&script),
        ("web_console", "execute") => {
            log_in_page(&console.appliance.lock(), &script).into_response()
        }
        _ => sorry(StatusCode::BAD_REQUEST, "Unknown type or operation."),
    }
}

fn sorry(status: StatusCode, text: &str) -> Response {
    html::message(status, "Client script", CONSOLE, text)
}

/// The file logs in first, as the appliance's own do.
fn script_file(script: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"script.brcs-example\""),
    ];
    (headers, format!("BRCS1.0\naction=login\n{script}\n")).into_response()
}

fn log_in_page(appliance: &Appliance, script: &str) -> Html<String> {
    let buttons: String = appliance
        .representatives
        .iter()
        .map(|rep| {
            format!(
                "<form class=\"inline\" method=\"post\" action=\"/simulator/console/web\">\
                 <input type=\"hidden\" name=\"script\" value=\"{}\">\
                 <input type=\"hidden\" name=\"representative\" value=\"{name}\">\
                 <button data-representative=\"{name}\">Log in as {}</button></form> ",
                escape(script),
                escape(&rep.private_name),
                name = escape(&rep.username),
            )
        })
        .collect();
    let warning = "<p>This logs you out of the representative console on your computer.</p>";
    html::page("Log in", WEB_CONSOLE, &format!("{warning}{buttons}"))
}

async fn run_in_web(State(console): State<Shared>, body: Bytes) -> Response {
    let (representative, script) = (field(&body, "representative"), field(&body, "script"));
    let (mut state, mut appliance) = (console.lock(), console.appliance.lock());
    let id = take(&mut state, &mut appliance, &representative, Origin::Web, &script);
    Redirect::to(&format!("/simulator/console/run/{id}")).into_response()
}

async fn run(State(console): State<Shared>, body: Bytes) -> Response {
    let host = console.common().places.appliance_host();
    let origin = match field(&body, "origin").as_str() {
        "run-script" => Origin::RunScript,
        "file" => Origin::File,
        other => {
            let error = json!({ "error": format!("unknown origin '{other}'") });
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response();
        }
    };
    let (representative, script) = (field(&body, "representative"), field(&body, "script"));
    let (mut state, mut appliance) = (console.lock(), console.appliance.lock());
    let id = take(&mut state, &mut appliance, &representative, origin, &script);
    let refusal = state.runs.get(id - 1).and_then(Run::refusal);
    let answer = json!({
        "id": id,
        "refused": refusal,
        "page": format!("https://{host}/simulator/console/run/{id}"),
    });
    Json(answer).into_response()
}

async fn show(State(console): State<Shared>, Path(id): Path<usize>) -> Response {
    let state = console.lock();
    match id.checked_sub(1).and_then(|at| state.runs.get(at)) {
        Some(run) => page_of(run).into_response(),
        None => sorry(StatusCode::NOT_FOUND, "There is no such script."),
    }
}

fn page_of(run: &Run) -> Html<String> {
    let place = if run.origin == Origin::Web { WEB_CONSOLE } else { CONSOLE };
    let mut body = format!("<p>Logged in as {}.</p>", escape(&run.representative));
    if run.displaced {
        body.push_str("<p>Your other console was logged out.</p>");
    }
    body.extend(run.outcomes.iter().map(|outcome| outcome_of(run.id, outcome)));
    html::page("Script", place, &body)
}

fn outcome_of(id: usize, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused { why } => format!("<p id=\"refused\">Refused: {}</p>", escape(why)),
        Outcome::LoggedIn => String::new(),
        Outcome::Started { lsid, hostname } => format!(
            "<p id=\"session\" data-lsid=\"{}\">In a session with {}.</p>",
            escape(lsid),
            escape(hostname)
        ),
        Outcome::Key { short_key, key_url } => format!(
            "<h2>Session key</h2><p id=\"key\">{}</p><p><a id=\"key-url\" href=\"{url}\">{url}</a></p>",
            escape(short_key),
            url = escape(key_url),
        ),
        Outcome::Choosing { what, options, .. } => choices(id, what, options),
        Outcome::Nothing => "<p>Nothing was done.</p>".to_owned(),
    }
}

fn choices(id: usize, what: &str, options: &[String]) -> String {
    let buttons: String = options
        .iter()
        .enumerate()
        .map(|(at, option)| {
            format!(
                "<p><button class=\"quiet\" name=\"option\" value=\"{at}\">{}</button></p>",
                escape(option)
            )
        })
        .collect();
    format!(
        "<h2>Choose a {what}</h2>\
         <form method=\"post\" action=\"/simulator/console/run/{id}/choose\">{buttons}</form>"
    )
}

async fn choose_option(
    State(console): State<Shared>,
    Path(id): Path<usize>,
    body: Bytes,
) -> Response {
    let option = field(&body, "option").parse().unwrap_or(usize::MAX);
    let (mut state, mut appliance) = (console.lock(), console.appliance.lock());
    match choose(&mut state, &mut appliance, id, option) {
        Some(()) => Redirect::to(&format!("/simulator/console/run/{id}")).into_response(),
        None => sorry(StatusCode::CONFLICT, "There is nothing to choose."),
    }
}
