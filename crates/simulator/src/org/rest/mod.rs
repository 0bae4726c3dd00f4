//! The REST API: one way in for every call, whether it comes by itself or as a part of a composite.

mod admit;
mod call;
mod collections;
mod composite;
mod describe;
mod email;
mod files;
mod query;
mod resources;
mod rows;
mod search;
mod versions;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

use self::admit::admit;
use self::call::Call;
use super::answer::Answered;
use super::state::Shared;

const MAX_BODY: usize = 256 * 1024 * 1024;

/// All addresses of the REST API.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/services/data", get(versions::all))
        .route("/services/data/", get(versions::all))
        .route("/services/data/{version}", any(answer))
        .route("/services/data/{version}/", any(answer))
        .route("/services/data/{version}/{*path}", any(answer))
}

/// Lets the caller in, reads the call and gives its answer.
async fn answer(Extract(site): Extract<Shared>, request: Request) -> Result<Response, Response> {
    let mut call = Call::of(&request);
    let caller = admit(&site, request.headers(), &call).await?;
    if files::is_multipart(&call, request.headers()) {
        let answered = files::create(&site, request).await?;
        return Ok(caller.answer(&answered));
    }
    let headers = request.headers().clone();
    let Ok(body) = to_bytes(request.into_body(), MAX_BODY).await else {
        return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    let answered = match call.take_body(&headers, &body) {
        Ok(()) => resources::answer(&mut site.lock(), &caller, &call),
        Err(refused) => Answered::refused(&refused),
    };
    Ok(caller.answer(&answered))
}
