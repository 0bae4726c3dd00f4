//! What the org's own trigger does with survey answers, where it is switched on: the rules are those of
//! `SurveyTransitions.json`, which are deployed with it.

use serde_json::{Value, json};

use super::records::{Record, Records};
use super::state::State;
use super::writes::Target;
use crate::common::faults::FaultName;

const RULES: &str = include_str!(
    "../../../../salesforce/force-app/main/default/staticresources/SurveyTransitions.json"
);

/// Judges every answer whose survey has not moved its case yet.
pub(super) fn answered(org: &mut State) {
    if !org.faults().is_on(FaultName::OrgTrigger) {
        return;
    }
    let file: Value = serde_json::from_str(RULES).unwrap_or_default();
    let mut rules: Vec<Value> = file["rules"].as_array().cloned().unwrap_or_default();
    rules.sort_by_key(|rule| rule["position"].as_i64());
    for rule in &rules {
        let answers = org.records.rows("Support_Session_Survey_Response__c").to_vec();
        for answer in answers.iter().filter(|answer| fits(rule, answer)) {
            apply(org, rule, answer);
        }
    }
}

fn fits(rule: &Value, answer: &Record) -> bool {
    let same = |wanted: &str, given: &str| {
        let given = answer.get(given).and_then(Value::as_str).unwrap_or_default();
        rule[wanted].as_str().unwrap_or_default().eq_ignore_ascii_case(given.trim())
    };
    same("survey", "Survey__c") && same("question", "Question__c") && same("answer", "Answer__c")
}

fn apply(org: &mut State, rule: &Value, answer: &Record) {
    let now = org.now();
    let records = &mut org.records;
    let text = |row: &Record, name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    let session = text(answer, "Support_Session__c");
    let session = session.and_then(|id| records.find("Support_Session__c", &id)).cloned();
    let case = session.as_ref().and_then(|session| text(session, "Case__c"));
    let (Some(session), Some(case)) = (session, case) else { return };
    let status = records.find("Case", &case).and_then(|case| text(case, "Status"));
    let claim = json!({
        "Support_Session__c": session.get("Id"), "Survey_Key__c": answer.get("Survey_Key__c"),
        "Rule__c": rule["name"], "From_Status__c": status, "To_Status__c": rule["caseStatus"],
        "Applied_By__c": "Org",
    });
    if !put(records, "Support_Session_Transition__c", Target::New, &claim, now) {
        return;
    }
    let mut change = json!({});
    if let Some(status) = rule["caseStatus"].as_str() {
        change["Status"] = json!(status);
    }
    let queue =
        records.rows("Group").iter().find(|row| row.get("DeveloperName") == rule.get("owner"));
    if let Some(id) = queue.and_then(|row| row.get("Id")) {
        change["OwnerId"] = id.clone();
    }
    put(records, "Case", Target::Id(&case), &change, now);
    if let Some(comment) = rule["comment"].as_str() {
        let comment = json!({ "ParentId": case, "CommentBody": comment, "IsPublished": false });
        put(records, "CaseComment", Target::New, &comment, now);
    }
}

fn put(records: &mut Records, object: &str, target: Target<'_>, row: &Value, now: i64) -> bool {
    let row = row.as_object().cloned().unwrap_or_default();
    Records::object(object).is_some_and(|object| records.save(object, target, &row, now).is_ok())
}
