//! Numbered checks, one for each thing that a session key needs, each with how to mend it.
//!
//! A check that needs what an earlier one found missing is skipped, so that the first failure is
//! the one to mend.

mod checks;

pub use checks::Kind;

use crate::Casebridge;
use casebridge_domain::Failure;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is as it has to be.
    Pass,
    /// It works, with a reservation.
    Warn,
    /// It does not work.
    Fail,
    /// It could not be tried.
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
    /// How it came out.
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

/// A check: its word and what it is about. The order is that of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Which it is.
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
    /// What it found.
    pub finding: Finding,
}

/// Every check, in the order in which they are made.
pub const CHECKS: &[Check] = checks::LIST;

/// Makes every check and tells each outcome as it comes.
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
