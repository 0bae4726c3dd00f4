//! Each action of the console, from a click in the browser to a session that carries the case.

use crate::stage::{JUMP, SignedIn, Stage, on_desktop};
use anyhow::{Context, Result, ensure};
use casebridge_domain::FailureCode;
use casebridge_tests::app::{page, title};
use casebridge_tests::case_page::{self, state};
use casebridge_tests::desktop::{Desktop, Parts, windows};
use casebridge_tests::{rep_console, wait};
use std::fs;

/// The browser shows the case, and the jump window was opened once and closed.
async fn jump_stage(desktop: &mut Desktop) -> Result<Stage> {
    let signed_in = SignedIn::at(desktop).await?;
    let stage = Stage::at(signed_in, desktop, &JUMP).await?;
    stage.close(desktop, &JUMP).await?;
    Ok(stage)
}

/// The latest session carries the case and is with this computer.
fn ensure_session(stage: &Stage, count: usize, hostname: &str) -> Result<()> {
    let sessions = stage.sessions();
    ensure!(sessions.len() == count, "{} sessions instead of {count}", sessions.len());
    let latest = sessions.last().context("no session")?;
    let key = &latest["attributes"]["external_key"];
    let case = stage.signed_in.simulator.ready().case_id;
    ensure!(*key == case.as_str(), "the session carries {key}");
    let on = &latest["customer"]["hostname"];
    ensure!(*on == hostname, "the session is with {on} instead of {hostname}");
    Ok(())
}

const JUMPS: [(&str, &str); 7] = [
    ("jump-item", "FRONTDESK-3"),
    ("jump-push-local", "PC-1"),
    ("jump-push-remote", "PC-2"),
    ("jump-rdp", "DC-01"),
    ("jump-vnc", "ERP-LEGACY"),
    ("jump-shell", "SW-CORE"),
    ("jump-vpro", "CAD-02"),
];

#[test]
fn each_jump_goes_from_the_case_page_to_a_session_on_the_desktop_console() -> Result<()> {
    on_desktop("jumps", Parts::default(), async |desktop| {
        let stage = jump_stage(desktop).await?;
        let ready = stage.signed_in.simulator.ready();
        for (count, (button, hostname)) in JUMPS.into_iter().enumerate() {
            case_page::click(&stage.browser, &ready, button).await?;
            stage.app.turn_to(page::JUMP).await?;
            stage.app.shows("Printer on floor 3").await?;
            ensure!(stage.sessions().len() == count, "{button}: the link started a session");
            stage.app.press("Start jump").await?;
            stage.app.shows(&format!("Started on {hostname}")).await?;
            ensure_session(&stage, count + 1, hostname)?;
            stage.app.picture(&desktop.folder().join(format!("{button}.png"))).await?;
            stage.app.press_until_gone("Done", page::JUMP).await?;
        }
        Ok(())
    })
}

#[test]
fn row_13_a_jump_goes_from_the_case_page_to_a_session_on_the_web_console() -> Result<()> {
    on_desktop("web-jump", Parts::default(), async |desktop| {
        let stage = jump_stage(desktop).await?;
        let ready = stage.signed_in.simulator.ready();
        case_page::click(&stage.browser, &ready, "web-jump").await?;
        stage.app.turn_to(page::JUMP).await?;
        stage.app.shows("logs you out of the console on this computer").await?;
        stage.app.press("Start jump").await?;
        stage.browser.turn_to("/api/client_script").await?;
        stage.browser.click("button[data-representative=ada]").await?;
        stage.browser.shows("In a session with FRONTDESK-3").await?;
        stage.app.shows("Started on FRONTDESK-3").await?;
        ensure_session(&stage, 1, "FRONTDESK-3")
    })
}

#[test]
fn row_02_row_03_each_consoles_key_dialog_leads_to_a_session_with_the_customer() -> Result<()> {
    on_desktop("key-dialog", Parts::default(), async |desktop| {
        let stage = jump_stage(desktop).await?;
        let ready = stage.signed_in.simulator.ready();
        for (count, button) in ["console-key", "web-key"].into_iter().enumerate() {
            case_page::click(&stage.browser, &ready, button).await?;
            stage.app.turn_to(page::CASE).await?;
            stage.app.press("Open the key dialog").await?;
            if button == "web-key" {
                stage.browser.turn_to("/api/client_script").await?;
                stage.browser.click("button[data-representative=ada]").await?;
                stage.browser.shows("Session key").await?;
            }
            stage.app.shows("Waiting for the customer").await?;
            let keys = case_page::keys(&stage.signed_in.simulator);
            let url = keys.last().and_then(|key| key["key_url"].as_str()).context("no key")?;
            let computer = format!("CUSTOMER-{count}");
            case_page::join(&stage.browser, url, "Rosa Marin", &computer).await?;
            stage.app.shows("Rosa Marin joined").await?;
            ensure_session(&stage, count + 1, &computer)?;
            stage.app.press_until_gone("Done", page::CASE).await?;
        }
        Ok(())
    })
}

#[test]
fn the_keyboard_alone_goes_from_the_shortcut_to_the_session() -> Result<()> {
    on_desktop("jump-keyboard", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.change_settings(desktop, |text| {
            format!("{text}[ui]\njump_shortcut = \"Ctrl+Shift+J\"\n")
        })?;
        signed_in.start(desktop).await?;
        // The app takes the keys a moment after its start.
        wait::until("the shortcut", || async {
            windows::press_keys(desktop, &["ctrl+shift+j"])?;
            let is_there = !windows::titles(desktop, title::JUMP)?.is_empty();
            Ok(is_there.then_some(()))
        })
        .await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::JUMP).await?;
        app.shows("This session will not be linked to a case").await?;
        windows::type_text(desktop, title::JUMP, "TILL-02")?;
        app.field_holds("Search", "TILL-02").await?;
        // A fresh form ignores Enter for a moment; nobody types as quickly as a test.
        wait::until("the jump", || async {
            if !app.has_button("Start jump").await?
                || !state(&signed_in.simulator, "sessions").is_empty()
            {
                return Ok(Some(()));
            }
            windows::type_keys(desktop, title::JUMP, &["Return"])?;
            Ok(None)
        })
        .await?;
        app.shows("Sent to the console").await?;
        let sessions = state(&signed_in.simulator, "sessions");
        ensure!(sessions.len() == 1, "{} sessions", sessions.len());
        ensure!(sessions[0]["customer"]["hostname"] == "TILL-02", "{}", sessions[0]);
        Ok(())
    })
}

#[test]
fn a_shortcut_that_no_desktop_knows_is_told_in_the_log_and_the_app_goes_on() -> Result<()> {
    on_desktop("jump-shortcut-unusable", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.change_settings(desktop, |text| {
            format!("{text}[ui]\njump_shortcut = \"Ctrl+Nonsense\"\n")
        })?;
        signed_in.start(desktop).await?;
        let logs = desktop.home().join(".local/share/casebridge/logs");
        let code = FailureCode::ShortcutUnusable.text().code;
        wait::until("a line in the log", || async {
            let files = fs::read_dir(&logs)?.collect::<Result<Vec<_>, _>>()?;
            let texts =
                files.iter().map(|file| fs::read_to_string(file.path()).unwrap_or_default());
            Ok(texts.into_iter().any(|text| text.contains(code)).then_some(()))
        })
        .await
    })
}

#[test]
fn a_script_file_opens_with_the_console_of_its_site_and_is_gone_afterwards() -> Result<()> {
    on_desktop("script-file", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let ready = signed_in.simulator.ready();
        let console = rep_console::install(desktop.folder(), &ready, "ada", false)?;
        signed_in.change_settings(desktop, |text| {
            let lines = text.lines().map(|line| match line.starts_with("path = ") {
                true => "site_name = \"example\"\n".to_owned(),
                false => format!("{line}\n"),
            });
            lines.collect()
        })?;
        rep_console::associate(desktop, "example", &console)?;
        signed_in.start(desktop).await?;
        let link =
            format!("casebridge://jump?case={}&method=push-local&target=PC-7", ready.case_id);
        signed_in.open_link(desktop, &link).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::JUMP).await?;
        app.shows("Printer on floor 3").await?;
        app.press("Start jump").await?;
        app.shows("Started on PC-7").await?;
        let runs = state(&signed_in.simulator, "console_runs");
        ensure!(runs.len() == 1 && runs[0]["origin"] == "file", "{runs:?}");
        let left = fs::read_dir(desktop.home().join(".local/share/casebridge/scripts"))?.count();
        ensure!(left == 0, "{left} script files are left");
        Ok(())
    })
}
