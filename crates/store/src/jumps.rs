//! Previous jumps and favourites.

use crate::{Store, StoreError};
use jiff::Timestamp;
use rusqlite::{Row, named_params};

/// How many jumps are stored in addition to favourites.
const KEPT: u32 = 100;

/// A jump that is being started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJump<'a> {
    /// The appliance's name in the settings.
    pub appliance: &'a str,
    /// The method's word.
    pub method: &'a str,
    /// The form's fields as canonical text.
    pub fields: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The Jumpoint. Empty if none was given.
    pub jumpoint: &'a str,
}

/// A stored jump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JumpRecord {
    /// The record's id.
    pub id: u32,
    /// The appliance's name in the settings.
    pub appliance: String,
    /// The method's word.
    pub method: String,
    /// The form's fields as text.
    pub fields: String,
    /// Its title.
    pub title: String,
    /// The Jumpoint. Empty if none was given.
    pub jumpoint: String,
    /// When it was last started.
    pub used_at: Timestamp,
    /// Whether it is a favourite.
    pub pinned: bool,
}

fn record(row: &Row<'_>) -> rusqlite::Result<JumpRecord> {
    let used_at: i64 = row.get("used_at")?;
    Ok(JumpRecord {
        id: row.get("id")?,
        appliance: row.get("appliance")?,
        method: row.get("method")?,
        fields: row.get("fields")?,
        title: row.get("title")?,
        jumpoint: row.get("jumpoint")?,
        used_at: Timestamp::from_millisecond(used_at).unwrap_or_default(),
        pinned: row.get("pinned")?,
    })
}

impl Store {
    /// Stores that a jump was started. The oldest ones beyond the limit are deleted, except
    /// favourites.
    ///
    /// # Errors
    /// The database reported an error. Nothing was changed.
    pub fn note_jump(&self, jump: &NewJump<'_>, now: Timestamp) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT INTO jump (owner, appliance, method, fields, title, jumpoint, used_at)
             VALUES ((SELECT owner FROM me), :appliance, :method, :fields, :title, :jumpoint, :now)
             ON CONFLICT (owner, appliance, method, fields) DO UPDATE SET used_at = :now",
            named_params! {
                ":appliance": jump.appliance,
                ":method": jump.method,
                ":fields": jump.fields,
                ":title": jump.title,
                ":jumpoint": jump.jumpoint,
                ":now": now.as_millisecond(),
            },
        )?;
        transaction.execute(
            "DELETE FROM jump WHERE pinned = 0 AND owner = (SELECT owner FROM me) AND id NOT IN
             (SELECT id FROM jump WHERE pinned = 0 AND owner = (SELECT owner FROM me)
              ORDER BY used_at DESC LIMIT :kept)",
            named_params! { ":kept": KEPT },
        )?;
        Ok(transaction.commit()?)
    }

    /// All stored jumps: favourites first, then the latest.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn jumps(&self) -> Result<Vec<JumpRecord>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(
            "SELECT * FROM jump WHERE owner = (SELECT owner FROM me)
             ORDER BY pinned DESC, used_at DESC, id DESC",
        )?;
        let all = all.query_map([], record)?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// Adds a jump to the favourites or removes it from them.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn pin_jump(&self, id: u32, pinned: bool) -> Result<(), StoreError> {
        self.connection().execute(
            "UPDATE jump SET pinned = :pinned WHERE id = :id",
            named_params! { ":id": id, ":pinned": pinned },
        )?;
        Ok(())
    }

    /// Deletes a jump.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn forget_jump(&self, id: u32) -> Result<(), StoreError> {
        self.connection()
            .execute("DELETE FROM jump WHERE id = :id", named_params! { ":id": id })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jump<'a>(title: &'a str, fields: &'a str) -> NewJump<'a> {
        NewJump { appliance: "Default", method: "rdp", fields, title, jumpoint: "" }
    }

    fn titles(store: &Store) -> Vec<String> {
        store.jumps().unwrap().into_iter().map(|jump| jump.title).collect()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn favourites_come_first_then_the_latest_and_both_outlive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = Store::open(&path, "here").unwrap();
        for (second, title) in [(1, "A"), (2, "B"), (3, "C")] {
            store.note_jump(&jump(title, title), at(second)).unwrap();
        }
        let first = store.jumps().unwrap().into_iter().find(|jump| jump.title == "A").unwrap();
        store.pin_jump(first.id, true).unwrap();
        drop(store);
        let store = Store::open(&path, "here").unwrap();
        assert_eq!(titles(&store), ["A", "C", "B"]);
        store.note_jump(&jump("B", "B"), at(4)).unwrap();
        assert_eq!(titles(&store), ["A", "B", "C"]);
        store.pin_jump(first.id, false).unwrap();
        assert_eq!(titles(&store), ["B", "C", "A"]);
        store.forget_jump(first.id).unwrap();
        assert_eq!(titles(&store), ["B", "C"]);
    }

    #[test]
    fn the_oldest_go_and_a_favourite_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        store.note_jump(&jump("kept", "kept"), at(0)).unwrap();
        store.pin_jump(store.jumps().unwrap()[0].id, true).unwrap();
        for second in 1..=150 {
            store.note_jump(&jump("x", &second.to_string()), at(second)).unwrap();
        }
        let all = store.jumps().unwrap();
        assert_eq!(all.len(), KEPT as usize + 1);
        assert_eq!(all[0].title, "kept");
        assert_eq!(all[1].fields, "150");
    }
}
