//! Who gets into the REST API: faults, token and version, in the order in which an org would notice.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::call::Call;
use crate::common::faults::FaultName;
use crate::common::headers::bearer;
use crate::org::answer::{API_USAGE_LIMIT, Answered, with_usage};
use crate::org::records::Hidden;
use crate::org::state::{Shared, State};

/// The versions of the API.
pub(super) const VERSIONS: std::ops::RangeInclusive<u32> = 31..=68;

/// A caller whom the REST API lets in.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) user_id: String,
    pub(super) version: u32,
    pub(super) usage: u32,
}

impl Caller {
    /// The address of the version that is asked for.
    pub(super) fn base(&self) -> String {
        format!("/services/data/v{}.0", self.version)
    }

    pub(super) fn answer(&self, answered: &Answered) -> Response {
        with_usage(answered.response(), self.usage)
    }
}

/// Lets a call in, or says why not.
pub(super) async fn admit(
    site: &Shared,
    headers: &HeaderMap,
    call: &Call,
) -> Result<Caller, Response> {
    let what = call.what();
    tokio::time::sleep(site.common.faults.delay(what, "org")).await;
    let mut org = site.lock();
    if let Some(page) = page_fault(&org, what) {
        return Err(page);
    }
    let now = org.now();
    let expired = org.faults().take(FaultName::SessionExpired, what).is_some();
    let user = bearer(headers).and_then(|token| org.grants.user_of(token, now));
    let Some(user_id) = user.filter(|_| !expired) else {
        let message = "Session expired or invalid";
        let answer = Answered::error(StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", message);
        return Err(([(header::WWW_AUTHENTICATE, "Token")], answer.response()).into_response());
    };
    if let Some(refused) = api_fault(&org, what) {
        return Err(refused);
    }
    org.records.hidden = hidden(&org, what);
    org.records.writer = Some(user_id.clone());
    org.api_usage += 1;
    let Some(version) = parse_version(&call.version) else {
        return Err(with_usage(Answered::missing().response(), org.api_usage));
    };
    Ok(Caller { user_id, version, usage: org.api_usage })
}

/// What a gateway before the API answers.
fn page_fault(org: &State, what: &str) -> Option<Response> {
    if org.faults().take(FaultName::Moved420, what).is_some() {
        let status = StatusCode::from_u16(420).unwrap_or(StatusCode::BAD_REQUEST);
        let page = Html("<html><body>This org has moved.</body></html>");
        return Some((status, page).into_response());
    }
    if org.faults().take(FaultName::Html503, what).is_some() {
        let page =
            "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>";
        return Some((StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response());
    }
    None
}

/// What the API answers to a caller whom it knows.
fn api_fault(org: &State, what: &str) -> Option<Response> {
    if org.faults().take(FaultName::LimitExceeded, what).is_some() {
        let message = "TotalRequests Limit exceeded.";
        let answer = Answered::error(StatusCode::FORBIDDEN, "REQUEST_LIMIT_EXCEEDED", message);
        return Some(with_usage(answer.response(), API_USAGE_LIMIT));
    }
    if let Some(fault) = org.faults().take(FaultName::RestError, what) {
        let text = fault.text.unwrap_or_default();
        let (code, message) = text.split_once(": ").unwrap_or((&text, "simulated"));
        let status = fault.seconds.and_then(|n| StatusCode::from_u16(u16::try_from(n).ok()?).ok());
        let status = status.unwrap_or(StatusCode::BAD_REQUEST);
        return Some(Answered::error(status, code, message).response());
    }
    if org.faults().take(FaultName::ApiDisabled, what).is_some() {
        let message = "The REST API is not enabled for this Organization.";
        let answer = Answered::error(StatusCode::FORBIDDEN, "API_DISABLED_FOR_ORG", message);
        return Some(answer.response());
    }
    None
}

/// What field-level security hides from the caller.
fn hidden(org: &State, what: &str) -> Hidden {
    let fields = org.faults().text(FaultName::HiddenFields).unwrap_or_default();
    Hidden {
        contact: org.faults().take(FaultName::NoContact, what).is_some(),
        username_field: org.faults().take(FaultName::NoUsernameField, what).is_some(),
        fields: fields.split(',').map(|name| name.trim().to_owned()).collect(),
    }
}

fn parse_version(text: &str) -> Option<u32> {
    let number = text.strip_prefix('v')?.strip_suffix(".0")?.parse().ok()?;
    VERSIONS.contains(&number).then_some(number)
}
