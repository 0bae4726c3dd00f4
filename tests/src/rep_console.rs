//! The stand-in for the representative console, installed for one representative.

use crate::app::built_program;
use crate::desktop::place::Place;
use anyhow::{Result, ensure};
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
    let show = if visible { " ${BROWSER:+--show \"$BROWSER\"}" } else { "" };
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

/// Lets the desktop open the script files of a site with this program.
///
/// # Errors
/// When the association cannot be made.
pub fn associate(place: &Place, site_name: &str, program: &Path) -> Result<()> {
    let data = place.home().join(".local/share");
    let kind = format!("application/x-brcs-{site_name}");
    let packages = data.join("mime/packages");
    fs::create_dir_all(&packages)?;
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <mime-info xmlns=\"http://www.freedesktop.org/standards/shared-mime-info\">\n\
         <mime-type type=\"{kind}\"><glob pattern=\"*.brcs-{site_name}\"/></mime-type>\n</mime-info>\n"
    );
    fs::write(packages.join("brcs.xml"), text)?;
    let mut update = place.command("update-mime-database");
    update.arg(data.join("mime"));
    let ended = place.programs().run("update-mime-database", update)?;
    ensure!(ended.code == Some(0), "update-mime-database: {}", ended.errors);
    let applications = data.join("applications");
    fs::create_dir_all(&applications)?;
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Representative console\nExec={} %f\n\
         MimeType={kind};\n",
        program.display()
    );
    fs::write(applications.join("representative-console.desktop"), entry)?;
    let default = format!("[Default Applications]\n{kind}=representative-console.desktop\n");
    Ok(fs::write(place.home().join(".config/mimeapps.list"), default)?)
}
