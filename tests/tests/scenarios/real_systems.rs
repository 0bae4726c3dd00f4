//! What real systems answer and real desks are like: each test is named after its file in `tests/cases`,
//! and CONTRIBUTING.md lists them.

use crate::home::over;
use casebridge_companion::use_cases::import::{self, How};
use casebridge_companion::use_cases::{catch_up, sessions};
use casebridge_domain::FailureCode;
use casebridge_simulator::{FaultName, FaultSwitch, SessionBegin, SessionWork};
use casebridge_tests::scene::Scene;

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
        assert_eq!(sessions::daily_sweep(&scene.casebridge).await.unwrap(), Some(vec![]));
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
