//! Many rows in one call.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::answer::Answered;
use super::super::records::Record;
use super::super::refused::Refused;
use super::super::saving::save_row;
use super::super::state::State;
use super::super::trigger;
use super::super::writes::{Saved, Target};
use super::call::Call;
use crate::common::faults::FaultName;

const MOST_ROWS: usize = 200;

/// Many rows.
#[derive(Debug, Deserialize)]
struct Collection {
    #[serde(default, rename = "allOrNone")]
    all_or_none: bool,
    records: Vec<Record>,
}

impl Collection {
    fn of(call: &Call) -> Result<Self, Refused> {
        let rows: Self = serde_json::from_value(call.body.clone())
            .map_err(|error| Refused::of("JSON_PARSER_ERROR", error.to_string(), &[]))?;
        if rows.records.len() > MOST_ROWS {
            let message = format!("Max {MOST_ROWS} records are allowed");
            return Err(Refused::of("INVALID_BATCH_SIZE", message, &[]));
        }
        Ok(rows)
    }
}

/// Upserts rows of one object, each by itself unless all or none are asked for.
pub(super) fn upsert(
    org: &mut State,
    call: &Call,
    object: &str,
    field: &str,
) -> Result<Answered, Refused> {
    let rows = Collection::of(call)?;
    let before = rows.all_or_none.then(|| org.records.clone());
    let partial = org.faults().take(FaultName::PartialCollection, object).is_some();
    let results: Vec<_> = rows
        .records
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let twice = rows.records.iter().filter(|other| other.get(field) == row.get(field));
            let known = twice.count();
            upsert_row(org, object, field, row, (known > 1, partial && place % 3 == 2))
        })
        .collect();
    let failed = results.iter().any(Result::is_err);
    let rolled_back = before.filter(|_| failed).map(|before| org.records = before).is_some();
    if object == "Support_Session_Survey_Response__c" && !rolled_back {
        trigger::answered(org);
    }
    Ok(answer(&results, rolled_back))
}

fn upsert_row(
    org: &mut State,
    object: &str,
    field: &str,
    row: &Record,
    (twice, locked): (bool, bool),
) -> Result<Saved, Refused> {
    let mut body = row.clone();
    let key = body.remove(field).and_then(|key| key.as_str().map(str::to_owned));
    let Some(key) = key else {
        return Err(Refused::of("MISSING_ARGUMENT", format!("{field} not specified"), &[]));
    };
    if twice {
        let message = format!("Duplicate external id specified: {key}");
        return Err(Refused::of("DUPLICATE_VALUE", message, &[field]));
    }
    if locked {
        let message = "unable to obtain exclusive access to this record".to_owned();
        return Err(Refused::of("UNABLE_TO_LOCK_ROW", message, &[]));
    }
    if field == "Key__c" {
        body.insert("Key__c".to_owned(), json!(key));
    }
    save_row(org, object, Target::Key { field, value: &key }, &body, true)
}

fn answer(results: &[Result<Saved, Refused>], rolled_back: bool) -> Answered {
    let body = results.iter().map(|result| row_result(result, rolled_back)).collect();
    Answered { status: StatusCode::OK, body: Value::Array(body) }
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
