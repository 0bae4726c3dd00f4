//! The signed-in user, who owns all new records.

use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, named_params};

/// A user of an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The org's id.
    pub org_id: String,
    /// The user's id.
    pub user_id: String,
    /// The user name, for people.
    pub username: String,
}

/// The tables with an owner.
const OWNED: [&str; 7] =
    ["activity", "tag", "held_link", "recent_case", "jump", "agreed_case", "seen_session"];

/// The record id of the signed-in user, if there is one.
pub(crate) fn me(connection: &Connection) -> Result<Option<i64>, StoreError> {
    let owner: i64 = connection.query_row("SELECT owner FROM me", [], |row| row.get(0))?;
    Ok(Some(owner).filter(|owner| *owner != 0))
}

impl Store {
    /// The signed-in user, as last stored.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn owner(&self) -> Result<Option<Owner>, StoreError> {
        let connection = self.connection();
        let mut one = connection.prepare_cached(
            "SELECT org_id, user_id, username FROM owner WHERE id = (SELECT owner FROM me)",
        )?;
        let owner = one.query_row([], |row| {
            Ok(Owner {
                org_id: row.get("org_id")?,
                user_id: row.get("user_id")?,
                username: row.get("username")?,
            })
        });
        Ok(owner.optional()?)
    }

    /// Stores the signed-in user. If no user was stored before, records from versions without
    /// owners become theirs, but only if this is not a new sign-in.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_owner(&self, owner: &Owner, is_new: bool) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let before = me(&transaction)?;
        let id: i64 = transaction.query_row(
            "INSERT INTO owner (org_id, user_id, username) VALUES (:org, :user, :name)
             ON CONFLICT (org_id, user_id) DO UPDATE SET username = :name RETURNING id",
            named_params! { ":org": owner.org_id, ":user": owner.user_id, ":name": owner.username },
            |row| row.get(0),
        )?;
        transaction.execute(
            "INSERT OR REPLACE INTO signed_in (place, owner) VALUES ((SELECT name FROM temp.place), ?1)",
            [id],
        )?;
        if before.is_none() && !is_new {
            for table in OWNED {
                let adopt = format!("UPDATE OR IGNORE {table} SET owner = ?1 WHERE owner = 0");
                transaction.execute(&adopt, [id])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Stores that nobody is signed in. The user's recent cases and names are deleted; waiting items
    /// are kept.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn forget_owner(&self) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for table in ["recent_case", "sweep", "known_name"] {
            let forget = format!("DELETE FROM {table} WHERE owner = (SELECT owner FROM me)");
            transaction.execute(&forget, [])?;
        }
        let place = "DELETE FROM signed_in WHERE place = (SELECT name FROM temp.place)";
        transaction.execute(place, [])?;
        transaction.commit()?;
        crate::scrub(&connection);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, NewItem};
    use jiff::Timestamp;

    pub(super) fn owner(name: &str) -> Owner {
        Owner { org_id: "00D".to_owned(), user_id: format!("005{name}"), username: name.to_owned() }
    }

    fn import(subject: &str) -> NewItem<'_> {
        NewItem {
            kind: Kind::Import,
            subject,
            appliance: "Default",
            case_id: "",
            case_number: "",
            title: "Rosa Marin",
            payload: "{}",
        }
    }

    #[test]
    fn what_one_sign_in_left_is_not_another_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Store::open(&path, "keyring").unwrap();
        let at = Timestamp::UNIX_EPOCH;
        assert!(matches!(store.enqueue(&import("a"), at, at), Err(StoreError::Nobody)));
        store.note_owner(&owner("ada"), true).unwrap();
        let id = store.enqueue(&import("a"), at, at).unwrap();
        store.forget_owner().unwrap();
        assert_eq!(store.owner().unwrap(), None);
        assert_eq!(store.first(&[Kind::Import], Timestamp::MAX).unwrap(), None);
        store.note_owner(&owner("ben"), true).unwrap();
        assert_eq!(store.first(&[Kind::Import], Timestamp::MAX).unwrap(), None);
        let [item] = &store.outbox().unwrap()[..] else { panic!() };
        assert_eq!((item.held_for.as_deref(), item.title.as_str()), (Some("ada"), ""));
        let own = store.enqueue(&import("a"), at, at).unwrap();
        assert_ne!(own, id, "each has their own");
        store.note_owner(&owner("ada"), true).unwrap();
        assert_eq!(store.first(&[Kind::Import], Timestamp::MAX).unwrap().unwrap().id, id);
    }

    #[test]
    fn another_place_of_secrets_is_another_sign_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let tray = Store::open(&path, "keyring").unwrap();
        tray.note_owner(&owner("ada"), true).unwrap();
        let script = Store::open(&path, "/etc/credentials.toml").unwrap();
        assert_eq!(script.owner().unwrap(), None);
        script.note_owner(&owner("service"), false).unwrap();
        assert_eq!(tray.owner().unwrap(), Some(owner("ada")));
    }

    #[test]
    fn what_had_no_owner_is_whose_sign_in_it_was_all_along() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Store::open(&path, "keyring").unwrap();
        store.note_owner(&owner("ada"), true).unwrap();
        store.enqueue(&import("a"), Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH).unwrap();
        let old = "UPDATE activity SET owner = 0; DELETE FROM signed_in;";
        store.connection().execute_batch(old).unwrap();
        let [item] = &store.outbox().unwrap()[..] else { panic!() };
        assert_eq!(item.held_for, None, "nobody is signed in, and it is nobody's");
        store.note_owner(&owner("ben"), true).unwrap();
        assert_eq!(store.first(&[Kind::Import], Timestamp::MAX).unwrap(), None);
        assert_eq!(store.outbox().unwrap()[0].held_for.as_deref(), Some(""));
        store.forget_owner().unwrap();
        store.note_owner(&owner("ada"), false).unwrap();
        assert!(store.first(&[Kind::Import], Timestamp::MAX).unwrap().is_some());
    }
}
