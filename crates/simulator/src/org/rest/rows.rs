//! One row: read, made, changed.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::answer::Answered;
use super::super::ids::is_id;
use super::super::records::Records;
use super::super::refused::Refused;
use super::super::saving::save_row;
use super::super::soql;
use super::super::state::State;
use super::super::writes::{Saved, Target};
use super::admit::Caller;
use super::call::Call;

pub(super) fn read(
    org: &State,
    caller: &Caller,
    call: &Call,
    object: &str,
    id: &str,
) -> Result<Answered, Refused> {
    let records = &org.records;
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    if !is_id(id) {
        return Err(Refused::bad_id(id));
    }
    let record = records.find(&object.name, id).ok_or_else(Refused::missing)?;
    let fields: Vec<Vec<String>> = match call.param("fields") {
        Some(fields) => fields.split(',').map(|field| vec![field.trim().to_owned()]).collect(),
        None => records.field_names(object).iter().map(|name| vec![(*name).to_owned()]).collect(),
    };
    let mut row = soql::row(records, object, record, &fields, caller.version)
        .map_err(|missing| Refused::of("INVALID_FIELD", missing.message(), &[]))?;
    // The row's id comes back whether it was asked for or not.
    row["Id"] = record.get("Id").cloned().unwrap_or(Value::Null);
    Ok(Answered::ok(row))
}

pub(super) fn create(org: &mut State, call: &Call, object: &str) -> Result<Answered, Refused> {
    save_row(org, object, Target::New, call.row()?, call.auto_assign).map(saved)
}

pub(super) fn update(
    org: &mut State,
    call: &Call,
    object: &str,
    id: &str,
) -> Result<Answered, Refused> {
    save_row(org, object, Target::Id(id), call.row()?, call.auto_assign)?;
    Ok(Answered::empty())
}

pub(super) fn upsert(
    org: &mut State,
    call: &Call,
    object: &str,
    field: &str,
    value: &str,
) -> Result<Answered, Refused> {
    let target = Target::Key { field, value };
    save_row(org, object, target, call.row()?, call.auto_assign).map(saved)
}

fn saved(Saved { id, created }: Saved) -> Answered {
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    let body = json!({ "id": id, "success": true, "errors": [], "created": created });
    Answered { status, body }
}
