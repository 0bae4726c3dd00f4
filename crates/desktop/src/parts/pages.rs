//! Pages of cases in the browser.

use crate::context::{Context, Part};
use crate::links::BURST;
use crate::request::{CaseToOpen, Request};
use crate::shell::{Notice, Shell};
use casebridge_domain::{CaseId, DeepLink, Failure, FailureCode};
use casebridge_use_cases::{Casebridge, open_case};
use std::sync::Arc;
use std::time::Duration;

/// When a page was last opened.
#[derive(Default)]
pub(crate) struct Pages {
    link_at: Option<Duration>,
}

/// What can happen to pages.
pub(crate) enum Message {
    /// A link names a case.
    Link(Box<DeepLink>),
    Open(CaseToOpen),
    Opened(Result<(), Failure>),
}

type Cx<'c> = Context<'c, Message>;

impl Part for Pages {
    type Message = Message;

    fn update(&mut self, message: Message, cx: &mut Cx<'_>) {
        match message {
            Message::Link(link) => self.link_opened(*link, cx),
            Message::Open(case) => open(case, cx),
            Message::Opened(Ok(())) => {}
            Message::Opened(Err(failure)) => {
                let view = cx.report(&failure);
                cx.notify(Notice::of_failure(&view));
            }
        }
    }
}

impl Pages {
    /// Opens the case's page; a web page that sends many of these opens one.
    fn link_opened(&mut self, link: DeepLink, cx: &mut Cx<'_>) {
        let now = cx.casebridge.uptime();
        if self.link_at.is_some_and(|at| now.saturating_sub(at) < BURST) {
            return cx.ask(Request::NotifyOfLinks(FailureCode::TooManyLinks));
        }
        self.link_at = Some(now);
        let case = link.case.as_ref().map(ToString::to_string);
        if let Some(key) = case.or(link.external_key) {
            open(CaseToOpen::Key(key, link.org), cx);
        }
    }
}

fn open(case: CaseToOpen, cx: &mut Cx<'_>) {
    let (casebridge, shell) = (cx.casebridge.clone(), cx.shell.clone());
    cx.run(async move {
        let opened = async {
            let id = match case {
                CaseToOpen::Id(id) => id,
                CaseToOpen::Key(key, org) => {
                    open_case::case_of_key(&casebridge, &key, org.as_ref()).await?.id
                }
            };
            open_page(&casebridge, shell, &id).await
        };
        Message::Opened(opened.await)
    });
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
