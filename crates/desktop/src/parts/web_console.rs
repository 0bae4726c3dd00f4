//! What the appliances' web consoles were seen to support, for the windows that offer them.

use crate::context::{Context, Part};
use casebridge_domain::Failure;
use casebridge_domain::settings::DEFAULT_APPLIANCE;
use casebridge_use_cases::web_console::{self, WebAction, WebConsole as Seen};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of each appliance's web console.
#[derive(Default)]
pub(crate) struct WebConsole {
    known: Arc<BTreeMap<String, Seen>>,
}

/// What can happen to what is known.
pub(crate) enum Message {
    /// A window is about to offer the web console of this appliance.
    Ask(Option<String>),
    /// An action worked, or did not.
    Note {
        appliance: Option<String>,
        action: WebAction,
        works: bool,
    },
    Known {
        appliance: String,
        result: Result<Seen, Failure>,
    },
}

impl Part for WebConsole {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Context<'_, Message>) {
        match message {
            Message::Ask(appliance) => ask(appliance, None, cx),
            Message::Note { appliance, action, works } => ask(appliance, Some((action, works)), cx),
            Message::Known { appliance, result } => match result {
                Ok(seen) => drop(Arc::make_mut(&mut self.known).insert(appliance, seen)),
                // Without it, actions are offered as ones that may not be supported.
                Err(failure) => drop(cx.report(&failure)),
            },
        }
    }
}

impl WebConsole {
    pub(crate) fn known(&self) -> &Arc<BTreeMap<String, Seen>> {
        &self.known
    }
}

/// Notes what was seen, if anything, and reads what is known.
fn ask(appliance: Option<String>, seen: Option<(WebAction, bool)>, cx: &mut Context<'_, Message>) {
    let casebridge = cx.casebridge.clone();
    let appliance = appliance.unwrap_or_else(|| DEFAULT_APPLIANCE.to_owned());
    cx.run(async move {
        let result = async {
            if let Some((action, works)) = seen {
                web_console::note(&casebridge, Some(&appliance), action, works).await?;
            }
            web_console::known(&casebridge, Some(&appliance)).await
        };
        Message::Known { result: result.await, appliance }
    });
}
