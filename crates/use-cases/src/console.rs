//! Sends a jump, or a request for the key dialog, to a representative console, with the case as
//! external key.
//!
//! A console returns no result. [`watch`](super::watch) finds out whether a session has started.

use crate::session_key::{external_key, portal_host};
use crate::{Casebridge, failures};
use casebridge_beyondtrust::ConsoleScript;
use casebridge_domain::jump::{Console, ConsoleAction, ConsoleText};
use casebridge_domain::settings::{DEFAULT_APPLIANCE, KeyKind, WebActions, setting};
use casebridge_domain::{Case, Failure, FailureCode};
use casebridge_platform::browser::AllowedHosts;
use casebridge_platform::rep_console::{
    self, ConsoleError, ConsoleSite, Launched, ScriptFile, ScriptText, Skipped,
};
use std::sync::Arc;
use url::Url;

/// The request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleRequest {
    /// The action.
    pub action: ConsoleAction,
    /// The console to use.
    pub console: Console,
    /// The appliance's name in the settings. If absent, the first appliance.
    pub appliance: Option<String>,
}

/// A script that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The script.
    pub script: ConsoleScript,
    console: Console,
    site: Url,
}

/// How a script was sent.
#[derive(Debug, Clone)]
pub enum LaunchedWith {
    /// To the console's program.
    RunScript,
    /// As a file, which is deleted when this value is dropped.
    File(Arc<ScriptFile>),
    /// As a page of the appliance, in the browser.
    Browser,
}

impl LaunchedWith {
    /// The word in JSON answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::RunScript => "run-script",
            Self::File(_) => "file",
            Self::Browser => "browser",
        }
    }
}

/// Opens a page in the browser.
pub type OpenPage = dyn Fn(&Url, &AllowedHosts) -> Result<(), Failure> + Send + Sync;

/// Builds the script for a session with the case, if there is one, without starting it.
///
/// # Errors
/// The portal is not in the settings, or the web console may not be used for this action.
pub fn prepare(
    casebridge: &Casebridge,
    request: &ConsoleRequest,
    case: Option<&Case>,
) -> Result<Prepared, Failure> {
    if let ConsoleAction::GenerateSessionKey { portal: Some(portal) } = &request.action {
        portal_host(casebridge, request.appliance.as_deref(), portal.as_str())?;
    }
    let site = casebridge.site(request.appliance.as_deref())?;
    let key = case.map(|case| external_key(casebridge, case));
    let script = ConsoleScript::new(&request.action, key.as_deref(), &[])
        .map_err(|e| failures::of_appliance(site.authority(), e))?;
    let is_off = !script.is_documented_for_web() && !web_does_all(casebridge);
    if request.console == Console::Web && is_off {
        return Err(Failure::new(FailureCode::WebConsoleActionOff, script.action()));
    }
    Ok(Prepared { script, console: request.console, site })
}

/// Whether the administrator allows actions that the web console is not documented to support.
pub fn web_does_all(casebridge: &Casebridge) -> bool {
    match casebridge.settings().get(&setting::REP_CONSOLE_WEB_ACTIONS) {
        WebActions::All => true,
        WebActions::Documented => false,
    }
}

/// Sends the script to the console: to its program, as a file, or as a page of the appliance, in
/// the order of `docs/protocols/beyondtrust.md#how-a-script-reaches-the-console`.
///
/// # Errors
/// No console was found, or the console failed.
pub async fn launch(
    casebridge: &Casebridge,
    prepared: &Prepared,
    open_page: Arc<OpenPage>,
) -> Result<LaunchedWith, Failure> {
    let (casebridge, prepared) = (casebridge.clone(), prepared.clone());
    let work = move || match prepared.console {
        Console::Desktop => on_desktop(&casebridge, &prepared, &*open_page),
        Console::Web => in_browser(&prepared, &*open_page),
    };
    let launched = tokio::task::spawn_blocking(work).await;
    let launched = launched
        .unwrap_or_else(|e| Err(Failure::caused(FailureCode::Internal, String::new(), e)))?;
    tracing::info!(with = launched.as_str(), "a script was handed to the representative console");
    Ok(launched)
}

fn on_desktop(
    casebridge: &Casebridge,
    prepared: &Prepared,
    open_page: &OpenPage,
) -> Result<LaunchedWith, Failure> {
    let settings = casebridge.settings();
    let path = settings.get(&setting::REP_CONSOLE_PATH);
    let site_name = settings.get(&setting::REP_CONSOLE_SITE_NAME);
    let site = ConsoleSite {
        path: path.as_deref(),
        host: prepared.site.host_str().unwrap_or_default(),
        site_name: site_name.as_deref(),
    };
    let (argument, file) = (prepared.script.line(), prepared.script.file());
    let script = ScriptText { argument: &argument, file: &file };
    match rep_console::launch(casebridge.profile(), &site, &script) {
        Ok(Launched::Program(_)) => Ok(LaunchedWith::RunScript),
        Ok(Launched::File(file)) => Ok(LaunchedWith::File(Arc::new(file))),
        Err(ConsoleError::NotFound(skipped)) => {
            in_browser(prepared, open_page).map_err(|failure| not_found(&skipped, failure))
        }
        Err(error) => Err(Failure::caused(FailureCode::ConsoleFailed, error.to_string(), error)),
    }
}

fn not_found(skipped: &[Skipped], browser: Failure) -> Failure {
    tracing::info!(way = "browser", why = %browser, "a way to the representative console was skipped");
    Failure::caused(FailureCode::ConsoleNotFound, reasons(skipped), browser)
}

/// Why each way to a console was skipped, for people.
pub fn reasons(skipped: &[Skipped]) -> String {
    let list: Vec<&str> = skipped.iter().map(|skipped| skipped.why.as_str()).collect();
    list.join(" ")
}

fn in_browser(prepared: &Prepared, open_page: &OpenPage) -> Result<LaunchedWith, Failure> {
    let page = prepared.script.page(&prepared.site, prepared.console);
    let allowed = AllowedHosts::new([prepared.site.authority().to_owned()]);
    open_page(&page, &allowed)?;
    Ok(LaunchedWith::Browser)
}

/// The console that creates keys by default. None if Casebridge creates them.
pub fn default_key_console(casebridge: &Casebridge, appliance: Option<&str>) -> Option<Console> {
    let settings = casebridge.settings();
    let appliance = settings.appliance(appliance.unwrap_or(DEFAULT_APPLIANCE));
    match settings.get(&setting::KEY_DEFAULT_KIND) {
        KeyKind::Console => Some(Console::Desktop),
        KeyKind::Web => Some(Console::Web),
        KeyKind::Server => appliance
            .is_some_and(|a| a.use_rep_console_for_session_keys)
            .then_some(Console::Desktop),
    }
}

/// The action for the console's own key dialog.
///
/// # Errors
/// The portal is not in the settings.
pub fn key_dialog(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    portal: Option<&str>,
) -> Result<ConsoleAction, Failure> {
    let host = match portal {
        Some(portal) => portal_host(casebridge, appliance, portal)?,
        None => None,
    };
    let read = |host: String| {
        let unknown = |_| Failure::new(FailureCode::PortalUnknown, host.clone());
        host.parse::<ConsoleText>().map_err(unknown)
    };
    Ok(ConsoleAction::GenerateSessionKey { portal: host.map(read).transpose()? })
}
