//! The name under which an appliance last created a key for the signed-in user.

use crate::{Store, StoreError, owners};
use rusqlite::{OptionalExtension, named_params};

/// A user name that an appliance knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownName {
    /// The user name.
    pub name: String,
    /// The appliance's number of the representative, if it told.
    pub number: Option<String>,
}

impl Store {
    /// The name that last worked for the signed-in user on an appliance.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn known_name(&self, appliance: &str) -> Result<Option<KnownName>, StoreError> {
        let connection = self.connection();
        let mut one = connection.prepare_cached(
            "SELECT name, number FROM known_name
             WHERE appliance = ?1 AND owner = (SELECT owner FROM me)",
        )?;
        let known = one.query_row([appliance], |row| {
            Ok(KnownName { name: row.get("name")?, number: row.get("number")? })
        });
        Ok(known.optional()?)
    }

    /// Stores the name that worked. Without a number, one that is stored for the same name is kept.
    ///
    /// # Errors
    /// The database reported an error, or nobody is signed in.
    pub fn note_known_name(&self, appliance: &str, known: &KnownName) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let me = owners::me(&transaction)?.ok_or(StoreError::Nobody)?;
        transaction.execute(
            "INSERT INTO known_name (owner, appliance, name, number)
             VALUES (:me, :appliance, :name, :number)
             ON CONFLICT (owner, appliance) DO UPDATE SET
                number = CASE name WHEN :name THEN coalesce(:number, number) ELSE :number END,
                name = :name",
            named_params! {
                ":me": me, ":appliance": appliance, ":name": known.name, ":number": known.number,
            },
        )?;
        Ok(transaction.commit()?)
    }

    /// Forgets the name that worked, because the appliance no longer knows it.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn forget_known_name(&self, appliance: &str) -> Result<(), StoreError> {
        self.connection().execute(
            "DELETE FROM known_name WHERE appliance = ?1 AND owner = (SELECT owner FROM me)",
            [appliance],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Owner;

    fn known(name: &str, number: Option<&str>) -> KnownName {
        KnownName { name: name.to_owned(), number: number.map(str::to_owned) }
    }

    #[test]
    fn the_name_that_worked_is_kept_for_each_user_and_appliance_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "keyring").unwrap();
        let note = |name, number| store.note_known_name("Default", &known(name, number));
        assert!(matches!(note("ada", None), Err(StoreError::Nobody)));
        let sign_in = |user: &str| {
            let (org_id, user) = ("00D".to_owned(), user.to_owned());
            let owner = Owner { org_id, user_id: user.clone(), username: user };
            store.note_owner(&owner, true).unwrap();
        };
        sign_in("one");
        note("ada", Some("2")).unwrap();
        note("ada", None).unwrap();
        assert_eq!(store.known_name("Default").unwrap(), Some(known("ada", Some("2"))));
        note("quill", None).unwrap();
        assert_eq!(store.known_name("Default").unwrap(), Some(known("quill", None)));
        assert_eq!(store.known_name("Other").unwrap(), None);
        sign_in("two");
        assert_eq!(store.known_name("Default").unwrap(), None);
        sign_in("one");
        store.forget_known_name("Default").unwrap();
        assert_eq!(store.known_name("Default").unwrap(), None);
        note("ada", None).unwrap();
        store.forget_owner().unwrap();
        sign_in("one");
        assert_eq!(store.known_name("Default").unwrap(), None);
    }
}
