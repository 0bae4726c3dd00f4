//! Notifications through the server on the session bus.

use notify_rust::{Hint, Notification};

/// Escapes the body, because the server reads it as markup (S10).
pub(super) fn plain(body: &str) -> String {
    quick_xml::escape::escape(body).into_owned()
}

/// Names the desktop entry, from which the desktop takes name and icon.
pub(super) fn complete(notification: &mut Notification) {
    notification.icon("casebridge").hint(Hint::DesktopEntry("Casebridge".to_owned()));
}

#[cfg(test)]
mod tests {
    #[test]
    fn s10_a_name_never_becomes_markup() {
        let name = "<a href='https://x'>Rosa</a> & \"Co\"";
        let escaped = super::plain(name);
        assert!(!escaped.contains(['<', '>', '"', '\'']), "{escaped}");
        assert_eq!(escaped.matches('&').count(), escaped.matches(';').count());
    }
}
