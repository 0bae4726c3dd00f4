//! Which windows are open, and what each was last sent.

use crate::shell::Shell;
use casebridge_ipc::{Window, WindowView};
use std::collections::{BTreeMap, BTreeSet};

/// The windows of the app.
#[derive(Default)]
pub(crate) struct Windows {
    open: BTreeSet<Window>,
    /// Windows that are being destroyed, and whether they are wanted again.
    closing: BTreeMap<Window, bool>,
    /// What an open window was last sent.
    shown: BTreeMap<Window, WindowView>,
}

impl Windows {
    pub(crate) fn open_ones(&self) -> &BTreeSet<Window> {
        &self.open
    }

    pub(crate) fn open(&mut self, window: Window, shell: &dyn Shell) {
        self.open.insert(window);
        self.shown.remove(&window);
        match self.closing.get_mut(&window) {
            // It comes back when the old one is gone.
            Some(wanted) => *wanted = true,
            None => shell.open_window(window),
        }
    }

    /// The person is done with a window; what opens it from now on opens another one. Says whether it was
    /// open.
    pub(crate) fn close(&mut self, window: Window, shell: &dyn Shell) -> bool {
        let was_open = self.open.remove(&window);
        if was_open {
            self.shown.remove(&window);
            self.closing.insert(window, false);
            shell.close_window(window);
        }
        was_open
    }

    /// A window is gone. Says whether the desktop closed it without asking.
    pub(crate) fn gone(&mut self, window: Window, shell: &dyn Shell) -> bool {
        self.shown.remove(&window);
        match self.closing.remove(&window) {
            Some(true) => {
                shell.open_window(window);
                false
            }
            Some(false) => false,
            None => self.open.remove(&window),
        }
    }

    /// Sends a window its view, if it is not what it was last sent.
    pub(crate) fn show(&mut self, view: WindowView, shell: &dyn Shell) {
        let window = view.window();
        if self.shown.get(&window) != Some(&view) {
            shell.publish(&view);
            self.shown.insert(window, view);
        }
    }
}
