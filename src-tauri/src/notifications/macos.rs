//! The Notification Center.

use casebridge_platform::app_identity::APP_ID;
use notify_rust::Notification;
use std::sync::Once;

/// A body is shown as it is.
pub(super) fn plain(body: &str) -> String {
    body.to_owned()
}

/// Names the bundle, once: without it, notifications are those of the Finder.
pub(super) fn complete(_notification: &mut Notification) {
    static NAMED: Once = Once::new();
    NAMED.call_once(|| {
        if let Err(error) = notify_rust::set_application(APP_ID) {
            tracing::warn!(%error, "notifications carry the name of another program");
        }
    });
}
