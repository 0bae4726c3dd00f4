//! Logs as JSON lines: size-capped, level changeable while running, without secrets (S15).
//!
//! Never logged: keys, tokens, e-mail addresses, texts of customers, query parts of URLs. Libraries
//! that could log headers and bodies are silenced at every level.

use casebridge_domain::Failure;
use casebridge_domain::settings::LogLevel;
use casebridge_platform::Profile;
use casebridge_platform::files;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt, reload};

/// The current log, in the profile's log folder.
pub(crate) const LOG_FILE: &str = "casebridge.log";
/// The previous log.
pub(crate) const OLDER_LOG_FILE: &str = "casebridge.1.log";

/// The maximum size of the current log, in bytes. The previous log is kept beside it.
const LIMIT: u64 = 4 * 1024 * 1024;

/// Libraries that would log the data that passes through them.
const SILENCED: &[&str] =
    &["hyper", "hyper_util", "h2", "reqwest", "rustls", "zbus", "tao", "wry", "tauri", "mio"];

/// The running log.
#[derive(Clone, Debug)]
pub struct Log(reload::Handle<Targets, Registry>);

impl Log {
    /// Sets the level.
    pub fn set_level(&self, level: LogLevel) {
        // This only fails when the process ends, so the error is ignored.
        let _ = self.0.reload(targets(level));
    }
}

fn targets(level: LogLevel) -> Targets {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let silenced = SILENCED.iter().map(|target| (*target, LevelFilter::OFF));
    Targets::new().with_default(level).with_targets(silenced)
}

/// Opens the profile's log. Panics are logged with their location only.
///
/// # Errors
/// The log can't be opened. The program can continue without it.
pub fn start(profile: &Profile, level: LogLevel) -> io::Result<Log> {
    note_panics();
    files::create_private_dir(&profile.log_dir())?;
    let log = CappedFile::open(profile.log_dir().join(LOG_FILE))?;
    let (filter, handle) = reload::Layer::new(targets(level));
    let lines = fmt::layer().json().with_writer(log).with_filter(filter);
    tracing_subscriber::registry()
        .with(lines)
        .try_init()
        .map_err(|e| io::Error::other(e.to_string()))?;
    Ok(Log(handle))
}

/// The cause of a failure in a form that may be logged: the error kinds without the server's
/// messages, which may contain a customer's e-mail address.
pub fn cause(failure: &Failure) -> String {
    let whole = failure.source.as_ref().map(|source| format!("{source:?}")).unwrap_or_default();
    whole.split('"').next().unwrap_or_default().trim_end().to_owned()
}

/// Logs only the location of a panic, because its text may contain anything.
fn note_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "a task broke off");
    }));
}

/// A log file that is rotated when it is full.
#[derive(Clone)]
struct CappedFile(Arc<Mutex<Open>>);

struct Open {
    path: PathBuf,
    file: File,
    size: u64,
}

impl CappedFile {
    fn open(path: PathBuf) -> io::Result<Self> {
        let file = append(&path)?;
        let size = file.metadata()?.len();
        Ok(Self(Arc::new(Mutex::new(Open { path, file, size }))))
    }
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Write for CappedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.size + bytes.len() as u64 > LIMIT {
            std::fs::rename(&open.path, open.path.with_file_name(OLDER_LOG_FILE))?;
            open.file = append(&open.path)?;
            open.size = 0;
        }
        let written = open.file.write(bytes)?;
        open.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).file.flush()
    }
}

impl<'a> fmt::MakeWriter<'a> for CappedFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_is_kept_once_beside_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOG_FILE);
        let mut log = CappedFile::open(path.clone()).unwrap();
        let line = vec![b'x'; 1024 * 1024];
        for _ in 0..9 {
            log.write_all(&line).unwrap();
        }
        let size = |path: &Path| std::fs::metadata(path).unwrap().len();
        assert_eq!(size(&path), 1024 * 1024);
        assert_eq!(size(&folder.path().join(OLDER_LOG_FILE)), LIMIT);
    }

    #[test]
    fn s15_a_cause_is_logged_without_the_other_sides_words() {
        let error = casebridge_salesforce::Error::EmailRefused {
            code: "INVALID_EMAIL_ADDRESS".to_owned(),
            message: "rosa@customer.example is no address".to_owned(),
        };
        let code = casebridge_domain::FailureCode::EmailRefused;
        let cause = cause(&Failure::caused(code, String::new(), error));
        assert!(cause.starts_with("EmailRefused") && !cause.contains("rosa"), "{cause}");
    }

    #[test]
    fn s15_the_parts_that_see_headers_and_bodies_are_silent_at_every_level() {
        let filter = targets(LogLevel::Trace);
        for target in SILENCED {
            assert!(!filter.would_enable(target, &tracing::Level::ERROR), "{target}");
        }
        assert!(filter.would_enable("casebridge_use_cases", &tracing::Level::TRACE));
    }
}
