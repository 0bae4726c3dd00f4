//! The rows of the org.
//!
//! They are plain JSON objects; `objects` says which fields exist, of what kind they are and to
//! which object a relationship leads. Ids are kept with 18 characters and found with 15 or 18.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Map, Value};

use super::ids::{base62, head_of, same_id, with_checksum};
use super::objects::objects;
use super::schema::{FieldDef, FieldKind, ObjectDef, Relationship};
use crate::common::chance::Chance;
use crate::common::clock::at;

/// One row: field name to value.
pub(crate) type Record = Map<String, Value>;

/// What the signed-in user cannot see.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hidden {
    /// Cases show no contact.
    pub(crate) contact: bool,
    /// User lacks the field with the appliance's user name.
    pub(crate) username_field: bool,
    /// Fields that field-level security hides, as `Object.Field`.
    pub(crate) fields: Vec<String>,
}

impl Hidden {
    fn hides(&self, object: &str, field: &str) -> bool {
        (self.username_field && field == USERNAME_FIELD)
            || self.fields.iter().any(|known| *known == format!("{object}.{field}"))
    }
}

/// A field that does not exist or cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoSuchColumn {
    pub(crate) column: String,
    pub(crate) object: String,
}

impl NoSuchColumn {
    pub(crate) fn message(&self) -> String {
        format!(
            "No such column '{}' on entity '{}'. If you are attempting to use a custom field, be sure to append \
             the '__c' after the custom field name. Please reference your WSDL or the describe call for the \
             appropriate names.",
            self.column, self.object
        )
    }
}

/// All rows of the org.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Records {
    #[serde(flatten)]
    rows: BTreeMap<&'static str, Vec<Record>>,
    /// Where the row of an object with this id or key is.
    #[serde(skip)]
    places: HashMap<(&'static str, String), usize>,
    /// Rows that were deleted.
    #[serde(skip)]
    bin: BTreeMap<&'static str, Vec<Record>>,
    /// Whose rows new ones are.
    #[serde(skip)]
    pub(crate) writer: Option<String>,
    #[serde(skip)]
    id_base: u64,
    #[serde(skip)]
    pub(crate) hidden: Hidden,
}

impl Records {
    pub(crate) fn new(chance: &mut Chance) -> Self {
        let id_base = u64::try_from(chance.below(i64::from(u32::MAX))).unwrap_or(0) + 1_000_000;
        Self {
            rows: BTreeMap::new(),
            places: HashMap::new(),
            bin: BTreeMap::new(),
            writer: None,
            id_base,
            hidden: Hidden::default(),
        }
    }

    /// Finds an object by name, without case as the API does.
    pub(crate) fn object(name: &str) -> Option<&'static ObjectDef> {
        objects().iter().find(|object| object.name.eq_ignore_ascii_case(name))
    }

    /// Adds a row and returns its id.
    pub(crate) fn insert(&mut self, object: &'static str, mut record: Record, now: i64) -> String {
        self.id_base += 7919;
        let prefix = Self::object(object).map_or("000", |object| object.prefix.as_str());
        let id = with_checksum(&format!("{prefix}Hs0000{}", base62(self.id_base, 6)));
        record.insert("Id".to_owned(), Value::String(id.clone()));
        for date in ["CreatedDate", "LastModifiedDate"] {
            record.entry(date).or_insert_with(|| Value::String(date_time(now)));
        }
        let rows = self.rows.entry(object).or_default();
        for place in places_of(object, &record) {
            self.places.insert((object, place), rows.len());
        }
        rows.push(record);
        id
    }

    /// Puts values into a row.
    pub(crate) fn change(&mut self, object: &'static str, id: &str, values: Record, now: i64) {
        let place = self.places.get(&(object, head_of(id).to_owned())).copied();
        let row = self.rows.entry(object).or_default().get_mut(place.unwrap_or(usize::MAX));
        if let Some(row) = row {
            row.extend(values);
            row.insert("LastModifiedDate".to_owned(), Value::String(date_time(now)));
        }
    }

    /// Moves a row to those that were deleted.
    pub(crate) fn remove(&mut self, object: &'static str, id: &str, now: i64) {
        let Some(place) = self.places.get(&(object, head_of(id).to_owned())).copied() else {
            return;
        };
        let rows = self.rows.entry(object).or_default();
        let mut row = rows.remove(place);
        row.insert("IsDeleted".to_owned(), Value::Bool(true));
        row.insert("LastModifiedDate".to_owned(), Value::String(date_time(now)));
        self.bin.entry(object).or_default().push(row);
        self.places.retain(|(known, _), _| *known != object);
        for (place, row) in rows.iter().enumerate() {
            self.places
                .extend(places_of(object, row).into_iter().map(|key| ((object, key), place)));
        }
    }

    /// The rows of an object that were deleted.
    pub(crate) fn deleted(&self, object: &str) -> &[Record] {
        self.bin.get(object).map_or(&[], Vec::as_slice)
    }

    /// Whether a row with this id was there once.
    pub(crate) fn was_deleted(&self, object: &str, id: &str) -> bool {
        let ids = self.deleted(object).iter().filter_map(|row| row.get("Id")?.as_str());
        ids.into_iter().any(|whole| same_id(whole, id))
    }

    /// Notes that a row was looked at.
    pub(crate) fn note_viewed(&mut self, object: &'static str, id: &str, now: i64) {
        let Some(id) = self.find(object, id).and_then(|row| row.get("Id")).cloned() else { return };
        let viewed = self.rows.entry("RecentlyViewed").or_default();
        viewed.retain(|row| row.get("Id") != Some(&id));
        let mut row = Record::new();
        row.insert("Id".to_owned(), id);
        row.insert("Type".to_owned(), Value::String(object.to_owned()));
        row.insert("LastViewedDate".to_owned(), Value::String(date_time(now)));
        viewed.push(row);
    }

    /// All rows of an object.
    pub(crate) fn rows(&self, object: &str) -> &[Record] {
        self.rows.get(object).map_or(&[], Vec::as_slice)
    }

    /// The row with a 15- or 18-character id.
    pub(crate) fn find(&self, object: &str, id: &str) -> Option<&Record> {
        self.at_place(object, head_of(id)).filter(|row| {
            row.get("Id").and_then(Value::as_str).is_some_and(|whole| same_id(whole, id))
        })
    }

    /// Whether the caller sees a row: of a private object only their own.
    pub(crate) fn is_shared(&self, object: &ObjectDef, row: &Record) -> bool {
        let owner = row.get("OwnerId").and_then(Value::as_str);
        !object.private || self.writer.is_none() || owner == self.writer.as_deref()
    }

    /// The row whose key field has this value; keys compare without case.
    pub(crate) fn by_key(&self, object: &str, field: &str, value: &str) -> Option<&Record> {
        self.at_place(object, &format!("{field}={}", value.to_lowercase()))
    }

    fn at_place(&self, object: &str, place: &str) -> Option<&Record> {
        let object = Self::object(object)?.name.as_str();
        let place = self.places.get(&(object, place.to_owned()))?;
        self.rows(object).get(*place)
    }

    /// The rows of our own objects.
    pub(crate) fn support_rows(&self) -> BTreeMap<&'static str, &[Record]> {
        let own = self.rows.iter().filter(|(name, _)| name.starts_with("Support_"));
        own.map(|(name, rows)| (*name, rows.as_slice())).collect()
    }

    /// The kind of a field at the end of a path such as `Account.Name`.
    pub(crate) fn field_kind(
        &self,
        object: &ObjectDef,
        path: &[String],
    ) -> Result<FieldKind, NoSuchColumn> {
        let (object, field) = self.walk(object, path)?;
        self.field(object, field).map(|field| field.kind)
    }

    /// The path with the schema's own spelling.
    pub(crate) fn spelling(
        &self,
        object: &'static ObjectDef,
        path: &[String],
    ) -> Result<Vec<&'static str>, NoSuchColumn> {
        match path {
            [] => Ok(Vec::new()),
            [field] => self.field(object, field).map(|field| vec![field.name.as_str()]),
            [relationship, rest @ ..] => {
                let (way, target) = relationship_of(object, relationship)?;
                let mut names = vec![way.name.as_str()];
                names.extend(self.spelling(target, rest)?);
                Ok(names)
            }
        }
    }

    /// The value at the end of a path; null where a parent is missing.
    pub(crate) fn value(
        &self,
        object: &ObjectDef,
        record: &Record,
        path: &[String],
    ) -> Result<Value, NoSuchColumn> {
        match path {
            [] => Ok(Value::Null),
            [field] => {
                let name = &self.field(object, field)?.name;
                Ok(self.visible(object, record, name))
            }
            [relationship, rest @ ..] => {
                let (way, target) = relationship_of(object, relationship)?;
                self.field_kind(target, rest)?;
                match self.parent(object, record, &way.field, target) {
                    Some(parent) => self.value(target, parent, rest),
                    None => Ok(Value::Null),
                }
            }
        }
    }

    /// The row that a relationship leads to.
    pub(crate) fn related(
        &self,
        object: &ObjectDef,
        record: &Record,
        relationship: &str,
    ) -> Option<(&'static ObjectDef, &Record)> {
        let (way, target) = relationship_of(object, relationship).ok()?;
        self.parent(object, record, &way.field, target).map(|parent| (target, parent))
    }

    /// The names of all fields of an object that can be seen.
    pub(crate) fn field_names(&self, object: &'static ObjectDef) -> Vec<&'static str> {
        object
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .filter(|name| !self.hidden.hides(&object.name, name))
            .collect()
    }

    fn parent(
        &self,
        object: &ObjectDef,
        record: &Record,
        id_field: &str,
        target: &ObjectDef,
    ) -> Option<&Record> {
        let id = self.visible(object, record, id_field);
        self.find(&target.name, id.as_str()?)
    }

    fn visible(&self, object: &ObjectDef, record: &Record, field: &str) -> Value {
        let hidden = self.hidden.contact
            && object.name == "Case"
            && ["ContactId", "ContactEmail", "ContactPhone"].contains(&field);
        match record.get(field) {
            Some(value) if !hidden => value.clone(),
            None if field == "IsDeleted" => Value::Bool(false),
            Some(_) | None => Value::Null,
        }
    }

    fn walk<'p>(
        &self,
        object: &ObjectDef,
        path: &'p [String],
    ) -> Result<(&'static ObjectDef, &'p str), NoSuchColumn> {
        match path {
            [relationship, rest @ ..] if !rest.is_empty() => {
                let (_, target) = relationship_of(object, relationship)?;
                self.walk(target, rest)
            }
            _ => {
                let field = path.first().map_or("", String::as_str);
                let object = Self::object(&object.name).ok_or_else(|| missing(object, field))?;
                Ok((object, field))
            }
        }
    }

    fn field<'o>(&self, object: &'o ObjectDef, field: &str) -> Result<&'o FieldDef, NoSuchColumn> {
        object
            .field(field)
            .filter(|field| !self.hidden.hides(&object.name, &field.name))
            .ok_or_else(|| missing(object, field))
    }
}

const USERNAME_FIELD: &str = "BeyondTrust_Username__c";

fn missing(object: &ObjectDef, column: &str) -> NoSuchColumn {
    NoSuchColumn { column: column.to_owned(), object: object.name.clone() }
}

fn relationship_of<'o>(
    object: &'o ObjectDef,
    relationship: &str,
) -> Result<(&'o Relationship, &'static ObjectDef), NoSuchColumn> {
    object
        .relationships
        .iter()
        .find(|way| way.name.eq_ignore_ascii_case(relationship))
        .and_then(|way| Some((way, Records::object(&way.target)?)))
        .ok_or_else(|| missing(object, relationship))
}

/// By what a row is found: its id, and the keys that its object has.
fn places_of(object: &str, record: &Record) -> Vec<String> {
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    let id = text("Id").map(|id| head_of(id).to_owned());
    let fields = Records::object(object).map_or(&[][..], |object| &object.fields);
    let keys = fields.iter().filter(|field| field.external_id || field.unique);
    let keys = keys
        .filter_map(|field| Some(format!("{}={}", field.name, text(&field.name)?.to_lowercase())));
    id.into_iter().chain(keys).collect()
}

/// A time as the REST API writes it.
pub(crate) fn date_time(unix: i64) -> String {
    at(unix).strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_by_both_forms_of_its_id_but_not_by_another_case() {
        let mut records = Records::new(&mut Chance::new(1, 2));
        let id = records.insert("Case", Record::new(), 0);
        assert!(records.find("Case", &id).is_some());
        let (short, _) = id.split_at(15);
        assert!(records.find("Case", short).is_some());
        assert!(records.find("Case", &short.to_uppercase()).is_none());
        assert!(records.find("Case", "").is_none());
    }
}
