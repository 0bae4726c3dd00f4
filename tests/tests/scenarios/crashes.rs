//! A process that is killed, a disk that is full, deliveries in any order and number: in the end the
//! org has the same records, and nothing is lost here.

use crate::home::{Content, answer, content, difference, finished};
use crate::terminal::Terminal;
use casebridge_companion::use_cases::outbox::{self, Attempt, When};
use casebridge_domain::Lsid;
use casebridge_simulator::{FaultName, FaultSwitch, SessionWork};
use casebridge_tests::app::built_program;
use casebridge_tests::scene::Scene;
use casebridge_tests::wait;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

const RULE: &str = "\n[transition.solved]\nquestion = \"close_state\"\nanswer = \"Resolved\"\ncase_status = \"Closed\"\ncomment = \"Solved.\"\n";

/// A session with everything, a chat that is too long for its field, and both surveys.
fn whole_session(scene: &Scene) -> Lsid {
    let lsid = finished(scene, SessionWork { chat_bytes: 450_000, ..Default::default() });
    answer(scene, &lsid, false, &[("rating", "5")], 0);
    answer(scene, &lsid, true, &[("close_state", "Resolved")], 0);
    lsid
}

/// What the org should have of such a session.
async fn truth() -> Content {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text + RULE).unwrap();
    let lsid = whole_session(&scene);
    let id = outbox::enqueue_import(&scene.casebridge, None, &lsid, "", When::Asked).await.unwrap();
    let attempt = outbox::work_on(&scene.casebridge, id).await.unwrap();
    assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
    content(&scene, &lsid)
}

fn hang(what: &str, when: &str, after: i64) -> FaultSwitch {
    FaultSwitch::on(FaultName::Hang).only(what).with_text(when).with_seconds(after).times(1)
}

/// The points at which an import is killed: before or after the other side did what it was asked.
const POINTS: [(&str, &str, i64); 16] = [
    ("token", "before", 0),
    ("token", "after", 0),
    ("SupportSession", "before", 0),
    ("SupportSession", "after", 0),
    ("SupportCustExitSurvey", "after", 0),
    ("SupportRepExitSurvey", "before", 0),
    ("SupportRepExitSurvey", "after", 0),
    ("composite", "before", 0),
    ("composite", "after", 0),
    ("composite", "before", 1),
    ("composite", "after", 1),
    ("query", "after", 0),
    ("composite", "before", 2),
    ("composite", "after", 2),
    ("composite", "before", 3),
    ("composite", "after", 3),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_at_any_point_is_completed_and_nothing_is_doubled() {
    let truth = truth().await;
    let terminal = Terminal::new().await;
    terminal.scene.change_settings(|text| text + RULE).unwrap();
    // Whose an item is has to be known before it is kept, as it is after a sign-in.
    terminal.json(&["whoami"]);
    for (what, when, after) in POINTS {
        let point = format!("{when} call {after} of {what}");
        let simulator = &terminal.scene.simulator;
        let lsid = whole_session(&terminal.scene);
        let files = simulator.state()["files"].as_array().unwrap().len();
        let comments = simulator.state()["case_comments"].as_array().unwrap().len();
        simulator.fault(hang(what, when, after));
        let mut command = terminal.command(&["import", "--lsid", lsid.as_str()]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait::until_true(&point, || simulator.state()["faults"]["hang"].is_null()).await.unwrap();
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9), "{point}");
        simulator.clear_faults();
        let (list, _) = terminal.json(&["outbox", "list"]);
        let [item] = &list["items"].as_array().unwrap()[..] else { panic!("{point}: {list}") };
        assert_eq!(
            (&item["kind"], &item["state"]),
            (&"import".into(), &"waiting".into()),
            "{point}"
        );
        let id = item["id"].to_string();
        let (list, code) = terminal.json(&["outbox", "retry", &id]);
        assert_eq!((code, list["items"].as_array().map(Vec::len)), (0, Some(0)), "{point}: {list}");
        let none: [String; 0] = [];
        assert_eq!(difference(&content(&terminal.scene, &lsid), &truth), none, "{point}");
        let now = simulator.state();
        assert_eq!(now["files"].as_array().unwrap().len(), files + 1, "{point}: one file");
        assert_eq!(
            now["case_comments"].as_array().unwrap().len(),
            comments + 1,
            "{point}: one comment"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_at_any_write_of_the_store_loses_nothing() {
    let truth = truth().await;
    let terminal = Terminal::new().await;
    terminal.scene.change_settings(|text| text + RULE).unwrap();
    // The store is there before, as it is after a sign-in.
    terminal.json(&["whoami"]);
    for (failed, nth) in (1..200).step_by(2).enumerate() {
        let lsid = whole_session(&terminal.scene);
        let import = terminal.command(&["--json", "import", "--lsid", lsid.as_str()]);
        let mut traced = std::process::Command::new("strace");
        traced.env_clear().envs(import.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let inject = format!("inject=pwrite64:error=ENOSPC:when={nth}+");
        traced.args(["-f", "-qq", "-e", "trace=pwrite64", "-e", &inject, "-o", "/dev/null", "--"]);
        traced.arg(built_program("casebridgectl").unwrap()).args(import.get_args());
        let output = traced.output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let code = told["error"]["code"].as_str();
        if output.status.success() {
            assert!(code.is_none() && failed > 3, "{told}");
            return;
        }
        assert_eq!(code, Some("disk_full"), "write {nth}: {told}");
        // With space on the disk again it goes on, whether or not the item was kept before.
        let (done, code) = terminal.json(&["import", "--lsid", lsid.as_str()]);
        assert_eq!(code, 0, "write {nth}: {done}");
        let none: [String; 0] = [];
        assert_eq!(difference(&content(&terminal.scene, &lsid), &truth), none, "write {nth}");
        let (list, _) = terminal.json(&["outbox", "list"]);
        assert_eq!(list["items"].as_array().map(Vec::len), Some(0), "write {nth}: {list}");
    }
    panic!("the writes have no end");
}

/// Something that may happen to a session on its way home.
#[derive(Debug, Clone, Copy)]
enum Delivery {
    /// Its report is imported: because it ended, because somebody asked, because a process began anew.
    Import,
    /// The customer answers.
    CustomerAnswers,
    /// The representative answers.
    RepresentativeAnswers,
    /// What waits is worked on, due or not.
    Work,
}

#[test]
fn any_order_and_number_of_deliveries_ends_in_the_same_records() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let truth = runtime.block_on(truth());
    let delivery = prop::sample::select(vec![
        Delivery::Import,
        Delivery::CustomerAnswers,
        Delivery::RepresentativeAnswers,
        Delivery::Work,
    ]);
    let deliveries = prop::collection::vec(delivery, 1..8);
    let mut runner =
        TestRunner::new(Config { cases: 16, failure_persistence: None, ..Config::default() });
    runner
        .run(&deliveries, |deliveries| {
            let found = runtime.block_on(deliver(&deliveries));
            prop_assert_eq!(difference(&found, &truth), Vec::<String>::new());
            Ok(())
        })
        .unwrap();
}

async fn deliver(deliveries: &[Delivery]) -> Content {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text + RULE).unwrap();
    let lsid = finished(&scene, SessionWork { chat_bytes: 450_000, ..Default::default() });
    let (mut customer, mut representative) = (false, false);
    let closing = [
        Delivery::CustomerAnswers,
        Delivery::RepresentativeAnswers,
        Delivery::Import,
        Delivery::Work,
    ];
    for delivery in deliveries.iter().chain(&closing) {
        match delivery {
            Delivery::Import => {
                let queued = outbox::enqueue_import(&scene.casebridge, None, &lsid, "", When::Now);
                queued.await.unwrap();
                work(&scene).await;
            }
            Delivery::CustomerAnswers if !std::mem::replace(&mut customer, true) => {
                answer(&scene, &lsid, false, &[("rating", "5")], 0);
            }
            Delivery::RepresentativeAnswers if !std::mem::replace(&mut representative, true) => {
                answer(&scene, &lsid, true, &[("close_state", "Resolved")], 0);
            }
            Delivery::CustomerAnswers | Delivery::RepresentativeAnswers => {}
            Delivery::Work => work(&scene).await,
        }
    }
    assert_eq!(
        scene.simulator.state()["case_comments"].as_array().unwrap().len(),
        1,
        "{deliveries:?}"
    );
    assert_eq!(scene.simulator.state()["files"].as_array().unwrap().len(), 1, "{deliveries:?}");
    content(&scene, &lsid)
}

async fn work(scene: &Scene) {
    for item in outbox::open_items(&scene.casebridge).await.unwrap() {
        let attempt = outbox::work_on(&scene.casebridge, item.id).await.unwrap();
        assert!(matches!(attempt, Attempt::Done(_) | Attempt::Gone(_)), "{attempt:?}");
    }
}
