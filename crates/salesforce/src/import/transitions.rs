//! Changes a case once for an exit survey. Transition, change and comment are one all-or-none call:
//! only the first process that inserts the transition with the survey's key changes the case
//! (`docs/protocols/salesforce.md#composite-calls`).

use crate::codes::{Class, class};
use crate::composite::Outcome;
use crate::error::{Reported, passes};
use crate::org::API_VERSION;
use crate::query::{Condition, Field, Object, Query, Value as Literal};
use crate::{Error, Org};
use casebridge_domain::{CaseId, Lsid};
use serde_json::{Value, json};

/// A change of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The session that the survey belongs to.
    pub lsid: Lsid,
    /// The survey.
    pub survey_key: String,
    /// The rule, by name.
    pub rule: String,
    /// The case.
    pub case: CaseId,
    /// The status that the case has now.
    pub from_status: String,
    /// The new status.
    pub to_status: Option<String>,
    /// The developer name of a queue, or the user name of a user.
    pub owner: Option<String>,
    /// A comment that the customer does not see.
    pub comment: Option<String>,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransitionOutcome {
    /// The case was changed.
    Moved,
    /// The survey was already handled by the org's trigger or an earlier import.
    Known,
    /// The org refused the change. This is stored in the org, and the change is not retried.
    Refused(String),
}

impl Org {
    /// Changes the case, unless the survey has already changed it.
    ///
    /// # Errors
    /// The org can't be asked. Then either nothing or everything was changed.
    pub async fn apply_transition(&self, moving: &Transition) -> Result<TransitionOutcome, Error> {
        let owner = match &moving.owner {
            None => None,
            Some(name) => match self.owner_id(name).await? {
                Some(id) => Some(id),
                None => {
                    let why = format!("No queue or active user is named {name}");
                    return self.note_refusal(moving, why).await;
                }
            },
        };
        match self.composite(&parts(moving, owner.as_deref())).await? {
            Outcome::Done => Ok(TransitionOutcome::Moved),
            Outcome::Failed { reference, report } if reference == CLAIM => claimed(report),
            Outcome::Failed { report, .. } if passes(&report.code, &report.message) => {
                Err(Error::Busy { status: 400 })
            }
            // Not a decision about this case: the same call may succeed later.
            Outcome::Failed { report, .. } if is_no_verdict(&report) => {
                Err(Error::from_report(400, report))
            }
            Outcome::Failed { report, .. } => self.note_refusal(moving, report.message).await,
        }
    }

    /// Stores that the org refused the change, so that it is not retried.
    async fn note_refusal(
        &self,
        moving: &Transition,
        why: String,
    ) -> Result<TransitionOutcome, Error> {
        let why: String = why.chars().take(255).collect();
        let mut claim = claim(moving);
        claim["body"]["Refusal__c"] = json!(why);
        match self.composite(&[claim]).await? {
            Outcome::Done => Ok(TransitionOutcome::Refused(why)),
            Outcome::Failed { report, .. } => claimed(report),
        }
    }

    /// The id of a queue, or of an active user.
    async fn owner_id(&self, name: &str) -> Result<Option<String>, Error> {
        let text = |text: &str| Literal::Text(text.to_owned());
        let queues = Query::select(Object::Group, &[Field::Id]).wherever(Condition::All(vec![
            Condition::Is(Field::Type, text("Queue")),
            Condition::Is(Field::DeveloperName, text(name)),
        ]));
        let users = Query::select(Object::User, &[Field::Id]).wherever(Condition::All(vec![
            Condition::Is(Field::IsActive, Literal::Switch(true)),
            Condition::Is(Field::Username, text(name)),
        ]));
        for query in [queues, users] {
            let rows = self.records(&query.limit(1)).await?;
            if let Some(id) = rows.first().and_then(|row| row["Id"].as_str()) {
                return Ok(Some(id.to_owned()));
            }
        }
        Ok(None)
    }
}

const CLAIM: &str = "transition";

fn is_no_verdict(report: &Reported) -> bool {
    matches!(class(&report.code, &report.message), Class::OrgWide | Class::AFewTimes)
}

fn claimed(report: Reported) -> Result<TransitionOutcome, Error> {
    match report.code.as_str() {
        "DUPLICATE_VALUE" => Ok(TransitionOutcome::Known),
        code if passes(code, &report.message) => Err(Error::Busy { status: 400 }),
        _ => Err(Error::from_report(400, report)),
    }
}

fn claim(moving: &Transition) -> Value {
    json!({
        "method": "POST",
        "url": format!("/services/data/{API_VERSION}/sobjects/Support_Session_Transition__c"),
        "referenceId": CLAIM,
        "body": {
            "Support_Session__r": { "LSID__c": moving.lsid.as_str() },
            "Survey_Key__c": moving.survey_key,
            "Rule__c": moving.rule.chars().take(80).collect::<String>(),
            "From_Status__c": moving.from_status,
            "To_Status__c": moving.to_status,
            "Applied_By__c": "Casebridge",
        },
    })
}

fn parts(moving: &Transition, owner: Option<&str>) -> Vec<Value> {
    let mut parts = vec![claim(moving)];
    let mut change = json!({});
    if let Some(status) = &moving.to_status {
        change["Status"] = json!(status);
    }
    if let Some(owner) = owner {
        change["OwnerId"] = json!(owner);
    }
    if change != json!({}) {
        parts.push(json!({
            "method": "PATCH",
            "url": format!("/services/data/{API_VERSION}/sobjects/Case/{}", moving.case),
            "referenceId": "case",
            "httpHeaders": { "Sforce-Auto-Assign": "FALSE" },
            "body": change,
        }));
    }
    if let Some(comment) = &moving.comment {
        parts.push(json!({
            "method": "POST",
            "url": format!("/services/data/{API_VERSION}/sobjects/CaseComment"),
            "referenceId": "comment",
            "body": {
                "ParentId": moving.case.as_str(),
                "CommentBody": comment_body(comment),
                "IsPublished": false,
            },
        }));
    }
    parts
}

/// The maximum size of a comment is 4,000 bytes (`docs/protocols/salesforce.md#e-mail`).
fn comment_body(text: &str) -> &str {
    let end = (0..=4_000).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.get(..end).unwrap_or(text)
}
