//! Notifications of the desktop, as plain text.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(target_os = "windows")]
use windows as os;

use casebridge_desktop::Notice;
use casebridge_platform::{Profile, app_identity};
use notify_rust::{Notification, NotificationHandle};

/// Tells the operating system whose notifications and windows will come.
pub(crate) fn introduce(profile: &Profile) {
    let icon = include_bytes!("../../icons/128x128.png");
    if let Err(error) = app_identity::introduce(profile, icon) {
        tracing::warn!(%error, "notifications may carry another name");
    }
}

/// Shows a notification. Blocks until the desktop took it; a desktop without notifications is
/// only logged, since every one of them repeats what a window or the tray says.
pub(crate) fn show(notice: &Notice, answered: impl FnOnce(&str) + Send + 'static) {
    let mut notification = Notification::new();
    notification.appname("Casebridge").summary(&notice.title).body(&os::plain(&notice.body));
    for button in &notice.buttons {
        notification.action(&button.id, &button.label);
    }
    os::complete(&mut notification);
    match notification.show() {
        Ok(shown) if notice.buttons.is_empty() => drop(shown),
        Ok(shown) => wait(shown, notice, answered),
        Err(error) => tracing::warn!(%error, "a notification could not be shown"),
    }
}

/// Waits for a button on a thread of its own: it may never come. What else ends a notification, such
/// as a click beside the buttons, answers nothing.
fn wait(shown: NotificationHandle, notice: &Notice, answered: impl FnOnce(&str) + Send + 'static) {
    let buttons: Vec<String> = notice.buttons.iter().map(|button| button.id.clone()).collect();
    std::thread::spawn(move || {
        shown.wait_for_action(|action| {
            if buttons.iter().any(|button| button == action) {
                answered(action);
            }
        });
    });
}
