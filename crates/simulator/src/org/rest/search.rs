//! Searches over several objects.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::admit::Caller;
use super::call::Call;
use crate::org::answer::Answered;
use crate::org::sosl;
use crate::org::state::State;

/// Since this version the rows are in an object.
const IN_AN_OBJECT: u32 = 37;

pub(super) fn search(org: &State, caller: &Caller, call: &Call) -> Answered {
    match sosl::run(&org.records, caller.version, call.param("q").unwrap_or_default()) {
        Ok(rows) if caller.version < IN_AN_OBJECT => Answered::ok(Value::Array(rows)),
        Ok(rows) => Answered::ok(json!({ "searchRecords": rows })),
        Err(refused) => Answered::error(StatusCode::BAD_REQUEST, refused.code, &refused.message),
    }
}
