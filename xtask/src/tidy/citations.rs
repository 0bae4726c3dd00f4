//! Pages that comments and guides point to: each must be in the repository, and have the heading that
//! is named behind `#`.

use super::Source;
use std::collections::BTreeMap;

/// Files whose comments are read.
const CODE: [&str; 9] = [".rs", ".ts", ".js", ".mjs", ".svelte", ".css", ".cls", ".toml", ".html"];

/// What is pointed to and is not there; `exists` tells of files that hold no text.
pub(super) fn check(files: &[Source], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let pages: BTreeMap<&str, &Source> = files.iter().map(|file| (&*file.path, file)).collect();
    let mut complaints = Vec::new();
    for file in files {
        for target in targets(file) {
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let places = candidates(file, path);
            let page = places.iter().find_map(|place| pages.get(&**place));
            let why = match page {
                Some(page) if heading.is_empty() || has_heading(page, heading) => continue,
                Some(_) => "which has no such heading",
                None if places.iter().any(|place| exists(place)) => continue,
                None => "which is not in the repository",
            };
            complaints.push(format!("{} points to {target}, {why}", file.path));
        }
    }
    complaints
}

/// The page as seen from the repository, and as seen from the file.
fn candidates(file: &Source, path: &str) -> Vec<String> {
    if path.is_empty() {
        return vec![file.path.clone()];
    }
    let mut folder: Vec<&str> = file.path.split('/').collect();
    folder.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                folder.pop();
            }
            _ => folder.push(part),
        }
    }
    match is_page(&file.path) {
        true => vec![folder.join("/")],
        false => vec![path.to_owned(), folder.join("/")],
    }
}

/// What a file points to: the links of a page, and the names of pages in code.
fn targets(file: &Source) -> Vec<&str> {
    if is_page(&file.path) {
        let links = file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        return links.filter(|link| is_local(link)).collect();
    }
    if !CODE.iter().any(|end| file.path.ends_with(end)) {
        return Vec::new();
    }
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_-./#".contains(c);
    let words = file.text.split(|c: char| !in_name(c)).map(|word| word.trim_end_matches('.'));
    words.filter(|word| names_page(word)).collect()
}

fn is_page(path: &str) -> bool {
    path.ends_with(".md")
}

fn is_local(link: &str) -> bool {
    !link.contains("://") && !link.contains(char::is_whitespace)
}

fn names_page(word: &str) -> bool {
    let path = word.split('#').next().unwrap_or_default();
    path.strip_suffix(".md").is_some_and(|stem| stem.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Whether a heading of the page has this anchor: lower case, dashes for spaces, no punctuation.
fn has_heading(page: &Source, wanted: &str) -> bool {
    let headings = page.text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        title.chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).any(|anchor| anchor == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `_md` stands for the end of a page's name, so that this file points to none itself.
    fn complaints(path: &str, text: &str) -> usize {
        let file = |path: &str, text: &str| Source {
            path: path.replace("_md", ".md"),
            text: text.replace("_md", ".md"),
        };
        let page = file("docs/a_md", "# One\n\n## Ids, numbers and sizes\n");
        check(&[page, file(path, text)], |path| path == "docs/pictures/a.png").len()
    }

    #[test]
    fn a_page_and_its_heading_are_found() {
        assert_eq!(complaints("b.rs", "//! See `docs/a_md#ids-numbers-and-sizes`."), 0);
        assert_eq!(
            complaints("docs/b_md", "[a](a_md), [b](#b), [c](https://c.example/d_md)\n# B"),
            0
        );
        assert_eq!(complaints("x/y_md", "[a](../docs/a_md#one), ![](../docs/pictures/a.png)"), 0);
        assert_eq!(complaints("b.rs", r#"format!("{id}_md"), "x_md-meta.xml""#), 0);
    }

    #[test]
    fn a_page_or_heading_that_is_not_there_is_noticed() {
        assert_eq!(complaints("b.rs", "//! See `docs/b_md`."), 1);
        assert_eq!(complaints("b.rs", "//! See `docs/a_md#two`."), 1);
        assert_eq!(complaints("README_md", "![how it looks](docs/pictures/none.png)"), 1);
    }
}
