//! Sessions that ended without a case. They are listed until a person chooses a case, dismisses
//! them, or they are too old.

use crate::{Store, StoreError, owners};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params};

/// How long they are stored.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);

/// A session that ended without a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSession {
    /// The appliance's name in the settings.
    pub appliance: String,
    /// The session.
    pub lsid: String,
    /// Its short number.
    pub lseq: Option<u64>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// The main customer's name.
    pub customer: Option<String>,
    /// The main customer's computer.
    pub hostname: Option<String>,
    /// The external key of another product.
    pub foreign_key: Option<String>,
    /// Whether the representative owned it.
    pub is_owner: bool,
}

impl Store {
    /// Adds sessions to the list, to be told about now. Known ones stay as they are.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_ended(&self, ended: &[EndedSession], now: Timestamp) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let me = owners::me(&transaction)?.ok_or(StoreError::Nobody)?;
        note(&transaction, me, ended, now)?;
        Ok(transaction.commit()?)
    }

    /// The listed sessions, latest first.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn ended_sessions(&self) -> Result<Vec<EndedSession>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(
            "SELECT * FROM ended_session WHERE owner = (SELECT owner FROM me) AND NOT settled
             ORDER BY coalesce(started_at, found_at) DESC, lsid",
        )?;
        Ok(all.query_map([], ended)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes the sessions that a person is to be told about now: all that are due, or only those
    /// that were put off. Each is taken once.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn take_due_ended(
        &self,
        now: Timestamp,
        only_put_off: bool,
    ) -> Result<Vec<EndedSession>, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        const DUE: &str = "owner = (SELECT owner FROM me) AND NOT settled AND due_at <= :now
                           AND (put_off OR NOT :only)";
        let due = {
            let mut due = transaction.prepare_cached(&format!(
                "SELECT * FROM ended_session WHERE {DUE}
                 ORDER BY coalesce(started_at, found_at) DESC, lsid"
            ))?;
            let values = named_params! { ":now": now.as_millisecond(), ":only": only_put_off };
            due.query_map(values, ended)?.collect::<rusqlite::Result<Vec<_>>>()?
        };
        transaction.execute(
            &format!("UPDATE ended_session SET due_at = NULL, put_off = 0 WHERE {DUE}"),
            named_params! { ":now": now.as_millisecond(), ":only": only_put_off },
        )?;
        transaction.commit()?;
        Ok(due)
    }

    /// Puts off the listed sessions that a person was told about.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn put_off_ended(&self, until: Timestamp) -> Result<(), StoreError> {
        self.connection().execute(
            "UPDATE ended_session SET due_at = :until, put_off = 1
             WHERE owner = (SELECT owner FROM me) AND NOT settled AND due_at IS NULL",
            named_params! { ":until": until.as_millisecond() },
        )?;
        Ok(())
    }

    /// Removes a session from the list for good: it has a case, or needs none.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn settle_ended(&self, appliance: &str, lsid: &str) -> Result<(), StoreError> {
        Ok(settle(&self.connection(), appliance, lsid)?)
    }

    /// When a person was last told about such sessions.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn swept_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let connection = self.connection();
        let mut one = connection
            .prepare_cached("SELECT at FROM sweep WHERE owner = (SELECT owner FROM me)")?;
        let at = one.query_row([], |row| row.get(0)).optional()?;
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    /// Stores when a person was told about such sessions.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_swept(&self, now: Timestamp) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT OR REPLACE INTO sweep (owner, at) VALUES ((SELECT owner FROM me), :at)",
            named_params! { ":at": now.as_millisecond() },
        )?;
        Ok(())
    }
}

/// Adds sessions to an owner's list.
pub(crate) fn note(
    connection: &Connection,
    owner: i64,
    ended: &[EndedSession],
    now: Timestamp,
) -> rusqlite::Result<()> {
    for one in ended {
        let lseq = one.lseq.and_then(|lseq| i64::try_from(lseq).ok());
        connection.execute(
            "INSERT OR IGNORE INTO ended_session (owner, appliance, lsid, lseq, started_at, customer,
                 hostname, foreign_key, is_owner, found_at, due_at)
             VALUES (:owner, :appliance, :lsid, :lseq, :started_at, :customer, :hostname,
                 :foreign_key, :is_owner, :now, :now)",
            named_params! {
                ":owner": owner,
                ":appliance": one.appliance,
                ":lsid": one.lsid,
                ":lseq": lseq,
                ":started_at": one.started_at.map(Timestamp::as_millisecond),
                ":customer": one.customer,
                ":hostname": one.hostname,
                ":foreign_key": one.foreign_key,
                ":is_owner": one.is_owner,
                ":now": now.as_millisecond(),
            },
        )?;
    }
    let oldest = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN).as_millisecond();
    connection.execute("DELETE FROM ended_session WHERE found_at < ?1", [oldest]).map(drop)
}

/// Removes a session from the list of the signed-in user.
pub(crate) fn settle(connection: &Connection, appliance: &str, lsid: &str) -> rusqlite::Result<()> {
    let settled = connection.execute(
        "UPDATE ended_session SET settled = 1, customer = NULL, hostname = NULL, foreign_key = NULL
         WHERE owner = (SELECT owner FROM me) AND appliance = :appliance AND lsid = :lsid",
        named_params! { ":appliance": appliance, ":lsid": lsid },
    );
    settled.map(drop)
}

fn ended(row: &Row<'_>) -> rusqlite::Result<EndedSession> {
    let started: Option<i64> = row.get("started_at")?;
    let lseq: Option<i64> = row.get("lseq")?;
    Ok(EndedSession {
        appliance: row.get("appliance")?,
        lsid: row.get("lsid")?,
        lseq: lseq.and_then(|lseq| u64::try_from(lseq).ok()),
        started_at: started.and_then(|at| Timestamp::from_millisecond(at).ok()),
        customer: row.get("customer")?,
        hostname: row.get("hostname")?,
        foreign_key: row.get("foreign_key")?,
        is_owner: row.get("is_owner")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Owner;

    fn session(lsid: &str) -> EndedSession {
        EndedSession {
            appliance: "Default".to_owned(),
            lsid: lsid.to_owned(),
            lseq: Some(7),
            started_at: Timestamp::from_second(5).ok(),
            customer: Some("Rosa Marin".to_owned()),
            hostname: None,
            foreign_key: None,
            is_owner: true,
        }
    }

    #[test]
    fn what_was_found_put_off_or_dismissed_outlives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let owner = Owner {
            org_id: "00D".to_owned(),
            user_id: "005".to_owned(),
            username: "ada".to_owned(),
        };
        let at = |second| Timestamp::from_second(second).unwrap();
        let store = Store::open(&path, "here").unwrap();
        assert!(matches!(store.note_ended(&[session("a")], at(10)), Err(StoreError::Nobody)));
        store.note_owner(&owner, true).unwrap();
        store.note_ended(&[session("a"), session("b"), session("c")], at(10)).unwrap();
        assert_eq!(store.take_due_ended(at(10), true).unwrap(), []);
        assert_eq!(store.take_due_ended(at(10), false).unwrap().len(), 3);
        assert_eq!(store.take_due_ended(at(11), false).unwrap(), [], "each is told once");
        store.settle_ended("Default", "b").unwrap();
        store.put_off_ended(at(100)).unwrap();
        drop(store);
        let store = Store::open(&path, "here").unwrap();
        store.note_ended(&[session("a"), session("b")], at(50)).unwrap();
        assert_eq!(store.ended_sessions().unwrap(), [session("a"), session("c")]);
        assert_eq!(store.take_due_ended(at(99), true).unwrap(), []);
        let put_off = store.take_due_ended(at(100), true).unwrap();
        assert_eq!(put_off, [session("a"), session("c")]);
        let far = at(100).checked_add(KEPT * 2).unwrap();
        store.note_ended(&[], far).unwrap();
        assert_eq!(store.ended_sessions().unwrap(), []);
    }

    #[test]
    fn the_last_sweep_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        assert_eq!(store.swept_at().unwrap(), None);
        for second in [1, 2] {
            let at = Timestamp::from_second(second).unwrap();
            store.note_swept(at).unwrap();
            assert_eq!(store.swept_at().unwrap(), Some(at));
        }
    }
}
