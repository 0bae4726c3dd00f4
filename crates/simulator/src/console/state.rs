//! What became of the scripts that the console was given.

use std::sync::{Arc, MutexGuard};

use serde::Serialize;

use super::grammar::Command;
use crate::appliance;
use crate::common::site::{Common, Site};

/// The console: every script that it took.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) runs: Vec<Run>,
}

/// The handle that handlers share: the console's own state, and the appliance that it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    site: Arc<Site<State>>,
    pub(super) appliance: appliance::Shared,
}

impl Shared {
    pub(crate) fn new(appliance: appliance::Shared) -> Self {
        let site = Site::new(State::default(), appliance.common.clone());
        Self { site, appliance }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.site.lock()
    }

    pub(crate) fn common(&self) -> &Common {
        &self.site.common
    }
}

/// How a script came to the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// Behind `--run-script`.
    RunScript,
    /// In a script file.
    File,
    /// Through the page for the web console.
    Web,
}

/// What became of a script.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Run {
    pub(crate) id: usize,
    pub(crate) representative: String,
    pub(crate) origin: Origin,
    pub(crate) script: String,
    /// The representative was logged in to the other console, which ended with this.
    pub(crate) displaced: bool,
    pub(crate) outcomes: Vec<Outcome>,
}

/// What became of a command.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It was not carried out.
    Refused { why: String },
    /// The representative is logged in.
    LoggedIn,
    /// A session began.
    Started { lsid: String, hostname: String },
    /// The key dialog is open.
    Key { short_key: String, key_url: String },
    /// The person has to choose.
    Choosing {
        what: &'static str,
        options: Vec<String>,
        #[serde(skip)]
        command: Command,
    },
    /// Nothing happened, as when the person closes the console's dialog.
    Nothing,
}

impl Run {
    /// Why it was not carried out, if it was not.
    pub(crate) fn refusal(&self) -> Option<&str> {
        self.outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Refused { why } => Some(why.as_str()),
            Outcome::LoggedIn
            | Outcome::Started { .. }
            | Outcome::Key { .. }
            | Outcome::Choosing { .. }
            | Outcome::Nothing => None,
        })
    }
}
