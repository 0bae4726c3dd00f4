//! Desktop entries: how a program is named in one, and how one is read.

use std::path::{Path, PathBuf};

/// The characters that the specification wants in quotes.
const RESERVED: &[char] = &[
    ' ', '\t', '\n', '"', '\'', '\\', '>', '<', '~', '|', '&', ';', '$', '*', '?', '#', '(', ')',
    '`',
];

/// A program as the first word of `Exec`; quoted only where it must be, since the generic mode of
/// `xdg-open` cannot read quotes. None for a path that no entry can hold.
pub(crate) fn exec_word(program: &Path) -> Option<String> {
    let text = program.to_str().filter(|t| !t.is_empty() && !t.chars().any(char::is_control))?;
    let text = text.replace('%', "%%");
    if !text.contains(RESERVED) {
        return Some(text);
    }
    let mut word = String::from("\"");
    for character in text.chars() {
        match character {
            // Once for the quotes, and each backslash again for the entry's own escapes.
            '\\' => word.push_str(r"\\\\"),
            '"' | '`' | '$' => {
                word.push_str(r"\\");
                word.push(character);
            }
            _ => word.push(character),
        }
    }
    word.push('"');
    Some(word)
}

/// The value of a key in the entry's main group.
pub(crate) fn value<'a>(entry: &'a str, key: &str) -> Option<&'a str> {
    value_in(entry, "[Desktop Entry]", key)
}

/// The value of a key in a group of a desktop entry or a list of the same form.
pub(crate) fn value_in<'a>(text: &'a str, group: &str, key: &str) -> Option<&'a str> {
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != group).skip(1);
    lines.by_ref().take_while(|line| !line.starts_with('[')).find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then_some(value.trim())
    })
}

/// The program of an entry, as far as it is a plain or quoted path.
pub(crate) fn program(entry: &str) -> Option<PathBuf> {
    let exec = value(entry, "Exec")?.replace(r"\\", "\\");
    let text = match exec.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None => exec.split_whitespace().next()?.to_owned(),
    };
    Some(PathBuf::from(text.replace("%%", "%")))
}

fn unquoted(text: &str) -> Option<String> {
    let mut word = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some(word),
            '\\' => word.push(characters.next()?),
            other => word.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_a_program_is_one_word_of_its_entry() {
        let check = |path: &str, expected: &str| {
            let word = exec_word(Path::new(path)).unwrap();
            assert_eq!(word, expected);
            let entry = format!("[Desktop Entry]\nName=x\nExec={word} %u\n");
            assert_eq!(program(&entry), Some(PathBuf::from(path)), "read back");
        };
        check("/usr/bin/casebridge", "/usr/bin/casebridge");
        check("/opt/100%/casebridge", "/opt/100%%/casebridge");
        check("/home/a b/casebridge", "\"/home/a b/casebridge\"");
        check("/home/$x`y\"z/c", r#""/home/\\$x\\`y\\"z/c""#);
        check(r"/home/a\b/c", r#""/home/a\\\\b/c""#);
        assert_eq!(exec_word(Path::new("/home/a\nExec=evil")), None);
    }

    #[test]
    fn a_key_is_found_only_in_its_group() {
        let text = "[Desktop Action x]\nExec=wrong\n[Desktop Entry]\n Exec = right\n[Other]\nA=1\n";
        assert_eq!(value(text, "Exec"), Some("right"));
        assert_eq!(value(text, "A"), None);
        assert_eq!(value_in(text, "[Other]", "A"), Some("1"));
    }
}
