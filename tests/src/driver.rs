//! One WebDriver session: every call has a time limit, every question waits for its answer.
//!
//! Elements are named as people see them: a button by its text, a field by its label.

use crate::wait;
use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Duration;

/// How long a driver may take for one call.
const CALL: Duration = Duration::from_secs(20);

/// A session with a browser or with the windows of an app.
#[derive(Debug, Clone)]
pub struct Driver {
    client: Client,
}

impl Driver {
    /// Connects to the driver program at this port, as soon as it and its windows are there.
    ///
    /// # Errors
    /// When there is no session in time.
    pub async fn connect(port: u16, capabilities: &Capabilities) -> Result<Self> {
        let address = format!("http://127.0.0.1:{port}");
        let client = wait::until("a WebDriver session", || async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities.clone());
            Ok(Some(builder.connect(&address).await?))
        })
        .await?;
        Ok(Self { client })
    }

    /// Opens an address in the current tab.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(&self, url: &str) -> Result<()> {
        limited(self.client.goto(url)).await.with_context(|| format!("cannot open {url}"))
    }

    /// Opens an address in a new tab, which becomes the current one.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open_new_tab(&self, url: &str) -> Result<()> {
        let tab = limited(self.client.new_window(true)).await?;
        limited(self.client.switch_to_window(tab.handle)).await?;
        self.open(url).await
    }

    /// Waits for a page whose address holds this text, in any window, and turns to it.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn turn_to(&self, address: &str) -> Result<()> {
        wait::until(format!("the page {address}"), || async {
            Ok(self.try_turn_to(address).await?.then_some(()))
        })
        .await
    }

    /// Waits until no page has an address that holds this text.
    ///
    /// # Errors
    /// When there still is one.
    pub async fn gone(&self, address: &str) -> Result<()> {
        wait::until(format!("the end of the page {address}"), || async {
            Ok((!self.try_turn_to(address).await?).then_some(()))
        })
        .await
    }

    /// Closes a page, again and again until it is gone: a click or a key that comes while a window
    /// still changes its size may go past it.
    ///
    /// # Errors
    /// When it stays.
    pub async fn close_page(
        &self,
        address: &str,
        close: impl AsyncFn() -> Result<()>,
    ) -> Result<()> {
        wait::until(format!("the end of the page {address}"), || async {
            let is_there = self.try_turn_to(address).await?;
            if is_there {
                close().await?;
            }
            Ok((!is_there).then_some(()))
        })
        .await
    }

    /// Presses the button that closes a page, until that is gone.
    ///
    /// # Errors
    /// When it stays.
    pub async fn press_until_gone(&self, name: &str, address: &str) -> Result<()> {
        let path = button_path(name);
        self.close_page(address, async || {
            // The page may go at any moment.
            if let Ok(button) = limited(self.client.find(Locator::XPath(&path))).await {
                limited(button.click()).await.ok();
            }
            Ok(())
        })
        .await
    }

    /// Whether there is such a page; if so, it is the current one from now on.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn try_turn_to(&self, address: &str) -> Result<bool> {
        for window in limited(self.client.windows()).await? {
            // A window may be closed between the two calls.
            if limited(self.client.switch_to_window(window)).await.is_err() {
                continue;
            }
            let url = limited(self.client.current_url()).await;
            if url.is_ok_and(|url| url.as_str().contains(address)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many windows or tabs there are.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn window_count(&self) -> Result<usize> {
        Ok(limited(self.client.windows()).await?.len())
    }

    /// Clicks the element that a CSS selector names, once it is there.
    ///
    /// # Errors
    /// When it never is.
    pub async fn click(&self, selector: &str) -> Result<()> {
        self.click_found(selector, Locator::Css(selector)).await
    }

    /// Clicks the last element of a path of CSS selectors, each looked for in the shadow of the one
    /// before, once it is there and stays where it is.
    ///
    /// The click goes to a place of the window: what a driver does with elements fails where a page
    /// plays shadow DOM by itself.
    ///
    /// # Errors
    /// When it never is.
    pub async fn click_in(&self, path: &[&str]) -> Result<()> {
        const FIND: &str = "let place = document; let found = null; \
             for (const selector of arguments[0]) { \
               found = place?.querySelector(selector); place = found?.shadowRoot; } \
             found?.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' }); \
             const box = found?.getBoundingClientRect(); \
             return box ? [box.x + box.width / 2, box.y + box.height / 2] : null";
        let mut last = None;
        let deadline = tokio::time::Instant::now() + wait::PATIENCE;
        loop {
            let found = self.run(FIND, vec![json!(path)]).await?;
            let found: Option<(f64, f64)> = serde_json::from_value(found)?;
            if let Some((x, y)) = found.filter(|_| found == last) {
                return self.click_at(x, y).await;
            }
            ensure!(tokio::time::Instant::now() < deadline, "waited in vain for {path:?}");
            last = found;
            tokio::time::sleep(wait::PAUSE).await;
        }
    }

    async fn click_at(&self, x: f64, y: f64) -> Result<()> {
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        limited(self.client.perform_actions(mouse)).await
    }

    /// Presses the button, menu item or disclosure with this name, once it can be pressed.
    ///
    /// # Errors
    /// When it never can.
    pub async fn press(&self, name: &str) -> Result<()> {
        let path = button_path(name);
        self.click_found(&format!("the button {name:?}"), Locator::XPath(&path)).await
    }

    /// Presses a button that closes its page or ends the app; the driver may not live to say so.
    ///
    /// # Errors
    /// When there is no such button.
    pub async fn press_to_close(&self, name: &str) -> Result<()> {
        let path = button_path(name);
        let button = self.at_rest(&format!("the button {name:?}"), Locator::XPath(&path)).await?;
        limited(button.click()).await.ok();
        Ok(())
    }

    /// Whether there is a button with this name that can be pressed.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn has_button(&self, name: &str) -> Result<bool> {
        Ok(!limited(self.client.find_all(Locator::XPath(&button_path(name)))).await?.is_empty())
    }

    async fn click_found(&self, what: &str, locator: Locator<'_>) -> Result<()> {
        wait::until(what, || async {
            let element = self.at_rest(what, locator).await?;
            Ok(Some(limited(element.click()).await?))
        })
        .await
    }

    /// Waits for an element that stays where it is, and scrolls to it: a click goes to a place, not
    /// to an element.
    async fn at_rest(&self, what: &str, locator: Locator<'_>) -> Result<Element> {
        let scroll = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        let mut last = None;
        loop {
            let element = self.find(what, locator).await?;
            self.run(scroll, vec![serde_json::to_value(&element)?]).await?;
            let place = Some(limited(element.rectangle()).await?);
            if place == last {
                return Ok(element);
            }
            last = place;
            tokio::time::sleep(wait::PAUSE).await;
        }
    }

    /// Types a text into the field with this label, instead of what it holds.
    ///
    /// # Errors
    /// When there is no such field, or it does not hold the text afterwards.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        let path = format!("//*[@id=//label[normalize-space(.)={}]/@for]", quoted(label));
        wait::until(format!("the field {label:?} to hold its text"), || async {
            let field = limited(self.client.find(Locator::XPath(&path))).await?;
            // A bar may lie over the end of what can be scrolled.
            let shown = vec![serde_json::to_value(&field)?];
            self.run("arguments[0].scrollIntoView({ block: 'center' })", shown).await?;
            limited(field.clear()).await?;
            limited(field.send_keys(text)).await?;
            let holds = limited(field.prop("value")).await?.unwrap_or_default();
            ensure!(holds == text, "it holds {holds:?} instead of {text:?}");
            Ok(Some(()))
        })
        .await
    }

    /// Waits until the field with this label holds a text.
    ///
    /// # Errors
    /// When it never does.
    pub async fn field_holds(&self, label: &str, text: &str) -> Result<()> {
        let path = format!("//*[@id=//label[normalize-space(.)={}]/@for]", quoted(label));
        wait::until(format!("{text:?} in the field {label:?}"), || async {
            let field = limited(self.client.find(Locator::XPath(&path))).await?;
            let holds = limited(field.prop("value")).await?.unwrap_or_default();
            Ok((holds == text).then_some(()))
        })
        .await
    }

    async fn find(&self, what: &str, locator: Locator<'_>) -> Result<Element> {
        wait::until(what, || async { Ok(Some(limited(self.client.find(locator)).await?)) }).await
    }

    /// Whether a CSS selector finds something.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn has(&self, selector: &str) -> Result<bool> {
        Ok(!limited(self.client.find_all(Locator::Css(selector))).await?.is_empty())
    }

    /// The text of the first element that a CSS selector finds, once there is one.
    ///
    /// # Errors
    /// When there never is.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let script = "return document.querySelector(arguments[0])?.textContent ?? null";
        let text = wait::until(format!("the text of {selector}"), || async {
            let text = self.run(script, vec![json!(selector)]).await?;
            Ok(text.as_str().map(|text| text.trim().to_owned()))
        });
        text.await
    }

    /// The texts of all elements that a CSS selector finds.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn texts(&self, selector: &str) -> Result<Vec<String>> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent.trim())";
        let texts = self.run(script, vec![json!(selector)]).await?;
        Ok(serde_json::from_value(texts)?)
    }

    /// Waits until the current page shows this text.
    ///
    /// # Errors
    /// When it never does, with what it shows instead.
    pub async fn shows(&self, text: &str) -> Result<()> {
        let waited = wait::until(format!("the text {text:?}"), || async {
            Ok(self.visible_text().await?.contains(text).then_some(()))
        });
        let Err(error) = waited.await else { return Ok(()) };
        let shown = self.visible_text().await.unwrap_or_default();
        Err(error.context(format!("the page shows {shown:?}")))
    }

    /// What the current page shows.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn visible_text(&self) -> Result<String> {
        let text = self.run("return document.body.innerText", Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        limited(self.client.execute(script, arguments)).await
    }

    /// Runs a script in the page that calls its last argument when it is done.
    ///
    /// # Errors
    /// When it throws or never is.
    pub async fn run_async(&self, script: &str) -> Result<Value> {
        limited(self.client.execute_async(script, Vec::new())).await
    }

    /// Types where the focus is.
    ///
    /// # Errors
    /// When nothing has it.
    pub async fn type_keys(&self, keys: &str) -> Result<()> {
        limited(limited(self.client.active_element()).await?.send_keys(keys)).await
    }

    /// Gives the app a command from the current window, as its pages do.
    /// The answer is `{"answer"}` or, when it was refused, `{"refused"}`.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn invoke(&self, command: &str, arguments: Value) -> Result<Value> {
        let script = "const [command, form, done] = arguments;\
             window.__TAURI_INTERNALS__.invoke(command, form)\
             .then((answer) => done({ answer: answer ?? null }))\
             .catch((error) => done({ refused: error?.message ?? error }))";
        let arguments = vec![json!(command), arguments];
        limited(self.client.execute_async(script, arguments)).await
    }

    /// Takes a picture of the current page, as it is after what has just changed.
    ///
    /// # Errors
    /// When there is none.
    pub async fn picture(&self, path: &Path) -> Result<()> {
        let painted = "const [done] = arguments; setTimeout(done, 2000);\
             requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))";
        let picture = wait::until("a picture of the page", || async {
            limited(self.client.execute_async(painted, Vec::new())).await?;
            Ok(Some(limited(self.client.screenshot()).await?))
        })
        .await?;
        std::fs::write(path, picture).with_context(|| path.display().to_string())
    }

    /// Whether a dialog of the browser's own is open over the page.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn has_alert(&self) -> Result<bool> {
        match tokio::time::timeout(CALL, self.client.get_alert_text()).await? {
            Ok(_) => Ok(true),
            Err(error) if error.is_no_such_alert() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the session, which ends what it drives.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn close(self) -> Result<()> {
        limited(self.client.close()).await
    }
}

/// A port that nobody listens on.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

async fn limited<T>(call: impl Future<Output = Result<T, CmdError>>) -> Result<T> {
    match tokio::time::timeout(CALL, call).await {
        Ok(Err(CmdError::Standard(error))) => bail!("{}: {}", error.error, error.message),
        Ok(answer) => Ok(answer?),
        Err(_) => bail!("the driver did not answer in {} seconds", CALL.as_secs()),
    }
}

/// Finds a button that is not busy, by the name that people see or hear.
fn button_path(name: &str) -> String {
    let name = quoted(name);
    format!(
        "//*[self::button or self::summary][not(@aria-disabled='true')]\
         [@aria-label={name} or normalize-space(.)={name}]"
    )
}

/// A text as XPath writes it; a text with both kinds of quotes does not occur.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
