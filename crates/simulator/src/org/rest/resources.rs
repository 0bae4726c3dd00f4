//! Which resource answers a call.

use axum::http::StatusCode;
use serde_json::json;

use super::super::answer::{API_USAGE_LIMIT, Answered};
use super::super::refused::Refused;
use super::super::state::State;
use super::admit::Caller;
use super::call::Call;
use super::{collections, composite, describe, email, files, query, rows, versions};

/// The answer to a call. A part of a composite is answered here too.
pub(super) fn answer(org: &mut State, caller: &Caller, call: &Call) -> Answered {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    route(org, caller, call, &path).unwrap_or_else(|refused| Answered::refused(&refused))
}

fn route(
    org: &mut State,
    caller: &Caller,
    call: &Call,
    path: &[&str],
) -> Result<Answered, Refused> {
    match (call.method.as_str(), path) {
        ("GET", []) => Ok(versions::resources(org, caller)),
        ("GET", ["limits"]) => Ok(limits(caller)),
        ("GET", ["query" | "queryAll"]) => Ok(query::query(org, caller, call)),
        ("GET", ["query" | "queryAll", locator]) => Ok(query::more(org, caller, call, locator)),
        (_, ["sobjects", ..]) => of_objects(org, caller, call, path),
        (_, ["composite", ..]) => of_many(org, caller, call, path),
        ("POST", ["actions", "standard", "emailSimple"]) => Ok(email::send(org, caller, call)),
        (_, [] | ["limits" | "query" | "queryAll"]) => Ok(not_allowed(&call.method)),
        _ => Ok(Answered::missing()),
    }
}

fn of_objects(
    org: &mut State,
    caller: &Caller,
    call: &Call,
    path: &[&str],
) -> Result<Answered, Refused> {
    match (call.method.as_str(), path) {
        ("POST", [_, "ContentVersion"]) => files::create_encoded(org, call.row()?),
        ("POST", [_, object]) => rows::create(org, call, object),
        ("GET", [_, object, "describe"]) => describe::one(org, object),
        ("GET", [_, object, id]) => rows::read(org, caller, call, object, id),
        ("PATCH", [_, object, id]) => rows::update(org, call, object, id),
        ("PATCH", [_, object, field, value]) => rows::upsert(org, call, object, field, value),
        (_, [_] | [_, _] | [_, _, _] | [_, _, _, _]) => Ok(not_allowed(&call.method)),
        _ => Ok(Answered::missing()),
    }
}

fn of_many(
    org: &mut State,
    caller: &Caller,
    call: &Call,
    path: &[&str],
) -> Result<Answered, Refused> {
    match (call.method.as_str(), path) {
        ("POST", [_]) => composite::composite(org, caller, call, answer),
        ("PATCH", [_, "sobjects", object, field]) => collections::upsert(org, call, object, field),
        (_, [_] | [_, "sobjects", ..]) => Ok(not_allowed(&call.method)),
        _ => Ok(Answered::missing()),
    }
}

fn limits(caller: &Caller) -> Answered {
    let remaining = API_USAGE_LIMIT.saturating_sub(caller.usage);
    Answered::ok(json!({ "DailyApiRequests": { "Max": API_USAGE_LIMIT, "Remaining": remaining } }))
}

fn not_allowed(method: &str) -> Answered {
    let message = format!("HTTP Method '{method}' not allowed.");
    Answered::error(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", &message)
}
