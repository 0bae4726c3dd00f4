//! The simulator's pages in the browser of a desktop.

use crate::stage::on_desktop;
use anyhow::Result;
use casebridge_simulator::{Options, Simulator};
use casebridge_tests::browser::Browser;
use casebridge_tests::case_page;
use casebridge_tests::desktop::place::Place;
use casebridge_tests::desktop::{Parts, links};
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
