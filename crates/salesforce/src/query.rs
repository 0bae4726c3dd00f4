//! SOQL queries, built from closed lists of objects and fields (S11).
//!
//! No name in a query comes from outside, and every value becomes exactly one literal.

use casebridge_domain::settings::FieldName;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The maximum number of values in one [`Condition::OneOf`], because of the URL's length.
pub const MAX_VALUES: usize = 200;

/// The objects in queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// Cases.
    Case,
    /// Users of the org.
    User,
    /// The user's recently viewed records.
    RecentlyViewed,
    /// Queues, and other groups of users.
    Group,
    /// The links between files and records.
    ContentDocumentLink,
    /// E-mails.
    EmailMessage,
    /// Finished sessions.
    SupportSession,
    /// Contacts.
    Contact,
    /// The log of failures.
    Log,
    /// What an administrator has set up for all computers.
    Setting,
}

/// The fields in queries. Each belongs to the object of its query or to a parent of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The record id.
    Id,
    /// A case's number.
    CaseNumber,
    /// A case's subject.
    Subject,
    /// A case's status.
    Status,
    /// Whether a case is closed.
    IsClosed,
    /// The name of a case's account.
    AccountName,
    /// The id of a case's contact.
    ContactId,
    /// The name of a case's contact.
    ContactName,
    /// The e-mail address of a case's contact.
    ContactEmail,
    /// The name of the requester who sent a case in.
    SuppliedName,
    /// The e-mail address of the requester who sent a case in.
    SuppliedEmail,
    /// When the record was created.
    CreatedDate,
    /// A user's user name.
    Username,
    /// The type of a viewed record or of a group.
    Type,
    /// When the record was viewed.
    LastViewedDate,
    /// Whether a user can sign in.
    IsActive,
    /// A queue's developer name.
    DeveloperName,
    /// The record that a file belongs to.
    LinkedEntityId,
    /// The file of a link.
    ContentDocumentId,
    /// The title of a link's file.
    DocumentTitle,
    /// The length of a link's file in bytes.
    DocumentSize,
    /// The case of an e-mail.
    ParentId,
    /// An e-mail's recipients.
    ToAddress,
    /// An e-mail's text body.
    TextBody,
    /// An e-mail's HTML body.
    HtmlBody,
    /// Whose record it is.
    OwnerId,
    /// When a failure in the log happened.
    OccurredAt,
    /// Whether session keys are never written to the org.
    SessionKeysOff,
    /// A finished session's LSID.
    Lsid,
    /// A contact's name.
    Name,
    /// A contact's e-mail address.
    Email,
    /// The user who created the record.
    CreatedById,
}

/// A parent of a case, for fields that the administrator has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// The case's asset.
    Asset,
    /// The case's contact.
    Contact,
}

impl Parent {
    /// The name of the relationship.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Asset => "Asset",
            Self::Contact => "Contact",
        }
    }
}

impl Object {
    fn name(self) -> &'static str {
        match self {
            Self::Case => "Case",
            Self::User => "User",
            Self::RecentlyViewed => "RecentlyViewed",
            Self::Group => "Group",
            Self::ContentDocumentLink => "ContentDocumentLink",
            Self::EmailMessage => "EmailMessage",
            Self::SupportSession => "Support_Session__c",
            Self::Contact => "Contact",
            Self::Log => "Casebridge_Log__c",
            Self::Setting => "Casebridge_Setting__mdt",
        }
    }
}

impl Field {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Id => "Id",
            Self::CaseNumber => "CaseNumber",
            Self::Subject => "Subject",
            Self::Status => "Status",
            Self::IsClosed => "IsClosed",
            Self::AccountName => "Account.Name",
            Self::ContactId => "Contact.Id",
            Self::ContactName => "Contact.Name",
            Self::ContactEmail => "Contact.Email",
            Self::SuppliedName => "SuppliedName",
            Self::SuppliedEmail => "SuppliedEmail",
            Self::CreatedDate => "CreatedDate",
            Self::Username => "Username",
            Self::Type => "Type",
            Self::LastViewedDate => "LastViewedDate",
            Self::IsActive => "IsActive",
            Self::DeveloperName => "DeveloperName",
            Self::LinkedEntityId => "LinkedEntityId",
            Self::ContentDocumentId => "ContentDocumentId",
            Self::DocumentTitle => "ContentDocument.Title",
            Self::DocumentSize => "ContentDocument.ContentSize",
            Self::ParentId => "ParentId",
            Self::ToAddress => "ToAddress",
            Self::TextBody => "TextBody",
            Self::HtmlBody => "HtmlBody",
            Self::OwnerId => "OwnerId",
            Self::OccurredAt => "Occurred_At__c",
            Self::SessionKeysOff => "Session_Keys_Off__c",
            Self::Lsid => "LSID__c",
            Self::Name => "Name",
            Self::Email => "Email",
            Self::CreatedById => "CreatedById",
        }
    }
}

/// A value in a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// True or false.
    Switch(bool),
    /// A whole number.
    Number(i64),
    /// A moment, to the second.
    Moment(Timestamp),
    /// No value.
    Null,
}

/// A condition for records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The field has this value.
    Is(Field, Value),
    /// The field has one of these values, at most [`MAX_VALUES`]. Without values, no record
    /// matches.
    OneOf(Field, Vec<Value>),
    /// The field begins with this text.
    BeginsWith(Field, String),
    /// The field contains this text.
    Contains(Field, String),
    /// The field that the administrator has set has this text.
    Named(FieldName, String),
    /// The field is this moment or later.
    Since(Field, Timestamp),
    /// The field is earlier than this moment.
    Before(Field, Timestamp),
    /// All conditions are true.
    All(Vec<Condition>),
    /// At least one condition is true.
    Any(Vec<Condition>),
}

/// The order of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending(Field),
    /// Largest first.
    Descending(Field),
}

/// A query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    object: Object,
    fields: Vec<Field>,
    of_parents: Vec<(Parent, FieldName)>,
    condition: Option<Condition>,
    order: Option<Order>,
    limit: Option<u32>,
}

impl Query {
    /// Selects fields of an object's records.
    pub fn select(object: Object, fields: &[Field]) -> Self {
        Self {
            object,
            fields: fields.to_vec(),
            of_parents: Vec::new(),
            condition: None,
            order: None,
            limit: None,
        }
    }

    /// Adds a field of a parent that the administrator has set.
    #[must_use]
    pub fn and(mut self, parent: Parent, field: &FieldName) -> Self {
        self.of_parents.push((parent, field.clone()));
        self
    }

    /// The same query without hidden fields, which are named as in the query.
    pub(crate) fn without(&self, hidden: &BTreeSet<String>) -> Self {
        let mut query = self.clone();
        query.fields.retain(|field| !hidden.contains(field.name()));
        query.of_parents.retain(|(parent, name)| !hidden.contains(&path(*parent, name)));
        query
    }

    /// The selected fields, named as in the query.
    pub(crate) fn names(&self) -> Vec<String> {
        let own = self.fields.iter().map(|f| f.name().to_owned());
        own.chain(self.of_parents.iter().map(|(parent, name)| path(*parent, name))).collect()
    }

    /// Adds a condition.
    #[must_use]
    pub fn wherever(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// In this order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }

    /// Limits the number of records.
    #[must_use]
    pub fn limit(mut self, count: u32) -> Self {
        self.limit = Some(count);
        self
    }

    /// The query as SOQL.
    pub fn text(&self) -> String {
        let mut text = format!("SELECT {} FROM {}", self.names().join(", "), self.object.name());
        if let Some(condition) = &self.condition {
            text.push_str(" WHERE ");
            write_condition(&mut text, condition);
        }
        match self.order {
            Some(Order::Ascending(field)) => {
                put(&mut text, format_args!(" ORDER BY {} ASC", field.name()))
            }
            Some(Order::Descending(field)) => {
                put(&mut text, format_args!(" ORDER BY {} DESC", field.name()))
            }
            None => {}
        }
        if let Some(count) = self.limit {
            put(&mut text, format_args!(" LIMIT {count}"));
        }
        text
    }
}

fn path(parent: Parent, name: &FieldName) -> String {
    format!("{}.{name}", parent.name())
}

fn put(text: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = text.write_fmt(part);
}

fn write_condition(text: &mut String, condition: &Condition) {
    match condition {
        Condition::Is(field, value) => {
            put(text, format_args!("{} = {}", field.name(), literal(value)));
        }
        Condition::OneOf(_, values) if values.is_empty() => text.push_str("Id = null"),
        Condition::OneOf(field, values) => {
            let values: Vec<_> = values.iter().map(literal).collect();
            put(text, format_args!("{} IN ({})", field.name(), values.join(", ")));
        }
        Condition::BeginsWith(field, start) => {
            put(text, format_args!("{} LIKE '{}%'", field.name(), pattern(start)));
        }
        Condition::Contains(field, part) => {
            put(text, format_args!("{} LIKE '%{}%'", field.name(), pattern(part)));
        }
        Condition::Named(field, value) => {
            put(text, format_args!("{field} = {}", literal(&Value::Text(value.clone()))));
        }
        Condition::Since(field, moment) => {
            put(text, format_args!("{} >= {}", field.name(), literal(&Value::Moment(*moment))));
        }
        Condition::Before(field, moment) => {
            put(text, format_args!("{} < {}", field.name(), literal(&Value::Moment(*moment))));
        }
        Condition::All(parts) => write_joined(text, parts, " AND ", "Id != null"),
        Condition::Any(parts) => write_joined(text, parts, " OR ", "Id = null"),
    }
}

/// Brackets every group: SOQL refuses AND beside OR without them.
fn write_joined(text: &mut String, parts: &[Condition], word: &str, of_none: &str) {
    if parts.is_empty() {
        text.push_str(of_none);
        return;
    }
    text.push('(');
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            text.push_str(word);
        }
        write_condition(text, part);
    }
    text.push(')');
}

fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("'{}'", escape(text)),
        Value::Switch(on) => on.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Moment(moment) => moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Value::Null => "null".to_owned(),
    }
}

/// Escapes a text for a quoted literal.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c.is_control() => put(&mut out, format_args!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Escapes a text for a LIKE pattern: its `%` and `_` are literal.
fn pattern(text: &str) -> String {
    let escaped = escape(text);
    let mut out = String::with_capacity(escaped.len());
    for c in escaped.chars() {
        if matches!(c, '%' | '_') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbered(number: &str) -> Condition {
        Condition::Is(Field::CaseNumber, Value::Text(number.into()))
    }

    #[test]
    fn a_query_reads_as_it_should() {
        let query = Query::select(Object::Case, &[Field::Id, Field::ContactEmail])
            .wherever(Condition::All(vec![
                Condition::OneOf(
                    Field::CaseNumber,
                    vec![Value::Text("1".into()), Value::Text("2".into())],
                ),
                Condition::Any(vec![
                    Condition::Is(Field::IsClosed, Value::Switch(false)),
                    Condition::Since(Field::CreatedDate, "2026-11-20T09:15:30.5Z".parse().unwrap()),
                ]),
                Condition::BeginsWith(Field::Subject, "50%_\\".into()),
            ]))
            .order(Order::Descending(Field::CreatedDate))
            .limit(3);
        assert_eq!(
            query.text(),
            r"SELECT Id, Contact.Email FROM Case WHERE (CaseNumber IN ('1', '2') AND (IsClosed = false OR CreatedDate >= 2026-11-20T09:15:30Z) AND Subject LIKE '50\%\_\\%') ORDER BY CreatedDate DESC LIMIT 3"
        );
    }

    #[test]
    fn s11_known_attacks_stay_inside_their_literal() {
        for attack in
            [r"' OR Name != '", r"\' OR Id != null --", "'\\", "%' OR '1'='1", "x\0'", "\u{2019}"]
        {
            let text = Query::select(Object::Case, &[Field::Id]).wherever(numbered(attack)).text();
            let (skeleton, values) = dissect(&text);
            assert_eq!(skeleton, "SELECT Id FROM Case WHERE CaseNumber = ?", "{attack}");
            assert_eq!(values, [attack]);
        }
    }

    #[test]
    fn groups_without_parts_are_still_conditions() {
        let of = |condition| Query::select(Object::User, &[Field::Id]).wherever(condition).text();
        assert!(of(Condition::Any(vec![])).ends_with("WHERE Id = null"));
        assert!(of(Condition::All(vec![])).ends_with("WHERE Id != null"));
        assert!(of(Condition::OneOf(Field::Username, vec![])).ends_with("WHERE Id = null"));
    }

    /// A reader of SOQL literals that shares nothing with the writer: the query with `?` for each
    /// literal, and what each literal means. In a pattern `\%` and `\_` keep their backslash.
    fn dissect(soql: &str) -> (String, Vec<String>) {
        let (mut skeleton, mut values) = (String::new(), Vec::new());
        let mut chars = soql.chars();
        while let Some(c) = chars.next() {
            if c != '\'' {
                skeleton.push(c);
                continue;
            }
            let mut value = String::new();
            loop {
                match chars.next().expect("a literal ends") {
                    '\'' => break,
                    '\\' => match chars.next().expect("an escape is whole") {
                        'n' => value.push('\n'),
                        'r' => value.push('\r'),
                        't' => value.push('\t'),
                        'b' => value.push('\u{8}'),
                        'f' => value.push('\u{c}'),
                        'u' => {
                            let hex: String = chars.by_ref().take(4).collect();
                            let code = u32::from_str_radix(&hex, 16).unwrap();
                            value.push(char::from_u32(code).unwrap());
                        }
                        c @ ('%' | '_') => value.extend(['\\', c]),
                        c @ ('\\' | '\'' | '"') => value.push(c),
                        other => panic!("unknown escape {other:?}"),
                    },
                    c => value.push(c),
                }
            }
            skeleton.push('?');
            values.push(value);
        }
        (skeleton, values)
    }

    proptest! {
        #[test]
        fn s11_every_value_stays_one_literal_and_keeps_its_meaning(
            texts in prop::collection::vec(any::<String>(), 1..6),
            part in "[a-z%_\\\\'\"\n\r\t\u{8}\u{c}\u{1}]{0,12}",
        ) {
            let condition = Condition::All(vec![
                Condition::OneOf(Field::CaseNumber, texts.iter().cloned().map(Value::Text).collect()),
                Condition::Contains(Field::Subject, part.clone()),
            ]);
            let soql = Query::select(Object::Case, &[Field::Id]).wherever(condition).text();
            let (skeleton, mut values) = dissect(&soql);
            let marks = vec!["?"; texts.len()].join(", ");
            let expected = format!("SELECT Id FROM Case WHERE (CaseNumber IN ({marks}) AND Subject LIKE ?)");
            prop_assert_eq!(skeleton, expected);
            let like = values.pop().unwrap();
            prop_assert_eq!(values, texts);
            let meant = part.replace('%', "\\%").replace('_', "\\_");
            prop_assert_eq!(like, format!("%{meant}%"));
        }

        #[test]
        fn s11_a_query_survives_its_address(text in any::<String>()) {
            let soql = Query::select(Object::Case, &[Field::Id]).wherever(numbered(&text)).text();
            let mut url = url::Url::parse("https://x/query").unwrap();
            url.query_pairs_mut().append_pair("q", &soql);
            prop_assert!(!url.as_str().contains("#"));
            let back: Vec<_> = url.query_pairs().collect();
            prop_assert_eq!(back.len(), 1);
            prop_assert_eq!(back[0].1.as_ref(), soql.as_str());
        }
    }
}
