//! Tags running sessions with a case, and undoes tags.
//!
//! A session's external key can only be changed while it is running. If a tag comes too late, the
//! case is stored as a held link for the import.

use crate::session_key::external_key;
use crate::{Casebridge, failures};
use crate::{jobs, with_owned_store, with_store};
use casebridge_beyondtrust::{Appliance, AttributeChanges};
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_domain::tagging;
use casebridge_domain::{Case, CaseId, Failure, FailureCode, Lsid};
use casebridge_store::{HeldLink, Kind, NewItem, NewTag, TagRecord};

/// A tagged session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// The record id for undo. Absent if it could not be stored.
    pub id: Option<u32>,
    /// The session.
    pub lsid: Lsid,
    /// The new external key.
    pub external_key: String,
    /// The previous external key.
    pub previous: Option<String>,
}

/// Tags a session with the case: reads the current external key, writes the new one and reads it
/// back. `seen` is the external key that the person saw.
///
/// # Errors
/// [`FailureCode::TagDoubtful`] if it now has another case, which the person has not seen;
/// [`FailureCode::SessionEndedHeld`] if it has ended: its case is then saved for the import;
/// [`FailureCode::TagNotKept`] if it has another external key afterwards.
pub async fn tag(
    casebridge: &Casebridge,
    appliance_name: Option<&str>,
    lsid: &Lsid,
    case: &Case,
    seen: Option<&str>,
) -> Result<Tagged, Failure> {
    let appliance = casebridge.appliance(appliance_name).await?;
    let name = appliance_name.unwrap_or(DEFAULT_APPLIANCE);
    match put(casebridge, &appliance, name, lsid, case, seen).await {
        Err(failure) if failure.code == FailureCode::SessionNotActive => {
            hold(casebridge, name, lsid, case).await?;
            let detail = format!("Case {}.", case.number);
            Err(Failure::caused(FailureCode::SessionEndedHeld, detail, failure))
        }
        Ok(tagged) => {
            // The tag is valid even if this can't be stored. The import then asks again.
            if let Err(failure) = agree(casebridge, name, lsid, &case.id).await {
                tracing::warn!(code = %failure.code, "that session and case agree is not kept");
            }
            Ok(tagged)
        }
        Err(failure) => Err(failure),
    }
}

/// Stores that a person has confirmed that session and case belong together, so that the import
/// does not ask again.
///
/// # Errors
/// It could not be stored.
pub async fn agree(
    casebridge: &Casebridge,
    appliance: &str,
    lsid: &Lsid,
    case: &CaseId,
) -> Result<(), Failure> {
    let (appliance, lsid, case) = (appliance.to_owned(), lsid.to_string(), case.to_string());
    let now = casebridge.now();
    with_store(casebridge, move |store| store.agree_case(&appliance, &lsid, &case, now)).await
}

/// Whether a person has confirmed this case for the session.
///
/// # Errors
/// The store can't be read.
pub async fn is_agreed(
    casebridge: &Casebridge,
    appliance: &str,
    lsid: &Lsid,
    case: &CaseId,
) -> Result<bool, Failure> {
    let (appliance, lsid, case) = (appliance.to_owned(), lsid.to_string(), case.to_string());
    let agreed = with_store(casebridge, move |store| store.agreed_case(&appliance, &lsid)).await?;
    Ok(agreed.is_some_and(|agreed| agreed == case))
}

async fn put(
    casebridge: &Casebridge,
    appliance: &Appliance,
    name: &str,
    lsid: &Lsid,
    case: &Case,
    seen: Option<&str>,
) -> Result<Tagged, Failure> {
    let key = external_key(casebridge, case);
    let previous = current(appliance, lsid).await?;
    let mut tagged =
        Tagged { id: None, lsid: lsid.clone(), external_key: key.clone(), previous: None };
    if previous.as_deref() == Some(key.as_str()) {
        return Ok(Tagged { previous, ..tagged });
    }
    let is_other = previous.as_deref().is_some_and(|now| !tagging::names(case, now));
    if is_other && previous.as_deref() != seen {
        let detail = "The session is now on another case.";
        return Err(Failure::new(FailureCode::TagDoubtful, detail));
    }
    let tag = TagRecord {
        id: 0,
        appliance: name.to_owned(),
        lsid: lsid.to_string(),
        case_id: case.id.to_string(),
        case_number: case.number.clone(),
        external_key: key.clone(),
        previous: previous.clone().unwrap_or_default(),
        tagged_at: casebridge.now(),
        undone_at: None,
    };
    // Stored first, so that the previous key is known even if no answer arrives. The tag continues
    // even if the history can't be written.
    let id = note(casebridge, tag).await.inspect_err(|failure| {
        tracing::warn!(code = %failure.code, "a tag is not remembered and cannot be undone");
    });
    (tagged.id, tagged.previous) = (id.ok(), previous);
    write(appliance, lsid, &key).await?;
    note_activity(casebridge, name, lsid, case).await;
    Ok(tagged)
}

/// Stores the tag in the activity list. A failure is only logged.
async fn note_activity(casebridge: &Casebridge, appliance: &str, lsid: &Lsid, case: &Case) {
    let (appliance, lsid, now) = (appliance.to_owned(), lsid.to_string(), casebridge.now());
    let (case_id, case_number) = (case.id.to_string(), case.number.clone());
    let noted = with_store(casebridge, move |store| {
        let item = NewItem {
            kind: Kind::Tag,
            subject: &lsid,
            appliance: &appliance,
            case_id: &case_id,
            case_number: &case_number,
            title: "",
            payload: "",
        };
        store.note_done(&item, "", now)
    });
    if let Err(failure) = noted.await {
        tracing::warn!(code = %failure.code, "a tag is not on record");
    }
}

/// Writes an external key and reads it back.
async fn write(appliance: &Appliance, lsid: &Lsid, key: &str) -> Result<(), Failure> {
    let changes = AttributeChanges { external_key: Some(key.to_owned()), ..Default::default() };
    appliance
        .set_session_attributes(lsid, &changes)
        .await
        .map_err(|e| failures::of_site(appliance, e))?;
    let now = current(appliance, lsid).await?;
    match now.as_deref().unwrap_or_default() == key {
        true => Ok(()),
        false => Err(Failure::new(FailureCode::TagNotKept, String::new())),
    }
}

async fn current(appliance: &Appliance, lsid: &Lsid) -> Result<Option<String>, Failure> {
    let all = appliance
        .get_session_attributes(lsid)
        .await
        .map_err(|e| failures::of_site(appliance, e))?;
    let key = all.into_iter().find(|attribute| attribute.code_name == "external_key");
    Ok(key.map(|attribute| attribute.value).filter(|value| !value.trim().is_empty()))
}

/// Restores the external key that a session had before the tag.
///
/// # Errors
/// [`FailureCode::UndoImpossible`] if the session has ended or has another external key now.
pub async fn undo(casebridge: &Casebridge, id: u32) -> Result<TagRecord, Failure> {
    let impossible = || Failure::new(FailureCode::UndoImpossible, String::new());
    let tag = with_store(casebridge, move |store| store.tag(id)).await?.ok_or_else(impossible)?;
    let lsid: Lsid = tag.lsid.parse().map_err(|_| impossible())?;
    let appliance = casebridge.appliance(Some(&tag.appliance)).await?;
    let now = current(&appliance, &lsid).await.map_err(|failure| {
        match failure.code == FailureCode::SessionNotActive {
            true => impossible(),
            false => failure,
        }
    })?;
    if tag.undone_at.is_some() || now.as_deref() != Some(tag.external_key.as_str()) {
        return Err(impossible());
    }
    write(&appliance, &lsid, &tag.previous).await?;
    let at = casebridge.now();
    with_store(casebridge, move |store| store.note_undone(id, at)).await?;
    Ok(tag)
}

/// Saves the case of a session that has ended, and queues the import to it.
///
/// # Errors
/// It could not be stored.
pub async fn hold(
    casebridge: &Casebridge,
    appliance: &str,
    lsid: &Lsid,
    case: &Case,
) -> Result<(), Failure> {
    let link = HeldLink {
        appliance: appliance.to_owned(),
        lsid: lsid.to_string(),
        case_id: case.id.to_string(),
        case_number: case.number.clone(),
    };
    let now = casebridge.now();
    with_owned_store(casebridge, move |store| {
        let import = NewItem {
            kind: Kind::Import,
            subject: &link.lsid,
            appliance: &link.appliance,
            case_id: &link.case_id,
            case_number: &link.case_number,
            title: "",
            payload: &jobs::import::held_import(),
        };
        store.hold_link(&link, &import, now)
    })
    .await
}

async fn note(casebridge: &Casebridge, tag: TagRecord) -> Result<u32, Failure> {
    with_store(casebridge, move |store| {
        let new = NewTag {
            appliance: &tag.appliance,
            lsid: &tag.lsid,
            case_id: &tag.case_id,
            case_number: &tag.case_number,
            external_key: &tag.external_key,
            previous: &tag.previous,
        };
        store.note_tag(&new, tag.tagged_at)
    })
    .await
}

/// The latest tags, newest first.
///
/// # Errors
/// The store can't be read.
pub async fn history(casebridge: &Casebridge, limit: u32) -> Result<Vec<TagRecord>, Failure> {
    with_store(casebridge, move |store| store.tags(limit)).await
}
