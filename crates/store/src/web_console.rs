//! What an appliance's web console was seen to do, by the version of the appliance.

use crate::{Store, StoreError};
use jiff::Timestamp;
use rusqlite::named_params;
use std::collections::BTreeMap;

impl Store {
    /// Whether anything is stored about the web console of this appliance.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn knows_web_console(&self, appliance: &str) -> Result<bool, StoreError> {
        let connection = self.connection();
        let mut any = connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM web_action
             WHERE owner = (SELECT owner FROM me) AND appliance = ?1)",
        )?;
        Ok(any.query_row([appliance], |row| row.get(0))?)
    }

    /// Which actions worked in the web console of this version, and which did not.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn web_actions(
        &self,
        appliance: &str,
        version: &str,
    ) -> Result<BTreeMap<String, bool>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(
            "SELECT action, works FROM web_action
             WHERE owner = (SELECT owner FROM me) AND appliance = :appliance AND version = :version",
        )?;
        let values = named_params! { ":appliance": appliance, ":version": version };
        let all = all.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// Stores whether an action worked. One that has worked once is supported, whatever comes later.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_web_action(
        &self,
        appliance: &str,
        version: &str,
        action: &str,
        works: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT INTO web_action (owner, appliance, version, action, works, at)
             VALUES ((SELECT owner FROM me), :appliance, :version, :action, :works, :now)
             ON CONFLICT DO UPDATE SET works = max(works, excluded.works), at = excluded.at",
            named_params! {
                ":appliance": appliance, ":version": version, ":action": action,
                ":works": works, ":now": now.as_millisecond(),
            },
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_worked_once_is_supported_by_that_version() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(!store.knows_web_console("Default").unwrap());
        for (second, action, works) in
            [(1, "rdp", false), (2, "rdp", true), (3, "rdp", false), (4, "shell", false)]
        {
            store.note_web_action("Default", "1.25", action, works, at(second)).unwrap();
        }
        let known = store.web_actions("Default", "1.25").unwrap();
        assert_eq!(known, BTreeMap::from([("rdp".to_owned(), true), ("shell".to_owned(), false)]));
        assert!(store.knows_web_console("Default").unwrap());
        assert!(store.web_actions("Default", "1.26").unwrap().is_empty());
        assert!(store.web_actions("EMEA", "1.25").unwrap().is_empty());
    }
}
