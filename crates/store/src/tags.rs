//! Tags, for undo, and the saved cases of sessions that had ended.

use crate::{NewItem, Store, StoreError, ended, outbox, owners};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, named_params};

/// How many tags are stored.
const KEPT: u32 = 200;
/// How long confirmed cases are stored: longer than sessions are searched for.
const AGREED: SignedDuration = SignedDuration::from_hours(24 * 60);

/// A new tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTag<'a> {
    /// The appliance's name in the settings.
    pub appliance: &'a str,
    /// The session.
    pub lsid: &'a str,
    /// The case's record id.
    pub case_id: &'a str,
    /// The case's number.
    pub case_number: &'a str,
    /// The new external key.
    pub external_key: &'a str,
    /// The previous external key. Empty if there was none.
    pub previous: &'a str,
}

/// A stored tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRecord {
    /// The record's id.
    pub id: u32,
    /// The appliance's name in the settings.
    pub appliance: String,
    /// The session.
    pub lsid: String,
    /// The case's record id.
    pub case_id: String,
    /// The case's number.
    pub case_number: String,
    /// The external key after the tag.
    pub external_key: String,
    /// The previous external key. Empty if there was none.
    pub previous: String,
    /// When the session was tagged.
    pub tagged_at: Timestamp,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
}

/// A held link: the case of a session that ended before it could be tagged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLink {
    /// The appliance's name in the settings.
    pub appliance: String,
    /// The session.
    pub lsid: String,
    /// The case's record id.
    pub case_id: String,
    /// The case's number.
    pub case_number: String,
}

fn record(row: &Row<'_>) -> rusqlite::Result<TagRecord> {
    let time = |at: i64| Timestamp::from_millisecond(at).unwrap_or_default();
    Ok(TagRecord {
        id: row.get("id")?,
        appliance: row.get("appliance")?,
        lsid: row.get("lsid")?,
        case_id: row.get("case_id")?,
        case_number: row.get("case_number")?,
        external_key: row.get("external_key")?,
        previous: row.get("previous")?,
        tagged_at: time(row.get("tagged_at")?),
        undone_at: row.get::<_, Option<i64>>("undone_at")?.map(time),
    })
}

impl Store {
    /// Stores a tag and returns its record id. The oldest ones beyond the limit are deleted.
    ///
    /// # Errors
    /// The database reported an error. Nothing was changed.
    pub fn note_tag(&self, tag: &NewTag<'_>, now: Timestamp) -> Result<u32, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let id = transaction.query_row(
            "INSERT INTO tag (owner, appliance, lsid, case_id, case_number, external_key, previous,
                tagged_at)
             VALUES ((SELECT owner FROM me), :appliance, :lsid, :case_id, :case_number, :external_key, :previous, :now)
             RETURNING id",
            named_params! {
                ":appliance": tag.appliance,
                ":lsid": tag.lsid,
                ":case_id": tag.case_id,
                ":case_number": tag.case_number,
                ":external_key": tag.external_key,
                ":previous": tag.previous,
                ":now": now.as_millisecond(),
            },
            |row| row.get(0),
        )?;
        transaction.execute(
            "DELETE FROM tag WHERE id NOT IN (SELECT id FROM tag ORDER BY tagged_at DESC LIMIT :kept)",
            named_params! { ":kept": KEPT },
        )?;
        transaction.commit()?;
        Ok(id)
    }

    /// The latest tags, newest first.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn tags(&self, limit: u32) -> Result<Vec<TagRecord>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(
            "SELECT * FROM tag WHERE owner = (SELECT owner FROM me)
             ORDER BY tagged_at DESC, id DESC LIMIT :limit",
        )?;
        let all = all.query_map(named_params! { ":limit": limit }, record)?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// A tag by its id.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn tag(&self, id: u32) -> Result<Option<TagRecord>, StoreError> {
        let connection = self.connection();
        let mut one = connection.prepare_cached(
            "SELECT * FROM tag WHERE id = :id AND owner = (SELECT owner FROM me)",
        )?;
        Ok(one.query_row(named_params! { ":id": id }, record).optional()?)
    }

    /// Stores that a tag was undone.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn note_undone(&self, id: u32, now: Timestamp) -> Result<(), StoreError> {
        self.connection().execute(
            "UPDATE tag SET undone_at = :now WHERE id = :id",
            named_params! { ":id": id, ":now": now.as_millisecond() },
        )?;
        Ok(())
    }

    /// Stores the case of a session that has ended and the item for its import. A later case
    /// replaces an earlier one.
    ///
    /// # Errors
    /// The database reported an error. Then neither is stored.
    pub fn hold_link(
        &self,
        link: &HeldLink,
        import: &NewItem<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let me = owners::me(&transaction)?.ok_or(StoreError::Nobody)?;
        transaction.execute(
            "INSERT OR REPLACE INTO held_link (owner, appliance, lsid, case_id, case_number, held_at)
             VALUES (:me, :appliance, :lsid, :case_id, :case_number, :now)",
            named_params! {
                ":me": me,
                ":appliance": link.appliance,
                ":lsid": link.lsid,
                ":case_id": link.case_id,
                ":case_number": link.case_number,
                ":now": now.as_millisecond(),
            },
        )?;
        outbox::enqueue(&transaction, me, import, now, now)?;
        ended::settle(&transaction, &link.appliance, &link.lsid)?;
        Ok(transaction.commit()?)
    }

    /// The saved case of a session.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn held_link(&self, appliance: &str, lsid: &str) -> Result<Option<HeldLink>, StoreError> {
        let all = self.held_links()?;
        Ok(all.into_iter().find(|link| link.appliance == appliance && link.lsid == lsid))
    }

    /// All held links.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn held_links(&self) -> Result<Vec<HeldLink>, StoreError> {
        let connection = self.connection();
        let mut all = connection.prepare_cached(
            "SELECT * FROM held_link WHERE owner = (SELECT owner FROM me) ORDER BY held_at DESC",
        )?;
        let all = all.query_map([], |row| {
            Ok(HeldLink {
                appliance: row.get("appliance")?,
                lsid: row.get("lsid")?,
                case_id: row.get("case_id")?,
                case_number: row.get("case_number")?,
            })
        })?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    /// Stores that a person has confirmed that session and case belong together.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn agree_case(
        &self,
        appliance: &str,
        lsid: &str,
        case_id: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        connection.execute(
            "INSERT OR REPLACE INTO agreed_case (owner, appliance, lsid, case_id, agreed_at)
             VALUES ((SELECT owner FROM me), :appliance, :lsid, :case_id, :now)",
            named_params! {
                ":appliance": appliance, ":lsid": lsid, ":case_id": case_id,
                ":now": now.as_millisecond(),
            },
        )?;
        let oldest = now.checked_sub(AGREED).unwrap_or(Timestamp::MIN).as_millisecond();
        connection.execute("DELETE FROM agreed_case WHERE agreed_at < ?1", [oldest])?;
        Ok(())
    }

    /// The case that a person has confirmed for a session.
    ///
    /// # Errors
    /// The database reported an error.
    pub fn agreed_case(&self, appliance: &str, lsid: &str) -> Result<Option<String>, StoreError> {
        let connection = self.connection();
        let mut one = connection.prepare_cached(
            "SELECT case_id FROM agreed_case
             WHERE appliance = ?1 AND lsid = ?2 AND owner = (SELECT owner FROM me)",
        )?;
        Ok(one.query_row([appliance, lsid], |row| row.get(0)).optional()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn tags_outlive_a_restart_and_know_what_was_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let tag = NewTag {
            appliance: "Default",
            lsid: "0123456789abcdef0123456789abcdef",
            case_id: "500x",
            case_number: "00001026",
            external_key: "500x",
            previous: "00001020",
        };
        let at = |second| Timestamp::from_second(second).unwrap();
        let id = Store::open(&path, "here").unwrap().note_tag(&tag, at(1)).unwrap();
        let store = Store::open(&path, "here").unwrap();
        let known = store.tag(id).unwrap().unwrap();
        assert_eq!((known.previous.as_str(), known.undone_at), ("00001020", None));
        store.note_undone(id, at(2)).unwrap();
        assert_eq!(store.tags(10).unwrap()[0].undone_at, Some(at(2)));
        assert_eq!(store.tag(id + 1).unwrap(), None);
    }

    #[test]
    fn what_was_agreed_to_is_the_latest_case_of_the_session() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(store.agreed_case("Default", "l").unwrap(), None);
        for (case, second) in [("a", 1), ("b", 2)] {
            store.agree_case("Default", "l", case, at(second)).unwrap();
        }
        assert_eq!(store.agreed_case("Default", "l").unwrap().as_deref(), Some("b"));
        assert_eq!(store.agreed_case("Other", "l").unwrap(), None);
        store.agree_case("Default", "m", "c", at(61 * 24 * 3600)).unwrap();
        assert_eq!(store.agreed_case("Default", "l").unwrap(), None);
    }

    #[test]
    fn a_held_link_is_one_for_each_session() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), "here").unwrap();
        let link = |case: &str| HeldLink {
            appliance: "Default".to_owned(),
            lsid: "0123456789abcdef0123456789abcdef".to_owned(),
            case_id: case.to_owned(),
            case_number: "1".to_owned(),
        };
        let owner = crate::Owner {
            org_id: "00D".to_owned(),
            user_id: "005".to_owned(),
            username: "ada".to_owned(),
        };
        store.note_owner(&owner, true).unwrap();
        let lsid = link("a").lsid;
        let import = NewItem {
            kind: Kind::Import,
            subject: &lsid,
            appliance: "Default",
            case_id: "a",
            case_number: "1",
            title: "",
            payload: "{}",
        };
        store.hold_link(&link("a"), &import, Timestamp::UNIX_EPOCH).unwrap();
        store.hold_link(&link("b"), &import, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(store.held_links().unwrap(), [link("b")]);
        assert_eq!(store.held_link("Default", &lsid).unwrap(), Some(link("b")));
        assert_eq!(store.outbox().unwrap().len(), 1);
    }
}
