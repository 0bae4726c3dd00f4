//! Signing in to the org: authorization code with PKCE, refresh with rotation, revoke, userinfo.

mod authorize;
pub(crate) mod grants;
mod identity;
mod params;
mod token;

use axum::Router;
use axum::routing::{get, post};

use super::state::Shared;

/// The addresses under `/services/oauth2` and what belongs to them.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/services/oauth2/authorize", get(authorize::authorize).post(authorize::decide))
        .route("/services/oauth2/token", post(token::token))
        .route("/services/oauth2/revoke", get(token::revoke_by_query).post(token::revoke))
        .route("/services/oauth2/userinfo", get(identity::userinfo).post(identity::userinfo))
        .route("/id/{org}/{user}", get(identity::identity))
        .route("/.well-known/openid-configuration", get(identity::configuration))
}
