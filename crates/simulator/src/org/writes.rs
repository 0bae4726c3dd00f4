//! Making and changing rows, with the refusals that the org has for what its objects do not allow.

use jiff::Timestamp;
use serde_json::Value;

use super::ids::is_id;
use super::records::{Record, Records, date_time};
use super::refused::Refused;
use super::schema::{FieldDef, FieldKind, ObjectDef};

/// Which row is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    /// A new one.
    New,
    /// The one with this id.
    Id(&'a str),
    /// The one whose field has this value, or a new one with it.
    Key { field: &'a str, value: &'a str },
}

/// What became of a write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) id: String,
    pub(crate) created: bool,
}

impl Records {
    /// Writes a row whole or not at all.
    pub(crate) fn save(
        &mut self,
        object: &'static ObjectDef,
        target: Target<'_>,
        body: &Record,
        now: i64,
    ) -> Result<Saved, Refused> {
        if !object.writable {
            let message = format!("entity type cannot be inserted: {}", object.label);
            return Err(Refused::of("INVALID_TYPE_FOR_OPERATION", message, &[]));
        }
        let known = self.id_of(object, target)?;
        let mut row = Record::new();
        if let Target::Key { field, value } = target {
            let field = object.field(field).map_or(field, |field| &field.name);
            row.insert(field.to_owned(), Value::String(value.to_owned()));
        }
        for (name, value) in body.iter().filter(|(name, _)| *name != "attributes") {
            let (field, value) = self.assigned(object, name, value)?;
            let exists = known.is_some();
            if field.computed || (field.fixed && exists) {
                return Err(Refused::of(
                    "INVALID_FIELD_FOR_INSERT_UPDATE",
                    format!(
                        "Unable to create/update fields: {}. Please check the security settings of this field and \
                         verify that it is read/write for your profile or permission set.",
                        field.name
                    ),
                    &[&field.name],
                ));
            }
            row.insert(field.name.clone(), value);
        }
        self.check_row(object, &row, known.as_deref())?;
        match known {
            Some(id) => {
                self.derive(object, self.find(&object.name, &id).cloned().as_ref(), &mut row);
                self.change(&object.name, &id, row, now);
                Ok(Saved { id, created: false })
            }
            None => {
                self.fill(object, &mut row);
                self.derive(object, None, &mut row);
                let id = self.insert(&object.name, row, now);
                Ok(Saved { id, created: true })
            }
        }
    }

    /// What the org puts into a new row by itself.
    fn fill(&self, object: &ObjectDef, row: &mut Record) {
        let mut put = |name: &str, value: Option<String>| {
            if let (Some(_), Some(value)) = (object.field(name), value) {
                row.entry(name).or_insert(Value::String(value));
            }
        };
        put("OwnerId", self.writer.clone());
        put("CreatedById", self.writer.clone());
        if object.name_format.is_some() {
            put("Name", Some(self.next_name(object)));
        }
        if object.name == "Case" {
            put("CaseNumber", Some(self.next_case_number()));
            put("Status", Some("New".to_owned()));
            put("Priority", Some("Medium".to_owned()));
        }
    }

    /// What follows from other values of a row; `before` is the row that changes.
    fn derive(&self, object: &ObjectDef, before: Option<&Record>, row: &mut Record) {
        let of = |row: &Record, name: &str| {
            let value = row.get(name).or_else(|| before.and_then(|before| before.get(name)));
            value.and_then(Value::as_str).map(str::to_owned)
        };
        match object.name.as_str() {
            "Case" => {
                if let Some(status) = of(row, "Status") {
                    row.insert("IsClosed".to_owned(), Value::Bool(status == "Closed"));
                }
                if let Some(contact) = of(row, "ContactId") {
                    let email = self.find("Contact", &contact).and_then(|row| row.get("Email"));
                    row.insert("ContactEmail".to_owned(), email.cloned().unwrap_or_default());
                }
            }
            "Contact" => {
                let names = [of(row, "FirstName"), of(row, "LastName")];
                let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
                row.insert("Name".to_owned(), Value::String(name));
            }
            _ => {}
        }
    }

    /// The name that the org gives a new row, such as `SS-0000001`.
    fn next_name(&self, object: &ObjectDef) -> String {
        let format = object.name_format.as_deref().unwrap_or("{0}");
        let number = self.rows(&object.name).len() + self.deleted(&object.name).len() + 1;
        match (format.split_once('{'), format.matches('0').count()) {
            (Some((start, _)), width) => format!("{start}{number:0width$}"),
            (None, _) => number.to_string(),
        }
    }

    fn next_case_number(&self) -> String {
        let all = self.rows("Case").iter().chain(self.deleted("Case"));
        let numbers = all.filter_map(|case| case.get("CaseNumber")?.as_str()?.parse::<u32>().ok());
        format!("{:08}", numbers.max().unwrap_or(0) + 1)
    }

    /// The row that is meant, if it is there; a key may be one that no row has yet.
    pub(crate) fn id_of(
        &self,
        object: &ObjectDef,
        target: Target<'_>,
    ) -> Result<Option<String>, Refused> {
        let id_of = |row: &Record| row.get("Id").and_then(Value::as_str).map(str::to_owned);
        match target {
            Target::New => Ok(None),
            Target::Id(id) if !is_id(id) => Err(Refused::bad_id(id)),
            Target::Id(id) => match self.find(&object.name, id) {
                Some(row) => Ok(id_of(row)),
                None if self.was_deleted(&object.name, id) => Err(Refused::deleted()),
                None => Err(Refused::missing()),
            },
            Target::Key { field, value } => {
                let known = object.field(field).filter(|field| field.external_id);
                let field = known.ok_or_else(|| Refused::no_key(field))?;
                Ok(self.by_key(&object.name, &field.name, value).and_then(id_of))
            }
        }
    }

    /// The field that a name in a body means, and the value that it gets.
    fn assigned(
        &self,
        object: &'static ObjectDef,
        name: &str,
        value: &Value,
    ) -> Result<(&'static FieldDef, Value), Refused> {
        let unknown = || {
            let message = format!("No such column '{name}' on sobject of type {}", object.name);
            Refused::of("INVALID_FIELD", message, &[])
        };
        if let Value::Object(parent) = value {
            let way =
                object.relationships.iter().find(|way| way.name == name).ok_or_else(unknown)?;
            let field = object.field(&way.field).ok_or_else(unknown)?;
            return Ok((field, Value::String(self.parent_by_key(&way.target, parent)?)));
        }
        let field = object.field(name).ok_or_else(unknown)?;
        let value = check_value(field, value)?;
        if let (FieldKind::Id, Some(id)) = (field.kind, value.as_str()) {
            self.check_reference(object, field, id)?;
        }
        Ok((field, value))
    }

    fn parent_by_key(&self, target: &str, parent: &Record) -> Result<String, Refused> {
        let key = parent.iter().find(|(name, _)| *name != "attributes");
        let (name, value) =
            key.map_or(("", ""), |(name, value)| (name, value.as_str().unwrap_or_default()));
        let row = self.by_key(target, name, value);
        let id = row.and_then(|row| row.get("Id")).and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| {
            let message = format!(
                "Foreign key external ID: {} not found for field {name} in entity {target}",
                value.to_lowercase()
            );
            Refused::of("INVALID_FIELD", message, &[])
        })
    }

    fn check_reference(
        &self,
        object: &ObjectDef,
        field: &FieldDef,
        id: &str,
    ) -> Result<(), Refused> {
        let Some(way) = object.relationships.iter().find(|way| way.field == field.name) else {
            return Ok(());
        };
        if !is_id(id) {
            let message = format!("{}: id value of incorrect type: {id}", field.label);
            return Err(Refused::of("MALFORMED_ID", message, &[&field.name]));
        }
        // Records belong to users or to queues.
        let queue = self.find("Group", id).filter(|_| field.name == "OwnerId");
        match self.find(&way.target, id).or(queue) {
            Some(_) => Ok(()),
            None => {
                let code = "INVALID_CROSS_REFERENCE_KEY";
                Err(Refused::of(code, "invalid cross reference id".to_owned(), &[&field.name]))
            }
        }
    }

    /// What only the whole row can break: missing values, and keys that another row has.
    fn check_row(
        &self,
        object: &ObjectDef,
        row: &Record,
        known: Option<&str>,
    ) -> Result<(), Refused> {
        let empty = |field: &&FieldDef| match row.get(&field.name) {
            None => known.is_none(),
            Some(value) => value.is_null(),
        };
        let required = object.fields.iter().filter(|field| field.required);
        let absent: Vec<&str> = required.filter(empty).map(|field| field.name.as_str()).collect();
        if !absent.is_empty() {
            let message = format!("Required fields are missing: [{}]", absent.join(", "));
            return Err(Refused::of("REQUIRED_FIELD_MISSING", message, &absent));
        }
        for field in object.fields.iter().filter(|field| field.unique) {
            let Some(value) = row.get(&field.name).and_then(Value::as_str) else { continue };
            let other = self.by_key(&object.name, &field.name, value);
            let other = other.and_then(|row| row.get("Id")).and_then(Value::as_str);
            if let Some(other) = other.filter(|other| Some(*other) != known) {
                let message = format!(
                    "duplicate value found: {} duplicates value on record with id: {other}",
                    field.name
                );
                return Err(Refused::of("DUPLICATE_VALUE", message, &[]));
            }
        }
        Ok(())
    }
}

/// The value as it is kept.
fn check_value(field: &FieldDef, value: &Value) -> Result<Value, Refused> {
    if value.is_null() || value.as_str() == Some("") {
        return Ok(Value::Null);
    }
    let wrong = |wanted: &str| {
        let kind = if value.is_string() { "VALUE_STRING" } else { "VALUE" };
        let message = format!("Cannot deserialize instance of {wanted} from {kind} value {value}");
        Err(Refused::of("JSON_PARSER_ERROR", message, &[]))
    };
    match field.kind {
        FieldKind::Boolean if !value.is_boolean() => wrong("boolean"),
        FieldKind::Number => check_number(field, value).unwrap_or_else(|| wrong("double")),
        FieldKind::DateTime => match value.as_str().and_then(|text| text.parse::<Timestamp>().ok())
        {
            Some(time) => Ok(Value::String(date_time(time.as_second()))),
            None => wrong("datetime"),
        },
        FieldKind::Id | FieldKind::Text | FieldKind::LongText => match value.as_str() {
            Some(text) => check_text(field, text),
            None => wrong("string"),
        },
        FieldKind::Boolean => Ok(value.clone()),
    }
}

fn check_number(field: &FieldDef, value: &Value) -> Option<Result<Value, Refused>> {
    let number = value.as_f64()?;
    let digits = i32::try_from(field.precision.unwrap_or(18)).unwrap_or(18);
    if number.abs() >= 10_f64.powi(digits) {
        let message =
            format!("{}: value outside of valid range on numeric field: {value}", field.label);
        return Some(Err(Refused::of("NUMBER_OUTSIDE_VALID_RANGE", message, &[&field.name])));
    }
    Some(Ok(value.clone()))
}

fn check_text(field: &FieldDef, text: &str) -> Result<Value, Refused> {
    if let Some(max) = field.length.filter(|max| text.chars().count() > *max) {
        let start: String = text.chars().take(80).collect();
        let message = format!("{}: data value too large: {start} (max length={max})", field.label);
        return Err(Refused::of("STRING_TOO_LONG", message, &[&field.name]));
    }
    let allowed = field.picklist.is_empty() || field.picklist.iter().any(|known| known == text);
    if !allowed {
        let message = format!("{}: bad value for restricted picklist field: {text}", field.label);
        let code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST";
        return Err(Refused::of(code, message, &[&field.name]));
    }
    Ok(Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::chance::Chance;
    use serde_json::json;

    const LSID: &str = "0123456789abcdef0123456789abcdef";

    fn save(
        records: &mut Records,
        object: &str,
        target: Target<'_>,
        body: Value,
    ) -> Result<Saved, Refused> {
        let object = Records::object(object).unwrap();
        records.save(object, target, body.as_object().unwrap(), 0)
    }

    fn session(records: &mut Records, body: Value) -> Result<Saved, Refused> {
        save(records, "Support_Session__c", Target::Key { field: "LSID__c", value: LSID }, body)
    }

    fn records() -> Records {
        Records::new(&mut Chance::new(1, 2))
    }

    #[test]
    fn the_same_key_is_the_same_row() {
        let records = &mut records();
        let made = session(records, json!({ "Primary_Customer__c": "Rosa" })).unwrap();
        let again = session(records, json!({ "Primary_Customer__c": "Rosa Marin" })).unwrap();
        assert!(made.created && !again.created);
        assert_eq!(made.id, again.id);
        let [row] = records.rows("Support_Session__c") else { panic!() };
        assert_eq!(row["Primary_Customer__c"], "Rosa Marin");
    }

    #[test]
    fn a_child_names_its_parent_by_key() {
        let records = &mut records();
        let parent = session(records, json!({})).unwrap();
        let child = json!({ "Key__c": "k", "Support_Session__r": { "LSID__c": LSID } });
        save(records, "Support_Session_Event__c", Target::New, child).unwrap();
        assert_eq!(records.rows("Support_Session_Event__c")[0]["Support_Session__c"], parent.id);
        let again = json!({ "Text__c": "two", "Support_Session__r": { "LSID__c": LSID } });
        let key = Target::Key { field: "Key__c", value: "k" };
        let same = save(records, "Support_Session_Event__c", key, again).unwrap();
        assert!(!same.created, "a second import names the parent again");
        let orphan = json!({ "Key__c": "l", "Support_Session__r": { "LSID__c": "0" } });
        let refused = save(records, "Support_Session_Event__c", Target::New, orphan).unwrap_err();
        assert_eq!(refused.code, "INVALID_FIELD");
        assert!(refused.message.starts_with("Foreign key external ID: 0 not found"));
    }

    #[test]
    fn what_the_metadata_forbids_is_refused_by_its_own_name() {
        let records = &mut records();
        let cases = [
            (json!({ "X__c": 1 }), "INVALID_FIELD"),
            (json!({ "Session_Type__c": "x".repeat(81) }), "STRING_TOO_LONG"),
            (json!({ "Duration__c": "1:00:00" }), "INVALID_FIELD_FOR_INSERT_UPDATE"),
            (json!({ "Start_Time__c": "yesterday" }), "JSON_PARSER_ERROR"),
            (json!({ "Duration_Seconds__c": "12" }), "JSON_PARSER_ERROR"),
            (json!({ "Duration_Seconds__c": 10_000_000_000_i64 }), "NUMBER_OUTSIDE_VALID_RANGE"),
            (json!({ "Case__c": "500" }), "MALFORMED_ID"),
            (json!({ "Case__c": "500000000000000" }), "INVALID_CROSS_REFERENCE_KEY"),
        ];
        for (body, code) in cases {
            assert_eq!(session(records, body.clone()).unwrap_err().code, code, "{body}");
        }
        assert!(records.rows("Support_Session__c").is_empty(), "nothing is half written");
    }

    #[test]
    fn rows_need_their_required_fields_and_keys_of_their_own() {
        let records = &mut records();
        let refused = save(records, "Support_Session__c", Target::New, json!({})).unwrap_err();
        assert_eq!(
            (refused.code, refused.fields),
            ("REQUIRED_FIELD_MISSING".into(), vec!["LSID__c".to_owned()])
        );
        session(records, json!({})).unwrap();
        let again = json!({ "LSID__c": LSID.to_uppercase() });
        let refused = save(records, "Support_Session__c", Target::New, again).unwrap_err();
        assert_eq!(refused.code, "DUPLICATE_VALUE");
        let person =
            json!({ "Key__c": "k", "Kind__c": "Robot", "Support_Session__r": { "LSID__c": LSID } });
        let refused =
            save(records, "Support_Session_Participant__c", Target::New, person).unwrap_err();
        assert_eq!(refused.code, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
    }
}
