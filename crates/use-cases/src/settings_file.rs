//! The current settings from policy and the user's file, and changes to the user's file.

use casebridge_domain::settings::{self, Layer, Problem, Settings};
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::{Profile, files, policy};
use std::io;
use std::path::Path;

/// The maximum size of a settings file, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// Reads both layers. Invalid values are skipped and listed in the settings' problems.
pub(crate) fn read(profile: &Profile) -> Settings {
    let mut problems = Vec::new();
    let policy = layer(policy::policy_text(), "policy: ", &mut problems);
    let user = match text_of(&profile.settings_file()) {
        Ok(text) => layer(text, "", &mut problems),
        Err(error) => {
            problems.push(Problem { key: "settings file".into(), reason: error.to_string() });
            Layer::new()
        }
    };
    let mut settings = settings::resolve(&policy, &user);
    settings.problems.splice(0..0, problems);
    settings
}

/// The keys in both layers that are known and that a desktop does not use.
pub(crate) fn unused(profile: &Profile) -> Vec<String> {
    let texts = [policy::policy_text(), text_of(&profile.settings_file()).ok().flatten()];
    let all = texts.iter().flatten().flat_map(|text| settings::unused_keys(text));
    all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

fn text_of(path: &Path) -> io::Result<Option<String>> {
    match files::read_limited(path, LIMIT) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| io::Error::other("the settings file is not text")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn layer(text: Option<String>, source: &str, problems: &mut Vec<Problem>) -> Layer {
    match settings::parse_layer(&text.unwrap_or_default()) {
        Ok((layer, found)) => {
            problems.extend(found.into_iter().map(|p| named(source, p)));
            layer
        }
        Err(problem) => {
            problems.push(named(source, problem));
            Layer::new()
        }
    }
}

fn named(source: &str, problem: Problem) -> Problem {
    Problem { key: format!("{source}{}", problem.key), reason: problem.reason }
}

/// Changes values of the user's file: all of them, or none.
///
/// # Errors
/// A value is invalid or set by policy, or the file can't be read or written. A file that can't be
/// read is never overwritten.
pub(crate) fn change(
    profile: &Profile,
    current: &Settings,
    changes: &[(String, String)],
) -> Result<(), Failure> {
    let checked = check(current, changes)?;
    if checked.is_empty() {
        return Ok(());
    }
    let path = profile.settings_file();
    let not_read = |e: io::Error| Failure::caused(FailureCode::SettingsInvalid, e.to_string(), e);
    let text = text_of(&path).map_err(not_read)?.unwrap_or_default();
    let text = settings::change(&text, &checked).map_err(|p| invalid(&p.key, &p.reason))?;
    files::write_private_atomically(&path, text.as_bytes())
        .map_err(|e| Failure::caused(FailureCode::SettingsNotSaved, e.to_string(), e))
}

/// The values that would be written: those that differ, in normal form.
///
/// # Errors
/// A value is invalid, its setting is not known, or it is set by policy.
pub(crate) fn check(
    current: &Settings,
    changes: &[(String, String)],
) -> Result<Vec<(String, String)>, Failure> {
    let mut checked = Vec::new();
    for (key, value) in changes {
        let value = value.trim();
        let known =
            settings::find(key).ok_or_else(|| invalid(key, "Casebridge has no such setting."))?;
        let now = current.value(key);
        if now.map_or("", |now| now.value.as_str()) == value {
            continue;
        }
        if now.is_some_and(|now| now.origin == settings::Origin::Policy) {
            return Err(Failure::new(FailureCode::SettingLocked, key.clone()));
        }
        let normal = known.check(value).map_err(|reason| invalid(key, &reason))?;
        checked.push((key.clone(), if value.is_empty() { String::new() } else { normal }));
    }
    Ok(checked)
}

fn invalid(key: &str, reason: &str) -> Failure {
    Failure::new(FailureCode::SettingsInvalid, format!("{key}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use casebridge_domain::settings::setting;

    fn profile() -> (tempfile::TempDir, Profile) {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(Some(folder.path())).unwrap();
        (folder, profile)
    }

    fn set(profile: &Profile, key: &str, value: &str) -> Result<(), FailureCode> {
        change(profile, &read(profile), &[(key.into(), value.into())]).map_err(|f| f.code)
    }

    #[test]
    fn a_saved_value_is_read_back_and_an_empty_one_gives_the_default_back() {
        let (_folder, profile) = profile();
        set(&profile, "key.ttl", "600").unwrap();
        assert_eq!(read(&profile).get(&setting::KEY_TTL).count(), 600);
        set(&profile, "key.ttl", "").unwrap();
        assert_eq!(read(&profile).get(&setting::KEY_TTL).count(), 3600);
        assert_eq!(set(&profile, "key.ttl", "1"), Err(FailureCode::SettingsInvalid));
        assert_eq!(set(&profile, "key.unknown", "1"), Err(FailureCode::SettingsInvalid));
    }

    #[test]
    fn a_known_key_that_is_not_used_here_is_named_and_is_no_problem() {
        let (_folder, profile) = profile();
        let text = "[appliance.Default]\noutbound_event_token = \"x\"\nhostname = \"a.example\"\n";
        files::write_private_atomically(&profile.settings_file(), text.as_bytes()).unwrap();
        assert!(read(&profile).problems.is_empty());
        assert_eq!(unused(&profile), ["appliance.Default.outbound_event_token"]);
    }

    #[test]
    fn what_a_policy_sets_is_locked() {
        let (_folder, profile) = profile();
        let policy = settings::Layer::from([("key.ttl".to_owned(), "900".to_owned())]);
        let settings = settings::resolve(&policy, &settings::Layer::default());
        let refused = change(&profile, &settings, &[("key.ttl".into(), "600".into())]);
        assert_eq!(refused.map_err(|f| f.code).unwrap_err(), FailureCode::SettingLocked);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_reported_and_never_written_over() {
        let (_folder, profile) = profile();
        let broken = "[org\nclient_id = \"precious\"";
        files::write_private_atomically(&profile.settings_file(), broken.as_bytes()).unwrap();
        assert_eq!(read(&profile).problems.len(), 1);
        assert_eq!(set(&profile, "key.ttl", "600"), Err(FailureCode::SettingsInvalid));
        assert_eq!(text_of(&profile.settings_file()).unwrap().unwrap(), broken);
    }
}
