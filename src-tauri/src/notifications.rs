//! Notifications of the desktop, as plain text.

use notify_rust::Notification;

/// Shows a notification. Blocks until the desktop took it; a desktop without notifications is
/// only logged, since every one of them repeats what a window or the tray says.
pub(crate) fn show(title: &str, body: &str) {
    let mut notification = Notification::new();
    notification.appname("Casebridge").summary(title).body(&plain(body));
    #[cfg(target_os = "linux")]
    notification.icon("casebridge").hint(notify_rust::Hint::DesktopEntry("Casebridge".to_owned()));
    if let Err(error) = notification.show() {
        tracing::warn!(%error, "a notification could not be shown");
    }
}

/// Linux desktops read a body as markup (S10); the others show it as it is.
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
