//! The command line beside a running simulator.

use casebridge_platform::secrets::ExposeSecret;
use casebridge_simulator::SessionBegin;
use casebridge_tests::app::built_program;
use casebridge_tests::scene::Scene;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

pub(crate) struct Terminal {
    pub(crate) scene: Scene,
    pub(crate) home: tempfile::TempDir,
}

impl Terminal {
    /// A machine without a desktop: settings and a credentials file, nothing registered.
    pub(crate) async fn new() -> Self {
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

    pub(crate) fn credentials(&self) -> std::path::PathBuf {
        self.scene.folder.path().join("credentials.toml")
    }

    /// A customer who chose Ada.
    pub(crate) fn begin(&self, customer: &str) -> String {
        let session = SessionBegin {
            representative: "ada".to_owned(),
            name: Some(customer.to_owned()),
            ..SessionBegin::default()
        };
        self.scene.simulator.begin_session(session).unwrap()
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(built_program("casebridgectl").unwrap());
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", "/usr/bin:/bin")
            .arg("--config-dir")
            .arg(self.scene.folder.path())
            .arg("--credentials")
            .arg(self.credentials())
            .args(words);
        command
    }

    /// The one object on standard output, and the exit code.
    pub(crate) fn json(&self, words: &[&str]) -> (Value, i32) {
        let output = self.run(&[&["--json"], words].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        (serde_json::from_str(&text).unwrap(), output.status.code().unwrap())
    }
}
