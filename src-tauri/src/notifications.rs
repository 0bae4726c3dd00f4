//! Notifications of the desktop, as plain text.

use casebridge_desktop::Notice;
use notify_rust::Notification;

/// Shows a notification. Blocks until the desktop accepts it. A desktop without notifications is
/// only logged, because a window or the tray shows the same information.
pub(crate) fn show(notice: &Notice, answered: impl FnOnce(&str) + Send + 'static) {
    let mut notification = Notification::new();
    notification.appname("Casebridge").summary(&notice.title).body(&plain(&notice.body));
    #[cfg(target_os = "linux")]
    {
        let entry = notify_rust::Hint::DesktopEntry("Casebridge".to_owned());
        notification.icon("casebridge").hint(entry);
        for button in &notice.buttons {
            notification.action(&button.id, &button.label);
        }
    }
    match notification.show() {
        Ok(shown) => wait(shown, !notice.buttons.is_empty(), answered),
        Err(error) => tracing::warn!(%error, "a notification could not be shown"),
    }
}

/// Waits on its own thread for a click on a button, which may never come.
#[cfg(target_os = "linux")]
fn wait(
    shown: notify_rust::NotificationHandle,
    has_buttons: bool,
    answered: impl FnOnce(&str) + Send + 'static,
) {
    if has_buttons {
        std::thread::spawn(move || {
            shown.wait_for_action(|action| {
                if action != "__closed" {
                    answered(action);
                }
            });
        });
    }
}

/// Only Linux desktops have buttons here; elsewhere the tray menu offers the same actions.
#[cfg(not(target_os = "linux"))]
fn wait<T>(_shown: T, _has_buttons: bool, _answered: impl FnOnce(&str) + Send + 'static) {}

/// Linux desktops interpret the body as markup (S10); others show it unchanged.
fn plain(body: &str) -> String {
    if cfg!(target_os = "linux") { escaped(body) } else { body.to_owned() }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn s10_a_name_never_becomes_markup() {
        let name = "<a href='https://x'>Rosa</a> & \"Co\"";
        let escaped = super::escaped(name);
        assert!(!escaped.contains(['<', '>', '"', '\'']), "{escaped}");
        assert_eq!(escaped.matches('&').count(), escaped.matches(';').count());
    }
}
