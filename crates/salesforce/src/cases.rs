//! A case with its contact, account and requester, in one call.

use crate::error::shown;
use crate::org::Call;
use crate::query::{Condition, Field, Object, Order, Parent, Query, Value as Literal};
use crate::{API_VERSION, Error, Org};
use casebridge_domain::settings::FieldName;
use casebridge_domain::{Case, CaseId, CaseRef, Person};
use serde_json::Value;

const FIELDS: [Field; 11] = [
    Field::Id,
    Field::CaseNumber,
    Field::Subject,
    Field::Status,
    Field::IsClosed,
    Field::AccountName,
    Field::ContactId,
    Field::ContactName,
    Field::ContactEmail,
    Field::SuppliedName,
    Field::SuppliedEmail,
];

/// The maximum number of cases in a search result or in the recently viewed list.
const HITS: u32 = 10;

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHit {
    /// The record id.
    pub id: CaseId,
    /// The number, as the org writes it.
    pub number: String,
    /// The subject; may be empty.
    pub subject: String,
}

impl Org {
    /// Finds cases by part of their subject or by number, latest first.
    ///
    /// # Errors
    /// The org can't be asked or refuses the query.
    pub async fn find_cases(&self, text: &str) -> Result<Vec<CaseHit>, Error> {
        let by_number = Condition::Is(Field::CaseNumber, Literal::Text(text.to_owned()));
        let by_subject = Condition::Contains(Field::Subject, text.to_owned());
        let either = Condition::Any(vec![by_subject, by_number.clone()]);
        let find =
            |condition| hits().wherever(condition).order(Order::Descending(Field::CreatedDate));
        let rows = match self.visible_records(&find(either)).await {
            // A hidden subject can't be searched.
            Err(Error::InvalidField { .. }) if self.hidden().contains(Field::Subject.name()) => {
                self.visible_records(&find(by_number)).await?
            }
            rows => rows?,
        };
        Ok(rows.iter().filter_map(hit).collect())
    }

    /// The cases that the user recently viewed, latest first.
    ///
    /// # Errors
    /// The org can't be asked or refuses the query.
    pub async fn recently_viewed_cases(&self) -> Result<Vec<CaseHit>, Error> {
        let query = Query::select(Object::RecentlyViewed, &[Field::Id])
            .wherever(Condition::Is(Field::Type, Literal::Text("Case".to_owned())))
            .order(Order::Descending(Field::LastViewedDate))
            .limit(HITS);
        let ids: Vec<String> =
            self.records(&query).await?.iter().filter_map(|row| member(row, "Id")).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let of = ids.iter().cloned().map(Literal::Text).collect();
        let rows = self.visible_records(&hits().wherever(Condition::OneOf(Field::Id, of))).await?;
        let mut found: Vec<CaseHit> = rows.iter().filter_map(hit).collect();
        found.sort_by_key(|hit| ids.iter().position(|id| id == hit.id.as_str()));
        Ok(found)
    }

    /// Reads a case. A number is tried as typed first, then padded with zeros to eight digits.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none or it is not shared with the user;
    /// [`Error::InvalidField`] if a field is hidden from them.
    pub async fn case_by_ref(&self, case: &CaseRef) -> Result<Case, Error> {
        let query = Query::select(Object::Case, &FIELDS).wherever(condition(case)).limit(2);
        let rows = self.visible_records(&query).await?;
        let row = best(&rows, case).ok_or(Error::NotFound)?;
        read_case(row).ok_or_else(|| Error::Unexpected {
            status: 200,
            code: String::new(),
            message: "the case in the answer has no id or number".into(),
        })
    }

    /// Finds the case with this text in the field that the administrator has set.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none, or more than one; [`Error::InvalidField`] if the field
    /// is missing or hidden.
    pub async fn case_by_field(&self, field: &FieldName, value: &str) -> Result<Case, Error> {
        let query = Query::select(Object::Case, &FIELDS)
            .wherever(Condition::Named(field.clone(), value.to_owned()))
            .limit(2);
        match self.visible_records(&query).await?.as_slice() {
            [row] => read_case(row).ok_or(Error::NotFound),
            _ => Err(Error::NotFound),
        }
    }

    /// The computers of a case, from the fields on asset and contact that the administrator has
    /// set. Empty fields are skipped.
    ///
    /// # Errors
    /// [`Error::InvalidField`] if a field is missing or hidden, and the org can't be asked or
    /// refuses the query.
    pub async fn case_hosts(
        &self,
        case: &CaseId,
        fields: &[(Parent, FieldName)],
    ) -> Result<Vec<(Parent, String)>, Error> {
        let query = fields
            .iter()
            .fold(Query::select(Object::Case, &[Field::Id]), |query, (parent, field)| {
                query.and(*parent, field)
            })
            .wherever(Condition::Is(Field::Id, Literal::Text(case.to_string())))
            .limit(1);
        let rows = self.visible_records(&query).await?;
        let host = |(parent, field): &(Parent, FieldName)| {
            let row = rows.first()?.get(parent.name())?;
            Some((*parent, member(row, &field.to_string())?))
        };
        Ok(fields.iter().filter_map(host).collect())
    }

    /// The records with the fields that the user can see. A hidden field is only requested once.
    pub(crate) async fn visible_records(&self, query: &Query) -> Result<Vec<Value>, Error> {
        loop {
            let visible = query.without(&self.hidden());
            match self.records(&visible).await {
                Err(Error::InvalidField { message }) => {
                    let found = hidden_in(&message, &visible.names());
                    if found.is_empty() {
                        return Err(Error::InvalidField { message });
                    }
                    self.note_hidden(found);
                }
                rows => return rows,
            }
        }
    }

    pub(crate) async fn records(&self, query: &Query) -> Result<Vec<Value>, Error> {
        let path = ["services", "data", API_VERSION, "query"];
        let mut answer = self.json(&Call::get(&path, &[("q", &query.text())])).await?;
        match answer.get_mut("records").map(Value::take) {
            Some(Value::Array(rows)) => Ok(rows),
            Some(_) | None => Err(Error::Unexpected {
                status: 200,
                code: String::new(),
                message: "the answer to the query has no records".into(),
            }),
        }
    }
}

/// The requested fields that the org's message is about, except id and number, without which a case
/// can't be read.
fn hidden_in(message: &str, names: &[String]) -> Vec<String> {
    let quoted = |word: &str| {
        let (_, rest) = message.split_once(&format!("{word} '"))?;
        rest.split_once('\'').map(|(name, _)| name)
    };
    let (column, entity) = (quoted("column"), quoted("entity"));
    let relationship = quoted("relationship");
    let is_meant = |name: &&String| {
        let (parent, field) = name.split_once('.').unwrap_or(("Case", name));
        let is_column = column == Some(field) && entity.is_none_or(|entity| entity == parent);
        is_column || (relationship == Some(parent) && parent != "Case")
    };
    let optional = names.iter().filter(|name| !["Id", "CaseNumber"].contains(&name.as_str()));
    optional.filter(is_meant).cloned().collect()
}

pub(crate) fn hits() -> Query {
    Query::select(Object::Case, &[Field::Id, Field::CaseNumber, Field::Subject]).limit(HITS)
}

pub(crate) fn hit(row: &Value) -> Option<CaseHit> {
    Some(CaseHit {
        id: member(row, "Id")?.parse().ok()?,
        number: member(row, "CaseNumber")?,
        subject: member(row, "Subject").unwrap_or_default(),
    })
}

fn condition(case: &CaseRef) -> Condition {
    match case {
        CaseRef::Id(id) => Condition::Is(Field::Id, Literal::Text(id.to_string())),
        CaseRef::Number(number) => {
            let padded = number.padded();
            let mut forms = vec![Literal::Text(number.to_string())];
            if padded != *number {
                forms.push(Literal::Text(padded.to_string()));
            }
            Condition::OneOf(Field::CaseNumber, forms)
        }
    }
}

/// Of two cases, `1026` and `00001026`, the one as typed is chosen.
fn best<'a>(rows: &'a [Value], case: &CaseRef) -> Option<&'a Value> {
    let as_typed = |row: &&Value| match case {
        CaseRef::Id(_) => true,
        CaseRef::Number(number) => {
            row.get("CaseNumber").and_then(Value::as_str) == Some(number.as_str())
        }
    };
    rows.iter().find(as_typed).or_else(|| rows.first())
}

fn read_case(row: &Value) -> Option<Case> {
    let text = |name: &str| member(row, name);
    Some(Case {
        id: text("Id")?.parse().ok()?,
        number: text("CaseNumber")?,
        subject: text("Subject").unwrap_or_default(),
        status: text("Status").unwrap_or_default(),
        closed: row.get("IsClosed").and_then(Value::as_bool).unwrap_or(false),
        account: row.get("Account").and_then(|account| member(account, "Name")),
        contact: row.get("Contact").and_then(contact),
        requester: requester(text("SuppliedName"), text("SuppliedEmail")),
    })
}

fn contact(row: &Value) -> Option<Person> {
    let (id, name, email) = (member(row, "Id"), member(row, "Name"), member(row, "Email"));
    if id.is_none() && name.is_none() && email.is_none() {
        return None;
    }
    let name = name.or_else(|| email.clone()).unwrap_or_default();
    Some(Person { id, name, email })
}

fn requester(name: Option<String>, email: Option<String>) -> Option<Person> {
    let name = name.or_else(|| email.clone())?;
    Some(Person { id: None, name, email })
}

fn member(row: &Value, name: &str) -> Option<String> {
    let text = shown(row.get(name)?.as_str()?.trim());
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn by(text: &str) -> CaseRef {
        text.parse().unwrap()
    }

    fn asked(case: &str) -> String {
        Query::select(Object::Case, &[Field::Id]).wherever(condition(&by(case))).text()
    }

    #[test]
    fn a_case_is_asked_for_by_id_or_by_number_in_both_forms() {
        assert!(asked("500D0000001Abcd").ends_with("WHERE Id = '500D0000001AbcdIAC'"));
        assert!(asked("1026").ends_with("WHERE CaseNumber IN ('1026', '00001026')"));
        assert!(asked("00001026").ends_with("WHERE CaseNumber IN ('00001026')"));
        assert!(asked("123456789").ends_with("WHERE CaseNumber IN ('123456789')"));
    }

    #[test]
    fn b3_the_hidden_field_is_found_in_the_orgs_words() {
        let names: Vec<String> = FIELDS.iter().map(|field| field.name().to_owned()).collect();
        for (message, expected) in [
            ("No such column 'SuppliedEmail' on entity 'Case'.", vec!["SuppliedEmail"]),
            ("No such column 'Email' on entity 'Contact'. If you", vec!["Contact.Email"]),
            ("Didn't understand relationship 'Account' in field path", vec!["Account.Name"]),
            ("No such column 'CaseNumber' on entity 'Case'.", vec![]),
            // A field that was not requested belongs to another query.
            ("No such column 'Priority' on entity 'Case'.", vec![]),
            ("something else", vec![]),
        ] {
            assert_eq!(hidden_in(message, &names), expected, "{message}");
        }
    }

    #[test]
    fn the_number_as_typed_wins() {
        let rows = [json!({"CaseNumber": "00001026"}), json!({"CaseNumber": "1026"})];
        assert_eq!(best(&rows, &by("1026")), Some(&rows[1]));
        assert_eq!(best(&rows[..1], &by("1026")), Some(&rows[0]));
        assert_eq!(best(&[], &by("1026")), None);
    }

    #[test]
    fn a_full_row_is_read() {
        let case = read_case(&json!({
            "attributes": {"type": "Case"},
            "Id": "500D0000001AbcdIAC", "CaseNumber": "00001026", "Subject": "Printer\r\nsmokes",
            "Status": "New", "IsClosed": false, "Account": {"Name": "Acme"},
            "Contact": {"Id": "003D000000QYVCxIAP", "Name": "Cora", "Email": "cora@customer.test"},
            "SuppliedName": "Web Form", "SuppliedEmail": "web@customer.test"
        }))
        .unwrap();
        assert_eq!((case.number.as_str(), case.subject.as_str()), ("00001026", "Printer smokes"));
        assert_eq!(case.account.as_deref(), Some("Acme"));
        assert_eq!(case.contact.unwrap().email.as_deref(), Some("cora@customer.test"));
        assert_eq!(case.requester.unwrap().name, "Web Form");
    }

    #[test]
    fn parents_and_texts_may_be_absent() {
        let case = read_case(&json!({
            "Id": "500D0000001AbcdIAC", "CaseNumber": "7", "Subject": null, "Status": null,
            "IsClosed": true, "Account": null, "Contact": null, "SuppliedName": null,
            "SuppliedEmail": "web@customer.test"
        }))
        .unwrap();
        assert!(case.closed && case.account.is_none() && case.contact.is_none());
        assert_eq!(case.requester.unwrap().name, "web@customer.test");
        assert!(read_case(&json!({"CaseNumber": "7"})).is_none());
    }
}
