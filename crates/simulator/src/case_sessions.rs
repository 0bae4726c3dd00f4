//! The running sessions of a case, as the page of the case shows them: the org knows the case, the
//! appliance its sessions.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::world::World;
use crate::{appliance, org};

/// The address that the page of a case reads.
pub(crate) fn router(world: &Arc<World>) -> Router {
    Router::new()
        .route("/lightning/r/Case/{id}/sessions", get(case_sessions))
        .with_state(world.clone())
}

async fn case_sessions(State(world): State<Arc<World>>, Path(id): Path<String>) -> Response {
    let Some((id, number)) = world.org.lock().case(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let fits = |key: &str| key == number || org::same_id(&id, key);
    Html(appliance::control::running_sessions(&world.appliance.lock(), fits)).into_response()
}
