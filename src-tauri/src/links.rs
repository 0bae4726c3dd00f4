//! Who opens `casebridge:` links: the user's own registration, where no installed package has one.
//!
//! The plugin writes it and takes it back; what has to be done is decided in `link_registration`. A link
//! itself never comes through the plugin on Linux and Windows: it is handed over before a toolkit starts.

use casebridge_platform::link_registration::{Duty, SCHEME, duty};
use std::error::Error;
use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt;

/// Lets clicks open this program, or the installed one. Programs of the desktop may be started for it,
/// so it does not hold up the start.
pub(crate) fn register(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn_blocking(move || match fulfil(&handle) {
        Ok(done) => tracing::info!(?done, "case links open this program"),
        Err(error) => tracing::error!(%error, "case links could not be registered"),
    });
}

fn fulfil(handle: &AppHandle) -> Result<Duty, Box<dyn Error + Send + Sync>> {
    let duty = duty(&std::env::current_exe()?)?;
    match duty {
        Duty::Nothing => {}
        Duty::Register => handle.deep_link().register(SCHEME)?,
        Duty::Unregister => handle.deep_link().unregister(SCHEME)?,
    }
    Ok(duty)
}
