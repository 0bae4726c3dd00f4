//! The authorize page: what is asked for, who allows it, and the way back.

use axum::extract::{Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::grants::Wish;
use super::params::{Params, form, param};
use crate::common::faults::FaultName;
use crate::common::html::{self, escape};
use crate::org::state::{SeededUser, Shared, State};

const PLACE: &str = "Example Help Desk";

/// Whether a callback is registered: the same text, port and all.
fn is_registered(site: &Shared, redirect_uri: &str) -> bool {
    let ports = &site.common.places.redirect_ports;
    ports.iter().any(|port| redirect_uri == format!("http://localhost:{port}/OauthRedirect"))
}

/// Refuses what the org would refuse without calling back, then what it would call back with.
#[expect(clippy::result_large_err, reason = "the refusal is the answer itself")]
fn check_request(site: &Shared, params: &Params) -> Result<Url, Response> {
    let page = |title: &str, text: &str| html::message(StatusCode::BAD_REQUEST, title, PLACE, text);
    if param(params, "client_id") != site.lock().client_id {
        return Err(page("invalid_client_id", "client identifier invalid"));
    }
    let redirect_uri = param(params, "redirect_uri");
    let Some(callback) =
        Url::parse(redirect_uri).ok().filter(|_| is_registered(site, redirect_uri))
    else {
        return Err(page("redirect_uri_mismatch", "redirect_uri must match configuration"));
    };
    let refuse = |error, description| Err(call_back_error(&callback, params, error, description));
    if param(params, "response_type") != "code" {
        return refuse("unsupported_response_type", "response type not supported");
    }
    if param(params, "code_challenge").len() != 43 {
        return refuse("invalid_request", "missing required code challenge");
    }
    if param(params, "code_challenge_method") != "S256" {
        return refuse("invalid_request", "invalid code challenge method");
    }
    if site.common.faults.hits(FaultName::AppNotFound) {
        return refuse(
            "OAUTH_EC_APP_NOT_FOUND",
            "External client app is not installed in this org",
        );
    }
    Ok(callback)
}

fn call_back(callback: &Url, params: &Params, answer: &[(&str, &str)]) -> Response {
    let mut target = callback.clone();
    target.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = params.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::FOUND, [(header::LOCATION, String::from(target))]).into_response()
}

fn call_back_error(callback: &Url, params: &Params, error: &str, description: &str) -> Response {
    call_back(callback, params, &[("error", error), ("error_description", description)])
}

/// Gives the user's code to the callback.
fn allow(site: &Shared, callback: &Url, params: &Params, username: &str) -> Response {
    let mut org = site.lock();
    let now = org.now();
    let Some(user) = org.users.iter().find(|user| user.username.eq_ignore_ascii_case(username))
    else {
        let text = "Please check your username and password.";
        return html::message(StatusCode::UNAUTHORIZED, "Log In", PLACE, text);
    };
    let user_id = user.id.clone();
    if org.faults().hits(FaultName::FiveGrants) {
        org.grants.make_room(&user_id);
    }
    let scope = match param(params, "scope") {
        "" => "api refresh_token",
        scope => scope,
    };
    let wish = Wish {
        user_id,
        redirect_uri: param(params, "redirect_uri").to_owned(),
        challenge: param(params, "code_challenge").to_owned(),
        scope: scope.to_owned(),
    };
    let State { grants, chance, .. } = &mut *org;
    let code = grants.add_code(chance, now, wish);
    call_back(callback, params, &[("code", &code)])
}

pub(super) async fn authorize(
    Extract(site): Extract<Shared>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let callback = check_request(&site, &params)?;
    let at_once = headers.get("x-simulator-allow").is_some_and(|value| value == "1");
    Ok(match params.get("login_hint") {
        Some(username) if at_once => allow(&site, &callback, &params, username),
        _ => sign_in_page(&site.lock().users, &params),
    })
}

pub(super) async fn decide(
    Extract(site): Extract<Shared>,
    Query(query): Query<Params>,
    body: axum::body::Bytes,
) -> Result<Response, Response> {
    let mut params = query;
    params.extend(form(&body));
    let callback = check_request(&site, &params)?;
    if param(&params, "decision") == "deny" {
        let description = "end-user denied authorization";
        return Ok(call_back_error(&callback, &params, "access_denied", description));
    }
    let username = match param(&params, "username") {
        "" => param(&params, "login_hint"),
        username => username,
    };
    Ok(allow(&site, &callback, &params, username))
}

fn sign_in_page(users: &[SeededUser], params: &Params) -> Response {
    let hidden: String = params
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
        })
        .collect();
    let hint = param(params, "login_hint");
    let mut users: Vec<&SeededUser> = users.iter().collect();
    users.sort_by_key(|user| user.username != hint);
    let rows: String = users
        .iter()
        .map(|user| {
            let (name, username) = (escape(&user.name), escape(&user.username));
            format!(
                "<tr><td>{name}<td>{username}<td><form method=\"post\" action=\"/services/oauth2/authorize\">\
                 {hidden}<input type=\"hidden\" name=\"username\" value=\"{username}\">\
                 <button name=\"decision\" value=\"allow\" data-username=\"{username}\" \
                 aria-label=\"Allow access as {name}\">Allow</button></form>"
            )
        })
        .collect();
    let body = format!(
        "<p>Casebridge is asking to: access and manage your data (api), perform requests at any time \
         (refresh_token).</p>\n<table><tr><th>Name<th>User name<th>Access</tr>{rows}</table>\n\
         <form method=\"post\" action=\"/services/oauth2/authorize\">{hidden}\
         <p><button class=\"quiet\" id=\"deny\" name=\"decision\" value=\"deny\">Deny</button></p></form>"
    );
    html::page("Allow access?", PLACE, &body).into_response()
}
