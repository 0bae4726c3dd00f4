//! The desktop's browser on Linux.

use std::ffi::OsString;
use std::io;

/// Lets the desktop open a page.
pub(super) fn open(url: &str) -> io::Result<()> {
    let by = |words: &[&str]| super::start(&words.iter().map(OsString::from).collect::<Vec<_>>());
    by(&["xdg-open", url]).or_else(|first| by(&["gio", "open", url]).map_err(|_| first))
}
