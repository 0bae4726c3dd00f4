//! Registers the program for `casebridge:` links for this user, unless an installed package already is.
//!
//! `link_registration` decides what to do, and the plugin does it. On Linux and Windows the links
//! themselves do not come through the plugin: they are handed over before a toolkit starts.

use casebridge_platform::link_registration::{Duty, SCHEME, duty};
use std::error::Error;
use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt;

/// Makes links open this program, or the installed one. Runs in the background, because it may start
/// programs of the desktop.
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
