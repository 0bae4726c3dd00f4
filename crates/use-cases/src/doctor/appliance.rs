//! The checks about an appliance. Each is made for every appliance in the settings.

use super::Finding;
use super::checks::{Found, PATIENCE, Round, later};
use crate::{Casebridge, console, failures, representative};
use casebridge_beyondtrust::{Appliance, CommandAccess};
use casebridge_domain::report::EVENT_TYPES;
use casebridge_domain::settings::{appliance_setting, setting};
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::rep_console::ConsoleSite;
use casebridge_transport::TransportError;
use jiff::SignedDuration;
use std::sync::Arc;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// The maximum clock difference. A larger one makes expiry times misleading.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

const NOT_SET_UP: &str = "this appliance is not set up";

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

pub(super) async fn host(casebridge: &Casebridge, name: &str) -> Found {
    let Some(appliance) = casebridge.settings().appliance(name) else { return later(NOT_SET_UP) };
    if let Some(finding) = through_proxy(casebridge) {
        return Ok(finding);
    }
    let failure = |detail: String| Failure::new(FailureCode::HostNotFound, detail);
    let host = appliance.hostname;
    match timeout(PATIENCE, lookup_host(address(&host))).await {
        Ok(Ok(mut found)) => match found.next() {
            Some(address) => Ok(Finding::pass(address.ip().to_string())),
            None => Err(failure(host)),
        },
        Ok(Err(error)) => Err(failure(format!("{host}: {error}"))),
        Err(_) => Err(failure(format!("{host}: no answer in time"))),
    }
}

pub(super) async fn tcp(casebridge: &Casebridge, name: &str) -> Found {
    let Some(appliance) = casebridge.settings().appliance(name) else { return later(NOT_SET_UP) };
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
pub(super) async fn tls(casebridge: &Casebridge, name: &str, round: &mut Round) -> Found {
    let Some(appliance) = casebridge.settings().appliance(name) else { return later(NOT_SET_UP) };
    let http = casebridge.http(appliance.ca_file, false)?;
    let site = format!("https://{}/", appliance.hostname).parse().map_err(|e| {
        Failure::caused(FailureCode::SettingsInvalid, appliance.hostname.clone(), e)
    })?;
    let sent = http.send(http.request(casebridge_transport::reqwest::Method::GET, &site)).await;
    match sent {
        Ok(_) | Err(TransportError::CutOff | TransportError::TooLarge { .. }) => {
            round.appliances.entry(name.to_owned()).or_default().reached = true;
            Ok(Finding::pass("The connection is secure."))
        }
        Err(error) => {
            let code = failures::transport_code(&error);
            Err(Failure::caused(code, error.to_string(), error))
        }
    }
}

pub(super) async fn token(casebridge: &Casebridge, name: &str, round: &mut Round) -> Found {
    let visit = round.appliances.entry(name.to_owned()).or_default();
    if !visit.reached {
        return later("the appliance can't be reached");
    }
    let client = casebridge.appliance(Some(name)).await?;
    client.log_in().await.map_err(|e| failures::of_site(&client, e))?;
    visit.client = Some(client);
    Ok(Finding::pass("The appliance issued a token."))
}

/// The client of an appliance that accepted the log-in.
fn client(round: &Round, name: &str) -> Option<Arc<Appliance>> {
    round.appliances.get(name)?.client.clone()
}

pub(super) async fn permissions(name: &str, round: &mut Round) -> Found {
    let Some(client) = client(round, name) else { return later("no token") };
    let info = client.get_api_info().await.map_err(|e| failures::of_site(&client, e))?;
    let access = info.command_access();
    let may_report = info.may_report_support();
    let version = info.api_version.as_ref().map_or("unknown", |v| v.as_str()).to_owned();
    round.appliances.entry(name.to_owned()).or_default().info = Some(info);
    match (access, may_report) {
        (Some(CommandAccess::ReadOnly | CommandAccess::Denied), _) => {
            let detail = "The API account does not have full access to the Command API.";
            Err(Failure::new(FailureCode::EndpointUnauthorized, detail))
        }
        (_, Some(false)) => Ok(Finding::warn(
            "The API account may not read support session reports, so Casebridge can't tell when a customer joins, and imports nothing.",
            "Ask your BeyondTrust administrator to give the API account access to support session reports.",
        )
        .at_setting(appliance_setting::CLIENT_ID.key_of(name))),
        _ => Ok(Finding::pass(format!("API version {version}."))),
    }
}

pub(super) async fn health(name: &str, round: &Round) -> Found {
    let Some(client) = client(round, name) else { return later("no token") };
    let health = client.check_health().await.map_err(|e| failures::of_site(&client, e))?;
    let version = health.version.unwrap_or_default();
    match health.healthy {
        Some(false) => Ok(Finding::warn(
            health.error_message.unwrap_or_else(|| "The appliance reports a problem.".into()),
            "Send this message to your BeyondTrust administrator.",
        )),
        Some(true) | None => Ok(Finding::pass(version)),
    }
}

pub(super) fn clock_skew(casebridge: &Casebridge, name: &str, round: &Round) -> Found {
    let Some(info) = round.appliances.get(name).and_then(|visit| visit.info.as_ref()) else {
        return later("the API account could not be checked");
    };
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

/// Only jumps need a console; keys created by Casebridge do not.
pub(super) fn rep_console(casebridge: &Casebridge, name: &str) -> Found {
    let settings = casebridge.settings();
    let Ok(site) = casebridge.site(Some(name)) else { return later(NOT_SET_UP) };
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
            let reasons = console::reasons(&skipped);
            Finding::warn(reasons, FailureCode::ConsoleNotFound.text().next_step)
                .at_setting(setting::REP_CONSOLE_PATH.key())
        }
        (Err(_), Some(name)) => {
            Finding::pass(format!("Casebridge opens scripts as .brcs-{name} files."))
        }
        (Err(_), None) => Finding::skip(
            "No console is set or installed. Jumps use the web console in the browser.",
        ),
    })
}

/// A name that was found by trying is shown with its origin. A field that is missing in the org is
/// worth a warning even then.
pub(super) async fn user_mapping(casebridge: &Casebridge, name: &str, round: &mut Round) -> Found {
    if !round.may_use_api {
        return later("no API access");
    }
    if casebridge.settings().appliance(name).is_none() {
        return later(NOT_SET_UP);
    }
    let names = match &round.names {
        Some(names) => names.clone(),
        None => round.names.insert(representative::candidates(casebridge, None).await?).clone(),
    };
    let visit = round.appliances.entry(name.to_owned()).or_default();
    let Some(client) = &visit.client else {
        return Ok(Finding::skip(format!(
            "{} The appliance could not be asked.",
            names.describe()
        )));
    };
    let (one, logged_in) = representative::on_appliance(casebridge, name, client, &names).await?;
    visit.logged_in = Some(logged_in);
    let detail = one.describe();
    Ok(match names.lacks_field() {
        None => Finding::pass(detail),
        Some(field) => Finding::warn(
            format!("{detail}. The field {field} is missing in Salesforce or hidden from you."),
            "Casebridge found your user name without the field. Users with another name on the appliance need the field: ask your Salesforce administrator to deploy it and to give you access to it.",
        )
        .at_setting(setting::ORG_USERNAME_FIELD.key()),
    })
}

pub(super) fn available(casebridge: &Casebridge, name: &str, round: &Round) -> Found {
    let settings = casebridge.settings();
    let by_console = &appliance_setting::USE_REP_CONSOLE_FOR_SESSION_KEYS;
    match round.appliances.get(name).and_then(|visit| visit.logged_in) {
        None => later("the appliance did not say who you are"),
        Some(true) => Ok(Finding::pass("")),
        Some(false) if settings.get_of(name, by_console) => {
            Ok(Finding::pass("You are not logged in. The representative console creates the keys."))
        }
        Some(false) => {
            let code = FailureCode::RepresentativeNotAvailable;
            Ok(Finding::warn_of(&Failure::new(code, String::new()), Some(name)))
        }
    }
}

/// What a report has and no event type of the settings takes is missing in Salesforce. The list of
/// types is open, so a name that is not known may still be valid.
pub(super) fn event_types(casebridge: &Casebridge, name: &str) -> Finding {
    let chosen = casebridge.settings().get_of(name, &appliance_setting::EVENT_TYPES);
    let key = appliance_setting::EVENT_TYPES.key_of(name);
    if chosen.is_empty() {
        return Finding::pass("Events of all types are imported.");
    }
    let is_known = |name: &&String| EVENT_TYPES.contains(&name.as_str());
    let unknown: Vec<&str> =
        chosen.iter().filter(|one| !is_known(one)).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Finding::warn(
            format!("The setting event_types contains {}.", unknown.join(", ")),
            "Casebridge knows no event type with this name and may import nothing for it. Check the spelling.",
        )
        .at_setting(key);
    }
    let left_out: Vec<&str> = EVENT_TYPES
        .iter()
        .copied()
        .filter(|known| !chosen.iter().any(|one| one == known))
        .collect();
    if left_out.is_empty() {
        return Finding::pass("Events of all types are imported.");
    }
    // Choosing types is normal: the steps are for somebody who misses data.
    Finding::pass(format!(
        "{} of {} event types are imported. Not imported: {}.",
        chosen.len(),
        EVENT_TYPES.len(),
        left_out.join(", ")
    ))
    .with_steps(&[
        "If events are missing on the sessions of a case, select their types in Settings. If none is selected, all are imported.",
        "Nothing has to be loaded into Salesforce for it: Casebridge knows the event types.",
        "Sessions that are imported already keep what they have. Run casebridgectl import --lsid LSID to import one again.",
    ])
    .at_setting(key)
}
