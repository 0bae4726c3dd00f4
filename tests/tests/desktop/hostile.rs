//! What a hostile page, program or customer sends.

use crate::stage::{SignedIn, on_desktop};
use anyhow::{Context, Result};
use casebridge_ipc::{Window, all_commands};
use casebridge_tests::app::{page, title};
use casebridge_tests::burst;
use casebridge_tests::case_page::{keys, link_of, state};
use casebridge_tests::desktop::{Parts, windows};
use casebridge_tests::driver::Driver;
use casebridge_tests::profile;
use casebridge_tests::story::read_key;
use serde_json::{Value, json};
use std::fs;

#[test]
fn s1_a_flood_of_links_makes_one_window_and_one_key() -> Result<()> {
    on_desktop("flood", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.start(desktop).await?;
        burst::send(desktop, 1000)?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::CASE).await?;
        read_key(&app).await?;
        assert_eq!(app.window_count().await?, 1);
        assert_eq!(windows::titles(desktop, "Casebridge")?.len(), 1);
        let waiting = app.texts("section[aria-labelledby=waiting-title] .label").await?;
        assert!(waiting.len() <= 10, "{waiting:?}");
        let simulator = &signed_in.simulator;
        assert_eq!(keys(simulator).len(), 1);
        assert_eq!(state(simulator, "emails").len(), 0);
        assert_eq!(state(simulator, "sessions").len(), 0);
        // It can still be used.
        assert!(desktop.tray()?.menu().await?.len() > 3);
        Ok(())
    })
}

#[test]
fn s4_anything_but_one_whole_link_is_a_usage_error() -> Result<()> {
    on_desktop("argv", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let link = link_of(&signed_in.simulator.ready().case_id);
        let calls = state(&signed_in.simulator, "calls").len();
        let split = format!("{link}\"");
        let [with_switch, with_space, in_quotes] =
            [format!("{link} --x"), format!(" {link}"), format!("\"{link}\"")];
        let attempts: [&[&str]; 10] = [
            &["--x", &link],
            &[&link, "--x"],
            &[&link, &link],
            &[&split, "--gtk-module=evil", "\""],
            &[&with_switch],
            &[&with_space],
            &[&in_quotes],
            &["--inspect"],
            &[""],
            &["https://example.test/"],
        ];
        for arguments in attempts {
            let mut command = desktop.command(signed_in.app.program());
            command.args(arguments);
            let ended = desktop.programs().run("attempt", command)?;
            assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.errors);
            assert!(!ended.errors.trim().is_empty(), "{arguments:?} says nothing");
            assert!(!ended.errors.contains(&link), "{arguments:?} repeats the link");
        }
        assert_eq!(desktop.tray()?.count(), 0);
        assert!(windows::titles(desktop, "Casebridge")?.is_empty());
        assert_eq!(state(&signed_in.simulator, "calls").len(), calls);
        Ok(())
    })
}

#[test]
fn s4_a_running_app_does_not_hear_of_a_usage_error() -> Result<()> {
    on_desktop("argv-running", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.start(desktop).await?;
        let link = link_of(&signed_in.simulator.ready().case_id);
        for arguments in [["--x", &link], [&link, "--x"]] {
            let mut command = desktop.command(signed_in.app.program());
            command.args(arguments);
            assert_eq!(desktop.programs().run("attempt", command)?.code, Some(2));
        }
        // Its menu answers after it had time to act.
        desktop.tray()?.menu().await?;
        assert!(windows::titles(desktop, title::CASE)?.is_empty());
        assert!(keys(&signed_in.simulator).is_empty());
        Ok(())
    })
}

#[test]
fn s8_hostile_text_is_shown_as_text() -> Result<()> {
    on_desktop("hostile-text", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.start(desktop).await?;
        let cases = state(&signed_in.simulator, "cases");
        let is_nasty = |case: &&Value| {
            let subject = case["Subject"].as_str().unwrap_or_default();
            subject.contains("<script>") || subject.contains("{{7*7}}") || subject.contains('<')
        };
        let mut app = None;
        for case in cases.iter().filter(is_nasty).take(4) {
            let number = case["CaseNumber"].as_str().context("a case without a number")?;
            signed_in.open_link(desktop, &link_of(number)).await?;
            if app.is_none() {
                app = Some(signed_in.app.windows(desktop).await?);
            }
            let app = app.as_ref().context("no windows")?;
            app.turn_to(page::CASE).await?;
            app.shows(&format!("Case {number}")).await?;
            read_key(app).await?;
            let subject = case["Subject"].as_str().unwrap_or_default().trim();
            assert_eq!(app.text("header h1").await?, subject);
            nothing_ran(app).await?;
            app.picture(&desktop.folder().join(format!("{number}.png"))).await?;
            app.invoke("close_window", json!({})).await.ok();
            app.gone(page::CASE).await?;
        }
        assert!(app.is_some(), "the simulator has no nasty case");
        Ok(())
    })
}

/// No element, dialog or request came out of the texts.
async fn nothing_ran(app: &Driver) -> Result<()> {
    let made = app.texts("header b, header img, header script, body > script:not([src])").await?;
    assert!(made.is_empty(), "{made:?}");
    assert!(!app.has_alert().await?);
    let script = "return performance.getEntriesByType('resource').map((entry) => entry.name)";
    let requests: Vec<String> = serde_json::from_value(app.run(script, vec![]).await?)?;
    let own = |name: &String| {
        name.starts_with("tauri://localhost/assets/") || name.starts_with("ipc://localhost/")
    };
    let foreign: Vec<&String> = requests.iter().filter(|name| !own(name)).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    Ok(())
}

#[test]
fn s9_a_window_gives_no_commands_but_its_own() -> Result<()> {
    on_desktop("foreign-commands", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.start(desktop).await?;
        let settings = profile::folder(desktop).join("settings.toml");
        let before = fs::read_to_string(&settings)?;
        desktop.tray()?.press("Session key for a case…").await?;
        let app = signed_in.app.windows(desktop).await?;
        desktop.tray()?.press("Settings…").await?;
        let second = desktop.command(signed_in.app.program());
        assert_eq!(desktop.programs().run("second", second)?.code, Some(0));
        for (window, page) in [
            (Window::Case, page::CASE),
            (Window::Settings, page::SETTINGS),
            (Window::Menu, page::MENU),
        ] {
            app.turn_to(page).await?;
            refuses_foreign_commands(&app, window).await?;
            refuses_what_tauri_offers(&app).await?;
        }
        assert_eq!(fs::read_to_string(&settings)?, before);
        assert!(keys(&signed_in.simulator).is_empty());
        Ok(())
    })
}

async fn refuses_foreign_commands(app: &Driver, window: Window) -> Result<()> {
    let view = format!("{}_view", window.label());
    let answer = app.invoke(&view, json!({})).await?;
    assert!(answer.get("answer").is_some_and(Value::is_object), "{view}: {answer}");
    for command in all_commands().filter(|command| !command.windows.contains(&window)) {
        let form = json!({ "form": {
            "loginUrl": "https://evil.example", "clientId": "x", "caFile": "", "redirectPorts": "",
            "hostname": "evil.example", "secret": "x", "portals": "", "reference": "00001026",
            "portal": null, "recipient": "x", "what": "key", "key": "log.level", "value": "trace",
            "step": "appliance", "id": "quit", "height": 100, "name": "Default", "newName": "x",
            "up": true, "survey": "Customer", "text": "x", "template": "x",
        }});
        let answer = app.invoke(command.name, form).await?;
        assert!(is_refusal(&answer), "{} from {}: {answer}", command.name, window.label());
    }
    Ok(())
}

async fn refuses_what_tauri_offers(app: &Driver) -> Result<()> {
    let forged = json!({ "event": "deep-link://new-url", "payload": ["casebridge://settings"] });
    let attempts = [
        ("plugin:event|emit", forged.clone()),
        (
            "plugin:event|emit_to",
            json!({ "target": { "kind": "Any" }, "event": "case-changed", "payload": {} }),
        ),
        (
            "plugin:webview|create_webview_window",
            json!({ "options": { "label": "other", "url": "https://example.test" } }),
        ),
        ("plugin:window|create", json!({ "options": { "label": "other" } })),
        ("plugin:clipboard-manager|read_text", json!({})),
        ("plugin:clipboard-manager|write_text", json!({ "text": "x" })),
        ("plugin:shell|execute", json!({ "program": "true", "args": [] })),
        ("plugin:opener|open_url", json!({ "url": "https://example.test" })),
        ("plugin:fs|read_text_file", json!({ "path": "/etc/hostname" })),
        ("plugin:http|fetch", json!({})),
        ("eval", json!({})),
    ];
    for (command, form) in attempts {
        let answer = app.invoke(command, form).await?;
        assert!(is_refusal(&answer), "{command}: {answer}");
    }
    Ok(())
}

/// Refused because of who asked, not because of what the form looked like.
fn is_refusal(answer: &Value) -> bool {
    let Some(refused) = answer.get("refused") else { return false };
    let text = refused.to_string();
    ["not allowed", "not found", "may not give"].iter().any(|reason| text.contains(reason))
}
