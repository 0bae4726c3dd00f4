//! Numbered checks of everything that Casebridge needs, each with steps to fix it and the setting or
//! page where that is done.
//!
//! A check that depends on a failed one is skipped, so that the first failure is the one to fix. A
//! check about an appliance is made for every appliance in the settings.

mod appliance;
mod checks;
mod org;

pub use checks::Kind;

use crate::Casebridge;
use casebridge_domain::settings::{DEFAULT_APPLIANCE, Settings, appliance_setting, setting};
use casebridge_domain::{Failure, FailureCode};

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The check passed.
    Pass,
    /// It works, but needs attention.
    Warn,
    /// It does not work.
    Fail,
    /// The check could not be run.
    Skip,
}

impl Status {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// Where a person fixes what a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The setting with this dotted key.
    Setting(String),
    /// The Salesforce page with the sign-in.
    SignIn,
    /// The Activity window.
    Activity,
}

impl Place {
    /// Where the cause of a failure is fixed, as far as Casebridge has a place for it. It is about
    /// the appliance with this configured name, or about the org.
    fn of(code: FailureCode, appliance: Option<&str>) -> Option<Self> {
        use casebridge_domain::FailureCode as Code;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "most failures are not fixed in Casebridge"
        )]
        match code {
            Code::SignedOut | Code::SignInAgain | Code::SignInLost => Some(Self::SignIn),
            Code::StoreMended => Some(Self::Activity),
            Code::ProxyRefused | Code::ProxyUnusable => {
                Some(Self::Setting(setting::NETWORK_PROXY.key().to_owned()))
            }
            Code::RepresentativeNotFound | Code::RepresentativeNotMapped => {
                Some(Self::Setting(setting::ORG_USERNAME_SOURCE.key().to_owned()))
            }
            _ => match appliance {
                Some(name) => Self::of_appliance(code, name),
                None => Self::of_org(code),
            },
        }
    }

    fn of_appliance(code: FailureCode, name: &str) -> Option<Self> {
        use appliance_setting as its;
        use casebridge_domain::FailureCode as Code;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "most failures are not fixed in Casebridge"
        )]
        let key = match code {
            Code::NotConfigured
            | Code::DefaultApplianceMissing
            | Code::HostNotFound
            | Code::SiteUnreachable
            | Code::TimedOut
            | Code::NetworkPage => its::HOSTNAME.key_of(name),
            Code::ApplianceSecretWrong
            | Code::ApplianceSecretMissing
            | Code::EndpointUnauthorized => its::CLIENT_ID.key_of(name),
            Code::CertificateNotTrusted | Code::CaFileInvalid => its::CA_FILE.key_of(name),
            Code::RepresentativeNotAvailable => its::USE_REP_CONSOLE_FOR_SESSION_KEYS.key_of(name),
            _ => return None,
        };
        Some(Self::Setting(key))
    }

    fn of_org(code: FailureCode) -> Option<Self> {
        use casebridge_domain::FailureCode as Code;
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "most failures are not fixed in Casebridge"
        )]
        let key = match code {
            Code::NotConfigured
            | Code::HostNotFound
            | Code::SiteUnreachable
            | Code::TimedOut
            | Code::NetworkPage
            | Code::OrgMoved => setting::ORG_LOGIN_URL.key(),
            Code::CertificateNotTrusted | Code::CaFileInvalid => setting::ORG_CA_FILE.key(),
            Code::OrgAppNotAllowed => setting::ORG_CLIENT_ID.key(),
            _ => return None,
        };
        Some(Self::Setting(key.to_owned()))
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The result.
    pub status: Status,
    /// What was found, for people.
    pub detail: String,
    /// What to do, one step each, in the order in which to try them. A check that passed has some
    /// only for a person who misses something.
    pub steps: Vec<String>,
    /// Where it is done, if Casebridge has the place.
    pub place: Option<Place>,
}

impl Finding {
    fn new(status: Status, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), steps: Vec::new(), place: None }
    }

    pub(crate) fn pass(detail: impl Into<String>) -> Self {
        Self::new(Status::Pass, detail)
    }

    pub(crate) fn warn(detail: impl Into<String>, step: impl Into<String>) -> Self {
        Self { steps: vec![step.into()], ..Self::new(Status::Warn, detail) }
    }

    /// A warning with the steps of a failure.
    fn warn_of(failure: &Failure, appliance: Option<&str>) -> Self {
        Self { status: Status::Warn, ..Self::fail(failure, appliance) }
    }

    pub(crate) fn skip(detail: impl Into<String>) -> Self {
        Self::new(Status::Skip, detail)
    }

    /// What failed is about the appliance with this configured name, or about the org.
    fn fail(failure: &Failure, appliance: Option<&str>) -> Self {
        Self {
            steps: failure.code.steps(),
            place: Place::of(failure.code, appliance),
            ..Self::new(Status::Fail, failure.to_string())
        }
    }

    fn with_steps(mut self, steps: &[&str]) -> Self {
        self.steps = steps.iter().map(|step| (*step).to_owned()).collect();
        self
    }

    fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    fn at_setting(self, key: impl Into<String>) -> Self {
        self.at(Place::Setting(key.into()))
    }
}

/// Steps as one text: the only one, or numbered lines. Empty if there is nothing to do.
pub fn lines(steps: &[String]) -> String {
    match steps {
        [] => String::new(),
        [only] => only.clone(),
        several => {
            let lines = (1..).zip(several).map(|(number, step)| format!("{number}. {step}"));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

/// A check: its id and title. The order is the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The check's kind.
    pub kind: Kind,
    /// The word in JSON answers. A check of an appliance other than `Default` ends with its name.
    pub id: String,
    /// What is checked, with the appliance's name if there are several.
    pub title: String,
    /// The appliance's name, for a check about an appliance.
    pub appliance: Option<String>,
}

/// A check and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The check.
    pub check: Check,
    /// Its finding.
    pub finding: Finding,
}

/// All checks for these settings, in the order in which they run. Neighbouring checks about
/// appliances are listed together for each appliance.
pub fn checks(settings: &Settings) -> Vec<Check> {
    let mut names = settings.appliances();
    names.retain(|name| name != DEFAULT_APPLIANCE);
    names.insert(0, DEFAULT_APPLIANCE.to_owned());
    let mut all = Vec::new();
    for run in checks::LIST.chunk_by(|one, next| one.per_appliance == next.per_appliance) {
        match run.first().is_some_and(|first| first.per_appliance) {
            false => all.extend(run.iter().map(|row| row.check(None, false))),
            true => all.extend(names.iter().flat_map(|name| {
                run.iter().map(|row| row.check(Some(name.as_str()), names.len() > 1))
            })),
        }
    }
    all
}

/// Runs all checks and reports each outcome as soon as it is known.
pub async fn examine(casebridge: &Casebridge, mut tell: impl FnMut(&Outcome)) -> Vec<Outcome> {
    casebridge.reload();
    let mut round = checks::Round::default();
    let mut outcomes = Vec::new();
    for check in checks(&casebridge.settings()) {
        let finding = checks::make(&check, casebridge, &mut round).await;
        let outcome = Outcome { check, finding };
        tell(&outcome);
        outcomes.push(outcome);
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;
    use casebridge_domain::settings::{self, Layer};
    use std::collections::BTreeSet;

    fn with(hosts: &[&str]) -> Settings {
        let host = |name: &&str| appliance_setting::HOSTNAME.set_of(name, "support.example.com");
        settings::resolve(&Layer::new(), &hosts.iter().map(host).collect())
    }

    #[test]
    fn row_34_each_appliance_has_its_checks_and_no_two_have_the_same_id() {
        let all = checks(&with(&["Default", "EMEA", "APAC"]));
        let ids: BTreeSet<&str> = all.iter().map(|check| check.id.as_str()).collect();
        assert_eq!(ids.len(), all.len());
        for id in ["settings", "appliance_token", "appliance_token.EMEA", "user_mapping.APAC"] {
            assert!(ids.contains(id), "{id}: {ids:?}");
        }
        let named = |check: &&Check| check.appliance.is_some();
        for check in all.iter().filter(named) {
            let name = check.appliance.as_deref().unwrap();
            assert!(check.title.ends_with(&format!("({name})")), "{}", check.title);
        }
    }

    #[test]
    fn the_only_appliance_has_no_name_in_its_checks() {
        let all = checks(&with(&["Default"]));
        assert!(all.iter().all(|check| !check.title.contains("(Default)")));
        assert!(all.iter().all(|check| !check.id.contains('.')));
        assert_eq!(all, checks(&with(&[])));
    }

    #[test]
    fn several_steps_are_numbered_and_one_is_not() {
        let one = Finding::warn("x", "Do this.");
        assert_eq!(lines(&one.steps), "Do this.");
        assert_eq!(lines(&one.with_steps(&["A.", "B."]).steps), "1. A.\n2. B.");
        assert_eq!(lines(&Finding::pass("").steps), "");
    }
}
