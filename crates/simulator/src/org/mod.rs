//! The Salesforce org: sign-in, the REST API, and the pages that people see.

mod composite;
mod email;
mod files;
mod lightning;
mod metadata;
mod oauth;
mod pages;
pub(crate) mod records;
mod schema;
mod soql;
mod trigger;
pub(crate) mod writes;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, patch, post};
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use self::lightning::SCRIPT;
use self::oauth::Grants;
use self::records::{Hidden, Records};
use self::soql::Answer;
use crate::calls::note_org;
use crate::faults::FaultName;
use crate::state::{Chance, Shared};

/// The org.
#[derive(Debug, Serialize)]
pub(crate) struct Org {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) users: Vec<SeededUser>,
    pub(crate) records: Records,
    /// Every mail that was handed over, logged on a case or not.
    pub(crate) mail: Vec<email::SentMail>,
    pub(crate) api_usage: u32,
    #[serde(skip)]
    pub(crate) grants: Grants,
    /// What is left of longer answers, by locator.
    #[serde(skip)]
    cursors: BTreeMap<String, Vec<Value>>,
}

/// A user who can sign in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SeededUser {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) representative: String,
}

impl Org {
    pub(crate) fn new(
        chance: &mut Chance,
        id: String,
        users: Vec<SeededUser>,
        records: Records,
    ) -> Self {
        Self {
            id,
            client_id: format!("3MVG9{}", chance.word(60)),
            users,
            records,
            mail: Vec::new(),
            api_usage: 0,
            grants: Grants::default(),
            cursors: BTreeMap::new(),
        }
    }

    /// The id and number of the first case.
    pub(crate) fn first_case(&self) -> (String, String) {
        let case = self.records.rows("Case").first();
        let text = |field: &str| {
            case.and_then(|case| case.get(field))
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        (text("Id"), text("CaseNumber"))
    }
}

const API_USAGE_LIMIT: u32 = 15_000;
const VERSIONS: std::ops::RangeInclusive<u32> = 31..=68;
const LARGEST_BODY: usize = 256 * 1024 * 1024;
const PAGE: usize = 2_000;
const MAX_ADDRESS: usize = 16_384;

/// All addresses of the org.
pub(crate) fn router(simulation: Shared) -> Router {
    Router::new()
        .merge(oauth::router())
        .merge(pages::router())
        .merge(lightning::router())
        .route("/services/data", get(versions))
        .route("/services/data/", get(versions))
        .route("/services/data/{version}/limits", get(limits))
        .route("/services/data/{version}/query", get(query))
        .route("/services/data/{version}/query/{locator}", get(query_more))
        .route("/services/data/{version}/sobjects/{object}/describe", get(describe))
        .route("/services/data/{version}/composite", post(composite::composite))
        .route(
            "/services/data/{version}/composite/sobjects/{object}/{field}",
            patch(composite::upsert_collection),
        )
        .route("/services/data/{version}/sobjects/ContentVersion", post(files::create))
        .route("/services/data/{version}/sobjects/{object}", post(writes::create))
        .route(
            "/services/data/{version}/sobjects/{object}/{id}",
            get(read_row).patch(writes::update),
        )
        .route("/services/data/{version}/sobjects/{object}/{field}/{value}", patch(writes::upsert))
        .route("/services/data/{version}/actions/standard/emailSimple", post(email::send))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(limit_address))
        .layer(from_fn_with_state(simulation.clone(), note_org))
        .with_state(simulation)
}

/// Refuses addresses with headers beyond the org's limit.
async fn limit_address(request: Request, next: Next) -> Response {
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let address = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if address > MAX_ADDRESS {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    if address + headers > MAX_ADDRESS {
        return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    }
    next.run(request).await
}

/// A REST answer with an error list.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response {
    json_answer(status, &json!([{ "message": message, "errorCode": code }]))
}

/// A JSON answer as the org writes it.
pub(crate) fn json_answer(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json;charset=UTF-8"),
        (header::CACHE_CONTROL, "no-cache,must-revalidate,max-age=0,no-store,private"),
    ];
    (status, headers, body.to_string()).into_response()
}

/// Adds the header that tells how much of the day's allowance is gone.
fn with_usage(mut response: Response, used: u32) -> Response {
    let value = format!("api-usage={used}/{API_USAGE_LIMIT}");
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(HeaderName::from_static("sforce-limit-info"), value);
    }
    response
}

/// A caller whom the REST API lets in.
pub(crate) struct Caller {
    pub(crate) user_id: String,
    pub(crate) version: u32,
    usage: u32,
}

impl Caller {
    pub(crate) fn answer(&self, status: StatusCode, body: &Value) -> Response {
        with_usage(json_answer(status, body), self.usage)
    }

    pub(crate) fn error(&self, status: StatusCode, code: &str, message: &str) -> Response {
        with_usage(error(status, code, message), self.usage)
    }
}

/// Faults, token and version, in the order in which an org would notice them.
pub(crate) async fn admit(
    simulation: &Shared,
    headers: &HeaderMap,
    version: &str,
    what: &str,
) -> Result<Caller, Response> {
    delay(simulation, what).await;
    let mut world = simulation.world();
    let now = world.now();
    if world.faults.take(FaultName::Moved420, what).is_some() {
        let status = StatusCode::from_u16(420).unwrap_or(StatusCode::BAD_REQUEST);
        return Err((status, Html("<html><body>This org has moved.</body></html>")).into_response());
    }
    if world.faults.take(FaultName::Html503, what).is_some() {
        let page =
            "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>";
        return Err((StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response());
    }
    let expired = world.faults.take(FaultName::SessionExpired, what).is_some();
    let user = bearer(headers).and_then(|token| world.org.grants.user_of(token, now));
    let Some(user_id) = user.filter(|_| !expired) else {
        let answer =
            error(StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", "Session expired or invalid");
        return Err(([(header::WWW_AUTHENTICATE, "Token")], answer).into_response());
    };
    if world.faults.take(FaultName::LimitExceeded, what).is_some() {
        let answer =
            error(StatusCode::FORBIDDEN, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
        return Err(with_usage(answer, API_USAGE_LIMIT));
    }
    if let Some(fault) = world.faults.take(FaultName::RestError, what) {
        let text = fault.text.unwrap_or_default();
        let (code, message) = text.split_once(": ").unwrap_or((&text, "simulated"));
        let status = fault.seconds.and_then(|n| StatusCode::from_u16(u16::try_from(n).ok()?).ok());
        return Err(error(status.unwrap_or(StatusCode::BAD_REQUEST), code, message));
    }
    if world.faults.take(FaultName::ApiDisabled, what).is_some() {
        let message = "The REST API is not enabled for this Organization.";
        return Err(error(StatusCode::FORBIDDEN, "API_DISABLED_FOR_ORG", message));
    }
    let hidden = Hidden {
        contact: world.faults.take(FaultName::NoContact, what).is_some(),
        username_field: world.faults.take(FaultName::NoUsernameField, what).is_some(),
        fields: world
            .faults
            .get(FaultName::HiddenFields)
            .and_then(|fault| fault.text.as_deref())
            .map(|text| text.split(',').map(|name| name.trim().to_owned()).collect())
            .unwrap_or_default(),
    };
    let org = &mut world.org;
    org.records.hidden = hidden;
    org.api_usage += 1;
    let Some(version) = parse_version(version) else {
        return Err(with_usage(missing_resource(), org.api_usage));
    };
    Ok(Caller { user_id, version, usage: org.api_usage })
}

/// Waits as long as the fault says.
pub(crate) async fn delay(simulation: &Shared, what: &str) {
    let seconds = {
        let mut world = simulation.world();
        let slow = world
            .faults
            .take(FaultName::Slow, what)
            .or_else(|| world.faults.take(FaultName::Slow, "org"));
        slow.map_or(0, |switch| switch.seconds.unwrap_or(3))
    };
    if seconds > 0 {
        tokio::time::sleep(Duration::from_secs(seconds.unsigned_abs())).await;
    }
}

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
    known.then_some(token.trim())
}

fn parse_version(text: &str) -> Option<u32> {
    let number = text.strip_prefix('v')?.strip_suffix(".0")?.parse().ok()?;
    VERSIONS.contains(&number).then_some(number)
}

fn missing_resource() -> Response {
    error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist")
}

async fn not_found() -> Response {
    missing_resource()
}

async fn versions() -> Response {
    let label = |n: u32| {
        let season = ["Spring", "Summer", "Winter"][n as usize % 3];
        format!("{season} '{}", (n + 13) / 3)
    };
    let list: Vec<Value> = VERSIONS
        .map(|n| {
            json!({
                "label": label(n),
                "url": format!("/services/data/v{n}.0"),
                "version": format!("{n}.0"),
            })
        })
        .collect();
    json_answer(StatusCode::OK, &Value::Array(list))
}

async fn limits(
    State(simulation): State<Shared>,
    Path(version): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let caller = admit(&simulation, &headers, &version, "limits").await?;
    let remaining = API_USAGE_LIMIT.saturating_sub(caller.usage);
    let body = json!({ "DailyApiRequests": { "Max": API_USAGE_LIMIT, "Remaining": remaining } });
    Ok(caller.answer(StatusCode::OK, &body))
}

async fn query(
    State(simulation): State<Shared>,
    Path(version): Path<String>,
    Query(params): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let caller = admit(&simulation, &headers, &version, "query").await?;
    let mut world = simulation.world();
    let malformed = world.faults.take(FaultName::QueryMalformed, "query").is_some();
    let soql = params.get("q").filter(|_| !malformed).map_or("SELECT", String::as_str);
    if soql.contains("FROM Support_Session") && world.faults.is_on(FaultName::NoSupportObjects) {
        let refused = writes::Refused::no_type("Support_Session__c");
        return Ok(caller.error(StatusCode::BAD_REQUEST, &refused.code, &refused.message));
    }
    let rows = match soql::run(&world.org.records, caller.version, soql) {
        Ok(Answer::Rows(rows)) => rows,
        Ok(Answer::Count(count)) => {
            let body = json!({ "totalSize": count, "done": true, "records": [] });
            return Ok(caller.answer(StatusCode::OK, &body));
        }
        // The org shows the part of the query that it stumbled over.
        Err(refused) if refused.code == "INVALID_FIELD" => {
            let tail: String = soql.chars().skip(30).take(60).collect();
            let message =
                format!("\n{tail}\n              ^\nERROR at Row:1:Column:99\n{}", refused.message);
            return Ok(caller.error(StatusCode::BAD_REQUEST, refused.code, &message));
        }
        Err(refused) => {
            return Ok(caller.error(StatusCode::BAD_REQUEST, refused.code, &refused.message));
        }
    };
    let size = if world.faults.hits(FaultName::SmallPages) { 5 } else { batch_size(&headers) };
    let locator = format!("01g{}", world.chance.word(15));
    world.org.cursors.insert(locator.clone(), rows);
    let body = page(&world.org.cursors, &locator, 0, size, caller.version);
    Ok(caller.answer(StatusCode::OK, &body.unwrap_or(Value::Null)))
}

async fn query_more(
    State(simulation): State<Shared>,
    Path((version, locator)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let caller = admit(&simulation, &headers, &version, "query").await?;
    let mut world = simulation.world();
    let size = if world.faults.hits(FaultName::SmallPages) { 5 } else { batch_size(&headers) };
    let body = locator.split_once('-').and_then(|(locator, start)| {
        page(&world.org.cursors, locator, start.parse().ok()?, size, caller.version)
    });
    Ok(match body {
        Some(body) => caller.answer(StatusCode::OK, &body),
        None => {
            caller.error(StatusCode::BAD_REQUEST, "INVALID_QUERY_LOCATOR", "invalid query locator")
        }
    })
}

fn batch_size(headers: &HeaderMap) -> usize {
    headers
        .get("sforce-query-options")
        .and_then(|value| value.to_str().ok()?.trim().strip_prefix("batchSize=")?.parse().ok())
        .filter(|size| (200..=PAGE).contains(size))
        .unwrap_or(PAGE)
}

fn page(
    cursors: &BTreeMap<String, Vec<Value>>,
    locator: &str,
    start: usize,
    size: usize,
    version: u32,
) -> Option<Value> {
    let rows = cursors.get(locator)?;
    let end = rows.len().min(start.checked_add(size)?);
    let records = rows.get(start..end)?;
    let done = end == rows.len();
    let mut body = json!({ "totalSize": rows.len(), "done": done, "records": records });
    if !done {
        body["nextRecordsUrl"] =
            json!(format!("/services/data/v{version}.0/query/{locator}-{end}"));
    }
    Some(body)
}

async fn read_row(
    State(simulation): State<Shared>,
    Path((version, object, id)): Path<(String, String, String)>,
    Query(params): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let caller = admit(&simulation, &headers, &version, "sobjects").await?;
    let world = simulation.world();
    let records = &world.org.records;
    let missing = || {
        caller.error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist")
    };
    let Some(object) = Records::object(&object) else {
        return Ok(missing());
    };
    if !records::is_id(&id) {
        return Ok(caller.error(
            StatusCode::BAD_REQUEST,
            "MALFORMED_ID",
            &format!("{}: id value of incorrect type: {id}", object.name),
        ));
    }
    let Some(record) = records.find(&object.name, &id) else {
        return Ok(missing());
    };
    let fields: Vec<Vec<String>> = match params.get("fields") {
        Some(fields) => fields.split(',').map(|field| vec![field.trim().to_owned()]).collect(),
        None => records.field_names(object).iter().map(|name| vec![(*name).to_owned()]).collect(),
    };
    Ok(match soql::row(records, object, record, &fields, caller.version) {
        Ok(mut row) => {
            // The row's id comes back whether it was asked for or not.
            row["Id"] = record.get("Id").cloned().unwrap_or(Value::Null);
            caller.answer(StatusCode::OK, &row)
        }
        Err(refused) => caller.error(StatusCode::BAD_REQUEST, "INVALID_FIELD", &refused.message()),
    })
}

async fn describe(
    State(simulation): State<Shared>,
    Path((version, object)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let caller = admit(&simulation, &headers, &version, "describe").await?;
    let world = simulation.world();
    let Some(object) = Records::object(&object) else {
        return Ok(caller.error(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "The requested resource does not exist",
        ));
    };
    let fields: Vec<Value> =
        world.org.records.field_names(object).iter().map(|name| json!({ "name": name })).collect();
    Ok(caller.answer(StatusCode::OK, &json!({ "name": object.name, "fields": fields })))
}
