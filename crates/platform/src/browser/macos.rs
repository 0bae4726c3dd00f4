//! The default browser on macOS.

use std::ffi::OsString;
use std::io;

/// Lets the desktop open a page.
pub(super) fn open(url: &str) -> io::Result<()> {
    super::start(&[OsString::from("/usr/bin/open"), OsString::from(url)])
}
