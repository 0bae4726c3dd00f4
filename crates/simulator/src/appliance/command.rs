//! The Command API: what each action does and what its answer looks like.

use std::collections::BTreeMap;

use super::language;
use super::request::{Params, Refusal};
use super::session::{EXTERNAL_KEY, Performer, Queue};
use super::state::{Representative, SessionKey, State};
use super::xml::Element;
use crate::common::clock::at;
use crate::common::faults::FaultName;

const MAX_VALUE: usize = 1_024;
const MAX_ATTRIBUTES: usize = 10 * 1_024;
const DEFAULT_TTL: i64 = 86_400;
/// Support teams and issues that keys can wait for; their ids count from 1.
const TEAMS: [&str; 2] = ["Help Desk", "Field Support"];
const ISSUES: [&str; 2] = ["printer", "password"];
/// Hosts of the public sites. Those on loopback keep the appliance's port.
const LOOPBACK_SITES: [&str; 2] = ["localhost", "127.0.0.1"];
const SITES: [&str; 2] = ["support.example.test", "help.example.test"];

/// The root of an action's answer.
pub(super) fn root_of(action: &str) -> &'static str {
    match action {
        "get_api_info" => "api_information",
        "check_health" => "health_check",
        "get_logged_in_reps" => "logged_in_reps",
        "get_support_teams" => "support_teams",
        "generate_session_key" => "session_key",
        "get_session_attributes" => "custom_attributes",
        _ => "success",
    }
}

/// Does an action.
pub(super) fn run(
    state: &mut State,
    host: &str,
    action: &str,
    params: &Params,
) -> Result<Element, Refusal> {
    let needs_full =
        matches!(action, "generate_session_key" | "set_session_attributes" | "terminate_session");
    check_permission(state, action, needs_full)?;
    match action {
        "get_api_info" => Ok(api_information(state)),
        "check_health" => Ok(health_check(state, host)),
        "get_logged_in_reps" => Ok(logged_in_reps(state, host)),
        "get_support_teams" => Ok(support_teams()),
        "generate_session_key" => generate_session_key(state, host, params),
        "get_session_attributes" => get_session_attributes(state, params),
        "set_session_attributes" => set_session_attributes(state, params),
        "terminate_session" => terminate_session(state, params),
        "" => Err(Refusal::error("Missing required parameter 'action'")),
        other => Err(Refusal::error(format!("Unknown action '{other}'"))),
    }
}

/// Reading one's own permissions is always allowed.
fn check_permission(state: &mut State, action: &str, needs_full: bool) -> Result<(), Refusal> {
    if action == "get_api_info" {
        return Ok(());
    }
    let denied = state.faults().take(FaultName::ForbiddenCommand, action).is_some()
        || (needs_full && state.faults().take(FaultName::CommandReadOnly, action).is_some());
    if denied { Err(Refusal::Permission) } else { Ok(()) }
}

fn api_information(state: &State) -> Element {
    let faults = state.faults();
    let old = faults.is_on(FaultName::OldNamespace);
    let command = if faults.is_on(FaultName::ForbiddenCommand) {
        "deny"
    } else if faults.is_on(FaultName::CommandReadOnly) {
        "read_only"
    } else {
        "full_access"
    };
    let reporting = if faults.is_on(FaultName::ForbiddenReporting) { "0" } else { "1" };
    let permissions = [
        ("perm_backup", "0"),
        ("perm_command", command),
        ("perm_configuration", "0"),
        ("perm_ecm", "0"),
        ("perm_real_time_state", "0"),
        ("perm_reporting_archive", "0"),
        ("perm_reporting_license", "0"),
        ("perm_reporting_presentation", "1"),
        ("perm_reporting_support", reporting),
        ("perm_reporting_vault", "0"),
        ("perm_scim", "0"),
    ];
    let list = permissions
        .into_iter()
        .map(|(name, value)| Element::with_text("permission", value).attribute("name", name));
    let mut root = Element::new("api_information")
        .child(Element::with_text("api_version", if old { "1.19.0" } else { "1.25.0" }));
    if old {
        root = root.child(Element::with_text("company_name", "Example Help Desk"));
    }
    root = root
        .child(Element::with_text("timestamp", state.now()))
        .child(Element::new("permissions").children(list));
    if faults.is_on(FaultName::DocumentedRoots) { root.renamed("get_api_info") } else { root }
}

fn health_check(state: &mut State, host: &str) -> Element {
    let trouble = state.faults().take(FaultName::Unhealthy, "check_health").is_some();
    let old = state.faults().is_on(FaultName::OldNamespace);
    let version = if old { "19.1.8 (37380-0123456789ab)" } else { "24.3.2 (91042-0123456789ab)" };
    let root = Element::new("health_check")
        .child(Element::with_text("appliance", host).attribute("id", &state.guid))
        .child(Element::with_text("version", version))
        .child(Element::with_text("success", if trouble { "0" } else { "1" }));
    let root = if trouble {
        root.child(Element::with_text("error_message", "A license is about to expire."))
    } else {
        root
    };
    root.child(Element::with_text("failover_role", "none"))
}

fn logged_in_reps(state: &State, host: &str) -> Element {
    let reps = state.representatives.iter();
    let here = reps.filter_map(|rep| Some((rep, rep.logged_in_since?)));
    Element::new("logged_in_reps").children(here.map(|(rep, since)| {
        let sessions = state.sessions.iter().filter(|session| {
            session.end.is_none() && session.representatives.iter().any(|r| r.id == rep.id)
        });
        Element::new("rep")
            .attribute("id", rep.id)
            .child(Element::with_text("display_name", &rep.public_name))
            .child(Element::with_text("public_display_name", &rep.public_name))
            .child(Element::with_text("private_display_name", &rep.private_name))
            .child(Element::with_text("type", "Normal"))
            .child(Element::with_text("direct_link", direct_link(host, rep)))
            .child(
                Element::with_text(
                    "logged_in_since",
                    at(since).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
                )
                .attribute("ts", since),
            )
            .child(Element::with_text("presentation_count", 0))
            .child(Element::with_text("support_session_count", sessions.count()))
            .child(Element::with_text("showing_on_rep_list", 1))
    }))
}

fn direct_link(host: &str, rep: &Representative) -> String {
    format!(
        "<a href=\"https://{host}/api/start_session?id={}&name={}\">{}</a>",
        rep.id, rep.public_name, rep.public_name
    )
}

fn support_teams() -> Element {
    Element::new("support_teams").children(TEAMS.iter().zip(1_u32..).map(|(name, id)| {
        Element::new("support_team").attribute("id", id).child(Element::with_text("name", name))
    }))
}

fn generate_session_key(
    state: &mut State,
    host: &str,
    params: &Params,
) -> Result<Element, Refusal> {
    if required(params, "type")? != "support" {
        return Err(Refusal::parameter("type", "The value must be 'support'"));
    }
    let queue = parse_queue(state, required(params, "queue_id")?)?;
    let ttl = match params.get("ttl") {
        Some(ttl) => ttl
            .parse()
            .ok()
            .filter(|ttl| (1..=31_536_000).contains(ttl))
            .ok_or_else(|| Refusal::parameter("ttl", "The value must be a positive integer"))?,
        None => DEFAULT_TTL,
    };
    let portal = params.get("url_hostname").map(String::as_str);
    let site = site_host(host, portal)?;
    let attributes = session_attributes(params)?;
    let for_rep = matches!(queue, Queue::Rep(_));
    let not_available = FaultName::RepNotAvailableError;
    if for_rep && state.faults().take(not_available, "generate_session_key").is_some() {
        return Err(Refusal::error(language::NOT_AVAILABLE));
    }
    let unavailable = FaultName::QueueUnavailable;
    let available = state.faults().take(unavailable, "generate_session_key").is_none()
        && state.is_available(&queue);
    let key = make_key(state, host, portal, queue, Some(ttl), attributes)?;
    let sparse = state.faults().take(FaultName::SparseKey, "generate_session_key").is_some();
    let iso = state.faults().take(FaultName::ExpiresIso, "generate_session_key").is_some();
    let answer = if sparse { sparse_key(&key) } else { session_key(&key, available, iso, &site) };
    Ok(answer)
}

/// Makes a key, whoever asked for it.
pub(crate) fn make_key(
    state: &mut State,
    host: &str,
    portal: Option<&str>,
    queue: Queue,
    ttl: Option<i64>,
    attributes: BTreeMap<String, String>,
) -> Result<SessionKey, Refusal> {
    let site = site_host(host, portal)?;
    let created = state.now();
    let cap = state.faults().get(FaultName::KeyTtlCapped).map(|fault| fault.seconds.unwrap_or(2));
    let ttl = ttl.unwrap_or(DEFAULT_TTL).min(cap.unwrap_or(i64::MAX));
    let ak = state.chance.hex(32);
    let key = SessionKey {
        short_key: unused_short_key(state),
        key_url: format!("https://{site}/?ak={ak}"),
        ak,
        queue,
        created,
        expires: created + ttl,
        attributes: attributes.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        sessions_started: 0,
    };
    state.keys.push(key.clone());
    Ok(key)
}

fn sparse_key(key: &SessionKey) -> Element {
    Element::new("session_key")
        .child(Element::with_text("short_key", &key.short_key))
        .child(Element::with_text("key_url", &key.key_url))
}

fn session_key(key: &SessionKey, available: bool, iso: bool, site: &str) -> Element {
    let expires = if iso {
        Element::with_text("expires", at(key.expires).strftime("%Y-%m-%dT%H:%M:%S+00:00"))
            .attribute("ts", key.expires)
    } else {
        Element::with_text("expires", key.expires)
    };
    let (kind, id) = match key.queue {
        Queue::General => ("general", None),
        Queue::Rep(id) => ("rep", Some(id)),
        Queue::Team(id) => ("team", Some(id)),
        Queue::Issue(id) => ("issue", Some(id)),
    };
    let external_key = key.attributes.get(EXTERNAL_KEY);
    let body = format!(
        "\n\n\t\tPlease click on the following link to start your support session:\n\n{}\n\n\
         Or go to https://{site}/ and enter this session key: {}\n\n\t\t",
        key.key_url, key.short_key
    );
    Element::new("session_key")
        .child(Element::with_text("type", "support"))
        .child(expires)
        .child(Element::with_text("queue", kind).attribute("available", u8::from(available)))
        .children(id.map(|id| Element::with_text("queue_id", id)))
        .children(external_key.map(|value| Element::with_text("external_key", value)))
        .child(Element::with_text("short_key", &key.short_key))
        .child(Element::with_text("key_url", &key.key_url))
        .child(Element::with_text("mail_subject", "Support Session Invitation"))
        .child(Element::with_text("mail_body", body))
}

fn unused_short_key(state: &mut State) -> String {
    loop {
        let key = state.chance.digits(7);
        if state.key_mut(&key).is_none() {
            return key;
        }
    }
}

fn parse_queue(state: &State, text: &str) -> Result<Queue, Refusal> {
    let refuse = |why: &str| Err(Refusal::parameter("queue_id", why));
    let (kind, id) = text.split_once(':').unwrap_or((text, ""));
    let number = id.parse::<u32>();
    let reps = &state.representatives;
    match (kind, number) {
        ("general", _) if id.is_empty() => Ok(Queue::General),
        ("rep", Ok(id)) if reps.iter().any(|rep| rep.id == id) => Ok(Queue::Rep(id)),
        ("rep", _) => refuse("The representative could not be found"),
        ("rep_username", _) => match state.representative(id) {
            Some(rep) => Ok(Queue::Rep(rep.id)),
            None => refuse("The representative could not be found"),
        },
        ("team", Ok(id)) if (1..=TEAMS.len()).contains(&(id as usize)) => Ok(Queue::Team(id)),
        ("team", _) => refuse("The support team could not be found"),
        ("issue", _) => match ISSUES.iter().zip(1_u32..).find(|(code, _)| **code == id) {
            Some((_, id)) => Ok(Queue::Issue(id)),
            None => refuse("The issue could not be found"),
        },
        _ => refuse("The queue is not valid"),
    }
}

fn site_host(host: &str, wanted: Option<&str>) -> Result<String, Refusal> {
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Ok(host.to_owned());
    };
    let name = wanted.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let port = host.split_once(':').map_or("443", |(_, port)| port);
    if LOOPBACK_SITES.contains(&name.as_str()) {
        Ok(format!("{name}:{port}"))
    } else if SITES.contains(&name.as_str()) {
        Ok(name)
    } else {
        Err(Refusal::parameter("url_hostname", "The public site could not be found"))
    }
}

/// The custom attributes among the parameters, by code name.
fn session_attributes(params: &Params) -> Result<BTreeMap<String, String>, Refusal> {
    let mut attributes = BTreeMap::new();
    for (name, value) in params {
        let code = match name.strip_prefix("session.custom.") {
            Some(code) => code,
            // The spelling of clients up to about 2015.
            None if name == EXTERNAL_KEY => EXTERNAL_KEY,
            None => continue,
        };
        if value.chars().count() > MAX_VALUE {
            return Err(Refusal::parameter(name, "The value is too long"));
        }
        attributes.insert(code.to_owned(), value.clone());
    }
    let size: usize = attributes.iter().map(|(code, value)| code.len() + value.len()).sum();
    if size > MAX_ATTRIBUTES {
        return Err(Refusal::error("The custom session attributes are too large"));
    }
    Ok(attributes)
}

fn required<'p>(params: &'p Params, name: &str) -> Result<&'p str, Refusal> {
    match params.get(name).map(String::as_str) {
        Some("") | None => Err(Refusal::error(format!("Missing required parameter '{name}'"))),
        Some(value) => Ok(value),
    }
}

fn no_session() -> Refusal {
    Refusal::parameter("lsid", "The session could not be found")
}

fn get_session_attributes(state: &mut State, params: &Params) -> Result<Element, Refusal> {
    let lsid = required(params, "lsid")?;
    let session = state.running_session_mut(lsid).ok_or_else(no_session)?;
    Ok(custom_attributes(&session.attributes))
}

/// The element that lists custom attributes; reports have it too.
pub(super) fn custom_attributes(attributes: &BTreeMap<String, String>) -> Element {
    Element::new("custom_attributes").children(attributes.iter().map(|(code, value)| {
        let display_name = if code == EXTERNAL_KEY { "External Key" } else { code };
        Element::with_text("custom_attribute", value)
            .attribute("display_name", display_name)
            .attribute("code_name", code)
    }))
}

fn set_session_attributes(state: &mut State, params: &Params) -> Result<Element, Refusal> {
    let now = state.now();
    let lsid = required(params, "lsid")?;
    let attributes = session_attributes(params)?;
    let session = state.running_session_mut(lsid).ok_or_else(no_session)?;
    if attributes.is_empty() {
        return Err(Refusal::error("No session attributes were given"));
    }
    for (code, value) in &attributes {
        session.set_attribute(now, code, value);
    }
    Ok(Element::with_text("success", "Session attributes were set"))
}

fn terminate_session(state: &mut State, params: &Params) -> Result<Element, Refusal> {
    let now = state.now();
    let lsid = required(params, "lsid")?;
    let session = state.running_session_mut(lsid).ok_or_else(no_session)?;
    session.finish(now, Performer::system());
    Ok(Element::with_text("success", "Successfully terminated"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appliance::seed::seeded;
    use crate::appliance::starting::CustomerDetails;

    fn call(state: &mut State, params: &[(&str, &str)]) -> Result<String, Refusal> {
        let params: Params =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let action = params["action"].clone();
        run(state, "localhost:1", &action, &params).map(|root| root.document("urn:x"))
    }

    const KEY: [(&str, &str); 3] =
        [("action", "generate_session_key"), ("type", "support"), ("queue_id", "rep_username:ada")];

    #[test]
    fn a_key_has_the_recorded_elements() {
        let mut state = seeded(1);
        let mut params = KEY.to_vec();
        params.push(("session.custom.external_key", "a<b"));
        let answer = call(&mut state, &params).unwrap();
        for part in [
            "<type>support</type>",
            "<queue available=\"1\">rep</queue>",
            "<queue_id>2</queue_id>",
            "<external_key>a&lt;b</external_key>",
        ] {
            assert!(answer.contains(part), "{answer}");
        }
        let key = &state.keys[0];
        assert_eq!((key.short_key.len(), key.ak.len()), (7, 32));
        assert_eq!(key.expires - key.created, DEFAULT_TTL);
    }

    #[test]
    fn an_offline_representative_gets_a_key_that_says_unavailable() {
        let mut params = KEY.to_vec();
        params[2].1 = "rep_username:ben";
        let answer = call(&mut seeded(1), &params).unwrap();
        assert!(answer.contains("<queue available=\"0\">rep</queue>"), "{answer}");
    }

    #[test]
    fn an_unknown_representative_is_refused_in_the_vendor_s_words() {
        let mut params = KEY.to_vec();
        params[2].1 = "rep_username:nobody";
        let text = "Error validating parameter 'queue_id': The representative could not be found";
        assert_eq!(call(&mut seeded(1), &params), Err(Refusal::error(text)));
    }

    #[test]
    fn an_attribute_that_is_sent_empty_is_cleared() {
        let mut state = seeded(1);
        call(&mut state, &KEY).unwrap();
        let short_key = state.keys[0].short_key.clone();
        let session = state.start_session(&short_key, CustomerDetails::default()).unwrap();
        let lsid = session.lsid.clone();
        let set = |value| {
            [
                ("action", "set_session_attributes"),
                ("lsid", lsid.as_str()),
                ("session.custom.external_key", value),
            ]
        };
        let get = [("action", "get_session_attributes"), ("lsid", lsid.as_str())];
        call(&mut state, &set("500")).unwrap();
        assert!(call(&mut state, &get).unwrap().contains(">500<"));
        call(&mut state, &set("")).unwrap();
        assert!(!call(&mut state, &get).unwrap().contains("external_key"));
        call(&mut state, &[("action", "terminate_session"), ("lsid", &lsid)]).unwrap();
        assert_eq!(call(&mut state, &get), Err(no_session()));
    }
}
