//! Asks the representative console.

use crate::shell::Shell;
use casebridge_domain::{Case, Failure};
use casebridge_platform::browser::AllowedHosts;
use casebridge_use_cases::Casebridge;
use casebridge_use_cases::console::{self, ConsoleRequest, LaunchedWith};
use casebridge_use_cases::watch::Watch;
use std::sync::Arc;
use url::Url;

/// How the console was asked, and the look for the session that comes of it.
pub(crate) type Asked = (LaunchedWith, Option<Watch>);

/// Asks the representative console, and begins to look for the session of a case that it starts.
pub(crate) async fn ask(
    casebridge: &Casebridge,
    shell: Arc<dyn Shell>,
    request: &ConsoleRequest,
    case: Option<&Case>,
    is_jump: bool,
) -> Result<Asked, Failure> {
    let prepared = console::prepare(casebridge, request, case)?;
    let watch = match case {
        Some(case) => {
            let appliance = request.appliance.clone();
            let watch = Watch::for_console(appliance, case, casebridge.now(), is_jump);
            Some(watch.passing_over_running(casebridge).await)
        }
        None => None,
    };
    let open = Arc::new(move |page: &Url, allowed: &AllowedHosts| shell.open_page(page, allowed));
    let with = console::launch(casebridge, &prepared, open).await?;
    Ok((with, watch))
}
