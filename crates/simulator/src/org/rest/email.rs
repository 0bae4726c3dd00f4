//! The action that sends one mail and, when asked to, logs it on the case.
//!
//! Input names are those of version 64 and older; from 65 on the addresses have other names.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::admit::Caller;
use super::call::Call;
use crate::common::faults::FaultName;
use crate::org::answer::Answered;
use crate::org::records::{Record, Records, date_time};
use crate::org::state::{SentMail, State};

const NAMES: &[&str] = &[
    "emailAddresses",
    "emailAddressesArray",
    "recipientId",
    "emailSubject",
    "emailBody",
    "sendRichBody",
    "useLineBreaks",
    "senderType",
    "senderAddress",
    "relatedRecordId",
    "logEmailOnSend",
    "emailTemplateId",
    "addThreadingTokenToBody",
    "addThreadingTokenToSubject",
];
const NAMES_OF_64: &[&str] = &[
    "ccRecipientAddressList",
    "ccRecipientAddressCollection",
    "bccRecipientAddressList",
    "bccRecipientAddressCollection",
    "attachmentIdCollection",
];
/// What the address inputs became in version 65.
const RENAMED: [&str; 2] = ["emailAddresses", "emailAddressesArray"];

struct Refused {
    code: &'static str,
    message: String,
}

fn refused(code: &'static str, message: impl Into<String>) -> Refused {
    Refused { code, message: message.into() }
}

/// `POST actions/standard/emailSimple`.
pub(super) fn send(org: &mut State, caller: &Caller, call: &Call) -> Answered {
    let inputs = call.body.get("inputs").and_then(Value::as_array).filter(|list| !list.is_empty());
    let Some(inputs) = inputs else {
        let message = "The request body must have a list of inputs";
        return Answered::error(StatusCode::BAD_REQUEST, "JSON_PARSER_ERROR", message);
    };
    let mut failed = false;
    let mut answers = Vec::new();
    for input in inputs {
        let empty = Map::new();
        let input = input.as_object().unwrap_or(&empty);
        let simulated =
            || Err(refused("INVALID_EMAIL_ADDRESS", "Email address is invalid: simulated"));
        let outcome = if org.faults().take(FaultName::EmailFails, "emailSimple").is_some() {
            failed = true;
            simulated()
        } else if org.faults().take(FaultName::EmailFails200, "emailSimple").is_some() {
            simulated()
        } else {
            let outcome = deliver(org, caller.version, &caller.user_id, input);
            failed |= outcome.is_err();
            outcome
        };
        answers.push(answer(&outcome));
    }
    let status = if failed { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Answered { status, body: Value::Array(answers) }
}

fn answer(outcome: &Result<(), Refused>) -> Value {
    let errors = outcome.as_ref().err().map(
        |refused| json!([{ "statusCode": refused.code, "message": refused.message, "fields": [] }]),
    );
    json!({
        "actionName": "emailSimple",
        "errors": errors,
        "isSuccess": outcome.is_ok(),
        "outputValues": null,
    })
}

fn deliver(
    org: &mut State,
    version: u32,
    user_id: &str,
    input: &Map<String, Value>,
) -> Result<(), Refused> {
    check_names(version, input)?;
    let now = org.now();
    let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
    let flag = |name: &str| input.get(name).is_some_and(|v| *v == true || *v == "true");
    let to = recipients(&org.records, input)?;
    let has_template = !text("emailTemplateId").is_empty();
    for required in ["emailSubject", "emailBody"] {
        if text(required).is_empty() && !has_template {
            return Err(refused(
                "REQUIRED_FIELD_MISSING",
                format!("Missing required input parameter: {required}"),
            ));
        }
    }
    if text("emailSubject").contains(['\r', '\n']) {
        return Err(refused("INVALID_ARGUMENT", "The subject must be one line"));
    }
    let related = input.get("relatedRecordId").and_then(Value::as_str).filter(|id| !id.is_empty());
    let case = match related {
        Some(id) => Some(find_related(&org.records, id)?),
        None => None,
    };
    let user = org.records.find("User", user_id).cloned().unwrap_or_default();
    let from = user.get("Email").and_then(Value::as_str).unwrap_or_default().to_owned();
    let logs = flag("logEmailOnSend") && (case.is_some() || !text("recipientId").is_empty());
    let message = logs.then(|| {
        let body_field = if flag("sendRichBody") { "HtmlBody" } else { "TextBody" };
        let fields = json!({
            "ParentId": case,
            "RelatedToId": case,
            "Subject": text("emailSubject"),
            body_field: text("emailBody"),
            "FromAddress": from,
            "FromName": user.get("Name"),
            "ToAddress": to.join("; "),
            // 3 is "Sent".
            "Status": "3",
            "Incoming": false,
            "MessageDate": date_time(now),
            "CreatedById": user_id,
        });
        let record = fields.as_object().cloned().unwrap_or_else(Record::new);
        org.records.insert("EmailMessage", record, now)
    });
    org.mail.push(SentMail {
        at: now,
        from,
        to,
        subject: text("emailSubject").to_owned(),
        body: text("emailBody").to_owned(),
        rich: flag("sendRichBody"),
        related_record_id: case,
        email_message_id: message,
    });
    Ok(())
}

fn check_names(version: u32, input: &Map<String, Value>) -> Result<(), Refused> {
    let known = |name: &str| match version {
        ..=63 => NAMES.contains(&name),
        64 => NAMES.contains(&name) || NAMES_OF_64.contains(&name),
        _ => {
            ["recipientAddresses", "ccAddresses", "bccAddresses"].contains(&name)
                || (NAMES.contains(&name) && !RENAMED.contains(&name))
        }
    };
    match input.keys().find(|name| !known(name)) {
        Some(name) => Err(refused(
            "INVALID_ARGUMENT",
            format!("Invalid input parameter for action emailSimple: {name}"),
        )),
        None => Ok(()),
    }
}

fn recipients(records: &Records, input: &Map<String, Value>) -> Result<Vec<String>, Refused> {
    let mut to = Vec::new();
    for name in ["emailAddresses", "recipientAddresses", "emailAddressesArray"] {
        match input.get(name) {
            Some(Value::String(list)) => to.extend(list.split(',').map(|a| a.trim().to_owned())),
            Some(Value::Array(list)) => {
                to.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ => {}
        }
    }
    if let Some(id) = input.get("recipientId").and_then(Value::as_str) {
        let contact = records.find("Contact", id).ok_or_else(|| {
            refused("INVALID_CROSS_REFERENCE_KEY", format!("Invalid recipient: {id}"))
        })?;
        let address = contact.get("Email").and_then(Value::as_str).ok_or_else(|| {
            refused("INVALID_EMAIL_ADDRESS", "The recipient has no email address")
        })?;
        to.push(address.to_owned());
    }
    if let Some(address) = to.iter().find(|address| !is_address(address)) {
        return Err(refused(
            "INVALID_EMAIL_ADDRESS",
            format!("Email address is invalid: {address}"),
        ));
    }
    match to.len() {
        0 => Err(refused(
            "REQUIRED_FIELD_MISSING",
            "Provide at least one recipient: emailAddresses, emailAddressesArray or recipientId",
        )),
        1..=5 => Ok(to),
        _ => Err(refused("NUMBER_OUTSIDE_VALID_RANGE", "At most 5 recipients are allowed")),
    }
}

fn is_address(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c);
    !text.contains(odd)
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@')
        })
}

/// The full id of the record that the mail belongs to.
fn find_related(records: &Records, id: &str) -> Result<String, Refused> {
    ["Case", "Account", "Contact"]
        .into_iter()
        .find_map(|object| records.find(object, id))
        .and_then(|record| record.get("Id")?.as_str().map(str::to_owned))
        .ok_or_else(|| {
            refused("INVALID_CROSS_REFERENCE_KEY", format!("invalid cross reference id: {id}"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::seed::seeded;

    fn try_send(version: u32, mut input: Value) -> (State, Result<(), &'static str>) {
        let mut org = seeded(1);
        let (case, _) = org.first_case();
        let user = org.users[0].id.clone();
        if input["relatedRecordId"] == "CASE" {
            input["relatedRecordId"] = json!(case.get(..15));
        }
        let outcome = deliver(&mut org, version, &user, input.as_object().unwrap());
        (org, outcome.map_err(|refused| refused.code))
    }

    #[test]
    fn a_mail_that_names_the_case_is_logged_on_it() {
        let (org, outcome) = try_send(
            63,
            json!({
                "emailAddresses": "a@b.example", "emailSubject": "S", "emailBody": "B",
                "relatedRecordId": "CASE", "logEmailOnSend": true,
            }),
        );
        assert_eq!(outcome, Ok(()));
        let message = &org.records.rows("EmailMessage")[0];
        assert_eq!(message["ParentId"], json!(org.first_case().0));
        assert_eq!(message["ToAddress"], "a@b.example");
    }

    #[test]
    fn a_mail_that_names_nothing_is_sent_but_not_logged() {
        let (org, outcome) = try_send(
            63,
            json!({
                "emailAddresses": "a@b.example", "emailSubject": "S", "emailBody": "B",
                "logEmailOnSend": true,
            }),
        );
        assert_eq!(outcome, Ok(()));
        assert_eq!(org.mail.len(), 1);
        assert!(org.records.rows("EmailMessage").is_empty());
    }

    #[test]
    fn the_old_address_names_end_with_version_64() {
        let input =
            json!({ "emailAddresses": "a@b.example", "emailSubject": "S", "emailBody": "B" });
        assert_eq!(try_send(64, input.clone()).1, Ok(()));
        assert_eq!(try_send(65, input).1, Err("INVALID_ARGUMENT"));
    }

    #[test]
    fn addresses_are_checked_and_counted() {
        let with = |to: &str| {
            try_send(63, json!({ "emailAddresses": to, "emailSubject": "S", "emailBody": "B" })).1
        };
        assert_eq!(with("no address"), Err("INVALID_EMAIL_ADDRESS"));
        assert_eq!(with("a@b.example\nBcc: x@y.example"), Err("INVALID_EMAIL_ADDRESS"));
        assert_eq!(with(&["a@b.example"; 6].join(",")), Err("NUMBER_OUTSIDE_VALID_RANGE"));
    }
}
