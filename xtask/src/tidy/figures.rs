//! How long files and functions are. The ends of functions are found by indentation, which rustfmt
//! makes reliable.

use super::Source;
use crate::process::note;

const SHOWN: usize = 10;

struct Measured {
    name: String,
    lines: usize,
}

/// Prints medians, ninth deciles and the ten longest.
pub(super) fn print(files: &[Source]) {
    let code: Vec<&Source> = files.iter().filter(|file| is_code(&file.path)).collect();
    show(
        "files",
        code.iter().map(|file| measured(&file.path, product_lines(file).len())).collect(),
    );
    let rust = code.iter().filter(|file| file.path.ends_with(".rs"));
    show("functions", rust.flat_map(|file| functions(file)).collect());
}

pub(super) fn is_code(path: &str) -> bool {
    let in_tests = path.starts_with("tests/") || path.contains("/tests/");
    let is_test = in_tests || path.ends_with("tests.rs") || path.ends_with(".test.ts");
    let has_code = [".rs", ".ts", ".svelte"].iter().any(|end| path.ends_with(end));
    has_code && !is_test && !path.contains("/generated/")
}

/// The lines before the unit tests at the end of a file.
pub(super) fn product_lines(file: &Source) -> Vec<&str> {
    file.text.lines().take_while(|line| *line != "#[cfg(test)]").collect()
}

fn functions(file: &Source) -> Vec<Measured> {
    let lines = product_lines(file);
    let starts = lines.iter().enumerate().filter_map(|(at, line)| Some((at, function_name(line)?)));
    starts
        .filter_map(|(at, name)| {
            let indent = lines[at].len() - lines[at].trim_start().len();
            let end = format!("{}}}", " ".repeat(indent));
            let rest = &lines[at..];
            let one_line = lines[at].ends_with(['}', ';']);
            let length = if one_line { 1 } else { rest.iter().position(|line| **line == end)? + 1 };
            Some(measured(&format!("{} {name}", file.path), length))
        })
        .collect()
}

fn function_name(line: &str) -> Option<&str> {
    let before = |word: &&str| *word == "fn";
    let mut words = line.split_whitespace();
    let modifiers = ["pub", "pub(crate)", "pub(super)", "const", "async", "fn"];
    modifiers.contains(&words.clone().next()?).then_some(())?;
    words.find(before)?;
    words.next()?.split(['(', '<']).next()
}

fn measured(name: &str, lines: usize) -> Measured {
    Measured { name: name.to_owned(), lines }
}

fn show(what: &str, mut all: Vec<Measured>) {
    all.sort_by_key(|one| std::cmp::Reverse(one.lines));
    let at = |share: usize| all.get(all.len() * share / 100).map_or(0, |one| one.lines);
    note(&format!("{} {what}: median {} lines, nine in ten under {}", all.len(), at(50), at(10)));
    for one in all.iter().take(SHOWN) {
        note(&format!("{:>6}  {}", one.lines, one.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_ends_where_its_indentation_does() {
        let text = "fn one() {\n    if x {\n    }\n}\n\nimpl A {\n    pub(crate) async fn two<T>(\n        a: T,\n    ) {\n        a\n    }\n}\nfn three() {}\n";
        let file = Source { path: "a.rs".to_owned(), text: text.to_owned() };
        let found: Vec<(String, usize)> =
            functions(&file).into_iter().map(|one| (one.name, one.lines)).collect();
        let expected = [("a.rs one", 4), ("a.rs two", 5), ("a.rs three", 1)];
        assert_eq!(found, expected.map(|(name, lines)| (name.to_owned(), lines)));
    }
}
