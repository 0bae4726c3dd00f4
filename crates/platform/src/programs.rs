//! Starts other programs: without a shell, without our streams, and watched for a moment.

use std::ffi::OsString;
use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program is watched for an early failure; one that runs on has begun its work.
const WATCH: Duration = Duration::from_millis(600);

/// Why a program did not begin its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// It could not be started.
    #[error("{0}")]
    NotStarted(io::Error),
    /// It ended with a failure at once.
    #[error("{0}")]
    Failed(String),
}

/// Starts a program and watches it for a moment. Its output is not ours: stdout may carry JSON.
pub(crate) fn start(argv: &[OsString]) -> Result<(), StartError> {
    let Some((program, arguments)) = argv.split_first() else {
        let nothing = io::Error::new(io::ErrorKind::InvalidInput, "no program");
        return Err(StartError::NotStarted(nothing));
    };
    let name = program.to_string_lossy();
    let named =
        |e: io::Error| StartError::NotStarted(io::Error::new(e.kind(), format!("{name}: {e}")));
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(named)?;
    let deadline = Instant::now() + WATCH;
    loop {
        match child.try_wait().map_err(named)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => {
                return Err(StartError::Failed(format!("{name}: it ended with {status}")));
            }
            None if Instant::now() >= deadline => break,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    // Waited for, so that it leaves no dead process behind.
    let waiting = std::thread::Builder::new().name("program".to_owned());
    waiting.spawn(move || child.wait()).map(drop).map_err(named)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_at_once_has_not_begun() {
        let argv = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        start(&argv(&["true"])).unwrap();
        start(&argv(&["sleep", "1"])).unwrap();
        assert!(matches!(start(&argv(&["false"])), Err(StartError::Failed(_))));
        assert!(matches!(start(&argv(&["/no/such/program"])), Err(StartError::NotStarted(_))));
        assert!(matches!(start(&[]), Err(StartError::NotStarted(_))));
    }
}
