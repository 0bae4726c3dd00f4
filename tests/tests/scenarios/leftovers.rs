//! What is deleted is gone from every file of the profile, byte by byte: e-mails, keys, chats, names of
//! another sign-in.

use crate::home::finished;
use crate::terminal::Terminal;
use casebridge_domain::{Case, SessionKey};
use casebridge_simulator::{FaultName, FaultSwitch, SessionWork};
use casebridge_tests::scene::Scene;
use casebridge_use_cases::jobs;
use casebridge_use_cases::jobs::import::When;
use casebridge_use_cases::outbox;
use casebridge_use_cases::{account, email_key, session_key};
use std::path::Path;

const CANARY: &str = "canary-5c1e90";

/// The files below a folder that hold one of these texts.
fn holding(folder: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, texts));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for text in texts {
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(format!("{} holds {text}", path.display()));
            }
        }
    }
    found
}

fn marks(key: &SessionKey) -> Vec<String> {
    vec![key.short_key.clone(), key.key_url.clone(), key.grouped()]
}

fn left(scene: &Scene, marks: &[String]) -> Vec<String> {
    let texts: Vec<&str> = marks.iter().map(String::as_str).collect();
    holding(scene.folder.path(), &texts)
}

async fn key_for(scene: &Scene) -> (Case, SessionKey, String) {
    let request = session_key::SessionKeyRequest::of("1026".parse().unwrap());
    let (case, key) = session_key::make_key(&scene.casebridge, &request, |_| {}).await.unwrap();
    let address = case.recipients()[0].address.clone();
    session_key::note_key(&scene.casebridge, &request, &case).await;
    session_key::record_key(&scene.casebridge, &request, &case, &key).await;
    (case, key, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_left_on_the_disk_when_its_e_mail_is_handed_over() {
    let scene = Scene::new().await.unwrap();
    let record = "[org]\nrecord_session_keys = true\n";
    scene.change_settings(|text| text.replace("[org]\n", record)).unwrap();
    for _ in 0..5 {
        let (case, key, address) = key_for(&scene).await;
        email_key::hand_over(&scene.casebridge, None, &case, &key, &address).await.unwrap();
        assert_eq!(left(&scene, &marks(&key)), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_left_on_the_disk_when_its_e_mail_is_given_up() {
    let scene = Scene::new().await.unwrap();
    let (case, key, address) = key_for(&scene).await;
    scene.simulator.fault(FaultSwitch::on(FaultName::EmailFails));
    email_key::hand_over(&scene.casebridge, None, &case, &key, &address).await.unwrap_err();
    // While it waits for a person, it has to be there.
    assert_ne!(left(&scene, &marks(&key)), Vec::<String>::new());
    let [item] = &outbox::open_items(&scene.casebridge).await.unwrap()[..] else { panic!() };
    outbox::discard(&scene.casebridge, item.id).await.unwrap();
    assert_eq!(left(&scene, &marks(&key)), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_a_chat_and_no_case_of_a_sign_in_that_ended_is_left_on_the_disk() {
    let scene = Scene::new().await.unwrap();
    let work = SessionWork {
        says: Some(CANARY.to_owned()),
        chat_bytes: 450_000,
        ..SessionWork::default()
    };
    let lsid = finished(&scene, work);
    for fault in [Some(FaultName::Html503), None] {
        if let Some(fault) = fault {
            scene.simulator.fault(FaultSwitch::on(fault).only("composite"));
        }
        let id = jobs::import::enqueue_import(&scene.casebridge, None, &lsid, "", When::Asked);
        jobs::work_on(&scene.casebridge, id.await.unwrap()).await.unwrap();
        assert_eq!(left(&scene, &[CANARY.to_owned()]), Vec::<String>::new());
        scene.simulator.clear_faults();
    }
    let stage = scene.app();
    stage.app.open_link("casebridge://session-key?case=1026".into()).await;
    let stored = || !scene.casebridge.store().unwrap().cases().unwrap().is_empty();
    casebridge_tests::wait::until_true("the case on the disk", stored).await.unwrap();
    let subject = scene.casebridge.store().unwrap().cases().unwrap()[0].subject.clone();
    stage.quit().await.unwrap();
    account::sign_out(&scene.casebridge).await.unwrap();
    assert_eq!(left(&scene, &[subject]), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_leaves_no_key_behind() {
    let terminal = Terminal::new().await;
    let (made, code) = terminal.json(&["session-key", "--case", "1026"]);
    assert_eq!(code, 0, "{made}");
    let key = made["short_key"].as_str().unwrap();
    let (sent, code) = terminal.json(&["email-key", "--case", "1026", "--short-key", key]);
    assert_eq!(code, 0, "{sent}");
    let url = made["key_url"].as_str().unwrap();
    assert_eq!(left(&terminal.scene, &[key.to_owned(), url.to_owned()]), Vec::<String>::new());
}
