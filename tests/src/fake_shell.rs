//! A desktop that only remembers: what the app showed, said, copied and opened.

use anyhow::{Context, Result, bail};
use casebridge_desktop::{App, Notice, Shell};
use casebridge_domain::Failure;
use casebridge_domain::settings::LogLevel;
use casebridge_ipc::{
    ActivityView, CaseView, JumpView, MenuView, SettingsView, TagView, Window, WindowView,
};
use casebridge_platform::browser::AllowedHosts;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;
use url::Url;

/// What the app did so far.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The windows that are open.
    pub open: BTreeSet<Window>,
    /// How often a window was opened or brought to the front.
    pub openings: usize,
    /// The latest view of the case window.
    pub case: Option<CaseView>,
    /// The latest view of the jump window.
    pub jump: Option<JumpView>,
    /// The latest view of the tag window.
    pub tag: Option<TagView>,
    /// The activity window's latest view.
    pub activity: Option<ActivityView>,
    /// The shortcut for a jump.
    pub jump_shortcut: Option<String>,
    /// The latest view of the settings window.
    pub settings: Option<SettingsView>,
    /// The latest menu.
    pub menu: Option<MenuView>,
    /// Every notification.
    pub notices: Vec<Notice>,
    /// What was copied.
    pub copied: Vec<String>,
    /// The pages that were opened.
    pub pages: Vec<Url>,
    /// Whether it is started at log-in.
    pub autostart: Option<bool>,
    /// The level of the log, once changed.
    pub log_level: Option<LogLevel>,
    /// Whether the app has ended.
    pub ended: bool,
}

/// What happens when the app opens a page.
pub type OnPage = Arc<dyn Fn(&Url) + Send + Sync>;

/// The desktop.
pub struct FakeShell {
    seen: watch::Sender<Seen>,
    on_page: OnPage,
    downloads: PathBuf,
    app: OnceLock<App>,
}

impl FakeShell {
    /// A desktop whose browser does this with each page, with a folder for files that are asked for.
    pub fn new(on_page: OnPage, downloads: PathBuf) -> Arc<Self> {
        let seen = watch::Sender::new(Seen::default());
        Arc::new(Self { seen, on_page, downloads, app: OnceLock::new() })
    }

    /// Tells this app when a window is gone, as a desktop does.
    pub fn tell(&self, app: &App) {
        self.app.get_or_init(|| app.clone());
    }

    /// What happened so far.
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Hears of everything that happens from now on.
    pub fn listen(&self) -> watch::Receiver<Seen> {
        self.seen.subscribe()
    }

    /// Waits until what happened fulfils a condition.
    ///
    /// # Errors
    /// It did not in time.
    pub async fn until(&self, what: &str, condition: impl Fn(&Seen) -> bool) -> Result<Seen> {
        let mut seen = self.seen.subscribe();
        let waiting = seen.wait_for(|seen| condition(seen));
        match tokio::time::timeout(Duration::from_secs(30), waiting).await {
            Ok(Ok(seen)) => Ok(seen.clone()),
            _ => bail!("waited in vain for {what}: {:#?}", self.seen()),
        }
    }

    /// Waits for a view of the case window.
    ///
    /// # Errors
    /// It did not come in time.
    pub async fn until_case(
        &self,
        what: &str,
        condition: impl Fn(&CaseView) -> bool,
    ) -> Result<CaseView> {
        self.until_view(what, |seen| seen.case.as_ref(), condition).await
    }

    /// Waits for a view of the jump window.
    ///
    /// # Errors
    /// It did not come in time.
    pub async fn until_jump(
        &self,
        what: &str,
        condition: impl Fn(&JumpView) -> bool,
    ) -> Result<JumpView> {
        self.until_view(what, |seen| seen.jump.as_ref(), condition).await
    }

    /// Waits for a view of the tag window.
    ///
    /// # Errors
    /// It did not come in time.
    pub async fn until_tag(
        &self,
        what: &str,
        condition: impl Fn(&TagView) -> bool,
    ) -> Result<TagView> {
        self.until_view(what, |seen| seen.tag.as_ref(), condition).await
    }

    /// Waits for a view of the activity window.
    ///
    /// # Errors
    /// It did not come in time.
    pub async fn until_activity(
        &self,
        what: &str,
        condition: impl Fn(&ActivityView) -> bool,
    ) -> Result<ActivityView> {
        self.until_view(what, |seen| seen.activity.as_ref(), condition).await
    }

    async fn until_view<V: Clone>(
        &self,
        what: &str,
        view: fn(&Seen) -> Option<&V>,
        condition: impl Fn(&V) -> bool,
    ) -> Result<V> {
        let seen = self.until(what, |seen| view(seen).is_some_and(&condition)).await?;
        view(&seen).cloned().with_context(|| format!("no view for {what}"))
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        self.seen.send_modify(change);
    }
}

impl Shell for FakeShell {
    fn open_window(&self, window: Window) {
        self.note(|seen| {
            seen.open.insert(window);
            seen.openings += 1;
        });
    }

    fn close_window(&self, window: Window) {
        self.note(|seen| {
            seen.open.remove(&window);
        });
        if let Some(app) = self.app.get() {
            app.window_closed(window);
        }
    }

    fn fit_window(&self, _: Window, _: u32) {}

    fn publish(&self, view: &WindowView) {
        self.note(|seen| match view.clone() {
            WindowView::Case(view) => seen.case = Some(*view),
            WindowView::Jump(view) => seen.jump = Some(*view),
            WindowView::Tag(view) => seen.tag = Some(*view),
            WindowView::Activity(view) => seen.activity = Some(*view),
            WindowView::Settings(view) => seen.settings = Some(*view),
            WindowView::Menu(view) => seen.menu = Some(*view),
        });
    }

    fn show_tray(&self, menu: &MenuView) {
        self.note(|seen| seen.menu = Some(menu.clone()));
    }

    fn notify(&self, notice: Notice) {
        self.note(|seen| seen.notices.push(notice));
    }

    fn copy(&self, text: &str) -> Result<(), Failure> {
        self.note(|seen| seen.copied.push(text.to_owned()));
        Ok(())
    }

    fn open_page(&self, page: &Url, allowed: &AllowedHosts) -> Result<(), Failure> {
        let checked = casebridge_platform::browser::check_external(page, allowed);
        checked.map_err(|e| {
            Failure::new(casebridge_domain::FailureCode::BrowserNotOpened, e.to_string())
        })?;
        self.note(|seen| seen.pages.push(page.clone()));
        (self.on_page)(page);
        Ok(())
    }

    fn set_autostart(&self, on: bool) -> Result<(), Failure> {
        self.note(|seen| seen.autostart = Some(on));
        Ok(())
    }

    fn set_jump_shortcut(&self, keys: &str) -> Result<(), Failure> {
        self.note(|seen| seen.jump_shortcut = Some(keys.to_owned()));
        Ok(())
    }

    fn downloads(&self) -> Option<PathBuf> {
        Some(self.downloads.clone())
    }

    fn set_log_level(&self, level: LogLevel) {
        self.note(|seen| seen.log_level = Some(level));
    }

    fn quit(&self) {
        self.note(|seen| seen.ended = true);
    }
}
