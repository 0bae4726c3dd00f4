//! The time of the last search for ended sessions, and the sessions that are already known.

use crate::{EndedSession, NewItem, Store, StoreError, ended, outbox, owners};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, named_params};
use std::collections::BTreeSet;

/// How long known sessions are stored: somewhat longer than they are searched for.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);

impl Store {
    /// The time of the last complete search for an appliance's ended sessions.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn looked_at(&self, appliance: &str) -> Result<Option<Timestamp>, StoreError> {
        let connection = self.connection();
        let mut one = connection.prepare_cached(
            "SELECT at FROM look WHERE appliance = ?1 AND owner = (SELECT owner FROM me)",
        )?;
        let at: Option<i64> = one.query_row([appliance], |row| row.get(0)).optional()?;
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    /// An appliance's sessions that are known to have ended or to have an import.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn seen_sessions(&self, appliance: &str) -> Result<BTreeSet<String>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(
            "SELECT lsid FROM seen_session WHERE appliance = ?1 AND owner = (SELECT owner FROM me)
             UNION SELECT subject FROM activity
             WHERE appliance = ?1 AND kind = 'import' AND owner = (SELECT owner FROM me)",
        )?;
        let all = all.query_map([appliance], |row| row.get(0))?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// Stores a complete search at this time of the appliance, all or nothing: queues new sessions
    /// once, each for its time, lists those that ended without a case, and marks all as known.
    ///
    /// # Errors
    /// The database reported an error. Then the search does not count.
    pub fn note_look(
        &self,
        appliance: &str,
        seen: &[String],
        new: &[(NewItem<'_>, Timestamp)],
        without_case: &[EndedSession],
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let me = owners::me(&transaction)?.ok_or(StoreError::Nobody)?;
        for (item, due) in new {
            outbox::enqueue(&transaction, me, item, *due, now)?;
        }
        ended::note(&transaction, me, without_case, now)?;
        for lsid in seen {
            transaction.execute(
                "INSERT OR REPLACE INTO seen_session (owner, appliance, lsid, seen_at)
                 VALUES (:me, :appliance, :lsid, :now)",
                named_params! {
                    ":me": me, ":appliance": appliance, ":lsid": lsid, ":now": now.as_millisecond(),
                },
            )?;
        }
        let oldest = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN).as_millisecond();
        transaction.execute("DELETE FROM seen_session WHERE seen_at < ?1", [oldest])?;
        transaction.execute(
            "INSERT OR REPLACE INTO look (owner, appliance, at) VALUES (:me, :appliance, :at)",
            named_params! { ":me": me, ":appliance": appliance, ":at": at.as_millisecond() },
        )?;
        Ok(transaction.commit()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Owner, Verdict};

    #[test]
    fn a_look_is_kept_with_what_it_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Store::open(&path, "keyring").unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        let look = |store: &Store, seen: &str, second| {
            let item = NewItem {
                kind: Kind::Import,
                subject: seen,
                appliance: "Default",
                case_id: "",
                case_number: "",
                title: "",
                payload: "{}",
            };
            let due = at(second);
            store.note_look("Default", &[seen.to_owned()], &[(item, due)], &[], due, due)
        };
        assert!(matches!(look(&store, "a", 1), Err(StoreError::Nobody)));
        let owner = |user: &str| Owner {
            org_id: "00D".to_owned(),
            user_id: user.to_owned(),
            username: user.to_owned(),
        };
        store.note_owner(&owner("ada"), true).unwrap();
        look(&store, "a", 1).unwrap();
        let item = store.first(&[Kind::Import], Timestamp::MAX).unwrap().unwrap();
        store.judge((item.id, item.revision), &Verdict::Drop, None, at(2)).unwrap();
        drop(store);
        let store = Store::open(&path, "keyring").unwrap();
        assert_eq!(store.looked_at("Default").unwrap(), Some(at(1)));
        assert_eq!(store.looked_at("Other").unwrap(), None);
        let known: Vec<String> = store.seen_sessions("Default").unwrap().into_iter().collect();
        assert_eq!(known, ["a"], "also one whose import came to nothing");
        store.note_owner(&owner("ben"), true).unwrap();
        assert_eq!(store.looked_at("Default").unwrap(), None);
        assert!(store.seen_sessions("Default").unwrap().is_empty());
    }
}
