//! Notifications through the Notification Center.

use casebridge_platform::app_identity::APP_ID;
use notify_rust::Notification;
use std::sync::Once;

/// The body is shown unchanged.
pub(super) fn plain(body: &str) -> String {
    body.to_owned()
}

/// Names the bundle, once. Without it, notifications look like the Finder's.
pub(super) fn complete(_notification: &mut Notification) {
    static NAMED: Once = Once::new();
    NAMED.call_once(|| {
        if let Err(error) = notify_rust::set_application(APP_ID) {
            tracing::warn!(%error, "notifications show the name of another program");
        }
    });
}
