//! The desktop's browser on Linux.

use crate::programs::{self, StartError};
use std::ffi::OsString;

/// Lets the desktop open a page.
pub(super) fn open(url: &str) -> Result<(), StartError> {
    let by =
        |words: &[&str]| programs::start(&words.iter().map(OsString::from).collect::<Vec<_>>());
    by(&["xdg-open", url]).or_else(|first| by(&["gio", "open", url]).map_err(|_| first))
}
