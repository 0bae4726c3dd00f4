//! Numbered checks of everything that Casebridge needs, each with instructions to fix it.
//!
//! A check that depends on a failed one is skipped, so that the first failure is the one to fix.

mod checks;

pub use checks::Kind;

use crate::Casebridge;
use casebridge_domain::Failure;

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The check passed.
    Pass,
    /// It works, but needs attention.
    Warn,
    /// It does not work.
    Fail,
    /// The check could not be run.
    Skip,
}

impl Status {
    /// The word in JSON answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The result.
    pub status: Status,
    /// What was found, for people.
    pub detail: String,
    /// What to do; empty if nothing.
    pub next_step: String,
}

impl Finding {
    pub(crate) fn pass(detail: impl Into<String>) -> Self {
        Self { status: Status::Pass, detail: detail.into(), next_step: String::new() }
    }

    pub(crate) fn warn(detail: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self { status: Status::Warn, detail: detail.into(), next_step: next_step.into() }
    }

    pub(crate) fn skip(detail: impl Into<String>) -> Self {
        Self { status: Status::Skip, detail: detail.into(), next_step: String::new() }
    }

    pub(crate) fn fail(failure: &Failure) -> Self {
        let next_step = failure.code.text().next_step.to_owned();
        Self { status: Status::Fail, detail: failure.to_string(), next_step }
    }
}

/// A check: its id and title. The order is the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The check's kind.
    pub kind: Kind,
    /// The word in JSON answers.
    pub id: &'static str,
    /// What is checked.
    pub title: &'static str,
}

/// A check and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The check.
    pub check: Check,
    /// Its finding.
    pub finding: Finding,
}

/// All checks, in the order in which they run.
pub const CHECKS: &[Check] = checks::LIST;

/// Runs all checks and reports each outcome as soon as it is known.
pub async fn examine(casebridge: &Casebridge, mut tell: impl FnMut(&Outcome)) -> Vec<Outcome> {
    casebridge.reload();
    let mut round = checks::Round::default();
    let mut outcomes = Vec::new();
    for check in CHECKS {
        let finding = checks::make(check.kind, casebridge, &mut round).await;
        let outcome = Outcome { check: *check, finding };
        tell(&outcome);
        outcomes.push(outcome);
    }
    outcomes
}
