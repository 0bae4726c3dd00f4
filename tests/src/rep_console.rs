//! The stand-in for the representative console, installed for one representative.

use crate::app::built_program;
use anyhow::Result;
use casebridge_simulator::Ready;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Writes a program into this folder that behaves as the console of this representative; where it
/// is to be seen, its pages open in `$BROWSER`.
///
/// # Errors
/// When the stand-in was not built, or the file cannot be written.
pub fn install(
    folder: &Path,
    simulator: &Ready,
    representative: &str,
    visible: bool,
) -> Result<PathBuf> {
    let program = folder.join("representative-console");
    let show = if visible { " --show \"$BROWSER\"" } else { "" };
    let text = format!(
        "#!/bin/sh\nexec '{}' --site '{}' --ca '{}' --representative '{representative}'{show} \"$@\"\n",
        built_program("casebridge-simulator-console")?.display(),
        simulator.appliance.hostname,
        simulator.ca_file,
    );
    fs::write(&program, text)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    Ok(program)
}
