//! Settings files: TOML whose nested tables are the dotted keys (`docs/administrator.md#settings`).
//! A policy file has the same form.

use super::form::{Kind, list};
use super::layers::{Layer, Problem};
use super::table::find;

/// The version that is written into settings files.
pub const VERSION: i64 = 1;

/// Keys that a file may hold and that this version does not use yet.
pub(super) const RESERVED: &[&str] = &["outbound_event_token"];

/// Reads a settings file into a layer. What cannot be understood is left out and reported.
///
/// # Errors
/// One problem when the text is no TOML or was written by a newer version.
pub fn parse_layer(text: &str) -> Result<(Layer, Vec<Problem>), Problem> {
    let whole = |reason: String| Problem { key: "settings file".into(), reason };
    let table: toml::Table = toml::from_str(text).map_err(|e| whole(e.message().to_owned()))?;
    match table.get("version").map(toml::Value::as_integer) {
        None => {}
        Some(Some(version)) if (1..=VERSION).contains(&version) => {}
        Some(_) => return Err(whole("It was written by a newer version of Casebridge.".into())),
    }
    let (mut layer, mut problems) = (Layer::new(), Vec::new());
    flatten("", &table, &mut layer, &mut problems);
    layer.remove("version");
    layer.retain(|key, _| {
        let reserved = RESERVED.iter().any(|r| key.ends_with(r) || key.starts_with(r));
        let known = find(key).is_some();
        if !known && !reserved {
            problems.push(Problem {
                key: key.clone(),
                reason: "Casebridge has no such setting.".into(),
            });
        }
        known
    });
    Ok((layer, problems))
}

/// The keys in the text of a settings file that are known and that this program does not use. A text
/// that can't be read has none.
pub fn unused_keys(text: &str) -> Vec<String> {
    let (mut layer, mut problems) = (Layer::new(), Vec::new());
    if let Ok(table) = toml::from_str::<toml::Table>(text) {
        flatten("", &table, &mut layer, &mut problems);
    }
    let keys = layer.into_keys();
    keys.filter(|key| RESERVED.iter().any(|reserved| key.ends_with(reserved))).collect()
}

fn flatten(prefix: &str, table: &toml::Table, layer: &mut Layer, problems: &mut Vec<Problem>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if let toml::Value::Table(inner) = value {
            flatten(&key, inner, layer, problems);
        } else if let Some(text) = scalar(value) {
            layer.insert(key, text);
        } else {
            problems.push(Problem { key, reason: "It has a form that no setting takes.".into() });
        }
    }
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(switch) => Some(switch.to_string()),
        toml::Value::Array(items) => {
            items.iter().map(scalar).collect::<Option<Vec<_>>>().map(|items| items.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// Changes values in the text of a settings file and returns the new text. Whatever else the file
/// holds stays, known or not; an empty value takes the key out, so that the default holds again.
///
/// # Errors
/// The text is no TOML or was written by a newer version: then nothing may be written over it.
pub fn change(text: &str, changes: &[(String, String)]) -> Result<String, Problem> {
    parse_layer(text)?;
    let mut root: toml::Table = toml::from_str(text).unwrap_or_default();
    root.insert("version".into(), toml::Value::Integer(VERSION));
    for (key, text) in changes {
        let value = find(key).filter(|_| !text.is_empty()).map(|s| typed(s.kind, text));
        put(&mut root, key, value);
    }
    Ok(root.to_string())
}

/// Puts a value at a dotted key, with the tables on the way, or takes it out.
fn put(table: &mut toml::Table, key: &str, value: Option<toml::Value>) {
    let Some((first, rest)) = key.split_once('.') else {
        match value {
            Some(value) => table.insert(key.to_owned(), value),
            None => table.remove(key),
        };
        return;
    };
    let entry = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(inner) = entry {
        put(inner, rest, value);
        if inner.is_empty() {
            table.remove(first);
        }
    }
}

/// The value as TOML knows it.
fn typed(kind: Kind, text: &str) -> toml::Value {
    let string = || toml::Value::String(text.to_owned());
    match kind {
        Kind::Switch => text.parse().map_or_else(|_| string(), toml::Value::Boolean),
        Kind::Seconds(..) | Kind::Number(..) => {
            text.parse().map_or_else(|_| string(), toml::Value::Integer)
        }
        Kind::List => toml::Value::Array(list(text).into_iter().map(toml::Value::String).collect()),
        Kind::Ports => {
            let one =
                |p: &String| p.parse().map_or_else(|_| p.as_str().into(), toml::Value::Integer);
            toml::Value::Array(list(text).iter().map(one).collect())
        }
        Kind::Text
        | Kind::Lines
        | Kind::Host
        | Kind::Address
        | Kind::File
        | Kind::OneOf(_)
        | Kind::FieldName => string(),
    }
}
