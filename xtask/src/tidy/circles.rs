//! Which files of a crate import each other in a circle: a line in one of them may then touch all.
//!
//! Paths that begin with `crate`, `self`, `super` or a module of the file are followed to the file that
//! they name; a name that a module hands on counts as that module's. Unit tests may import what they
//! like. Modules within a file are taken for the file itself.

use super::Source;
use std::collections::{BTreeMap, BTreeSet};

/// The crates whose files may not import each other in a circle.
const CRATES: &[&str] = &["crates/desktop", "crates/simulator"];

/// What is wrong with the imports within a crate.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let circles = CRATES.iter().flat_map(|folder| of_crate(files, folder));
    circles
        .map(|names| format!("these import each other in a circle: {}", names.join(", ")))
        .collect()
}

/// The circles of a crate: the files of each, by their names below `src/`.
fn of_crate(files: &[Source], folder: &str) -> Vec<Vec<String>> {
    let source = format!("{folder}/src/");
    let modules: BTreeMap<Vec<&str>, &Source> = files
        .iter()
        .filter_map(|file| Some((module_of(file.path.strip_prefix(&source)?)?, file)))
        .collect();
    let tests = test_modules(&modules);
    let is_test = |module: &[&str]| tests.iter().any(|test| module.starts_with(test));
    let all: Vec<&Vec<&str>> = modules.keys().filter(|module| !is_test(module)).collect();
    let imports: Vec<BTreeSet<usize>> = all
        .iter()
        .map(|module| {
            let paths = paths_of(module, product_text(&modules[*module].text), &modules);
            let place = |path: Vec<String>| all.iter().position(|known| names(known, &path));
            paths.into_iter().filter_map(place).collect()
        })
        .collect();
    let name = |at: &usize| modules[all[*at]].path.replacen(&source, "", 1);
    circles(&imports).iter().map(|circle| circle.iter().map(name).collect()).collect()
}

/// The module of a file: `a/mod.rs` and `a.rs` are `a`, the root of the library has no name.
fn module_of(path: &str) -> Option<Vec<&str>> {
    let path = path.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    Some(if path == "lib" { Vec::new() } else { path.split('/').collect() })
}

fn names(module: &[&str], path: &[String]) -> bool {
    module.len() == path.len() && module.iter().zip(path).all(|(a, b)| a == b)
}

/// The modules that are there for tests only.
fn test_modules<'f>(modules: &BTreeMap<Vec<&'f str>, &'f Source>) -> Vec<Vec<&'f str>> {
    let declared = |(module, file): (&Vec<&'f str>, &&'f Source)| {
        let lines = file.text.lines().zip(file.text.lines().skip(1));
        let tests = lines.filter(|(above, _)| above.trim() == "#[cfg(test)]");
        let module = module.clone();
        tests
            .filter_map(|(_, line)| {
                line.strip_suffix(';')?.rsplit_once("mod ").map(|(_, name)| name)
            })
            .map(move |name| [module.as_slice(), &[name]].concat())
            .collect::<Vec<_>>()
    };
    modules.iter().flat_map(declared).collect()
}

/// The text before the unit tests at the end of a file.
fn product_text(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// The modules that a file names, as far as they are files.
fn paths_of(
    module: &[&str],
    text: &str,
    modules: &BTreeMap<Vec<&str>, &Source>,
) -> Vec<Vec<String>> {
    let words = words(text);
    let owned = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    let is_module = |path: &[String]| modules.keys().any(|known| names(known, path));
    let mut found = Vec::new();
    for at in 0..words.len() {
        let begins = at == 0 || !["::", "."].contains(&words[at - 1]);
        if !begins || words.get(at + 1) != Some(&"::") {
            continue;
        }
        let base = match words[at] {
            "crate" => Vec::new(),
            "self" => owned(module),
            "super" => owned(&module[..module.len().saturating_sub(1)]),
            child => {
                let path = [owned(module), vec![child.to_owned()]].concat();
                if !is_module(&path) {
                    continue;
                }
                path
            }
        };
        let (paths, _) = tree(&words, at + 2, base);
        found.extend(paths.into_iter().filter_map(|mut path| {
            while !is_module(&path) {
                path.pop()?;
            }
            Some(path)
        }));
    }
    found.retain(|path| !names(module, path));
    found
}

/// The paths of a tree such as `a::{b, c::d}` that begins behind a `::`, and where it ends.
fn tree(words: &[&str], mut at: usize, mut path: Vec<String>) -> (Vec<Vec<String>>, usize) {
    loop {
        match words.get(at) {
            Some(&"super") => {
                path.pop();
            }
            Some(&"self" | &"*") => return (vec![path], at + 1),
            Some(&"{") => return group(words, at + 1, &path),
            Some(word) if is_name(word) => path.push((*word).to_owned()),
            Some(_) | None => return (vec![path], at),
        }
        if words.get(at + 1) != Some(&"::") {
            return (vec![path], at + 1);
        }
        at += 2;
    }
}

fn group(words: &[&str], mut at: usize, path: &[String]) -> (Vec<Vec<String>>, usize) {
    let mut all = Vec::new();
    while let Some(word) = words.get(at) {
        match *word {
            "}" => return (all, at + 1),
            "{" | "*" => {
                let (more, end) = tree(words, at, path.to_vec());
                all.extend(more);
                at = end;
            }
            word if is_name(word) => {
                let (more, end) = tree(words, at, path.to_vec());
                all.extend(more);
                at = end;
            }
            _ => at += 1,
        }
    }
    (all, at)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs, without comments and texts.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let name = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let length = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            'r' if rest.starts_with("r\"") || rest.starts_with("r#") => raw_text(rest),
            '"' => quoted(rest),
            '\'' => character(rest),
            _ if name > 0 => {
                words.extend(rest.get(..name));
                name
            }
            ':' if rest.starts_with("::") => {
                words.push("::");
                2
            }
            _ => {
                words.extend(rest.get(..first.len_utf8()));
                first.len_utf8()
            }
        };
        rest = behind(rest, length);
    }
    words
}

fn behind(text: &str, length: usize) -> &str {
    text.get(length..).unwrap_or_default()
}

/// The length of a text in quotes.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a text in raw quotes, or of the `r` of a name.
fn raw_text(text: &str) -> usize {
    let hashes = text.chars().skip(1).take_while(|c| *c == '#').count();
    let start = 1 + hashes;
    if !behind(text, start).starts_with('"') {
        return start;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    behind(text, start + 1).find(&end).map_or(text.len(), |at| start + 1 + at + end.len())
}

/// The length of a character in quotes, or of the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => behind(text, 2).find('\'').map_or(1, |at| {
            // The quote itself may be what is escaped.
            if at == 0 { 4 } else { at + 3 }
        }),
        Some(_) => chars.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}

/// The sets of more than one that reach each other.
fn circles(imports: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let reached: Vec<BTreeSet<usize>> = (0..imports.len()).map(|at| reach(imports, at)).collect();
    let circle = |at: usize| {
        let both = |other: &usize| reached[*other].contains(&at);
        reached[at].iter().copied().filter(both).collect::<BTreeSet<_>>()
    };
    let all: BTreeSet<BTreeSet<usize>> = (0..imports.len()).map(circle).collect();
    all.into_iter().filter(|circle| circle.len() > 1).collect()
}

/// What is reached from a place by one step or more.
fn reach(imports: &[BTreeSet<usize>], from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        open.extend(imports[at].iter().copied().filter(|next| reached.insert(*next)));
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let source = |(name, text): &(&str, &str)| Source {
            path: format!("crates/x/src/{name}"),
            text: (*text).to_owned(),
        };
        let files: Vec<Source> = files.iter().map(source).collect();
        of_crate(&files, "crates/x")
    }

    #[test]
    fn files_that_import_downwards_have_no_circle() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\nuse a::One;\n"),
            ("a/mod.rs", "mod c;\nuse crate::b::Two;\nuse self::c::Three;\n"),
            ("a/c.rs", "use crate::b::{Two, three};\n"),
            ("b.rs", "//! Not crate::a::One.\nconst T: &str = \"crate::a\";\n"),
        ];
        assert_eq!(circles_of(&files), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_circle_is_found_however_it_is_written() {
        for back in [
            "use crate::a::One;",
            "use super::a::{self, One};",
            "use crate::{a::One, d};",
            "fn f() -> crate::a::One { todo!() }",
            "const C: char = '\\''; use super::a::*;",
            "fn f<'a>(x: &'a str) -> super::a::One<'a> {}",
        ] {
            let files =
                [("lib.rs", ""), ("a.rs", "use crate::b::Two;"), ("b.rs", back), ("d.rs", "")];
            assert_eq!(circles_of(&files), [["a.rs", "b.rs"]], "{back}");
        }
    }

    #[test]
    fn a_child_that_imports_its_parent_is_a_circle() {
        let files = [("a/mod.rs", "mod c;\nuse c::Two;"), ("a/c.rs", "use super::One;")];
        assert_eq!(circles_of(&files), [["a/mod.rs", "a/c.rs"]]);
        let files = [
            ("a/mod.rs", "mod c;\nmod d;\nuse c::Two;"),
            ("a/c.rs", "use super::d::One;"),
            ("a/d.rs", ""),
        ];
        assert_eq!(circles_of(&files), Vec::<Vec<String>>::new());
    }

    #[test]
    fn tests_may_import_what_they_like() {
        let files = [
            ("lib.rs", "#[cfg(test)]\nmod help;\n"),
            ("a.rs", "use crate::b::Two;\n"),
            ("b.rs", "\n#[cfg(test)]\nmod tests {\n    use crate::a::One;\n}\n"),
            ("help.rs", "use crate::a::One;\nuse crate::help::Two;\n"),
        ];
        assert_eq!(circles_of(&files), Vec::<Vec<String>>::new());
    }
}
