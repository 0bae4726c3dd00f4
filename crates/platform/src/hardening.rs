//! Keeps the process's memory, and the secrets in it, out of crash files (S15).

use std::io;

/// Turns core dumps off for this process; called first in `main`.
///
/// # Errors
/// The operating system's; a program may go on without it, but should say so in its log.
pub fn forbid_core_dumps() -> io::Result<()> {
    #[cfg(unix)]
    forbid_core_files()?;
    // A collector that reads cores from a pipe ignores the size limit, but not this.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Only the soft limit: programs that this one starts may raise theirs again.
#[cfg(unix)]
fn forbid_core_files() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Core).maximum;
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum })?)
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn s15_no_core_file_can_be_written() {
        use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};
        super::forbid_core_dumps().unwrap();
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
