//! Links that other programs open, with the app running or not.

use crate::stage::{SignedIn, on_desktop};
use anyhow::Result;
use casebridge_tests::app::{page, title};
use casebridge_tests::case_page::{keys as case_keys, link_of};
use casebridge_tests::desktop::{Parts, windows};
use casebridge_tests::story::read_key;
use casebridge_tests::wait;
use std::fs;

#[test]
fn a_link_starts_the_app_and_its_key_shows() -> Result<()> {
    on_desktop("cold-start", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.run_once(desktop).await?;
        for (made, opener) in [["xdg-open"].as_slice(), &["gio", "open"]].into_iter().enumerate() {
            let (program, arguments) = opener.split_first().expect("an opener has a name");
            let mut command = desktop.command(program);
            command.args(arguments).arg(link_of(&signed_in.simulator.ready().case_id));
            let opened = desktop.programs().start("opener", command)?;
            assert_eq!(desktop.programs().wait_for_end(opened).await?, 0, "{opener:?}");
            let app = signed_in.app.windows(desktop).await?;
            app.turn_to(page::CASE).await?;
            let key = read_key(&app).await?;
            let keys = case_keys(&signed_in.simulator);
            assert_eq!(keys.len(), made + 1, "{opener:?}");
            assert_eq!(keys[made]["short_key"], key.short_key.as_str(), "{opener:?}");
            desktop.tray()?.press("Quit Casebridge").await?;
            windows::disappears(desktop, title::CASE).await?;
            desktop.tray()?.gone().await?;
        }
        Ok(())
    })
}

#[test]
fn a_registration_from_before_a_package_is_taken_back_and_other_choices_stay() -> Result<()> {
    on_desktop("taken-back", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let list = desktop.home().join(".config/mimeapps.list");
        let other = "text/html=browser.desktop\n";
        fs::write(&list, format!("[Default Applications]\n{other}"))?;
        signed_in.run_once(desktop).await?;
        assert!(fs::read_to_string(&list)?.contains(other));

        let applications = desktop.folder().join("share/applications");
        fs::create_dir_all(&applications)?;
        let packaged = "[Desktop Entry]\nType=Application\nName=Casebridge\nExec=casebridge %u\n\
                        MimeType=x-scheme-handler/casebridge;\n";
        fs::write(applications.join("Casebridge.desktop"), packaged)?;
        let share = desktop.folder().join("share");
        desktop.set("XDG_DATA_DIRS", format!("{}:/usr/share", share.display()));
        signed_in.start(desktop).await?;
        wait::until("the registration to be taken back", || async {
            let text = fs::read_to_string(&list)?;
            Ok((!text.contains("x-scheme-handler/casebridge")).then_some(()))
        })
        .await?;
        assert!(fs::read_to_string(&list)?.contains(other));
        let own = desktop.home().join(".local/share/applications/casebridge-handler.desktop");
        wait::until("the entry to open no links any more", || async {
            Ok((!fs::read_to_string(&own)?.contains("MimeType")).then_some(()))
        })
        .await
    })
}

#[test]
fn a_second_start_hands_its_link_over_before_any_toolkit_starts() -> Result<()> {
    on_desktop("second-start", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let first = signed_in.start(desktop).await?;
        let mut second = desktop.command(signed_in.app.program());
        // A toolkit would end the program here.
        second.arg(link_of(&signed_in.simulator.ready().case_id)).env_remove("DISPLAY");
        let ended = desktop.programs().run("second", second)?;
        assert_eq!(ended.code, Some(0), "{}", ended.errors);
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::CASE).await?;
        read_key(&app).await?;
        assert_eq!(case_keys(&signed_in.simulator).len(), 1);
        assert_eq!(desktop.tray()?.count(), 1);
        assert!(desktop.programs().exit_status(first)?.is_none(), "the first instance ended");
        Ok(())
    })
}

#[test]
fn a_second_start_without_a_link_shows_the_menu() -> Result<()> {
    on_desktop("second-start-menu", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.start(desktop).await?;
        let second = desktop.command(signed_in.app.program());
        assert_eq!(desktop.programs().run("second", second)?.code, Some(0));
        windows::appears(desktop, title::MENU).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::MENU).await?;
        app.shows("Quit Casebridge").await
    })
}

#[test]
fn ten_links_at_once_with_no_app_running_lose_none() -> Result<()> {
    on_desktop("ten-links", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        let numbers: Vec<String> = (1026..1036).map(|number| format!("{number:08}")).collect();
        let mut started = Vec::new();
        for number in &numbers {
            started.push(signed_in.app.start(desktop, &[&link_of(number)])?);
        }
        wait::until("nine of ten processes to end well", || async {
            let mut ended = 0;
            for id in &started {
                let status = desktop.programs().exit_status(*id)?;
                assert!(status.is_none_or(|status| status.success()), "{status:?}");
                ended += usize::from(status.is_some());
            }
            Ok((ended == numbers.len() - 1).then_some(()))
        })
        .await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::CASE).await?;
        app.shows("9 other cases are waiting").await?;
        let shown = app.text("header .number").await?;
        let waiting = app.texts("section[aria-labelledby=waiting-title] .label").await?;
        for number in &numbers {
            let times = waiting.iter().chain([&shown]).filter(|text| text.contains(number)).count();
            assert_eq!(times, 1, "case {number} in {shown:?} and {waiting:?}");
        }
        assert_eq!(app.window_count().await?, 1);
        Ok(())
    })
}

#[test]
fn a_waiting_case_is_shown_at_a_click() -> Result<()> {
    on_desktop("waiting-case", Parts::default(), async |desktop| {
        let signed_in = SignedIn::at(desktop).await?;
        signed_in.start(desktop).await?;
        signed_in.open_link(desktop, &link_of("00001026")).await?;
        let app = signed_in.app.windows(desktop).await?;
        app.turn_to(page::CASE).await?;
        app.shows("Case 00001026").await?;
        signed_in.open_link(desktop, &link_of("00001027")).await?;
        app.shows("Another case is waiting").await?;
        // Soon after the first the second waits; later it is shown, and the first one waits.
        let waiting = app.text("section[aria-labelledby=waiting-title] .label").await?;
        let number = if waiting.contains("00001026") { "00001026" } else { "00001027" };
        app.click("section[aria-labelledby=waiting-title] li button").await?;
        wait::until("the case that waited", || async {
            Ok(app.text("header .number").await?.contains(number).then_some(()))
        })
        .await?;
        app.shows("Another case is waiting").await?;
        read_key(&app).await?;
        assert_eq!(app.window_count().await?, 1);
        Ok(())
    })
}
