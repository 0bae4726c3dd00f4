//! The steps from one version of the schema to the next. A step that was released never changes.

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
];

/// Looks before anything is written.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<(), StoreError> {
    match version(connection)? as usize > STEPS.len() {
        true => Err(StoreError::Newer),
        false => Ok(()),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings the schema up to date, all or nothing.
pub(crate) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    // Whoever comes second finds the work done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&transaction)?;
    for (step, number) in STEPS.iter().zip(1_u32..).skip(done as usize) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    Ok(transaction.commit()?)
}
