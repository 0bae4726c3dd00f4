//! Sends rows in composite calls: the session first, then up to five batches of its children in
//! sequence. Each row succeeds or fails by itself (`docs/protocols/salesforce.md#composite-calls`).

use super::{Batch, SessionRow};
use crate::codes::{Class, class};
use crate::error::{Reported, odd, passes, shown};
use crate::org::{API_VERSION, Call};
use crate::{Error, Org};
use rand::RngExt as _;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use std::time::Duration;

/// The maximum number of collections in one call.
pub const BATCHES_A_CALL: usize = 5;

/// How often rows are sent again immediately if the org is busy.
const REPEATS: u32 = 4;
/// The time limit for a call. A thousand rows can be slow; the org allows ten minutes.
const WRITE_TIME: Duration = Duration::from_secs(600);
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// A row that the org refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFailure {
    /// The object.
    pub object: &'static str,
    /// The row's key.
    pub key: String,
    /// The org's code.
    pub code: String,
    /// The org's message with the fields that it names.
    pub message: String,
}

impl RowFailure {
    /// Whether the same row may succeed later: it was locked, or another process has just created
    /// it.
    pub fn passes(&self) -> bool {
        passes(&self.code, &self.message)
    }

    /// The class of the org's code.
    pub fn class(&self) -> Class {
        class(&self.code, &self.message)
    }
}

/// The result of writing rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The session's record id, if its row was among them.
    pub session_id: Option<String>,
    /// Whether the session's row is new and has no children yet.
    pub session_is_new: bool,
    /// The rows that were refused.
    pub failures: Vec<RowFailure>,
}

#[derive(Serialize)]
struct Composite<'a> {
    #[serde(rename = "allOrNone")]
    all_or_none: bool,
    #[serde(rename = "collateSubrequests")]
    collate: bool,
    #[serde(rename = "compositeRequest")]
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    method: &'static str,
    url: String,
    reference_id: String,
    body: Body<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Row(&'a RawValue),
    #[serde(rename_all = "camelCase")]
    Rows {
        all_or_none: bool,
        records: Vec<&'a RawValue>,
    },
}

impl Org {
    /// Writes the session's row, if there is one, and batches of its children, which need it. Rows
    /// that are locked are sent again with a growing pause.
    ///
    /// # Errors
    /// The org can't be asked. Some rows may have been written. Refused rows are not an error here;
    /// they are part of the result.
    pub async fn write_rows(
        &self,
        session: Option<&SessionRow>,
        batches: Vec<Batch>,
    ) -> Result<Written, Error> {
        debug_assert!(batches.len() <= BATCHES_A_CALL);
        let (mut session, mut batches) = (session, batches);
        let mut written = Written::default();
        for repeat in 0.. {
            let answer = self.send_rows(session, &batches).await?;
            let judged = judge(&answer, session, &batches)?;
            if let Some(own) = judged.failures.iter().find(|failure| failure.object == SESSION) {
                // Without the session, its children must fail. That is not their own failure.
                if !own.passes() || repeat == REPEATS {
                    written.failures.push(own.clone());
                    break;
                }
            } else {
                written.session_id = judged.session_id.or(written.session_id);
                written.session_is_new |= judged.session_is_new;
                session = None;
                let (again, refused): (Vec<_>, Vec<_>) =
                    judged.failures.into_iter().partition(RowFailure::passes);
                written.failures.extend(refused);
                if again.is_empty() || repeat == REPEATS {
                    written.failures.extend(again);
                    break;
                }
                let keys: BTreeSet<&str> = again.iter().map(|f| f.key.as_str()).collect();
                for batch in &mut batches {
                    batch.rows.retain(|row| keys.contains(key_of(row).as_str()));
                }
                batches.retain(|batch| !batch.rows.is_empty());
            }
            let pause = rand::rng().random_range(FIRST_PAUSE / 2..=FIRST_PAUSE * 2_u32.pow(repeat));
            tokio::time::sleep(pause).await;
        }
        Ok(written)
    }

    async fn send_rows(
        &self,
        session: Option<&SessionRow>,
        batches: &[Batch],
    ) -> Result<Value, Error> {
        let objects = format!("/services/data/{API_VERSION}/sobjects");
        let collections = format!("/services/data/{API_VERSION}/composite/sobjects");
        let own = session.map(|row| Part {
            method: "PATCH",
            url: format!("{objects}/{SESSION}/LSID__c/{}", row.lsid),
            reference_id: "session".to_owned(),
            body: Body::Row(&row.fields),
        });
        let children = batches.iter().enumerate().map(|(nth, batch)| Part {
            method: "PATCH",
            url: format!("{collections}/{}/{}", batch.object.name(), batch.object.key()),
            reference_id: format!("rows{nth}"),
            body: Body::Rows {
                all_or_none: false,
                records: batch.rows.iter().map(AsRef::as_ref).collect(),
            },
        });
        let parts = own.into_iter().chain(children).collect();
        // In this order, because children refer to the session from the first part.
        let call = Composite { all_or_none: false, collate: false, parts };
        let path = ["services", "data", API_VERSION, "composite"];
        let mut call = Call::post_as(&path, &call)?;
        call.time = Some(WRITE_TIME);
        self.json(&call).await
    }
}

const SESSION: &str = "Support_Session__c";

fn key_of(row: &RawValue) -> String {
    let row: Value = serde_json::from_str(row.get()).unwrap_or_default();
    row["Key__c"].as_str().unwrap_or_default().to_owned()
}

/// Evaluates each part and each row. The call's status 200 proves nothing.
fn judge(
    answer: &Value,
    session: Option<&SessionRow>,
    batches: &[Batch],
) -> Result<Written, Error> {
    let parts = answer["compositeResponse"].as_array().ok_or_else(|| odd("it has no parts"))?;
    let part = |reference: &str| parts.iter().find(|part| part["referenceId"] == *reference);
    let mut written = Written::default();
    if let Some(row) = session {
        let part = part("session").ok_or_else(|| odd("a part is missing"))?;
        match part["body"]["success"].as_bool() {
            Some(true) if is_good(part) => {
                written.session_id = part["body"]["id"].as_str().map(str::to_owned);
                written.session_is_new = part["body"]["created"] == true;
            }
            _ => written.failures.push(failure(SESSION, row.lsid.to_string(), &part["body"])),
        }
    }
    for (nth, batch) in batches.iter().enumerate() {
        let part = part(&format!("rows{nth}")).ok_or_else(|| odd("a part is missing"))?;
        let results = part["body"].as_array().filter(|_| is_good(part));
        for (place, row) in batch.rows.iter().enumerate() {
            // Results come in the order of the request.
            let result = results.and_then(|results| results.get(place));
            if result.is_some_and(|result| result["success"] == true) {
                continue;
            }
            let told = result.unwrap_or(&part["body"]);
            written.failures.push(failure(batch.object.name(), key_of(row), told));
        }
    }
    Ok(written)
}

fn is_good(part: &Value) -> bool {
    part["httpStatusCode"].as_u64().is_some_and(|status| (200..300).contains(&status))
}

fn failure(object: &'static str, key: String, told: &Value) -> RowFailure {
    let Reported { code, message } = Reported::from_value(told).unwrap_or_default();
    let fields: Vec<&str> = fields_of(told);
    let message = match fields.is_empty() {
        true => message,
        false => shown(&format!("{message} ({})", fields.join(", "))),
    };
    RowFailure { object, key, code, message }
}

fn fields_of(told: &Value) -> Vec<&str> {
    let error = told.get("errors").and_then(|errors| errors.get(0)).or_else(|| told.get(0));
    let fields = error.and_then(|error| error["fields"].as_array());
    fields.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use casebridge_domain::report_mapping::Object;
    use serde_json::json;

    fn batch(keys: &[&str]) -> Batch {
        let row = |key: &&str| RawValue::from_string(json!({ "Key__c": key }).to_string()).unwrap();
        Batch { object: Object::Event, rows: keys.iter().map(row).collect() }
    }

    fn answer(status: u16, body: Value) -> Value {
        json!({ "compositeResponse": [
            { "referenceId": "rows0", "httpStatusCode": status, "body": body, "httpHeaders": {} },
        ]})
    }

    #[test]
    fn each_row_is_judged_by_its_own_result() {
        let told = answer(
            200,
            json!([
                { "id": "a", "success": true, "errors": [], "created": true },
                { "success": false, "errors": [
                    { "statusCode": "STRING_TOO_LONG", "message": "Text: data value too large", "fields": ["Text__c"] } ] },
                { "success": false, "errors": [{ "statusCode": "UNABLE_TO_LOCK_ROW", "message": "m", "fields": [] }] },
            ]),
        );
        let failures = judge(&told, None, &[batch(&["a", "b", "c", "d"])]).unwrap().failures;
        let of: Vec<_> =
            failures.iter().map(|f| (f.key.as_str(), f.code.as_str(), f.passes())).collect();
        assert_eq!(
            of,
            [
                ("b", "STRING_TOO_LONG", false),
                ("c", "UNABLE_TO_LOCK_ROW", true),
                ("d", "STRING_TOO_LONG", false)
            ],
            "a row without a result was not written"
        );
        assert!(failures[0].message.contains("Text__c"));
    }

    #[test]
    fn a_part_that_failed_as_a_whole_fails_its_rows() {
        let body =
            json!([{ "errorCode": "INVALID_TYPE", "message": "sObject type is not supported" }]);
        let failures = judge(&answer(404, body), None, &[batch(&["a", "b"])]).unwrap().failures;
        assert_eq!(failures.len(), 2);
        assert_eq!(failures[1].code, "INVALID_TYPE");
        let rolled_back = json!([{ "id": "x", "success": true }]);
        assert_eq!(
            judge(&answer(400, rolled_back), None, &[batch(&["a"])]).unwrap().failures.len(),
            1
        );
        assert!(judge(&json!({}), None, &[batch(&["a"])]).is_err());
    }
}
