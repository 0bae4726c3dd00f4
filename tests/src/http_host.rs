//! The real pages over HTTP: the same commands and events as in the app, for a browser.

use crate::fake_shell::{FakeShell, Seen};
use crate::scene::Stage;
use anyhow::{Context, Result};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use casebridge_desktop::App;
use casebridge_desktop::payload;
use casebridge_ipc::{Window, WindowView};
use futures::stream::{self, Stream};
use serde_json::Value;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// The policy of the app's windows, with the way back to this host instead of the app's.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-src 'none'; frame-ancestors 'none'";

#[derive(Clone)]
struct Host {
    app: App,
    shell: Arc<FakeShell>,
}

/// Serves the pages of this stage and returns the address below which each window lies.
///
/// # Errors
/// No port is free, or the pages were not built.
pub async fn serve(stage: &Stage) -> Result<String> {
    let host = Host { app: stage.app.clone(), shell: stage.shell.clone() };
    let router = Router::new()
        .route("/{window}/invoke/{command}", post(invoke))
        .route("/{window}/events", get(events))
        .route("/{window}/{*file}", get(file))
        .with_state(host);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::fs::metadata(pages().join("case.html")).await.context("the pages are not built")?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

fn pages() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ui/dist")
}

async fn invoke(
    State(host): State<Host>,
    Path((label, command)): Path<(String, String)>,
    Json(message): Json<Value>,
) -> Response {
    let Some(window) = Window::from_label(&label) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match host.app.command(window, &command, &message).await {
        Ok(answer) => Json(answer).into_response(),
        Err(failure) => (StatusCode::CONFLICT, Json(failure)).into_response(),
    }
}

async fn events(
    State(host): State<Host>,
) -> Sse<impl Stream<Item = std::result::Result<Event, Infallible>>> {
    let news = News { seen: host.shell.listen(), last: Seen::default(), waiting: VecDeque::new() };
    let stream = stream::unfold(news, |mut news| async move {
        let event = news.next().await?;
        Some((Ok(event), news))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

/// What a page has not heard yet.
struct News {
    seen: watch::Receiver<Seen>,
    last: Seen,
    waiting: VecDeque<Event>,
}

impl News {
    async fn next(&mut self) -> Option<Event> {
        while self.waiting.is_empty() {
            self.seen.changed().await.ok()?;
            let seen = self.seen.borrow_and_update().clone();
            let last = &self.last;
            let views = [
                changed(&seen.case, &last.case),
                changed(&seen.jump, &last.jump),
                changed(&seen.tag, &last.tag),
                changed(&seen.activity, &last.activity),
                changed(&seen.settings, &last.settings),
                changed(&seen.menu, &last.menu),
            ];
            self.waiting.extend(views.iter().flatten().filter_map(event));
            self.last = seen;
        }
        self.waiting.pop_front()
    }
}

/// The view of a window, if it has changed.
fn changed<V>(now: &Option<V>, before: &Option<V>) -> Option<WindowView>
where
    V: Clone + PartialEq + Into<WindowView>,
{
    now.clone().filter(|_| now != before).map(Into::into)
}

fn event(view: &WindowView) -> Option<Event> {
    Event::default().event(view.window().event()).json_data(payload(view)).ok()
}

async fn file(Path((_, file)): Path<(String, String)>) -> Response {
    let plain = file.split('/').all(|part| !part.starts_with('.'));
    let Ok(bytes) = tokio::fs::read(pages().join(&file)).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !plain {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = match file.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    (headers, bytes).into_response()
}
