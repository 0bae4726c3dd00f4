//! Session keys as rows of the org, for the component on the case page.

use crate::error::{Reported, odd};
use crate::org::{API_VERSION, Call};
use crate::query::{Condition, Field, Object, Query, Value as Literal};
use crate::{Error, Org};
use casebridge_domain::{CaseId, RecordId, SessionKey};
use jiff::Timestamp;
use serde_json::{Value, json};

const OBJECT: &str = "Support_Session_Key__c";

/// The maximum length of the org's key field, in characters.
const LONGEST: usize = 40;

impl Org {
    /// Writes a key to its case. The row is found by appliance and key, so that the same key is
    /// never stored twice. It is sent as a collection of one, because a single row's key would be
    /// part of the URL, which this program and proxies log (S15). Returns the row's id.
    ///
    /// # Errors
    /// The org does not have the object, the user may not write it, or it can't be reached.
    pub async fn record_session_key(
        &self,
        case: &CaseId,
        appliance: &str,
        portal: Option<&str>,
        key: &SessionKey,
    ) -> Result<RecordId, Error> {
        if key.short_key.chars().count() > LONGEST {
            return Err(Error::InvalidInput("the session key is too long for its field"));
        }
        let path = ["services", "data", API_VERSION, "composite", "sobjects", OBJECT, "Key__c"];
        let row = row(case, appliance, portal, key);
        let call = Call::patch(&path, json!({ "allOrNone": true, "records": [row] }));
        let answer = self.json(&call).await?;
        if answer[0]["success"] != true {
            return Err(Error::from_report(200, Reported::from_value(&answer).unwrap_or_default()));
        }
        let id = answer[0]["id"].as_str().and_then(|id| id.parse().ok());
        id.ok_or_else(|| odd("a written row has no id"))
    }

    /// Whether an administrator has set up that no key is written to the org. An org whose
    /// metadata is older does not have this setting.
    ///
    /// # Errors
    /// The org can't be asked.
    pub async fn keeps_no_session_keys(&self) -> Result<bool, Error> {
        let query = Query::select(Object::Setting, &[Field::SessionKeysOff])
            .wherever(Condition::Is(Field::DeveloperName, Literal::Text("Default".to_owned())))
            .limit(1);
        match self.records(&query).await {
            Ok(rows) => Ok(rows.first().is_some_and(|row| row["Session_Keys_Off__c"] == true)),
            Err(Error::InvalidField { .. } | Error::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A key that was written to the org, which only its owner can read.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such row any more, and the org can't be asked or refuses.
    pub async fn session_key(&self, record: &RecordId) -> Result<RecordedKey, Error> {
        let path = ["services", "data", API_VERSION, "sobjects", OBJECT, record.as_str()];
        let fields = "Case__c,Short_Key__c,Key_URL__c,Expires_On__c,Appliance__c,Public_Site__c";
        let row = self.json(&Call::get(&path, &[("fields", fields)])).await?;
        read(&row).ok_or(Error::NotFound)
    }

    /// Deletes the row of a key. It may be deleted already.
    ///
    /// # Errors
    /// The org can't be asked or refuses.
    pub async fn delete_session_key(&self, record: &RecordId) -> Result<(), Error> {
        let path = ["services", "data", API_VERSION, "sobjects", OBJECT, record.as_str()];
        let response = self.call(&Call::delete(&path, &[])).await?;
        if (200..300).contains(&response.status) {
            return Ok(());
        }
        let error = Error::from_response(&response);
        if matches!(error, Error::NotFound) { Ok(()) } else { Err(error) }
    }
}

/// A key as it was written to the org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedKey {
    /// Its case.
    pub case: CaseId,
    /// The code.
    pub short_key: String,
    /// The URL that starts the session.
    pub key_url: String,
    /// When it expires. Absent if unknown.
    pub expires_at: Option<Timestamp>,
    /// The appliance's name in the settings.
    pub appliance: String,
    /// The portal that it belongs to.
    pub portal: Option<String>,
}

fn read(row: &Value) -> Option<RecordedKey> {
    let text = |name: &str| row[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Some(RecordedKey {
        case: text("Case__c")?.parse().ok()?,
        short_key: text("Short_Key__c")?,
        key_url: text("Key_URL__c")?,
        expires_at: text("Expires_On__c").and_then(|at| time(&at)),
        appliance: text("Appliance__c")?,
        portal: text("Public_Site__c"),
    })
}

/// Reads a time whose offset may lack its colon.
fn time(text: &str) -> Option<Timestamp> {
    let text = match text.strip_suffix("+0000") {
        Some(text) => format!("{text}Z"),
        None => text.to_owned(),
    };
    text.parse().ok()
}

fn row(case: &CaseId, appliance: &str, portal: Option<&str>, key: &SessionKey) -> Value {
    json!({
        "attributes": { "type": OBJECT },
        "Key__c": format!("{appliance}:{}", key.short_key),
        "Case__c": case.as_str(),
        "Short_Key__c": key.short_key,
        "Key_URL__c": key.key_url,
        "Expires_On__c": key.expires_at.map(|end| end.to_string()),
        "Appliance__c": appliance,
        "Public_Site__c": portal,
    })
}
