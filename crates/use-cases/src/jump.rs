//! The computers of a case, and previous jumps.

use crate::with_store;
use crate::{Casebridge, failures};
use casebridge_domain::jump::{JumpField, JumpForm, JumpMethod};
use casebridge_domain::settings::{DEFAULT_APPLIANCE, FieldName, setting};
use casebridge_domain::{Case, Failure};
use casebridge_salesforce::query::Parent;
use casebridge_store::{JumpRecord, Kind, NewItem, NewJump, Store, StoreError};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A computer that belongs to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHost {
    /// Its name.
    pub hostname: String,
    /// Whether it comes from the asset. If not, it comes from the contact.
    pub of_asset: bool,
}

/// A previous jump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastJump {
    /// The record's id.
    pub id: u32,
    /// The configured name of the appliance.
    pub appliance: String,
    /// The form that was used.
    pub form: JumpForm,
    /// When it was last started.
    pub used_at: Timestamp,
    /// Whether it is a favourite.
    pub pinned: bool,
}

/// The fields with computer names of a case, as set by the administrator.
pub(crate) fn host_fields(casebridge: &Casebridge) -> Vec<(Parent, FieldName)> {
    let settings = casebridge.settings();
    let asset = settings.get(&setting::ORG_ASSET_HOST_FIELD).map(|field| (Parent::Asset, field));
    let contact =
        settings.get(&setting::ORG_CONTACT_HOST_FIELD).map(|field| (Parent::Contact, field));
    asset.into_iter().chain(contact).collect()
}

/// The computers of the case, from the fields in the settings. A missing field is logged and
/// skipped, because a jump does not need it.
pub async fn case_hosts(casebridge: &Casebridge, case: &Case) -> Vec<CaseHost> {
    let fields = host_fields(casebridge);
    if fields.is_empty() {
        return Vec::new();
    }
    let found = match casebridge.org() {
        Ok(org) => org.case_hosts(&case.id, &fields).await.map_err(failures::of_org),
        Err(failure) => Err(failure),
    };
    match found {
        Ok(hosts) => hosts
            .into_iter()
            .map(|(parent, hostname)| CaseHost { hostname, of_asset: parent == Parent::Asset })
            .collect(),
        Err(failure) => {
            tracing::warn!(code = %failure.code, "the computers of the case are not known");
            Vec::new()
        }
    }
}

/// Previous jumps: favourites, then the latest.
///
/// # Errors
/// The store can't be read.
pub async fn past(casebridge: &Casebridge) -> Result<Vec<PastJump>, Failure> {
    in_store(casebridge, |_| Ok(())).await
}

/// Remembers that a jump was started.
///
/// # Errors
/// It could not be stored.
pub async fn remember(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    form: &JumpForm,
) -> Result<Vec<PastJump>, Failure> {
    let appliance = appliance.unwrap_or(DEFAULT_APPLIANCE).to_owned();
    let (form, now) = (form.clone(), casebridge.now());
    in_store(casebridge, move |store| {
        let jump = NewJump {
            appliance: &appliance,
            method: form.method.as_str(),
            fields: &fields_text(&form),
            title: form.title(),
            jumpoint: form.values.get(&JumpField::Jumpoint).map_or("", String::as_str),
        };
        store.note_jump(&jump, now)?;
        let done = NewItem {
            kind: Kind::Jump,
            subject: jump.fields,
            appliance: jump.appliance,
            case_id: "",
            case_number: "",
            title: jump.title,
            payload: "",
        };
        store.note_done(&done, jump.method, now)
    })
    .await
}

/// Adds a jump to the favourites or removes it from them.
///
/// # Errors
/// It could not be stored.
pub async fn pin(casebridge: &Casebridge, id: u32, on: bool) -> Result<Vec<PastJump>, Failure> {
    in_store(casebridge, move |store| store.pin_jump(id, on)).await
}

/// Removes a jump from the list.
///
/// # Errors
/// It could not be removed.
pub async fn forget(casebridge: &Casebridge, id: u32) -> Result<Vec<PastJump>, Failure> {
    in_store(casebridge, move |store| store.forget_jump(id)).await
}

/// Changes the store and then reads the jumps.
async fn in_store(
    casebridge: &Casebridge,
    work: impl FnOnce(&Store) -> Result<(), StoreError> + Send + 'static,
) -> Result<Vec<PastJump>, Failure> {
    let jumps = with_store(casebridge, |store| work(store).and_then(|()| store.jumps())).await?;
    Ok(jumps.iter().filter_map(read).collect())
}

/// A canonical text of the form: fields in order, without empty ones.
fn fields_text(form: &JumpForm) -> String {
    let words: BTreeMap<&str, &str> = form
        .values
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(field, text)| (field.as_str(), text.trim()))
        .collect();
    serde_json::to_string(&words).unwrap_or_default()
}

/// Reads a record. Records from another version that can't be read are skipped.
fn read(record: &JumpRecord) -> Option<PastJump> {
    let method: JumpMethod = record.method.parse().ok()?;
    let words: BTreeMap<String, String> = serde_json::from_str(&record.fields).ok()?;
    let values = words.into_iter().map(|(word, text)| Some((word.parse().ok()?, text)));
    let form = JumpForm { method, values: values.collect::<Option<_>>()? };
    Some(PastJump {
        id: record.id,
        appliance: record.appliance.clone(),
        form,
        used_at: record.used_at,
        pinned: record.pinned,
    })
}
