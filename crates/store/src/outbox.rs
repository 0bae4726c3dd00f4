//! Waiting and finished items: the durable outbox, and the history.
//!
//! An item is stored before anything is sent, and closed only after the server has confirmed. There
//! is at most one open item with the same kind and subject. The window that shows them is called Activity, and so
//! is their table.

use crate::{Store, StoreError, owners};
use jiff::Timestamp;
use rusqlite::types::{FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, named_params, types::FromSql};

/// How many closed items are stored.
const KEPT: u32 = 500;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$of])* $variant),* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in the database and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let word = value.as_str()?;
                let known = Self::ALL.iter().find(|one| one.as_str() == word);
                known.copied().ok_or(FromSqlError::InvalidType)
            }
        }
    };
}

words! {
    /// What is done.
    Kind {
        /// The import of a session's report to the org.
        Import = "import",
        /// The import of a session's late surveys.
        Survey = "survey",
        /// An e-mail is handed to the org.
        Email = "email",
        /// A session key was made.
        Key = "key",
        /// A jump was started.
        Jump = "jump",
        /// A session was tagged with a case.
        Tag = "tag",
        /// A failure is written to the org's log.
        Log = "log",
        /// A session key that has expired is deleted from its case.
        KeyEnd = "key_end",
    }
}

impl Kind {
    /// Whether nobody asked for it, so that nobody is told of it either.
    pub fn is_quiet(self) -> bool {
        match self {
            Self::Log | Self::KeyEnd => true,
            Self::Import | Self::Survey | Self::Email | Self::Key | Self::Jump | Self::Tag => false,
        }
    }
}

words! {
    /// How far it is.
    State {
        /// It is waiting for its next attempt.
        Waiting = "waiting",
        /// It needs a person.
        Parked = "parked",
        /// The other side has confirmed it.
        Done = "done",
        /// A person discarded it.
        Discarded = "discarded",
        /// It was given up and is not retried. Its failure has the reason.
        GaveUp = "gave_up",
    }
}

/// A new item, waiting or finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem<'a> {
    /// What it is.
    pub kind: Kind,
    /// The subject. There is one open item per subject.
    pub subject: &'a str,
    /// The appliance's name in the settings.
    pub appliance: &'a str,
    /// The case's record id; empty if not known.
    pub case_id: &'a str,
    /// The case's number; empty if not known.
    pub case_number: &'a str,
    /// The title for people.
    pub title: &'a str,
    /// The payload, as written by its job.
    pub payload: &'a str,
}

/// A stored item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The record's id.
    pub id: u32,
    /// What it is.
    pub kind: Kind,
    /// What it is about.
    pub subject: String,
    /// The appliance's name in the settings.
    pub appliance: String,
    /// The case's record id; empty if not known.
    pub case_id: String,
    /// The case's number; empty if not known.
    pub case_number: String,
    /// The title for people.
    pub title: String,
    /// The payload.
    pub payload: String,
    /// How far it is.
    pub state: State,
    /// How often it failed.
    pub attempts: u32,
    /// How often it was postponed, for any reason.
    pub tries: u32,
    /// When it is next attempted.
    pub due_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// The code of its last failure.
    pub error_code: Option<String>,
    /// The detail of its last failure.
    pub error_detail: Option<String>,
    /// The result, for people.
    pub summary: String,
    /// Increased with each new request for this item.
    pub revision: u32,
    /// The owner's user name, if the owner is not signed in. The item waits for them, and its texts
    /// are removed. Empty if the user name is not known.
    pub held_for: Option<String>,
}

/// The result of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Retry at this time.
    Later {
        /// When.
        due: Timestamp,
        /// The failure's code and detail.
        error: Option<(&'a str, &'a str)>,
        /// Whether the failure counts as the item's own. Consecutive failures with the same code
        /// are counted; a postponement without a failure resets the count.
        counts: bool,
        /// The new payload, if it has changed.
        payload: Option<&'a str>,
    },
    /// A person has to look.
    Park {
        /// The failure's code.
        code: &'a str,
        /// What it was about.
        detail: &'a str,
    },
    /// It is done.
    Done {
        /// The result.
        summary: &'a str,
        /// The case's record id and number, if they were found on the way.
        case: Option<(&'a str, &'a str)>,
    },
    /// It is given up, and nobody needs to act. The record is kept.
    GiveUp {
        /// The failure's code.
        code: &'a str,
        /// What it was about.
        detail: &'a str,
    },
    /// There was nothing to do, so the item is deleted.
    Drop,
}

fn time(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or_default()
}

/// Selects an item, with its owner if that is not the signed-in user.
const ITEM: &str = "SELECT activity.*, iif(activity.owner = me.owner, NULL, coalesce(owner.username, '')) \
                    AS held_for FROM activity, me LEFT JOIN owner ON owner.id = activity.owner";

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let item = whole_item(row)?;
    Ok(match item.held_for {
        None => item,
        Some(_) => Item {
            subject: String::new(),
            case_id: String::new(),
            case_number: String::new(),
            title: String::new(),
            payload: String::new(),
            error_detail: None,
            ..item
        },
    })
}

fn whole_item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: row.get("id")?,
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        appliance: row.get("appliance")?,
        case_id: row.get("case_id")?,
        case_number: row.get("case_number")?,
        title: row.get("title")?,
        payload: row.get("payload")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        tries: row.get("tries")?,
        due_at: time(row.get("due_at")?),
        created_at: time(row.get("created_at")?),
        changed_at: time(row.get("changed_at")?),
        error_code: row.get("error_code")?,
        error_detail: row.get("error_detail")?,
        summary: row.get("summary")?,
        revision: row.get("revision")?,
        held_for: row.get("held_for")?,
    })
}

/// The subject of closed items, except those whose subject contains a session key.
const KEPT_SUBJECT: &str = "iif(kind IN ('email', 'key'), '', subject)";

const OPEN: &str = "state IN ('waiting', 'parked')";

/// Adds an item within the caller's transaction. An open item of the same kind and subject keeps
/// its due time or becomes due earlier, gets the new payload, and a parked one waits again. A
/// waiting e-mail keeps its payload, because it may have been sent.
pub(crate) fn enqueue(
    connection: &Connection,
    owner: i64,
    new: &NewItem<'_>,
    due: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<u32> {
    connection.query_row(
        "INSERT INTO activity (owner, kind, subject, appliance, case_id, case_number, title, payload,
            state, attempts, due_at, created_at, changed_at, summary)
         VALUES (:owner, :kind, :subject, :appliance, :case_id, :case_number, :title, :payload, 'waiting',
            0, :due, :now, :now, '')
         ON CONFLICT (owner, kind, appliance, subject) WHERE state IN ('waiting', 'parked') DO UPDATE SET
            due_at = CASE state WHEN 'parked' THEN :due ELSE min(due_at, :due) END,
            attempts = CASE state WHEN 'parked' THEN 0 ELSE attempts END, tries = 0,
            payload = iif(kind = 'email' AND state = 'waiting', payload, :payload),
            state = 'waiting', revision = revision + 1, changed_at = :now,
            case_id = iif(:case_id = '', case_id, :case_id),
            case_number = iif(:case_number = '', case_number, :case_number),
            title = iif(:title = '', title, :title)
         RETURNING id",
        named_params! {
            ":owner": owner,
            ":kind": new.kind, ":subject": new.subject, ":appliance": new.appliance,
            ":case_id": new.case_id, ":case_number": new.case_number, ":title": new.title,
            ":payload": new.payload, ":due": due.as_millisecond(), ":now": now.as_millisecond(),
        },
        |row| row.get(0),
    )
}

impl Store {
    /// Adds an item. An open item of the same kind and subject keeps its due time or becomes due
    /// earlier, and a parked one waits again.
    ///
    /// # Errors
    /// The database reported an error, or nobody is signed in. Nothing was changed.
    pub fn enqueue(
        &self,
        new: &NewItem<'_>,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let mut connection = self.connection();
        // Without a transaction, the id would be returned before the commit, and a failed commit
        // would go unnoticed.
        let transaction = connection.transaction()?;
        let me = owners::me(&transaction)?.ok_or(StoreError::Nobody)?;
        let id = enqueue(&transaction, me, new, due, now)?;
        transaction.commit()?;
        Ok(id)
    }

    /// Stores a finished item.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_done(
        &self,
        new: &NewItem<'_>,
        summary: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT INTO activity (owner, kind, subject, appliance, case_id, case_number, title,
                payload, state, attempts, due_at, created_at, changed_at, summary)
             VALUES ((SELECT owner FROM me), :kind, :subject, :appliance, :case_id, :case_number, :title, '', 'done', 0,
                :now, :now, :now, :summary)",
            named_params! {
                ":kind": new.kind, ":subject": new.subject, ":appliance": new.appliance,
                ":case_id": new.case_id, ":case_number": new.case_number, ":title": new.title,
                ":summary": summary, ":now": now.as_millisecond(),
            },
        )?;
        forget_oldest(&transaction)?;
        Ok(transaction.commit()?)
    }

    /// The signed-in user's item of one of these kinds that is due first. An item that is due later
    /// than `furthest` was postponed by a wrong clock, and comes first.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn first(&self, kinds: &[Kind], furthest: Timestamp) -> Result<Option<Item>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(&format!(
            "{ITEM} WHERE state = 'waiting' AND activity.owner = me.owner
             ORDER BY due_at <= :furthest, due_at, activity.id"
        ))?;
        let all = all.query_map(named_params! { ":furthest": furthest.as_millisecond() }, item)?;
        for one in all {
            let one = one?;
            if kinds.contains(&one.kind) {
                return Ok(Some(one));
            }
        }
        Ok(None)
    }

    /// The signed-in user's waiting items of a kind, oldest first, whenever they are due.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn waiting(&self, kind: Kind, limit: u32) -> Result<Vec<Item>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(&format!(
            "{ITEM} WHERE state = 'waiting' AND kind = :kind AND activity.owner = me.owner
             ORDER BY activity.id LIMIT :limit"
        ))?;
        let all = all.query_map(named_params! { ":kind": kind, ":limit": limit }, item)?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// An item by its id.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn item(&self, id: u32) -> Result<Option<Item>, StoreError> {
        let connection = self.connection();
        let mut one = connection.prepare_cached(&format!("{ITEM} WHERE activity.id = :id"))?;
        Ok(one.query_row(named_params! { ":id": id }, item).optional()?)
    }

    /// All open items, including those of other users: first those that need a person, then by due
    /// time.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn outbox(&self) -> Result<Vec<Item>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(&format!(
            "{ITEM} WHERE {OPEN} ORDER BY state = 'waiting', due_at, activity.id"
        ))?;
        Ok(all.query_map([], item)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The latest closed items, latest first.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn closed(&self, limit: u32) -> Result<Vec<Item>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(&format!(
            "{ITEM} WHERE NOT {OPEN} AND activity.owner = me.owner
             ORDER BY changed_at DESC, activity.id DESC LIMIT :limit"
        ))?;
        let all = all.query_map(named_params! { ":limit": limit }, item)?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// Stores the result of an attempt at an open item with this revision. If the item has a newer
    /// revision, it stays waiting and is due. `follow` is the next item; both are stored, or
    /// neither. Returns whether the item was open.
    ///
    /// # Errors
    /// The database reported an error. The item is unchanged.
    pub fn judge(
        &self,
        (id, revision): (u32, u32),
        verdict: &Verdict<'_>,
        follow: Option<(&NewItem<'_>, Timestamp)>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let at = now.as_millisecond();
        let newer = transaction.execute(
            &format!(
                "UPDATE activity SET state = 'waiting', due_at = :now, changed_at = :now
                 WHERE id = :id AND revision != :revision AND {OPEN}"
            ),
            named_params! { ":id": id, ":revision": revision, ":now": at },
        )?;
        if newer > 0 {
            transaction.commit()?;
            return Ok(true);
        }
        let changed = match verdict {
            Verdict::Later { due, error, counts, payload } => transaction.execute(
                &format!(
                    "UPDATE activity SET state = 'waiting', due_at = :due, changed_at = :now,
                     tries = tries + 1, attempts = CASE WHEN NOT :counts THEN iif(:code IS NULL, 0, attempts)
                         WHEN error_code IS :code THEN attempts + 1 ELSE 1 END,
                     error_code = :code, error_detail = :detail,
                     payload = coalesce(:payload, payload)
                     WHERE id = :id AND {OPEN}"
                ),
                named_params! {
                    ":id": id, ":now": at, ":due": due.as_millisecond(),
                    ":counts": counts, ":code": error.map(|e| e.0),
                    ":detail": error.map(|e| e.1), ":payload": payload,
                },
            )?,
            Verdict::Park { code, detail } => transaction.execute(
                &format!(
                    "UPDATE activity SET state = 'parked', changed_at = :now, attempts = attempts + 1,
                     error_code = :code, error_detail = :detail WHERE id = :id AND {OPEN}"
                ),
                named_params! { ":id": id, ":now": at, ":code": code, ":detail": detail },
            )?,
            // The payload may contain a key, so it is deleted when it is no longer needed.
            Verdict::Done { summary, case } => transaction.execute(
                &format!(
                    "UPDATE activity SET state = 'done', changed_at = :now, error_code = NULL,
                     error_detail = NULL, payload = '', subject = {KEPT_SUBJECT}, summary = :summary,
                     case_id = coalesce(:case_id, case_id),
                     case_number = coalesce(:case_number, case_number) WHERE id = :id AND {OPEN}"
                ),
                named_params! {
                    ":id": id, ":now": at, ":summary": summary,
                    ":case_id": case.map(|c| c.0), ":case_number": case.map(|c| c.1),
                },
            )?,
            Verdict::GiveUp { code, detail } => transaction.execute(
                &format!(
                    "UPDATE activity SET state = 'gave_up', changed_at = :now, payload = '',
                     subject = {KEPT_SUBJECT}, error_code = :code, error_detail = :detail
                     WHERE id = :id AND {OPEN}"
                ),
                named_params! { ":id": id, ":now": at, ":code": code, ":detail": detail },
            )?,
            Verdict::Drop => transaction.execute(
                &format!("DELETE FROM activity WHERE id = :id AND {OPEN}"),
                named_params! { ":id": id },
            )?,
        };
        if let Some((new, due)) = follow {
            // The follow-up item belongs to the same owner, even if another user is signed in now.
            let whose = "SELECT owner FROM activity WHERE id = ?1";
            let owner = transaction.query_row(whose, [id], |row| row.get(0))?;
            enqueue(&transaction, owner, new, due, now)?;
        }
        forget_oldest(&transaction)?;
        transaction.commit()?;
        if matches!(verdict, Verdict::Done { .. } | Verdict::GiveUp { .. } | Verdict::Drop) {
            crate::scrub(&connection);
        }
        Ok(changed > 0)
    }

    /// Stores a new payload for an open item.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn set_payload(&self, id: u32, payload: &str) -> Result<(), StoreError> {
        self.connection().execute(
            &format!("UPDATE activity SET payload = :payload WHERE id = :id AND {OPEN}"),
            named_params! { ":id": id, ":payload": payload },
        )?;
        Ok(())
    }

    /// Stores the case that an open import was found to belong to.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_import_case(
        &self,
        (appliance, lsid): (&str, &str),
        (case_id, case_number): (&str, &str),
    ) -> Result<(), StoreError> {
        self.connection().execute(
            &format!(
                "UPDATE activity SET case_id = :id, case_number = :number
                 WHERE kind = 'import' AND appliance = :appliance AND subject = :lsid AND {OPEN}
                 AND owner = (SELECT owner FROM me)"
            ),
            named_params! {
                ":appliance": appliance, ":lsid": lsid, ":id": case_id, ":number": case_number,
            },
        )?;
        Ok(())
    }

    /// Makes an open item due now. Returns whether it exists.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn retry(&self, id: u32, now: Timestamp) -> Result<bool, StoreError> {
        let changed = self.connection().execute(
            &format!(
                "UPDATE activity SET state = 'waiting', due_at = :now, changed_at = :now, attempts = 0,
                 tries = 0
                 WHERE id = :id AND {OPEN}"
            ),
            named_params! { ":id": id, ":now": now.as_millisecond() },
        )?;
        Ok(changed > 0)
    }

    /// Discards an open item. The record is kept. Returns whether it exists.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn discard(&self, id: u32, now: Timestamp) -> Result<bool, StoreError> {
        let connection = self.connection();
        let changed = connection.execute(
            &format!(
                "UPDATE activity SET state = 'discarded', changed_at = :now, payload = '',
                 subject = {KEPT_SUBJECT} WHERE id = :id AND {OPEN}"
            ),
            named_params! { ":id": id, ":now": now.as_millisecond() },
        )?;
        crate::scrub(&connection);
        Ok(changed > 0)
    }

    /// Holds all writes to the org until this time, with the failure code as the reason.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn hold_outbox(&self, until: Timestamp, code: &str) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT OR REPLACE INTO outbox_hold (id, until, code) VALUES (1, :until, :code)",
            named_params! { ":until": until.as_millisecond(), ":code": code },
        )?;
        Ok(())
    }

    /// The time until which writes to the org are held, and the failure code as the reason.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn outbox_hold(&self) -> Result<Option<(Timestamp, String)>, StoreError> {
        let connection = self.connection();
        let mut one = connection.prepare_cached("SELECT until, code FROM outbox_hold")?;
        let hold = one.query_row([], |row| Ok((time(row.get(0)?), row.get(1)?)));
        Ok(hold.optional()?)
    }

    /// Ends the hold.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn release_outbox(&self) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM outbox_hold", [])?;
        Ok(())
    }
}

fn forget_oldest(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        &format!(
            "DELETE FROM activity WHERE NOT {OPEN} AND id NOT IN
             (SELECT id FROM activity WHERE NOT {OPEN} ORDER BY changed_at DESC, id DESC LIMIT :kept)"
        ),
        named_params! { ":kept": KEPT },
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
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

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        let owner = crate::Owner {
            org_id: "00D".to_owned(),
            user_id: "005".to_owned(),
            username: "ada".to_owned(),
        };
        store.note_owner(&owner, true).unwrap();
        (folder, store)
    }

    #[test]
    fn an_item_outlives_a_restart_and_is_there_once() {
        let (folder, store) = store();
        let id = store.enqueue(&import("a"), at(100), at(1)).unwrap();
        drop(store);
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        assert_eq!(store.enqueue(&import("a"), at(50), at(2)).unwrap(), id);
        assert_eq!(store.enqueue(&import("a"), at(70), at(3)).unwrap(), id);
        let [item] = &store.outbox().unwrap()[..] else { panic!() };
        assert_eq!(
            (item.due_at, item.created_at),
            (at(50), at(1)),
            "it is due no later than before"
        );
        assert_eq!(store.first(&[Kind::Email], Timestamp::MAX).unwrap(), None);
        assert_eq!(store.first(&[Kind::Import], Timestamp::MAX).unwrap().unwrap().id, id);
    }

    #[test]
    fn what_a_wrong_clock_put_off_for_a_year_comes_first() {
        let (_folder, store) = store();
        let year = 365 * 24 * 3600;
        let put_off = store.enqueue(&import("a"), at(year), at(1)).unwrap();
        store.enqueue(&import("b"), at(50), at(1)).unwrap();
        let first = |furthest| store.first(&[Kind::Import], at(furthest)).unwrap().unwrap();
        assert_eq!(first(7 * 3600).id, put_off);
        assert_eq!(first(2 * year).subject, "b");
    }

    #[test]
    fn what_came_of_an_attempt_is_kept_with_what_follows() {
        let (_folder, store) = store();
        let id = store.enqueue(&import("a"), at(0), at(0)).unwrap();
        let later = Verdict::Later {
            due: at(9),
            error: Some(("org_limit", "x")),
            counts: true,
            payload: None,
        };
        assert!(store.judge((id, 0), &later, None, at(1)).unwrap());
        let item = store.item(id).unwrap().unwrap();
        assert_eq!((item.attempts, item.error_code.as_deref()), (1, Some("org_limit")));
        let wait = Verdict::Later { due: at(9), error: None, counts: false, payload: Some("{1}") };
        store.judge((id, 0), &wait, None, at(1)).unwrap();
        let item = store.item(id).unwrap().unwrap();
        assert_eq!((item.attempts, item.error_code, item.payload.as_str()), (0, None, "{1}"));
        store
            .judge((id, 0), &Verdict::Park { code: "org_refused", detail: "y" }, None, at(2))
            .unwrap();
        assert_eq!(
            store.first(&[Kind::Import], Timestamp::MAX).unwrap(),
            None,
            "a parked item is not tried"
        );
        assert!(store.retry(id, at(3)).unwrap());
        let survey = NewItem { kind: Kind::Survey, ..import("a") };
        let done = Verdict::Done { summary: "12 records", case: Some(("500x", "1026")) };
        assert!(store.judge((id, 0), &done, Some((&survey, at(60))), at(4)).unwrap());
        let item = store.item(id).unwrap().unwrap();
        assert_eq!(
            (item.state, item.payload.as_str(), item.case_number.as_str()),
            (State::Done, "", "1026")
        );
        assert_eq!(store.first(&[Kind::Survey], Timestamp::MAX).unwrap().unwrap().due_at, at(60));
        assert!(
            !store.judge((id, 0), &Verdict::Drop, None, at(5)).unwrap(),
            "what is closed stays so"
        );
        assert_ne!(store.enqueue(&import("a"), at(0), at(6)).unwrap(), id, "it may be done again");
    }

    #[test]
    fn what_is_asked_while_an_attempt_is_under_way_is_not_lost_with_its_outcome() {
        let (_folder, store) = store();
        let id = store.enqueue(&import("a"), at(0), at(0)).unwrap();
        let begun = store.item(id).unwrap().unwrap();
        store.enqueue(&NewItem { payload: "{new}", ..import("a") }, at(1), at(1)).unwrap();
        let done = Verdict::Done { summary: "", case: None };
        for verdict in [Verdict::Drop, done, Verdict::Park { code: "x", detail: "" }] {
            assert!(store.judge((id, begun.revision), &verdict, None, at(2)).unwrap());
            let item = store.item(id).unwrap().unwrap();
            assert_eq!(
                (item.state, item.due_at, item.payload.as_str()),
                (State::Waiting, at(2), "{new}")
            );
        }
    }

    #[test]
    fn an_e_mail_that_waits_keeps_what_it_needs_and_a_closed_one_keeps_no_key() {
        let (_folder, store) = store();
        let mail =
            |payload| NewItem { kind: Kind::Email, subject: "1234567:a@b", payload, ..import("") };
        let id = store.enqueue(&mail("tried"), at(0), at(0)).unwrap();
        store.enqueue(&mail("new"), at(0), at(0)).unwrap();
        let item = store.item(id).unwrap().unwrap();
        assert_eq!(item.payload, "tried");
        let parked = Verdict::Park { code: "x", detail: "" };
        store.judge((id, item.revision), &parked, None, at(1)).unwrap();
        store.enqueue(&mail("new"), at(0), at(0)).unwrap();
        assert_eq!(store.item(id).unwrap().unwrap().payload, "new");
        store.discard(id, at(2)).unwrap();
        let item = store.item(id).unwrap().unwrap();
        assert_eq!((item.payload.as_str(), item.subject.as_str()), ("", ""));
    }

    #[test]
    fn an_item_that_was_given_up_is_not_tried_and_stays_on_record() {
        let (_folder, store) = store();
        let id = store.enqueue(&import("a"), at(0), at(0)).unwrap();
        assert!(store.discard(id, at(1)).unwrap());
        assert!(!store.retry(id, at(2)).unwrap() && !store.discard(id, at(2)).unwrap());
        assert_eq!(store.closed(9).unwrap()[0].state, State::Discarded);
    }

    #[test]
    fn open_items_are_never_forgotten() {
        let (_folder, store) = store();
        let kept = store.enqueue(&import("kept"), at(0), at(0)).unwrap();
        for second in 1..=600 {
            store.note_done(&NewItem { kind: Kind::Key, ..import("k") }, "", at(second)).unwrap();
        }
        assert!(store.item(kept).unwrap().is_some());
        assert_eq!(store.closed(9_999).unwrap().len(), KEPT as usize);
    }

    #[test]
    fn what_is_closed_is_seen_behind_any_number_of_open_items() {
        let (_folder, store) = store();
        store.note_done(&NewItem { kind: Kind::Key, ..import("k") }, "", at(1)).unwrap();
        for subject in ["a", "b", "c"] {
            store.enqueue(&import(subject), at(9), at(9)).unwrap();
        }
        let [closed] = &store.closed(2).unwrap()[..] else { panic!() };
        assert_eq!((closed.kind, closed.state), (Kind::Key, State::Done));
    }

    #[test]
    fn the_hold_outlives_a_restart() {
        let (folder, store) = store();
        store.hold_outbox(at(9), "org_limit").unwrap();
        drop(store);
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        assert_eq!(store.outbox_hold().unwrap(), Some((at(9), "org_limit".to_owned())));
        store.release_outbox().unwrap();
        assert_eq!(store.outbox_hold().unwrap(), None);
    }
}
