//! The token endpoint, and revoking.

use axum::body::Bytes;
use axum::extract::{Query, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::grants::{Issued, Refused, refused};
use super::params::{Params, form, param};
use crate::common::faults::FaultName;
use crate::org::answer::json_answer;
use crate::org::state::{Shared, State};

pub(super) async fn token(Extract(site): Extract<Shared>, body: Bytes) -> Response {
    tokio::time::sleep(site.common.faults.delay("token", "org")).await;
    let params = form(&body);
    let mut org = site.lock();
    if let Some(fault) = org.faults().take(FaultName::TokenRedirect, "token") {
        let place = format!("https://{}/services/oauth2/token", fault.text.unwrap_or_default());
        return (StatusCode::FOUND, [(header::LOCATION, place)]).into_response();
    }
    if let Some(fault) = org.faults().take(FaultName::TokenError, "token") {
        let text = fault.text.unwrap_or_else(|| "server_error".to_owned());
        let (error, description) = text.split_once(": ").unwrap_or((&text, "simulated"));
        let body = json!({ "error": error, "error_description": description });
        return json_answer(StatusCode::BAD_REQUEST, &body);
    }
    let issued = match issue(&mut org, &params) {
        Ok(issued) => issued,
        Err(Refused { error, description }) => {
            let body = json!({ "error": error, "error_description": description });
            return json_answer(StatusCode::BAD_REQUEST, &body);
        }
    };
    let foreign = org.faults().take(FaultName::ForeignInstanceUrl, "token");
    let instance_url = foreign.map_or_else(
        || site.common.places.org_url(),
        |fault| fault.text.unwrap_or_else(|| "https://org.attacker.example".to_owned()),
    );
    let identity = format!("{}/id/{}/{}", site.common.places.org_url(), org.id, issued.user_id);
    let issued_at = org.common.clock.timestamp().as_millisecond().to_string();
    json_answer(StatusCode::OK, &token_answer(&issued, &instance_url, &identity, &issued_at))
}

fn issue(org: &mut State, params: &Params) -> Result<Issued, Refused> {
    let now = org.now();
    let State { id, client_id, grants, chance, common, .. } = org;
    if param(params, "client_id") != client_id {
        return Err(refused("invalid_client_id", "client identifier invalid"));
    }
    match param(params, "grant_type") {
        "authorization_code" => {
            let of = |name| param(params, name);
            let proof = (of("code"), of("redirect_uri"), of("code_verifier"));
            grants.redeem(chance, id, now, proof)
        }
        "refresh_token" => {
            let rotate = !common.faults.hits(FaultName::NoRotation);
            grants.refresh(chance, id, now, param(params, "refresh_token"), rotate)
        }
        _ => Err(refused("unsupported_grant_type", "grant type not supported")),
    }
}

fn token_answer(issued: &Issued, instance_url: &str, identity: &str, issued_at: &str) -> Value {
    let signature = Sha256::digest(format!("{identity}{issued_at}"));
    let mut body = json!({
        "access_token": issued.access_token,
        "signature": STANDARD.encode(signature),
        "scope": issued.scope,
        "instance_url": instance_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    });
    if let Some(refresh_token) = &issued.refresh_token {
        body["refresh_token"] = json!(refresh_token);
    }
    body
}

pub(super) async fn revoke_by_query(
    site: Extract<Shared>,
    Query(params): Query<Params>,
) -> Response {
    revoke_token(&site, &params)
}

pub(super) async fn revoke(site: Extract<Shared>, body: Bytes) -> Response {
    revoke_token(&site, &form(&body))
}

fn revoke_token(site: &Shared, params: &Params) -> Response {
    if site.lock().grants.revoke(param(params, "token")) {
        return StatusCode::OK.into_response();
    }
    let body = json!({ "error": "invalid_token", "error_description": "invalid token" });
    json_answer(StatusCode::BAD_REQUEST, &body)
}
