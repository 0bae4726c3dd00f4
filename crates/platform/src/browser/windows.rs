//! The default browser on Windows.

use std::io;

/// Lets the shell's own function open a page; no command line is made of it.
pub(super) fn open(url: &str) -> io::Result<()> {
    open::that_detached(url)
}
