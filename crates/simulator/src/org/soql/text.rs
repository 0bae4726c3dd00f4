//! Texts of a query: their escapes, and the patterns of `LIKE`.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Char(char),
    AnyRun,
    AnyOne,
}

/// Undoes the escapes. For `LIKE`, `%` and `_` without a backslash are wildcards.
pub(super) fn pieces(raw: &str, pattern: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        let piece = match c {
            '\\' => Piece::Char(match chars.next().unwrap_or('\\') {
                'n' | 'N' => '\n',
                'r' | 'R' => '\r',
                't' | 'T' => '\t',
                'b' | 'B' => '\u{8}',
                'f' | 'F' => '\u{c}',
                other => other,
            }),
            '%' if pattern => Piece::AnyRun,
            '_' if pattern => Piece::AnyOne,
            other => Piece::Char(other),
        };
        pieces.push(piece);
    }
    pieces
}

pub(super) fn unescape(raw: &str) -> String {
    pieces(raw, false)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Char(c) => Some(c),
            Piece::AnyRun | Piece::AnyOne => None,
        })
        .collect()
}

pub(super) fn matches_pattern(text: &[char], pattern: &[Piece]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [Piece::AnyRun, rest @ ..] => {
            (0..=text.len()).any(|skipped| matches_pattern(&text[skipped..], rest))
        }
        [Piece::AnyOne, rest @ ..] => !text.is_empty() && matches_pattern(&text[1..], rest),
        [Piece::Char(c), rest @ ..] => match text {
            [first, others @ ..] => {
                first.to_lowercase().eq(c.to_lowercase()) && matches_pattern(others, rest)
            }
            [] => false,
        },
    }
}
