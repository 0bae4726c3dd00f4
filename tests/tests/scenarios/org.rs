//! What Casebridge leaves in the org besides sessions: the log of failures, and session keys for the
//! component of the case.

use crate::home::finished;
use crate::terminal::Terminal;
use casebridge_domain::{Case, FailureCode, Lsid, SessionKey};
use casebridge_ipc::{CaseView, EmailStateView, KeyStateView};
use casebridge_simulator::{FaultName, FaultSwitch, SessionWork};
use casebridge_tests::fake_clock::FakeClock;
use casebridge_tests::scene::{Scene, Stage};
use casebridge_tests::wait;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::outbox::{self, Attempt, Lane};
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use casebridge_use_cases::{Casebridge, Clock, jobs};
use serde_json::{Value, json};

const DAY: i64 = 24 * 3600;
const BEN: &str = "ben@example.test";

fn rows(scene: &Scene, name: &str) -> Vec<Value> {
    scene.simulator.state()[name].as_array().cloned().unwrap_or_default()
}

fn log(scene: &Scene) -> Vec<Value> {
    rows(scene, "log")
}

/// The rows that wait for the log.
fn waiting(scene: &Scene) -> usize {
    let items = scene.casebridge.store().unwrap().outbox().unwrap();
    items.iter().filter(|item| item.kind.as_str() == "log").count()
}

/// Imports a session that a trigger of the org refuses.
async fn refused(scene: &Scene, casebridge: &Casebridge, says: &str) -> (Lsid, u32) {
    let work = SessionWork { says: Some(says.to_owned()), ..SessionWork::default() };
    let lsid = finished(scene, work);
    scene.simulator.fault(FaultSwitch::on(FaultName::RefusedRow).with_text(":3"));
    let id = jobs::import::enqueue_import(casebridge, None, &lsid, "Rosa Marin", When::Asked);
    let id = id.await.unwrap();
    let attempt = jobs::work_on(casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Parked(_)), "{attempt:?}");
    scene.simulator.clear_faults();
    (lsid, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn row_39_what_waits_for_a_person_is_a_row_of_the_orgs_log_without_a_text_of_customers() {
    let scene = Scene::new().await.unwrap();
    let (lsid, id) = refused(&scene, &scene.casebridge, "CANARY").await;
    jobs::write_log(&scene.casebridge).await;
    let [row] = &log(&scene)[..] else { panic!("{:?}", log(&scene)) };
    let text = FailureCode::OrgRefused.text();
    for (field, value) in [
        ("Code__c", text.code),
        ("Title__c", text.title),
        ("Next_Step__c", text.next_step),
        ("Job__c", "import"),
        ("Outcome__c", "Parked"),
        ("LSID__c", lsid.as_str()),
        ("Appliance__c", "Default"),
        ("Case__c", scene.simulator.ready().case_id.as_str()),
        ("Version__c", env!("CARGO_PKG_VERSION")),
    ] {
        assert_eq!(row[field], value, "{field}");
    }
    let all = row.to_string();
    assert!(!["CANARY", "Rosa", "FRONTDESK"].iter().any(|text| all.contains(text)), "{all}");
    let open = outbox::open_items(&scene.casebridge).await.unwrap();
    assert_eq!((open.len(), open[0].id), (1, id), "people see the import alone");

    scene.simulator.fault(FaultSwitch::on(FaultName::RefusedRow).with_text(":3"));
    outbox::retry(&scene.casebridge, id).await.unwrap();
    jobs::work_on(&scene.casebridge, id).await.unwrap();
    jobs::write_log(&scene.casebridge).await;
    assert_eq!(log(&scene).len(), 1, "the same failure of the same item is one row");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_39_rows_wait_for_the_org_outlive_a_restart_and_go_in_one_call() {
    let scene = Scene::new().await.unwrap();
    for says in ["a", "b", "c"] {
        refused(&scene, &scene.casebridge, says).await;
    }
    scene.simulator.fault(FaultSwitch::on(FaultName::Html503));
    jobs::write_log(&scene.casebridge).await;
    assert_eq!((log(&scene).len(), waiting(&scene)), (0, 3));
    scene.simulator.clear_faults();
    let before = scene.calls("Casebridge_Log__c/Key__c");
    jobs::write_log(&scene.at_clock(Clock::system()).unwrap()).await;
    assert_eq!((log(&scene).len(), waiting(&scene)), (3, 0));
    assert_eq!(scene.calls("Casebridge_Log__c/Key__c") - before, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_39_the_app_writes_the_log_by_itself() {
    let scene = Scene::new().await.unwrap();
    refused(&scene, &scene.casebridge, "a").await;
    let _stage = scene.app();
    wait::until_true("the row", || log(&scene).len() == 1 && waiting(&scene) == 0).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_39_an_org_without_a_log_holds_up_nothing_and_is_asked_once() {
    let scene = Scene::new().await.unwrap();
    for says in ["a", "b"] {
        refused(&scene, &scene.casebridge, says).await;
    }
    scene.simulator.fault(FaultSwitch::on(FaultName::NoSupportObjects));
    for _ in 0..3 {
        jobs::write_log(&scene.casebridge).await;
    }
    assert_eq!((log(&scene).len(), waiting(&scene)), (0, 0));
    assert_eq!(scene.calls("Casebridge_Log__c/Key__c"), 1);
    let seen = outbox::overview(&scene.casebridge).await.unwrap();
    assert_eq!((seen.open.len(), seen.closed.len(), seen.hold), (2, 0, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_39_a_row_does_without_the_case_that_its_user_may_not_use() {
    let scene = Scene::new().await.unwrap();
    refused(&scene, &scene.casebridge, "a").await;
    let gone = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: insufficient access rights";
    let fault = FaultSwitch::on(FaultName::RowError).only("Casebridge_Log__c").times(1);
    scene.simulator.fault(fault.with_text(gone));
    jobs::write_log(&scene.casebridge).await;
    let [row] = &log(&scene)[..] else { panic!("{:?}", log(&scene)) };
    assert!(row["Case__c"].is_null(), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_39_locked_rows_are_sent_again_and_old_ones_are_deleted() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let casebridge = scene.at_clock(clock.clock()).unwrap();
    refused(&scene, &casebridge, "a").await;
    let locked = FaultSwitch::on(FaultName::LockedRows).only("Casebridge_Log__c").times(1);
    scene.simulator.fault(locked);
    jobs::write_log(&casebridge).await;
    assert_eq!((log(&scene).len(), waiting(&scene)), (0, 1));
    jobs::write_log(&casebridge).await;
    let [old] = &log(&scene)[..] else { panic!("{:?}", log(&scene)) };
    clock.set(31 * DAY);
    refused(&scene, &casebridge, "b").await;
    jobs::write_log(&casebridge).await;
    let [new] = &log(&scene)[..] else { panic!("{:?}", log(&scene)) };
    assert_ne!(new["Key__c"], old["Key__c"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_39_a_setting_turns_the_log_off() {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text.replace("[org]\n", "[org]\nerror_log = false\n")).unwrap();
    refused(&scene, &scene.casebridge, "a").await;
    jobs::write_log(&scene.casebridge).await;
    assert_eq!((log(&scene).len(), waiting(&scene)), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_39_the_command_line_writes_what_it_met() {
    let terminal = Terminal::new().await;
    let lsid = finished(&terminal.scene, SessionWork::default());
    terminal.scene.simulator.fault(FaultSwitch::on(FaultName::RefusedRow).with_text(":3"));
    let (failed, code) = terminal.json(&["import", "--lsid", lsid.as_str()]);
    assert_eq!((code, failed["error"]["code"].as_str()), (1, Some("org_refused")), "{failed}");
    assert_eq!(log(&terminal.scene).len(), 1);
    let (listed, _) = terminal.json(&["outbox", "list"]);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
}

async fn key_of(casebridge: &Casebridge) -> (SessionKeyRequest, Case, SessionKey) {
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let (case, key) = session_key::make_key(casebridge, &request, |_| {}).await.unwrap();
    (request, case, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn row_36_a_key_in_the_org_is_its_owners_alone_and_is_deleted_a_day_after_it_expired() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let casebridge = scene.at_clock(clock.clock()).unwrap();
    let seeded = rows(&scene, "case_keys").len();
    let (request, case, key) = key_of(&casebridge).await;
    let record = session_key::record_key(&casebridge, &request, &case, &key).await.unwrap();
    let written = || rows(&scene, "case_keys").split_off(seeded);
    let [row] = &written()[..] else { panic!("{:?}", written()) };
    assert_eq!(
        (row["Short_Key__c"].as_str(), row["Key_URL__c"].as_str()),
        (Some(key.short_key.as_str()), Some(key.key_url.as_str()),)
    );
    let own = session_key::recorded_key(&casebridge, &request, &record, |_| {}).await.unwrap();
    assert_eq!((own.1.short_key, own.1.key_url), (key.short_key, key.key_url));

    let next = async || outbox::next(&casebridge, Lane::Upkeep).await.unwrap();
    let (item, due) = next().await.unwrap();
    assert!(due <= clock.now().checked_add(jiff::SignedDuration::from_hours(7)).unwrap());
    let attempt = jobs::work_on(&casebridge, item.id).await.unwrap();
    assert!(matches!(attempt, Attempt::LooksAgain), "{attempt:?}");
    assert_eq!(written().len(), 1);
    assert!(outbox::open_items(&casebridge).await.unwrap().is_empty(), "nobody is told of it");
    clock.set(DAY + 2 * 3600);
    let (item, due) = next().await.unwrap();
    assert!(due <= clock.now());
    let attempt = jobs::work_on(&casebridge, item.id).await.unwrap();
    assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
    assert_eq!(written().len(), 0);
    assert!(next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn row_36_a_key_of_somebody_else_is_not_read() {
    let scene = Scene::new().await.unwrap();
    let (request, case, key) = key_of(&scene.casebridge).await;
    let record = session_key::record_key(&scene.casebridge, &request, &case, &key).await.unwrap();
    scene.sign_in(BEN).await.unwrap();
    let read = session_key::recorded_key(&scene.casebridge, &request, &record, |_| {}).await;
    assert_eq!(read.unwrap_err().code, FailureCode::KeyUnknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_36_keys_stay_in_casebridge_where_the_org_or_the_computer_is_set_up_so() {
    for by_org in [true, false] {
        let scene = Scene::new().await.unwrap();
        let seeded = rows(&scene, "case_keys").len();
        if by_org {
            scene.simulator.set_up("Session_Keys_Off__c", json!(true));
        } else {
            let off = "[org]\nrecord_session_keys = false\n";
            scene.change_settings(|text| text.replace("[org]\n", off)).unwrap();
        }
        let (request, case, key) = key_of(&scene.casebridge).await;
        let record = session_key::record_key(&scene.casebridge, &request, &case, &key).await;
        assert_eq!(record, None);
        assert_eq!(rows(&scene, "case_keys").len(), seeded);
        let seen = outbox::overview(&scene.casebridge).await.unwrap();
        assert!(seen.open.is_empty(), "{:?}", seen.open);
    }
}

fn made(view: &CaseView) -> bool {
    matches!(view.key, KeyStateView::Made(_))
}

async fn follow_link(stage: &Stage, case: &str, record: &str) -> CaseView {
    let link = format!("casebridge://email-key?case={case}&appliance=Default&record={record}");
    assert!(stage.app.open_link(link).await);
    stage.shell.until_case("the key", made).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_36_the_link_of_the_components_e_mail_button_shows_that_key_and_sends_nothing() {
    let scene = Scene::new().await.unwrap();
    let case = scene.simulator.ready().case_id;
    let (request, of_case, key) = key_of(&scene.casebridge).await;
    let record = session_key::record_key(&scene.casebridge, &request, &of_case, &key).await;
    let record = record.unwrap().to_string();
    let in_org = rows(&scene, "case_keys").len();

    let stage = scene.app();
    let view = follow_link(&stage, &case, &record).await;
    let KeyStateView::Made(shown) = &view.key else { panic!() };
    assert_eq!((&shown.short_key, &shown.url), (&key.short_key, &key.key_url));
    assert_eq!(scene.emails().len(), 0, "a link sent an e-mail");
    let again = follow_link(&stage, &case, &record).await;
    assert!(again.waiting.is_empty(), "{:?}", again.waiting);
    let recipient = view.email.unwrap().recipients.remove(0).id;
    stage.case("send_email", json!({ "recipient": recipient })).await.unwrap();
    let handed = |view: &CaseView| {
        view.email.as_ref().is_some_and(|email| email.state == EmailStateView::HandedOver)
    };
    stage.shell.until_case("the hand-over", handed).await.unwrap();
    let sent = scene.emails();
    assert!(sent[0]["TextBody"].as_str().unwrap().contains(&key.key_url), "{sent:?}");
    assert_eq!((scene.keys().len(), rows(&scene, "case_keys").len()), (1, in_org));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_36_a_link_to_a_key_that_is_gone_says_so_and_creates_none() {
    let scene = Scene::new().await.unwrap();
    let case = scene.simulator.ready().case_id;
    let stage = scene.app();
    let link = format!("casebridge://email-key?case={case}&record=a0BHs00000AbCdE");
    assert!(stage.app.open_link(link).await);
    let failed = |view: &CaseView| matches!(view.key, KeyStateView::Failed { .. });
    let view = stage.shell.until_case("the failure", failed).await.unwrap();
    let KeyStateView::Failed { failure } = view.key else { panic!() };
    assert_eq!(failure.code, FailureCode::KeyUnknown.text().code);
    assert_eq!(scene.keys().len(), 0);
    stage.case("generate_key", json!({ "portal": null })).await.unwrap();
    stage.shell.until_case("a key of its own", made).await.unwrap();
    assert_eq!(scene.keys().len(), 1);
}
