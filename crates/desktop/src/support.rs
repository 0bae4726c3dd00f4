//! The support bundle of the settings window: listed first, saved as it was listed.

use crate::controller::{Controller, DONE};
use crate::event::{Answer, Event};
use casebridge_domain::{Failure, FailureCode};
use casebridge_ipc::{SupportFileView, SupportPartView, SupportView, Window};
use casebridge_use_cases::support_bundle::{self, Part, SupportBundle};
use std::path::PathBuf;
use tokio::sync::oneshot;

/// How far it is.
pub(crate) enum Support {
    Closed,
    Listed { bundle: SupportBundle, folder: PathBuf },
    Saved(PathBuf),
}

impl Support {
    pub(crate) fn view(&self) -> SupportView {
        match self {
            Self::Closed => SupportView::Closed,
            Self::Listed { bundle, folder } => SupportView::Listed {
                files: bundle.parts.iter().map(|(part, text)| file_view(*part, text)).collect(),
                folder: folder.display().to_string(),
            },
            Self::Saved(path) => SupportView::Saved { path: path.display().to_string() },
        }
    }
}

fn file_view(part: Part, text: &str) -> SupportFileView {
    SupportFileView {
        part: match part {
            Part::About => SupportPartView::About,
            Part::Settings => SupportPartView::Settings,
            Part::Checks => SupportPartView::Checks,
            Part::Activity => SupportPartView::Activity,
            Part::Log => SupportPartView::Log,
            Part::OlderLog => SupportPartView::OlderLog,
        },
        name: part.file_name().to_owned(),
        bytes: u32::try_from(text.len()).unwrap_or(u32::MAX),
    }
}

impl Controller {
    pub(crate) fn list_support_bundle(&self, answer: oneshot::Sender<Answer>) {
        let (casebridge, outcomes) = (self.casebridge.clone(), self.settings.outcomes.clone());
        self.spawn(async move {
            let bundle = support_bundle::collect(&casebridge, &outcomes).await;
            Event::BundleCollected { bundle, answer }
        });
    }

    pub(crate) fn bundle_collected(
        &mut self,
        bundle: SupportBundle,
        answer: oneshot::Sender<Answer>,
    ) {
        let no_folder = || Failure::new(FailureCode::SupportBundleNotSaved, "There is no folder.");
        let folder = self.shell.downloads().ok_or_else(no_folder);
        self.support_becomes(folder.map(|folder| Support::Listed { bundle, folder }), answer);
    }

    pub(crate) fn save_support_bundle(&mut self, answer: oneshot::Sender<Answer>) {
        let Support::Listed { bundle, folder } = &self.settings.support else {
            // A window that is gone needs no answer.
            let _ = answer.send(DONE);
            return;
        };
        let (bundle, folder) = (bundle.clone(), folder.clone());
        self.spawn(async move {
            let result = tokio::task::block_in_place(|| bundle.save(&folder));
            Event::BundleSaved { result, answer }
        });
    }

    pub(crate) fn bundle_saved(
        &mut self,
        result: Result<PathBuf, Failure>,
        answer: oneshot::Sender<Answer>,
    ) {
        self.support_becomes(result.map(Support::Saved), answer);
    }

    pub(crate) fn close_support_bundle(&mut self) -> Answer {
        self.settings.support = Support::Closed;
        self.publish_settings();
        DONE
    }

    /// What could not be done leaves everything as it is.
    fn support_becomes(&mut self, next: Result<Support, Failure>, answer: oneshot::Sender<Answer>) {
        let answered = match next {
            Ok(next) => {
                // What a window asked for that is closed by now is of no use.
                if self.is_open(Window::Settings) {
                    self.settings.support = next;
                }
                DONE
            }
            Err(failure) => Err(self.report(&failure)),
        };
        // A window that is gone needs no answer.
        let _ = answer.send(answered);
        self.publish_settings();
    }
}
