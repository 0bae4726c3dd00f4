//! The command line as scripts use it: one JSON object, exit codes, secrets from a file.

use casebridge_platform::secrets::ExposeSecret;
use casebridge_simulator::{FaultName, FaultSwitch};
use casebridge_tests::app::built_program;
use casebridge_tests::scene::Scene;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

struct Terminal {
    scene: Scene,
    home: tempfile::TempDir,
}

impl Terminal {
    /// A machine without a desktop: settings and a credentials file, nothing registered.
    async fn new() -> Self {
        let scene = Scene::new().await.unwrap();
        let terminal = Self { scene, home: tempfile::tempdir().unwrap() };
        let ready = terminal.scene.simulator.ready();
        let token = terminal.scene.refresh_token().unwrap();
        let text = format!(
            "[appliance.Default]\nclient_secret = {:?}\n[org]\nrefresh_token = {:?}\n",
            ready.appliance.client_secret,
            token.expose_secret()
        );
        std::fs::write(terminal.credentials(), text).unwrap();
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(terminal.credentials(), private).unwrap();
        terminal
    }

    fn credentials(&self) -> std::path::PathBuf {
        self.scene.folder.path().join("credentials.toml")
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(built_program("casebridgectl").unwrap())
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", "/usr/bin:/bin")
            .arg("--config-dir")
            .arg(self.scene.folder.path())
            .arg("--credentials")
            .arg(self.credentials())
            .args(words)
            .output()
            .unwrap()
    }

    /// The one object on standard output, and the exit code.
    fn json(&self, words: &[&str]) -> (Value, i32) {
        let output = self.run(&[&["--json"], words].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        (serde_json::from_str(&text).unwrap(), output.status.code().unwrap())
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_answers_with_the_documented_object() {
    let terminal = Terminal::new().await;
    let (who, code) = terminal.json(&["whoami"]);
    assert_eq!(code, 0);
    assert_eq!(keys(&who), ["instance_url", "org_id", "representative", "user_id", "username"]);
    assert_eq!(
        (&who["username"], &who["representative"]),
        (&"ada@example.test".into(), &"ada".into())
    );

    let (made, code) = terminal.json(&["session-key", "--case", "1026", "--ttl", "600"]);
    assert_eq!(code, 0);
    assert_eq!(
        keys(&made),
        [
            "case",
            "expires_at",
            "external_key",
            "key_url",
            "mail_body",
            "mail_subject",
            "queue_available",
            "short_key"
        ]
    );
    assert_eq!(keys(&made["case"]), ["case_number", "id", "subject"]);
    assert_eq!(made["external_key"], made["case"]["id"]);
    assert_eq!(made["queue_available"], true);
    let end: jiff::Timestamp = made["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(end.duration_until(jiff::Timestamp::now()).abs().as_secs() <= 600);

    let short_key = made["short_key"].as_str().unwrap();
    let (sent, code) = terminal.json(&["email-key", "--case", "1026", "--short-key", short_key]);
    assert_eq!((keys(&sent), code), (vec!["handed_over", "recipient"], 0));
    let mails = terminal.scene.emails();
    assert_eq!((mails.len(), &mails[0]["ToAddress"]), (1, &sent["recipient"]));

    let (policy, code) = terminal.json(&["policy", "show"]);
    assert_eq!(code, 0);
    for setting in policy["settings"].as_array().unwrap() {
        assert_eq!(keys(setting), ["key", "locked", "origin", "value"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_an_object_with_a_next_step_and_exit_code_1() {
    let terminal = Terminal::new().await;
    for (words, expected) in [
        (&["session-key", "--case", "99999999"][..], "case_not_found"),
        (&["session-key", "--case", "nonsense"], "case_reference_invalid"),
        (&["session-key", "--case", "1026", "--portal", "evil.example"], "portal_unknown"),
        (&["session-key", "--case", "1026", "--appliance", "Other"], "appliance_unknown"),
        (&["email-key", "--case", "1026", "--short-key", "a b"], "key_unknown"),
        (&["open", "casebridge://session-key?case=1026"], "app_not_running"),
        (&["open", "casebridge://run?cmd=x"], "link_refused"),
    ] {
        let (answer, code) = terminal.json(words);
        assert_eq!(code, 1, "{words:?}");
        assert_eq!(keys(&answer["error"]), ["code", "detail", "next_step", "title"]);
        assert_eq!(answer["error"]["code"], expected, "{words:?}");
        assert!(!answer["error"]["next_step"].as_str().unwrap().is_empty());
    }
    assert_eq!(terminal.scene.keys().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_exit_code_2_and_writes_nothing_to_standard_output() {
    let terminal = Terminal::new().await;
    for words in
        [&["--json"][..], &["--json", "session-key"], &["--json", "jump"], &["--json", "open"]]
    {
        let output = terminal.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{words:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_happens_on_a_click_where_the_links_are_not_registered() {
    let terminal = Terminal::new().await;
    let (answer, code) = terminal.json(&["doctor"]);
    assert_eq!(code, 1);
    let checks = answer["checks"].as_array().unwrap();
    for check in checks {
        assert_eq!(keys(check), ["detail", "id", "next_step", "status", "title"]);
        let expected = if check["id"] == "link_registration" { "fail" } else { "pass" };
        assert_eq!(check["status"], expected, "{check}");
    }
    let links = checks.iter().find(|check| check["id"] == "link_registration").unwrap();
    assert!(links["detail"].as_str().unwrap().contains("does nothing"), "{links}");
    assert!(links["next_step"].as_str().unwrap().contains("Start Casebridge"), "{links}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_no_secret_is_shown_whatever_goes_wrong() {
    let terminal = Terminal::new().await;
    terminal.scene.simulator.fault(FaultSwitch::on(FaultName::UnauthorizedSecret));
    let secret = terminal.scene.simulator.ready().appliance.client_secret;
    for words in
        [&["doctor"][..], &["--json", "session-key", "--case", "1026"], &["policy", "show"]]
    {
        let output = terminal.run(words);
        for stream in [output.stdout, output.stderr] {
            assert!(!String::from_utf8(stream).unwrap().contains(&secret), "{words:?}");
        }
    }
}
