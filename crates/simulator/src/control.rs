//! The control page and its calls: faults, the customer's and the representatives' part, time.
//!
//! Every call takes JSON or a form. A form comes from the page and goes back to it.
//!
//! | call | body |
//! | --- | --- |
//! | `GET /control/state` | |
//! | `POST /control/fault` | `name`, `on`; optional `count`, `only`, `text`, `seconds` |
//! | `POST /control/faults/clear`, `POST /control/calls/clear` | |
//! | `POST /control/customer/join` | `short_key` or `key_url`; optional `name`, `hostname` |
//! | `POST /control/customer/leave` | `lsid` |
//! | `POST /control/rep/login`, `POST /control/rep/logout` | `representative` |
//! | `POST /control/rep/join`, `/leave`, `/own` | `representative`, `lsid` |
//! | `POST /control/session/begin` | `representative`; optional `name`, `hostname`, `external_key` |
//! | `POST /control/session/work` | `lsid`; optional `chat`, `chat_bytes`, `says` |
//! | `POST /control/session/survey` | `lsid`; optional `representative`, `answers`, `after_seconds` |
//! | `POST /control/session/crowd` | `sessions`, `representatives` |
//! | `POST /control/clock` | `advance_seconds` |
//!
//! What cannot be done answers 409, what cannot be read 422, both with `{"error"}`.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::appliance::{SessionWork, SurveyAnswered};
use crate::faults::{FaultName, FaultSwitch};
use crate::html::{self, escape};
use crate::state::{CustomerDetails, Session, Shared, World};

/// All addresses of the control server.
pub(crate) fn router(simulation: Shared) -> Router {
    Router::new()
        .route("/", get(control_page))
        .route("/control/state", get(state))
        .route("/control/fault", post(call::<FaultSwitch>))
        .route("/control/faults/clear", post(call::<ClearFaults>))
        .route("/control/calls/clear", post(call::<ClearCalls>))
        .route("/control/customer/join", post(call::<CustomerJoin>))
        .route("/control/customer/leave", post(call::<CustomerLeave>))
        .route("/control/rep/login", post(call::<RepLogin>))
        .route("/control/rep/logout", post(call::<RepLogout>))
        .route("/control/rep/join", post(call::<RepJoin>))
        .route("/control/rep/leave", post(call::<RepLeave>))
        .route("/control/rep/own", post(call::<RepOwn>))
        .route("/control/session/begin", post(call::<SessionBegin>))
        .route("/control/session/work", post(call::<SessionWork>))
        .route("/control/session/survey", post(call::<SurveyAnswered>))
        .route("/control/session/crowd", post(call::<Crowd>))
        .route("/control/clock", post(call::<Clock>))
        .with_state(simulation)
}

/// A control call that cannot be done, with the reason.
#[derive(Debug)]
pub(crate) struct Impossible(pub(crate) String);

/// Something that the control page can do to the world.
pub(crate) trait Deed {
    /// Does it and says what came of it.
    fn act(self, world: &mut World) -> Result<Value, Impossible>;
}

impl Deed for FaultSwitch {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        world.switch(self);
        Ok(json!({ "faults": world.faults }))
    }
}

/// Switches every fault off.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ClearFaults {}

impl Deed for ClearFaults {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        world.faults.clear();
        Ok(json!({}))
    }
}

/// Forgets the calls so far.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ClearCalls {}

impl Deed for ClearCalls {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        world.calls.clear();
        Ok(json!({}))
    }
}

/// A customer who starts a session with a key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CustomerJoin {
    /// The key as people type it.
    #[serde(default)]
    pub short_key: Option<String>,
    /// The key's address.
    #[serde(default)]
    pub key_url: Option<String>,
    /// The customer's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The customer's computer.
    #[serde(default)]
    pub hostname: Option<String>,
}

impl Deed for CustomerJoin {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        let key = self.short_key.or(self.key_url).filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| Impossible("give short_key or key_url".to_owned()))?;
        let now = world.appliance_now();
        let World { appliance, chance, .. } = world;
        let customer = CustomerDetails { name: self.name, hostname: self.hostname };
        match appliance.start_session(chance, now, &key, customer) {
            Ok(session) => Ok(json!({ "lsid": session.lsid, "lseq": session.lseq })),
            Err(refusal) => Err(Impossible(refusal.as_str().to_owned())),
        }
    }
}

/// A customer who leaves.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CustomerLeave {
    pub(crate) lsid: String,
}

impl Deed for CustomerLeave {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        let now = world.appliance_now();
        let session = world.appliance.running_session_mut(&self.lsid);
        let session = session.ok_or_else(|| Impossible("no such running session".to_owned()))?;
        session.customer_leaves(now);
        Ok(json!({ "lsid": session.lsid }))
    }
}

/// A representative who logs in to the console.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepLogin {
    pub(crate) representative: String,
}

/// A representative who logs out.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepLogout {
    pub(crate) representative: String,
}

fn set_logged_in(world: &mut World, name: &str, logged_in: bool) -> Result<Value, Impossible> {
    let now = world.appliance_now();
    let rep = world.appliance.representative_mut(name);
    let rep = rep.ok_or_else(|| Impossible("no such representative".to_owned()))?;
    rep.logged_in_since = logged_in.then_some(now);
    rep.web_console = false;
    Ok(json!({ "representative": rep.username, "logged_in": logged_in }))
}

impl Deed for RepLogin {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        set_logged_in(world, &self.representative, true)
    }
}

impl Deed for RepLogout {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        set_logged_in(world, &self.representative, false)
    }
}

/// A representative who enters a running session.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepJoin {
    pub(crate) representative: String,
    pub(crate) lsid: String,
}

impl Deed for RepJoin {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        let now = world.appliance_now();
        let World { appliance, chance, .. } = world;
        let id = appliance.representative(&self.representative).map(|rep| rep.id);
        match id.is_some_and(|id| appliance.join_representative(chance, now, &self.lsid, id)) {
            true => Ok(json!({ "lsid": self.lsid })),
            false => Err(Impossible("no such session, or not logged in".to_owned())),
        }
    }
}

/// A representative who leaves a session that goes on.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepLeave {
    pub(crate) representative: String,
    pub(crate) lsid: String,
}

/// A representative who becomes the owner of a session that they are in.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepOwn {
    pub(crate) representative: String,
    pub(crate) lsid: String,
}

fn in_session(
    world: &mut World,
    name: &str,
    lsid: &str,
    change: impl FnOnce(&mut Session, i64, u32) -> bool,
) -> Result<Value, Impossible> {
    let now = world.appliance_now();
    let id = world.appliance.representative(name).map(|rep| rep.id);
    let session = world.appliance.running_session_mut(lsid);
    let changed = id.zip(session).is_some_and(|(id, session)| change(session, now, id));
    match changed {
        true => Ok(json!({ "lsid": lsid })),
        false => Err(Impossible("no such session, or not in it".to_owned())),
    }
}

impl Deed for RepLeave {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        in_session(world, &self.representative, &self.lsid, Session::representative_leaves)
    }
}

impl Deed for RepOwn {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        in_session(world, &self.representative, &self.lsid, Session::give_to)
    }
}

/// A customer who starts a session without a key, by choosing a representative.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SessionBegin {
    /// Whom they choose; that person has to be logged in.
    pub representative: String,
    /// The customer's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The customer's computer.
    #[serde(default)]
    pub hostname: Option<String>,
    /// What the representative typed as external key.
    #[serde(default)]
    pub external_key: Option<String>,
}

impl Deed for SessionBegin {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        let now = world.appliance_now();
        let World { appliance, chance, .. } = world;
        let customer = CustomerDetails { name: self.name, hostname: self.hostname };
        let begun = appliance.start_walk_in(chance, now, &self.representative, customer);
        let session = begun.and_then(|lsid| appliance.running_session_mut(&lsid));
        let session = session.ok_or_else(|| Impossible("they are not logged in".to_owned()))?;
        if let Some(key) = self.external_key {
            session.set_attribute(now, "external_key", &key);
        }
        Ok(json!({ "lsid": session.lsid, "lseq": session.lseq }))
    }
}

/// A busy day: sessions of representatives who did not exist before.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Crowd {
    pub(crate) sessions: u32,
    pub(crate) representatives: u32,
}

impl Deed for Crowd {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        let now = world.appliance_now();
        let count = self.representatives.max(1);
        let names: Vec<String> = (0..count).map(|nth| format!("crowd-{nth:03}")).collect();
        for name in &names {
            world.appliance.hire(name, now);
        }
        let World { appliance, chance, .. } = world;
        let turns = names.iter().cycle().zip(0..self.sessions);
        let begun = turns.filter_map(|(name, nth)| {
            let customer = CustomerDetails { name: Some(format!("Visitor {nth}")), hostname: None };
            appliance.start_walk_in(chance, now, name, customer)
        });
        Ok(json!({ "sessions": begun.count() }))
    }
}

/// Time that passes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Clock {
    pub(crate) advance_seconds: i64,
}

impl Deed for Clock {
    fn act(self, world: &mut World) -> Result<Value, Impossible> {
        world.advance(self.advance_seconds);
        Ok(json!({ "now": world.timestamp().to_string() }))
    }
}

/// A body that is JSON or a form.
struct Input<T> {
    value: T,
    from_page: bool,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let from_page = is_form(request.headers());
        let body =
            Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let value = if from_page { read_form(&body) } else { read_json(&body) };
        value.map(|value| Self { value, from_page }).map_err(|error| {
            let body = Json(json!({ "error": error.to_string() }));
            (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
        })
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(if body.is_empty() { b"{}" } else { body })
}

/// Form values are text; those that read as numbers or booleans where needed become such.
fn read_form<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let fields: BTreeMap<String, Value> = url::form_urlencoded::parse(body)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let typed = [
                "on",
                "count",
                "seconds",
                "advance_seconds",
                "chat",
                "chat_bytes",
                "after_seconds",
                "representative_survey",
            ]
            .contains(&name.as_ref());
            let value = match serde_json::from_str(&value) {
                Ok(parsed) if typed => parsed,
                _ => Value::String(value.into_owned()),
            };
            (name.into_owned(), value)
        })
        .collect();
    serde_json::from_value(json!(fields))
}

async fn call<D>(State(simulation): State<Shared>, input: Input<D>) -> Response
where
    D: Deed + DeserializeOwned + Send + 'static,
{
    let outcome = input.value.act(&mut simulation.world());
    match outcome {
        Ok(_) if input.from_page => Redirect::to("/").into_response(),
        Ok(answer) => Json(answer).into_response(),
        Err(Impossible(why)) => {
            (StatusCode::CONFLICT, Json(json!({ "error": why }))).into_response()
        }
    }
}

async fn state(State(simulation): State<Shared>) -> Json<Value> {
    Json(describe(&simulation.world()))
}

/// Everything that a test may want to know. Secrets and tokens are counted, not shown.
pub(crate) fn describe(world: &World) -> Value {
    let now = world.now();
    let live = world.appliance.tokens.iter().filter(|token| token.expires > now).count();
    let (access_tokens, grants) = world.org.grants.counts(now);
    json!({
        "now": world.timestamp().to_string(),
        "appliance": world.appliance,
        "appliance_tokens": live,
        "keys": world.appliance.keys,
        "sessions": world.appliance.sessions,
        "console_runs": world.appliance.console_runs,
        "org": { "id": world.org.id, "users": world.org.users, "api_usage": world.org.api_usage },
        "access_tokens": access_tokens,
        "grants": grants,
        "cases": world.org.records.rows("Case"),
        "emails": world.org.records.rows("EmailMessage"),
        "case_comments": world.org.records.rows("CaseComment"),
        "files": world.org.records.rows("ContentVersion"),
        "support": world.org.records.support_rows(),
        "case_keys": world.org.records.rows("Support_Session_Key__c"),
        "mail": world.org.mail,
        "faults": world.faults,
        "calls": world.calls,
    })
}

fn button(action: &str, label: &str, fields: &[(&str, &str)]) -> String {
    let hidden: String = fields
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
        })
        .collect();
    format!(
        "<form class=\"inline\" method=\"post\" action=\"/control/{action}\">{hidden}\
         <button class=\"quiet\">{}</button></form>",
        escape(label)
    )
}

async fn control_page(State(simulation): State<Shared>) -> Html<String> {
    let world = simulation.world();
    let mut body = String::new();
    let places = &simulation.places;
    let _ = write!(
        body,
        "<p><a href=\"{org}/lightning/o/Case/list\">Cases</a> · \
         <a href=\"https://{appliance}/\">Customer page</a> · \
         <a href=\"{control}/control/state\">State</a></p>",
        org = places.org_url(),
        appliance = places.appliance_host(),
        control = places.control_url(),
    );
    keys_section(&mut body, &world);
    begin_section(&mut body, &world);
    sessions_section(&mut body, &world);
    console_section(&mut body, &world, &places.appliance_host());
    reps_section(&mut body, &world);
    emails_section(&mut body, &world);
    faults_section(&mut body, &world);
    html::page("Simulator", "Casebridge simulator", &body)
}

fn keys_section(body: &mut String, world: &World) {
    body.push_str("<h2>Session keys</h2><table id=\"keys\"><tr><th>Key<th>Case<th>Expires<th>");
    for key in world.appliance.keys.iter().rev() {
        let external_key = key.attributes.get("external_key").map_or("", String::as_str);
        let _ = write!(
            body,
            "<tr><td><a href=\"{}\">{}</a><td>{}<td>{}<td>{}",
            escape(&key.key_url),
            escape(&key.short_key),
            escape(external_key),
            crate::state::at(key.expires),
            button("customer/join", "Join as the customer", &[("short_key", &key.short_key)]),
        );
    }
    body.push_str("</table>");
}

fn begin_section(body: &mut String, world: &World) {
    let reps: String = world
        .appliance
        .representatives
        .iter()
        .filter(|rep| rep.logged_in_since.is_some())
        .map(|rep| format!("<option value=\"{0}\">{0}", escape(&rep.username)))
        .collect();
    let _ = write!(
        body,
        "<h2>A session without a key</h2>\
         <form class=\"inline\" id=\"begin\" method=\"post\" action=\"/control/session/begin\">\
         <label>With <select name=\"representative\">{reps}</select></label>\
         <label>Customer <input name=\"name\" value=\"Rosa Marin\"></label>\
         <label>Computer <input name=\"hostname\" value=\"FRONTDESK-3\"></label>\
         <button>Begin</button></form>",
    );
}

fn sessions_section(body: &mut String, world: &World) {
    body.push_str(
        "<h2>Sessions</h2><table id=\"sessions\"><tr><th>Customer<th>Computer<th>Case<th>Console links<th>",
    );
    for session in world.appliance.sessions.iter().rev() {
        let ending = match session.end {
            Some(end) => format!("ended {}", crate::state::at(end)),
            None => {
                let lsid = [("lsid", session.lsid.as_str())];
                button("session/work", "Work", &lsid) + &button("customer/leave", "Leave", &lsid)
            }
        };
        let _ = write!(
            body,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{ending}",
            escape(&session.customer.name),
            escape(&session.customer.hostname),
            escape(session.external_key().unwrap_or_default()),
            custom_links(session),
        );
    }
    body.push_str("</table>");
}

/// The custom links that an administrator gives the console, filled in as it does: spaces become
/// `+` (`docs/protocols/beyondtrust.md#custom-links`).
fn custom_links(session: &Session) -> String {
    let fill =
        |value: &str| url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
    let key = fill(session.external_key().unwrap_or_default());
    format!(
        "<a class=\"open\" href=\"casebridge://open?key={key}\">Open case</a> · \
         <a class=\"tag\" href=\"casebridge://tag?lsid={}\">Tag</a>",
        fill(&session.lsid),
    )
}

fn console_section(body: &mut String, world: &World, appliance: &str) {
    body.push_str("<h2>Scripts for the representative console</h2><table id=\"console\">");
    for run in world.appliance.console_runs.iter().rev() {
        let _ = write!(
            body,
            "<tr><td><a href=\"https://{appliance}/simulator/console/run/{id}\">{id}</a><td>{}<td>{}<td>{}",
            escape(&run.representative),
            escape(&run.script),
            escape(run.refusal().unwrap_or("taken")),
            id = run.id,
        );
    }
    body.push_str("</table>");
}

fn reps_section(body: &mut String, world: &World) {
    body.push_str("<h2>Representatives</h2><table id=\"reps\">");
    for rep in &world.appliance.representatives {
        let (action, label) = match rep.logged_in_since {
            Some(_) => ("rep/logout", "Log out"),
            None => ("rep/login", "Log in"),
        };
        let _ = write!(
            body,
            "<tr><td>{}<td>{}<td>{}",
            escape(&rep.private_name),
            escape(&rep.username),
            button(action, label, &[("representative", &rep.username)]),
        );
    }
    body.push_str("</table>");
}

fn emails_section(body: &mut String, world: &World) {
    body.push_str("<h2>E-mails</h2><table id=\"emails\">");
    for mail in world.org.mail.iter().rev() {
        let logged = if mail.email_message_id.is_some() { "on the case" } else { "not logged" };
        let _ = write!(
            body,
            "<tr><td>{}<td>{}<td>{logged}",
            escape(&mail.to.join(", ")),
            escape(&mail.subject),
        );
    }
    body.push_str("</table>");
}

fn faults_section(body: &mut String, world: &World) {
    body.push_str("<h2>Faults</h2><table id=\"faults\">");
    for name in FaultName::ALL {
        let on = world.faults.is_on(*name);
        let (label, next) = if on { ("Switch off", "false") } else { ("Switch on", "true") };
        let _ = write!(
            body,
            "<tr><td>{}{}<td>{}<td>{}",
            name.as_str(),
            if on { " <strong>on</strong>" } else { "" },
            escape(name.help()),
            button("fault", label, &[("name", name.as_str()), ("on", next)]),
        );
    }
    body.push_str("</table>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::make_world;

    #[test]
    fn forms_and_json_read_alike() {
        let form: FaultSwitch = read_form(b"name=html&on=true&count=2&text=").unwrap();
        let json: FaultSwitch = read_json(br#"{"name":"html","on":true,"count":2}"#).unwrap();
        assert_eq!(form.name, json.name);
        assert_eq!(form.count, Some(2));
        assert_eq!(form.text, None);
        let join: CustomerJoin = read_form(b"short_key=1234567").unwrap();
        assert_eq!(join.short_key.as_deref(), Some("1234567"));
    }

    #[test]
    fn the_state_shows_no_secret() {
        let world = make_world(1);
        let state = describe(&world).to_string();
        assert!(!state.contains(&world.appliance.client_secret));
        assert_eq!(describe(&world)["cases"].as_array().map(Vec::len), Some(20));
    }

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let ids = |seed| make_world(seed).org.first_case();
        assert_eq!(ids(3), ids(3));
        assert_ne!(ids(3), ids(4));
        assert_eq!(ids(3).1, "00001026");
    }
}
