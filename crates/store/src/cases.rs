//! Recently opened cases, and the time of the last search for sessions without a case.

use crate::{Store, StoreError};
use jiff::Timestamp;
use rusqlite::named_params;

/// How many cases are stored.
const KEPT: u32 = 20;

/// A case that was opened in Casebridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// The record id.
    pub id: String,
    /// The number.
    pub number: String,
    /// The subject; may be empty.
    pub subject: String,
    /// The contact's name; may be empty.
    pub contact: String,
    /// When it was last opened.
    pub opened_at: Timestamp,
}

impl Store {
    /// Remembers a case as the latest. The oldest ones beyond the limit are deleted.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_case(&self, case: &CaseRecord) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT OR REPLACE INTO recent_case (owner, id, number, subject, contact, opened_at)
             VALUES ((SELECT owner FROM me), :id, :number, :subject, :contact, :opened_at)",
            named_params! {
                ":id": case.id,
                ":number": case.number,
                ":subject": case.subject,
                ":contact": case.contact,
                ":opened_at": case.opened_at.as_millisecond(),
            },
        )?;
        transaction.execute(
            "DELETE FROM recent_case WHERE owner = (SELECT owner FROM me) AND id NOT IN
             (SELECT id FROM recent_case WHERE owner = (SELECT owner FROM me)
              ORDER BY opened_at DESC LIMIT :kept)",
            named_params! { ":kept": KEPT },
        )?;
        Ok(transaction.commit()?)
    }

    /// The cases, latest first.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn cases(&self) -> Result<Vec<CaseRecord>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(
            "SELECT * FROM recent_case WHERE owner = (SELECT owner FROM me) ORDER BY opened_at DESC",
        )?;
        let all = all.query_map([], |row| {
            let at = Timestamp::from_millisecond(row.get("opened_at")?);
            Ok(CaseRecord {
                id: row.get("id")?,
                number: row.get("number")?,
                subject: row.get("subject")?,
                contact: row.get("contact")?,
                opened_at: at.unwrap_or_default(),
            })
        })?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: &str, second: i64) -> CaseRecord {
        CaseRecord {
            id: id.to_owned(),
            number: "00001026".to_owned(),
            subject: String::new(),
            contact: "Rosa Marin".to_owned(),
            opened_at: Timestamp::from_second(second).unwrap(),
        }
    }

    #[test]
    fn the_latest_case_is_first_and_each_is_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        for (id, second) in [("a", 1), ("b", 2), ("a", 3)] {
            store.note_case(&case(id, second)).unwrap();
        }
        assert_eq!(store.cases().unwrap(), [case("a", 3), case("b", 2)]);
        for second in 10..60 {
            store.note_case(&case(&second.to_string(), second)).unwrap();
        }
        let kept = store.cases().unwrap();
        assert_eq!((kept.len(), kept[0].id.as_str()), (20, "59"));
        store.forget_owner().unwrap();
        assert_eq!(store.cases().unwrap(), []);
    }
}
