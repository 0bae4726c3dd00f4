//! Session keys as rows of the org, for the component on the case page.

use crate::org::{API_VERSION, Call};
use crate::{Error, Org};
use casebridge_domain::{CaseId, SessionKey};
use serde_json::{Value, json};

/// The longest key that the org's field takes, in characters.
const LONGEST: usize = 40;

impl Org {
    /// Writes a key to its case. The row is found by appliance and key, so that the same key never
    /// stands there twice.
    ///
    /// # Errors
    /// The org does not have the object, the user may not write it, or it cannot be reached.
    pub async fn record_session_key(
        &self,
        case: &CaseId,
        appliance: &str,
        portal: Option<&str>,
        key: &SessionKey,
    ) -> Result<(), Error> {
        if key.short_key.chars().count() > LONGEST {
            return Err(Error::InvalidInput("the session key is too long for its field"));
        }
        let row = format!("{appliance}:{}", key.short_key);
        let objects = ["services", "data", API_VERSION, "sobjects"];
        let path = [&objects[..], &["Support_Session_Key__c", "Key__c", &row]].concat();
        self.json(&Call::patch(&path, fields(case, appliance, portal, key))).await.map(drop)
    }
}

fn fields(case: &CaseId, appliance: &str, portal: Option<&str>, key: &SessionKey) -> Value {
    json!({
        "Case__c": case.as_str(),
        "Short_Key__c": key.short_key,
        "Key_URL__c": key.key_url,
        "Expires_On__c": key.expires_at.map(|end| end.to_string()),
        "Appliance__c": appliance,
        "Public_Site__c": portal,
    })
}
