//! The list of checks, and those about this computer. `appliance.rs` and `org.rs` have the others.

use super::{Check, Finding, appliance, org};
use crate::representative::Candidates;
use crate::{Casebridge, failures, outbox, settings_file};
use casebridge_beyondtrust::{ApiInfo, Appliance};
use casebridge_domain::settings::{DEFAULT_APPLIANCE, Origin, setting};
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::link_registration::{self, Registration};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A row of the list.
pub(super) struct Row {
    kind: Kind,
    id: &'static str,
    title: &'static str,
    pub(super) per_appliance: bool,
}

impl Row {
    /// The check, of an appliance if it is about one. `is_named` if there are several.
    pub(super) fn check(&self, appliance: Option<&str>, is_named: bool) -> Check {
        let id = match appliance.filter(|name| *name != DEFAULT_APPLIANCE) {
            Some(name) => format!("{}.{name}", self.id),
            None => self.id.to_owned(),
        };
        let title = match appliance.filter(|_| is_named) {
            Some(name) => format!("{} ({name})", self.title),
            None => self.title.to_owned(),
        };
        Check { kind: self.kind, id, title, appliance: appliance.map(str::to_owned) }
    }
}

macro_rules! checks {
    ($($kind:ident, $id:literal, $title:literal $(, $each:ident)?;)*) => {
        /// Which check it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $(#[doc = $title] $kind),* }

        pub(super) const LIST: &[Row] = &[$(Row {
            kind: Kind::$kind,
            id: $id,
            title: $title,
            per_appliance: checks!(@ $($each)?),
        }),*];
    };
    (@ each) => { true };
    (@) => { false };
}

checks! {
    Settings, "settings", "The settings are complete and can be read";
    UnusedSettings, "settings_unused", "Every setting has an effect on this computer";
    Store, "store", "Casebridge's data on this computer can be read";
    DefaultAppliance, "default_appliance", "An appliance named Default is set up";
    Proxy, "proxy", "The proxy, if one is set, can be reached";
    Keyring, "keyring", "The keyring stores and returns secrets";
    ApplianceHost, "appliance_host", "The appliance's host name can be found", each;
    ApplianceTcp, "appliance_tcp", "The appliance can be reached", each;
    ApplianceTls, "appliance_tls", "The appliance's certificate is trusted", each;
    ApplianceToken, "appliance_token", "The appliance accepts the client ID and secret", each;
    AppliancePermissions, "appliance_permissions", "The API account may create session keys", each;
    ApplianceHealth, "appliance_health", "The appliance is healthy", each;
    ClockSkew, "clock_skew", "This computer and the appliance show the same time", each;
    LinkRegistration, "link_registration", "Case buttons open Casebridge";
    RepConsole, "rep_console", "The representative console is found", each;
    OrgHost, "org_host", "Salesforce can be reached";
    OrgSignIn, "org_sign_in", "You are signed in to Salesforce";
    OrgApiAccess, "org_api_access", "Your Salesforce user has API access";
    UserMapping, "user_mapping", "The appliance knows you as a representative", each;
    RepresentativeAvailable, "representative_available", "You are logged in to the representative console", each;
    CaseRead, "case_read", "Cases can be read";
    OrgObjects, "org_objects", "Finished sessions can be written to Salesforce";
    SessionImport, "session_import", "Finished sessions are written to their cases";
    EventTypes, "event_types", "The imported event types are complete", each;
    RelatedList, "related_list", "The list of sessions on a case can be shown";
}

impl Kind {
    /// Whether a failure to connect is one to the org.
    fn is_about_org(self) -> bool {
        matches!(
            self,
            Self::OrgHost
                | Self::OrgSignIn
                | Self::OrgApiAccess
                | Self::CaseRead
                | Self::OrgObjects
                | Self::SessionImport
                | Self::RelatedList
        )
    }
}

/// Results of earlier checks that later checks need.
#[derive(Default)]
pub(super) struct Round {
    pub(super) appliances: BTreeMap<String, Visit>,
    pub(super) org_reached: bool,
    pub(super) signed_in: bool,
    pub(super) may_use_api: bool,
    pub(super) has_objects: bool,
    pub(super) names: Option<Candidates>,
}

/// Results of earlier checks of an appliance.
#[derive(Default)]
pub(super) struct Visit {
    pub(super) reached: bool,
    pub(super) client: Option<Arc<Appliance>>,
    pub(super) info: Option<ApiInfo>,
    pub(super) logged_in: Option<bool>,
}

pub(super) type Found = Result<Finding, Failure>;

pub(super) fn later(what: &str) -> Found {
    Ok(Finding::skip(format!("Skipped, because an earlier check did not pass: {what}.")))
}

pub(super) async fn make(check: &Check, casebridge: &Casebridge, round: &mut Round) -> Finding {
    let name = check.appliance.as_deref().unwrap_or(DEFAULT_APPLIANCE);
    let result = match check.kind {
        Kind::Settings => settings(casebridge),
        Kind::UnusedSettings => Ok(unused_settings(casebridge)),
        Kind::Store => store(casebridge).await,
        Kind::DefaultAppliance => default_appliance(casebridge),
        Kind::Proxy => proxy(casebridge).await,
        Kind::Keyring => keyring(casebridge).await,
        Kind::ApplianceHost => appliance::host(casebridge, name).await,
        Kind::ApplianceTcp => appliance::tcp(casebridge, name).await,
        Kind::ApplianceTls => appliance::tls(casebridge, name, round).await,
        Kind::ApplianceToken => appliance::token(casebridge, name, round).await,
        Kind::AppliancePermissions => appliance::permissions(name, round).await,
        Kind::ApplianceHealth => appliance::health(name, round).await,
        Kind::ClockSkew => appliance::clock_skew(casebridge, name, round),
        Kind::LinkRegistration => registration(),
        Kind::RepConsole => appliance::rep_console(casebridge, name),
        Kind::OrgHost => org::host(casebridge, round).await,
        Kind::OrgSignIn => org::sign_in(casebridge, round).await,
        Kind::OrgApiAccess => org::api_access(casebridge, round).await,
        Kind::UserMapping => appliance::user_mapping(casebridge, name, round).await,
        Kind::RepresentativeAvailable => appliance::available(casebridge, name, round),
        Kind::CaseRead => org::case_read(casebridge, round).await,
        Kind::OrgObjects => org::objects(casebridge, round).await,
        Kind::SessionImport => org::session_import(casebridge, round).await,
        Kind::EventTypes => Ok(appliance::event_types(casebridge, name)),
        Kind::RelatedList => org::related_list(casebridge, round).await,
    };
    let about = (!check.kind.is_about_org()).then_some(name);
    result.unwrap_or_else(|failure| Finding::fail(&failure, about))
}

fn settings(casebridge: &Casebridge) -> Found {
    let settings = casebridge.settings();
    if let Some(problem) = settings.problems.first() {
        let detail = format!("{}: {}", problem.key, problem.reason);
        let failure = Failure::new(FailureCode::SettingsInvalid, detail);
        let finding = Finding::fail(&failure, Some(DEFAULT_APPLIANCE));
        return Ok(match settings.value(&problem.key) {
            Some(value) => finding.at_setting(value.key.clone()),
            None => finding,
        });
    }
    if !casebridge.is_configured() {
        return Err(Failure::new(FailureCode::NotConfigured, String::new()));
    }
    Ok(Finding::pass(casebridge.profile().settings_file().display().to_string()))
}

/// Settings that are known and change nothing here. None of them is ignored silently.
fn unused_settings(casebridge: &Casebridge) -> Finding {
    let settings = casebridge.settings();
    let mut unused = settings_file::unused(casebridge.profile());
    let updates = settings.entry(&setting::UPDATES_ENABLED);
    if let Some(value) = updates.filter(|value| value.origin != Origin::Default)
        && settings.get(&setting::UPDATES_ENABLED)
    {
        unused.push(value.key.clone());
    }
    match unused.as_slice() {
        [] => Finding::pass(""),
        all => Finding::warn(
            format!("Casebridge on a desktop does not use: {}.", all.join(", ")),
            "You can leave these settings out. A desktop needs no outbound events: it asks the appliance itself which sessions have ended.",
        ),
    }
}

/// Reports a repaired store until a person has read the notice.
async fn store(casebridge: &Casebridge) -> Found {
    let overview = outbox::overview(casebridge).await?;
    match overview.mended {
        None => Ok(Finding::pass("")),
        Some(mended) => Err(failures::of_mended(&mended)),
    }
}

fn default_appliance(casebridge: &Casebridge) -> Found {
    let settings = casebridge.settings();
    match settings.appliance(DEFAULT_APPLIANCE) {
        Some(appliance) => Ok(Finding::pass(appliance.hostname)),
        None => {
            let known = settings.appliances();
            let detail = match known.is_empty() {
                true => "No appliance is set up.".to_owned(),
                false => format!("Your settings have {}.", known.join(", ")),
            };
            Err(Failure::new(FailureCode::DefaultApplianceMissing, detail))
        }
    }
}

/// Checks only that the proxy can be reached. Later checks find out whether it lets connections
/// through, and report a 407.
async fn proxy(casebridge: &Casebridge) -> Found {
    let settings = casebridge.settings();
    let Some(proxy) = settings.get(&setting::NETWORK_PROXY) else {
        return Ok(Finding::pass(
            "No proxy is set. Casebridge uses the system proxy, if there is one.",
        ));
    };
    let url = proxy.url();
    let socks = url.scheme().starts_with("socks").then_some(1080);
    let port = url.port_or_known_default().or(socks).unwrap_or(443);
    let place = format!("{}:{port}", url.host_str().unwrap_or_default());
    let failure = |detail: String| Failure::new(FailureCode::ProxyUnusable, detail);
    match timeout(PATIENCE, TcpStream::connect(&place)).await {
        Ok(Ok(_)) => Ok(Finding::pass(place)),
        Ok(Err(error)) => Err(failure(format!("{place}: {error}"))),
        Err(_) => Err(failure(format!("{place}: no answer in time"))),
    }
}

async fn keyring(casebridge: &Casebridge) -> Found {
    casebridge.with_secrets(|secrets| secrets.check()).await?;
    Ok(Finding::pass("Secrets can be stored and read back."))
}

fn registration() -> Found {
    // Removes a user's own entry from before the package was installed.
    let found = link_registration::repair()
        .and_then(|()| link_registration::status())
        .map_err(|e| Failure::caused(FailureCode::LinkNotRegistered, e.to_string(), e))?;
    match found {
        Registration::Registered { by } => Ok(Finding::pass(by)),
        Registration::Missing => Err(Failure::new(FailureCode::LinkNotRegistered, String::new())),
        Registration::Other { handler } => {
            let detail = format!("{handler} opens casebridge links.");
            Err(Failure::new(FailureCode::LinkNotRegistered, detail))
        }
    }
}
