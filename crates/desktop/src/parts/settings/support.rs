//! The support bundle of the settings window: listed first, saved as it was listed.

use super::bundle::Support;
use super::{Cx, Message, Settings, answer_of};
use crate::request::{DONE, Reply};
use crate::texts;
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::Window;
use casebridge_use_cases::support_bundle::{self, SupportBundle};

impl Settings {
    pub(super) fn list_bundle(&self, reply: Reply, cx: &mut Cx<'_>) {
        let (casebridge, outcomes) = (cx.casebridge.clone(), self.outcomes.clone());
        cx.run(async move {
            let bundle = Box::new(support_bundle::collect(&casebridge, &outcomes).await);
            Message::BundleCollected { bundle, reply }
        });
    }

    pub(super) fn bundle_collected(
        &mut self,
        bundle: SupportBundle,
        reply: Reply,
        cx: &mut Cx<'_>,
    ) {
        let no_folder = || Failure::new(FailureCode::SupportBundleNotSaved, texts::no_downloads());
        let folder = cx.shell.downloads().ok_or_else(no_folder);
        let next = folder.map(|folder| Support::Listed { bundle, folder });
        self.support_becomes(next, reply, cx);
    }

    pub(super) fn save_bundle(&self, reply: Reply, cx: &mut Cx<'_>) {
        let Support::Listed { bundle, folder } = &self.support else {
            return cx.answer(reply, DONE);
        };
        let (bundle, folder) = (bundle.clone(), folder.clone());
        cx.run(async move {
            let result = tokio::task::block_in_place(|| bundle.save(&folder));
            Message::BundleSaved { result, reply }
        });
    }

    /// What could not be done leaves everything as it is.
    pub(super) fn support_becomes(
        &mut self,
        next: Result<Support, Failure>,
        reply: Reply,
        cx: &mut Cx<'_>,
    ) {
        let result = next.map(|next| {
            // What a window asked for that is closed by now is of no use.
            if cx.is_open(Window::Settings) {
                self.support = next;
            }
        });
        let answer = answer_of(result, cx);
        cx.answer(reply, answer);
    }
}
