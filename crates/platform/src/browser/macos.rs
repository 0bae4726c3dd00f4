//! The default browser on macOS.

use crate::programs::{self, StartError};
use std::ffi::OsString;

/// Lets the desktop open a page.
pub(super) fn open(url: &str) -> Result<(), StartError> {
    programs::start(&[OsString::from("/usr/bin/open"), OsString::from(url)])
}
