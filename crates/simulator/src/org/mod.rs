//! The Salesforce org: sign-in, the REST API, and the pages that people see.
//!
//! It knows nothing of the appliance, of the console, or of what joins them.

mod answer;
pub(crate) mod control;
mod deeds;
mod ids;
mod lightning;
mod metadata;
mod oauth;
mod objects;
mod pages;
mod records;
mod refused;
mod rest;
mod saving;
mod schema;
mod seed;
mod soql;
mod sosl;
mod standard;
mod state;
mod trigger;
mod writes;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};

pub(crate) use self::deeds::UserEdit;
pub(crate) use self::ids::same_id;
pub(crate) use self::lightning::SCRIPT;
pub(crate) use self::seed::make;
pub(crate) use self::state::Shared;
use crate::common::notes::note_org;

const LARGEST_BODY: usize = 256 * 1024 * 1024;
const MAX_ADDRESS: usize = 16_384;

/// All addresses of the org, with those of others on the same host.
pub(crate) fn router(site: &Shared, more: Router) -> Router {
    Router::new()
        .merge(oauth::router())
        .merge(pages::router())
        .merge(lightning::router())
        .merge(rest::router())
        .fallback(answer::not_found)
        .with_state(site.clone())
        .merge(more)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(limit_address))
        .layer(from_fn_with_state(site.common.clone(), note_org))
}

/// The control calls of the org.
pub(crate) fn control_router(site: &Shared) -> Router {
    deeds::router().with_state(site.clone())
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
