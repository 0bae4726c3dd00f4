//! Many rows in one call.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::admit::Caller;
use super::call::Call;
use crate::common::faults::FaultName;
use crate::org::answer::Answered;
use crate::org::ids::is_id;
use crate::org::records::{Record, Records};
use crate::org::refused::Refused;
use crate::org::saving::{delete_row, object_of, object_of_id, save_row};
use crate::org::soql;
use crate::org::state::State;
use crate::org::trigger;
use crate::org::writes::{Saved, Target};

const MOST_ROWS: usize = 200;
const MOST_CHUNKS: usize = 10;

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
        check_count(rows.records.len())?;
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

/// Creates rows of objects that they name.
pub(super) fn create(org: &mut State, call: &Call) -> Result<Answered, Refused> {
    let rows = Collection::of(call)?;
    check_chunks(&rows.records)?;
    each(org, rows.all_or_none, &rows.records, |org, row| {
        let object = object_of(row).ok_or_else(no_type)?;
        save_row(org, &object.name, Target::New, row, call.auto_assign)
    })
}

/// Changes rows that name their object and their id.
pub(super) fn update(org: &mut State, call: &Call) -> Result<Answered, Refused> {
    let rows = Collection::of(call)?;
    check_chunks(&rows.records)?;
    each(org, rows.all_or_none, &rows.records, |org, row| {
        let object = object_of(row).ok_or_else(no_type)?;
        let mut body = row.clone();
        let id = ["id", "Id"].into_iter().find_map(|name| body.remove(name));
        let id = id.as_ref().and_then(Value::as_str).ok_or_else(|| {
            let message = "Id not specified in an update call".to_owned();
            Refused::of("MISSING_ARGUMENT", message, &["Id"])
        })?;
        save_row(org, &object.name, Target::Id(id), &body, call.auto_assign)
    })
}

/// Deletes the rows with the ids in the address.
pub(super) fn delete(org: &mut State, call: &Call) -> Result<Answered, Refused> {
    let ids: Vec<String> = texts(call.param("ids").unwrap_or_default());
    check_count(ids.len())?;
    each(org, call.param("allOrNone") == Some("true"), &ids, |org, id| {
        let object = object_of_id(id).ok_or_else(|| Refused::bad_id(id))?;
        let id = delete_row(org, &object.name, Target::Id(id))?;
        Ok(Saved { id, created: false })
    })
}

/// Reads rows of one object; null in the place of one that is not there.
pub(super) fn retrieve(
    org: &State,
    caller: &Caller,
    call: &Call,
    object: &str,
) -> Result<Answered, Refused> {
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    let list = |name: &str| match call.body.get(name).and_then(Value::as_array) {
        Some(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => texts(call.param(name).unwrap_or_default()),
    };
    let (ids, fields) = (list("ids"), list("fields"));
    check_count(ids.len())?;
    if let Some(id) = ids.iter().find(|id| !is_id(id)) {
        let message = format!("malformed id {id}");
        return Err(Refused::of("MALFORMED_ID", message, &[]));
    }
    let fields: Vec<Vec<String>> =
        fields.iter().map(|path| path.split('.').map(str::to_owned).collect()).collect();
    let row = |id: &String| match org.records.find(&object.name, id) {
        Some(record) => soql::row(&org.records, object, record, &fields, caller.version),
        None => Ok(Value::Null),
    };
    let rows: Result<Vec<Value>, _> = ids.iter().map(row).collect();
    match rows {
        Ok(rows) => Ok(Answered::ok(Value::Array(rows))),
        Err(missing) => Err(Refused::of("INVALID_FIELD", missing.message(), &[])),
    }
}

fn texts(list: &str) -> Vec<String> {
    list.split(',').filter(|text| !text.is_empty()).map(|text| text.trim().to_owned()).collect()
}

/// Does something with each row, or with none if all are to succeed and one does not.
fn each<T>(
    org: &mut State,
    all_or_none: bool,
    rows: &[T],
    one: impl Fn(&mut State, &T) -> Result<Saved, Refused>,
) -> Result<Answered, Refused> {
    let before = all_or_none.then(|| org.records.clone());
    let results: Vec<_> = rows.iter().map(|row| one(org, row)).collect();
    let failed = results.iter().any(Result::is_err);
    let rolled_back = before.filter(|_| failed).map(|before| org.records = before).is_some();
    let body = results.iter().map(|result| {
        let mut result = row_result(result, rolled_back);
        if let Some(fields) = result.as_object_mut() {
            fields.remove("created");
        }
        result
    });
    Ok(Answered::ok(body.collect()))
}

fn no_type() -> Refused {
    let message = "The attributes of a row must name the type of an object".to_owned();
    Refused::of("INVALID_TYPE", message, &[])
}

fn check_count(rows: usize) -> Result<(), Refused> {
    if rows <= MOST_ROWS {
        return Ok(());
    }
    Err(Refused::of("INVALID_BATCH_SIZE", format!("Max {MOST_ROWS} records are allowed"), &[]))
}

/// Rows of one object in a row are a chunk, and of those there may be ten.
fn check_chunks(rows: &[Record]) -> Result<(), Refused> {
    let name = |row: &Record| object_of(row).map(|object| object.name.clone());
    let changes = rows.windows(2).filter(|pair| name(&pair[0]) != name(&pair[1])).count();
    if changes < MOST_CHUNKS {
        return Ok(());
    }
    let message = format!("Max {MOST_CHUNKS} chunks of rows of one object are allowed");
    Err(Refused::of("INVALID_BATCH_SIZE", message, &[]))
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
