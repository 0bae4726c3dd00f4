//! Writing a row as a call asks for it: the faults and what the org makes of it, around the rules.

use serde_json::Value;

use super::objects::objects;
use super::records::{Record, Records};
use super::refused::Refused;
use super::schema::ObjectDef;
use super::state::State;
use super::writes::{Saved, Target};
use crate::common::faults::FaultName;

/// Writes a row as a call asks for it: faults first, then the row, then what the org makes of it.
pub(super) fn save_row(
    org: &mut State,
    object: &str,
    target: Target<'_>,
    body: &Record,
    auto_assign: bool,
) -> Result<Saved, Refused> {
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    if is_ours(&object.name) && org.faults().is_on(FaultName::NoSupportObjects) {
        return Err(Refused::no_type(&object.name));
    }
    let locked = "unable to obtain exclusive access to this record or 1 records".to_owned();
    if org.faults().take(FaultName::LockedRows, &object.name).is_some() {
        return Err(Refused::of("UNABLE_TO_LOCK_ROW", locked, &[]));
    }
    if let Some(fault) = org.faults().take(FaultName::RowError, &object.name) {
        let text = fault.text.unwrap_or_default();
        let (code, message) = text.split_once(": ").unwrap_or((&text, "simulated"));
        return Err(Refused::told(code, message));
    }
    let key = body.get("Key__c").and_then(Value::as_str).unwrap_or_default();
    let refused = org.faults().text(FaultName::RefusedRow);
    if refused.is_some_and(|end| !key.is_empty() && key.ends_with(&end)) {
        let message = "A trigger of this org says no".to_owned();
        return Err(Refused::of("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, &["Key__c"]));
    }
    if object.name == "Case" && org.faults().take(FaultName::CaseLocked, "Case").is_some() {
        let message = "The case is under review".to_owned();
        return Err(Refused::of("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, &[]));
    }
    if let Some(id) = org.records.id_of(object, target)?
        && org
            .records
            .find(&object.name, &id)
            .is_some_and(|row| !org.records.is_shared(object, row))
    {
        let message = "insufficient access rights on object id".to_owned();
        return Err(Refused::of("INSUFFICIENT_ACCESS_OR_READONLY", message, &[]));
    }
    let now = org.now();
    let mut body = body.clone();
    if object.name == "Case" && auto_assign {
        // What assignment rules do with a case that is written without a word about them.
        let queue = org.records.rows("Group").first().and_then(|row| row.get("Id")).cloned();
        body.insert("OwnerId".to_owned(), queue.unwrap_or(Value::Null));
    }
    org.records.save(object, target, &body, now)
}

/// Whether an object comes with the project's metadata.
pub(super) fn is_ours(object: &str) -> bool {
    ["Support_Session", "Casebridge_"].iter().any(|start| object.starts_with(start))
}

/// Deletes a row as a call asks for it.
pub(super) fn delete_row(
    org: &mut State,
    object: &str,
    target: Target<'_>,
) -> Result<String, Refused> {
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    if !object.writable {
        let message = format!("entity type cannot be deleted: {}", object.label);
        return Err(Refused::of("INSUFFICIENT_ACCESS_OR_READONLY", message, &[]));
    }
    let id = org.records.id_of(object, target)?.ok_or_else(Refused::missing)?;
    if org.records.find(&object.name, &id).is_some_and(|row| !org.records.is_shared(object, row)) {
        let message = "insufficient access rights on object id".to_owned();
        return Err(Refused::of("INSUFFICIENT_ACCESS_OR_READONLY", message, &[]));
    }
    let now = org.now();
    org.records.remove(&object.name, &id, now);
    Ok(id)
}

/// The object that a row of mixed ones names, or that its id is of.
pub(super) fn object_of(row: &Record) -> Option<&'static ObjectDef> {
    let named = row.get("attributes").and_then(|attributes| attributes.get("type")?.as_str());
    named.and_then(Records::object)
}

/// The object whose ids begin as this one.
pub(super) fn object_of_id(id: &str) -> Option<&'static ObjectDef> {
    let prefix = id.get(..3)?;
    objects().iter().find(|object| object.prefix == prefix)
}
