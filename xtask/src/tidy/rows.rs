//! The page about the vendor's integration, row by row: each row is there once, its settings exist, and
//! its tests exist and carry its number in their names.

use super::Source;
use casebridge_domain::settings::{Scope, declarations};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

const PAGE: &str = "docs/rows.md";
const ROWS: RangeInclusive<u32> = 1..=41;
/// What the cell of a row begins with that no test shows; the reason is behind it.
const NONE: &str = "none: ";

/// What is wrong with the page.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        return vec![format!("{PAGE} is not in the repository")];
    };
    let (tests, settings) = (tests(files), settings());
    let rows: Vec<Row<'_>> = page.text.lines().filter_map(Row::read).collect();
    let known = rows.iter().flat_map(|row| row.complaints(&tests, &settings));
    known.chain(counts(&rows)).map(|what| format!("{PAGE}: {what}")).collect()
}

/// Rows that are not there exactly once.
fn counts(rows: &[Row<'_>]) -> Vec<String> {
    let count = |number: u32| rows.iter().filter(|row| row.number == number).count();
    let wrong = ROWS.filter(|number| count(*number) != 1);
    let mut complaints: Vec<String> =
        wrong.map(|number| format!("row {number} is there {} times", count(number))).collect();
    let beyond = rows.iter().filter(|row| !ROWS.contains(&row.number));
    complaints.extend(beyond.map(|row| format!("there is no row {}", row.number)));
    complaints
}

/// A line of one of the page's tables: number, what it is about, window, command, setting, test.
struct Row<'t> {
    number: u32,
    settings: &'t str,
    tests: &'t str,
}

impl<'t> Row<'t> {
    fn read(line: &'t str) -> Option<Self> {
        let line = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let number = cells.first()?.parse().ok()?;
        match cells.as_slice() {
            [_, _, _, _, settings, tests] => Some(Self { number, settings, tests }),
            _ => Some(Self { number, settings: "", tests: "" }),
        }
    }

    fn complaints(&self, tests: &BTreeSet<&str>, settings: &BTreeSet<String>) -> Vec<String> {
        let row = format!("row {}", self.number);
        let mut complaints = Vec::new();
        for name in quoted(self.settings).filter(|name| !settings.contains(*name)) {
            complaints.push(format!("{row} names {name}, which is no setting"));
        }
        let reason = self.tests.strip_prefix(NONE).is_some_and(|reason| !reason.is_empty());
        if !reason && quoted(self.tests).next().is_none() {
            complaints.push(format!("{row} has neither a test nor \"{NONE}\" with a reason"));
        }
        let named = quoted(self.tests).filter(|_| !reason);
        for name in named {
            if !tests.contains(name) {
                complaints.push(format!("{row} names {name}, which is no test"));
            } else if !carries(name, self.number) {
                complaints.push(format!("{row} names {name}, which does not carry its number"));
            }
        }
        complaints
    }
}

/// Whether a test's name has `row_NN` in it.
fn carries(name: &str, number: u32) -> bool {
    let wanted = format!("row_{number:02}");
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
    name.split_once(&wanted).is_some_and(|(_, rest)| ends(rest))
}

/// What a cell has in backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The tests of the suites that need more than one crate.
fn tests(files: &[Source]) -> BTreeSet<&str> {
    let suites = files.iter().filter(|file| file.path.starts_with("tests/tests/"));
    suites.flat_map(|file| tests_of(&file.text)).collect()
}

/// The functions that stand below an attribute for tests.
fn tests_of(text: &str) -> impl Iterator<Item = &str> {
    let is_test = |line: &str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    let lines = text.lines().map(str::trim);
    lines.clone().zip(lines.skip(1)).filter_map(move |(above, line)| {
        let (_, rest) = is_test(above).then(|| line.split_once("fn "))??;
        rest.split('(').next()
    })
}

/// Every setting as people write it: `key.ttl`, `appliance.<name>.hostname`.
fn settings() -> BTreeSet<String> {
    let written = declarations().map(|one| match one.scope {
        Scope::Single => one.key.to_owned(),
        Scope::PerAppliance | Scope::PerTransition => {
            format!("{}<name>.{}", one.scope.prefix(), one.key)
        }
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page with one line changed, beside a test of each row.
    fn complaints(number: u32, line: &str) -> usize {
        let whole =
            |row: u32| format!("| {row} | a | b | c | `key.ttl` | `row_{row:02}_works` |\n");
        let lines = ROWS.map(|row| if row == number { line.to_owned() } else { whole(row) });
        let page = Source { path: PAGE.to_owned(), text: lines.collect() };
        let test = |row: u32| format!("#[tokio::test]\nasync fn row_{row:02}_works() {{}}\n");
        let helper = "fn row_07_helps() {}\n";
        let text = ROWS.map(test).collect::<String>() + helper;
        let tests = Source { path: "tests/tests/scenarios/a.rs".to_owned(), text };
        check(&[page, tests]).len()
    }

    #[test]
    fn a_whole_page_has_no_complaints() {
        assert_eq!(complaints(7, "| 7 | a | b | c | `key.ttl` | `row_07_works` |\n"), 0);
        assert_eq!(complaints(7, "| 7 | a | b | c | – | none: it cannot be done |\n"), 0);
        assert_eq!(
            complaints(7, "| 7 | a | b | c | `appliance.<name>.portals` | `row_07_works` |\n"),
            0
        );
    }

    #[test]
    fn a_row_that_is_missing_or_there_twice_is_noticed() {
        assert_eq!(complaints(7, ""), 1);
        let row = "| 7 | a | b | c | – | `row_07_works` |\n";
        assert_eq!(complaints(7, &row.repeat(2)), 1);
        assert_eq!(complaints(7, &format!("{row}| 42 | a | b | c | – | none: x |\n")), 1);
    }

    #[test]
    fn a_row_without_a_test_of_its_own_is_noticed() {
        for cell in ["–", "none:", "`row_07_does_not_exist`", "`row_07_helps`", "`row_08_works`"]
        {
            assert_eq!(complaints(7, &format!("| 7 | a | b | c | – | {cell} |\n")), 1, "{cell}");
        }
        assert_eq!(complaints(7, "| 7 | a | b | c |\n"), 1);
    }

    #[test]
    fn a_setting_that_does_not_exist_is_noticed() {
        assert_eq!(complaints(7, "| 7 | a | b | c | `key.colour` | `row_07_works` |\n"), 1);
    }

    #[test]
    fn a_name_carries_whole_numbers() {
        assert!(carries("row_04_row_05_a_key", 5) && carries("s2_row_05", 5));
        assert!(!carries("row_051_a_key", 5) && !carries("row_5_a_key", 5));
    }
}
