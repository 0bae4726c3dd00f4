//! The notification server of the session bus.

use notify_rust::{Hint, Notification};

/// A body is read as markup (S10).
pub(super) fn plain(body: &str) -> String {
    quick_xml::escape::escape(body).into_owned()
}

/// Names the desktop entry, by which the desktop shows name and icon.
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
