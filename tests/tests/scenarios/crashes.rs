//! A process that is killed, a disk that is full, deliveries in any order and number: in the end the
//! org has the same records, and nothing is lost here.

use crate::home::{Content, answer, content, difference, finished};
use crate::terminal::Terminal;
use casebridge_domain::Lsid;
use casebridge_platform::secrets::ExposeSecret;
use casebridge_simulator::{FaultName, FaultSwitch, SessionWork};
use casebridge_tests::app::built_program;
use casebridge_tests::scene::Scene;
use casebridge_tests::wait;
use casebridge_use_cases::jobs;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::outbox::{self, Attempt};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

const RULE: &str = "\n[transition.solved]\nquestion = \"close_state\"\nanswer = \"Resolved\"\ncase_status = \"Closed\"\ncomment = \"Solved.\"\n";

/// A chat that is too long for its field.
const LONG_CHAT: u64 = 450_000;

/// A session with everything, a chat that is too long for its field, and both surveys.
fn whole_session(scene: &Scene) -> Lsid {
    session(scene, LONG_CHAT)
}

fn session(scene: &Scene, chat_bytes: u64) -> Lsid {
    let lsid = finished(scene, SessionWork { chat_bytes, ..Default::default() });
    answer(scene, &lsid, false, &[("rating", "5")], 0);
    answer(scene, &lsid, true, &[("close_state", "Resolved")], 0);
    lsid
}

/// What the org should have of such a session.
async fn truth() -> Content {
    truth_of(LONG_CHAT).await
}

async fn truth_of(chat_bytes: u64) -> Content {
    let scene = Scene::new().await.unwrap();
    scene.change_settings(|text| text + RULE).unwrap();
    let lsid = session(&scene, chat_bytes);
    let id = jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Asked)
        .await
        .unwrap();
    let attempt = jobs::work_on(&scene.casebridge, id).await.unwrap();
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

/// How often an import is killed; more with `CASEBRIDGE_KILLS` in the environment.
#[expect(clippy::disallowed_methods, reason = "a switch of the test run")]
fn kills() -> usize {
    std::env::var("CASEBRIDGE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

/// Puts a new sign-in of the same person where the program looks for it.
async fn sign_in_again(terminal: &Terminal) {
    terminal.scene.sign_in("ada@example.test").await.unwrap();
    let token = terminal.scene.refresh_token().unwrap();
    let text = std::fs::read_to_string(terminal.credentials()).unwrap();
    let kept = text.lines().filter(|line| !line.starts_with("refresh_token"));
    let mut text: String = kept.map(|line| format!("{line}\n")).collect();
    text.push_str(&format!("refresh_token = {:?}\n", token.expose_secret()));
    std::fs::write(terminal.credentials(), text).unwrap();
}

/// What is left is done to the end; says whether the sign-in had to be made again.
async fn complete(terminal: &Terminal, lsid: &Lsid) -> bool {
    let mut lost = false;
    loop {
        let (list, code) = terminal.json(&["outbox", "list"]);
        assert_eq!(code, 0, "{list}");
        let item = list["items"].as_array().unwrap().iter().find(|item| item["kind"] == "import");
        let (told, code) = match item {
            Some(item) => terminal.json(&["outbox", "retry", &item["id"].to_string()]),
            // It was killed before it had said anything.
            None => terminal.json(&["import", "--lsid", lsid.as_str()]),
        };
        if code == 0 {
            return lost;
        }
        let code = told["error"]["code"].as_str().unwrap();
        assert_eq!((code, lost), ("sign_in_lost", false), "{told}");
        sign_in_again(terminal).await;
        lost = true;
    }
}

/// The moment is left to chance, so that no place in the program is safer than another.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_at_any_moment_loses_and_doubles_nothing() {
    // Few of them with a long chat, which takes a while.
    let truths = [truth_of(0).await, truth_of(LONG_CHAT).await];
    let (mut lost, mut killed) = (0, 0);
    while killed < kills() {
        let terminal = Terminal::new().await;
        terminal.scene.change_settings(|text| text + RULE).unwrap();
        let begun = std::time::Instant::now();
        terminal.json(&["import", "--lsid", session(&terminal.scene, 0).as_str()]);
        let (whole, mut files) = (begun.elapsed(), 0);
        for round in 1..=20 {
            let is_long = round % 5 == 0;
            files += usize::from(is_long);
            let lsid = session(&terminal.scene, if is_long { LONG_CHAT } else { 0 });
            let mut command = terminal.command(&["import", "--lsid", lsid.as_str()]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let moment = whole.mul_f64(rand::random_range(0.0..1.1));
            std::thread::sleep(moment);
            child.kill().unwrap();
            killed += usize::from(child.wait().unwrap().signal() == Some(9));
            lost += usize::from(complete(&terminal, &lsid).await);
            let none: [String; 0] = [];
            let truth = &truths[usize::from(is_long)];
            assert_eq!(difference(&content(&terminal.scene, &lsid), truth), none, "{moment:?}");
            let now = terminal.scene.simulator.state();
            let count = |name: &str| now[name].as_array().map(Vec::len);
            assert_eq!((count("files"), count("case_comments")), (Some(files), Some(round + 1)));
        }
    }
    println!("{lost} of {killed} kills cost the sign-in");
    // The org has answered and nobody has heard it yet: no program can do anything about that moment.
    assert!(lost * 8 <= killed.max(200), "{lost} of {killed} kills cost the sign-in");
}

/// What was written to the profile and is not on the disk yet, call by call.
#[tokio::test(flavor = "multi_thread")]
async fn everything_is_on_the_disk_before_anything_is_sent_or_said() {
    let terminal = Terminal::new().await;
    terminal.json(&["whoami"]);
    let lsid = whole_session(&terminal.scene);
    let trace = terminal.home.path().join("trace");
    let import = terminal.command(&["--json", "import", "--lsid", lsid.as_str()]);
    let mut traced = std::process::Command::new("strace");
    traced.env_clear().envs(import.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let calls = "trace=write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync";
    traced.args(["-f", "-y", "-qq", "-s", "0", "-e", calls, "-o"]).arg(&trace).arg("--");
    traced.arg(built_program("casebridgectl").unwrap()).args(import.get_args());
    assert!(traced.output().unwrap().status.success());
    let trace = std::fs::read_to_string(&trace).unwrap();
    let folder = terminal.scene.folder.path().display().to_string();
    // A file is called by the name that it has by then.
    let is_clean = |dirty: &mut BTreeMap<String, String>, file: &str| {
        dirty.remove(file).or_else(|| dirty.remove(&format!("{file}.next"))).is_some()
    };
    let (mut dirty, mut syncing) = (BTreeMap::new(), BTreeMap::<String, String>::new());
    let (mut synced, mut sent, mut said) = (0, 0, 0);
    for line in trace.lines() {
        let (pid, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        if call.contains("resumed>") {
            if let Some(file) = syncing.remove(pid).filter(|_| call.ends_with("= 0")) {
                synced += usize::from(is_clean(&mut dirty, &file));
            }
            continue;
        }
        let Some((name, rest)) = call.split_once('(') else { continue };
        let Some(file) = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')) else {
            continue;
        };
        let file = file.0.to_owned();
        match name {
            "fsync" | "fdatasync" if call.ends_with("<unfinished ...>") => {
                syncing.insert(pid.to_owned(), file);
            }
            "fsync" | "fdatasync" => synced += usize::from(is_clean(&mut dirty, &file)),
            _ if file.starts_with("socket:") || rest.starts_with("1<") => {
                assert!(dirty.is_empty(), "{line}\nbefore it was on the disk: {dirty:#?}");
                if rest.starts_with("1<") { said += 1 } else { sent += 1 }
            }
            // Logs are no memory, and files without a name are gone with the process.
            _ if file.starts_with(&folder)
                && !file.contains("/logs/")
                && !rest.contains(">(deleted)") =>
            {
                dirty.insert(file, line.to_owned());
            }
            _ => {}
        }
    }
    assert!(synced > 3 && sent > 8 && said > 0, "{synced} {sent} {said}");
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

#[tokio::test(flavor = "multi_thread")]
async fn s17_a_full_disk_costs_no_sign_in_and_is_named() {
    let terminal = Terminal::new().await;
    terminal.json(&["whoami"]);
    for (file, call) in [
        (format!("{}.next", terminal.credentials().display()), "write"),
        (format!("{}.next", terminal.credentials().display()), "fsync"),
        (terminal.scene.folder.path().join("data").display().to_string(), "fsync"),
    ] {
        let before = terminal.scene.calls("/services/oauth2/token");
        let whoami = terminal.command(&["--json", "whoami"]);
        let mut traced = std::process::Command::new("strace");
        traced.env_clear().envs(whoami.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let inject = format!("inject={call}:error=ENOSPC");
        traced.args(["-f", "-qq", "-P", &file, "-e", &format!("trace={call}"), "-e", &inject]);
        traced.args(["-o", "/dev/null", "--"]).arg(built_program("casebridgectl").unwrap());
        let output = traced.args(whoami.get_args()).output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["error"]["code"], "disk_full", "{call} {file}: {told}");
        assert_eq!(terminal.scene.calls("/services/oauth2/token"), before, "the token was used up");
        let (who, code) = terminal.json(&["whoami"]);
        assert_eq!(code, 0, "{call} {file}: {who}");
    }
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
    let lsid = finished(&scene, SessionWork { chat_bytes: LONG_CHAT, ..Default::default() });
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
                let queued =
                    jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Now);
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
        let attempt = jobs::work_on(&scene.casebridge, item.id).await.unwrap();
        let is_over = matches!(attempt, Attempt::Done(_) | Attempt::Gone(_) | Attempt::LooksAgain);
        assert!(is_over, "{attempt:?}");
    }
}
