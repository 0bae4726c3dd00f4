//! The checks themselves.

use super::{Check, Finding};
use crate::{Casebridge, failures};
use crate::{account, console, jump, outbox, session_key};
use casebridge_beyondtrust::{ApiInfo, Appliance, CommandAccess, KeyRequest, MessageKind, Queue};
use casebridge_domain::report::EVENT_TYPES;
use casebridge_domain::settings::{ApplianceSettings, DEFAULT_APPLIANCE, Settings, setting};
use casebridge_domain::{CaseRef, Failure, FailureCode};
use casebridge_platform::link_registration::{self, Registration};
use casebridge_platform::rep_console::ConsoleSite;
use casebridge_salesforce::Error as OrgError;
use casebridge_transport::TransportError;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);
/// A valid case id that no case has.
const NO_CASE: &str = "500000000000000AAA";
/// The maximum clock difference. A larger one makes expiry times misleading.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

macro_rules! checks {
    ($($kind:ident, $id:literal, $title:literal;)*) => {
        /// Which check it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $(#[doc = $title] $kind),* }

        pub(super) const LIST: &[Check] =
            &[$(Check { kind: Kind::$kind, id: $id, title: $title }),*];
    };
}

checks! {
    Settings, "settings", "The settings are complete and can be read";
    Store, "store", "Casebridge's data on this computer can be read";
    DefaultAppliance, "default_appliance", "An appliance named Default is set up";
    Proxy, "proxy", "The proxy, if one is set, can be reached";
    ApplianceHost, "appliance_host", "The appliance's host name can be found";
    ApplianceTcp, "appliance_tcp", "The appliance can be reached";
    ApplianceTls, "appliance_tls", "The appliance's certificate is trusted";
    Keyring, "keyring", "The keyring stores and returns secrets";
    ApplianceToken, "appliance_token", "The appliance accepts the client ID and secret";
    AppliancePermissions, "appliance_permissions", "The API account may create session keys";
    ApplianceHealth, "appliance_health", "The appliance is healthy";
    ClockSkew, "clock_skew", "This computer and the appliance show the same time";
    LinkRegistration, "link_registration", "Case buttons open Casebridge";
    RepConsole, "rep_console", "The representative console is found";
    OrgHost, "org_host", "Salesforce can be reached";
    OrgSignIn, "org_sign_in", "You are signed in to Salesforce";
    OrgApiAccess, "org_api_access", "Your Salesforce user has API access";
    UserMapping, "user_mapping", "The appliance knows you as a representative";
    CaseRead, "case_read", "Cases can be read";
    OrgObjects, "org_objects", "Finished sessions can be written to Salesforce";
}

/// Results of earlier checks that later checks need.
#[derive(Default)]
pub(super) struct Round {
    appliance: Option<ApplianceSettings>,
    appliance_reached: bool,
    client: Option<Arc<Appliance>>,
    info: Option<ApiInfo>,
    org_reached: bool,
    signed_in: bool,
    may_use_api: bool,
}

pub(super) async fn make(kind: Kind, casebridge: &Casebridge, round: &mut Round) -> Finding {
    let result = match kind {
        Kind::Settings => settings(casebridge),
        Kind::Store => store(casebridge).await,
        Kind::DefaultAppliance => default_appliance(casebridge, round),
        Kind::Proxy => proxy(casebridge).await,
        Kind::ApplianceHost => host(casebridge, round).await,
        Kind::ApplianceTcp => tcp(casebridge, round).await,
        Kind::ApplianceTls => tls(casebridge, round).await,
        Kind::Keyring => keyring(casebridge).await,
        Kind::ApplianceToken => token(casebridge, round).await,
        Kind::AppliancePermissions => permissions(round).await,
        Kind::ApplianceHealth => health(round).await,
        Kind::ClockSkew => clock_skew(casebridge, round),
        Kind::LinkRegistration => registration(),
        Kind::RepConsole => rep_console(casebridge),
        Kind::OrgHost => org_host(casebridge, round).await,
        Kind::OrgSignIn => sign_in(casebridge, round).await,
        Kind::OrgApiAccess => api_access(casebridge, round).await,
        Kind::UserMapping => user_mapping(casebridge, round).await,
        Kind::CaseRead => case_read(casebridge, round).await,
        Kind::OrgObjects => org_objects(casebridge, round).await,
    };
    result.unwrap_or_else(|failure| Finding::fail(&failure))
}

type Found = Result<Finding, Failure>;

fn later(what: &str) -> Found {
    Ok(Finding::skip(format!("Skipped, because an earlier check did not pass: {what}.")))
}

fn settings(casebridge: &Casebridge) -> Found {
    let settings = casebridge.settings();
    if let Some(problem) = settings.problems.first() {
        let detail = format!("{}: {}", problem.key, problem.reason);
        return Err(Failure::new(FailureCode::SettingsInvalid, detail));
    }
    if !casebridge.is_configured() {
        return Err(Failure::new(FailureCode::NotConfigured, String::new()));
    }
    let unknown = unknown_event_types(&settings);
    if !unknown.is_empty() {
        return Ok(Finding::warn(
            format!("The setting event_types contains {}.", unknown.join(", ")),
            "Casebridge knows no event type with this name and may import nothing for it. Check the spelling.",
        ));
    }
    Ok(Finding::pass(casebridge.profile().settings_file().display().to_string()))
}

/// Reports a repaired store until a person has read the notice.
async fn store(casebridge: &Casebridge) -> Found {
    let overview = outbox::overview(casebridge).await?;
    match overview.mended {
        None => Ok(Finding::pass("")),
        Some(mended) => Err(failures::of_mended(&mended)),
    }
}

/// Event types that are not in the list. The list is open, so they may still be valid.
fn unknown_event_types(settings: &Settings) -> Vec<String> {
    let appliances = settings.appliances();
    let chosen = appliances.iter().filter_map(|name| settings.appliance(name));
    chosen
        .flat_map(|appliance| appliance.event_types)
        .filter(|name| !EVENT_TYPES.contains(&name.as_str()))
        .collect()
}

fn default_appliance(casebridge: &Casebridge, round: &mut Round) -> Found {
    let settings = casebridge.settings();
    match settings.appliance(DEFAULT_APPLIANCE) {
        Some(appliance) => {
            let detail = appliance.hostname.clone();
            round.appliance = Some(appliance);
            Ok(Finding::pass(detail))
        }
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

/// If a proxy is set, only the proxy resolves host names and connects.
fn through_proxy(casebridge: &Casebridge) -> Option<Finding> {
    casebridge
        .settings()
        .get(&setting::NETWORK_PROXY)
        .map(|_| Finding::skip("The proxy does this. The next checks use the proxy."))
}

fn address(hostname: &str) -> String {
    let has_port = hostname.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { hostname.to_owned() } else { format!("{hostname}:443") }
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

async fn host(casebridge: &Casebridge, round: &Round) -> Found {
    let Some(appliance) = &round.appliance else { return later("no appliance") };
    if let Some(finding) = through_proxy(casebridge) {
        return Ok(finding);
    }
    let failure = |detail: String| Failure::new(FailureCode::HostNotFound, detail);
    let name = appliance.hostname.clone();
    match timeout(PATIENCE, lookup_host(address(&name))).await {
        Ok(Ok(mut found)) => match found.next() {
            Some(address) => Ok(Finding::pass(address.ip().to_string())),
            None => Err(failure(name)),
        },
        Ok(Err(error)) => Err(failure(format!("{name}: {error}"))),
        Err(_) => Err(failure(format!("{name}: no answer in time"))),
    }
}

async fn tcp(casebridge: &Casebridge, round: &Round) -> Found {
    let Some(appliance) = &round.appliance else { return later("no appliance") };
    if let Some(finding) = through_proxy(casebridge) {
        return Ok(finding);
    }
    let address = address(&appliance.hostname);
    let failure = |detail: String| Failure::new(FailureCode::SiteUnreachable, detail);
    match timeout(PATIENCE, TcpStream::connect(&address)).await {
        Ok(Ok(_)) => Ok(Finding::pass(address)),
        Ok(Err(error)) => Err(failure(format!("{address}: {error}"))),
        Err(_) => Err(failure(format!("{address}: no answer in time"))),
    }
}

/// Any answer at all proves the secure connection.
async fn tls(casebridge: &Casebridge, round: &mut Round) -> Found {
    let Some(appliance) = &round.appliance else { return later("no appliance") };
    let http = casebridge.http(appliance.ca_file.clone(), false)?;
    let site = format!("https://{}/", appliance.hostname).parse().map_err(|e| {
        Failure::caused(FailureCode::SettingsInvalid, appliance.hostname.clone(), e)
    })?;
    let sent = http.send(http.request(casebridge_transport::reqwest::Method::GET, &site)).await;
    match sent {
        Ok(_) | Err(TransportError::CutOff | TransportError::TooLarge { .. }) => {
            round.appliance_reached = true;
            Ok(Finding::pass("The connection is secure."))
        }
        Err(error) => {
            let code = failures::transport_code(&error);
            Err(Failure::caused(code, error.to_string(), error))
        }
    }
}

/// Only jumps need a console; keys created by Casebridge do not.
fn rep_console(casebridge: &Casebridge) -> Found {
    let settings = casebridge.settings();
    let Ok(site) = casebridge.site(None) else { return later("no appliance is set up") };
    let path = settings.get(&setting::REP_CONSOLE_PATH);
    let site_name = settings.get(&setting::REP_CONSOLE_SITE_NAME);
    let found = casebridge_platform::rep_console::find(&ConsoleSite {
        path: path.as_deref(),
        host: site.host_str().unwrap_or_default(),
        site_name: site_name.as_deref(),
    });
    Ok(match (found, &site_name) {
        (Ok(program), _) => Finding::pass(program.display().to_string()),
        (Err(skipped), _) if path.is_some() => {
            Finding::warn(console::reasons(&skipped), FailureCode::ConsoleNotFound.text().next_step)
        }
        (Err(_), Some(name)) => {
            Finding::pass(format!("Casebridge opens scripts as .brcs-{name} files."))
        }
        (Err(_), None) => Finding::skip(
            "No console is set or installed. Jumps use the web console in the browser.",
        ),
    })
}

async fn keyring(casebridge: &Casebridge) -> Found {
    casebridge.with_secrets(|secrets| secrets.check()).await?;
    Ok(Finding::pass("Secrets can be stored and read back."))
}

async fn token(casebridge: &Casebridge, round: &mut Round) -> Found {
    if !round.appliance_reached {
        return later("the appliance can't be reached");
    }
    let client = casebridge.appliance(None).await?;
    client.log_in().await.map_err(|e| of(&client, e))?;
    round.client = Some(client);
    Ok(Finding::pass("The appliance issued a token."))
}

fn of(client: &Appliance, error: casebridge_beyondtrust::Error) -> Failure {
    failures::of_appliance(client.site().authority(), error)
}

async fn permissions(round: &mut Round) -> Found {
    let Some(client) = &round.client else { return later("no token") };
    let info = client.get_api_info().await.map_err(|e| of(client, e))?;
    let access = info.command_access();
    let may_report = info.may_report_support();
    let version = info.api_version.as_ref().map_or("unknown", |v| v.as_str()).to_owned();
    round.info = Some(info);
    match (access, may_report) {
        (Some(CommandAccess::ReadOnly | CommandAccess::Denied), _) => {
            let detail = "The API account does not have full access to the Command API.";
            Err(Failure::new(FailureCode::EndpointUnauthorized, detail))
        }
        (_, Some(false)) => Ok(Finding::warn(
            "The API account may not read support session reports, so Casebridge can't tell when a customer joins.",
            "Ask your BeyondTrust administrator to give the API account access to support session reports.",
        )),
        _ => Ok(Finding::pass(format!("API version {version}."))),
    }
}

async fn health(round: &Round) -> Found {
    let Some(client) = &round.client else { return later("no token") };
    let health = client.check_health().await.map_err(|e| of(client, e))?;
    let version = health.version.unwrap_or_default();
    match health.healthy {
        Some(false) => Ok(Finding::warn(
            health.error_message.unwrap_or_else(|| "The appliance reports a problem.".into()),
            "Send this message to your BeyondTrust administrator.",
        )),
        Some(true) | None => Ok(Finding::pass(version)),
    }
}

fn clock_skew(casebridge: &Casebridge, round: &Round) -> Found {
    let Some(info) = &round.info else { return later("the API account could not be checked") };
    let Some(theirs) = info.timestamp else {
        return Ok(Finding::skip("The appliance did not report its time."));
    };
    let apart = casebridge.now().duration_until(theirs).abs();
    let detail = format!("The clocks differ by {} seconds.", apart.as_secs());
    if apart <= SKEW {
        return Ok(Finding::pass(detail));
    }
    let step = "Set this computer's clock. If it is right, tell your BeyondTrust administrator.";
    Ok(Finding::warn(detail, step))
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

async fn org_host(casebridge: &Casebridge, round: &mut Round) -> Found {
    let org = casebridge.org()?;
    org.probe().await.map_err(failures::of_org)?;
    round.org_reached = true;
    Ok(Finding::pass(org.login_url().to_string()))
}

async fn sign_in(casebridge: &Casebridge, round: &mut Round) -> Found {
    if !round.org_reached {
        return later("Salesforce can't be reached");
    }
    if !account::is_signed_in(casebridge).await? {
        return Err(Failure::new(FailureCode::SignedOut, String::new()));
    }
    let who = casebridge.org()?.whoami().await;
    match who {
        Ok(who) => {
            round.signed_in = true;
            Ok(Finding::pass(who.username))
        }
        // An answer from the API proves the sign-in. The next check covers access.
        Err(
            OrgError::ApiDisabled
            | OrgError::InsufficientAccess { .. }
            | OrgError::LimitExceeded { .. },
        ) => {
            round.signed_in = true;
            Ok(Finding::pass("The stored sign-in is valid."))
        }
        Err(error) => Err(failures::of_org(error)),
    }
}

async fn api_access(casebridge: &Casebridge, round: &mut Round) -> Found {
    if !round.signed_in {
        return later("you are not signed in");
    }
    let org = casebridge.org()?;
    org.whoami().await.map_err(failures::of_org)?;
    round.may_use_api = true;
    Ok(match org.api_usage() {
        Some(usage) if usage.used.saturating_mul(10) > usage.max.saturating_mul(9) => {
            Finding::warn(
                format!(
                    "{} of {} API requests of the last 24 hours are used.",
                    usage.used, usage.max
                ),
                FailureCode::OrgLimit.text().next_step,
            )
        }
        Some(usage) => Finding::pass(format!(
            "{} of {} API requests of the last 24 hours are used.",
            usage.used, usage.max
        )),
        None => Finding::pass(String::new()),
    })
}

/// The Command API can't list representatives by user name. So the check requests a key that is
/// valid for one second on the representative's queue, which the appliance refuses for an unknown
/// user name.
async fn user_mapping(casebridge: &Casebridge, round: &Round) -> Found {
    if !round.may_use_api {
        return later("no API access");
    }
    let name = session_key::representative(casebridge).await?;
    let Some(client) = &round.client else {
        return Ok(Finding::skip(format!("{name}. The appliance could not be asked.")));
    };
    let mut request = KeyRequest::new(Queue::RepUsername(name.clone()));
    request.ttl = Some(Duration::from_secs(1));
    match client.generate_session_key(&request).await {
        Ok(_) => Ok(Finding::pass(name)),
        Err(error) if error.message_kind() == Some(MessageKind::RepresentativeNotAvailable) => {
            let code = FailureCode::RepresentativeNotAvailable;
            Ok(Finding::warn(
                format!(
                    "The appliance knows {name}, who is not logged in to the representative console."
                ),
                code.text().next_step,
            ))
        }
        Err(error) => Err(of(client, error)),
    }
}

/// Reads a case that can't exist, to check only the fields and the permission.
async fn case_read(casebridge: &Casebridge, round: &Round) -> Found {
    if !round.may_use_api {
        return later("no API access");
    }
    let nothing: CaseRef = "0".parse().map_err(failures::of_reference)?;
    let org = casebridge.org()?;
    let hosts = jump::host_fields(casebridge);
    if !hosts.is_empty() {
        let no_case = NO_CASE.parse().map_err(failures::of_reference)?;
        org.case_hosts(&no_case, &hosts).await.map_err(failures::of_org)?;
    }
    match org.case_by_ref(&nothing).await {
        Ok(_) | Err(OrgError::NotFound) if org.hidden_fields().is_empty() => Ok(Finding::pass("")),
        Ok(_) | Err(OrgError::NotFound) => Ok(Finding::warn(
            format!("You can't see: {}.", org.hidden_fields().join(", ")),
            "Casebridge works without these fields, but it can't show them or compare them with the customer. Ask your Salesforce administrator to give you read access to them.",
        )),
        Err(error) => Err(failures::of_org(error)),
    }
}

/// Keys, jumps and tags work without the objects, so missing objects are only a warning.
async fn org_objects(casebridge: &Casebridge, round: &Round) -> Found {
    if !round.may_use_api {
        return later("no API access");
    }
    match casebridge.org()?.has_import_objects().await {
        Ok(()) => Ok(Finding::pass("")),
        Err(error @ OrgError::InvalidField { .. }) => Ok(Finding::warn(
            failures::of_org(error).detail,
            "Casebridge does not import finished sessions. Ask your Salesforce administrator to deploy Casebridge's objects and to assign you its permission set.",
        )),
        Err(error) => Err(failures::of_org(error)),
    }
}
