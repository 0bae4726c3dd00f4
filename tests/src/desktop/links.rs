//! Which program the desktop opens our links with.

use super::place::Place;
use anyhow::Result;
use std::fs;
use std::path::Path;

/// Makes a program the one that opens our links at this place.
///
/// # Errors
/// When the entry cannot be written.
pub fn register(place: &Place, program: &Path) -> Result<()> {
    let applications = place.home().join(".local/share/applications");
    fs::create_dir_all(&applications)?;
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Casebridge\nExec={} %u\nNoDisplay=true\n\
         MimeType=x-scheme-handler/casebridge;\n",
        program.display()
    );
    fs::write(applications.join("casebridge-links.desktop"), entry)?;
    let default = "[Default Applications]\nx-scheme-handler/casebridge=casebridge-links.desktop\n";
    Ok(fs::write(place.home().join(".config/mimeapps.list"), default)?)
}
