//! Keys of settings as text in code. Code names a setting by its declaration, so that a key that does
//! not exist, or is read as another type, does not compile; a key as text belongs into the table.

use super::Source;
use super::figures::{is_code, product_lines};
use casebridge_domain::settings::{Scope, declarations};
use std::collections::BTreeSet;

/// Where the table is, and the files and layers that hold keys.
const TABLE: &str = "crates/domain/src/settings";

/// Lines of product code that have the key of a setting as text.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let wanted = literals();
    let is_read = |file: &&Source| {
        file.path.ends_with(".rs") && is_code(&file.path) && !file.path.starts_with(TABLE)
    };
    files.iter().filter(is_read).flat_map(|file| hits(file, &wanted)).collect()
}

/// How keys look as text in code: whole, or the part before a name.
fn literals() -> BTreeSet<String> {
    declarations()
        .map(|one| match one.scope {
            Scope::Single => format!("\"{}\"", one.key),
            Scope::PerAppliance | Scope::PerTransition => format!("\"{}", one.scope.prefix()),
        })
        .collect()
}

fn hits(file: &Source, wanted: &BTreeSet<String>) -> Vec<String> {
    let lines = product_lines(file).into_iter().enumerate();
    lines
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .filter_map(|(at, line)| {
            let key = wanted.iter().find(|key| line.contains(key.as_str()))?;
            let (path, line) = (&file.path, at + 1);
            Some(format!("{path}:{line} has a key as text, {key}: use its declaration"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&[Source { path: path.to_owned(), text: text.to_owned() }]).len()
    }

    #[test]
    fn a_key_in_product_code_is_found() {
        let code =
            "fn f() {\n    a.text(\"key.ttl\");\n    format!(\"appliance.{name}.hostname\");\n}\n";
        assert_eq!(found("crates/use-cases/src/a.rs", code), 2);
        assert_eq!(found("src-tauri/src/a.rs", code), 2);
    }

    #[test]
    fn tests_comments_and_the_table_may_have_keys() {
        let code = "a.text(\"key.ttl\");\n";
        assert_eq!(found("tests/tests/scenarios/a.rs", code), 0);
        assert_eq!(found("crates/domain/src/settings/table.rs", code), 0);
        assert_eq!(found("crates/use-cases/src/a.rs", &format!("#[cfg(test)]\n{code}")), 0);
        assert_eq!(found("crates/use-cases/src/a.rs", &format!("// {code}")), 0);
        assert_eq!(found("crates/use-cases/src/a.rs", "a(\"key.ttl is a sentence\");\n"), 0);
    }
}
