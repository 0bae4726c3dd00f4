//! The part of SOSL that clients use: `FIND {words} [IN … FIELDS] [RETURNING Object(fields …), …]`.
//!
//! What an object returns is a query over the rows that have the words. A word stands for itself, or
//! with `*` at its end for all that begin with it; all words are looked for, or one of those with `OR`
//! between them.

use serde_json::Value;

use super::objects::objects;
use super::records::{Record, Records};
use super::schema::{FieldKind, ObjectDef};
use super::soql::{self, Answer, SoqlError};

/// The objects that are searched where none is named.
const SEARCHED: [&str; 4] = ["Case", "Account", "Contact", "User"];

/// A search.
#[derive(Debug, PartialEq, Eq)]
struct Search {
    /// One of these has to be found whole.
    alternatives: Vec<Vec<String>>,
    names_only: bool,
    /// Object, fields, and what else its query says.
    returning: Vec<(String, String, String)>,
}

/// Parses a search, and finds its rows.
pub(crate) fn run(records: &Records, version: u32, text: &str) -> Result<Vec<Value>, SoqlError> {
    let search = parse(text)?;
    let mut found = Vec::new();
    for (object, fields, rest) in &search.returning {
        let query = format!("SELECT {fields} FROM {object} {rest}");
        let answer = soql::run(records, version, &query, |object| {
            let rows = records.rows(&object.name).iter();
            rows.filter(|row| search.finds(object, row)).collect()
        })?;
        match answer {
            Answer::Rows(rows) => found.extend(rows),
            Answer::Count(_) => return Err(malformed("COUNT() is not allowed here")),
        }
    }
    Ok(found)
}

fn malformed(message: impl Into<String>) -> SoqlError {
    SoqlError { code: "MALFORMED_SEARCH", message: message.into() }
}

impl Search {
    fn finds(&self, object: &ObjectDef, row: &Record) -> bool {
        const NAMES: [&str; 4] = ["Name", "Subject", "CaseNumber", "Username"];
        let searched = object.fields.iter().filter(|field| {
            matches!(field.kind, FieldKind::Text | FieldKind::LongText)
                && (!self.names_only || NAMES.contains(&field.name.as_str()))
        });
        let texts = searched.filter_map(|field| row.get(&field.name)?.as_str());
        let words: Vec<String> = texts.flat_map(words_of).collect();
        let has = |wanted: &String| match wanted.strip_suffix('*') {
            Some(start) => words.iter().any(|word| word.starts_with(start)),
            None => words.contains(wanted),
        };
        self.alternatives.iter().any(|all| all.iter().all(has))
    }
}

fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '*'));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn parse(text: &str) -> Result<Search, SoqlError> {
    let rest = keyword(text, "FIND").ok_or_else(|| malformed("unexpected token: FIND expected"))?;
    let (term, rest) = term(rest.trim_start())?;
    let (names_only, rest) = fields(rest)?;
    let returning = match keyword(rest, "RETURNING") {
        Some(list) => split(list, ',').into_iter().map(returned).collect::<Result<_, _>>()?,
        None if rest.trim().is_empty() => {
            let custom = objects().iter().filter(|object| object.name.ends_with("__c"));
            let names = SEARCHED.into_iter().chain(custom.map(|object| object.name.as_str()));
            names.map(|name| (name.to_owned(), "Id".to_owned(), String::new())).collect()
        }
        None => return Err(malformed(format!("unexpected token: {}", rest.trim()))),
    };
    if term.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        let message = format!("search term must be longer than one character: {term}");
        return Err(malformed(message));
    }
    let alternatives = term.split(" OR ").map(|part| words_of(&part.replace(" AND ", " ")));
    Ok(Search { alternatives: alternatives.collect(), names_only, returning })
}

/// What follows a keyword, if the text begins with it.
fn keyword<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let text = text.trim_start();
    let (head, rest) = text.split_at_checked(word.len())?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric());
    (head.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

/// The text in braces without its escapes, and what follows.
fn term(text: &str) -> Result<(String, &str), SoqlError> {
    let inner = text.strip_prefix('{').ok_or_else(|| malformed("'{' expected"))?;
    let mut term = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => term.extend(chars.next().map(|(_, escaped)| escaped)),
            '}' => return Ok((term, inner.get(at + 1..).unwrap_or_default())),
            _ => term.push(c),
        }
    }
    Err(malformed("'}' expected"))
}

/// Whether only names are searched, and what follows.
fn fields(text: &str) -> Result<(bool, &str), SoqlError> {
    let Some(rest) = keyword(text, "IN") else { return Ok((false, text)) };
    let groups = ["ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"];
    let group = groups.into_iter().find_map(|group| Some((group, keyword(rest, group)?)));
    let group = group.and_then(|(group, rest)| Some((group == "NAME", keyword(rest, "FIELDS")?)));
    group.ok_or_else(|| malformed("a group of fields expected"))
}

/// An object of the list: `Name`, or `Name(fields WHERE … ORDER BY … LIMIT …)`.
fn returned(item: &str) -> Result<(String, String, String), SoqlError> {
    let item = item.trim();
    let Some((name, inner)) = item.split_once('(') else {
        return Ok((item.to_owned(), "Id".to_owned(), String::new()));
    };
    let inner = inner.strip_suffix(')').ok_or_else(|| malformed("')' expected"))?;
    let starts = ["WHERE", "ORDER", "LIMIT", "OFFSET"];
    let at = inner.char_indices().find(|(at, c)| {
        let (_, rest) = inner.split_at(*at);
        c.is_alphabetic()
            && inner.split_at(*at).0.ends_with(char::is_whitespace)
            && starts.iter().any(|word| keyword(rest, word).is_some())
    });
    let (fields, rest) = inner.split_at(at.map_or(inner.len(), |(at, _)| at));
    let fields = if fields.trim().is_empty() { "Id" } else { fields.trim() };
    Ok((name.trim().to_owned(), fields.to_owned(), rest.to_owned()))
}

/// Splits at a sign that stands neither in brackets nor in a text.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    text.split(|c: char| {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        c == at && depth == 0 && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::seed::seeded;

    fn found(text: &str) -> Vec<Value> {
        run(&seeded(1).records, 64, text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    #[test]
    fn words_are_found_whole_or_by_their_beginning() {
        let query = "FIND {blank printer} IN ALL FIELDS RETURNING Case(Id, Subject)";
        let rows = found(query);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["Subject"], "Printer on floor 3 prints blank pages");
        assert_eq!(found("FIND {blan} RETURNING Case").len(), 0);
        assert_eq!(found("FIND {blan*} RETURNING Case").len(), 1);
        assert_eq!(found("FIND {spooler OR scanner} RETURNING Case").len(), 2);
    }

    #[test]
    fn each_object_returns_what_its_query_says() {
        let rows = found(
            "FIND {printer*} RETURNING Case(CaseNumber WHERE Status = 'New' \
             ORDER BY CaseNumber DESC LIMIT 1), Account(Id, Name WHERE Name = 'a, b')",
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["attributes"]["type"], "Case");
        let everywhere = found("FIND {Marin}");
        assert!(everywhere.iter().any(|row| row["attributes"]["type"] == "Contact"));
    }

    #[test]
    fn what_is_no_search_is_malformed() {
        let records = seeded(1).records;
        for text in ["", "FIND printer", "FIND {p}", "FIND {ab", "FIND {ab} IN SOME FIELDS"] {
            let code = run(&records, 64, text).map_err(|error| error.code);
            assert_eq!(code, Err("MALFORMED_SEARCH"), "{text}");
        }
        let code = run(&records, 64, "FIND {ab} RETURNING Case(Nothing)").map_err(|e| e.code);
        assert_eq!(code, Err("INVALID_FIELD"));
    }
}
