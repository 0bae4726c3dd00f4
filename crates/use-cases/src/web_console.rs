//! What the web console supports. Its documentation names the search for Jump Items
//! (`docs/protocols/beyondtrust.md#how-a-script-reaches-the-console`); the rest is offered, and
//! remembered as working or not for the version of the appliance.

use crate::{Casebridge, failures, with_store};
use casebridge_domain::Failure;
use casebridge_domain::jump::JumpMethod;
use casebridge_domain::settings::{DEFAULT_APPLIANCE, WebActions, setting};
use std::collections::BTreeMap;

/// What the web console can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebAction {
    /// A jump.
    Jump(JumpMethod),
    /// The key dialog.
    SessionKey,
}

impl WebAction {
    fn word(self) -> &'static str {
        match self {
            Self::Jump(method) => method.as_str(),
            Self::SessionKey => "session-key",
        }
    }

    fn is_documented(self) -> bool {
        self == Self::Jump(JumpMethod::Item)
    }
}

/// Whether the web console supports an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// Its documentation says so, or it has worked.
    Works,
    /// The version of the appliance may not support it.
    Unknown,
    /// It did not work with this version.
    Failed,
    /// The administrator allows only what is documented.
    Off,
}

/// What was seen of an appliance's web console.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebConsole(BTreeMap<String, bool>);

impl WebConsole {
    /// Whether it supports an action.
    pub fn support(&self, casebridge: &Casebridge, action: WebAction) -> Support {
        if action.is_documented() {
            return Support::Works;
        }
        match (
            casebridge.settings().get(&setting::REP_CONSOLE_WEB_ACTIONS),
            self.0.get(action.word()),
        ) {
            (WebActions::Documented, _) => Support::Off,
            (WebActions::All, Some(true)) => Support::Works,
            (WebActions::All, Some(false)) => Support::Failed,
            (WebActions::All, None) => Support::Unknown,
        }
    }
}

/// What was seen of an appliance's web console so far. The appliance is only asked for its version
/// if anything is stored.
///
/// # Errors
/// The store can't be read, or the appliance can't be asked.
pub async fn known(
    casebridge: &Casebridge,
    appliance: Option<&str>,
) -> Result<WebConsole, Failure> {
    let name = appliance.unwrap_or(DEFAULT_APPLIANCE).to_owned();
    let of = name.clone();
    if !with_store(casebridge, move |store| store.knows_web_console(&of)).await? {
        return Ok(WebConsole::default());
    }
    let version = version(casebridge, &name).await?;
    with_store(casebridge, move |store| store.web_actions(&name, &version)).await.map(WebConsole)
}

/// Remembers whether an action worked.
///
/// # Errors
/// As [`known`].
pub async fn note(
    casebridge: &Casebridge,
    appliance: Option<&str>,
    action: WebAction,
    works: bool,
) -> Result<(), Failure> {
    if action.is_documented() {
        return Ok(());
    }
    let name = appliance.unwrap_or(DEFAULT_APPLIANCE).to_owned();
    let version = version(casebridge, &name).await?;
    let now = casebridge.now();
    with_store(casebridge, move |store| {
        store.note_web_action(&name, &version, action.word(), works, now)
    })
    .await
}

/// The version that the appliance reports; empty if it reports none.
async fn version(casebridge: &Casebridge, appliance: &str) -> Result<String, Failure> {
    let appliance = casebridge.appliance(Some(appliance)).await?;
    let info = appliance.get_api_info().await.map_err(|e| failures::of_site(&appliance, e))?;
    Ok(info.api_version.map(|version| version.as_str().to_owned()).unwrap_or_default())
}
