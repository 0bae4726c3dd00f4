//! What objects there are, and what fields they have.

use serde_json::{Value, json};

use super::super::answer::Answered;
use super::super::records::Records;
use super::super::refused::Refused;
use super::super::state::State;

/// One object with its fields.
pub(super) fn one(org: &State, object: &str) -> Result<Answered, Refused> {
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    let names = org.records.field_names(object);
    let fields: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    Ok(Answered::ok(json!({ "name": object.name, "fields": fields })))
}
