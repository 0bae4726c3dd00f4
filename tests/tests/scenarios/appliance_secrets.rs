//! The secrets of several appliances: each is checked, and a script stores each.

use crate::terminal::Terminal;
use casebridge_platform::secrets::{SecretName, SecretStore, SecretString};
use casebridge_tests::scene::Scene;
use casebridge_use_cases::doctor::{self, Status};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

fn store(scene: &Scene, secret: &str) {
    let name = SecretName::ApplianceClientSecret("EMEA".to_owned());
    scene.secrets.set(&name, &SecretString::from(secret)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_each_appliance_is_checked_and_a_wrong_second_secret_fails() {
    let scene = Scene::new().await.unwrap();
    let second = scene.second_appliance("EMEA").unwrap();
    store(&scene, "wrong");
    let status = async |id: &str| {
        let all = doctor::examine(&scene.casebridge, |_| {}).await;
        let found = all.into_iter().find(|outcome| outcome.check.id == id).expect(id);
        assert!(found.check.title.contains("EMEA") || id == "appliance_token", "{found:?}");
        found.finding
    };
    assert_eq!(status("appliance_token").await.status, Status::Pass);
    let found = status("appliance_token.EMEA").await;
    assert_eq!(found.status, Status::Fail, "{found:?}");
    let key = "appliance.EMEA.client_id".to_owned();
    assert_eq!(found.place, Some(doctor::Place::Setting(key)));
    store(&scene, &second.ready().appliance.client_secret);
    for id in ["appliance_token.EMEA", "user_mapping.EMEA", "representative_available.EMEA"] {
        assert_eq!(status(id).await.status, Status::Pass, "{id}");
    }
}

/// Runs the program with this on standard input.
fn fed(terminal: &Terminal, words: &[&str], input: &str) -> (Value, i32) {
    let mut command = terminal.command(&[&["--json"], words].concat());
    let mut running = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let secret = input.trim();
    assert!(secret.is_empty() || !(text.contains(secret) || errors.contains(secret)), "{text}");
    (serde_json::from_str(&text).unwrap(), output.status.code().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_script_rolls_out_the_secret_of_each_appliance() {
    let terminal = Terminal::new().await;
    let second = terminal.scene.second_appliance("EMEA").unwrap();
    let status = |id: &str| {
        let (answer, _) = terminal.json(&["doctor"]);
        let checks = answer["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["id"] == id).expect(id)["status"].clone()
    };
    assert_eq!(status("appliance_token.EMEA"), "fail");
    let set = ["secret", "set", "--appliance", "EMEA"];
    let secret = second.ready().appliance.client_secret;
    let (answer, code) = fed(&terminal, &set, &format!("{secret}\n"));
    assert_eq!((answer, code), (json!({ "appliance": "EMEA", "stored": true }), 0));
    assert_eq!(status("appliance_token.EMEA"), "pass");
    assert_eq!(status("appliance_token"), "pass");
    let (answer, code) = terminal.json(&["secret", "remove", "--appliance", "EMEA"]);
    assert_eq!((answer, code), (json!({ "appliance": "EMEA", "stored": false }), 0));
    assert_eq!(status("appliance_token.EMEA"), "fail");
    for (words, input, code) in [
        (&["secret", "set", "--appliance", "Elsewhere"], "canary", "appliance_unknown"),
        (&set, "", "secret_invalid"),
        (&set, "two\nlines", "secret_invalid"),
    ] {
        let (answer, exit) = fed(&terminal, words, input);
        assert_eq!((answer["error"]["code"].as_str(), exit), (Some(code), 1), "{words:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_running_program_takes_a_secret_that_another_one_stored() {
    let scene = Scene::new().await.unwrap();
    let second = scene.second_appliance("EMEA").unwrap();
    store(&scene, "wrong");
    let log_in = async || {
        let client = scene.casebridge.appliance(Some("EMEA")).await.unwrap();
        client.log_in().await
    };
    assert!(log_in().await.is_err());
    let other = scene.at_clock(casebridge_use_cases::Clock::system()).unwrap();
    let secret = SecretString::from(second.ready().appliance.client_secret);
    other.save_appliance_secret("EMEA", secret).await.unwrap();
    log_in().await.unwrap();
}
