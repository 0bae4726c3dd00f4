//! The migrations of the schema. A released migration never changes.

use crate::StoreError;
use rusqlite::{Connection, TransactionBehavior};

const STEPS: &[&str] = &[
    "
    CREATE TABLE jump (
        id INTEGER PRIMARY KEY,
        appliance TEXT NOT NULL,
        method TEXT NOT NULL,
        fields TEXT NOT NULL,
        title TEXT NOT NULL,
        jumpoint TEXT NOT NULL,
        used_at INTEGER NOT NULL,
        pinned INTEGER NOT NULL DEFAULT 0,
        UNIQUE (appliance, method, fields)
    ) STRICT;
    CREATE INDEX jump_by_use ON jump (pinned DESC, used_at DESC);
",
    "
    CREATE TABLE tag (
        id INTEGER PRIMARY KEY,
        appliance TEXT NOT NULL,
        lsid TEXT NOT NULL,
        case_id TEXT NOT NULL,
        case_number TEXT NOT NULL,
        external_key TEXT NOT NULL,
        previous TEXT NOT NULL,
        tagged_at INTEGER NOT NULL,
        undone_at INTEGER
    ) STRICT;
    CREATE INDEX tag_by_time ON tag (tagged_at DESC);
    CREATE TABLE held_link (
        appliance TEXT NOT NULL,
        lsid TEXT NOT NULL,
        case_id TEXT NOT NULL,
        case_number TEXT NOT NULL,
        held_at INTEGER NOT NULL,
        PRIMARY KEY (appliance, lsid)
    ) STRICT;
    CREATE TABLE recent_case (
        id TEXT PRIMARY KEY,
        number TEXT NOT NULL,
        subject TEXT NOT NULL,
        contact TEXT NOT NULL,
        opened_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE sweep (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        at INTEGER NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE activity (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        appliance TEXT NOT NULL,
        case_id TEXT NOT NULL,
        case_number TEXT NOT NULL,
        title TEXT NOT NULL,
        payload TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        error_code TEXT,
        error_detail TEXT,
        summary TEXT NOT NULL,
        revision INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE UNIQUE INDEX activity_open ON activity (kind, appliance, subject)
        WHERE state IN ('waiting', 'parked');
    CREATE INDEX activity_by_due ON activity (due_at) WHERE state = 'waiting';
    CREATE INDEX activity_by_change ON activity (changed_at DESC);
    CREATE TABLE outbox_hold (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        until INTEGER NOT NULL,
        code TEXT NOT NULL
    ) STRICT;
",
    // The owner of each record. Records from earlier versions have no owner yet: 0.
    "
    CREATE TABLE owner (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        org_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        username TEXT NOT NULL,
        UNIQUE (org_id, user_id)
    ) STRICT;
    CREATE TABLE signed_in (
        place TEXT PRIMARY KEY,
        owner INTEGER NOT NULL
    ) STRICT;

    ALTER TABLE jump RENAME TO old_jump;
    CREATE TABLE jump (
        id INTEGER PRIMARY KEY,
        owner INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        method TEXT NOT NULL,
        fields TEXT NOT NULL,
        title TEXT NOT NULL,
        jumpoint TEXT NOT NULL,
        used_at INTEGER NOT NULL,
        pinned INTEGER NOT NULL DEFAULT 0,
        UNIQUE (owner, appliance, method, fields)
    ) STRICT;
    INSERT INTO jump SELECT id, 0, appliance, method, fields, title, jumpoint, used_at, pinned FROM old_jump;
    DROP TABLE old_jump;
    CREATE INDEX jump_by_use ON jump (pinned DESC, used_at DESC);

    ALTER TABLE held_link RENAME TO old_held_link;
    CREATE TABLE held_link (
        owner INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        lsid TEXT NOT NULL,
        case_id TEXT NOT NULL,
        case_number TEXT NOT NULL,
        held_at INTEGER NOT NULL,
        PRIMARY KEY (owner, appliance, lsid)
    ) STRICT;
    INSERT INTO held_link SELECT 0, appliance, lsid, case_id, case_number, held_at FROM old_held_link;
    DROP TABLE old_held_link;

    ALTER TABLE recent_case RENAME TO old_recent_case;
    CREATE TABLE recent_case (
        owner INTEGER NOT NULL,
        id TEXT NOT NULL,
        number TEXT NOT NULL,
        subject TEXT NOT NULL,
        contact TEXT NOT NULL,
        opened_at INTEGER NOT NULL,
        PRIMARY KEY (owner, id)
    ) STRICT;
    INSERT INTO recent_case SELECT 0, id, number, subject, contact, opened_at FROM old_recent_case;
    DROP TABLE old_recent_case;

    DROP TABLE sweep;
    CREATE TABLE sweep (
        owner INTEGER PRIMARY KEY,
        at INTEGER NOT NULL
    ) STRICT;

    ALTER TABLE tag ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE activity ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
    DROP INDEX activity_open;
    CREATE UNIQUE INDEX activity_open ON activity (owner, kind, appliance, subject)
        WHERE state IN ('waiting', 'parked');

    CREATE TABLE agreed_case (
        owner INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        lsid TEXT NOT NULL,
        case_id TEXT NOT NULL,
        agreed_at INTEGER NOT NULL,
        PRIMARY KEY (owner, appliance, lsid)
    ) STRICT;
    CREATE TABLE look (
        owner INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (owner, appliance)
    ) STRICT;
    CREATE TABLE seen_session (
        owner INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        lsid TEXT NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (owner, appliance, lsid)
    ) STRICT;
",
    "
    ALTER TABLE activity ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE mended (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        at INTEGER NOT NULL,
        carried INTEGER NOT NULL,
        aside TEXT NOT NULL,
        seen INTEGER NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE ended_session (
        owner INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        lsid TEXT NOT NULL,
        lseq INTEGER,
        started_at INTEGER,
        customer TEXT,
        hostname TEXT,
        foreign_key TEXT,
        is_owner INTEGER NOT NULL,
        found_at INTEGER NOT NULL,
        due_at INTEGER,
        put_off INTEGER NOT NULL DEFAULT 0,
        settled INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (owner, appliance, lsid)
    ) STRICT;
    CREATE TABLE web_action (
        owner INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        version TEXT NOT NULL,
        action TEXT NOT NULL,
        works INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (owner, appliance, version, action)
    ) STRICT;
",
    // The name that an appliance knows the user by.
    "
    CREATE TABLE known_name (
        owner INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        name TEXT NOT NULL,
        number TEXT,
        PRIMARY KEY (owner, appliance)
    ) STRICT;
",
];

/// The signed-in user for this connection's secrets; 0 means nobody. Every query uses it, so that
/// records of one user are never shown to another.
const ME: &str = "
    CREATE TEMP TABLE place (name TEXT NOT NULL);
    CREATE TEMP VIEW me AS SELECT coalesce(
        (SELECT owner FROM main.signed_in WHERE place = (SELECT name FROM temp.place)), 0
    ) AS owner;
";

/// Sets the storage of the secrets for the connection's queries.
pub(crate) fn settle_in(connection: &Connection, place: &str) -> Result<(), StoreError> {
    connection.execute_batch(ME)?;
    connection.execute("INSERT INTO temp.place (name) VALUES (?1)", [place])?;
    Ok(())
}

/// Refuses a newer schema before anything is written.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<(), StoreError> {
    match version(connection)? as usize > STEPS.len() {
        true => Err(StoreError::Newer),
        false => Ok(()),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Migrates the schema, all or nothing.
pub(crate) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    // A second process finds the migration done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&transaction)?;
    for (step, number) in STEPS.iter().zip(1_u32..).skip(done as usize) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Owner, Store};

    #[test]
    fn what_a_version_without_owners_wrote_is_kept_for_whose_sign_in_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let old = Connection::open(&path).unwrap();
        for step in &STEPS[..3] {
            old.execute_batch(step).unwrap();
        }
        old.execute_batch(
            "PRAGMA user_version = 3;
             INSERT INTO jump VALUES (1, 'Default', 'rdp', '{}', 'PC', '', 5, 1);
             INSERT INTO held_link VALUES ('Default', 'l', 'c', '1', 5);
             INSERT INTO recent_case VALUES ('c', '1', '', '', 5);
             INSERT INTO activity VALUES
                (1, 'import', 'l', 'Default', '', '', '', '{}', 'waiting', 0, 5, 5, 5, NULL, NULL, '', 0);",
        )
        .unwrap();
        drop(old);
        let store = Store::open(&path, "keyring").unwrap();
        let (org_id, user_id, username) = ("00D".to_owned(), "005".to_owned(), "ada".to_owned());
        store.note_owner(&Owner { org_id, user_id, username }, false).unwrap();
        let counts = (
            store.jumps().unwrap().len(),
            store.held_links().unwrap().len(),
            store.cases().unwrap().len(),
        );
        assert_eq!(counts, (1, 1, 1));
        assert_eq!(store.outbox().unwrap()[0].held_for, None);
    }
}
