//! The real desktop behind the app's loop.

use crate::windows::on_main;
use crate::{notifications, shortcut, tray, windows};
use casebridge_desktop::{App, Notice, Shell, payload};
use casebridge_domain::settings::LogLevel;
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{MenuView, Window, WindowView};
use casebridge_platform::browser::AllowedHosts;
use casebridge_platform::directories::UserFolders;
use casebridge_platform::{Profile, autostart};
use casebridge_use_cases::account;
use casebridge_use_cases::diagnostics::Log;
use std::path::PathBuf;
use std::sync::mpsc;
use tauri::{AppHandle, Emitter, EventTarget, Manager};
use tauri_plugin_clipboard_manager::ClipboardExt;
use url::Url;

/// Windows, tray, notifications, clipboard, browser and autostart of this desktop.
pub(crate) struct DesktopShell {
    handle: AppHandle,
    profile: Profile,
    log: Option<Log>,
    notices: mpsc::Sender<Notice>,
}

impl DesktopShell {
    pub(crate) fn new(handle: AppHandle, profile: Profile, log: Option<Log>) -> Self {
        let (notices, waiting) = mpsc::channel::<Notice>();
        // Showing a notification blocks until the desktop accepts it. One thread keeps them in order.
        let answering = handle.clone();
        std::thread::spawn(move || {
            for notice in waiting {
                let (handle, topic) = (answering.clone(), notice.topic);
                notifications::show(&notice, move |action| {
                    if let Some(topic) = topic {
                        handle.state::<App>().answer_notice(topic, action);
                    }
                });
            }
        });
        Self { handle, profile, log, notices }
    }
}

fn note(result: tauri::Result<()>, what: &'static str) {
    if let Err(error) = result {
        tracing::error!(%error, what, "the desktop refused");
    }
}

impl Shell for DesktopShell {
    fn open_window(&self, window: Window) {
        on_main(&self.handle, move |handle| note(windows::open(handle, window), "open"));
    }

    fn close_window(&self, window: Window) {
        on_main(&self.handle, move |handle| note(windows::close(handle, window), "close"));
    }

    fn fit_window(&self, window: Window, height: u32) {
        on_main(&self.handle, move |handle| note(windows::fit(handle, window, height), "fit"));
    }

    fn publish(&self, view: &WindowView) {
        let target = EventTarget::webview_window(view.window().label());
        note(self.handle.emit_to(target, view.window().event(), payload(view)), "publish");
    }

    fn show_tray(&self, menu: &MenuView) {
        let menu = menu.clone();
        on_main(&self.handle, move |handle| note(tray::show(handle, &menu), "tray"));
    }

    fn notify(&self, notice: Notice) {
        // The thread ends with the app.
        let _ = self.notices.send(notice);
    }

    fn copy(&self, text: &str) -> Result<(), Failure> {
        self.handle
            .clipboard()
            .write_text(text)
            .map_err(|e| Failure::caused(FailureCode::Internal, "The clipboard can't be used.", e))
    }

    fn open_page(&self, page: &Url, allowed: &AllowedHosts) -> Result<(), Failure> {
        account::open_page(page, allowed)
    }

    /// Only the default profile starts at log-in: the autostart entry can't name another profile.
    fn set_autostart(&self, on: bool) -> Result<(), Failure> {
        if !self.profile.is_default() {
            return Ok(());
        }
        let done = match on {
            true => std::env::current_exe().and_then(|program| autostart::enable(&program)),
            false => autostart::disable(),
        };
        done.map_err(|e| Failure::caused(FailureCode::SettingsNotSaved, e.to_string(), e))
    }

    fn set_jump_shortcut(&self, keys: &str) -> Result<(), Failure> {
        shortcut::set(&self.handle, keys)
            .map_err(|e| Failure::caused(FailureCode::ShortcutUnusable, keys, e))
    }

    fn downloads(&self) -> Option<PathBuf> {
        UserFolders::find().ok().map(|folders| folders.downloads)
    }

    fn set_log_level(&self, level: LogLevel) {
        if let Some(log) = &self.log {
            log.set_level(level);
        }
    }

    fn quit(&self) {
        self.handle.exit(0);
    }
}
