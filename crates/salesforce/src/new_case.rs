//! Cases that a person creates on the org's own page: its address with fields filled in, and the
//! cases that appeared since.

use crate::cases::{CaseHit, hit, hits};
use crate::query::{Condition, Field, Object, Order, Query, Value as Literal};
use crate::{Error, Org};
use casebridge_domain::text::one_line;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use url::Url;

/// The length of a subject in the org, in characters.
const SUBJECT: usize = 255;

/// A contact in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactHit {
    /// The record id.
    pub id: String,
    /// The name.
    pub name: String,
}

impl Org {
    /// The contacts with exactly this name or e-mail address, two at most.
    ///
    /// # Errors
    /// The org can't be asked or refuses the query.
    pub async fn contacts_like(&self, text: &str) -> Result<Vec<ContactHit>, Error> {
        let field = if text.contains('@') { Field::Email } else { Field::Name };
        let query = Query::select(Object::Contact, &[Field::Id, Field::Name])
            .wherever(Condition::Is(field, Literal::Text(text.to_owned())))
            .limit(2);
        let rows = self.records(&query).await?;
        let text = |row: &Value, name: &str| Some(row.get(name)?.as_str()?.to_owned());
        let hit = |row: &Value| Some(ContactHit { id: text(row, "Id")?, name: text(row, "Name")? });
        Ok(rows.iter().filter_map(hit).collect())
    }

    /// The signed-in user's cases that were created at this time of the org or later, latest first.
    ///
    /// # Errors
    /// The org can't be asked or refuses the query.
    pub async fn cases_created_since(&self, since: Timestamp) -> Result<Vec<CaseHit>, Error> {
        let me = self.whoami().await?.user_id;
        let query = hits()
            .wherever(Condition::All(vec![
                Condition::Is(Field::CreatedById, Literal::Text(me.to_string())),
                Condition::Since(Field::CreatedDate, since),
            ]))
            .order(Order::Descending(Field::CreatedDate));
        Ok(self.visible_records(&query).await?.iter().filter_map(hit).collect())
    }
}

/// The address of the org's page for a new case with these values. The page asks for the record type
/// where the user has several, and for all that the org requires
/// (`docs/protocols/salesforce.md#new-records`).
pub fn new_case_page(instance: &Url, subject: &str, contact: Option<&ContactHit>) -> Url {
    let subject = format!("Subject={}", encoded(subject));
    let contact = contact.map(|contact| format!(",ContactId={}", encoded(&contact.id)));
    let mut page = instance.clone();
    page.set_path("/lightning/o/Case/new");
    page.set_query(Some(&format!(
        "useRecordTypeCheck=1&defaultFieldValues={subject}{}",
        contact.unwrap_or_default()
    )));
    page
}

/// One value in the list of values. It is not said how often the page decodes, so characters that a
/// second time would change, or that separate values, become spaces.
fn encoded(value: &str) -> String {
    let plain: String = value.chars().map(|c| if "%+,=&#".contains(c) { ' ' } else { c }).collect();
    utf8_percent_encode(&one_line(&plain, SUBJECT), NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_a_value_stays_one_value_of_the_page() {
        let instance: Url = "https://acme.my.salesforce.com/x?y".parse().unwrap();
        let contact = ContactHit { id: "003000000000001AAA".to_owned(), name: "Rosa".to_owned() };
        let page = new_case_page(&instance, "Help, Ros%41=x&y\n#1", Some(&contact));
        assert_eq!(
            page.as_str(),
            "https://acme.my.salesforce.com/lightning/o/Case/new?useRecordTypeCheck=1\
             &defaultFieldValues=Subject=Help%20Ros%2041%20x%20y%201,ContactId=003000000000001AAA"
        );
    }
}
