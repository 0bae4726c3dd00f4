//! The windows: created when needed, destroyed when closed, limited to their own pages.

use casebridge_ipc::Window;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Manager, PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder,
};
use url::Url;

/// A window's title and size before its content reports the height.
struct Look {
    title: &'static str,
    width: f64,
    height: f64,
    min_height: f64,
}

fn look(window: Window) -> Look {
    match window {
        Window::Case => {
            Look { title: "Casebridge – Case", width: 440.0, height: 768.0, min_height: 240.0 }
        }
        Window::Jump => {
            Look { title: "Casebridge – Jump", width: 560.0, height: 620.0, min_height: 320.0 }
        }
        Window::Tag => {
            Look { title: "Casebridge – Tag", width: 440.0, height: 640.0, min_height: 320.0 }
        }
        Window::Activity => {
            Look {
                title: "Casebridge – Activity", width: 720.0, height: 640.0, min_height: 320.0
            }
        }
        Window::Settings => {
            Look {
                title: "Casebridge – Settings", width: 720.0, height: 640.0, min_height: 420.0
            }
        }
        Window::Menu => {
            Look { title: "Casebridge", width: 320.0, height: 320.0, min_height: 120.0 }
        }
    }
}

/// Runs work on the thread that may touch windows.
pub(crate) fn on_main(handle: &AppHandle, work: impl FnOnce(&AppHandle) + Send + 'static) {
    let inner = handle.clone();
    if let Err(error) = handle.run_on_main_thread(move || work(&inner)) {
        tracing::error!(%error, "the desktop could not be reached");
    }
}

/// Creates the window, or brings it to the front.
pub(crate) fn open(handle: &AppHandle, window: Window) -> tauri::Result<()> {
    if let Some(known) = handle.get_webview_window(window.label()) {
        return show(&known);
    }
    let look = look(window);
    let page = WebviewUrl::App(format!("{}.html", window.label()).into());
    WebviewWindowBuilder::new(handle, window.label(), page)
        .title(look.title)
        .inner_size(look.width, look.height)
        .min_inner_size(look.width.min(360.0), look.min_height)
        .maximizable(matches!(window, Window::Settings | Window::Activity))
        .center()
        .prevent_overflow()
        // Visible at once: a hidden page is not painted until it is shown.
        .visible(true)
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    tracing::debug!(window = window.label(), "a window was created");
    Ok(())
}

/// Only our own pages may be shown (S8).
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

fn show(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

/// Destroys the window.
pub(crate) fn close(handle: &AppHandle, window: Window) -> tauri::Result<()> {
    match handle.get_webview_window(window.label()) {
        Some(window) => window.destroy(),
        None => Ok(()),
    }
}

/// Makes the window as high as its content, and keeps it completely on its screen.
pub(crate) fn fit(handle: &AppHandle, window: Window, height: u32) -> tauri::Result<()> {
    let Some(known) = handle.get_webview_window(window.label()) else { return Ok(()) };
    let scale = known.scale_factor()?;
    let inner = known.inner_size()?;
    let frame = known.outer_size()?.height.saturating_sub(inner.height);
    let wanted = f64::from(height).max(look(window).min_height) * scale;
    let wanted = wanted.round() as u32;
    let Some(monitor) = known.current_monitor()? else {
        return known.set_size(PhysicalSize::new(inner.width, wanted));
    };
    let area = monitor.work_area();
    let height = wanted.min(area.size.height.saturating_sub(frame));
    known.set_size(PhysicalSize::new(inner.width, height))?;
    let place = known.outer_position()?;
    let lowest = area.position.y.saturating_add_unsigned(area.size.height);
    let top = lowest.saturating_sub_unsigned(height + frame);
    if place.y > top {
        known.set_position(PhysicalPosition::new(place.x, top))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn s8_only_our_own_pages_are_shown() {
        let own = |text: &str| is_own_page(&Url::parse(text).unwrap());
        for page in ["tauri://localhost/case.html", "http://tauri.localhost/menu.html"] {
            assert!(own(page), "{page}");
        }
        for page in [
            "https://example.com/",
            "https://tauri.localhost.example.com/",
            "tauri://example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "about:blank",
            "blob:tauri://localhost/1",
        ] {
            assert!(!own(page), "{page}");
        }
    }

    #[test]
    fn s8_the_policy_of_the_pages_is_the_one_of_the_threat_model() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tauri.conf.json");
        let config: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let app = &config["app"];
        assert_eq!(
            app["security"]["csp"],
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; connect-src ipc: http://ipc.localhost; base-uri 'none'; \
             form-action 'none'; frame-src 'none'; frame-ancestors 'none'"
        );
        assert_eq!(app["security"]["freezePrototype"], true);
        assert_eq!(app["withGlobalTauri"], false);
        assert_eq!(app["windows"], serde_json::json!([]));
        assert_eq!(config["identifier"], casebridge_platform::app_identity::APP_ID);
        let labels = Window::ALL.map(Window::label);
        assert_eq!(app["security"]["capabilities"], serde_json::json!(labels));
    }

    #[test]
    fn s9_each_capability_names_its_window_and_its_own_commands() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("capabilities");
        let mut files = BTreeSet::new();
        for entry in std::fs::read_dir(&folder).unwrap() {
            files.insert(entry.unwrap().file_name().into_string().unwrap());
        }
        let wanted = Window::ALL.map(|window| format!("{}.json", window.label()));
        assert_eq!(files, BTreeSet::from(wanted));
        for window in Window::ALL {
            let text =
                std::fs::read_to_string(folder.join(format!("{}.json", window.label()))).unwrap();
            let capability: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(capability["windows"], serde_json::json!([window.label()]));
            assert_eq!(capability.get("remote"), None);
            let granted: BTreeSet<String> =
                serde_json::from_value(capability["permissions"].clone()).unwrap();
            let events = ["core:event:allow-listen", "core:event:allow-unlisten"];
            let commands = casebridge_ipc::allowed(window)
                .map(|command| format!("allow-{}", command.replace('_', "-")));
            let wanted: BTreeSet<String> =
                events.map(String::from).into_iter().chain(commands).collect();
            assert_eq!(granted, wanted, "{}", window.label());
        }
    }
}
