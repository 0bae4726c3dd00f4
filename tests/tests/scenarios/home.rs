//! Sessions that are over, and what the org has of them.

use casebridge_domain::Lsid;
use casebridge_simulator::{SessionBegin, SessionWork, SurveyAnswered};
use casebridge_tests::scene::Scene;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A session of Ada's on the first case, with everything in it, that is over.
pub(crate) fn finished(scene: &Scene, work: SessionWork) -> Lsid {
    let key = scene.simulator.ready().case_id;
    let lsid = over(scene, Some(key), work);
    lsid.parse().unwrap()
}

pub(crate) fn over(scene: &Scene, external_key: Option<String>, work: SessionWork) -> String {
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        hostname: Some("FRONTDESK-3".to_owned()),
        external_key,
    };
    let lsid = scene.simulator.begin_session(session).unwrap();
    scene.simulator.work(SessionWork { lsid: lsid.clone(), ..work }).unwrap();
    scene.simulator.advance_clock(95);
    scene.simulator.leave_customer(&lsid).unwrap();
    lsid
}

pub(crate) fn answer(
    scene: &Scene,
    lsid: &Lsid,
    representative: bool,
    answers: &[(&str, &str)],
    after: i64,
) {
    let answers = answers.iter().map(|(q, a)| ((*q).to_owned(), (*a).to_owned())).collect();
    let survey =
        SurveyAnswered { lsid: lsid.to_string(), representative, answers, after_seconds: after };
    scene.simulator.answer_survey(survey).unwrap();
}

/// The org's rows of a session without what only tells when they were written: by object, each by
/// its key.
pub(crate) fn rows(scene: &Scene, lsid: &Lsid) -> BTreeMap<String, BTreeMap<String, Value>> {
    let state = scene.simulator.state();
    let support = state["support"].as_object().unwrap().clone();
    let mut all = BTreeMap::new();
    for (object, rows) in support {
        let mut own = BTreeMap::new();
        for row in rows.as_array().unwrap() {
            let key = ["LSID__c", "Key__c", "Survey_Key__c"].iter().find_map(|k| row[*k].as_str());
            let key = key.unwrap().to_owned();
            let mut row = row.clone();
            row.as_object_mut().unwrap().remove("LastModifiedDate");
            if key.starts_with(lsid.as_str()) {
                own.insert(key, row);
            }
        }
        if !own.is_empty() {
            all.insert(object, own);
        }
    }
    all
}

pub(crate) fn count(scene: &Scene, lsid: &Lsid) -> BTreeMap<String, usize> {
    rows(scene, lsid).into_iter().map(|(object, rows)| (object, rows.len())).collect()
}

/// Records by object and key.
pub(crate) type Content = BTreeMap<String, BTreeMap<String, Value>>;

/// The same without what differs between two sessions with the same content: ids, times, addresses.
pub(crate) fn content(scene: &Scene, lsid: &Lsid) -> Content {
    const OWN: [&str; 12] = [
        "Id",
        "Name",
        "CreatedDate",
        "Support_Session__c",
        "Case__c",
        "External_Key__c",
        "Session_Number__c",
        "Chat_Transcript__c",
        "Session_Notes__c",
        "From_Status__c",
        "Key__c",
        "Survey_Key__c",
    ];
    let is_own = |field: &str| {
        let parts =
            ["_Time__c", "_URL__c", "_At__c", "_IP__c", "_Number__c", "_Name__c", "Seconds"];
        OWN.contains(&field) || parts.iter().any(|part| field.contains(part))
    };
    let strip = |row: &Value| {
        let fields = row.as_object().unwrap().iter();
        let kept = fields.filter(|(name, _)| !is_own(name));
        let plain = |value: &Value| value.to_string().replace(lsid.as_str(), "LSID");
        let kept = kept.map(|(name, value)| (name.clone(), Value::String(plain(value))));
        Value::Object(kept.collect())
    };
    let of = |rows: BTreeMap<String, Value>| {
        rows.iter().map(|(key, row)| (plain_key(key, row), strip(row))).collect()
    };
    rows(scene, lsid).into_iter().map(|(object, rows)| (object, of(rows))).collect()
}

/// A key without the session's id and the numbers of its connections.
fn plain_key(key: &str, row: &Value) -> String {
    if let (Some(kind), None) = (row["Kind__c"].as_str(), row.get("Instance__c")) {
        return kind.to_owned();
    }
    let mut parts: Vec<&str> = key.split(':').skip(1).collect();
    if parts.len() > 1 && ["Customer", "Representative"].contains(&parts[0]) {
        parts[1] = "-";
    }
    parts.join(":")
}

/// Where two contents differ, a line for each record.
pub(crate) fn difference(found: &Content, wanted: &Content) -> Vec<String> {
    let objects: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
    let none = BTreeMap::new();
    let mut lines = Vec::new();
    for object in objects {
        let (found, wanted) =
            (found.get(object).unwrap_or(&none), wanted.get(object).unwrap_or(&none));
        let keys: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
        for key in keys.into_iter().filter(|key| found.get(*key) != wanted.get(*key)) {
            lines.push(format!("{object} {key}: {:?} for {:?}", found.get(key), wanted.get(key)));
        }
    }
    lines
}
