//! The instance channel on Windows: a named pipe.
//!
//! The pipe's name is drawn anew by each first instance and kept in the profile's run-time folder,
//! which is the user's own: nobody else can guess it, hold it beforehand or listen in its place.
//! The pipe itself is open to its owner alone, refuses other computers, and must be its name's
//! first.

use super::{ChannelError, send_and_receive};
use crate::environment::Environment;
use crate::files;
use interprocess::os::windows::named_pipe::tokio::{DuplexPipeStream, PipeListener};
use interprocess::os::windows::named_pipe::{PipeListenerOptions, pipe_mode};
use interprocess::os::windows::security_descriptor::SecurityDescriptor;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use winreg::RegKey;
use winreg::enums::HKEY_LOCAL_MACHINE;

const PROFILE_LIST: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";
const ERROR_PIPE_BUSY: i32 = 231;
/// The server learns who connects, but cannot act as that user.
const SECURITY_IDENTIFICATION: u32 = 0x0001_0000;

fn address_in(dir: &Path) -> PathBuf {
    dir.join("instance.pipe")
}

/// The pipe's name and who may open it; the pipe is made once the runtime runs.
#[derive(Debug)]
pub(super) struct Endpoint {
    address: PathBuf,
    name: String,
}

impl Endpoint {
    /// Draws a name.
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let address = address_in(dir);
        match std::fs::remove_file(&address) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let name = format!(r"\\.\pipe\casebridge-{:032x}", rand::random::<u128>());
        Ok(Self { address, name })
    }

    /// Makes the pipe, then tells its name.
    pub(super) fn incoming(self) -> io::Result<Incoming> {
        let options = PipeListenerOptions::new()
            .path(self.name.as_str())
            .accept_remote(false)
            .security_descriptor(Some(owner_only()?));
        let listener = options.create_tokio_duplex::<pipe_mode::Bytes>()?;
        files::write_private_atomically(&self.address, self.name.as_bytes())?;
        Ok(Incoming { listener })
    }
}

/// All rights for the pipe's owner and for the user by name (an elevated process owns what it
/// makes in the name of the administrators), none for anybody else.
fn owner_only() -> io::Result<SecurityDescriptor> {
    let user = user_sid().map(|sid| format!("(A;;GA;;;{sid})")).unwrap_or_default();
    let text = widestring::U16CString::from_str(format!("D:P(A;;GA;;;OW){user}"))
        .map_err(io::Error::other)?;
    SecurityDescriptor::deserialize(&text)
}

/// The user's security identifier, found by the profile's folder.
fn user_sid() -> Option<String> {
    let folder = Environment::current().path("USERPROFILE")?;
    let list = RegKey::predef(HKEY_LOCAL_MACHINE).open_subkey(PROFILE_LIST).ok()?;
    list.enum_keys().flatten().filter(|sid| sid.starts_with("S-1-")).find(|sid| {
        let path =
            list.open_subkey(sid).and_then(|key| key.get_value::<String, _>("ProfileImagePath"));
        path.is_ok_and(|path| path.eq_ignore_ascii_case(&folder.to_string_lossy()))
    })
}

/// The connections that the pipe's descriptor admits.
pub(super) struct Incoming {
    listener: PipeListener<pipe_mode::Bytes, pipe_mode::Bytes>,
}

impl Incoming {
    /// The next connection.
    pub(super) async fn next(&mut self) -> io::Result<DuplexPipeStream<pipe_mode::Bytes>> {
        self.listener.accept().await
    }
}

/// Sends a line to whoever listens and returns the answer. A pipe's reads know no time limit, so a
/// thread does it, and is left behind when it takes too long.
pub(super) fn exchange(
    dir: &Path,
    line: &[u8],
    patience: Duration,
) -> Result<Vec<u8>, ChannelError> {
    let name = match files::read_limited(&address_in(dir), 256) {
        Ok(name) => String::from_utf8(name).map_err(|_| ChannelError::NotRunning)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(ChannelError::NotRunning),
        Err(e) => return Err(e.into()),
    };
    let (sender, receiver) = mpsc::sync_channel(1);
    let (line, deadline) = (line.to_vec(), Instant::now() + patience);
    std::thread::spawn(move || {
        let answer = connect(&name, deadline)
            .and_then(|mut pipe| send_and_receive(&mut pipe, &line).map_err(ChannelError::Io));
        // Nobody listens any more when the time is over.
        sender.send(answer).ok();
    });
    receiver.recv_timeout(patience).unwrap_or(Err(ChannelError::TimedOut))
}

fn connect(name: &str, deadline: Instant) -> Result<File, ChannelError> {
    loop {
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .security_qos_flags(SECURITY_IDENTIFICATION)
            .open(name);
        match opened {
            Ok(pipe) => return Ok(pipe),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(ChannelError::NotRunning),
            Err(e) if e.raw_os_error() == Some(ERROR_PIPE_BUSY) && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(e) => return Err(e.into()),
        }
    }
}
