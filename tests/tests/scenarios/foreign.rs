//! The simulated org serves clients that nobody here wrote, as the real one does: what they call, and
//! what they make of the answers, is theirs. `tests/foreign/` has the calls.

use casebridge_simulator::{Options, Simulator};
use std::path::{Path, PathBuf};
use std::process::Command;

const PYTHON: &str = "target/foreign/bin/python";
const NODE_MODULES: &str = "tests/foreign/node_modules";
const SIMPLE_SALESFORCE: &[&str] = &[
    "query: [True]",
    "query without a slash: 1",
    "query_all in pages: 20",
    "query_all_iter: 20",
    "describe: True",
    "describe of an object: True",
    "metadata: 500",
    "get: 00001026",
    "upsert that creates: 201",
    "upsert that changes: 200",
    "get_by_custom_id: Rosa",
    "create: (True, 'New')",
    "update: 204",
    "get after update: Working",
    "delete: 204",
    "get after delete: SalesforceResourceNotFound NOT_FOUND",
    "delete twice: SalesforceResourceNotFound ENTITY_IS_DELETED",
    "query_all with deleted: 1",
    "limits: 15000",
    "api_usage: 15000",
    "search: ['00001026']",
    "quick_search: 1",
    "collections: [True, True, ['INVALID_FIELD']]",
    "composite: [200, 200]",
    "composite, all or none: ['PROCESSING_HALTED', 'INVALID_FIELD']",
    "userinfo: ada@example.test",
    "identity: ada@example.test",
    "a bad field in a query: SalesforceMalformedRequest INVALID_FIELD",
    "a bad field in a row: SalesforceMalformedRequest INVALID_FIELD",
    "a bad query: SalesforceMalformedRequest MALFORMED_QUERY",
    "a bad id: SalesforceResourceNotFound NOT_FOUND",
    "an id with a bad checksum: SalesforceMalformedRequest MALFORMED_ID",
    "a bad object: SalesforceResourceNotFound NOT_FOUND",
    "an expired token: SalesforceExpiredSession INVALID_SESSION_ID",
];

const JSFORCE: &[&str] = &[
    "query: [true]",
    "query with a slash: 1",
    "query in pages: 20",
    "find: [\"00001031\",\"00001044\"]",
    "describeGlobal: true",
    "describe: true",
    "recent: true",
    "retrieve: \"00001026\"",
    "upsert that creates: true",
    "upsert that changes: false",
    "retrieve by a key: \"Rosa\"",
    "create: [true,\"New\"]",
    "update: true",
    "retrieve after update: \"Working\"",
    "destroy: true",
    "retrieve after destroy: error NOT_FOUND",
    "destroy twice: error ENTITY_IS_DELETED",
    "query with deleted: 1",
    "limits: 15000",
    "limitInfo: 15000",
    "search: [\"00001026\"]",
    "create many: [true,true,[\"INVALID_FIELD\"]]",
    "update many: [true,true]",
    "retrieve many: [\"New One\",\"New Two\"]",
    "upsert many: [false,true]",
    "destroy many: [true,true]",
    "composite: [200,200]",
    "identity: \"ada@example.test\"",
    "a bad field in a query: error INVALID_FIELD",
    "a bad field in a row: error INVALID_FIELD",
    "a bad query: error MALFORMED_QUERY",
    "a bad id: error NOT_FOUND",
    "an id with a bad checksum: error MALFORMED_ID",
    "a bad object: error NOT_FOUND",
    "an expired token, refreshed: 1",
    "an expired token: error INVALID_SESSION_ID",
];

#[test]
fn simple_salesforce_is_served() {
    let simulator = Simulator::start(Options::default()).unwrap();
    let mut command = Command::new(installed(PYTHON));
    command.arg(root().join("tests/foreign/simple_salesforce_calls.py"));
    assert_eq!(lines(&simulator, command), SIMPLE_SALESFORCE);
}

#[test]
fn jsforce_is_served() {
    let simulator = Simulator::start(Options::default()).unwrap();
    installed(NODE_MODULES);
    let mut command = Command::new("node");
    command.arg(root().join("tests/foreign/jsforce_calls.js"));
    command.env("NODE_EXTRA_CA_CERTS", simulator.ready().ca_file);
    assert_eq!(lines(&simulator, command), JSFORCE);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The place of something that the setup installs.
fn installed(name: &str) -> PathBuf {
    let place = root().join(name);
    assert!(place.exists(), "{name} is missing: `cargo xtask setup` installs it");
    place
}

/// What a program prints that is told where the simulator is.
fn lines(simulator: &Simulator, mut command: Command) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready.json");
    std::fs::write(&file, serde_json::to_string(&simulator.ready()).unwrap()).unwrap();
    // jsforce takes a proxy for every host.
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
        command.env_remove(name);
    }
    let output = command.arg(&file).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{errors}");
    text.lines().map(str::to_owned).collect()
}
