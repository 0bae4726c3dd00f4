//! Session keys as rows of the org, for the component on the case page.

use crate::error::Reported;
use crate::org::{API_VERSION, Call};
use crate::{Error, Org};
use casebridge_domain::{CaseId, SessionKey};
use serde_json::{Value, json};

const OBJECT: &str = "Support_Session_Key__c";

/// The maximum length of the org's key field, in characters.
const LONGEST: usize = 40;

impl Org {
    /// Writes a key to its case. The row is found by appliance and key, so that the same key is
    /// never stored twice. It is sent as a collection of one, because a single row's key would be
    /// part of the URL, which this program and proxies log (S15).
    ///
    /// # Errors
    /// The org does not have the object, the user may not write it, or it can't be reached.
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
        let path = ["services", "data", API_VERSION, "composite", "sobjects", OBJECT, "Key__c"];
        let row = row(case, appliance, portal, key);
        let call = Call::patch(&path, json!({ "allOrNone": true, "records": [row] }));
        let answer = self.json(&call).await?;
        match answer[0]["success"] == true {
            true => Ok(()),
            false => {
                Err(Error::from_report(200, Reported::from_value(&answer).unwrap_or_default()))
            }
        }
    }
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
