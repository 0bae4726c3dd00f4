//! The org's log of what desktops could not do, for its administrators.

use crate::codes::Class;
use crate::error::{Reported, passes};
use crate::org::{API_VERSION, Call};
use crate::query::{Condition, Field, Object, Query, Value as Literal};
use crate::{Error, Org, codes};
use casebridge_domain::CaseId;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The maximum number of rows in one call.
pub const MOST_LOG_ROWS: usize = 200;

const OBJECT: &str = "Casebridge_Log__c";

/// A row of the log. It has no text of customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// What identifies the row, so that it is never written twice.
    pub key: String,
    /// The failure's code.
    pub code: String,
    /// What happened.
    pub title: String,
    /// What can be done about it.
    pub next_step: String,
    /// What was being done.
    pub job: String,
    /// Whether it waits for a person or was given up.
    pub outcome: String,
    /// The case, if it is known.
    pub case: Option<CaseId>,
    /// The session's LSID, or empty.
    pub lsid: String,
    /// The appliance's name in the settings.
    pub appliance: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The version of Casebridge.
    pub version: String,
}

impl LogRow {
    fn json(&self) -> Value {
        json!({
            "attributes": { "type": OBJECT },
            "Key__c": self.key,
            "Code__c": self.code,
            "Title__c": self.title,
            "Next_Step__c": self.next_step,
            "Job__c": self.job,
            "Outcome__c": self.outcome,
            "Case__c": self.case.as_ref().map(CaseId::as_str),
            "LSID__c": self.lsid,
            "Appliance__c": self.appliance,
            "Occurred_At__c": self.occurred_at.to_string(),
            "Version__c": self.version,
        })
    }
}

/// What became of rows of the log that were not written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LogLeft {
    /// The keys of rows that may be sent again later.
    pub busy: Vec<String>,
    /// The codes with which the org refused rows for good.
    pub refused: Vec<String>,
}

impl Org {
    /// Writes rows of the log in one call and returns what is left of them.
    ///
    /// # Errors
    /// The org can't be asked, has no log, or takes no rows at the moment.
    pub async fn write_log(&self, rows: &[LogRow]) -> Result<LogLeft, Error> {
        debug_assert!(rows.len() <= MOST_LOG_ROWS);
        let refused = self.send_log(rows).await?;
        let is_of_case = |row: &LogRow, told: &Reported| row.case.is_some() && names_a_case(told);
        let (of_case, mut refused): (Vec<_>, Vec<_>) =
            refused.into_iter().partition(|(row, told)| is_of_case(row, told));
        // A case that is gone or not shared may be the very failure that is logged.
        let without: Vec<LogRow> =
            of_case.into_iter().map(|(row, _)| LogRow { case: None, ..row }).collect();
        if !without.is_empty() {
            refused.extend(self.send_log(&without).await?);
        }
        let mut left = LogLeft::default();
        for (row, Reported { code, message }) in refused {
            if codes::class(&code, &message) == Class::OrgWide {
                return Err(Error::from_report(400, Reported { code, message }));
            }
            if passes(&code, &message) {
                left.busy.push(row.key);
            } else {
                left.refused.push(code);
            }
        }
        Ok(left)
    }

    /// Deletes the user's own rows of the log from before this moment, a call's worth of them.
    ///
    /// # Errors
    /// The org can't be asked or refuses.
    pub async fn forget_log(&self, before: Timestamp) -> Result<(), Error> {
        let (_, user) = self.ids().await?;
        let mine = Condition::Is(Field::OwnerId, Literal::Text(user.to_string()));
        let query = Query::select(Object::Log, &[Field::Id])
            .wherever(Condition::All(vec![mine, Condition::Before(Field::OccurredAt, before)]))
            .limit(u32::try_from(MOST_LOG_ROWS).unwrap_or(u32::MAX));
        let rows = self.records(&query).await?;
        let ids: Vec<&str> = rows.iter().filter_map(|row| row["Id"].as_str()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let path = ["services", "data", API_VERSION, "composite", "sobjects"];
        self.json(&Call::delete(&path, &[("ids", &ids.join(","))])).await.map(drop)
    }

    /// Sends rows and returns those that were refused.
    async fn send_log(&self, rows: &[LogRow]) -> Result<Vec<(LogRow, Reported)>, Error> {
        let path = ["services", "data", API_VERSION, "composite", "sobjects", OBJECT, "Key__c"];
        let records: Vec<Value> = rows.iter().map(LogRow::json).collect();
        let call = Call::patch(&path, json!({ "allOrNone": false, "records": records }));
        let answer = self.json(&call).await?;
        let results = answer.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut refused = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let result = results.get(place).unwrap_or(&answer);
            if result["success"] != true {
                refused.push((row.clone(), Reported::from_value(result).unwrap_or_default()));
            }
        }
        Ok(refused)
    }
}

fn names_a_case(told: &Reported) -> bool {
    [
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "INVALID_CROSS_REFERENCE_KEY",
        "ENTITY_IS_DELETED",
        "MALFORMED_ID",
    ]
    .contains(&told.code.as_str())
}
