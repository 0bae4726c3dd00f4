//! Rows of the vendor's integration (`docs/rows.md`), each by itself: what a part of a session becomes in
//! the org, and what an administrator chooses. Other tests of rows are beside what they are about.

use crate::home::{Content, answer, count, finished, rows};
use crate::import::done;
use crate::terminal::Terminal;
use casebridge_domain::Lsid;
use casebridge_domain::report::EVENT_TYPES;
use casebridge_ipc::{KeyStateView, Stage as CaseStage};
use casebridge_simulator::{SessionBegin, SessionWork};
use casebridge_tests::fake_clock::FakeClock;
use casebridge_tests::scene::Scene;
use casebridge_tests::wait;
use casebridge_use_cases::outbox;
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The org's records of a session in which everything happened.
async fn imported() -> (Scene, Content, Lsid) {
    let scene = Scene::new().await.unwrap();
    let lsid = finished(&scene, SessionWork::default());
    answer(&scene, &lsid, false, &[("rating", "5"), ("comments", "quick")], 0);
    answer(&scene, &lsid, true, &[("close_state", "Resolved")], 0);
    done(&scene, &lsid).await;
    let written = rows(&scene, &lsid);
    (scene, written, lsid)
}

/// A field of each of an object's records, in the order of their keys.
fn all(written: &Content, object: &str, field: &str) -> Vec<Value> {
    written[object].values().map(|row| row[field].clone()).collect()
}

fn session<'w>(written: &'w Content, lsid: &Lsid) -> &'w Value {
    &written["Support_Session__c"][lsid.as_str()]
}

/// The records of participants of a kind.
fn people<'w>(written: &'w Content, kind: &str) -> Vec<&'w Value> {
    let all = written["Support_Session_Participant__c"].values();
    all.filter(|row| row["Kind__c"] == kind).collect()
}

fn begin(scene: &Scene) -> String {
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        hostname: Some("FRONTDESK-3".to_owned()),
        external_key: None,
    };
    scene.simulator.begin_session(session).unwrap()
}

fn case_of(scene: &Scene, lsid: &str) -> Option<Value> {
    let rows = rows(scene, &lsid.parse().unwrap());
    Some(rows.get("Support_Session__c")?.get(lsid)?["Case__c"].clone())
}

/// Waits until the running session is seen, types into its External Key, and ends it.
async fn type_and_end(scene: &Scene, lsid: &str, external_key: &str) {
    wait::until("the running session", || async {
        let open = outbox::open_items(&scene.casebridge).await.unwrap();
        Ok(open.iter().any(|item| item.kind == "import").then_some(()))
    })
    .await
    .unwrap();
    scene.simulator.type_external_key(lsid, external_key).unwrap();
    scene.simulator.leave_customer(lsid).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_05_the_command_line_mails_a_key_as_it_prints_it() {
    let terminal = Terminal::new().await;
    let printed = terminal.run(&["session-key", "--case", "1026"]);
    let printed = String::from_utf8(printed.stdout).unwrap();
    let grouped = printed.lines().next().unwrap();
    assert!(grouped.contains(' '), "{printed}");
    let words = ["email-key", "--case", "1026", "--short-key", grouped];
    let (sent, code) = terminal.json(&words);
    assert_eq!((&sent["handed_over"], code), (&json!(true), 0));
    let mails = terminal.scene.emails();
    let key = terminal.scene.keys().pop().unwrap();
    assert!(mails[0]["TextBody"].as_str().unwrap().contains(key["short_key"].as_str().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_14_a_number_typed_into_the_external_key_brings_the_session_to_its_case() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    let lsid = begin(&scene);
    type_and_end(&scene, &lsid, " 1026 ").await;
    let case = Some(json!(scene.simulator.ready().case_id));
    wait::until_true("the import", || case_of(&scene, &lsid) == case).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_15_the_external_key_is_the_id_that_links_of_the_console_to_the_org_need() {
    let scene = Scene::new().await.unwrap();
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let (_, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    let external_key = key.external_key.unwrap();
    let org = scene.simulator.ready().org.login_url;
    scene.visit(&format!("{org}/lightning/r/Case/{external_key}/view")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_16_the_case_id_that_is_copied_brings_a_session_to_the_case() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    stage.app.press_menu("session-key");
    stage.shell.until_case("the question", |view| view.stage == CaseStage::Ask).await.unwrap();
    stage.case("look_up_case", json!({ "reference": "1026" })).await.unwrap();
    let made = |view: &casebridge_ipc::CaseView| matches!(view.key, KeyStateView::Made(_));
    stage.shell.until_case("the key", made).await.unwrap();
    stage.case("copy", json!({ "what": "caseId" })).await.unwrap();
    let copied = stage.shell.seen().copied.pop().unwrap();
    assert_eq!(copied, scene.simulator.ready().case_id);
    let lsid = begin(&scene);
    type_and_end(&scene, &lsid, &copied).await;
    let case = Some(json!(copied));
    wait::until_true("the import", || case_of(&scene, &lsid) == case).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_17_the_chat_is_on_the_session_with_who_said_what_and_when() {
    let (_scene, written, lsid) = imported().await;
    let session = session(&written, &lsid);
    let chat = session["Chat_Transcript__c"].as_str().unwrap();
    let lines: Vec<&str> = chat.lines().collect();
    assert_eq!(lines.len(), 7, "{chat}");
    assert!(lines[0].ends_with(" Bomgar: Welcome. A representative will be with you shortly."));
    assert!(lines[1].ends_with(" Rosa Marin: The printer says PC LOAD LETTER."), "{chat}");
    assert!(lines[2].ends_with(": I see. Step 1 is done."), "{chat}");
    for line in lines {
        let (time, _) = line.split_at(19);
        time.parse::<jiff::civil::DateTime>().unwrap();
    }
    for field in ["Chat_View_URL__c", "Chat_Download_URL__c"] {
        assert!(session[field].as_str().unwrap().starts_with("https://"), "{session}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_18_a_file_that_went_either_way_is_a_record_with_its_name_and_size() {
    let (_scene, written, _) = imported().await;
    let of = |field| all(&written, "Support_Session_File_Transfer__c", field);
    assert_eq!(of("Direction__c"), ["Upload", "Download"]);
    assert_eq!(of("File_Name__c"), ["driver-4.2.exe", "trace.log"]);
    let sizes: Vec<f64> = of("File_Size__c").iter().filter_map(Value::as_f64).collect();
    assert_eq!(sizes, [2_097_152.0, 7_741.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_19_the_notes_are_on_the_session_with_who_wrote_them() {
    let (_scene, written, lsid) = imported().await;
    let notes = session(&written, &lsid)["Session_Notes__c"].as_str().unwrap();
    assert!(notes.contains(" Ada"), "{notes}");
    let text = ": Installed the driver. The customer said: The printer says PC LOAD LETTER.";
    assert!(notes.ends_with(text), "{notes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_20_each_category_of_the_system_information_is_a_record() {
    let (_scene, written, _) = imported().await;
    let of = |field| all(&written, "Support_Session_System_Information__c", field);
    assert_eq!(of("Category__c"), ["Disk", "Memory"]);
    let disks =
        "Drive: C:\nFile System: NTFS\nFree: 81 GB\n\nDrive: D:\nFile System: NTFS\nFree: 12 GB";
    assert_eq!(of("Details__c"), [disks, "Total: 16 GB"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_21_each_representative_is_a_record_and_the_primary_one_is_on_the_session() {
    let scene = Scene::new().await.unwrap();
    let lsid = begin(&scene);
    scene.simulator.log_in_representative("ben").unwrap();
    scene.simulator.join_representative("ben", &lsid).unwrap();
    scene.simulator.type_external_key(&lsid, "1026").unwrap();
    scene.simulator.advance_clock(60);
    scene.simulator.leave_representative("ben", &lsid).unwrap();
    scene.simulator.leave_customer(&lsid).unwrap();
    let lsid = lsid.parse().unwrap();
    done(&scene, &lsid).await;
    let written = rows(&scene, &lsid);
    let people = people(&written, "Representative");
    let names: BTreeSet<&str> =
        people.iter().filter_map(|row| row["Username__c"].as_str()).collect();
    assert_eq!(names, BTreeSet::from(["ada", "ben"]));
    for row in people {
        let is_ada = row["Username__c"] == "ada";
        assert_eq!((&row["Is_Owner__c"], &row["Is_Primary__c"]), (&json!(is_ada), &json!(is_ada)));
        assert!(row["Seconds_Involved__c"].as_f64().unwrap() >= 60.0, "{row}");
    }
    let primary = session(&written, &lsid)["Primary_Representative__c"].as_str().unwrap();
    assert!(primary.starts_with("Ada"), "{primary}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_22_the_customer_is_a_record_with_their_computer_and_is_on_the_session() {
    let (_scene, written, lsid) = imported().await;
    let [customer] = people(&written, "Customer")[..] else { panic!("{written:?}") };
    assert_eq!(customer["Display_Name__c"], "Rosa Marin");
    assert_eq!(customer["Host_Name__c"], "FRONTDESK-3");
    assert_eq!(customer["Is_Primary__c"], true);
    for field in ["Operating_System__c", "Public_IP__c", "Private_IP__c"] {
        assert!(customer[field].is_string(), "{field}: {customer}");
    }
    assert_eq!(session(&written, &lsid)["Primary_Customer__c"], "Rosa Marin");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_23_the_teams_are_on_the_session() {
    let (_scene, written, lsid) = imported().await;
    assert_eq!(session(&written, &lsid)["Support_Teams__c"], "First line\nPrinters");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_24_each_recording_is_a_record_with_links_to_view_and_to_download_it() {
    let (scene, written, lsid) = imported().await;
    let of = |field| all(&written, "Support_Session_Recording__c", field);
    assert_eq!(of("Kind__c"), ["Session", "Command Shell"]);
    let host = format!("https://{}/", scene.simulator.ready().appliance.hostname);
    for field in ["View_URL__c", "Download_URL__c"] {
        for url in of(field) {
            assert!(url.as_str().unwrap().starts_with(&host), "{field}: {url}");
        }
    }
    assert_eq!(session(&written, &lsid)["Recording_Count__c"].as_f64(), Some(2.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_25_each_answer_of_both_exit_surveys_is_a_record() {
    let (_scene, written, _) = imported().await;
    let rows = written["Support_Session_Survey_Response__c"].values();
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let answers: BTreeSet<[String; 3]> = rows
        .map(|row| ["Survey__c", "Question__c", "Answer__c"].map(|field| text(row, field)))
        .collect();
    let expected = [
        ["Customer", "rating", "5"],
        ["Customer", "comments", "quick"],
        ["Representative", "close_state", "Resolved"],
    ];
    assert_eq!(answers, expected.map(|row| row.map(str::to_owned)).into());
}

/// The settings with more for the appliance.
fn with(more: &str) -> impl FnOnce(String) -> String {
    let more = format!("[appliance.Default]\n{more}\n");
    move |text| text.replace("[appliance.Default]\n", &more)
}

#[tokio::test(flavor = "multi_thread")]
async fn row_27_events_of_the_chosen_types_become_records_and_nothing_else_changes() {
    let (scene, everything, _) = imported().await;
    let kinds = |written: &Content| -> BTreeSet<String> {
        let all = all(written, "Support_Session_Event__c", "Event_Type__c").into_iter();
        all.map(|kind| kind.as_str().unwrap().to_owned()).collect()
    };
    let known: BTreeSet<String> = EVENT_TYPES.iter().copied().map(str::to_owned).collect();
    assert_eq!(known.len(), 53);
    assert!(kinds(&everything).is_subset(&known) && kinds(&everything).len() > 5);
    scene.change_settings(with("event_types = [\"Session Start\", \"Session End\"]")).unwrap();
    let lsid = finished(&scene, SessionWork::default());
    done(&scene, &lsid).await;
    let written = rows(&scene, &lsid);
    let chosen = BTreeSet::from(["Session Start".to_owned(), "Session End".to_owned()]);
    assert_eq!(kinds(&written), chosen);
    // Chat, notes, files and the rest are no events.
    let others = |written: &Content| -> Vec<(String, usize)> {
        let objects = written.iter().map(|(object, rows)| (object.clone(), rows.len()));
        let chosen = ["Support_Session_Event__c", "Support_Session_Survey_Response__c"];
        objects.filter(|(object, _)| !chosen.contains(&object.as_str())).collect()
    };
    assert_eq!(others(&written), others(&everything));
    let chat = session(&written, &lsid)["Chat_Transcript__c"].as_str().unwrap();
    assert_eq!(chat.lines().count(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_where_all_are_imported_a_session_without_a_case_is_imported_too() {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(with("import_all_sessions = true")).unwrap();
    let stage = scene.app();
    let lsid = begin(&scene);
    type_and_end(&scene, &lsid, "").await;
    let without_a_case = Some(Value::Null);
    let is_written = || case_of(&scene, &lsid) == without_a_case;
    wait::until_true("the import", is_written).await.unwrap();
    stage.quit().await.unwrap();
}

/// What the vendor's middleware is told by three outbound events, the desktop finds out by itself: that
/// a session has ended, and that each of both surveys was answered.
#[tokio::test(flavor = "multi_thread")]
async fn row_31_a_session_and_its_surveys_reach_their_case_without_an_outbound_event() {
    let scene = Scene::new().await.unwrap();
    let clock = FakeClock::default();
    let stage = scene.app_at(&clock).unwrap();
    let lsid = begin(&scene);
    type_and_end(&scene, &lsid, "1026").await;
    let case = Some(json!(scene.simulator.ready().case_id));
    wait::until_true("the import", || case_of(&scene, &lsid) == case).await.unwrap();
    let lsid: Lsid = lsid.parse().unwrap();
    answer(&scene, &lsid, false, &[("rating", "5")], 0);
    answer(&scene, &lsid, true, &[("close_state", "Resolved")], 0);
    clock.sleep(3600);
    let answers = || count(&scene, &lsid).get("Support_Session_Survey_Response__c").copied();
    wait::until_true("the surveys", || answers() == Some(2)).await.unwrap();
    stage.quit().await.unwrap();
}
