//! Three layers: policy over user over default, and the origin of each value.
//!
//! A policy value that does not parse locks its key to the default and is reported; it never falls
//! through to the user's value. Every text that is kept has passed the check of its setting, so that
//! reading one as its type cannot fail.

use super::DEFAULT_APPLIANCE;
use super::declaration::{Declaration, Declared, Named, Scope, Setting};
use super::form::Form;
use super::table::{SCOPES, appliance_setting, transition_setting};
use super::value::{Address, Portal};
use crate::survey_transition::TransitionRule;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Set by IT; locked.
    Policy,
    /// Set by the user.
    User,
    /// Built in.
    Default,
}

impl Origin {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::User => "user",
            Self::Default => "default",
        }
    }
}

/// One layer: texts by dotted key.
pub type Layer = BTreeMap<String, String>;

/// What was wrong with a part of a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The dotted key, or `settings file`.
    pub key: String,
    /// What is wrong, for people.
    pub reason: String,
}

/// A value with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The dotted key.
    pub key: String,
    /// The text.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The setting.
    pub declaration: &'static Declaration,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    values: BTreeMap<String, Value>,
    /// What was found wrong while reading; shown by the doctor.
    pub problems: Vec<Problem>,
}

/// Decides every value: policy over user over default.
pub fn resolve(policy: &Layer, user: &Layer) -> Settings {
    let mut settings = Settings::default();
    for (scope, all) in SCOPES {
        for name in names(scope, policy, user) {
            for declaration in all {
                let key = declaration.key_of(&name);
                let (value, origin) =
                    decide(&key, declaration, policy, user, &mut settings.problems);
                settings.values.insert(key.clone(), Value { key, value, origin, declaration });
            }
        }
    }
    settings
}

/// The names that the layers have for a scope; an empty one where there is one of each setting.
fn names(scope: Scope, policy: &Layer, user: &Layer) -> BTreeSet<String> {
    let known = policy.keys().chain(user.keys());
    let named = known.filter_map(|key| Some(scope.split(key)?.0.to_owned()));
    let always = match scope {
        Scope::Single => Some(""),
        Scope::PerAppliance => Some(DEFAULT_APPLIANCE),
        Scope::PerTransition => None,
    };
    named.chain(always.map(str::to_owned)).collect()
}

pub(super) fn decide(
    key: &str,
    declaration: &Declaration,
    policy: &Layer,
    user: &Layer,
    problems: &mut Vec<Problem>,
) -> (String, Origin) {
    let mut report = |reason: String| problems.push(Problem { key: key.to_owned(), reason });
    for (layer, origin) in [(policy, Origin::Policy), (user, Origin::User)] {
        let Some(text) = layer.get(key) else { continue };
        if origin == Origin::Policy && !declaration.policy {
            report("A policy cannot set it.".to_owned());
            continue;
        }
        return match declaration.check(text) {
            Ok(value) => (value, origin),
            Err(reason) => {
                report(reason);
                // A broken policy value locks the default; a broken user value is just not used.
                let origin = if origin == Origin::Policy { origin } else { Origin::Default };
                (declaration.default(), origin)
            }
        };
    }
    (declaration.default(), Origin::Default)
}

/// The settings of one appliance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplianceSettings {
    /// The configured name.
    pub name: String,
    /// `HOST[:PORT]`.
    pub hostname: String,
    /// The API account's client id.
    pub client_id: String,
    /// A file with further CA certificates.
    pub ca_file: Option<PathBuf>,
    /// The public portals to choose from.
    pub portals: Vec<Portal>,
    /// Whether session keys are made in the representative console unless a link says otherwise.
    pub use_rep_console_for_session_keys: bool,
    /// Whether sessions without a case are imported too.
    pub import_all_sessions: bool,
    /// The public sites whose sessions are imported; all of them if none is named.
    pub import_portals: Vec<String>,
    /// The types of events that are imported; all of them if none is named.
    pub event_types: Vec<String>,
    /// Where recordings are kept outside of the appliance; the LSID is added.
    pub external_recording_base_url: Option<Address>,
}

impl ApplianceSettings {
    /// The listed portal that a name or host name means.
    pub fn portal(&self, text: &str) -> Option<&Portal> {
        self.portals.iter().find(|portal| portal.is_meant(text))
    }

    /// Whether sessions of the portal with this name in reports are imported.
    pub fn imports_portal(&self, name: &str) -> bool {
        let is_it = |chosen: &String| {
            let known = self.portal(chosen).map_or(chosen.as_str(), |portal| &portal.name);
            known.eq_ignore_ascii_case(name)
        };
        self.import_portals.is_empty() || self.import_portals.iter().any(is_it)
    }
}

impl Settings {
    /// The value in force of a setting.
    pub fn get<F: Form>(&self, setting: &Setting<F>) -> F::Value {
        setting.read(self.text(setting.key()))
    }

    /// The value in force of the setting that belongs to this name.
    pub fn get_of<F: Form, S: Named>(&self, name: &str, setting: &Declared<F, S>) -> F::Value {
        setting.read(self.text(&setting.key_of(name)))
    }

    /// The text in force of a setting, with its origin; nothing before settings were read.
    pub fn entry<F: Form>(&self, setting: &Setting<F>) -> Option<&Value> {
        self.values.get(setting.key())
    }

    /// The same of the setting that belongs to this name; nothing for a name that no layer has.
    pub fn entry_of<F: Form, S: Named>(
        &self,
        name: &str,
        setting: &Declared<F, S>,
    ) -> Option<&Value> {
        self.values.get(&setting.key_of(name))
    }

    /// The text in force of a key that came from outside, with its origin.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// The text of a key; empty for one that no layer has.
    fn text(&self, key: &str) -> &str {
        self.values.get(key).map_or("", |v| v.value.as_str())
    }

    /// Every value, by key.
    pub fn all(&self) -> impl Iterator<Item = &Value> {
        self.values.values()
    }

    /// The names of the appliances that have a host.
    pub fn appliances(&self) -> Vec<String> {
        let hosts = self.values.values().filter(|v| !v.value.is_empty());
        hosts
            .filter_map(|v| appliance_setting::HOSTNAME.declaration().name_in(&v.key))
            .map(str::to_owned)
            .collect()
    }

    /// The names that settings of this scope have in the policy or the user's file, with every
    /// value that one of these layers sets.
    pub fn named(&self, scope: Scope) -> BTreeMap<&str, Vec<&Value>> {
        let mut named: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for value in self.values.values().filter(|value| value.origin != Origin::Default) {
            if let Some((name, _)) = scope.split(&value.key) {
                named.entry(name).or_default().push(value);
            }
        }
        named
    }

    /// The settings of an appliance, if it has a host.
    pub fn appliance(&self, name: &str) -> Option<ApplianceSettings> {
        use appliance_setting as its;
        let hostname = self.get_of(name, &its::HOSTNAME)?;
        Some(ApplianceSettings {
            name: name.to_owned(),
            hostname,
            client_id: self.get_of(name, &its::CLIENT_ID).unwrap_or_default(),
            ca_file: self.get_of(name, &its::CA_FILE),
            portals: self.get_of(name, &its::PORTALS),
            use_rep_console_for_session_keys: self
                .get_of(name, &its::USE_REP_CONSOLE_FOR_SESSION_KEYS),
            import_all_sessions: self.get_of(name, &its::IMPORT_ALL_SESSIONS),
            import_portals: self.get_of(name, &its::IMPORT_PORTALS),
            event_types: self.get_of(name, &its::EVENT_TYPES),
            external_recording_base_url: self.get_of(name, &its::EXTERNAL_RECORDING_BASE_URL),
        })
    }

    /// The rules by which exit surveys move cases.
    pub fn transitions(&self) -> Vec<TransitionRule> {
        use transition_setting as its;
        let names: BTreeSet<&str> =
            self.values.keys().filter_map(|key| Some(Scope::PerTransition.split(key)?.0)).collect();
        let rule = |name: &str| TransitionRule {
            name: name.to_owned(),
            position: self.get_of(name, &its::POSITION),
            survey: self.get_of(name, &its::SURVEY),
            question: self.get_of(name, &its::QUESTION).unwrap_or_default(),
            answer: self.get_of(name, &its::ANSWER).unwrap_or_default(),
            case_status: self.get_of(name, &its::CASE_STATUS),
            owner: self.get_of(name, &its::OWNER),
            comment: self.get_of(name, &its::COMMENT),
        };
        names.into_iter().map(rule).collect()
    }
}
