//! Ways to those failures that no other scenario meets: every code of the list is reached by some test.

use crate::home::{finished, over};
use casebridge_domain::jump::Console;
use casebridge_domain::settings::setting;
use casebridge_domain::{Case, Failure, FailureCode, Lsid};
use casebridge_platform::Profile;
use casebridge_platform::secrets::MemoryStore;
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin, SessionWork};
use casebridge_tests::scene::Scene;
use casebridge_use_cases::import::{self, How};
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::outbox::Attempt;
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use casebridge_use_cases::{Casebridge, Clock, appliances, console, email_key, jobs, tag};
use jiff::Timestamp;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

async fn read_case(scene: &Scene) -> Case {
    let named = "1026".parse().unwrap();
    session_key::read_case_of(&scene.casebridge, &named, None).await.unwrap()
}

async fn key(casebridge: &Casebridge) -> Result<(), FailureCode> {
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let made = session_key::make_key(casebridge, &request, |_| {}).await;
    made.map(drop).map_err(|failure| failure.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_works_before_something_is_set_up() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::open(Some(folder.path())).unwrap();
    let secrets = Arc::new(MemoryStore::with([]));
    let casebridge = Casebridge::new(profile, secrets, Clock::system());
    assert_eq!(key(&casebridge).await, Err(FailureCode::NotConfigured));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_file_that_cannot_be_written_saves_nothing() {
    let scene = Scene::signed_out().unwrap();
    let file = scene.casebridge.profile().settings_file();
    // A folder that leads nowhere is there, and takes nothing.
    let folder = file.parent().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    std::os::unix::fs::symlink("/nowhere/at-all", folder).unwrap();
    let change = [("poll.interval".to_owned(), "20".to_owned())];
    let failure = scene.casebridge.change_settings(&change).unwrap_err();
    assert_eq!(failure.code, FailureCode::SettingsNotSaved);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_and_one_that_is_not_there_are_told_apart() {
    let scene = Scene::new().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            // The request is read up to its end before it is refused.
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
                head.push(byte[0]);
            }
            let _ = stream.write_all(
                b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
            );
        }
    });
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (port, code) in [(port, FailureCode::ProxyRefused), (nobody, FailureCode::ProxyUnusable)] {
        let line = format!("[network]\nproxy = \"http://127.0.0.1:{port}\"\n");
        scene.change_settings(|text| format!("{text}{line}")).unwrap();
        assert_eq!(appliances::test(&scene.casebridge, "Default").await.unwrap_err().code, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_without_the_appliances_secret_says_so() {
    let scene = Scene::new().await.unwrap();
    let profile = Profile::open(Some(scene.folder.path())).unwrap();
    let empty = Casebridge::new(profile, Arc::new(MemoryStore::with([])), Clock::system());
    let failure = appliances::test(&empty, "Default").await.unwrap_err();
    assert_eq!(failure.code, FailureCode::ApplianceSecretMissing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_a_name_on_the_appliance_is_told() {
    let scene = Scene::signed_in("cy@example.test").await.unwrap();
    let line = "username_source = \"user_field\"\nusername_field = \"EmployeeNumber\"\n[poll]";
    scene.change_settings(|text| text.replace("[poll]", line)).unwrap();
    assert_eq!(key(&scene.casebridge).await, Err(FailureCode::RepresentativeNotMapped));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_without_a_free_port_does_not_begin() {
    let scene = Scene::signed_out().unwrap();
    let ports: Vec<u16> =
        scene.casebridge.settings().get(&setting::ORG_REDIRECT_PORTS).iter().collect();
    let taken: Vec<_> =
        ports.iter().map(|port| TcpListener::bind(("127.0.0.1", *port)).unwrap()).collect();
    let failure = scene.sign_in("ada@example.test").await.unwrap_err();
    assert_eq!(failure.code, FailureCode::SignInPortsBusy);
    drop(taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_mail_goes_to_people_of_the_case_and_in_time_alone() {
    let scene = Scene::new().await.unwrap();
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let (case, mut key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    let to = |address: &'static str, key: casebridge_domain::SessionKey| {
        let (casebridge, case) = (scene.casebridge.clone(), case.clone());
        async move { email_key::hand_over(&casebridge, None, &case, &key, address).await }
    };
    let failure = to("stranger@example.test", key.clone()).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NoRecipient);
    key.expires_at = Some(Timestamp::UNIX_EPOCH);
    key.clock_ahead = None;
    let address = case.recipients()[0].address.clone();
    let late =
        email_key::hand_over(&scene.casebridge, None, &case, &key, &address).await.unwrap_err();
    assert_eq!(late.code, FailureCode::EmailTooLate);
    assert!(scene.emails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_is_not_there_and_one_that_gives_up_are_told_apart() {
    let scene = Scene::new().await.unwrap();
    let launch = async |path: &str| {
        let line = format!("[rep_console]\npath = {path:?}\n");
        scene.change_settings(|text| format!("{text}{line}")).unwrap();
        let request = console::ConsoleRequest {
            action: console::key_dialog(&scene.casebridge, None, None).unwrap(),
            console: Console::Desktop,
            appliance: None,
        };
        let prepared = console::prepare(&scene.casebridge, &request, None).unwrap();
        let no_browser = |_: &url::Url, _: &casebridge_platform::browser::AllowedHosts| {
            Err(Failure::new(FailureCode::BrowserNotOpened, ""))
        };
        let launched = console::launch(&scene.casebridge, &prepared, Arc::new(no_browser)).await;
        launched.map(|_| ()).unwrap_err().code
    };
    assert_eq!(launch("").await, FailureCode::ConsoleNotFound);
    assert_eq!(launch("/bin/false").await, FailureCode::ConsoleFailed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_does_not_take_its_case_is_told() {
    let scene = Scene::new().await.unwrap();
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        ..SessionBegin::default()
    };
    let lsid: Lsid = scene.simulator.begin_session(session).unwrap().parse().unwrap();
    let case = read_case(&scene).await;
    let nothing = FaultSwitch::on(FaultName::RawAnswer).only("get_session_attributes");
    scene.simulator.fault(nothing.with_text("<custom_attributes/>"));
    let failure = tag::tag(&scene.casebridge, None, &lsid, &case, None).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::TagNotKept);
    scene.simulator.clear_faults();
    scene.simulator.leave_customer(lsid.as_str()).unwrap();
    let held = tag::tag(&scene.casebridge, None, &lsid, &case, None).await.unwrap_err();
    let cause = held.source.unwrap().downcast::<Failure>().unwrap();
    assert_eq!(cause.code, FailureCode::SessionNotActive);
    let odd = FaultSwitch::on(FaultName::Error200).only("get_session_attributes");
    scene.simulator.fault(odd.with_text("No fields found for the given search criteria."));
    let failure = tag::tag(&scene.casebridge, None, &lsid, &case, None).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NothingFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_with_a_gap_and_rows_that_stay_locked_are_tried_again() {
    let scene = Scene::new().await.unwrap();
    let lsid = finished(&scene, SessionWork::default());
    let gap = format!(
        "<session_list><session lsid=\"{lsid}\"><session_details><error>busy</error>\
         </session_details></session></session_list>"
    );
    let raw = FaultSwitch::on(FaultName::RawAnswer).only("SupportSession");
    scene.simulator.fault(raw.with_text(&gap));
    let import = async || import::import(&scene.casebridge, None, &lsid, How::Write).await;
    assert_eq!(import().await.unwrap_err().code, FailureCode::ReportIncomplete);
    scene.simulator.clear_faults();
    scene.simulator.fault(FaultSwitch::on(FaultName::LockedRows));
    assert_eq!(import().await.unwrap_err().code, FailureCode::OrgBusy);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_cannot_be_understood_is_a_failure_of_ours() {
    let scene = Scene::new().await.unwrap();
    let lsid = over(&scene, Some("1026".to_owned()), SessionWork::default()).parse().unwrap();
    let id = jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Now);
    assert!(matches!(
        jobs::work_on(&scene.casebridge, id.await.unwrap()).await.unwrap(),
        Attempt::Done(_)
    ));
    let store = scene.casebridge.store().unwrap();
    let survey = store.outbox().unwrap()[0].id;
    store.set_payload(survey, "{").unwrap();
    let Attempt::Later(failure) = jobs::work_on(&scene.casebridge, survey).await.unwrap() else {
        panic!("it was done");
    };
    assert_eq!(failure.code, FailureCode::Internal);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_come_in_numbers_give_one_notice() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    for _ in 0..3 {
        stage.app.open_link("casebridge://open?key=00001026".into()).await;
    }
    let told = FailureCode::TooManyLinks.text().title;
    let is_told = |seen: &casebridge_tests::fake_shell::Seen| {
        seen.notices.iter().any(|notice| notice.title == told)
    };
    stage.shell.until("the notice", is_told).await.unwrap();
}
