//! Words, texts and symbols of a query.

use super::refusal::{SoqlError, malformed};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A keyword, a name, a path, a number or a date.
    Word(String),
    /// A string literal, still escaped.
    Text(String),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 10] = ["!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","];
pub(super) fn tokenize(source: &str) -> Result<Vec<(usize, Token)>, SoqlError> {
    let mut tokens = Vec::new();
    let mut rest = source;
    loop {
        rest = rest.trim_start();
        let at = source.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        if first == '\'' {
            let (raw, after) = text_literal(rest)?;
            tokens.push((at, Token::Text(raw.to_owned())));
            rest = after;
        } else if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            tokens.push((at, Token::Symbol(symbol)));
            rest = rest.strip_prefix(symbol).unwrap_or_default();
        } else {
            // A colon and signs belong to dates; a word starts with a letter, digit or sign.
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "_.:+-".contains(c)))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if word.is_empty() {
                return Err(malformed(format!("unexpected token: '{first}'")));
            }
            tokens.push((at, Token::Word(word.to_owned())));
            rest = after;
        }
    }
}

/// Splits a string literal off: what is between the quotes, and what follows.
fn text_literal(rest: &str) -> Result<(&str, &str), SoqlError> {
    let inner = rest.strip_prefix('\'').unwrap_or(rest);
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        if escaped {
            if !"\\'\"nrtbfNRTBF%_".contains(c) {
                return Err(malformed(format!("Illegal escape sequence: \\{c}")));
            }
            escaped = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '\'' => {
                let (raw, after) = inner.split_at(at);
                return Ok((raw, after.strip_prefix('\'').unwrap_or(after)));
            }
            '\n' | '\r' => return Err(malformed("line breaks not allowed in string literals")),
            _ => {}
        }
    }
    Err(malformed("unexpected token: '<EOF>' (unterminated string literal)"))
}
