//! Which resource answers a call.

use axum::http::StatusCode;
use serde_json::json;

use super::admit::Caller;
use super::call::Call;
use super::{collections, composite, describe, email, files, query, rows, search, versions};
use crate::org::answer::{API_USAGE_LIMIT, Answered};
use crate::org::refused::Refused;
use crate::org::state::State;
use crate::org::writes::Target;

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
        ("GET", ["search"]) => Ok(search::search(org, caller, call)),
        (_, ["sobjects", ..]) => of_objects(org, caller, call, path),
        (_, ["composite", ..]) => of_many(org, caller, call, path),
        ("POST", ["actions", "standard", "emailSimple"]) => Ok(email::send(org, caller, call)),
        (_, [] | ["limits" | "query" | "queryAll" | "search"]) => Ok(not_allowed(&call.method)),
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
        ("GET", [_]) => Ok(describe::all(caller)),
        ("GET", [_, object]) => describe::basic(org, caller, object),
        ("POST", [_, "ContentVersion"]) => files::create_encoded(org, call.row()?),
        ("POST", [_, object]) => rows::create(org, call, object),
        ("GET", [_, object, "describe"]) => describe::one(org, caller, object),
        ("GET", [_, object, id]) => rows::read(org, caller, call, object, id),
        ("GET", [_, object, field, value]) => {
            rows::read_by_key(org, caller, call, (object, field, value))
        }
        ("PATCH", [_, object, id]) => rows::update(org, call, object, id),
        ("PATCH", [_, object, field, value]) => rows::upsert(org, call, object, field, value),
        ("DELETE", [_, object, id]) => rows::delete(org, object, Target::Id(id)),
        ("DELETE", [_, object, field, value]) => {
            rows::delete(org, object, Target::Key { field, value })
        }
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
        ("POST", [_, "sobjects"]) => collections::create(org, call),
        ("PATCH", [_, "sobjects"]) => collections::update(org, call),
        ("DELETE", [_, "sobjects"]) => collections::delete(org, call),
        ("GET" | "POST", [_, "sobjects", object]) => {
            collections::retrieve(org, caller, call, object)
        }
        ("PATCH", [_, "sobjects", object, field]) => collections::upsert(org, call, object, field),
        (_, [_] | [_, "sobjects", ..]) => Ok(not_allowed(&call.method)),
        _ => Ok(Answered::missing()),
    }
}

fn limits(caller: &Caller) -> Answered {
    let remaining = API_USAGE_LIMIT.saturating_sub(caller.usage);
    let of = |max: u32, remaining: u32| json!({ "Max": max, "Remaining": remaining });
    Answered::ok(json!({
        "DailyApiRequests": of(API_USAGE_LIMIT, remaining),
        "DataStorageMB": of(5, 4),
        "FileStorageMB": of(20, 18),
        "SingleEmail": of(50, 50),
    }))
}

fn not_allowed(method: &str) -> Answered {
    let message = format!("HTTP Method '{method}' not allowed.");
    Answered::error(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", &message)
}
