//! The support bundle: a file for the person who helps when Casebridge does not work. Its contents
//! are shown first and saved unchanged. It contains no secrets, no customer texts and no e-mail
//! addresses (S15).

use crate::doctor::Outcome;
use crate::outbox::{self, Overview};
use crate::redaction::Redaction;
use crate::{Casebridge, diagnostics};
use casebridge_domain::settings::{self, Settings, setting};
use casebridge_domain::{Failure, FailureCode};
use casebridge_platform::directories::UserFolders;
use casebridge_platform::files;
use casebridge_store::Item;
use serde_json::{Value, json};
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The maximum size of each log's end in the bundle, in bytes.
const LOG: u64 = 1024 * 1024;

/// The parts of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The program, the system, and how it was started.
    About,
    /// Every setting with its origin.
    Settings,
    /// The results of the last checks.
    Checks,
    /// Waiting and finished items, without cases and names.
    Activity,
    /// The current log.
    Log,
    /// The previous log.
    OlderLog,
}

impl Part {
    /// The part's file name.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::About => "about.json",
            Self::Settings => "settings.json",
            Self::Checks => "checks.json",
            Self::Activity => "activity.json",
            Self::Log => diagnostics::LOG_FILE,
            Self::OlderLog => diagnostics::OLDER_LOG_FILE,
        }
    }
}

/// A prepared bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportBundle {
    /// The name of the folder in the bundle, and of the bundle without its extension.
    name: String,
    /// Its contents.
    pub parts: Vec<(Part, String)>,
}

/// Prepares the bundle with the results of the last checks. If a part can't be read, it contains
/// the error instead.
pub async fn collect(casebridge: &Casebridge, outcomes: &[Outcome]) -> SupportBundle {
    let activity = outbox::overview(casebridge).await;
    let logs = casebridge.profile().log_dir();
    let log = |name: &str| log_end(&logs.join(name)).unwrap_or_else(|e| Some(unread(&e)));
    let now = casebridge.now();
    let all = [
        (Part::About, Some(pretty(&about(casebridge)))),
        (Part::Settings, Some(pretty(&of_settings(&casebridge.settings())))),
        (Part::Checks, (!outcomes.is_empty()).then(|| pretty(&of_checks(outcomes)))),
        (Part::Activity, activity.map_or_else(|e| Some(unread(&e)), |all| of_activity(&all))),
        (Part::Log, log(diagnostics::LOG_FILE)),
        (Part::OlderLog, log(diagnostics::OLDER_LOG_FILE)),
    ];
    let folders = UserFolders::find().ok();
    let redaction = Redaction::new(folders.as_ref().map(|folders| folders.home.as_path()));
    let parts = all.into_iter().filter_map(|(part, text)| Some((part, redaction.apply(&text?))));
    SupportBundle {
        name: format!("casebridge-support-{}", now.strftime("%Y%m%d-%H%M%S")),
        parts: parts.collect(),
    }
}

impl SupportBundle {
    /// Saves the bundle into the folder, completely or not at all, and returns its path.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn save(&self, folder: &Path) -> Result<PathBuf, Failure> {
        let path = folder.join(format!("{}.zip", self.name));
        let saved = self.packed().and_then(|bytes| files::write_private_atomically(&path, &bytes));
        match saved {
            Ok(()) => Ok(path),
            Err(error) => Err(Failure::caused(
                FailureCode::SupportBundleNotSaved,
                format!("{}: {error}", folder.display()),
                error,
            )),
        }
    }

    fn packed(&self) -> io::Result<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (part, text) in &self.parts {
            let name = format!("{}/{}", self.name, part.file_name());
            archive.start_file(name, SimpleFileOptions::default())?;
            archive.write_all(text.as_bytes())?;
        }
        Ok(archive.finish()?.into_inner())
    }
}

/// The end of a log, starting at a line. None if there is no log.
fn log_end(path: &Path) -> io::Result<Option<String>> {
    match files::read_end(path, LOG) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let is_whole = (bytes.len() as u64) < LOG;
            let from = if is_whole { 0 } else { text.find('\n').map_or(0, |end| end + 1) };
            Ok(Some(text.get(from..).unwrap_or_default().to_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn unread(error: &dyn std::error::Error) -> String {
    format!("This could not be read: {error}\n")
}

fn about(casebridge: &Casebridge) -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "time": casebridge.now().to_string(),
        "default_profile": casebridge.profile().is_default(),
    })
}

/// The settings from the person and the administrator. Texts for customers are removed.
fn of_settings(settings: &Settings) -> Value {
    let template = setting::EMAIL_TEMPLATE.declaration();
    let is_removed = |one: &settings::Value| one.declaration == template && !one.value.is_empty();
    let all = settings.all().map(|one| {
        let value = if is_removed(one) { "[removed]" } else { one.value.as_str() };
        json!({ "key": one.key, "value": value, "origin": one.origin.as_str() })
    });
    json!({ "settings": all.collect::<Vec<_>>() })
}

fn of_checks(outcomes: &[Outcome]) -> Value {
    let all = outcomes.iter().map(|Outcome { check, finding }| {
        json!({ "id": check.id, "status": finding.status.as_str(), "detail": finding.detail })
    });
    json!({ "checks": all.collect::<Vec<_>>() })
}

fn of_activity(activity: &Overview) -> Option<String> {
    let items: Vec<Value> = activity.open.iter().chain(&activity.closed).map(of_item).collect();
    (!items.is_empty()).then(|| pretty(&json!({ "items": items })))
}

fn of_item(item: &Item) -> Value {
    json!({
        "id": item.id,
        "kind": item.kind.as_str(),
        "state": item.state.as_str(),
        "attempts": item.attempts,
        "created_at": item.created_at.to_string(),
        "changed_at": item.changed_at.to_string(),
        "due_at": item.due_at.to_string(),
        "error": item.error_code,
    })
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
