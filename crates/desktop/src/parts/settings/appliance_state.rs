//! Which appliances have a secret, how their tests ended, and what the window shows of it.

use casebridge_ipc::{ApplianceTestView, FailureView};
use casebridge_use_cases::appliances::Tested;
use std::collections::{BTreeMap, BTreeSet};

/// What the window knows of the appliances beside their settings.
#[derive(Default)]
pub(super) struct Appliances {
    /// Those whose client secret is stored.
    with_secret: BTreeSet<String>,
    tests: BTreeMap<String, Test>,
}

/// The last test of an appliance.
pub(super) enum Test {
    Running,
    Passed(Tested),
    Failed(FailureView),
}

impl Appliances {
    pub(super) fn note_secret(&mut self, name: String, is_stored: bool) {
        if is_stored {
            self.with_secret.insert(name);
        } else {
            self.with_secret.remove(&name);
        }
    }

    pub(super) fn note_test(&mut self, name: String, test: Test) {
        self.tests.insert(name, test);
    }

    /// Forgets all but these.
    pub(super) fn keep(&mut self, names: &[String]) {
        self.tests.retain(|name, _| names.contains(name));
        self.with_secret.retain(|name| names.contains(name));
    }

    pub(super) fn has_secret(&self, name: &str) -> bool {
        self.with_secret.contains(name)
    }

    pub(super) fn test(&self, name: &str) -> ApplianceTestView {
        match self.tests.get(name) {
            None => ApplianceTestView::None,
            Some(Test::Running) => ApplianceTestView::Running,
            Some(Test::Passed(Tested { version, warning })) => {
                ApplianceTestView::Passed { version: version.clone(), warning: warning.clone() }
            }
            Some(Test::Failed(failure)) => ApplianceTestView::Failed { failure: failure.clone() },
        }
    }
}
