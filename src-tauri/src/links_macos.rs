//! Links on macOS, which come as events of the running program and not as arguments of another one.

use casebridge_desktop::App;
use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt;
use url::Url;

/// Takes the links that come from now on, and those that the program was started with. Both come on
/// the thread that calls this, so none is taken twice.
pub(crate) fn take(handle: &AppHandle, app: &App) {
    let links = handle.deep_link();
    let later = app.clone();
    links.on_open_url(move |event| open(&later, event.urls()));
    match links.get_current() {
        Ok(urls) => open(app, urls.unwrap_or_default()),
        Err(error) => tracing::error!(%error, "the links of the start were not taken"),
    }
}

fn open(app: &App, urls: Vec<Url>) {
    for url in urls {
        let app = app.clone();
        tauri::async_runtime::spawn(async move { app.open_link(url.into()).await });
    }
}
