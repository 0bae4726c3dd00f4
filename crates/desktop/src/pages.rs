//! Opens pages in the browser: those of cases, and those that the representative console is asked with.

use crate::controller::Controller;
use crate::event::Event;
use crate::shell::{Notice, Shell};
use casebridge_domain::{Case, CaseId, Failure, FailureCode};
use casebridge_platform::browser::AllowedHosts;
use casebridge_use_cases::console::{self, ConsoleRequest, LaunchedWith};
use casebridge_use_cases::watch::Watch;
use casebridge_use_cases::{Casebridge, open_case};
use std::sync::Arc;
use url::Url;

impl Controller {
    /// Opens the page of the case that is found out meanwhile.
    pub(crate) fn open_page_of(
        &self,
        case: impl Future<Output = Result<CaseId, Failure>> + Send + 'static,
    ) {
        let (casebridge, shell) = (self.casebridge.clone(), self.shell.clone());
        self.spawn(async move {
            let result = async { open_page(&casebridge, shell, &case.await?).await };
            Event::PageOpened { result: result.await }
        });
    }

    pub(crate) fn page_opened(&mut self, result: Result<(), Failure>) {
        if let Err(failure) = result {
            let view = self.report(&failure);
            self.shell.notify(Notice::of_failure(&view));
        }
    }
}

async fn open_page(
    casebridge: &Casebridge,
    shell: Arc<dyn Shell>,
    case: &CaseId,
) -> Result<(), Failure> {
    let (page, allowed) = open_case::case_page(casebridge, case).await?;
    let opening = tokio::task::spawn_blocking(move || shell.open_page(&page, &allowed)).await;
    opening.unwrap_or_else(|e| Err(Failure::caused(FailureCode::Internal, String::new(), e)))
}

/// How the console was asked, and the look for the session that comes of it.
pub(crate) type Asked = (LaunchedWith, Option<Watch>);

/// Asks the representative console, and begins to look for the session of a case that it starts.
pub(crate) async fn ask_console(
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
