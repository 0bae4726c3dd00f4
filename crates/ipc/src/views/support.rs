//! What the settings window shows of the support bundle.

use serde::Serialize;
use ts_rs::TS;

/// A file in the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SupportPartView {
    /// The program and the system.
    About,
    /// Every setting.
    Settings,
    /// The checks that were made last.
    Checks,
    /// What waits and what was done.
    Activity,
    /// The log in use.
    Log,
    /// The log before it.
    OlderLog,
}

/// A file in the bundle, as it would be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SupportFileView {
    /// What it is.
    pub part: SupportPartView,
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u32,
}

/// How far the bundle is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum SupportView {
    /// Nobody asked for one.
    Closed,
    /// It is put together; nothing is saved yet.
    Listed {
        /// What is in it.
        files: Vec<SupportFileView>,
        /// Where it would be saved.
        folder: String,
    },
    /// It was saved.
    Saved {
        /// Where.
        path: String,
    },
}
