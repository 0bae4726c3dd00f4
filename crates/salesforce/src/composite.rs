//! Several writes that are done all or none (`docs/protocols/salesforce.md#composite-calls`).

use crate::error::{Reported, odd};
use crate::org::{API_VERSION, Call};
use crate::{Error, Org};
use serde_json::{Value, json};

/// The result of an all-or-none call.
pub(crate) enum Outcome {
    Done,
    Failed { reference: String, report: Reported },
}

impl Org {
    /// Makes the writes. If they are refused, the first refused one has the reason.
    pub(crate) async fn composite(&self, parts: &[Value]) -> Result<Outcome, Error> {
        let path = ["services", "data", API_VERSION, "composite"];
        let body =
            json!({ "allOrNone": true, "collateSubrequests": false, "compositeRequest": parts });
        let answer = self.json(&Call::post(&path, body)).await?;
        let parts = answer["compositeResponse"].as_array().ok_or_else(|| odd("it has no parts"))?;
        let bad = |part: &&Value| part["httpStatusCode"].as_u64().is_none_or(|s| s >= 300);
        let report = |part: &Value| Reported::from_value(&part["body"]).unwrap_or_default();
        let failed: Vec<&Value> = parts.iter().filter(bad).collect();
        // Parts that only failed because of another part may come first.
        let cause = failed.iter().find(|part| report(part).code != "PROCESSING_HALTED");
        match cause.or(failed.first()) {
            None => Ok(Outcome::Done),
            Some(part) => Ok(Outcome::Failed {
                reference: part["referenceId"].as_str().unwrap_or_default().to_owned(),
                report: report(part),
            }),
        }
    }
}
