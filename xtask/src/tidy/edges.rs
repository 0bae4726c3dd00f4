//! Which crate may depend on which. Arrows point down only.

use crate::process::{cargo, output};
use anyhow::Result;
use serde::Deserialize;

const DOMAIN: &str = "casebridge-domain";
const TRANSPORT: &str = "casebridge-transport";
const BEYONDTRUST: &str = "casebridge-beyondtrust";
const SALESFORCE: &str = "casebridge-salesforce";
const PLATFORM: &str = "casebridge-platform";
const STORE: &str = "casebridge-store";
const IPC: &str = "casebridge-ipc";
const USE_CASES: &str = "casebridge-use-cases";
const DESKTOP: &str = "casebridge-desktop";
const SIMULATOR: &str = "casebridge-simulator";

/// The only crate that sees Tauri.
const SHELL: &str = "casebridge";

/// Each of our crates, and those of ours it may depend on.
const ALLOWED: &[(&str, &[&str])] = &[
    (DOMAIN, &[]),
    (TRANSPORT, &[]),
    (IPC, &[]),
    (STORE, &[]),
    (PLATFORM, &[DOMAIN]),
    (BEYONDTRUST, &[DOMAIN, TRANSPORT]),
    (SALESFORCE, &[DOMAIN, TRANSPORT]),
    (USE_CASES, &[DOMAIN, TRANSPORT, BEYONDTRUST, SALESFORCE, PLATFORM, STORE]),
    (DESKTOP, &[USE_CASES, DOMAIN, PLATFORM, IPC, STORE]),
    (SHELL, &[DESKTOP, USE_CASES, DOMAIN, PLATFORM, IPC]),
    ("casebridgectl", &[USE_CASES, DOMAIN, PLATFORM]),
    // Shares no type with the clients, or one mistake would hide in both.
    (SIMULATOR, &[]),
    (
        "casebridge-tests",
        &[DOMAIN, TRANSPORT, BEYONDTRUST, SALESFORCE, PLATFORM, IPC, USE_CASES, DESKTOP, SIMULATOR],
    ),
    ("import-bench", &[DOMAIN, BEYONDTRUST, SALESFORCE]),
    ("xtask", &[IPC, DOMAIN]),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    path: Option<String>,
}

/// What is wrong with the edges.
pub(super) fn check() -> Result<Vec<String>> {
    let args = ["metadata", "--no-deps", "--locked", "--offline", "--format-version", "1"];
    let metadata: Metadata = serde_json::from_str(&output(cargo().args(args))?)?;
    Ok(metadata.packages.iter().flat_map(complaints).collect())
}

fn complaints(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![format!("{name} is not in the list of edges, xtask/src/tidy/edges.rs")];
    };
    let forbidden = |dependency: &&Dependency| {
        let ours = dependency.path.is_some() && !allowed.contains(&dependency.name.as_str());
        let tauri = name != SHELL && is_tauri(&dependency.name);
        ours || tauri
    };
    package
        .dependencies
        .iter()
        .filter(forbidden)
        .map(|dependency| format!("{name} must not depend on {}", dependency.name))
        .collect()
}

fn is_tauri(name: &str) -> bool {
    ["tauri", "wry", "tao"].contains(&name) || name.starts_with("tauri-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, dependency: &str, ours: bool) -> Vec<String> {
        let path = ours.then(String::new);
        let dependencies = vec![Dependency { name: dependency.to_owned(), path }];
        complaints(&Package { name: name.to_owned(), dependencies })
    }

    #[test]
    fn an_edge_that_points_down_is_allowed() {
        assert!(check(USE_CASES, DOMAIN, true).is_empty());
        assert!(check(DOMAIN, "serde", false).is_empty());
    }

    #[test]
    fn an_edge_that_points_up_is_not() {
        assert_eq!(check(DOMAIN, USE_CASES, true).len(), 1);
        assert_eq!(check(BEYONDTRUST, SALESFORCE, true).len(), 1);
        assert_eq!(check(SIMULATOR, BEYONDTRUST, true).len(), 1);
    }

    #[test]
    fn only_the_shell_sees_tauri() {
        assert!(check(SHELL, "tauri", false).is_empty());
        assert_eq!(check(USE_CASES, "tauri", false).len(), 1);
        assert_eq!(check("casebridgectl", "tauri-plugin-deep-link", false).len(), 1);
    }

    #[test]
    fn a_crate_that_is_not_listed_is_noticed() {
        assert_eq!(check("casebridge-more", "serde", false).len(), 1);
    }

    #[test]
    fn the_tree_keeps_to_the_list() {
        assert_eq!(super::check().unwrap(), Vec::<String>::new());
    }
}
