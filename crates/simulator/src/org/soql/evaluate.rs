//! Which rows a query gives, and in which order.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Answer, row};
use super::refusal::SoqlError;
use super::syntax::{Condition, Literal, Operator, Order, Path, Query};
use super::text::{matches_pattern, pieces, unescape};
use crate::org::ids::{is_id, same_id};
use crate::org::records::{NoSuchColumn, Record, Records};
use crate::org::schema::{FieldKind, ObjectDef};

impl Query {
    pub(super) fn evaluate<'r>(
        &self,
        records: &'r Records,
        version: u32,
        all: impl Fn(&ObjectDef) -> Vec<&'r Record>,
    ) -> Result<Answer, SoqlError> {
        let object = Records::object(&self.object).ok_or_else(|| SoqlError {
            code: "INVALID_TYPE",
            message: format!(
                "sObject type '{}' is not supported. If you are attempting to use a custom object, be sure to \
                 append the '__c' after the entity name. Please reference your WSDL or the describe call for \
                 the appropriate names.",
                self.object
            ),
        })?;
        for path in self.fields.iter().flatten() {
            records.field_kind(object, path)?;
        }
        if let Some(condition) = &self.condition {
            condition.check(records, object)?;
        }
        let mut rows = Vec::new();
        for record in all(object) {
            let keep = match &self.condition {
                Some(condition) => condition.holds(records, object, record)?,
                None => true,
            };
            if keep {
                rows.push(record);
            }
        }
        self.sort(records, object, &mut rows)?;
        let rows = rows.into_iter().skip(self.offset).take(self.limit.unwrap_or(usize::MAX));
        let Some(fields) = &self.fields else {
            return Ok(Answer::Count(rows.count()));
        };
        let rows: Result<_, SoqlError> =
            rows.map(|record| Ok(row(records, object, record, fields, version)?)).collect();
        rows.map(Answer::Rows)
    }

    fn sort(
        &self,
        records: &Records,
        object: &ObjectDef,
        rows: &mut [&Record],
    ) -> Result<(), SoqlError> {
        for order in self.order.iter().rev() {
            let kind = records.field_kind(object, &order.path)?;
            if kind == FieldKind::LongText {
                return Err(unsupported(&order.path, "can not be sorted in a query call"));
            }
            let value = |row: &Record| records.value(object, row, &order.path).unwrap_or_default();
            rows.sort_by(|a, b| order.compare(&value(a), &value(b)));
        }
        Ok(())
    }
}

impl Order {
    fn compare(&self, a: &Value, b: &Value) -> Ordering {
        match (a.is_null(), b.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) if self.nulls_last => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, true) if self.nulls_last => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => {
                let key = |value: &Value| {
                    value.as_str().map_or_else(|| value.to_string(), str::to_lowercase)
                };
                let ordering = key(a).cmp(&key(b));
                if self.descending { ordering.reverse() } else { ordering }
            }
        }
    }
}

fn unsupported(path: &Path, what: &str) -> SoqlError {
    SoqlError { code: "INVALID_FIELD", message: format!("field '{}' {what}", path.join(".")) }
}

impl Condition {
    /// Refuses unknown fields, and literals that do not fit their field, before any row is read.
    fn check(&self, records: &Records, object: &ObjectDef) -> Result<(), SoqlError> {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().try_for_each(|part| part.check(records, object))
            }
            Self::Not(inner) => inner.check(records, object),
            Self::Compare(path, operator, value) => {
                check_literal(records, object, path, *operator, value)
            }
            Self::In { path, values, .. } => values
                .iter()
                .try_for_each(|value| check_literal(records, object, path, Operator::Equal, value)),
        }
    }

    fn holds(
        &self,
        records: &Records,
        object: &ObjectDef,
        record: &Record,
    ) -> Result<bool, NoSuchColumn> {
        Ok(match self {
            Self::All(parts) => {
                for part in parts {
                    if !part.holds(records, object, record)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Any(parts) => {
                for part in parts {
                    if part.holds(records, object, record)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::Not(inner) => !inner.holds(records, object, record)?,
            Self::Compare(path, operator, literal) => {
                let kind = records.field_kind(object, path)?;
                compare(&records.value(object, record, path)?, kind, *operator, literal)
            }
            Self::In { path, values, negated } => {
                let kind = records.field_kind(object, path)?;
                let value = records.value(object, record, path)?;
                let found = values.iter().any(|v| compare(&value, kind, Operator::Equal, v));
                found != *negated
            }
        })
    }
}

fn check_literal(
    records: &Records,
    object: &ObjectDef,
    path: &Path,
    operator: Operator,
    literal: &Literal,
) -> Result<(), SoqlError> {
    let kind = records.field_kind(object, path)?;
    let name = path.join(".");
    let mismatch = |message: String| Err(SoqlError { code: "INVALID_FIELD", message });
    match (kind, literal) {
        (FieldKind::LongText, _) => Err(unsupported(path, "can not be filtered in a query call")),
        (_, Literal::Null) => Ok(()),
        (FieldKind::Id, Literal::Text(raw)) if operator != Operator::Like => {
            let id = unescape(raw);
            if id.is_empty() || is_id(&id) {
                return Ok(());
            }
            Err(SoqlError {
                code: "INVALID_QUERY_FILTER_OPERATOR",
                message: format!("invalid ID field: {id}"),
            })
        }
        (FieldKind::Id, Literal::Text(_)) => Err(SoqlError {
            code: "INVALID_QUERY_FILTER_OPERATOR",
            message: "invalid operator on id field".to_owned(),
        }),
        (FieldKind::Text, Literal::Text(_))
        | (FieldKind::Boolean, Literal::Boolean(_))
        | (FieldKind::Number, Literal::Number(_))
        | (FieldKind::DateTime, Literal::DateTime(_)) => Ok(()),
        (FieldKind::Text | FieldKind::Id, _) => mismatch(format!(
            "value of filter criterion for field '{name}' must be of type string and should be enclosed in quotes"
        )),
        (FieldKind::Boolean, _) => mismatch(format!(
            "value of filter criterion for field '{name}' must be of type boolean and should not be enclosed in quotes"
        )),
        (FieldKind::Number, _) => mismatch(format!(
            "value of filter criterion for field '{name}' must be of type double and should not be enclosed in quotes"
        )),
        (FieldKind::DateTime, _) => mismatch(format!(
            "value of filter criterion for field '{name}' must be of type dateTime and should not be enclosed in quotes"
        )),
    }
}

fn compare(value: &Value, kind: FieldKind, operator: Operator, literal: &Literal) -> bool {
    if let (Operator::Like, Literal::Text(raw)) = (operator, literal) {
        let text: Vec<char> = value.as_str().unwrap_or_default().chars().collect();
        return !value.is_null() && matches_pattern(&text, &pieces(raw, true));
    }
    let ordering = match (value, literal) {
        (Value::Null, Literal::Null) => Some(Ordering::Equal),
        (Value::Null, Literal::Text(raw)) if raw.is_empty() => Some(Ordering::Equal),
        (Value::Bool(a), Literal::Boolean(b)) => Some(a.cmp(b)),
        (Value::Number(a), Literal::Number(b)) => a.as_f64().and_then(|a| a.partial_cmp(b)),
        (Value::String(a), Literal::Text(raw)) => {
            let b = unescape(raw);
            if kind == FieldKind::Id && same_id(a, &b) {
                Some(Ordering::Equal)
            } else {
                Some(a.to_lowercase().cmp(&b.to_lowercase())).filter(|ordering| {
                    // Ids that differ only in case are different ids.
                    kind != FieldKind::Id || *ordering != Ordering::Equal
                })
            }
        }
        (Value::String(a), Literal::DateTime(b)) => {
            a.replace("+0000", "Z").parse::<Timestamp>().ok().map(|a| a.cmp(b))
        }
        _ => None,
    };
    match operator {
        Operator::Equal => ordering == Some(Ordering::Equal),
        Operator::NotEqual => ordering != Some(Ordering::Equal),
        Operator::Less => ordering == Some(Ordering::Less),
        Operator::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        Operator::Greater => ordering == Some(Ordering::Greater),
        Operator::GreaterOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
        Operator::Like => false,
    }
}
