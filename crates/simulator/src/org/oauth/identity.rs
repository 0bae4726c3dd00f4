//! Who somebody is, and where the endpoints are.

use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::super::answer::json_answer;
use super::super::state::Shared;
use crate::common::headers::bearer;

/// A refused token gets plain text here, unlike in the REST API.
fn bad_token() -> Response {
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/html;charset=UTF-8")], "Bad_OAuth_Token")
        .into_response()
}

pub(super) async fn userinfo(Extract(site): Extract<Shared>, headers: HeaderMap) -> Response {
    tokio::time::sleep(site.common.faults.delay("userinfo", "org")).await;
    let org = site.lock();
    let user = bearer(&headers).and_then(|token| org.grants.user_of(token, org.now()));
    let Some(record) = user.and_then(|id| org.records.find("User", &id)) else {
        return bad_token();
    };
    let base = site.common.places.org_url();
    let org_id = &org.id;
    let id = &record["Id"];
    let user_id = id.as_str().unwrap_or_default();
    let body = json!({
        "sub": format!("{base}/id/{org_id}/{user_id}"),
        "user_id": id,
        "organization_id": org_id,
        "preferred_username": record["Username"],
        "nickname": record["Alias"],
        "name": record["Name"],
        "email": record["Email"],
        "email_verified": true,
        "given_name": record["FirstName"],
        "family_name": record["LastName"],
        "zoneinfo": record["TimeZoneSidKey"],
        "photos": {},
        "address": {},
        "urls": { "rest": format!("{base}/services/data/v{{version}}/"), "custom_domain": base },
        "active": true,
        "user_type": "STANDARD",
        "language": record["LanguageLocaleKey"],
        "locale": record["LocaleSidKey"],
        "utcOffset": 3_600_000,
        "updated_at": record["LastModifiedDate"],
        "is_app_installed": true,
    });
    json_answer(StatusCode::OK, &body)
}

pub(super) async fn identity(
    Extract(site): Extract<Shared>,
    Path((org_id, user)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let known = {
        let org = site.lock();
        let caller = bearer(&headers).and_then(|token| org.grants.user_of(token, org.now()));
        org_id == org.id && caller.is_some_and(|id| id == user)
    };
    if known { userinfo(Extract(site), headers).await } else { bad_token() }
}

pub(super) async fn configuration(Extract(site): Extract<Shared>) -> Response {
    let base = site.common.places.org_url();
    let body = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/services/oauth2/authorize"),
        "token_endpoint": format!("{base}/services/oauth2/token"),
        "revocation_endpoint": format!("{base}/services/oauth2/revoke"),
        "userinfo_endpoint": format!("{base}/services/oauth2/userinfo"),
        "jwks_uri": format!("{base}/id/keys"),
        "scopes_supported": ["id", "api", "full", "refresh_token", "openid"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "none"],
    });
    json_answer(StatusCode::OK, &body)
}
