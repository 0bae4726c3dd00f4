//! What objects there are, and what fields they have.

use serde_json::{Value, json};

use super::admit::Caller;
use crate::org::answer::Answered;
use crate::org::objects::objects;
use crate::org::records::Records;
use crate::org::refused::Refused;
use crate::org::schema::{FieldDef, FieldKind, ObjectDef};
use crate::org::soql;
use crate::org::state::State;

/// All objects, without their fields.
pub(super) fn all(caller: &Caller) -> Answered {
    let list: Vec<Value> = objects().iter().map(|object| summary(object, caller)).collect();
    Answered::ok(json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": list }))
}

/// One object without its fields, and its latest rows.
pub(super) fn basic(org: &State, caller: &Caller, object: &str) -> Result<Answered, Refused> {
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    let id = [vec!["Id".to_owned()]];
    let latest = org.records.rows(&object.name).iter().rev().take(10);
    let recent: Vec<Value> = latest
        .filter_map(|row| soql::row(&org.records, object, row, &id, caller.version).ok())
        .collect();
    let body = json!({ "objectDescribe": summary(object, caller), "recentItems": recent });
    Ok(Answered::ok(body))
}

/// One object with its fields.
pub(super) fn one(org: &State, caller: &Caller, object: &str) -> Result<Answered, Refused> {
    let object = Records::object(object).ok_or_else(Refused::missing)?;
    let seen = org.records.field_names(object);
    let fields: Vec<Value> = object
        .fields
        .iter()
        .filter(|known| seen.contains(&known.name.as_str()))
        .map(|known| field(object, known))
        .collect();
    let mut body = summary(object, caller);
    body["fields"] = json!(fields);
    body["childRelationships"] = json!(children(object));
    body["recordTypeInfos"] = json!([]);
    Ok(Answered::ok(body))
}

fn summary(object: &ObjectDef, caller: &Caller) -> Value {
    let base = format!("{}/sobjects/{}", caller.base(), object.name);
    json!({
        "name": object.name,
        "label": object.label,
        "labelPlural": format!("{}s", object.label),
        "keyPrefix": object.prefix,
        "custom": object.name.ends_with("__c"),
        "queryable": true,
        "retrieveable": true,
        "searchable": true,
        "createable": object.writable,
        "updateable": object.writable,
        "deletable": object.writable,
        "undeletable": false,
        "triggerable": object.writable,
        "layoutable": true,
        "customSetting": false,
        "urls": {
            "sobject": base,
            "describe": format!("{base}/describe"),
            "rowTemplate": format!("{base}/{{ID}}"),
        },
    })
}

fn field(object: &ObjectDef, field: &FieldDef) -> Value {
    let way = object.relationships.iter().find(|way| way.field == field.name);
    let values: Vec<Value> = field
        .picklist
        .iter()
        .map(|value| json!({ "value": value, "label": value, "active": true, "defaultValue": false }))
        .collect();
    let is_name = field.name == "Name";
    json!({
        "name": field.name,
        "label": field.label,
        "type": type_name(field, way.is_some()),
        "length": field.length.unwrap_or(0),
        "precision": field.precision.unwrap_or(0),
        "custom": field.name.ends_with("__c"),
        "nillable": !field.required && field.name != "Id",
        "unique": field.unique,
        "externalId": field.external_id,
        "idLookup": field.external_id || field.name == "Id",
        "calculated": field.computed && field.name.ends_with("__c"),
        "createable": object.writable && !field.computed,
        "updateable": object.writable && !field.computed && !field.fixed,
        "filterable": field.kind != FieldKind::LongText,
        "sortable": field.kind != FieldKind::LongText,
        "nameField": is_name,
        "restrictedPicklist": !field.picklist.is_empty(),
        "picklistValues": values,
        "referenceTo": way.map(|way| vec![way.target.as_str()]).unwrap_or_default(),
        "relationshipName": way.map(|way| way.name.as_str()),
    })
}

fn type_name(field: &FieldDef, is_reference: bool) -> &'static str {
    match field.kind {
        FieldKind::Id if field.name == "Id" => "id",
        FieldKind::Id if is_reference || field.name.ends_with("Id") => "reference",
        FieldKind::Text if !field.picklist.is_empty() => "picklist",
        FieldKind::Id | FieldKind::Text => "string",
        FieldKind::LongText => "textarea",
        FieldKind::Boolean => "boolean",
        FieldKind::DateTime => "datetime",
        FieldKind::Number => "double",
    }
}

/// The objects whose rows lead to rows of this one.
fn children(parent: &ObjectDef) -> Vec<Value> {
    let ways =
        objects().iter().flat_map(|child| child.relationships.iter().map(move |w| (child, w)));
    ways.filter(|(_, way)| way.target == parent.name)
        .map(|(child, way)| {
            json!({
                "childSObject": child.name, "field": way.field, "relationshipName": way.children,
                "cascadeDelete": false, "deprecatedAndHidden": false,
            })
        })
        .collect()
}
