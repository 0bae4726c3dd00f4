//! How far the support bundle is, and what the window shows of it.

use casebridge_ipc::{SupportFileView, SupportPartView, SupportView};
use casebridge_use_cases::support_bundle::{Part, SupportBundle};
use std::path::PathBuf;

/// How far it is.
pub(super) enum Support {
    Closed,
    Listed { bundle: SupportBundle, folder: PathBuf },
    Saved(PathBuf),
}

impl Support {
    pub(super) fn view(&self) -> SupportView {
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
