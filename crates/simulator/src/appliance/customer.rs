//! The customer's side: the page of a key, starting a session, leaving it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use super::request::Params;
use super::session::Session;
use super::starting::CustomerDetails;
use super::state::Shared;
use crate::common::html::{self, escape};

const PLACE: &str = "Example Help Desk – Remote Support";

/// The addresses of the customer's pages.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(front_page))
        .route("/api/start_session", get(start_by_query).post(start_by_form))
        .route("/simulator/leave", post(leave))
}

async fn front_page(State(site): State<Shared>, Query(params): Query<Params>) -> Response {
    let Some(ak) = params.get("ak") else {
        return enter_key_page().into_response();
    };
    let mut state = site.lock();
    let now = state.now();
    match state.key_mut(&format!("?ak={ak}")) {
        Some(key) if key.expires > now => join_page(&key.short_key).into_response(),
        Some(_) => sorry("The session key has expired."),
        None => sorry("The session key is not valid."),
    }
}

fn sorry(text: &str) -> Response {
    html::message(StatusCode::OK, "Remote support", PLACE, text)
}

fn enter_key_page() -> Html<String> {
    let body = "<form method=\"post\" action=\"/api/start_session\">\
                <label>Session key <input name=\"short_key\" autocomplete=\"off\" required></label>\
                <label>Your name <input name=\"customer.name\" maxlength=\"100\"></label>\
                <button id=\"join\">Join</button></form>";
    html::page("Remote support", PLACE, body)
}

fn join_page(short_key: &str) -> Html<String> {
    let body = format!(
        "<p>A representative has invited you to a support session.</p>\
         <form method=\"post\" action=\"/api/start_session\">\
         <input type=\"hidden\" name=\"short_key\" value=\"{key}\">\
         <label>Your name <input name=\"customer.name\" maxlength=\"100\"></label>\
         <label>Your computer <input name=\"simulator.hostname\"></label>\
         <button id=\"join\">Join</button></form>",
        key = escape(short_key)
    );
    html::page("Remote support", PLACE, &body)
}

async fn start_by_query(State(site): State<Shared>, Query(params): Query<Params>) -> Response {
    start(&site, &params)
}

async fn start_by_form(State(site): State<Shared>, uri: Uri, body: Bytes) -> Response {
    let mut params: Params =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    params.extend(url::form_urlencoded::parse(&body).into_owned());
    start(&site, &params)
}

/// Starts a session that inherits the key's attributes.
fn start(site: &Shared, params: &Params) -> Response {
    let Some(short_key) = params.get("short_key") else {
        return sorry("No session key was given.");
    };
    let mut state = site.lock();
    let now = state.now();
    let customer = CustomerDetails {
        name: params.get("customer.name").cloned(),
        hostname: params.get("simulator.hostname").cloned(),
    };
    match state.start_session(short_key, customer) {
        Ok(session) => {
            if let Some(external_key) = params.get("session.custom.external_key") {
                session.set_attribute(now, "external_key", external_key);
            }
            session_page(session).into_response()
        }
        Err(refusal) => sorry(refusal.as_str()),
    }
}

fn session_page(session: &Session) -> Html<String> {
    let with = session.representatives.first().map_or_else(
        || "A representative will be with you soon.".to_owned(),
        |rep| format!("You are connected to {}.", rep.party.name),
    );
    let body = format!(
        "<p id=\"session\" data-lsid=\"{lsid}\">{}</p>\
         <form method=\"post\" action=\"/simulator/leave\">\
         <input type=\"hidden\" name=\"lsid\" value=\"{lsid}\">\
         <button id=\"leave\">Leave</button></form>",
        escape(&with),
        lsid = escape(&session.lsid),
    );
    html::page("Support session", PLACE, &body)
}

async fn leave(State(site): State<Shared>, body: Bytes) -> Response {
    let lsid = url::form_urlencoded::parse(&body)
        .find(|(name, _)| name == "lsid")
        .map(|(_, lsid)| lsid.into_owned())
        .unwrap_or_default();
    let mut state = site.lock();
    let now = state.now();
    match state.running_session_mut(&lsid) {
        Some(session) => {
            session.customer_leaves(now);
            sorry("The support session has ended.")
        }
        None => sorry("There is no such session."),
    }
}
