//! One row: read, made, changed, deleted; by its id or by a key of its own.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::admit::Caller;
use super::call::Call;
use crate::org::answer::Answered;
use crate::org::ids::is_id;
use crate::org::records::{Record, Records};
use crate::org::refused::Refused;
use crate::org::saving::{delete_row, save_row};
use crate::org::schema::ObjectDef;
use crate::org::soql;
use crate::org::state::State;
use crate::org::writes::{Saved, Target};

pub(super) fn read(
    org: &State,
    caller: &Caller,
    call: &Call,
    object: &str,
    id: &str,
) -> Result<Answered, Refused> {
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    if !is_id(id) {
        return Err(Refused::bad_id(id));
    }
    let record = org.records.find(&object.name, id).ok_or_else(Refused::missing)?;
    shown(org, caller, call, object, record)
}

pub(super) fn read_by_key(
    org: &State,
    caller: &Caller,
    call: &Call,
    (object, field, value): (&str, &str, &str),
) -> Result<Answered, Refused> {
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    let id = org.records.id_of(object, Target::Key { field, value })?;
    let record = id.and_then(|id| org.records.find(&object.name, &id));
    shown(org, caller, call, object, record.ok_or_else(Refused::missing)?)
}

fn shown(
    org: &State,
    caller: &Caller,
    call: &Call,
    object: &'static ObjectDef,
    record: &Record,
) -> Result<Answered, Refused> {
    let records = &org.records;
    if !records.is_shared(object, record) {
        return Err(Refused::missing());
    }
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

pub(super) fn delete(
    org: &mut State,
    object: &str,
    target: Target<'_>,
) -> Result<Answered, Refused> {
    delete_row(org, object, target)?;
    Ok(Answered::empty())
}

fn saved(Saved { id, created }: Saved) -> Answered {
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    let body = json!({ "id": id, "success": true, "errors": [], "created": created });
    Answered { status, body }
}
