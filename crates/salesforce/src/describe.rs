//! What the signed-in user can see of an object: describe leaves out the fields that field-level
//! security hides (`docs/protocols/salesforce.md#resources`).

use crate::org::{API_VERSION, Call};
use crate::{Error, Org};
use serde_json::Value;
use std::collections::BTreeSet;

/// The columns of the related list on a case, and the lookup that fills it.
const LIST: [&str; 6] = [
    "Case__c",
    "Primary_Customer__c",
    "Primary_Representative__c",
    "Start_Time__c",
    "End_Time__c",
    "Duration__c",
];
const SESSION: &str = "Support_Session__c";

impl Org {
    /// The fields of the related list on a case that the user can't see, by their names in the org.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the user can't see the object at all, and the org can't be asked.
    pub async fn unseen_of_related_list(&self) -> Result<Vec<&'static str>, Error> {
        let seen = self.seen_fields(SESSION).await?;
        Ok(LIST.into_iter().filter(|field| !seen.contains(&field.to_ascii_lowercase())).collect())
    }

    /// The fields that the user can see, in lower case.
    async fn seen_fields(&self, object: &str) -> Result<BTreeSet<String>, Error> {
        let path = ["services", "data", API_VERSION, "sobjects", object, "describe"];
        Ok(fields_in(&self.json(&Call::get(&path, &[])).await?))
    }
}

fn fields_in(described: &Value) -> BTreeSet<String> {
    let fields = described["fields"].as_array().map_or(&[][..], Vec::as_slice);
    fields.iter().filter_map(|field| Some(field["name"].as_str()?.to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_fields_of_a_description_are_read_and_nothing_else_is_needed() {
        let described =
            json!({ "name": "X__c", "fields": [{ "name": "Case__c" }, { "label": 1 }] });
        assert_eq!(fields_in(&described), BTreeSet::from(["case__c".to_owned()]));
        assert!(fields_in(&json!({})).is_empty());
    }
}
