//! What the control page shows of the org: the mails that were handed over.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::state::State;
use crate::common::html::escape;

pub(crate) fn emails(body: &mut String, state: &State) {
    body.push_str("<h2>E-mails</h2><table id=\"emails\">");
    for mail in state.mail.iter().rev() {
        let logged = if mail.email_message_id.is_some() { "on the case" } else { "not logged" };
        let _ = write!(
            body,
            "<tr><td>{}<td>{}<td>{logged}",
            escape(&mail.to.join(", ")),
            escape(&mail.subject),
        );
    }
    body.push_str("</table>");
}

/// What a test may want to know. Tokens are counted, not shown.
pub(crate) fn describe(state: &State) -> Map<String, Value> {
    let (access_tokens, grants) = state.grants.counts(state.now());
    let org = json!({ "id": state.id, "users": state.users, "api_usage": state.api_usage });
    let rows = |object: &str| json!(state.records.rows(object));
    Map::from_iter([
        ("org".to_owned(), org),
        ("access_tokens".to_owned(), json!(access_tokens)),
        ("grants".to_owned(), json!(grants)),
        ("cases".to_owned(), rows("Case")),
        ("emails".to_owned(), rows("EmailMessage")),
        ("case_comments".to_owned(), rows("CaseComment")),
        ("files".to_owned(), rows("ContentVersion")),
        ("support".to_owned(), json!(state.records.support_rows())),
        ("case_keys".to_owned(), rows("Support_Session_Key__c")),
        ("log".to_owned(), rows("Casebridge_Log__c")),
        ("mail".to_owned(), json!(state.mail)),
    ])
}
