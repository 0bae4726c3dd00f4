//! Reads a saved session report.

use crate::failures;
use casebridge_beyondtrust::{ReportLimits, read_sessions};
use casebridge_domain::report::ReportSink;
use casebridge_domain::{Failure, FailureCode};
use std::fs::File;
use std::path::Path;

/// Reads the report in a file and passes its parts to `sink`.
///
/// # Errors
/// The file can't be read or is not a complete report. Then the parts that were passed to `sink`
/// must be discarded.
pub fn read_file(file: &Path, sink: &mut dyn ReportSink) -> Result<(), Failure> {
    let place = file.display().to_string();
    let mut open = File::open(file).map_err(|error| {
        Failure::caused(FailureCode::ReportUnreadable, format!("{place}: {error}"), error)
    })?;
    match read_sessions(&mut open, &ReportLimits::default(), sink) {
        Ok(_) => Ok(()),
        Err(error) => {
            let failure = failures::of_report(&place, error);
            // An appliance's error inside a file means that the file is unusable.
            Err(Failure { code: FailureCode::ReportUnreadable, ..failure })
        }
    }
}
