//! Appliances that get another name in the settings: what is remembered goes with them.

use crate::{Store, StoreError};
use rusqlite::params;

impl Store {
    /// Gives everything that is stored under an appliance's name its new name, for every owner.
    /// What an earlier appliance left under the new name is replaced.
    ///
    /// # Errors
    /// The database reported an error. Then nothing is renamed.
    pub fn rename_appliance(&self, old: &str, new: &str) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let tables: Vec<String> = {
            let mut tables = transaction.prepare(
                "SELECT list.name FROM sqlite_master AS list
                 JOIN pragma_table_info(list.name) AS field ON field.name = 'appliance'
                 WHERE list.type = 'table'",
            )?;
            let names = tables.query_map([], |row| row.get(0))?;
            names.collect::<rusqlite::Result<_>>()?
        };
        for table in tables {
            transaction.execute(
                &format!("UPDATE OR REPLACE \"{table}\" SET appliance = ?2 WHERE appliance = ?1"),
                params![old, new],
            )?;
        }
        Ok(transaction.commit()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Owner;
    use jiff::Timestamp;

    #[test]
    fn what_is_remembered_goes_with_a_new_name() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "keyring").unwrap();
        let ada = Owner {
            org_id: "00D".to_owned(),
            user_id: "ada".to_owned(),
            username: "ada".to_owned(),
        };
        store.note_owner(&ada, true).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        store.note_look("HR", &["a".to_owned()], &[], &[], now, now).unwrap();
        store.rename_appliance("HR", "Staff").unwrap();
        assert_eq!(store.looked_at("Staff").unwrap(), Some(now));
        assert_eq!(store.looked_at("HR").unwrap(), None);
        assert!(store.seen_sessions("Staff").unwrap().contains("a"));
    }
}
