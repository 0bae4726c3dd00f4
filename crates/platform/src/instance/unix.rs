//! The instance channel on Unix: a socket in the profile's private run-time folder.

use super::{ChannelError, send_and_receive};
use crate::files::require_private_dir;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn socket_in(dir: &Path) -> PathBuf {
    dir.join("instance.sock")
}

/// The bound socket, which takes connections already but does not answer yet.
#[derive(Debug)]
pub(super) struct Endpoint {
    listener: UnixListener,
}

impl Endpoint {
    /// Binds the socket in place of a stale one.
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        require_private_dir(dir)?;
        let path = socket_in(dir);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, mode)?;
        Ok(Self { listener })
    }

    /// Begins to take connections.
    pub(super) fn incoming(self) -> io::Result<Incoming> {
        self.listener.set_nonblocking(true)?;
        Ok(Incoming { listener: tokio::net::UnixListener::from_std(self.listener)? })
    }
}

/// The connections of this user's processes.
pub(super) struct Incoming {
    listener: tokio::net::UnixListener,
}

impl Incoming {
    /// The next connection; an error for one of another user.
    pub(super) async fn next(&mut self) -> io::Result<tokio::net::UnixStream> {
        let (stream, _) = self.listener.accept().await?;
        if stream.peer_cred()?.uid() == rustix::process::geteuid().as_raw() {
            return Ok(stream);
        }
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "it came from another user"))
    }
}

/// Sends a line to whoever listens and returns the answer.
pub(super) fn exchange(
    dir: &Path,
    line: &[u8],
    patience: Duration,
) -> Result<Vec<u8>, ChannelError> {
    require_private_dir(dir)?;
    let mut stream = UnixStream::connect(socket_in(dir)).map_err(nobody)?;
    // A time-out of zero would mean none.
    let patience = Some(patience.max(Duration::from_millis(1)));
    stream.set_read_timeout(patience)?;
    stream.set_write_timeout(patience)?;
    send_and_receive(&mut stream, line).map_err(late)
}

/// Nobody listens: no socket, or a stale one.
fn nobody(error: io::Error) -> ChannelError {
    if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) {
        return ChannelError::NotRunning;
    }
    late(error)
}

fn late(error: io::Error) -> ChannelError {
    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
        return ChannelError::TimedOut;
    }
    ChannelError::Io(error)
}
