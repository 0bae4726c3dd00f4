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

/// Tells the operating system the name and icon of this program's notifications and windows.
pub(crate) fn introduce(profile: &Profile) {
    let icon = include_bytes!("../../icons/128x128.png");
    if let Err(error) = app_identity::introduce(profile, icon) {
        tracing::warn!(%error, "notifications may show another name");
    }
}

/// Shows a notification. Blocks until the desktop accepts it. A desktop without notifications is
/// only logged, because a window or the tray shows the same information.
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

/// Waits on its own thread for a click on a button, which may never come. Closing the notification or
/// clicking beside the buttons answers nothing.
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
