//! What the org knows: its app, its users, its records, the mails that were handed over, and who is
//! signed in.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::oauth::grants::Grants;
use super::records::{Record, Records};
use crate::common::chance::Chance;
use crate::common::faults::Faults;
use crate::common::site::{Common, Site};

/// The handle that handlers share.
pub(crate) type Shared = Arc<Site<State>>;

/// The org.
#[derive(Debug, Serialize)]
pub(crate) struct State {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) users: Vec<SeededUser>,
    pub(crate) records: Records,
    /// Every mail that was handed over, logged on a case or not.
    pub(crate) mail: Vec<SentMail>,
    pub(crate) api_usage: u32,
    #[serde(skip)]
    pub(crate) grants: Grants,
    /// What is left of longer answers, by locator.
    #[serde(skip)]
    pub(super) cursors: BTreeMap<String, Vec<Value>>,
    #[serde(skip)]
    pub(crate) chance: Chance,
    #[serde(skip)]
    pub(crate) common: Arc<Common>,
}

/// A user who can sign in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SeededUser {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) representative: String,
}

impl State {
    pub(crate) fn new(
        mut chance: Chance,
        common: Arc<Common>,
        id: String,
        users: Vec<SeededUser>,
        records: Records,
    ) -> Self {
        Self {
            id,
            client_id: format!("3MVG9{}", chance.word(60)),
            users,
            records,
            mail: Vec::new(),
            api_usage: 0,
            grants: Grants::default(),
            cursors: BTreeMap::new(),
            chance,
            common,
        }
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.common.faults
    }

    /// The time in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.common.clock.now()
    }

    /// The id and number of the first case.
    pub(crate) fn first_case(&self) -> (String, String) {
        id_and_number(self.records.rows("Case").first())
    }

    /// The id and number of the case with an id.
    pub(crate) fn case(&self, id: &str) -> Option<(String, String)> {
        self.records.find("Case", id).map(|case| id_and_number(Some(case)))
    }
}

fn id_and_number(case: Option<&Record>) -> (String, String) {
    let text = |field: &str| {
        case.and_then(|case| case.get(field)).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    (text("Id"), text("CaseNumber"))
}

/// A mail as it was handed over.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SentMail {
    pub(crate) at: i64,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) rich: bool,
    /// The case (or other record) it names.
    pub(crate) related_record_id: Option<String>,
    /// The EmailMessage, if it was logged.
    pub(crate) email_message_id: Option<String>,
}
