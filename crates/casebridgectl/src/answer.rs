//! The result of a command: a JSON object for programs, and a text for people.

use casebridge_domain::settings::{Origin, Settings};
use casebridge_domain::{Case, Failure, FailureCode, SessionKey};
use casebridge_use_cases::account::Account;
use casebridge_use_cases::doctor::{Outcome, Status, lines};
use casebridge_use_cases::sessions::RunningSession;
use casebridge_use_cases::tag::Tagged;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The result of a command.
pub(crate) struct Answer {
    pub(crate) json: Value,
    pub(crate) text: String,
    /// Whether the exit code means failure although there is an answer.
    pub(crate) failed: bool,
}

impl Answer {
    pub(crate) fn new(json: Value, text: impl Into<String>) -> Self {
        Self { json, text: text.into(), failed: false }
    }
}

pub(crate) fn of_failure(failure: &Failure) -> Value {
    let text = failure.code.text();
    json!({ "error": {
        "code": text.code,
        "title": text.title,
        "detail": failure.detail,
        "next_step": next_step(failure),
    }})
}

/// What to do: one sentence, or numbered lines.
pub(crate) fn next_step(failure: &Failure) -> String {
    lines(&failure.code.steps())
}

pub(crate) fn internal(error: std::io::Error) -> Failure {
    Failure::caused(FailureCode::Internal, error.to_string(), error)
}

pub(crate) fn of_checks(outcomes: &[Outcome]) -> Answer {
    let failed = outcomes.iter().filter(|o| o.finding.status == Status::Fail).count();
    let checks: Vec<Value> = outcomes
        .iter()
        .map(|Outcome { check, finding }| {
            json!({
                "id": check.id,
                "title": check.title,
                "status": finding.status.as_str(),
                "detail": finding.detail,
                "next_step": lines(&finding.steps),
            })
        })
        .collect();
    let text = match failed {
        0 => "Everything works.".to_owned(),
        1 => "1 check failed.".to_owned(),
        count => format!("{count} checks failed."),
    };
    Answer { json: json!({ "checks": checks }), text, failed: failed > 0 }
}

/// A check's line on the terminal.
pub(crate) fn line_of(outcome: &Outcome) -> String {
    let Outcome { check, finding } = outcome;
    let mut line = format!("{:<5} {}", finding.status.as_str(), check.title);
    let next_step = lines(&finding.steps);
    for part in finding.detail.lines().chain(next_step.lines()) {
        line += "\n      ";
        line += part;
    }
    line
}

pub(crate) fn of_account(account: Option<&Account>) -> Answer {
    let Some(Account { identity, representative, found_in, .. }) = account else {
        let names = ["org_id", "user_id", "username", "instance_url", "representative"];
        let nothing = names.map(|name| (name.to_owned(), Value::Null));
        return Answer::new(Value::Object(nothing.into_iter().collect()), "Signed out.");
    };
    let json = json!({
        "org_id": identity.org_id.as_str(),
        "user_id": identity.user_id.as_str(),
        "username": identity.username,
        "instance_url": identity.instance_url.as_str().trim_end_matches('/'),
        "representative": representative,
    });
    let known = match (representative, found_in) {
        (None, _) => "no BeyondTrust user name".to_owned(),
        (Some(name), None) => name.clone(),
        (Some(name), Some(origin)) => format!("{name}, from {origin}"),
    };
    Answer::new(json, format!("{} ({known}) at {}", identity.username, identity.instance_url))
}

pub(crate) fn of_key(case: &Case, key: &SessionKey) -> Answer {
    let json = json!({
        "short_key": key.short_key,
        "key_url": key.key_url,
        "expires_at": key.expires_at.map(|at| at.to_string()),
        "external_key": key.external_key,
        "queue_available": key.queue_available,
        "mail_subject": key.mail_subject,
        "mail_body": key.mail_body,
        "case": of_case(case),
    });
    let mut text = format!("{}\n{}", key.grouped(), key.key_url);
    if let Some(at) = key.expires_at {
        text += &format!("\nExpires at {at}");
    }
    if key.queue_available == Some(false) {
        text += "\nYour queue is not available. The customer may have to wait.";
    }
    Answer::new(json, text)
}

fn of_case(case: &Case) -> Value {
    json!({ "id": case.id.as_str(), "case_number": case.number, "subject": case.subject })
}

/// With several appliances, each session also says which one it is on.
pub(crate) fn of_sessions(
    running: &[RunningSession],
    cases: &BTreeMap<String, Case>,
    several: bool,
) -> Answer {
    let rows = running.iter().map(|session| {
        let case = session.external_key.as_ref().and_then(|key| cases.get(key));
        let mut row = json!({
            "lsid": session.lsid.as_str(),
            "lseq": session.lseq,
            "start_time": session.start_time.map(|at| at.to_string()),
            "customer": session.customer,
            "hostname": session.hostname,
            "external_key": session.carried(),
            "case": case.map(of_case),
            "owner": session.owner,
        });
        if let Some(row) = row.as_object_mut().filter(|_| several) {
            row.insert("appliance".to_owned(), json!(session.appliance));
        }
        row
    });
    let json = json!({ "sessions": rows.collect::<Vec<_>>() });
    if running.is_empty() {
        return Answer::new(json, "No sessions are running.");
    }
    let line = |session: &RunningSession| match several {
        true => format!("{}, on {}", line_of_session(session), session.appliance),
        false => line_of_session(session),
    };
    let lines: Vec<String> = running.iter().map(line).collect();
    Answer::new(json, lines.join("\n"))
}

/// A session's line on the terminal.
pub(crate) fn line_of_session(session: &RunningSession) -> String {
    let or = |text: &Option<String>, other: &str| text.clone().unwrap_or_else(|| other.to_owned());
    format!(
        "{}  {} on {}, {}",
        session.lsid,
        or(&session.customer, "unnamed customer"),
        or(&session.hostname, "an unnamed computer"),
        match (&session.external_key, &session.foreign_key) {
            (Some(key), _) => format!("external key {key}"),
            (None, Some(key)) => format!("another product's external key {key}"),
            (None, None) => "no case".to_owned(),
        },
    )
}

pub(crate) fn of_tag(tagged: &Tagged, case: &Case) -> Answer {
    let json = json!({
        "lsid": tagged.lsid.as_str(),
        "external_key": tagged.external_key,
        "previous_external_key": tagged.previous,
    });
    Answer::new(json, format!("The session is on case {}.", case.number))
}

pub(crate) fn of_script(script: &str, launched_with: &str) -> Answer {
    let json = json!({ "script": script, "launched_with": launched_with });
    Answer::new(json, script)
}

pub(crate) fn of_email(recipient: &str) -> Answer {
    let json = json!({ "handed_over": true, "recipient": recipient });
    Answer::new(json, format!("Handed to Salesforce. To {recipient}. Logged on the case."))
}

pub(crate) fn of_settings(settings: &Settings) -> Answer {
    let rows: Vec<Value> = settings
        .all()
        .map(|value| {
            json!({
                "key": value.key,
                "value": value.value,
                "origin": value.origin.as_str(),
                "locked": value.origin == Origin::Policy,
            })
        })
        .collect();
    let lines = settings.all().map(|v| format!("{:<8} {} = {}", v.origin.as_str(), v.key, v.value));
    Answer::new(json!({ "settings": rows }), lines.collect::<Vec<_>>().join("\n"))
}

pub(crate) fn of_secret(appliance: &str, stored: bool) -> Answer {
    let json = json!({ "appliance": appliance, "stored": stored });
    let done = if stored { "is stored" } else { "is removed" };
    Answer::new(json, format!("The client secret of {appliance} {done}."))
}

pub(crate) fn delivered() -> Answer {
    Answer::new(json!({ "delivered": true }), "Delivered to Casebridge.")
}
