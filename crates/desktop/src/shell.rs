//! What the loop needs of a desktop. The tray app has the real one, tests bring their own.

use casebridge_domain::Failure;
use casebridge_domain::settings::LogLevel;
pub(crate) use casebridge_domain::text::one_line;
use casebridge_domain::text::{is_disguise, shown};
use casebridge_ipc::{FailureView, MenuView, Window, WindowView};
use casebridge_platform::browser::AllowedHosts;
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;
use url::Url;

/// A notification. It holds no session key, and of a customer no more than the name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// One line.
    pub title: String,
    /// One or two lines of plain text.
    pub body: String,
    /// What the app is told with the button that was pressed.
    pub topic: Option<u64>,
    /// Buttons, where the desktop has them; without them the tray offers the same.
    pub buttons: Vec<NoticeButton>,
}

/// So much of a person's name fits.
pub(crate) const NAME: usize = 80;

impl Notice {
    /// What failed and what to do, where no window shows it.
    pub(crate) fn of_failure(failure: &FailureView) -> Self {
        let (title, body) = (failure.title.clone(), failure.next_step.clone());
        Self { title, body, ..Self::default() }
    }
}

/// A view as its window gets it: texts of somebody else's lose what could disguise them (S10). It is the
/// one way of a text into a window.
pub fn payload(view: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(view).unwrap_or_default();
    undisguise(&mut value);
    value
}

fn undisguise(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(is_disguise) => *text = shown(text),
        Value::Array(all) => all.iter_mut().for_each(undisguise),
        Value::Object(fields) => fields.values_mut().for_each(undisguise),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A button of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeButton {
    /// What the app is told.
    pub id: String,
    /// What the person reads.
    pub label: String,
}

/// The desktop.
pub trait Shell: Send + Sync + 'static {
    /// Makes the window, or brings it to the front.
    fn open_window(&self, window: Window);
    /// Destroys the window.
    fn close_window(&self, window: Window);
    /// Makes the window as high as its content, in CSS pixels.
    fn fit_window(&self, window: Window, height: u32);
    /// Sends a view to its window as its [`payload`], if that is open.
    fn publish(&self, view: &WindowView);
    /// Shows state and menu in the tray.
    fn show_tray(&self, menu: &MenuView);
    /// Shows a notification.
    fn notify(&self, notice: Notice);
    /// Puts a text on the clipboard.
    ///
    /// # Errors
    /// The desktop did not take it.
    fn copy(&self, text: &str) -> Result<(), Failure>;
    /// Opens a page in the browser; may block for a second.
    ///
    /// # Errors
    /// The page may not be opened, or there is no browser.
    fn open_page(&self, page: &Url, allowed: &AllowedHosts) -> Result<(), Failure>;
    /// Starts Casebridge at log-in from now on, or not.
    ///
    /// # Errors
    /// The desktop's records cannot be written.
    fn set_autostart(&self, on: bool) -> Result<(), Failure>;
    /// Lets this combination of keys ask for a jump from now on; an empty text lets none.
    ///
    /// # Errors
    /// It is no combination of keys, or another program has it.
    fn set_jump_shortcut(&self, keys: &str) -> Result<(), Failure>;
    /// The folder for a file that the person asked for; none where the system has none.
    fn downloads(&self) -> Option<PathBuf>;
    /// Changes the level of the log.
    fn set_log_level(&self, level: LogLevel);
    /// Ends the program.
    fn quit(&self);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn s10_no_text_in_a_window_changes_how_others_are_shown() {
        let view = json!({ "a": ["Rosa\u{202e}exe", { "b": "one\ntwo\u{2066}" }], "n": 1 });
        assert_eq!(payload(&view), json!({ "a": ["Rosaexe", { "b": "one\ntwo" }], "n": 1 }));
    }
}
