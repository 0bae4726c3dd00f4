//! The cases that running sessions carry: which case an external key names, found out once for each key.

use crate::context::{Context, Part};
use crate::request::Request;
use casebridge_domain::{Case, FailureCode};
use casebridge_use_cases::open_case;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many external keys are looked up at a time.
const LOOK_UPS: usize = 20;

/// What external keys name, as far as it is known.
#[derive(Default)]
pub(crate) struct Carried {
    cases: Arc<BTreeMap<String, Option<Case>>>,
}

/// What can happen to what is known of external keys.
pub(crate) enum Message {
    /// The running sessions were looked at.
    Looked,
    /// Keys were looked up; those that failed are looked up again.
    Resolved { found: Vec<(String, Option<Case>)>, failed: Vec<String> },
    /// Somebody else is signed in.
    Forget,
}

impl Part for Carried {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Context<'_, Message>) {
        match message {
            Message::Looked => self.resolve(cx),
            Message::Resolved { found, failed } => {
                let cases = Arc::make_mut(&mut self.cases);
                cases.retain(|key, _| !failed.contains(key));
                cases.extend(found);
                cx.ask(Request::CarriedKnown);
            }
            Message::Forget => self.cases = Arc::default(),
        }
    }
}

impl Carried {
    pub(crate) fn cases(&self) -> &Arc<BTreeMap<String, Option<Case>>> {
        &self.cases
    }

    /// Looks up what is not known yet, each key once.
    fn resolve(&mut self, cx: &mut Context<'_, Message>) {
        let mine = cx.facts.sessions.mine.iter();
        let keys: BTreeSet<String> = mine
            .filter_map(|session| session.external_key.clone())
            .filter(|key| !self.cases.contains_key(key))
            .take(LOOK_UPS)
            .collect();
        if keys.is_empty() {
            return;
        }
        Arc::make_mut(&mut self.cases).extend(keys.iter().map(|key| (key.clone(), None)));
        let casebridge = cx.casebridge.clone();
        cx.run(async move {
            let (mut found, mut failed) = (Vec::new(), Vec::new());
            for key in keys {
                let case = match open_case::case_of_key(&casebridge, &key, None).await {
                    Ok(case) => Some(case),
                    Err(failure) if is_no_case(failure.code) => None,
                    Err(_) => {
                        failed.push(key);
                        continue;
                    }
                };
                found.push((key, case));
            }
            Message::Resolved { found, failed }
        });
    }
}

fn is_no_case(code: FailureCode) -> bool {
    matches!(code, FailureCode::CaseNotFound | FailureCode::CaseReferenceInvalid)
}
