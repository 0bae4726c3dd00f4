//! The part of SOQL that clients use: a tokenizer, a parser and an evaluator.
//!
//! `SELECT fields | COUNT() FROM Object [WHERE …] [ORDER BY …] [LIMIT n] [OFFSET n]`, with parent
//! fields, `=`, `!=`, `<>`, `<`, `<=`, `>`, `>=`, `LIKE`, `IN`, `NOT IN`, `AND`, `OR`, `NOT` and
//! brackets. What it does not know is malformed, as it would be for the org.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::records::{NoSuchColumn, Record, Records, is_id, same_id};
use super::schema::{FieldKind, ObjectDef};

/// Why a query was refused: the error code and message of the REST answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoqlError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl From<NoSuchColumn> for SoqlError {
    fn from(missing: NoSuchColumn) -> Self {
        Self { code: "INVALID_FIELD", message: missing.message() }
    }
}

/// The rows of a query, or just their number for `COUNT()`.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    Rows(Vec<Value>),
    Count(usize),
}

/// Parses and evaluates a query.
pub(crate) fn run(records: &Records, version: u32, text: &str) -> Result<Answer, SoqlError> {
    Parser::new(text)?.query()?.evaluate(records, version)
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A keyword, a name, a path, a number or a date.
    Word(String),
    /// A string literal, still escaped.
    Text(String),
    Symbol(&'static str),
}

struct Parser<'q> {
    source: &'q str,
    tokens: Vec<(usize, Token)>,
    position: usize,
}

#[derive(Debug)]
struct Query {
    fields: Option<Vec<Path>>,
    object: String,
    condition: Option<Condition>,
    order: Vec<Order>,
    limit: Option<usize>,
    offset: usize,
}

type Path = Vec<String>;

#[derive(Debug)]
struct Order {
    path: Path,
    descending: bool,
    nulls_last: bool,
}

#[derive(Debug)]
enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Path, Operator, Literal),
    In { path: Path, values: Vec<Literal>, negated: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
}

#[derive(Debug, Clone, PartialEq)]
enum Literal {
    /// Still escaped, because `LIKE` reads `\%` differently.
    Text(String),
    Number(f64),
    Boolean(bool),
    DateTime(Timestamp),
    Null,
}

const SYMBOLS: [&str; 10] = ["!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","];
const KEYWORDS: [&str; 14] = [
    "select", "from", "where", "and", "or", "not", "in", "like", "order", "by", "limit", "offset",
    "nulls", "null",
];

fn malformed(message: impl Into<String>) -> SoqlError {
    SoqlError { code: "MALFORMED_QUERY", message: message.into() }
}

impl<'q> Parser<'q> {
    fn new(source: &'q str) -> Result<Self, SoqlError> {
        Ok(Self { source, tokens: tokenize(source)?, position: 0 })
    }

    fn query(mut self) -> Result<Query, SoqlError> {
        self.keyword("select")?;
        let fields = self.fields()?;
        self.keyword("from")?;
        let object = self.name()?;
        let condition = if self.accept("where") { Some(self.condition()?) } else { None };
        let order = if self.accept("order") {
            self.keyword("by")?;
            self.order()?
        } else {
            Vec::new()
        };
        let limit = if self.accept("limit") { Some(self.number()?) } else { None };
        let offset = if self.accept("offset") { self.number()? } else { 0 };
        if self.peek().is_some() {
            return Err(self.unexpected());
        }
        Ok(Query { fields, object, condition, order, limit, offset })
    }

    /// The selected fields; `None` for `COUNT()`.
    fn fields(&mut self) -> Result<Option<Vec<Path>>, SoqlError> {
        let mut fields = Vec::new();
        loop {
            let path = self.path()?;
            if self.accept_symbol("(") {
                let counts = fields.is_empty() && path.len() == 1;
                if !counts || !path[0].eq_ignore_ascii_case("count") || !self.accept_symbol(")") {
                    return Err(self.unexpected());
                }
                return Ok(None);
            }
            fields.push(path);
            if !self.accept_symbol(",") {
                return Ok(Some(fields));
            }
        }
    }

    /// `AND` and `OR` do not mix without brackets.
    fn condition(&mut self) -> Result<Condition, SoqlError> {
        let first = self.simple_condition()?;
        let word = ["and", "or"].into_iter().find(|word| self.is_word(word));
        let Some(word) = word else {
            return Ok(first);
        };
        let mut parts = vec![first];
        while self.accept(word) {
            parts.push(self.simple_condition()?);
        }
        if self.is_word("and") || self.is_word("or") {
            return Err(self.unexpected());
        }
        Ok(if word == "and" { Condition::All(parts) } else { Condition::Any(parts) })
    }

    fn simple_condition(&mut self) -> Result<Condition, SoqlError> {
        if self.accept("not") {
            return Ok(Condition::Not(Box::new(self.simple_condition()?)));
        }
        if self.accept_symbol("(") {
            let inner = self.condition()?;
            self.symbol(")")?;
            return Ok(inner);
        }
        let path = self.path()?;
        if self.accept("in") {
            return Ok(Condition::In { path, values: self.values()?, negated: false });
        }
        if self.accept("not") {
            self.keyword("in")?;
            return Ok(Condition::In { path, values: self.values()?, negated: true });
        }
        let operator = self.operator()?;
        Ok(Condition::Compare(path, operator, self.literal()?))
    }

    fn operator(&mut self) -> Result<Operator, SoqlError> {
        if self.accept("like") {
            return Ok(Operator::Like);
        }
        let table = [
            ("=", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<>", Operator::NotEqual),
            ("<", Operator::Less),
            ("<=", Operator::LessOrEqual),
            (">", Operator::Greater),
            (">=", Operator::GreaterOrEqual),
        ];
        let found = table.into_iter().find(|(symbol, _)| self.accept_symbol(symbol));
        found.map(|(_, operator)| operator).ok_or_else(|| self.unexpected())
    }

    fn values(&mut self) -> Result<Vec<Literal>, SoqlError> {
        self.symbol("(")?;
        let mut values = vec![self.literal()?];
        while self.accept_symbol(",") {
            values.push(self.literal()?);
        }
        self.symbol(")")?;
        Ok(values)
    }

    fn literal(&mut self) -> Result<Literal, SoqlError> {
        let literal = match self.peek() {
            Some(Token::Text(raw)) => Literal::Text(raw.clone()),
            Some(Token::Word(word)) => word_literal(word).ok_or_else(|| self.unexpected())?,
            Some(Token::Symbol(_)) | None => return Err(self.unexpected()),
        };
        self.position += 1;
        Ok(literal)
    }

    fn order(&mut self) -> Result<Vec<Order>, SoqlError> {
        let mut order = Vec::new();
        loop {
            let path = self.path()?;
            let descending = self.accept("desc");
            if !descending {
                self.accept("asc");
            }
            let mut nulls_last = false;
            if self.accept("nulls") {
                nulls_last = self.accept("last");
                if !nulls_last {
                    self.keyword("first")?;
                }
            }
            order.push(Order { path, descending, nulls_last });
            if !self.accept_symbol(",") {
                return Ok(order);
            }
        }
    }

    fn path(&mut self) -> Result<Path, SoqlError> {
        let word = self.name()?;
        let path: Path = word.split('.').map(str::to_owned).collect();
        if path.iter().any(String::is_empty) || path.len() > 6 {
            return Err(malformed(format!("unexpected token: '{word}'")));
        }
        Ok(path)
    }

    fn name(&mut self) -> Result<String, SoqlError> {
        match self.peek() {
            Some(Token::Word(word))
                if word.starts_with(|c: char| c.is_ascii_alphabetic())
                    && !KEYWORDS.contains(&word.to_ascii_lowercase().as_str()) =>
            {
                let word = word.clone();
                self.position += 1;
                Ok(word)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn number(&mut self) -> Result<usize, SoqlError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let number = word.parse().map_err(|_| self.unexpected())?;
                self.position += 1;
                Ok(number)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position).map(|(_, token)| token)
    }

    fn is_word(&self, expected: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(expected))
    }

    fn accept(&mut self, word: &str) -> bool {
        let accepted = self.is_word(word);
        self.position += usize::from(accepted);
        accepted
    }

    fn accept_symbol(&mut self, expected: &str) -> bool {
        let accepted = matches!(self.peek(), Some(Token::Symbol(symbol)) if *symbol == expected);
        self.position += usize::from(accepted);
        accepted
    }

    fn keyword(&mut self, word: &str) -> Result<(), SoqlError> {
        if self.accept(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn symbol(&mut self, symbol: &str) -> Result<(), SoqlError> {
        if self.accept_symbol(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> SoqlError {
        let (at, token) = match self.tokens.get(self.position) {
            Some((at, Token::Word(word) | Token::Text(word))) => (*at, word.as_str()),
            Some((at, Token::Symbol(symbol))) => (*at, *symbol),
            None => (self.source.len(), "<EOF>"),
        };
        let column = self.source.get(..at).map_or(0, |before| before.chars().count()) + 1;
        malformed(format!(
            "\n{}\n{:>column$}\nERROR at Row:1:Column:{column}\nunexpected token: '{token}'",
            self.source, "^"
        ))
    }
}

fn tokenize(source: &str) -> Result<Vec<(usize, Token)>, SoqlError> {
    let mut tokens = Vec::new();
    let mut rest = source;
    loop {
        rest = rest.trim_start();
        let at = source.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        if first == '\'' {
            let (raw, after) = text_literal(rest)?;
            tokens.push((at, Token::Text(raw.to_owned())));
            rest = after;
        } else if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            tokens.push((at, Token::Symbol(symbol)));
            rest = rest.strip_prefix(symbol).unwrap_or_default();
        } else {
            // A colon and signs belong to dates; a word starts with a letter, digit or sign.
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "_.:+-".contains(c)))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if word.is_empty() {
                return Err(malformed(format!("unexpected token: '{first}'")));
            }
            tokens.push((at, Token::Word(word.to_owned())));
            rest = after;
        }
    }
}

/// Splits a string literal off: what is between the quotes, and what follows.
fn text_literal(rest: &str) -> Result<(&str, &str), SoqlError> {
    let inner = rest.strip_prefix('\'').unwrap_or(rest);
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        if escaped {
            if !"\\'\"nrtbfNRTBF%_".contains(c) {
                return Err(malformed(format!("Illegal escape sequence: \\{c}")));
            }
            escaped = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '\'' => {
                let (raw, after) = inner.split_at(at);
                return Ok((raw, after.strip_prefix('\'').unwrap_or(after)));
            }
            '\n' | '\r' => return Err(malformed("line breaks not allowed in string literals")),
            _ => {}
        }
    }
    Err(malformed("unexpected token: '<EOF>' (unterminated string literal)"))
}

fn word_literal(word: &str) -> Option<Literal> {
    match word.to_ascii_lowercase().as_str() {
        "null" => return Some(Literal::Null),
        "true" => return Some(Literal::Boolean(true)),
        "false" => return Some(Literal::Boolean(false)),
        _ => {}
    }
    if let Ok(number) = word.parse::<f64>()
        && word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
    {
        return Some(Literal::Number(number));
    }
    word.parse::<Timestamp>().ok().map(Literal::DateTime)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Char(char),
    AnyRun,
    AnyOne,
}

/// Undoes the escapes. For `LIKE`, `%` and `_` without a backslash are wildcards.
fn pieces(raw: &str, pattern: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        let piece = match c {
            '\\' => Piece::Char(match chars.next().unwrap_or('\\') {
                'n' | 'N' => '\n',
                'r' | 'R' => '\r',
                't' | 'T' => '\t',
                'b' | 'B' => '\u{8}',
                'f' | 'F' => '\u{c}',
                other => other,
            }),
            '%' if pattern => Piece::AnyRun,
            '_' if pattern => Piece::AnyOne,
            other => Piece::Char(other),
        };
        pieces.push(piece);
    }
    pieces
}

fn unescape(raw: &str) -> String {
    pieces(raw, false)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Char(c) => Some(c),
            Piece::AnyRun | Piece::AnyOne => None,
        })
        .collect()
}

fn matches_pattern(text: &[char], pattern: &[Piece]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [Piece::AnyRun, rest @ ..] => {
            (0..=text.len()).any(|skipped| matches_pattern(&text[skipped..], rest))
        }
        [Piece::AnyOne, rest @ ..] => !text.is_empty() && matches_pattern(&text[1..], rest),
        [Piece::Char(c), rest @ ..] => match text {
            [first, others @ ..] => {
                first.to_lowercase().eq(c.to_lowercase()) && matches_pattern(others, rest)
            }
            [] => false,
        },
    }
}

impl Query {
    fn evaluate(&self, records: &Records, version: u32) -> Result<Answer, SoqlError> {
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
        for record in records.rows(&object.name) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::make_world;

    fn rows(query: &str) -> Vec<Value> {
        match run(&make_world(1).org.records, 64, query) {
            Ok(Answer::Rows(rows)) => rows,
            other => panic!("{query}: {other:?}"),
        }
    }

    fn refusal(query: &str) -> &'static str {
        match run(&make_world(1).org.records, 64, query) {
            Err(error) => error.code,
            Ok(answer) => panic!("{query}: {answer:?}"),
        }
    }

    #[test]
    fn a_case_comes_with_its_parents() {
        let rows = rows(
            "SELECT Id, CaseNumber, Account.Name, Contact.Name, Contact.Email, contact.account.name \
             FROM Case WHERE CaseNumber = '00001026' LIMIT 2",
        );
        let [case] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(case["CaseNumber"], "00001026");
        assert_eq!(case["Contact"]["Email"], "rosa.marin@northwind.example");
        assert_eq!(case["Contact"]["Account"]["Name"], "Northwind Clinics");
        assert_eq!(case["Contact"]["attributes"]["type"], "Contact");
        assert_eq!(case["attributes"]["type"], "Case");
    }

    #[test]
    fn a_missing_parent_is_null() {
        let rows = rows("SELECT Account.Name, Contact.Email FROM Case WHERE ContactId = null");
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row["Contact"].is_null()));
        assert!(rows.iter().any(|row| row["Account"]["Name"] == "City Library"));
    }

    #[test]
    fn conditions_join_in_one_way_at_a_time() {
        let both =
            "SELECT Id FROM Case WHERE (Status = 'New' OR Status = 'Working') AND IsClosed = false";
        assert_eq!(rows(both).len(), 16);
        let mixed =
            "SELECT Id FROM Case WHERE Status = 'New' OR Status = 'Working' AND IsClosed = false";
        assert_eq!(refusal(mixed), "MALFORMED_QUERY");
    }

    #[test]
    fn in_not_in_and_not_choose_rows() {
        assert_eq!(
            rows("SELECT Id FROM Case WHERE CaseNumber IN ('00001026', '00001027', '1')").len(),
            2
        );
        assert_eq!(rows("SELECT Id FROM Case WHERE CaseNumber NOT IN ('00001026')").len(), 19);
        assert_eq!(rows("SELECT Id FROM Case WHERE NOT Status = 'Closed'").len(), 18);
    }

    #[test]
    fn like_reads_wildcards_unless_they_are_escaped() {
        assert_eq!(rows("SELECT Id FROM Case WHERE Subject LIKE 'printer on %'").len(), 1);
        assert_eq!(rows("SELECT Id FROM Case WHERE CaseNumber LIKE '0000102_'").len(), 4);
        assert_eq!(rows("SELECT Id FROM Case WHERE CaseNumber LIKE '0000102\\_'").len(), 0);
        assert_eq!(rows("SELECT Id FROM Case WHERE Subject LIKE '%\\%s %'").len(), 1);
    }

    #[test]
    fn escapes_in_literals_are_undone() {
        assert_eq!(
            rows("SELECT Name FROM Account WHERE Name = 'O\\'Brien \\\"Best\\\" Bakeries'").len(),
            1
        );
        assert_eq!(refusal("SELECT Id FROM Case WHERE Subject = 'a\\q'"), "MALFORMED_QUERY");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Subject = 'a\nb'"), "MALFORMED_QUERY");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Subject = 'a' x' "), "MALFORMED_QUERY");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Subject = 'open"), "MALFORMED_QUERY");
    }

    #[test]
    fn ids_compare_in_both_forms_and_with_case() {
        let id = rows("SELECT Id FROM Case LIMIT 1")[0]["Id"].as_str().unwrap().to_owned();
        assert_eq!(rows(&format!("SELECT Id FROM Case WHERE Id = '{id}'")).len(), 1);
        assert_eq!(
            rows(&format!("SELECT Id FROM Case WHERE Id = '{}'", id.split_at(15).0)).len(),
            1
        );
        assert_eq!(
            refusal("SELECT Id FROM Case WHERE Id = '1026'"),
            "INVALID_QUERY_FILTER_OPERATOR"
        );
    }

    #[test]
    fn order_limit_and_offset_cut_the_list() {
        let all = rows("SELECT CaseNumber FROM Case ORDER BY CaseNumber DESC LIMIT 3 OFFSET 1");
        let numbers: Vec<_> = all.iter().map(|row| row["CaseNumber"].as_str().unwrap()).collect();
        assert_eq!(numbers, ["00001044", "00001043", "00001042"]);
    }

    #[test]
    fn count_gives_a_number() {
        let answer = run(&make_world(1).org.records, 64, "SELECT COUNT() FROM Case");
        assert_eq!(answer, Ok(Answer::Count(20)));
    }

    #[test]
    fn dates_and_booleans_stand_without_quotes() {
        assert_eq!(rows("SELECT Id FROM Case WHERE CreatedDate > 2000-01-01T00:00:00Z").len(), 20);
        assert_eq!(rows("SELECT Id FROM Case WHERE IsClosed = TRUE").len(), 2);
        assert_eq!(refusal("SELECT Id FROM Case WHERE IsClosed = 'true'"), "INVALID_FIELD");
        assert_eq!(refusal("SELECT Id FROM Case WHERE CaseNumber = 1026"), "INVALID_FIELD");
    }

    #[test]
    fn unknown_names_are_named() {
        assert_eq!(refusal("SELECT Nothing FROM Case"), "INVALID_FIELD");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Account.Nothing = 'x'"), "INVALID_FIELD");
        assert_eq!(refusal("SELECT Id FROM Nothing"), "INVALID_TYPE");
        assert_eq!(refusal("SELECT Id FROM Case WHERE Description = 'x'"), "INVALID_FIELD");
        assert_eq!(refusal("SELECT Id FRM Case"), "MALFORMED_QUERY");
        assert_eq!(refusal(""), "MALFORMED_QUERY");
    }
}
