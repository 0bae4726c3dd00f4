//! Rows as the REST API writes them.

use serde_json::{Value, json};

use super::syntax::Path;
use crate::org::records::{NoSuchColumn, Record, Records};
use crate::org::schema::ObjectDef;

/// The rows of a query, or just their number for `COUNT()`.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    Rows(Vec<Value>),
    Count(usize),
}

/// A row as the REST API writes it, with its parents nested.
pub(crate) fn row(
    records: &Records,
    object: &'static ObjectDef,
    record: &Record,
    fields: &[Path],
    version: u32,
) -> Result<Value, NoSuchColumn> {
    let id = record.get("Id").and_then(Value::as_str).unwrap_or_default();
    let mut out = Record::new();
    out.insert(
        "attributes".to_owned(),
        json!({
            "type": object.name,
            "url": format!("/services/data/v{version}.0/sobjects/{}/{id}", object.name),
        }),
    );
    for path in fields {
        let names = records.spelling(object, path)?;
        let [first, rest @ ..] = names.as_slice() else {
            continue;
        };
        if rest.is_empty() {
            out.insert((*first).to_owned(), records.value(object, record, path)?);
        } else if !out.contains_key(*first) {
            let nested: Vec<Path> = fields
                .iter()
                .filter(|other| other.len() > 1 && other[0].eq_ignore_ascii_case(first))
                .map(|other| other[1..].to_vec())
                .collect();
            let parent = match records.related(object, record, first) {
                Some((target, parent)) => row(records, target, parent, &nested, version)?,
                None => Value::Null,
            };
            out.insert((*first).to_owned(), parent);
        }
    }
    Ok(Value::Object(out))
}
