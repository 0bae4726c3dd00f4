//! Links on macOS, where they arrive as events of the running program, not as arguments of a new one.

use casebridge_desktop::App;
use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt;
use url::Url;

/// Opens the links that the program was started with, and those that arrive from now on. Both arrive
/// on the calling thread, so no link is opened twice.
pub(crate) fn take(handle: &AppHandle, app: &App) {
    let links = handle.deep_link();
    let later = app.clone();
    links.on_open_url(move |event| open(&later, event.urls()));
    match links.get_current() {
        Ok(urls) => open(app, urls.unwrap_or_default()),
        Err(error) => {
            tracing::error!(%error, "the links that the program was started with could not be read")
        }
    }
}

fn open(app: &App, urls: Vec<Url>) {
    for url in urls {
        let app = app.clone();
        tauri::async_runtime::spawn(async move { app.open_link(url.into()).await });
    }
}
