//! Failures as people read them.

use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::FailureView;
use casebridge_use_cases::diagnostics;
use std::sync::atomic::{AtomicU32, Ordering};

/// Logs a failure under a reference and returns what a person reads of it.
pub(crate) fn report(failure: &Failure) -> FailureView {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let reference = format!("{:04x}-{count:04x}", std::process::id() & 0xffff);
    tracing::error!(
        code = %failure.code,
        reference,
        cause = diagnostics::cause(failure),
        "failed"
    );
    FailureView { reference, ..view_of(failure.code, failure.detail.clone()) }
}

/// A failure that the log has already, without a reference.
pub(crate) fn view_of(code: FailureCode, detail: String) -> FailureView {
    let text = code.text();
    FailureView {
        code: text.code.to_owned(),
        title: text.title.to_owned(),
        detail,
        next_step: text.next_step.to_owned(),
        reference: String::new(),
    }
}
