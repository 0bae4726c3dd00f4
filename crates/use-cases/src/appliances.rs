//! The appliances of the settings: add, rename, test and remove them, each with its client secret
//! and with what is remembered under its name.

use crate::{Casebridge, failures, with_store};
use casebridge_beyondtrust::CommandAccess;
use casebridge_domain::deep_link::is_appliance_name;
use casebridge_domain::settings::{
    DEFAULT_APPLIANCE, Origin, Scope, Settings, Value, appliance_setting,
};
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::secrets::{SecretName, SecretString};

/// Changes of settings by dotted key.
type Changes = Vec<(String, String)>;

/// A test of an appliance that it passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The version of its API, if it reported one.
    pub version: Option<String>,
    /// What does not work, although the rest does.
    pub warning: Option<String>,
}

/// The names of the appliances that have a setting of their own, the default one first.
pub fn names(settings: &Settings) -> Vec<String> {
    let mut names: Vec<String> =
        settings.named(Scope::PerAppliance).keys().map(|name| (*name).to_owned()).collect();
    names.sort_by_key(|name| name != DEFAULT_APPLIANCE);
    names
}

/// Whether a policy sets a value of the appliance, so that its name is fixed.
pub fn is_managed(settings: &Settings, name: &str) -> bool {
    own(settings, name).iter().any(|value| value.origin == Origin::Policy)
}

fn own<'s>(settings: &'s Settings, name: &str) -> Vec<&'s Value> {
    settings.named(Scope::PerAppliance).remove(name).unwrap_or_default()
}

/// Adds an appliance with its settings, by key, and its client secret.
///
/// # Errors
/// The name or a value can't be used, or something can't be stored.
pub async fn add(
    casebridge: &Casebridge,
    name: &str,
    changes: &[(String, String)],
    secret: SecretString,
) -> Result<(), Failure> {
    check_new_name(&casebridge.settings(), name)?;
    casebridge.check_settings(changes)?;
    casebridge.save_appliance_secret(name, secret).await?;
    casebridge.change_settings(changes)
}

/// Gives an appliance another name. Its settings, its client secret and what is remembered of it go
/// with it.
///
/// # Errors
/// The name can't be used, a policy fixes it, or something can't be stored. Then the appliance keeps
/// its name.
pub async fn rename(casebridge: &Casebridge, old: &str, new: &str) -> Result<(), Failure> {
    if old == new {
        return Ok(());
    }
    let settings = casebridge.settings();
    check_may_lose_name(&settings, old, false)?;
    check_new_name(&settings, new)?;
    let changes: Changes = own(&settings, old)
        .into_iter()
        .flat_map(|value| {
            let key = value.declaration.key_of(new);
            [(key, value.value.clone()), (value.key.clone(), String::new())]
        })
        .collect();
    casebridge.check_settings(&changes)?;
    let secret = casebridge.secret(secret_of(old)).await?;
    let has_secret = secret.is_some();
    if let Some(secret) = secret {
        casebridge.save_appliance_secret(new, secret).await?;
    }
    let renamed = rename_and_change(casebridge, (old, new), &changes).await;
    // The secret is left under one name only.
    let left = if renamed.is_ok() { old } else { new };
    if has_secret && let Err(failure) = delete_secret(casebridge, left).await {
        tracing::warn!(code = %failure.code, "a secret is left under a name that is not used");
    }
    renamed
}

async fn rename_and_change(
    casebridge: &Casebridge,
    (old, new): (&str, &str),
    changes: &[(String, String)],
) -> Result<(), Failure> {
    rename_stored(casebridge, old, new).await?;
    let changed = casebridge.change_settings(changes);
    if changed.is_err() {
        rename_stored(casebridge, new, old).await?;
    }
    changed
}

async fn rename_stored(casebridge: &Casebridge, old: &str, new: &str) -> Result<(), Failure> {
    let (old, new) = (old.to_owned(), new.to_owned());
    with_store(casebridge, move |store| store.rename_appliance(&old, &new)).await
}

/// Removes an appliance with its settings and its client secret.
///
/// # Errors
/// A policy sets it, others need it as the default one, or something can't be stored.
pub async fn remove(casebridge: &Casebridge, name: &str) -> Result<(), Failure> {
    let settings = casebridge.settings();
    check_may_lose_name(&settings, name, true)?;
    let changes: Changes =
        own(&settings, name).iter().map(|value| (value.key.clone(), String::new())).collect();
    casebridge.check_settings(&changes)?;
    // A secret without an appliance would never be found again.
    delete_secret(casebridge, name).await?;
    casebridge.change_settings(&changes)
}

/// Whether the client secret of an appliance is stored.
///
/// # Errors
/// The keyring can't be read.
pub async fn has_secret(casebridge: &Casebridge, name: &str) -> Result<bool, Failure> {
    Ok(casebridge.secret(secret_of(name)).await?.is_some())
}

/// Tries host, certificate, client ID, secret and permissions of an appliance.
///
/// # Errors
/// The first problem that was found.
pub async fn test(casebridge: &Casebridge, name: &str) -> Result<Tested, Failure> {
    let appliance = casebridge.appliance(Some(name)).await?;
    let of = |error| failures::of_site(&appliance, error);
    appliance.log_in().await.map_err(of)?;
    let info = appliance.get_api_info().await.map_err(of)?;
    if let Some(CommandAccess::ReadOnly | CommandAccess::Denied) = info.command_access() {
        let detail = "The API account does not have full access to the Command API.";
        return Err(Failure::new(FailureCode::EndpointUnauthorized, detail));
    }
    let warning = (info.may_report_support() == Some(false)).then(|| {
        "The API account may not read support session reports, so Casebridge can't see or import \
         sessions of this appliance."
            .to_owned()
    });
    Ok(Tested { version: info.api_version.map(|v| v.as_str().to_owned()), warning })
}

fn secret_of(name: &str) -> SecretName {
    SecretName::ApplianceClientSecret(name.to_owned())
}

async fn delete_secret(casebridge: &Casebridge, name: &str) -> Result<(), Failure> {
    let name = secret_of(name);
    casebridge.with_secrets(move |secrets| secrets.delete(&name)).await
}

fn check_new_name(settings: &Settings, name: &str) -> Result<(), Failure> {
    let refuse = |code, detail: &str| Err(Failure::new(code, detail));
    if !is_appliance_name(name) {
        let rule = "Use letters, digits, - and _ only, 64 characters at most.";
        return refuse(FailureCode::SettingsInvalid, rule);
    }
    let known = names(settings);
    if known.iter().any(|other| other == name) {
        return refuse(FailureCode::SettingsInvalid, "There is an appliance with this name.");
    }
    let has_default = known.iter().any(|other| other == DEFAULT_APPLIANCE);
    if !has_default && name != DEFAULT_APPLIANCE {
        let rule = format!("The first appliance must be named {DEFAULT_APPLIANCE}.");
        return refuse(FailureCode::DefaultApplianceMissing, &rule);
    }
    Ok(())
}

/// The default appliance may go only as the last one, and never gets another name.
fn check_may_lose_name(settings: &Settings, name: &str, is_last: bool) -> Result<(), Failure> {
    let known = names(settings);
    if !known.iter().any(|other| other == name) {
        return Err(Failure::new(FailureCode::ApplianceUnknown, name));
    }
    if is_managed(settings, name) {
        let key = appliance_setting::HOSTNAME.key_of(name);
        return Err(Failure::new(FailureCode::SettingLocked, key));
    }
    if name == DEFAULT_APPLIANCE && !(is_last && known.len() == 1) {
        let rule = format!("One appliance must be named {DEFAULT_APPLIANCE}.");
        return Err(Failure::new(FailureCode::DefaultApplianceMissing, rule));
    }
    Ok(())
}
