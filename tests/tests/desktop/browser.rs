//! The simulator's pages in the browser of a desktop.

use crate::stage::{SignedIn, on_desktop};
use anyhow::{Context, Result};
use casebridge_domain::DeepLink;
use casebridge_simulator::{Options, Simulator};
use casebridge_tests::app::title;
use casebridge_tests::browser::Browser;
use casebridge_tests::case_page;
use casebridge_tests::desktop::place::Place;
use casebridge_tests::desktop::{Parts, links, windows};
use casebridge_tests::story::REPRESENTATIVE;
use casebridge_tests::wait::{self, PATIENCE};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;

#[test]
fn a_click_on_the_case_page_opens_its_link_without_a_question() -> Result<()> {
    on_desktop("click", Parts { keyring: false, ..Parts::default() }, async |desktop| {
        let opened = register_stand_in(desktop)?;
        let simulator = Simulator::start(Options::default())?;
        let ready = simulator.ready();
        let browser = Browser::start(desktop, &ready).await?;
        case_page::open(&browser, &ready).await?;
        let link = case_page::link(&browser).await?;
        case_page::ask_for_key(&browser, &ready).await?;
        let arrived = wait::until("the link", || async { Ok(fs::read_to_string(&opened).ok()) });
        assert_eq!(arrived.await?, link);
        browser.picture(&desktop.folder().join("case.png")).await
    })
}

/// Every component and quick action that opens Casebridge: where to click, and the link without the case.
const COMPONENTS: [(&[&str], &str); 13] = [
    (&["c-casebridge-session-key", "c-casebridge-launch", "a"], "session-key"),
    (&["c-casebridge-web-key", "c-casebridge-launch", "a"], "web-key"),
    (
        &["c-casebridge-jump", "c-casebridge-jump-form", "c-casebridge-launch", "a"],
        "jump&method=item&search=FRONTDESK-3",
    ),
    (
        &["c-casebridge-web-jump", "c-casebridge-jump-form", "c-casebridge-launch", "a"],
        "web-jump&method=item&search=FRONTDESK-3",
    ),
    (&["c-casebridge-tools", "[data-tool=tag]", "a"], "tag"),
    (&["c-casebridge-tools", "[data-tool=jump]", "a"], "jump"),
    (&["c-casebridge-tools", "[data-tool=settings]", "a"], "settings"),
    (&["[data-action=Casebridge_Session_Key]"], "session-key"),
    (&["[data-action=Casebridge_Console_Key]"], "console-key"),
    (&["[data-action=Casebridge_Web_Key]"], "web-key"),
    (&["[data-action=Casebridge_Jump]"], "jump"),
    (&["[data-action=Casebridge_Tag]"], "tag"),
    (&["#generate-session-key"], "session-key"),
];

#[test]
fn row_16_row_36_row_37_a_click_on_each_component_of_the_case_page_arrives_as_its_link()
-> Result<()> {
    on_desktop("components", Parts { keyring: false, ..Parts::default() }, async |desktop| {
        let opened = register_stand_in(desktop)?;
        let simulator = Simulator::start(case_page::with_components())?;
        let ready = simulator.ready();
        let browser = Browser::start(desktop, &ready).await?;
        case_page::open(&browser, &ready).await?;
        case_page::components_are_ready(&browser).await?;
        browser.picture(&desktop.folder().join("components.png")).await?;
        for (path, wanted) in COMPONENTS {
            browser.click_in(path).await?;
            let arrived =
                wait::until("the link", || async { Ok(fs::read_to_string(&opened).ok()) });
            let arrived = arrived.await.with_context(|| path.join(" > "))?;
            fs::remove_file(&opened)?;
            let (verb, more) = wanted.split_at(wanted.find('&').unwrap_or(wanted.len()));
            let (case, org) = (&ready.case_id, &ready.org.org_id);
            let keys = match (path, verb) {
                (_, "settings") => String::new(),
                (["c-casebridge-tools", ..], _) => format!("?org={org}"),
                _ => format!("?case={case}&org={org}"),
            };
            assert_eq!(arrived, format!("casebridge://{verb}{keys}{more}"));
            assert!(arrived.parse::<DeepLink>().is_ok(), "{arrived}");
        }
        browser.click_in(&["[data-action=Casebridge_Case_Id]"]).await?;
        assert!(browser.text(".toast").await?.contains(&ready.case_id));
        Ok(())
    })
}

#[test]
fn row_26_the_sessions_of_a_case_lead_to_their_records_and_surveys() -> Result<()> {
    on_desktop(
        "sessions-component",
        Parts { keyring: false, ..Parts::default() },
        async |desktop| {
            let simulator = Simulator::start(case_page::with_components())?;
            let ready = simulator.ready();
            let browser = Browser::start(desktop, &ready).await?;
            for (item, page) in
                [("record", "/view"), ("Survey_Responses__r", "/related/Survey_Responses__r/view")]
            {
                case_page::open(&browser, &ready).await?;
                case_page::components_are_ready(&browser).await?;
                browser
                    .click_in(&["c-casebridge-sessions", "lightning-button-menu", "button"])
                    .await?;
                let item = format!("lightning-menu-item[data-value={item}]");
                browser.click_in(&["c-casebridge-sessions", &item, "a"]).await?;
                browser.turn_to("/lightning/r/Support_Session__c/").await?;
                browser.turn_to(page).await?;
            }
            Ok(())
        },
    )
}

#[test]
fn where_nothing_opens_a_hint_says_where_to_get_casebridge() -> Result<()> {
    on_desktop("not-installed", Parts { keyring: false, ..Parts::default() }, async |desktop| {
        let simulator = Simulator::start(case_page::with_components())?;
        let ready = simulator.ready();
        let browser = Browser::start(desktop, &ready).await?;
        case_page::open(&browser, &ready).await?;
        case_page::ask_by_component(&browser).await?;
        browser.shows("Nothing opened?").await?;
        browser.shows("Get Casebridge").await?;
        browser.picture(&desktop.folder().join("hint.png")).await
    })
}

#[test]
fn a_click_on_the_session_key_component_opens_the_case_window_of_the_app() -> Result<()> {
    on_desktop("component-to-app", Parts::default(), async |desktop| {
        let signed_in = SignedIn::with(case_page::with_components(), desktop).await?;
        let ready = signed_in.simulator.ready();
        let browser = Browser::start(desktop, &ready).await?;
        case_page::open(&browser, &ready).await?;
        signed_in.run_once(desktop).await?;
        signed_in.start(desktop).await?;
        case_page::ask_by_component(&browser).await?;
        windows::appears(desktop, title::CASE).await?;
        let made = || case_page::state(&signed_in.simulator, "keys").len() == 1;
        wait::until_true("the key", made).await
    })
}

/// Registers a program that writes the link it is given to a file, and returns the file.
fn register_stand_in(place: &Place) -> Result<PathBuf> {
    let (script, opened) = (place.folder().join("stand-in"), place.folder().join("opened"));
    let file = opened.display();
    fs::write(
        &script,
        format!("#!/bin/sh\nprintf %s \"$1\" > '{file}.new' && mv '{file}.new' '{file}'\n"),
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    links::register(place, &script)?;
    Ok(opened)
}

#[test]
fn a_case_page_shows_hostile_text_as_text() -> Result<()> {
    on_desktop("nasty-case-page", Parts { keyring: false, ..Parts::default() }, async |desktop| {
        let simulator = Simulator::start(Options::default())?;
        let ready = simulator.ready();
        let browser = Browser::start(desktop, &ready).await?;
        browser.open(&format!("{}/lightning/o/Case/list", ready.org.login_url)).await?;
        browser.shows("<script>alert('subject')</script>").await?;
        assert!(!browser.has_alert().await?);
        assert!(!browser.has("img").await?);
        Ok(())
    })
}

#[test]
fn a_program_opens_the_sign_in_page_in_the_running_browser() -> Result<()> {
    on_desktop("sign-in-page", Parts { keyring: false, ..Parts::default() }, async |desktop| {
        let simulator = Simulator::start(Options::default())?;
        let ready = simulator.ready();
        let browser = Browser::start(desktop, &ready).await?;
        let callback = TcpListener::bind("127.0.0.1:17172").await?;
        let page = format!(
            "{}/services/oauth2/authorize?response_type=code&client_id={}&state=one\
             &redirect_uri=http://localhost:17172/OauthRedirect&code_challenge={}\
             &code_challenge_method=S256",
            ready.org.login_url,
            ready.org.client_id,
            "c".repeat(43)
        );
        let program = desktop.environment().get("BROWSER").cloned().unwrap_or_default();
        let mut command = desktop.command(program);
        command.arg(page);
        assert_eq!(desktop.programs().run("open", command)?.code, Some(0));
        browser.turn_to("/services/oauth2/authorize").await?;
        let allow = format!("button[data-username=\"{REPRESENTATIVE}\"]");
        // The click returns once the callback has answered.
        let (clicked, request) =
            tokio::join!(browser.click(&allow), timeout(PATIENCE, called(&callback)));
        clicked?;
        let request = request??;
        assert!(request.starts_with("GET /OauthRedirect?code="), "{request}");
        assert!(request.contains("state=one"), "{request}");
        Ok(())
    })
}

/// The first line of a request, which is answered.
async fn called(callback: &TcpListener) -> Result<String> {
    let mut connection = BufReader::new(callback.accept().await?.0);
    let mut request = String::new();
    connection.read_line(&mut request).await?;
    let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nDone";
    connection.get_mut().write_all(answer).await?;
    Ok(request)
}
