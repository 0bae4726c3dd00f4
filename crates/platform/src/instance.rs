//! One running Casebridge per user and profile, and the channel by which a later start hands its
//! link to it.
//!
//! A lock, let go by the operating system when its holder ends, decides who is first; the channel
//! itself is open to the user alone (S16). A message is one line of at most [`LONGEST_MESSAGE`]
//! bytes; the answer is one line too, sent after the first instance took the message, so that
//! whoever hands over knows whether it arrived.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as os;
#[cfg(windows)]
use windows as os;

use crate::Profile;
use std::fs::{File, OpenOptions, TryLockError};
use std::future::Future;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest message in bytes.
pub const LONGEST_MESSAGE: usize = 2 * 1024;

/// How long one connection may take to send its message, and to take the answer.
const CONNECTION_LIMIT: Duration = Duration::from_secs(2);

/// How many connections are served at once; more wait their turn.
const CONNECTIONS: usize = 128;

const ACCEPTED: &[u8] = b"accepted\n";
const REFUSED: &[u8] = b"refused\n";

/// Why the channel could not be claimed, or a message was not handed over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// No instance is running for this user and profile.
    #[error("Casebridge is not running")]
    NotRunning,
    /// The running instance took the message but will not act on it.
    #[error("the running Casebridge refused the message")]
    Refused,
    /// The running instance did not answer in time.
    #[error("the running Casebridge did not answer in time")]
    TimedOut,
    /// The message is too long, empty, or more than a line.
    #[error("the message is not one line of at most 2048 bytes")]
    MessageInvalid,
    /// The operating system refused.
    #[error("the channel to the running Casebridge cannot be used: {0}")]
    Io(#[from] io::Error),
}

/// Whether this process is the first.
#[derive(Debug)]
pub enum Claim {
    /// It is; the channel is its own until the listener is dropped.
    First(Listener),
    /// Another one is.
    Running,
}

/// What became of a start with a message.
#[derive(Debug)]
pub enum Start {
    /// This process is the first and has to act on the message itself.
    First(Listener),
    /// The running instance took the message.
    HandedOver,
}

/// The claim on the channel of one profile.
#[derive(Debug)]
pub struct InstanceChannel;

impl InstanceChannel {
    /// Claims the channel; blocks for an instant, starts no thread.
    ///
    /// # Errors
    /// The operating system's.
    pub fn claim(profile: &Profile) -> Result<Claim, ChannelError> {
        let Some(lock) = try_lock(&profile.runtime_dir.join("instance.lock"))? else {
            return Ok(Claim::Running);
        };
        // Under the lock whatever the channel left behind is stale.
        let endpoint = os::Endpoint::open(&profile.runtime_dir)?;
        Ok(Claim::First(Listener { endpoint, _lock: lock }))
    }

    /// Hands the message to the running instance or becomes the first one, whichever comes true;
    /// at many starts at once exactly one becomes the first and no message is lost.
    ///
    /// # Errors
    /// When neither came true within `patience`.
    pub fn start(
        profile: &Profile,
        message: &str,
        patience: Duration,
    ) -> Result<Start, ChannelError> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match hand_over(profile, message, left) {
                Err(ChannelError::NotRunning) => {}
                // It is ending: its place is free in a moment.
                Err(ChannelError::Refused) if Instant::now() < deadline => {}
                // It ended before it answered: whether it took the message nobody will know, and
                // a message that is acted on twice is better than a lost one.
                Err(ChannelError::Io(error)) if is_end(&error) => {}
                result => return result.map(|()| Start::HandedOver),
            }
            if let Claim::First(listener) = Self::claim(profile)? {
                return Ok(Start::First(listener));
            }
            // The first one is about to open its channel, or is just ending.
            if Instant::now() >= deadline {
                return Err(ChannelError::TimedOut);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn is_end(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

fn try_lock(path: &Path) -> Result<Option<File>, ChannelError> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e.into()),
    }
}

/// Hands a message to the running instance and waits until it took it. Blocking, with the standard
/// library only, so that it can run before any toolkit starts.
///
/// # Errors
/// `NotRunning` at once when nobody listens; else why it was not taken.
pub fn hand_over(profile: &Profile, message: &str, patience: Duration) -> Result<(), ChannelError> {
    if !is_message(message) {
        return Err(ChannelError::MessageInvalid);
    }
    let line = format!("{message}\n");
    match os::exchange(&profile.runtime_dir, line.as_bytes(), patience)?.as_slice() {
        ACCEPTED => Ok(()),
        REFUSED => Err(ChannelError::Refused),
        _ => Err(ChannelError::Io(io::ErrorKind::UnexpectedEof.into())),
    }
}

fn is_message(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_MESSAGE && !text.chars().any(char::is_control)
}

/// The blocking half of an exchange: sends the line, reads the answer to its end.
fn send_and_receive(stream: &mut (impl Read + Write), line: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(line)?;
    stream.flush()?;
    let mut answer = Vec::new();
    let mut byte = [0];
    while answer.len() < ACCEPTED.len().max(REFUSED.len()) && stream.read(&mut byte)? == 1 {
        answer.extend_from_slice(&byte);
        if byte == *b"\n" {
            break;
        }
    }
    Ok(answer)
}

/// The channel of the first instance.
#[derive(Debug)]
pub struct Listener {
    endpoint: os::Endpoint,
    _lock: File,
}

impl Listener {
    /// Serves the channel until the future is dropped. `handler` says whether it took the message;
    /// it runs in a task of its own for each connection, so a held one delays no other.
    ///
    /// # Errors
    /// When the channel breaks.
    pub async fn serve<H, F>(self, handler: H) -> Result<(), ChannelError>
    where
        H: Fn(String) -> F + Send + Sync + 'static,
        F: Future<Output = bool> + Send + 'static,
    {
        let Self { endpoint, _lock: lock } = self;
        let mut incoming = endpoint.incoming()?;
        let handler = Arc::new(handler);
        let turns = Arc::new(tokio::sync::Semaphore::new(CONNECTIONS));
        // Connections end with the channel.
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let turn = Arc::clone(&turns).acquire_owned().await.map_err(io::Error::other)?;
            let stream = match incoming.next().await {
                Ok(stream) => stream,
                Err(e) => {
                    tracing::warn!(error = %e, "a connection to the instance channel was dropped");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            };
            while connections.try_join_next().is_some() {}
            let handler = Arc::clone(&handler);
            connections.spawn(async move {
                if let Err(e) = converse(stream, &*handler).await {
                    tracing::warn!(error = %e, "a message on the instance channel was not taken");
                }
                drop(turn);
            });
            // The lock is let go only after the channel.
            let _ = &lock;
        }
    }
}

async fn converse<S, H, F>(mut stream: S, handler: &H) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Fn(String) -> F,
    F: Future<Output = bool>,
{
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    let message =
        tokio::time::timeout(CONNECTION_LIMIT, read_message(&mut stream)).await.map_err(late)??;
    let is_taken = match message {
        Some(message) => handler(message).await,
        None => false,
    };
    let answer = if is_taken { ACCEPTED } else { REFUSED };
    tokio::time::timeout(CONNECTION_LIMIT, async {
        stream.write_all(answer).await?;
        stream.flush().await?;
        stream.shutdown().await
    })
    .await
    .map_err(late)?
}

/// Reads one line; none when it is too long or no message.
async fn read_message(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut chunk = [0; 512];
    while line.len() <= LONGEST_MESSAGE {
        let count = stream.read(&mut chunk).await?;
        let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        line.extend_from_slice(read);
        if let Some(line) = line.strip_suffix(b"\n") {
            return Ok(String::from_utf8(line.to_vec()).ok().filter(|m| is_message(m)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
