//! E-mail to the customer through the org, so that it is logged on the case.
//!
//! The action uses a fixed API version, because its inputs were renamed later
//! (`docs/protocols/salesforce.md#e-mail`). The org accepts the e-mail, but does not report whether
//! it arrives.

use crate::error::Reported;
use crate::org::Call;
use crate::query::{Condition, Field, Object, Query, Value as Literal};
use crate::{Error, Org};
use casebridge_domain::mail::{Mail, is_address};
use casebridge_domain::{CaseId, Recipient};
use casebridge_transport::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

const EMAIL_VERSION: &str = "v63.0";

impl Org {
    /// Sends an e-mail through the org from the signed-in user, logged on the case. It is never
    /// repeated, because the customer could receive it twice.
    ///
    /// # Errors
    /// [`Error::EmailRefused`] if the org did not accept it, [`Error::InvalidInput`] if the address
    /// or the subject could inject another recipient or header.
    pub async fn email(&self, case: &CaseId, to: &Recipient, mail: &Mail) -> Result<(), Error> {
        let body = inputs(case, to, mail)?;
        let path = ["services", "data", EMAIL_VERSION, "actions", "standard", "emailSimple"];
        judge(&self.call(&Call::post(&path, body)).await?)
    }
}

impl Org {
    /// Whether the case has an e-mail to this address with this subject and this text in its body,
    /// logged since then.
    ///
    /// # Errors
    /// The org can't be asked or refuses the query.
    pub async fn has_email(
        &self,
        case: &CaseId,
        address: &str,
        subject: &str,
        mark: &str,
        since: Timestamp,
    ) -> Result<bool, Error> {
        let fields = [Field::ToAddress, Field::Subject, Field::TextBody, Field::HtmlBody];
        let query = Query::select(Object::EmailMessage, &fields).wherever(Condition::All(vec![
            Condition::Is(Field::ParentId, Literal::Text(case.to_string())),
            Condition::Since(Field::CreatedDate, since),
        ]));
        let rows = self.records(&query).await?;
        let is_it = |row: &Value| {
            let has = |field: &str| row[field].as_str().is_some_and(|body| body.contains(mark));
            row["Subject"] == subject
                && (mark.is_empty() || has("TextBody") || has("HtmlBody"))
                && row["ToAddress"].as_str().is_some_and(|to| to.eq_ignore_ascii_case(address))
        };
        Ok(rows.iter().any(is_it))
    }
}

fn inputs(case: &CaseId, to: &Recipient, mail: &Mail) -> Result<Value, Error> {
    if !is_address(&to.address) {
        return Err(Error::InvalidInput("the recipient is not one plain e-mail address"));
    }
    if mail.subject.chars().any(char::is_control) {
        return Err(Error::InvalidInput("the subject has more than one line"));
    }
    // The e-mail goes to the address that the person saw. With a contact id, the org would use the
    // contact's current address.
    Ok(json!({"inputs": [{
        "emailAddresses": to.address,
        "emailSubject": mail.subject,
        "emailBody": mail.body,
        "senderType": "CurrentUser",
        "relatedRecordId": case.as_str(),
        "logEmailOnSend": true,
        "addThreadingTokenToBody": true,
    }]}))
}

/// A refused e-mail may have status 200 or 400, so only `isSuccess` counts.
fn judge(response: &Response) -> Result<(), Error> {
    let value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    let first = value.get(0).unwrap_or(&value);
    match first.get("isSuccess").and_then(Value::as_bool) {
        Some(true) => Ok(()),
        Some(false) => {
            let Reported { code, message } = Reported::from_value(&value).unwrap_or_default();
            let known = Error::known(response.status, &code, &message);
            Err(known.unwrap_or(Error::EmailRefused { code, message }))
        }
        None => Err(Error::from_response(response)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use casebridge_domain::RecipientRole;

    fn to(address: &str) -> Recipient {
        Recipient {
            role: RecipientRole::Contact,
            contact_id: None,
            name: String::new(),
            address: address.into(),
        }
    }

    fn mail(subject: &str) -> Mail {
        Mail { subject: subject.into(), body: "Open\nthe link".into() }
    }

    #[test]
    fn the_inputs_are_those_of_the_pinned_version() {
        let case = "500D0000001Abcd".parse().unwrap();
        let body = inputs(&case, &to("cora@customer.test"), &mail("Support")).unwrap();
        let input = &body["inputs"][0];
        assert_eq!(input["emailAddresses"], "cora@customer.test");
        assert_eq!(input["relatedRecordId"], "500D0000001AbcdIAC");
        assert_eq!(
            (&input["senderType"], &input["logEmailOnSend"]),
            (&json!("CurrentUser"), &json!(true))
        );
    }

    #[test]
    fn s10_neither_recipient_nor_subject_can_add_a_header_or_a_recipient() {
        let case = "500D0000001Abcd".parse().unwrap();
        for address in ["a@b.test,c@d.test", "a@b.test\r\nBcc: c@d.test", "a@b.test;c@d.test", ""] {
            assert!(inputs(&case, &to(address), &mail("x")).is_err(), "{address}");
        }
        assert!(inputs(&case, &to("a@b.test"), &mail("x\r\nBcc: c@d.test")).is_err());
    }
}
