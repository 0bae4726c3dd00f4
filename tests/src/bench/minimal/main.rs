//! A tray app that can do nothing but what the measured one is compared in: a tray icon, links by
//! the plugins, one instance, and a window made on demand.
//!
//! Written by the bench; not a member of the workspace.

use tauri::menu::MenuBuilder;
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder};

fn main() {
    let context = tauri::generate_context!();
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| act_on(app, &arguments)))
        .plugin(tauri_plugin_deep_link::init())
        .setup(|app| {
            let menu = MenuBuilder::new(app).text("show", "Show").text("quit", "Quit").build()?;
            let icon = app.default_window_icon().cloned().ok_or("no icon")?;
            TrayIconBuilder::with_id("tray").icon(icon).menu(&menu).on_menu_event(pressed).build(app)?;
            let arguments: Vec<String> = std::env::args().collect();
            act_on(app.handle(), &arguments);
            Ok(())
        })
        .build(context)
        .expect("the app cannot be built")
        .run(|_, event| {
            if let RunEvent::ExitRequested { api, code: None, .. } = event {
                api.prevent_exit();
            }
        });
}

fn pressed(app: &AppHandle, event: tauri::menu::MenuEvent) {
    match event.id().as_ref() {
        "quit" => app.exit(0),
        _ => show(app),
    }
}

/// A link that asks for the window gets it; any other link is only taken.
fn act_on(app: &AppHandle, arguments: &[String]) {
    if arguments.iter().any(|argument| argument.starts_with("casebridge-minimal://show")) {
        show(app);
    }
}

fn show(app: &AppHandle) {
    if app.get_webview_window("main").is_none() {
        let address = WebviewUrl::App("index.html".into());
        let window = WebviewWindowBuilder::new(app, "main", address);
        window.title("Minimal").inner_size(440.0, 560.0).build().expect("no window");
    }
}
