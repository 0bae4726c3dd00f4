//! The cases that were opened so far. They outlive a restart, and belong to who is signed in.

use crate::context::{Context, Part};
use crate::facts::RecentCase;
use casebridge_domain::{Case, Failure};
use casebridge_store::CaseRecord;
use casebridge_use_cases::cases;
use std::sync::Arc;

/// How many are listed.
const RECENT: usize = 5;

/// The previous cases, the latest first.
#[derive(Default)]
pub(crate) struct Recent {
    cases: Arc<Vec<RecentCase>>,
}

/// What can happen to the list.
pub(crate) enum Message {
    /// Those of earlier runs are to be read.
    Ask,
    Known(Result<Vec<CaseRecord>, Failure>),
    /// A case was read, and its computers, if those were asked for.
    Note {
        case: Box<Case>,
        hosts: Option<Vec<String>>,
    },
    /// Somebody else is signed in.
    Forget,
}

type Cx<'c> = Context<'c, Message>;

impl Part for Recent {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Ask => ask(cx),
            Message::Known(result) => self.known(result, cx),
            Message::Note { case, hosts } => self.note(&case, hosts, cx),
            Message::Forget => {
                self.cases = Arc::default();
                ask(cx);
            }
        }
    }
}

fn ask(cx: &mut Cx<'_>) {
    let casebridge = cx.casebridge.clone();
    cx.run(async move { Message::Known(cases::opened(&casebridge).await) });
}

impl Recent {
    pub(crate) fn cases(&self) -> &Arc<Vec<RecentCase>> {
        &self.cases
    }

    fn note(&mut self, case: &Case, hosts: Option<Vec<String>>, cx: &mut Cx<'_>) {
        let cases = Arc::make_mut(&mut self.cases);
        let known = cases.iter().position(|recent| recent.id == case.id).map(|at| cases.remove(at));
        let recent = RecentCase {
            id: case.id.clone(),
            number: case.number.clone(),
            subject: case.subject.clone(),
            contact: case.contact.as_ref().map(|contact| contact.name.clone()),
            hosts: hosts.or(known.map(|known| known.hosts)).unwrap_or_default(),
            opened_at: cx.casebridge.now(),
        };
        let (record, casebridge) = (recent.record(), cx.casebridge.clone());
        cases.insert(0, recent);
        cases.truncate(RECENT);
        cx.detach(async move {
            if let Err(failure) = cases::note(&casebridge, record).await {
                tracing::warn!(code = %failure.code, "a case is not remembered");
            }
        });
    }

    /// Cases that were opened meanwhile stay in front.
    fn known(&mut self, result: Result<Vec<CaseRecord>, Failure>, cx: &mut Cx<'_>) {
        let records = match result {
            Ok(records) => records,
            Err(failure) => return drop(cx.report(&failure)),
        };
        let cases = Arc::make_mut(&mut self.cases);
        for case in records.into_iter().filter_map(RecentCase::of) {
            if !cases.iter().any(|known| known.id == case.id) {
                cases.push(case);
            }
        }
        cases.truncate(RECENT);
    }
}
