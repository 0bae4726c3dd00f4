//! The versions of the API, and what a version has.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::admit::{Caller, VERSIONS};
use crate::org::answer::{Answered, json_answer};
use crate::org::state::State;

/// All versions; needs no token.
pub(super) async fn all() -> Response {
    let label = |n: u32| {
        let season = ["Spring", "Summer", "Winter"][n as usize % 3];
        format!("{season} '{}", (n + 13) / 3)
    };
    let list: Vec<Value> = VERSIONS
        .map(|n| {
            json!({
                "label": label(n),
                "url": format!("/services/data/v{n}.0"),
                "version": format!("{n}.0"),
            })
        })
        .collect();
    json_answer(StatusCode::OK, &Value::Array(list))
}

/// Where the resources of a version are.
pub(super) fn resources(org: &State, caller: &Caller) -> Answered {
    let base = caller.base();
    let host = org.common.places.org_url();
    Answered::ok(json!({
        "composite": format!("{base}/composite"),
        "identity": format!("{host}/id/{}/{}", org.id, caller.user_id),
        "limits": format!("{base}/limits"),
        "query": format!("{base}/query"),
        "queryAll": format!("{base}/queryAll"),
        "search": format!("{base}/search"),
        "sobjects": format!("{base}/sobjects"),
    }))
}
