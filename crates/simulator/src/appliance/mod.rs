//! The BeyondTrust appliance: token endpoint, Command and Reporting API, and the customer's pages.
//!
//! It knows nothing of the org, of the console, or of what joins them.

mod call;
mod command;
pub(crate) mod control;
mod customer;
mod deeds;
mod language;
mod reporting;
mod request;
mod seed;
mod session;
mod starting;
mod state;
mod token;
mod work;
mod xml;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use self::call::{Api, Call};
pub(crate) use self::command::make_key;
pub(crate) use self::deeds::{
    Crowd, CustomerLeave, KeyTyped, RepJoin, RepLeave, RepLogin, RepLogout, RepOwn, RepRename,
};
pub use self::deeds::{CustomerJoin, SessionBegin};
pub(crate) use self::request::Refusal;
use self::request::read_params;
pub(crate) use self::seed::make;
pub(crate) use self::session::Queue;
pub(crate) use self::starting::JumpTarget;
pub(crate) use self::state::{JumpItem, Shared, State};
pub(crate) use self::work::sample_report;
pub use self::work::{SessionWork, SurveyAnswered};
use crate::common::clock::at;
use crate::common::faults::FaultName;
use crate::common::notes::note_appliance;

/// All addresses of the appliance, with those of others on the same host.
pub(crate) fn router(site: &Shared, more: Router) -> Router {
    Router::new()
        .merge(token::router())
        .merge(customer::router())
        .route("/api/command", get(command_call).post(command_call))
        .route("/api/reporting", get(reporting_call).post(reporting_call))
        .route("/check_health", get(check_health))
        .with_state(site.clone())
        .merge(more)
        .layer(from_fn_with_state(site.clone(), close_connection))
        .layer(from_fn_with_state(site.common.clone(), note_appliance))
}

/// The control calls of the appliance.
pub(crate) fn control_router(site: &Shared) -> Router {
    deeds::router().with_state(site.clone())
}

/// Every answer closes its connection, says what time it is on the appliance, and sets a cookie that
/// nobody needs.
async fn close_connection(
    Extract(site): Extract<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let now = at(site.lock().now()).strftime("%a, %d %b %Y %H:%M:%S GMT");
    let headers = response.headers_mut();
    if let Ok(date) = header::HeaderValue::from_str(&now.to_string()) {
        headers.insert(header::DATE, date);
    }
    headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    headers.insert(
        header::SET_COOKIE,
        header::HeaderValue::from_static("ns_s=simulated; path=/; Secure; HttpOnly"),
    );
    response
}

async fn command_call(
    Extract(site): Extract<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let params = match read_params(&uri, &headers, &body) {
        Ok(params) => params,
        Err(refused) => return refused,
    };
    let action = params.get("action").cloned().unwrap_or_default();
    let call = Call { api: Api::Command, what: &action, root: command::root_of(&action) };
    let host = site.common.places.appliance_host();
    call.answer(&site, &headers, |state| command::run(state, &host, &action, &params)).await
}

async fn reporting_call(
    Extract(site): Extract<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let params = match read_params(&uri, &headers, &body) {
        Ok(params) => params,
        Err(refused) => return refused,
    };
    let report = params.get("generate_report").cloned().unwrap_or_default();
    let call = Call { api: Api::Reporting, what: &report, root: reporting::root_of(&report) };
    let host = site.common.places.appliance_host();
    call.answer(&site, &headers, |state| reporting::run(state, &host, &report, &params)).await
}

async fn check_health(Extract(site): Extract<Shared>) -> Response {
    if site.common.faults.take(FaultName::Unhealthy, "check_health").is_some() {
        return (StatusCode::SERVICE_UNAVAILABLE, "unhealthy\n").into_response();
    }
    "ok\n".into_response()
}
