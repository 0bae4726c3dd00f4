//! The menu, in the tray and where there is none.

use crate::stage::{SignedIn, on_desktop};
use anyhow::Result;
use casebridge_simulator::{Options, Simulator};
use casebridge_tests::app::{App, page, title};
use casebridge_tests::case_page::link_of;
use casebridge_tests::desktop::{Parts, windows};
use casebridge_tests::story::read_key;
use casebridge_tests::{profile, wait};

const ENTRIES: [&str; 3] = ["Session key for a case…", "Settings…", "Quit Casebridge"];

#[test]
fn the_tray_menu_opens_each_window_and_quits() -> Result<()> {
    on_desktop("tray-menu", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let running = signed_in.start(desktop).await?;
        let tray = desktop.tray()?;
        let menu = tray.menu().await?;
        assert!(!menu[0].enabled, "the status line can be pressed: {menu:?}");
        for label in ENTRIES {
            assert!(menu.iter().any(|entry| entry.label == label && entry.enabled), "{menu:?}");
        }
        tray.press("Session key for a case…").await?;
        windows::appears(desktop, title::CASE).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::CASE).await?;
        app.shows("Case number, case ID or link to the case").await?;
        tray.press("Settings…").await?;
        windows::appears(desktop, title::SETTINGS).await?;
        tray.press("Quit Casebridge").await?;
        assert_eq!(desktop.programs().wait_for_end(running).await?, 0);
        Ok(())
    })
}

#[test]
fn a_case_that_was_opened_is_in_the_tray_menu() -> Result<()> {
    on_desktop("recent-case", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.start(desktop).await?;
        signed_in.open_link(desktop, &link_of("00001027")).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::CASE).await?;
        read_key(&app).await?;
        let tray = desktop.tray()?;
        wait::until("the case in the menu", || async {
            let menu = tray.menu().await?;
            let wanted = "00001027  Cannot sign in after password change";
            Ok(menu.iter().any(|entry| entry.label == wanted).then_some(()))
        })
        .await
    })
}

#[test]
fn signed_out_the_menu_offers_to_sign_in() -> Result<()> {
    on_desktop("signed-out", Parts::default(), async |desktop| {
        let simulator = Simulator::start(Options::default())?;
        profile::write_settings(desktop, &simulator.ready())?;
        App::at(desktop)?.start(desktop, &[])?;
        let tray = desktop.tray()?;
        wait::until("the entry to sign in", || async {
            let menu = tray.menu().await?;
            Ok(menu.iter().any(|entry| entry.label == "Sign in to Salesforce…").then_some(()))
        })
        .await
    })
}

#[test]
fn without_a_tray_the_menu_is_a_window_with_the_same_entries() -> Result<()> {
    on_desktop("no-tray", Parts { tray: false, ..Parts::default() }, async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let running = signed_in.app.start(desktop, &[])?;
        windows::appears(desktop, title::MENU).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::MENU).await?;
        app.shows("Quit Casebridge").await?;
        let entries = app.texts("[role=menuitem]").await?;
        for label in ENTRIES {
            assert!(entries.iter().any(|entry| entry == label), "{entries:?}");
        }
        app.press_to_close("Settings…").await?;
        windows::appears(desktop, title::SETTINGS).await?;
        let second = desktop.command(signed_in.app.program());
        assert_eq!(desktop.programs().run("second", second)?.code, Some(0));
        app.turn_to(page::MENU).await?;
        app.press_to_close("Quit Casebridge").await?;
        assert_eq!(desktop.programs().wait_for_end(running).await?, 0);
        Ok(())
    })
}
