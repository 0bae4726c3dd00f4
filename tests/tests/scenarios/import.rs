//! A finished session comes home to its case: every record of it, whatever stands in the way, and a
//! second time without a change.

use crate::home::{answer, count, finished, over, rows};
use casebridge_domain::{Case, CaseRef, FailureCode, Lsid, SessionKey};
use casebridge_ipc::{ActivityKindView, ActivityStateView, ActivityView, TrayState};
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin, SessionWork};
use casebridge_tests::fake_shell::Seen;
use casebridge_tests::scene::Scene;
use casebridge_tests::wait;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::jobs::{self, Finished};
use casebridge_use_cases::outbox::{self, Attempt};
use casebridge_use_cases::{email_key, import, session_key, tag};
use serde_json::json;
use std::collections::BTreeMap;

async fn run(scene: &Scene, lsid: &Lsid) -> Attempt<Finished> {
    let casebridge = &scene.casebridge;
    let id = jobs::import::enqueue_import(casebridge, None, lsid, "", When::Asked).await.unwrap();
    jobs::work_on(casebridge, id).await.unwrap()
}

pub(crate) async fn done(scene: &Scene, lsid: &Lsid) -> import::Imported {
    match run(scene, lsid).await {
        Attempt::Done(Finished::Session(imported)) => *imported,
        other => panic!("{other:?}"),
    }
}

/// The calls to the org that write.
fn writes(scene: &Scene) -> usize {
    let calls = scene.simulator.state()["calls"].as_array().unwrap().clone();
    calls
        .iter()
        .filter(|c| {
            c["server"] == "org"
                && c["method"] != "GET"
                && c["path"].as_str().unwrap().contains("/services/data/")
        })
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_session_appears_on_its_case_and_a_second_import_changes_nothing() {
    let scene = Scene::new().await.unwrap();
    let lsid = finished(&scene, SessionWork::default());
    answer(&scene, &lsid, false, &[("rating", "5"), ("comments", "quick\nand kind")], 0);
    answer(&scene, &lsid, true, &[("close_state", "Resolved")], 0);
    let before = writes(&scene);
    let imported = done(&scene, &lsid).await;
    assert_eq!(imported.case.as_ref().unwrap().id.to_string(), scene.simulator.ready().case_id);
    assert!(!imported.awaits_surveys, "all surveys are there");
    let written = rows(&scene, &lsid);
    let counts = count(&scene, &lsid);
    let told: BTreeMap<String, usize> =
        imported.records.iter().map(|(object, count)| ((*object).to_owned(), *count)).collect();
    assert_eq!(counts, told, "what is said to be written is there");
    let expected = [
        ("Support_Session__c", 1),
        ("Support_Session_Participant__c", 2),
        ("Support_Session_Event__c", 19),
        ("Support_Session_File_Transfer__c", 2),
        ("Support_Session_Recording__c", 2),
        ("Support_Session_System_Information__c", 2),
        ("Support_Session_Survey_Response__c", 3),
    ];
    for (object, count) in expected {
        assert_eq!(counts.get(object), Some(&count), "{object}: {counts:?}");
    }
    let session = &written["Support_Session__c"][lsid.as_str()];
    assert_eq!(session["Case__c"], scene.simulator.ready().case_id);
    assert_eq!(session["Primary_Customer__c"], "Rosa Marin");
    assert!(
        session["Chat_Transcript__c"].as_str().unwrap().contains("Rosa Marin: The printer says")
    );
    assert!(session["Session_Notes__c"].as_str().unwrap().contains("Installed the driver"));
    assert_eq!(session["Custom_Attributes__c"], "site_code: B1");
    assert_eq!(session["Support_Teams__c"], "First line\nPrinters");
    let disk = &written["Support_Session_System_Information__c"][&format!("{lsid}:system:0")];
    assert!(disk["Details__c"].as_str().unwrap().starts_with("Drive: C:\nFile System: NTFS\n"));
    // Six kinds of children and the session: five of them fit into the first call.
    assert_eq!(writes(&scene) - before, 2);

    let again = done(&scene, &lsid).await;
    assert_eq!(again.records, imported.records);
    assert_eq!(rows(&scene, &lsid), written);
    assert!(outbox::open_items(&scene.casebridge).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn row_32_whatever_fails_on_the_way_the_records_are_the_same_in_the_end() {
    let truth = {
        let scene = Scene::new().await.unwrap();
        let lsid = finished(&scene, SessionWork { chat: Some(300), ..Default::default() });
        done(&scene, &lsid).await;
        count(&scene, &lsid)
    };
    let once = |name| FaultSwitch::on(name).times(1);
    let faults = [
        once(FaultName::LockedRows).only("Support_Session__c"),
        once(FaultName::LockedRows).only("Support_Session_Event__c"),
        once(FaultName::PartialCollection).only("Support_Session_Event__c"),
        once(FaultName::LostAnswer).only("composite"),
        once(FaultName::LimitExceeded).only("composite"),
        once(FaultName::Html503).only("composite"),
        once(FaultName::SessionExpired),
        once(FaultName::CutOff).only("SupportSession"),
        once(FaultName::CutOffXml).only("SupportSession"),
        once(FaultName::Empty).only("SupportSession"),
        once(FaultName::Html).only("SupportSession"),
        once(FaultName::MalformedXml).only("SupportSession"),
        once(FaultName::Status500).only("SupportSession"),
        once(FaultName::TokenRefused).only("SupportSession"),
        once(FaultName::Status500).only("SupportCustExitSurvey"),
        once(FaultName::SurveysByTime),
    ];
    let scene = Scene::new().await.unwrap();
    for fault in faults {
        let lsid = finished(&scene, SessionWork { chat: Some(300), ..Default::default() });
        let name = fault.name;
        scene.simulator.fault(fault);
        let mut attempts = 0;
        loop {
            attempts += 1;
            assert!(attempts < 5, "{name:?}: {:?}", outbox::open_items(&scene.casebridge).await);
            match run(&scene, &lsid).await {
                Attempt::Done(_) => break,
                Attempt::Later(_) => {}
                other => panic!("{name:?}: {other:?}"),
            }
        }
        scene.simulator.clear_faults();
        assert_eq!(count(&scene, &lsid), truth, "{name:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_refused_parks_the_session_with_its_reason_and_blocks_no_other() {
    let scene = Scene::new().await.unwrap();
    let poison = finished(&scene, SessionWork::default());
    scene.simulator.fault(FaultSwitch::on(FaultName::RefusedRow).with_text(&format!("{poison}:3")));
    let Attempt::Parked(failure) = run(&scene, &poison).await else { panic!() };
    assert_eq!(failure.code, FailureCode::OrgRefused);
    assert!(failure.detail.contains("A trigger of this org says no"), "{}", failure.detail);
    let good = finished(&scene, SessionWork::default());
    done(&scene, &good).await;
    // What needs a person comes first; the surveys of the other one are awaited.
    let item = outbox::open_items(&scene.casebridge).await.unwrap().remove(0);
    assert_eq!((item.state, item.kind), ("parked", "import"));
    let written = count(&scene, &poison)["Support_Session_Event__c"];
    assert_eq!(written, 18, "the other rows are there");
    scene.simulator.clear_faults();
    outbox::retry(&scene.casebridge, item.id).await.unwrap();
    assert!(matches!(jobs::work_on(&scene.casebridge, item.id).await.unwrap(), Attempt::Done(_)));
    assert_eq!(count(&scene, &poison)["Support_Session_Event__c"], 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_limit_holds_the_queue_until_it_is_over() {
    let scene = Scene::new().await.unwrap();
    let lsid = finished(&scene, SessionWork::default());
    scene.simulator.fault(FaultSwitch::on(FaultName::LimitExceeded));
    let Attempt::Later(failure) = run(&scene, &lsid).await else { panic!() };
    assert_eq!(failure.code, FailureCode::OrgLimit);
    let other = finished(&scene, SessionWork::default());
    jobs::import::enqueue_import(&scene.casebridge, None, &other, "", When::Now).await.unwrap();
    let (_, due) = outbox::next(&scene.casebridge, outbox::Lane::Sessions).await.unwrap().unwrap();
    let wait = scene.casebridge.now().duration_until(due);
    assert!(wait.as_mins() >= 14, "nobody asks before: {wait}");
    scene.simulator.clear_faults();
    outbox::release(&scene.casebridge).await.unwrap();
    let (_, due) = outbox::next(&scene.casebridge, outbox::Lane::Sessions).await.unwrap().unwrap();
    assert!(due <= scene.casebridge.now());
}

#[tokio::test(flavor = "multi_thread")]
async fn row_29_a_session_finds_its_case_by_number_by_field_and_by_what_was_kept_here() {
    let scene = Scene::new().await.unwrap();
    let ready = scene.simulator.ready();
    let by_number = over(&scene, Some(" 1026 ".to_owned()), SessionWork::default());
    let imported = done(&scene, &by_number.parse().unwrap()).await;
    assert_eq!(imported.case.unwrap().number.as_deref(), Some("00001026"));

    let unknown = over(&scene, Some("no case".to_owned()), SessionWork::default());
    let Attempt::Dropped(failure) = run(&scene, &unknown.parse().unwrap()).await else { panic!() };
    assert_eq!(failure.code, FailureCode::SessionForeignKey);

    let untagged = over(&scene, None, SessionWork::default());
    let untagged: Lsid = untagged.parse().unwrap();
    let Attempt::Parked(failure) = run(&scene, &untagged).await else { panic!() };
    assert_eq!(failure.code, FailureCode::SessionWithoutCase);
    let reference = "1026".parse::<CaseRef>().unwrap();
    let case = casebridge_use_cases::session_key::read_case_of(&scene.casebridge, &reference, None);
    let case = case.await.unwrap();
    tag::hold(&scene.casebridge, "Default", &untagged, &case).await.unwrap();
    let imported = done(&scene, &untagged).await;
    assert_eq!(imported.case.unwrap().id.to_string(), ready.case_id);

    scene
        .change_settings(|text| text + "\n[org.case_field_map]\nexternal_key = \"Subject\"\n")
        .unwrap();
    let subject = scene.simulator.state()["cases"][3]["Subject"].as_str().unwrap().to_owned();
    let by_field = over(&scene, Some(subject), SessionWork::default());
    let by_field: Lsid = by_field.parse().unwrap();
    let Attempt::Parked(failure) = run(&scene, &by_field).await else { panic!() };
    assert_eq!(failure.code, FailureCode::ImportDoubtful, "it is another person's");
    let agreed = jobs::import::enqueue_import(&scene.casebridge, None, &by_field, "", When::Agreed);
    let Attempt::Done(Finished::Session(imported)) =
        jobs::work_on(&scene.casebridge, agreed.await.unwrap()).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(imported.case.unwrap().id.to_string(), scene.simulator.state()["cases"][3]["Id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_row_30_an_administrator_chooses_what_is_imported() {
    let scene = Scene::new().await.unwrap();
    let appliance = |more: &'static str| {
        move |text: String| {
            text.replace("[appliance.Default]", &format!("[appliance.Default]\n{more}"))
        }
    };
    scene.change_settings(appliance("import_all_sessions = true\nevent_types = [\"Chat Message\", \"Session End\"]\nexternal_recording_base_url = \"https://archive.example.test/play\"")).unwrap();
    let untagged: Lsid = over(&scene, None, SessionWork::default()).parse().unwrap();
    let imported = done(&scene, &untagged).await;
    assert_eq!((imported.case, imported.records["Support_Session_Event__c"]), (None, 8));
    let written = rows(&scene, &untagged);
    let recording = &written["Support_Session_Recording__c"][&format!("{untagged}:session:0")];
    assert_eq!(
        recording["View_URL__c"],
        format!("https://archive.example.test/play?lsid={untagged}")
    );

    scene.change_settings(appliance("import_portals = [\"VIP\"]")).unwrap();
    let lsid = finished(&scene, SessionWork::default());
    let Attempt::Parked(failure) = run(&scene, &lsid).await else { panic!() };
    assert_eq!(failure.code, FailureCode::SessionOtherPortal);
    scene.change_settings(appliance("import_portals = [\"vip\", \"default\"]")).unwrap();
    done(&scene, &lsid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_session_waits_and_a_report_that_lags_is_asked_for_again() {
    let scene = Scene::new().await.unwrap();
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        external_key: Some(scene.simulator.ready().case_id),
        ..Default::default()
    };
    let lsid = scene.simulator.begin_session(session).unwrap();
    let wanted: Lsid = lsid.parse().unwrap();
    let id = jobs::import::enqueue_import(&scene.casebridge, None, &wanted, "", When::Over);
    let id = id.await.unwrap();
    let Attempt::Later(failure) = jobs::work_on(&scene.casebridge, id).await.unwrap() else {
        panic!()
    };
    assert_eq!(failure.code, FailureCode::SessionRunning);
    let [item] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
    assert_eq!((item.attempts, item.error.as_ref()), (0, None), "that it runs is no failure");
    scene.simulator.advance_clock(60);
    scene.simulator.leave_customer(&lsid).unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::ReportingLag).times(1).with_seconds(30));
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Later(_)), "{attempt:?}");
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_35_surveys_that_come_hours_later_are_fetched_and_move_the_case_once() {
    let scene = Scene::new().await.unwrap();
    let rules = "\n[transition.solved]\nquestion = \"close_state\"\nanswer = \"Resolved\"\ncase_status = \"Closed\"\n\
                 [transition.again]\nsurvey = \"Customer\"\nquestion = \"resolved\"\nanswer = \"No\"\ncase_status = \"Working\"\nowner = \"Tier_2_Support\"\ncomment = \"Still broken.\"\nposition = 1\n";
    scene.change_settings(|text| text + rules).unwrap();
    let lsid = finished(&scene, SessionWork::default());
    answer(&scene, &lsid, true, &[("close_state", "resolved ")], 0);
    answer(&scene, &lsid, false, &[("resolved", "No")], 3 * 3600);
    let imported = done(&scene, &lsid).await;
    assert!(imported.awaits_surveys);
    let case = |scene: &Scene| scene.simulator.state()["cases"][0].clone();
    assert_eq!(case(&scene)["Status"], "Closed");
    let owner = case(&scene)["OwnerId"].clone();
    let [item] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
    let id = item.id;
    assert_eq!(item.kind, "survey");
    jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert_eq!(count(&scene, &lsid)["Support_Session_Survey_Response__c"], 1);
    scene.simulator.advance_clock(3 * 3600);
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::LooksAgain), "{attempt:?}");
    let now = case(&scene);
    assert_eq!((&now["Status"], now["OwnerId"] == owner), (&json!("Working"), false));
    let comments = scene.simulator.state()["case_comments"].clone();
    assert_eq!(comments.as_array().unwrap().len(), 1);
    assert_eq!(
        (&comments[0]["CommentBody"], &comments[0]["IsPublished"]),
        (&json!("Still broken."), &json!(false))
    );
    assert_eq!(count(&scene, &lsid)["Support_Session_Transition__c"], 2);
    // Again from the beginning: the surveys have moved their case, and move it no more.
    done(&scene, &lsid).await;
    assert_eq!(case(&scene), now);
    assert_eq!(scene.simulator.state()["case_comments"], comments);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_35_the_orgs_trigger_and_casebridge_never_move_a_case_both() {
    let scene = Scene::new().await.unwrap();
    let rule = "\n[transition.mine]\nquestion = \"close_state\"\nanswer = \"Resolved\"\ncase_status = \"On Hold\"\ncomment = \"From here.\"\n";
    scene.change_settings(|text| text + rule).unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::OrgTrigger));
    let lsid = finished(&scene, SessionWork::default());
    answer(&scene, &lsid, true, &[("close_state", "Resolved")], 0);
    done(&scene, &lsid).await;
    let state = scene.simulator.state();
    assert_eq!(state["cases"][0]["Status"], "Closed", "the trigger was first");
    assert_eq!(state["case_comments"], json!([]));
    let transitions = rows(&scene, &lsid)["Support_Session_Transition__c"].clone();
    assert_eq!(
        transitions.values().map(|row| row["Applied_By__c"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Org"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_refuses_to_move_says_so_once_and_keeps_the_import() {
    let scene = Scene::new().await.unwrap();
    let rule = "\n[transition.mine]\nquestion = \"close_state\"\nanswer = \"Resolved\"\ncase_status = \"Closed\"\ncomment = \"Done.\"\n\
                [transition.who]\nsurvey = \"Customer\"\nquestion = \"ok\"\nanswer = \"Yes\"\nowner = \"Nobody\"\n";
    scene.change_settings(|text| text + rule).unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::CaseLocked));
    let lsid = finished(&scene, SessionWork::default());
    answer(&scene, &lsid, true, &[("close_state", "Resolved")], 0);
    answer(&scene, &lsid, false, &[("ok", "Yes")], 0);
    done(&scene, &lsid).await;
    let refusals: Vec<String> = rows(&scene, &lsid)["Support_Session_Transition__c"]
        .values()
        .map(|row| row["Refusal__c"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(refusals, ["No queue or active user is named Nobody", "The case is under review"]);
    assert_eq!(scene.simulator.state()["case_comments"], json!([]), "all or nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_chat_is_cut_in_its_field_and_whole_in_files_once() {
    let scene = Scene::new().await.unwrap();
    let long = "Long: ".to_owned() + &"ä".repeat(40_000);
    let work = SessionWork { chat_bytes: 300_000, says: Some(long), ..Default::default() };
    let lsid = finished(&scene, work);
    let imported = done(&scene, &lsid).await;
    assert_eq!(imported.warnings.len(), 2, "{:?}", imported.warnings);
    let written = rows(&scene, &lsid);
    let transcript = written["Support_Session__c"][lsid.as_str()]["Chat_Transcript__c"].clone();
    assert!(transcript.as_str().unwrap().ends_with("… [cut, the whole is in Files]"));
    let files = scene.simulator.state()["files"].as_array().unwrap().clone();
    let titles: Vec<&str> = files.iter().map(|file| file["Title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Chat transcript", "Long texts"]);
    let size = files[0]["ContentSize"].as_u64().unwrap();
    assert!(size > 150_000, "{size}");
    done(&scene, &lsid).await;
    assert_eq!(scene.simulator.state()["files"].as_array().unwrap().len(), 2);
    // Another wording of the chat is another version of the same file.
    let work = SessionWork { lsid: lsid.to_string(), chat_bytes: 400_000, ..Default::default() };
    scene.simulator.work(work).unwrap();
    done(&scene, &lsid).await;
    let files = scene.simulator.state()["files"].as_array().unwrap().clone();
    let documents: std::collections::BTreeSet<_> =
        files.iter().map(|file| file["ContentDocumentId"].as_str().unwrap()).collect();
    assert_eq!((files.len() > 2, documents.len()), (true, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_nasty_texts_reach_the_org_as_text() {
    let scene = Scene::new().await.unwrap();
    for says in casebridge_tests::nasty::NASTY {
        let lsid =
            finished(&scene, SessionWork { says: Some((*says).to_owned()), ..Default::default() });
        done(&scene, &lsid).await;
        let written = rows(&scene, &lsid);
        let session = &written["Support_Session__c"][lsid.as_str()];
        let lines = session["Chat_Transcript__c"].as_str().unwrap().lines();
        let begins = lines.filter(|line| !line.starts_with("    ")).count();
        assert_eq!(begins, 7, "no text passes for another line: {says:?}");
        for row in written.values().flat_map(|rows| rows.values()) {
            let text = row.to_string();
            assert!(!text.contains("\\u0000") && !text.contains("\\u001b"), "{says:?}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_an_unknown_session_writes_no_row_and_a_dry_run_writes_none_either() {
    let scene = Scene::new().await.unwrap();
    let unknown: Lsid = "f".repeat(32).parse().unwrap();
    let before = writes(&scene);
    let attempt = run(&scene, &unknown).await;
    assert!(
        matches!(&attempt, Attempt::Later(f) if f.code == FailureCode::SessionUnknown),
        "{attempt:?}"
    );
    let lsid = finished(&scene, SessionWork::default());
    let planned =
        import::import(&scene.casebridge, None, &lsid, import::How::DryRun).await.unwrap();
    assert_eq!(planned.records["Support_Session_Event__c"], 19);
    assert_eq!((writes(&scene), rows(&scene, &lsid).len()), (before, 0));
}

/// What the app tells a representative whose session has ended.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_imports_a_session_when_it_ends_and_says_how_much_came_home() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        hostname: Some("FRONTDESK-3".to_owned()),
        external_key: Some("00001026".to_owned()),
    };
    let lsid = scene.simulator.begin_session(session).unwrap();
    scene.simulator.work(SessionWork { lsid: lsid.clone(), ..Default::default() }).unwrap();
    stage.app.press_menu("activity");
    let noted = |view: &ActivityView| view.open.iter().flatten().any(|e| e.title == "Rosa Marin");
    let view = stage.shell.until_activity("the running session", noted).await.unwrap();
    let waiting = &view.open.unwrap()[0];
    assert!(matches!(&waiting.state, ActivityStateView::Waiting { failure: None, .. }));
    scene.simulator.advance_clock(60);
    scene.simulator.leave_customer(&lsid).unwrap();
    let told = |seen: &Seen| seen.notices.iter().any(|n| n.title == "Session imported");
    let seen = stage.shell.until("the wrap-up", told).await.unwrap();
    let notice = seen.notices.iter().find(|n| n.title == "Session imported").unwrap();
    assert_eq!(notice.body, "The session with Rosa Marin: 28 records on case 00001026");
    let done = |view: &ActivityView| {
        view.closed.iter().any(
            |e| matches!(&e.state, ActivityStateView::Done { summary } if summary == "28 records"),
        )
    };
    let view = stage.shell.until_activity("the import is done", done).await.unwrap();
    let entry = view.closed.iter().find(|e| e.kind == ActivityKindView::Import).unwrap();
    assert_eq!((entry.case_number.as_deref(), entry.has_case), (Some("00001026"), true));
    let id = entry.id;
    stage.activity("open_item_case", json!({ "id": id })).await.unwrap();
    let opened = |seen: &Seen| !seen.pages.is_empty();
    stage.shell.until("the case's page", opened).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_person_shows_in_the_tray_until_it_is_tried_again_or_given_up() {
    let scene = Scene::new().await.unwrap();
    let lsid = finished(&scene, SessionWork::default());
    scene.simulator.fault(FaultSwitch::on(FaultName::RefusedRow).with_text(":3"));
    let other = finished(&scene, SessionWork::default());
    for lsid in [&lsid, &other] {
        jobs::import::enqueue_import(&scene.casebridge, None, lsid, "", When::Now).await.unwrap();
    }
    let stage = scene.app();
    let attention = |seen: &Seen| {
        seen.menu.as_ref().is_some_and(|menu| {
            menu.state == TrayState::Attention
                && menu.items.iter().any(|i| i.label == "Activity…  (2 need attention)")
        })
    };
    let seen = stage.shell.until("the tray asks for a look", attention).await.unwrap();
    assert!(seen.notices.iter().any(|n| n.title == "A session was not imported"));
    stage.app.open_link("casebridge://activity".to_owned()).await;
    let both = |view: &ActivityView| view.open.iter().flatten().count() == 2;
    let view = stage.shell.until_activity("both", both).await.unwrap();
    let ids: Vec<u32> = view.open.unwrap().iter().map(|entry| entry.id).collect();
    scene.simulator.clear_faults();
    stage.activity("retry_item", json!({ "id": ids[0] })).await.unwrap();
    stage.activity("discard_item", json!({ "id": ids[1] })).await.unwrap();
    let closed = |view: &ActivityView| {
        let is =
            |state: &str| view.closed.iter().any(|e| format!("{:?}", e.state).starts_with(state));
        is("Done") && is("Discarded")
    };
    stage.shell.until_activity("one is done, one given up", closed).await.unwrap();
    let calm =
        |seen: &Seen| seen.menu.as_ref().is_some_and(|menu| menu.state != TrayState::Attention);
    stage.shell.until("the tray is calm", calm).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_mail_that_could_not_be_sent_waits_and_goes_out_once() {
    let scene = Scene::new().await.unwrap();
    let (case, key) = made_key(&scene).await;
    let address = case.recipients()[0].address.clone();
    scene.simulator.fault(FaultSwitch::on(FaultName::LimitExceeded));
    let failure =
        email_key::hand_over(&scene.casebridge, None, &case, &key, &address).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::OrgLimit);
    assert!(failure.detail.ends_with("Casebridge sends it as soon as possible."));
    let [item] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
    assert_eq!((item.kind, item.state), ("email", "waiting"));
    assert!(scene.emails().is_empty());
    scene.simulator.clear_faults();
    // Nothing is sent twice, however often it is asked for.
    outbox::retry(&scene.casebridge, item.id).await.unwrap();
    let both = futures::join!(
        jobs::work_on(&scene.casebridge, item.id),
        jobs::work_on(&scene.casebridge, item.id)
    );
    let both = [both.0.unwrap(), both.1.unwrap()];
    assert!(both.iter().any(|a| matches!(a, Attempt::Done(_))), "{both:?}");
    assert!(both.iter().any(|a| matches!(a, Attempt::Gone(_))), "{both:?}");
    assert_eq!(scene.emails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_mail_whose_answer_was_lost_is_found_on_its_case_and_not_sent_again() {
    let scene = Scene::new().await.unwrap();
    let (case, key) = made_key(&scene).await;
    let address = case.recipients()[0].address.clone();
    scene.simulator.fault(FaultSwitch::on(FaultName::LostAnswer).only("emailSimple").times(1));
    email_key::hand_over(&scene.casebridge, None, &case, &key, &address).await.unwrap();
    assert_eq!(scene.emails().len(), 1);
    assert!(outbox::open_items(&scene.casebridge).await.unwrap().is_empty());
    // What the case does not show is for a person to decide.
    scene.simulator.fault(FaultSwitch::on(FaultName::Html503).only("emailSimple").times(1));
    let (_, key) = made_key(&scene).await;
    let failure =
        email_key::hand_over(&scene.casebridge, None, &case, &key, &address).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::EmailUncertain, "the other key's e-mail is not this one");
    let [item] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
    assert_eq!((item.state, scene.emails().len()), ("parked", 1));
    outbox::retry(&scene.casebridge, item.id).await.unwrap();
    jobs::work_on(&scene.casebridge, item.id).await.unwrap();
    assert_eq!(scene.emails().len(), 2);
}

async fn made_key(scene: &Scene) -> (Case, SessionKey) {
    let reference = "1026".parse::<CaseRef>().unwrap();
    let request = session_key::SessionKeyRequest::of(reference);
    session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_given_while_the_import_runs_is_the_sessions_case() {
    let scene = Scene::new().await.unwrap();
    let lsid: Lsid = over(&scene, None, SessionWork::default()).parse().unwrap();
    let id =
        jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Now).await.unwrap();
    // The attempt has its report, and asks for the surveys, while somebody tags the session.
    let slow = FaultSwitch::on(FaultName::Slow).only("SupportSession").with_seconds(2).times(1);
    scene.simulator.fault(slow);
    let casebridge = scene.casebridge.clone();
    let attempt = tokio::spawn(async move { jobs::work_on(&casebridge, id).await });
    let asked = || scene.simulator.state()["faults"]["slow"].is_null();
    wait::until_true("the report is asked for", asked).await.unwrap();
    let begun = outbox::overview(&scene.casebridge).await.unwrap().open.remove(0);
    let reference = "1026".parse::<CaseRef>().unwrap();
    let case = session_key::read_case_of(&scene.casebridge, &reference, None).await.unwrap();
    tag::hold(&scene.casebridge, "Default", &lsid, &case).await.unwrap();
    attempt.await.unwrap().unwrap();
    // Whichever was first, what was asked meanwhile is still to be done, and then is.
    let open = outbox::overview(&scene.casebridge).await.unwrap().open;
    let item = open.iter().find(|item| item.id == id).unwrap();
    assert!(item.revision > begun.revision);
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Done(Finished::Session(_))), "{attempt:?}");
    let session = rows(&scene, &lsid)["Support_Session__c"][lsid.as_str()].clone();
    assert_eq!(session["Case__c"], scene.simulator.ready().case_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_org_without_the_objects_parks_the_session_until_they_are_there() {
    let scene = Scene::new().await.unwrap();
    let lsid = finished(&scene, SessionWork::default());
    scene.simulator.fault(FaultSwitch::on(FaultName::NoSupportObjects));
    let Attempt::Parked(failure) = run(&scene, &lsid).await else { panic!() };
    assert_eq!(failure.code, FailureCode::OrgMetadata);
    scene.simulator.clear_faults();
    done(&scene, &lsid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn surveys_that_cannot_be_read_are_asked_for_again_even_at_the_end() {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text + "\n[import]\nsurvey_patience = 1\n").unwrap();
    let lsid = finished(&scene, SessionWork::default());
    done(&scene, &lsid).await;
    let [item] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
    // The appliance tells its time in whole seconds.
    let end = item.due_at.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
    let over = || scene.casebridge.now() > end;
    wait::until_true("the end of the patience", over).await.unwrap();
    answer(&scene, &lsid, false, &[("rating", "5")], 0);
    scene
        .simulator
        .fault(FaultSwitch::on(FaultName::Status500).only("SupportCustExitSurvey").times(1));
    let attempt = jobs::work_on(&scene.casebridge, item.id).await.unwrap();
    assert!(
        matches!(&attempt, Attempt::Later(f) if f.code == FailureCode::SurveysUnread),
        "{attempt:?}"
    );
    jobs::work_on(&scene.casebridge, item.id).await.unwrap();
    assert!(outbox::open_items(&scene.casebridge).await.unwrap().is_empty());
    assert_eq!(count(&scene, &lsid)["Support_Session_Survey_Response__c"], 1);
}

/// Two computers at once, each with a profile of its own.
#[tokio::test(flavor = "multi_thread")]
async fn two_computers_that_import_one_session_at_once_leave_one_of_everything() {
    let truth = {
        let scene = Scene::new().await.unwrap();
        let lsid = finished(&scene, SessionWork { chat_bytes: 450_000, ..SessionWork::default() });
        done(&scene, &lsid).await;
        count(&scene, &lsid)
    };
    let scene = Scene::new().await.unwrap();
    let other = scene.another_computer().await.unwrap();
    let rule = "\n[transition.solved]\nquestion = \"close_state\"\nanswer = \"Resolved\"\ncase_status = \"Closed\"\ncomment = \"Solved.\"\n";
    scene.change_settings(|text| text + rule).unwrap();
    for round in 1..=12 {
        let lsid = finished(&scene, SessionWork { chat_bytes: 450_000, ..SessionWork::default() });
        let import = |casebridge: casebridge_use_cases::Casebridge| {
            let lsid = lsid.clone();
            tokio::spawn(async move {
                loop {
                    let id =
                        jobs::import::enqueue_import(&casebridge, None, &lsid, "", When::Asked);
                    match jobs::work_on(&casebridge, id.await.unwrap()).await.unwrap() {
                        Attempt::Done(_) => break,
                        Attempt::Later(_) => {}
                        attempt => panic!("{attempt:?}"),
                    }
                }
            })
        };
        let both = (import(scene.casebridge.clone()), import(other.clone()));
        let (one, two) = futures::join!(both.0, both.1);
        one.unwrap();
        two.unwrap();
        let state = scene.simulator.state();
        let files = state["files"].as_array().unwrap();
        assert_eq!(files.len(), round, "round {round}: a file is there twice");
        assert_eq!(count(&scene, &lsid), truth, "round {round}");
    }
}
