//! Connects the app's loop, the instance channel and Tauri, and runs until the app quits.

use crate::desktop_shell::DesktopShell;
#[cfg(target_os = "macos")]
use crate::links_macos;
use crate::{SHOW, links, notifications, tray};
use casebridge_desktop::App;
use casebridge_domain::settings::setting;
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::Window;
use casebridge_platform::instance::Listener;
use casebridge_platform::{Profile, desktop};
use casebridge_use_cases::{Casebridge, diagnostics};
use std::sync::Arc;
use tauri::ipc::{Invoke, InvokeBody, InvokeError};
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

/// Runs the app with this profile until it quits.
pub(crate) fn run(
    profile: Profile,
    listener: Listener,
    link: Option<String>,
    hardened: std::io::Result<()>,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(internal)?;
    let _guard = runtime.enter();
    tauri::async_runtime::set(runtime.handle().clone());
    let casebridge = Casebridge::open(None, None)?;
    let log = diagnostics::start(&profile, casebridge.settings().get(&setting::LOG_LEVEL)).ok();
    if let Err(error) = hardened {
        tracing::warn!(%error, "core dumps could not be turned off");
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    notifications::introduce(&profile);
    let builder = tauri::Builder::default()
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_global_shortcut::Builder::new().build())
        .plugin(tauri_plugin_deep_link::init());
    let tauri_app = builder
        .invoke_handler(invoked)
        .on_window_event(|window, event| {
            let Some(kind) = Window::from_label(window.label()) else { return };
            if let WindowEvent::CloseRequested { api, .. } = event {
                // The loop closes the window itself, so that it knows the order of events.
                api.prevent_close();
                window.state::<App>().close_window(kind);
            } else if matches!(event, WindowEvent::Destroyed) {
                window.state::<App>().window_closed(kind);
            }
        })
        .setup(move |tauri| {
            let handle = tauri.handle().clone();
            tray::make(&handle)?;
            let shell = Arc::new(DesktopShell::new(handle.clone(), profile.clone(), log));
            let (app, ending) = casebridge_desktop::start(casebridge, shell);
            handle.manage(app.clone());
            let ended = handle.clone();
            tauri::async_runtime::spawn(async move {
                // Without its loop, the app would accept links and do nothing with them.
                if ending.await.is_err() {
                    ended.exit(1);
                }
            });
            #[cfg(target_os = "macos")]
            links_macos::take(&handle, &app);
            begin(&handle, &profile, &app, link);
            tauri::async_runtime::spawn(serve(listener, app));
            Ok(())
        })
        .build(tauri::generate_context!())
        .map_err(internal)?;
    tauri_app.run(keep_running);
    Ok(())
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::caused(FailureCode::Internal, error.to_string(), error)
}

/// A tray app keeps running when its last window closes.
fn keep_running(_: &AppHandle, event: RunEvent) {
    if let RunEvent::ExitRequested { code: None, api, .. } = event {
        api.prevent_exit();
    }
}

/// Opens the link that the app was started with, or the menu window if there is no tray.
fn begin(handle: &AppHandle, profile: &Profile, app: &App, link: Option<String>) {
    match link {
        Some(link) => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move { app.open_link(link).await });
        }
        None if !desktop::has_tray_host() => drop(app.show()),
        None => {}
    }
    // Links open the default profile, so no other one registers itself.
    if profile.is_default() {
        links::register(handle);
    }
}

async fn serve(listener: Listener, app: App) {
    let served = listener
        .serve(move |message| {
            let app = app.clone();
            async move {
                match message.as_str() {
                    SHOW => app.show(),
                    _ => app.open_link(message).await,
                }
            }
        })
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "links are no longer received");
    }
}

/// Handles every command of every window. Tauri has already checked the window's capability; the app
/// checks it again (S9).
fn invoked(invoke: Invoke) -> bool {
    let Invoke { message, resolver, .. } = invoke;
    let Some(window) = Window::from_label(message.webview_ref().label()) else {
        return false;
    };
    let InvokeBody::Json(form) = message.payload().clone() else { return false };
    let (app, command) =
        (message.webview_ref().state::<App>().inner().clone(), message.command().to_owned());
    resolver.respond_async(async move {
        app.command(window, &command, &form).await.map_err(InvokeError::from)
    });
    true
}
