//! The menu bar is always there, and colours template icons itself.

use super::Panel;

pub(super) fn has_display() -> bool {
    true
}

pub(super) fn has_tray_host() -> bool {
    true
}

pub(super) fn panel() -> Panel {
    Panel::Any
}
