//! What real systems answer and real desks are like: each test is named after its file in `tests/cases`,
//! and CONTRIBUTING.md lists them.

use crate::home::{finished, over, rows};
use casebridge_domain::{Case, CaseRef, FailureCode, Lsid};
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin, SessionWork};
use casebridge_tests::scene::{self, Scene};
use casebridge_tests::wait;
use casebridge_use_cases::import::{self, How};
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::jobs::{self, Finished};
use casebridge_use_cases::outbox::{self, Attempt};
use casebridge_use_cases::session_key::{self, SessionKeyRequest};
use casebridge_use_cases::typed_case::typed_case;
use casebridge_use_cases::{Casebridge, Clock};
use casebridge_use_cases::{account, catch_up, doctor, email_key, ended, sessions, tag};
use serde_json::Value;

/// What stands in a file of `tests/cases`.
fn case(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The languages of the appliance, English first.
const LANGUAGES: [Option<&str>; 3] = [None, Some("fr"), Some("de")];

#[tokio::test(flavor = "multi_thread")]
async fn a1_an_idle_appliance_has_no_sessions_in_any_language() {
    for language in LANGUAGES {
        let scene = Scene::new().await.unwrap();
        if let Some(language) = language {
            scene.simulator.fault(FaultSwitch::on(FaultName::Language).with_text(language));
        }
        let running = sessions::running(&scene.casebridge, None).await.unwrap();
        assert!(running.sessions.is_empty(), "{language:?}");
        assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 0, "{language:?}");
        assert_eq!(ended::take_due(&scene.casebridge).await.unwrap(), []);
        let unknown = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let own = sessions::own(&scene.casebridge, None, &unknown).await.unwrap();
        assert!(own.is_none(), "{language:?}");
        let import = import::import(&scene.casebridge, None, &unknown, How::DryRun).await;
        assert_eq!(import.unwrap_err().code, FailureCode::SessionUnknown, "{language:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_the_recorded_answer_is_an_empty_list() {
    let scene = Scene::new().await.unwrap();
    let text = case("a1_empty_report_answer_en.xml");
    scene.simulator.fault(FaultSwitch::on(FaultName::RawAnswer).with_text(&text));
    let running = sessions::running(&scene.casebridge, None).await.unwrap();
    assert!(running.sessions.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_a_missing_permission_is_no_empty_list_in_any_language() {
    for language in LANGUAGES {
        let scene = Scene::new().await.unwrap();
        if let Some(language) = language {
            scene.simulator.fault(FaultSwitch::on(FaultName::Language).with_text(language));
        }
        scene.simulator.fault(FaultSwitch::on(FaultName::ForbiddenReporting));
        let refused = sessions::running(&scene.casebridge, None).await.unwrap_err();
        assert_eq!(refused.code, FailureCode::EndpointUnauthorized, "{language:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_no_survey_is_none_in_any_language() {
    for language in LANGUAGES {
        let scene = Scene::new().await.unwrap();
        if let Some(language) = language {
            scene.simulator.fault(FaultSwitch::on(FaultName::Language).with_text(language));
        }
        let lsid = over(&scene, Some("1026".to_owned()), SessionWork::default());
        let lsid = lsid.parse().unwrap();
        let imported = import::import(&scene.casebridge, None, &lsid, How::Write).await.unwrap();
        assert!(imported.surveys.is_empty() && imported.awaits_surveys, "{language:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_surveys_that_can_never_be_read_are_given_up_when_patience_ends() {
    let scene = Scene::new().await.unwrap();
    let id = queue(&scene, "1026").await;
    assert!(matches!(
        jobs::work_on(&scene.casebridge, id).await.unwrap(),
        Attempt::Done(Finished::Session(_))
    ));
    let [survey] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
    scene.simulator.fault(FaultSwitch::on(FaultName::Status500).only("SupportCustExitSurvey"));
    for _ in 0..7 {
        let attempt = jobs::work_on(&scene.casebridge, survey.id).await.unwrap();
        assert!(matches!(attempt, Attempt::Later(_)), "{attempt:?}");
    }
    scene.simulator.advance_clock(8 * 24 * 3600);
    let attempt = jobs::work_on(&scene.casebridge, survey.id).await.unwrap();
    let Attempt::Dropped(failure) = attempt else { panic!("{attempt:?}") };
    assert_eq!(failure.code, FailureCode::SurveysUnread);
    assert_eq!(kept(&scene, survey.id).0, "gave_up", "and it is on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_sessions_of_many_events_run_like_others() {
    let scene = Scene::new().await.unwrap();
    let begin = |name: &str| {
        let session = SessionBegin {
            representative: "ada".to_owned(),
            name: Some(name.to_owned()),
            ..SessionBegin::default()
        };
        scene.simulator.begin_session(session).unwrap()
    };
    let long = begin("Rosa Marin");
    begin("Tom Harbour");
    scene
        .simulator
        .work(SessionWork { lsid: long, chat: Some(60_000), ..SessionWork::default() })
        .unwrap();
    let running = sessions::running(&scene.casebridge, None).await.unwrap();
    assert_eq!(running.mine().len(), 2);
}

async fn read_case(scene: &Scene) -> Case {
    let named = "1026".parse().unwrap();
    session_key::read_case_of(&scene.casebridge, &named, None).await.unwrap()
}

fn in_language(scene: &Scene, language: Option<&str>) {
    if let Some(language) = language {
        scene.simulator.fault(FaultSwitch::on(FaultName::Language).with_text(language));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_what_the_words_do_not_tell_the_data_do() {
    for language in LANGUAGES {
        let scene = Scene::new().await.unwrap();
        in_language(&scene, language);
        let lsid: Lsid = over(&scene, None, SessionWork::default()).parse().unwrap();
        let case = read_case(&scene).await;
        // It has ended: its case is kept for the import.
        let held = tag::tag(&scene.casebridge, None, &lsid, &case, None).await.unwrap_err();
        assert_eq!(held.code, FailureCode::SessionEndedHeld, "{language:?}");
        let refused = FaultSwitch::on(FaultName::RepNotAvailableError);
        scene.simulator.fault(refused);
        scene.simulator.log_out_representative("ada").unwrap();
        scene.simulator.log_out_representative("ben").ok();
        let request = SessionKeyRequest::of("1026".parse().unwrap());
        let absent = session_key::make_key(&scene.casebridge, &request, |_| ()).await.unwrap_err();
        assert_eq!(absent.code, FailureCode::RepresentativeNotAvailable, "{language:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_an_org_that_is_away_for_maintenance_holds_the_queue_too() {
    let scene = Scene::new().await.unwrap();
    let id = queue(&scene, "1026").await;
    scene.simulator.fault(FaultSwitch::on(FaultName::Html503));
    let held = || scene.casebridge.store().unwrap().outbox_hold().unwrap().is_some();
    for _ in 0..2 {
        jobs::work_on(&scene.casebridge, id).await.unwrap();
        assert!(!held(), "it may be gone in a moment");
    }
    jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(held());
    scene.simulator.clear_faults();
    let probe = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(probe, Attempt::Done(_)) && !held(), "{probe:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_hours_away_hides_no_session() {
    for hours in [-20, -13, 13, 20] {
        let scene = Scene::new().await.unwrap();
        let skew = FaultSwitch::on(FaultName::ClockSkew).with_seconds(hours * 3600);
        scene.simulator.fault(skew);
        let session = SessionBegin {
            representative: "ada".to_owned(),
            name: Some("Rosa Marin".to_owned()),
            ..SessionBegin::default()
        };
        let lsid = scene.simulator.begin_session(session).unwrap();
        let running = sessions::running(&scene.casebridge, None).await.unwrap();
        assert_eq!(running.mine().len(), 1, "{hours}");
        scene.simulator.leave_customer(&lsid).unwrap();
        assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 0, "{hours}");
        let ended = ended::take_due(&scene.casebridge).await.unwrap();
        assert_eq!(ended.len(), 1, "{hours}");
        let tagged = over(&scene, Some("1026".to_owned()), SessionWork::default());
        assert_eq!(catch_up::catch_up(&scene.casebridge).await.unwrap(), 1, "{hours} {tagged}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_at_the_token_endpoint_is_named() {
    let scene = Scene::new().await.unwrap();
    for (host, code) in [
        ("acme.my.salesforce.com", FailureCode::OrgMoved),
        ("login.hotel.test", FailureCode::NetworkPage),
    ] {
        scene.simulator.fault(FaultSwitch::on(FaultName::TokenRedirect).with_text(host));
        scene.casebridge.reload();
        let failure = account::whoami(&scene.casebridge).await.unwrap_err();
        assert_eq!(failure.code, code);
        assert!(failure.detail.contains(host), "{}", failure.detail);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_the_org_does_not_let_in_is_no_matter_of_signing_in_again() {
    let scene = Scene::new().await.unwrap();
    for (fault, text) in [
        (FaultName::TokenError, "invalid_grant: user hasn't approved this consumer"),
        (FaultName::TokenError, "invalid_app_access: user is not admin approved"),
        (FaultName::RestError, "CLIENT_NOT_ACCESSIBLE_FOR_USER: not accessible"),
    ] {
        scene.simulator.fault(FaultSwitch::on(fault).with_text(text));
        scene.casebridge.reload();
        let failure = account::whoami(&scene.casebridge).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::OrgAppNotAllowed, "{text}");
        scene.simulator.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_in_another_encoding_with_numbers_for_people_is_written_as_any_other() {
    let scene = Scene::new().await.unwrap();
    let work =
        || SessionWork { says: Some("Zo\u{eb} l\u{e4}uft".to_owned()), ..SessionWork::default() };
    let plain = finished(&scene, work());
    import::import(&scene.casebridge, None, &plain, How::Write).await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::Encoding).with_text("ISO-8859-1"));
    scene.simulator.fault(FaultSwitch::on(FaultName::NumbersOnly));
    let odd = finished(&scene, work());
    import::import(&scene.casebridge, None, &odd, How::Write).await.unwrap();
    let of = |lsid: &Lsid| {
        let events = rows(&scene, lsid)["Support_Session_Event__c"].clone();
        events.into_values().map(|row| (row["Performed_By__c"].clone(), row["Text__c"].clone()))
    };
    let said: Vec<_> = of(&odd).collect();
    assert!(said.iter().any(|(_, text)| text.as_str().is_some_and(|t| t.contains("Zo\u{eb}"))));
    assert!(said.iter().any(|(by, _)| by == "Rosa Marin"), "{said:?}");
    assert_eq!(of(&plain).count(), said.len());
}

/// How an item is kept now: its state and the code of its failure.
fn kept(scene: &Scene, id: u32) -> (&'static str, Option<String>) {
    let item = scene.casebridge.store().unwrap().item(id).unwrap().unwrap();
    (item.state.as_str(), item.error_code)
}

/// Has a session that carries this key imported.
async fn queue(scene: &Scene, key: &str) -> u32 {
    let lsid = over(scene, Some(key.to_owned()), SessionWork::default()).parse().unwrap();
    jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Now).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_the_keys_of_other_products_are_no_broken_cases() {
    let scene = Scene::new().await.unwrap();
    let text = case("a7_external_keys.txt");
    let keys = text.lines().filter(|line| !line.starts_with("# "));
    for key in keys {
        let is_case = key.parse::<CaseRef>().is_ok();
        let id = queue(&scene, key).await;
        let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
        if !is_case {
            let Attempt::Dropped(failure) = attempt else { panic!("{key}: {attempt:?}") };
            assert_eq!(failure.code, FailureCode::SessionForeignKey, "{key}");
            assert_eq!(kept(&scene, id).0, "gave_up", "{key}");
            continue;
        }
        // It may be made or shared a little later, and nothing is wrong until then.
        let Attempt::Later(failure) = attempt else { panic!("{key}: {attempt:?}") };
        assert_eq!(failure.code, FailureCode::SessionCaseNotFound, "{key}");
        assert_eq!(kept(&scene, id), ("waiting", None), "{key}");
        for _ in 0..3 {
            jobs::work_on(&scene.casebridge, id).await.unwrap();
        }
        assert_eq!(
            kept(&scene, id),
            ("gave_up", Some("session_case_not_found".to_owned())),
            "{key}"
        );
    }
    let session = SessionBegin {
        representative: "ada".to_owned(),
        name: Some("Rosa Marin".to_owned()),
        external_key: Some("NoMAD".to_owned()),
        ..SessionBegin::default()
    };
    let lsid = scene.simulator.begin_session(session).unwrap();
    let running = sessions::running(&scene.casebridge, None).await.unwrap().mine();
    assert_eq!(running[0].external_key, None, "it is one without a case");
    assert_eq!(running[0].foreign_key.as_deref(), Some("NoMAD"));
    let stage = scene.app();
    let offered = |seen: &casebridge_tests::fake_shell::Seen| {
        seen.notices.iter().any(|notice| notice.body.starts_with("Session with Rosa Marin"))
    };
    stage.shell.until("the offer", offered).await.unwrap();
    let other = read_case(&scene).await;
    let (lsid, seen) = (lsid.parse().unwrap(), running[0].carried());
    let tagged = tag::tag(&scene.casebridge, None, &lsid, &other, seen).await.unwrap();
    let back = tag::undo(&scene.casebridge, tagged.id.unwrap()).await.unwrap();
    assert_eq!(back.previous, "NoMAD");
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn b10_what_people_paste_names_its_case() {
    let scene = Scene::new().await.unwrap();
    let id = scene.simulator.ready().case_id;
    for pasted in [
        "Case 00001026".to_owned(),
        format!("localhost/lightning/r/Case/{id}/view"),
        format!("https://localhost/one/one.app#/sObject/{id}/view"),
        format!("Re: printer\n\nSee https://localhost/lightning/r/Case/{id}/view, please."),
    ] {
        let named = typed_case(&scene.casebridge, &pasted).unwrap();
        let case = session_key::read_case_of(&scene.casebridge, &named, None).await.unwrap();
        assert_eq!(case.id.as_str(), id, "{pasted}");
    }
    let other = format!("https://other.lightning.force.com/lightning/r/Case/{id}/view");
    let refused = typed_case(&scene.casebridge, &other).unwrap_err();
    assert_eq!(refused.code, FailureCode::OrgMismatch);
    for line in case("b10_case_references.txt").lines().filter(|line| !line.starts_with('#')) {
        let is_link = line.starts_with("casebridge:");
        let link = line.parse::<casebridge_domain::deep_link::DeepLink>();
        let typed = line.parse::<casebridge_domain::TypedCase>();
        assert!(if is_link { link.is_ok() } else { typed.is_ok() }, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_a_refresh_that_met_a_lock_is_made_again_and_ends_no_sign_in() {
    let scene = Scene::new().await.unwrap();
    let told: Value = serde_json::from_str(&case("b2_token_in_process.json")).unwrap();
    let body = &told["body"];
    let text = format!(
        "{}: {}",
        body["error"].as_str().unwrap(),
        body["error_description"].as_str().unwrap()
    );
    let locked = FaultSwitch::on(FaultName::TokenError).with_text(&text);
    scene.simulator.fault(locked.clone().times(2));
    scene.casebridge.reload();
    account::whoami(&scene.casebridge).await.unwrap();
    // For longer than a moment: the sign-in is not given up.
    scene.simulator.fault(locked);
    scene.casebridge.reload();
    let asked = account::whoami(&scene.casebridge).await.unwrap_err();
    assert_eq!(asked.code, FailureCode::SignInBusy);
    let id = queue(&scene, "1026").await;
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Later(_)), "{attempt:?}");
    scene.simulator.clear_faults();
    account::whoami(&scene.casebridge).await.unwrap();
    assert!(matches!(
        jobs::work_on(&scene.casebridge, id).await.unwrap(),
        Attempt::Done(Finished::Session(_))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_words_that_ask_for_another_attempt_are_obeyed_a_few_times() {
    let scene = Scene::new().await.unwrap();
    let id = queue(&scene, "1026").await;
    let odd = "NEW_CODE: This request is being processed, please try again";
    scene.simulator.fault(FaultSwitch::on(FaultName::RowError).with_text(odd));
    for _ in 0..7 {
        let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
        assert!(matches!(attempt, Attempt::Later(_)), "{attempt:?}");
    }
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Parked(_)), "{attempt:?}");
    assert_eq!(kept(&scene, id), ("parked", Some("org_asks_again".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_a_sign_in_by_another_program_is_noticed_by_the_running_app() {
    let scene = Scene::new().await.unwrap();
    let stage = scene.app();
    scene.simulator.fault(FaultSwitch::on(FaultName::RefreshRevoked));
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let out = |seen: &casebridge_tests::fake_shell::Seen| {
        seen.menu.as_ref().is_some_and(|menu| menu.status.contains("Not signed in"))
    };
    stage.shell.until("the signed-out tray", out).await.unwrap();
    let id = queue(&scene, "1026").await;
    assert!(matches!(jobs::work_on(&scene.casebridge, id).await.unwrap(), Attempt::Later(_)));
    let held = || scene.casebridge.store().unwrap().outbox_hold().unwrap().is_some();
    assert!(held());
    scene.sign_in("ada@example.test").await.unwrap();
    wait::until_true("what was held goes on", || !held()).await.unwrap();
    let store = scene.casebridge.store().unwrap();
    let done = || store.item(id).unwrap().is_some_and(|item| item.state.as_str() == "done");
    wait::until_true("the import", done).await.unwrap();
    stage.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_hidden_field_blocks_nothing_and_is_named() {
    let scene = Scene::new().await.unwrap();
    let hidden = "Case.SuppliedEmail,Contact.Email,Account.Name";
    scene.simulator.fault(FaultSwitch::on(FaultName::HiddenFields).with_text(hidden));
    let request = SessionKeyRequest::of("1026".parse().unwrap());
    let (case, _) = session_key::make_key(&scene.casebridge, &request, |_| ()).await.unwrap();
    assert!(case.account.is_none() && case.recipients().is_empty());
    let before = scene.calls("/query");
    session_key::read_case(&scene.casebridge, &request).await.unwrap();
    assert_eq!(scene.calls("/query"), before + 1, "what is hidden is asked for once");
    let none = email_key::no_recipient(&scene.casebridge, &case);
    assert!(none.detail.contains("Contact.Email"), "{}", none.detail);
    assert!(!none.to_string().contains("SELECT") && !none.detail.contains('^'));
    let outcomes = doctor::examine(&scene.casebridge, |_| ()).await;
    let read = outcomes.iter().find(|outcome| outcome.check.id == "case_read").unwrap();
    assert_eq!(read.finding.status, doctor::Status::Warn);
    for field in ["SuppliedEmail", "Contact.Email", "Account.Name"] {
        assert!(read.finding.detail.contains(field), "{}", read.finding.detail);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_hidden_user_field_is_told_in_words() {
    // Nothing else of Cy's is known to the appliance.
    let scene = Scene::signed_in("cy@example.test").await.unwrap();
    scene.simulator.fault(FaultSwitch::on(FaultName::NoUsernameField));
    let failure = session_key::representative(&scene.casebridge).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::OrgMetadata);
    assert!(failure.detail.contains("BeyondTrust_Username__c"), "{}", failure.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_a_full_org_holds_the_queue_once() {
    let told: Value = serde_json::from_str(&case("b4_storage_full.json")).unwrap();
    let error = &told["body"]["compositeResponse"][0]["body"][0]["errors"][0];
    let full = format!(
        "{}: {}",
        error["statusCode"].as_str().unwrap(),
        error["message"].as_str().unwrap()
    );
    for (name, text, code) in [
        (FaultName::RowError, full.as_str(), FailureCode::OrgFull),
        (FaultName::RowError, "INVALID_READ_ONLY_USER_DML: read-only", FailureCode::OrgReadOnly),
        (FaultName::RestError, "API_CURRENTLY_DISABLED: maintenance", FailureCode::OrgReadOnly),
        (FaultName::RestError, "REQUEST_LIMIT_EXCEEDED: TotalRequests", FailureCode::OrgLimit),
    ] {
        let scene = Scene::new().await.unwrap();
        let stage = scene.app();
        let looked = || scene.casebridge.store().unwrap().looked_at("Default").unwrap().is_some();
        wait::until_true("the look at the start", looked).await.unwrap();
        scene.simulator.fault(FaultSwitch::on(name).with_text(text));
        for _ in 0..3 {
            let id = queue(&scene, "1026").await;
            let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
            let Attempt::Later(failure) = attempt else { panic!("{text}: {attempt:?}") };
            assert_eq!(failure.code, code, "{text}");
        }
        stage.app.press_menu("activity");
        let held = |view: &casebridge_ipc::ActivityView| {
            view.hold.as_ref().is_some_and(|hold| hold.code == code.text().code)
        };
        stage.shell.until_activity("the hold", held).await.unwrap();
        let open = outbox::open_items(&scene.casebridge).await.unwrap();
        assert!(open.iter().all(|item| item.state == "waiting"), "{text}: {open:?}");
        let told = |seen: &casebridge_tests::fake_shell::Seen| {
            seen.notices
                .iter()
                .filter(|notice| notice.title.contains("Nothing can be written"))
                .count()
                == 1
        };
        stage.shell.until("one notice", told).await.unwrap();
        scene.simulator.clear_faults();
        // The next one is the probe, and lets the others go.
        let probe = jobs::work_on(&scene.casebridge, open[0].id).await.unwrap();
        assert!(matches!(probe, Attempt::Done(_)), "{text}: {probe:?}");
        assert!(scene.casebridge.store().unwrap().outbox_hold().unwrap().is_none(), "{text}");
        stage.quit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_a_broken_store_mends_itself_and_says_so_until_it_was_seen() {
    let scene = Scene::new().await.unwrap();
    for _ in 0..5 {
        queue(&scene, "1026").await;
    }
    let folder = scene.casebridge.profile().data_dir.clone();
    // As the case does, with a program that still runs.
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/c5_broken_store.sh");
    scene.casebridge.reload();
    let broken = std::process::Command::new("/bin/sh").arg(script).arg(&folder).status().unwrap();
    assert!(broken.success());
    let another = scene.at_clock(Clock::system()).unwrap();
    let check = async |casebridge: &Casebridge| {
        let outcomes = doctor::examine(casebridge, |_| ()).await;
        outcomes.into_iter().find(|outcome| outcome.check.id == "store").unwrap().finding
    };
    let found = check(&another).await;
    assert_eq!(found.status, doctor::Status::Fail, "{found:?}");
    assert!(found.detail.contains("casebridge.db.damaged-"), "{found:?}");
    let stage = scene.app_of(&another, scene::browser("ada@example.test"));
    let told = |seen: &casebridge_tests::fake_shell::Seen| {
        seen.notices.iter().any(|notice| notice.title.contains("damaged"))
    };
    stage.shell.until("the notice", told).await.unwrap();
    stage.app.press_menu("activity");
    let shown = |view: &casebridge_ipc::ActivityView| {
        let code = FailureCode::StoreMended.text().code;
        view.mended.as_ref().is_some_and(|failure| failure.code == code)
    };
    stage.shell.until_activity("what was damaged", shown).await.unwrap();
    stage.activity("note_mended", serde_json::json!({})).await.unwrap();
    let seen = |view: &casebridge_ipc::ActivityView| view.mended.is_none();
    stage.shell.until_activity("what was seen", seen).await.unwrap();
    assert_eq!(check(&another).await.status, doctor::Status::Pass);
    let aside = std::fs::read_dir(&folder).unwrap();
    let is_aside = |name: &str| name.starts_with("casebridge.db.damaged-");
    let aside = aside.filter(|e| is_aside(&e.as_ref().unwrap().file_name().to_string_lossy()));
    assert_eq!(aside.count(), 1);
    stage.quit().await.unwrap();
}

#[test]
fn every_case_is_listed_and_has_a_test_named_after_it() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let listed = std::fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let sources = [
        "tests/tests/scenarios/real_systems.rs",
        "crates/platform/src/link_registration/windows.rs",
        "crates/platform/src/secrets/windows.rs",
    ];
    let sources = sources.map(|path| std::fs::read_to_string(root.join(path)).unwrap()).concat();
    for entry in std::fs::read_dir(root.join("tests/cases")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(listed.contains(&format!("| `{name}` |")), "{name} is not in CONTRIBUTING.md");
        let (id, _) = name.split_once('_').unwrap();
        assert!(sources.contains(&format!("fn {id}_")), "{name} has no test");
    }
}
