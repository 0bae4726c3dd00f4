//! Who somebody is, and where the endpoints are.

use axum::extract::{Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::params::Params;
use crate::common::headers::bearer;
use crate::org::answer::json_answer;
use crate::org::state::Shared;

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

/// The answer of the address that a token answer calls `id`. The token may stand in the address.
pub(super) async fn identity(
    Extract(site): Extract<Shared>,
    Path((org_id, user)): Path<(String, String)>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Response {
    let org = site.lock();
    let token = bearer(&headers).or_else(|| params.get("oauth_token").map(String::as_str));
    let caller = token.and_then(|token| org.grants.user_of(token, org.now()));
    if org_id != org.id || caller.is_none_or(|id| id != user) {
        return bad_token();
    }
    let Some(record) = org.records.find("User", &user) else { return bad_token() };
    let base = site.common.places.org_url();
    let version = format!("{base}/services/data/v{{version}}");
    let body = json!({
        "id": format!("{base}/id/{org_id}/{user}"),
        "asserted_user": true,
        "user_id": user,
        "organization_id": org_id,
        "username": record["Username"],
        "nick_name": record["Alias"],
        "display_name": record["Name"],
        "email": record["Email"],
        "email_verified": true,
        "first_name": record["FirstName"],
        "last_name": record["LastName"],
        "timezone": record["TimeZoneSidKey"],
        "photos": {},
        "addr_street": null,
        "mobile_phone": null,
        "status": { "created_date": null, "body": null },
        "urls": {
            "rest": format!("{version}/"),
            "sobjects": format!("{version}/sobjects/"),
            "search": format!("{version}/search/"),
            "query": format!("{version}/query/"),
            "custom_domain": base,
        },
        "active": true,
        "user_type": "STANDARD",
        "language": record["LanguageLocaleKey"],
        "locale": record["LocaleSidKey"],
        "utcOffset": 3_600_000,
        "last_modified_date": record["LastModifiedDate"],
        "is_app_installed": true,
    });
    json_answer(StatusCode::OK, &body)
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
