//! Several calls in one.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::admit::Caller;
use super::call::{Call, assigns};
use crate::org::answer::Answered;
use crate::org::refused::Refused;
use crate::org::state::State;

const MOST_PARTS: usize = 25;
const MOST_COLLECTIONS: usize = 5;

/// Many calls.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Composite {
    #[serde(default)]
    all_or_none: bool,
    composite_request: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    method: String,
    url: String,
    reference_id: String,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    http_headers: Value,
}

/// How a part is answered.
type Run = fn(&mut State, &Caller, &Call) -> Answered;

pub(super) fn composite(
    org: &mut State,
    caller: &Caller,
    call: &Call,
    run: Run,
) -> Result<Answered, Refused> {
    let Composite { all_or_none, composite_request: parts } =
        serde_json::from_value(call.body.clone())
            .map_err(|error| Refused::of("JSON_PARSER_ERROR", error.to_string(), &[]))?;
    let collections = parts.iter().filter(|part| is_collection(&part.url)).count();
    if parts.len() > MOST_PARTS || collections > MOST_COLLECTIONS {
        let message = format!("at most {MOST_PARTS} parts and {MOST_COLLECTIONS} collections");
        return Err(Refused::of("PROCESSING_HALTED", message, &[]));
    }
    let before = all_or_none.then(|| org.records.clone());
    let mut done: Vec<(String, Answered)> = Vec::new();
    for part in &parts {
        let answered = match part.call(call, &done) {
            Ok(part) => run(org, caller, &part),
            Err(refused) => refused,
        };
        done.push((part.reference_id.clone(), answered));
    }
    if let Some(before) = before.filter(|_| done.iter().any(|(_, one)| one.failed())) {
        org.records = before;
        for (_, one) in done.iter_mut().filter(|(_, one)| !one.failed()) {
            *one = halted(
                "The transaction was rolled back since another operation in the same \
                 transaction failed.",
            );
        }
    }
    let answers: Vec<Value> = done.into_iter().map(part_answer).collect();
    Ok(Answered::ok(json!({ "compositeResponse": answers })))
}

fn part_answer((reference, one): (String, Answered)) -> Value {
    json!({
        "body": one.body, "httpHeaders": {}, "httpStatusCode": one.status.as_u16(),
        "referenceId": reference,
    })
}

/// Whether a part is one of those of which there may be few.
fn is_collection(url: &str) -> bool {
    url.contains("/composite/sobjects") || url.contains("/query")
}

fn halted(message: &str) -> Answered {
    Answered::error(StatusCode::BAD_REQUEST, "PROCESSING_HALTED", message)
}

impl Part {
    /// The call of this part; `@{reference.path}` stands for what an earlier one answered.
    fn call(&self, whole: &Call, done: &[(String, Answered)]) -> Result<Call, Answered> {
        let url = resolve(&self.url, done)?;
        let body = resolve(&self.body.to_string(), done)?;
        if !url.starts_with(&format!("/services/data/{}/", whole.version)) {
            return Err(Answered::missing());
        }
        let said = self.http_headers["Sforce-Auto-Assign"].as_str();
        Ok(Call {
            body: serde_json::from_str(&body).unwrap_or_default(),
            auto_assign: whole.auto_assign && assigns(said),
            ..Call::at(&self.method, &url)
        })
    }
}

/// Puts what earlier parts answered in the places that name it.
fn resolve(text: &str, done: &[(String, Answered)]) -> Result<String, Answered> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        let (reference, path) = name.split_once('.').unwrap_or((name, ""));
        let answered = done.iter().find(|(known, _)| known == reference);
        let value = answered.and_then(|(_, one)| value_at(&one.body, path));
        let Some(value) = value else {
            return Err(halted("Invalid reference specified"));
        };
        out.push_str(before);
        out.push_str(&value);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// The text at a path such as `records[0].Id`.
fn value_at(body: &Value, path: &str) -> Option<String> {
    let steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
    let found =
        steps.filter(|step| !step.is_empty()).try_fold(body, |value, step| match value {
            Value::Array(list) => list.get(step.parse::<usize>().ok()?),
            Value::Object(fields) => fields.get(step),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })?;
    match found {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(found.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reaches_into_an_earlier_answer() {
        let body = json!({ "records": [{ "Id": "500x" }] });
        let done = [("find".to_owned(), Answered::ok(body))];
        let text = "/sobjects/Case/@{find.records[0].Id}/x";
        assert_eq!(resolve(text, &done).unwrap(), "/sobjects/Case/500x/x");
        assert!(resolve("@{find.records[1].Id}", &done).is_err());
        assert!(resolve("@{other.id}", &done).is_err());
    }
}
