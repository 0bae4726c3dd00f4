//! The token endpoint: client credentials in a Basic header, a ring of thirty tokens.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::state::{Shared, Token};
use crate::common::faults::FaultName;

const LIFETIME: i64 = 3_600;

/// The address of the endpoint.
pub(super) fn router() -> Router<Shared> {
    Router::new().route("/oauth2/token", post(token))
}

async fn token(State(site): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    tokio::time::sleep(site.common.faults.delay("token", "appliance")).await;
    let mut state = site.lock();
    let refused = state.faults().take(FaultName::UnauthorizedSecret, "token").is_some();
    let expected = format!("{}:{}", state.client_id, state.client_secret);
    if refused || basic(&headers).is_none_or(|given| given != expected) {
        let message = "Client authentication failed.";
        return answer(
            StatusCode::UNAUTHORIZED,
            &json!({ "error": "invalid_client", "message": message }),
        );
    }
    let grant = url::form_urlencoded::parse(&body).find(|(name, _)| name == "grant_type");
    if grant.is_none_or(|(_, value)| value != "client_credentials") {
        let body = json!({ "error": "unsupported_grant_type", "message": "The grant type is not supported." });
        return answer(StatusCode::BAD_REQUEST, &body);
    }
    let text = state.chance.word(32);
    let expires = state.now() + LIFETIME;
    state.add_token(Token { text: text.clone(), expires });
    let body = json!({ "access_token": text, "token_type": "Bearer", "expires_in": LIFETIME });
    answer(StatusCode::OK, &body)
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// `id:secret` of a Basic header.
fn basic(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appliance::seed::seeded;

    #[test]
    fn the_thirty_first_token_drops_the_oldest() {
        let mut appliance = seeded(1);
        for n in 0..31 {
            appliance.add_token(Token { text: n.to_string(), expires: 10 });
        }
        assert!(!appliance.has_token("0", 0));
        assert!(appliance.has_token("1", 0));
        assert!(appliance.has_token("30", 9));
        assert!(!appliance.has_token("30", 10));
    }
}
