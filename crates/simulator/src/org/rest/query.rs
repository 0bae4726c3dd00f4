//! Queries and the pages of their answers.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::admit::Caller;
use super::call::{Call, PAGE};
use crate::common::faults::FaultName;
use crate::org::answer::Answered;
use crate::org::refused::Refused;
use crate::org::saving::is_ours;
use crate::org::soql::{self, Answer};
use crate::org::state::State;

pub(super) fn query(org: &mut State, caller: &Caller, call: &Call) -> Answered {
    let malformed = org.faults().take(FaultName::QueryMalformed, "query").is_some();
    let soql = call.param("q").filter(|_| !malformed).unwrap_or("SELECT");
    let is_ours = soql.split_once("FROM ").is_some_and(|(_, from)| is_ours(from));
    if is_ours && org.faults().is_on(FaultName::NoSupportObjects) {
        let Refused { status, code, message, .. } = Refused::no_type("Support_Session__c");
        return Answered::error(status, &code, &message);
    }
    let records = &org.records;
    let all = call.path.first().is_some_and(|resource| resource == "queryAll");
    let chosen = soql::run(records, caller.version, soql, |object| {
        let deleted = records.deleted(&object.name).iter().filter(|_| all);
        let rows = records.rows(&object.name).iter().chain(deleted);
        rows.filter(|row| records.is_shared(object, row)).collect()
    });
    let rows = match chosen {
        Ok(Answer::Rows(rows)) => rows,
        Ok(Answer::Count(count)) => {
            return Answered::ok(json!({ "totalSize": count, "done": true, "records": [] }));
        }
        // The org shows the part of the query that it stumbled over.
        Err(refused) if refused.code == "INVALID_FIELD" => {
            let tail: String = soql.chars().skip(30).take(60).collect();
            let message =
                format!("\n{tail}\n              ^\nERROR at Row:1:Column:99\n{}", refused.message);
            return Answered::error(StatusCode::BAD_REQUEST, refused.code, &message);
        }
        Err(refused) => {
            return Answered::error(StatusCode::BAD_REQUEST, refused.code, &refused.message);
        }
    };
    let locator = format!("01g{}", org.chance.word(15));
    org.cursors.insert(locator.clone(), rows);
    let size = size_of_page(org, call);
    Answered::ok(page(&org.cursors, &locator, 0, size, caller).unwrap_or(Value::Null))
}

/// The next page of an answer.
pub(super) fn more(org: &State, caller: &Caller, call: &Call, locator: &str) -> Answered {
    let size = size_of_page(org, call);
    let body = locator.split_once('-').and_then(|(locator, start)| {
        page(&org.cursors, locator, start.parse().ok()?, size, caller)
    });
    body.map_or_else(
        || {
            let (code, message) = ("INVALID_QUERY_LOCATOR", "invalid query locator");
            Answered::error(StatusCode::BAD_REQUEST, code, message)
        },
        Answered::ok,
    )
}

fn size_of_page(org: &State, call: &Call) -> usize {
    match org.faults().hits(FaultName::SmallPages) {
        true => 5,
        false => call.batch_size.unwrap_or(PAGE),
    }
}

fn page(
    cursors: &BTreeMap<String, Vec<Value>>,
    locator: &str,
    start: usize,
    size: usize,
    caller: &Caller,
) -> Option<Value> {
    let rows = cursors.get(locator)?;
    let end = rows.len().min(start.checked_add(size)?);
    let records = rows.get(start..end)?;
    let done = end == rows.len();
    let mut body = json!({ "totalSize": rows.len(), "done": done, "records": records });
    if !done {
        body["nextRecordsUrl"] = json!(format!("{}/query/{locator}-{end}", caller.base()));
    }
    Some(body)
}
