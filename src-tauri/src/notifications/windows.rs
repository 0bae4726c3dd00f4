//! Notifications as toasts.

use casebridge_platform::app_identity::APP_ID;
use notify_rust::{Notification, Timeout};

/// The body is shown unchanged.
pub(super) fn plain(body: &str) -> String {
    body.to_owned()
}

/// Names the program. Without an id, toasts look like PowerShell's. A toast with buttons stays for 25
/// seconds instead of 7.
pub(super) fn complete(notification: &mut Notification) {
    notification.app_id(APP_ID);
    if !notification.actions.is_empty() {
        notification.timeout(Timeout::Never);
    }
}
