//! Reads a saved session report.

use crate::failures;
use casebridge_beyondtrust::{ReportLimits, read_sessions};
use casebridge_domain::report::ReportSink;
use casebridge_domain::{Failure, FailureCode};
use std::fs::File;
use std::path::Path;

/// Hands what a file's report says to `sink`.
///
/// # Errors
/// The file cannot be read, or is no whole report; what `sink` has been handed counts for nothing
/// then.
pub fn read_file(file: &Path, sink: &mut dyn ReportSink) -> Result<(), Failure> {
    let place = file.display().to_string();
    let mut open = File::open(file).map_err(|error| {
        Failure::caused(FailureCode::ReportUnreadable, format!("{place}: {error}"), error)
    })?;
    match read_sessions(&mut open, &ReportLimits::default(), sink) {
        Ok(_) => Ok(()),
        Err(error) => {
            let failure = failures::of_report(&place, error);
            // The appliance's own error in a file is the file's fault.
            Err(Failure { code: FailureCode::ReportUnreadable, ..failure })
        }
    }
}
