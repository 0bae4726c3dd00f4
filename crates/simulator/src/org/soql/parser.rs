//! Reads a query: tokens to syntax.
//!
//! Written by hand: a refusal names the token and the column that the org would name, and the tokens
//! that it needs for that leave little for a library of parsers to do.

use jiff::Timestamp;

use super::lexer::{Token, tokenize};
use super::refusal::{SoqlError, malformed};
use super::syntax::{Condition, Literal, Operator, Order, Path, Query};

pub(super) struct Parser<'q> {
    source: &'q str,
    tokens: Vec<(usize, Token)>,
    position: usize,
}

const KEYWORDS: [&str; 14] = [
    "select", "from", "where", "and", "or", "not", "in", "like", "order", "by", "limit", "offset",
    "nulls", "null",
];

impl<'q> Parser<'q> {
    pub(super) fn new(source: &'q str) -> Result<Self, SoqlError> {
        Ok(Self { source, tokens: tokenize(source)?, position: 0 })
    }

    pub(super) fn query(mut self) -> Result<Query, SoqlError> {
        self.keyword("select")?;
        let fields = self.fields()?;
        self.keyword("from")?;
        let object = self.name()?;
        let condition = if self.accept("where") { Some(self.condition()?) } else { None };
        let order = if self.accept("order") {
            self.keyword("by")?;
            self.order()?
        } else {
            Vec::new()
        };
        let limit = if self.accept("limit") { Some(self.number()?) } else { None };
        let offset = if self.accept("offset") { self.number()? } else { 0 };
        if self.peek().is_some() {
            return Err(self.unexpected());
        }
        Ok(Query { fields, object, condition, order, limit, offset })
    }

    /// The selected fields; `None` for `COUNT()`.
    fn fields(&mut self) -> Result<Option<Vec<Path>>, SoqlError> {
        let mut fields = Vec::new();
        loop {
            let path = self.path()?;
            if self.accept_symbol("(") {
                let counts = fields.is_empty() && path.len() == 1;
                if !counts || !path[0].eq_ignore_ascii_case("count") || !self.accept_symbol(")") {
                    return Err(self.unexpected());
                }
                return Ok(None);
            }
            fields.push(path);
            if !self.accept_symbol(",") {
                return Ok(Some(fields));
            }
        }
    }

    /// `AND` and `OR` do not mix without brackets.
    fn condition(&mut self) -> Result<Condition, SoqlError> {
        let first = self.simple_condition()?;
        let word = ["and", "or"].into_iter().find(|word| self.is_word(word));
        let Some(word) = word else {
            return Ok(first);
        };
        let mut parts = vec![first];
        while self.accept(word) {
            parts.push(self.simple_condition()?);
        }
        if self.is_word("and") || self.is_word("or") {
            return Err(self.unexpected());
        }
        Ok(if word == "and" { Condition::All(parts) } else { Condition::Any(parts) })
    }

    fn simple_condition(&mut self) -> Result<Condition, SoqlError> {
        if self.accept("not") {
            return Ok(Condition::Not(Box::new(self.simple_condition()?)));
        }
        if self.accept_symbol("(") {
            let inner = self.condition()?;
            self.symbol(")")?;
            return Ok(inner);
        }
        let path = self.path()?;
        if self.accept("in") {
            return Ok(Condition::In { path, values: self.values()?, negated: false });
        }
        if self.accept("not") {
            self.keyword("in")?;
            return Ok(Condition::In { path, values: self.values()?, negated: true });
        }
        let operator = self.operator()?;
        Ok(Condition::Compare(path, operator, self.literal()?))
    }

    fn operator(&mut self) -> Result<Operator, SoqlError> {
        if self.accept("like") {
            return Ok(Operator::Like);
        }
        let table = [
            ("=", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<>", Operator::NotEqual),
            ("<", Operator::Less),
            ("<=", Operator::LessOrEqual),
            (">", Operator::Greater),
            (">=", Operator::GreaterOrEqual),
        ];
        let found = table.into_iter().find(|(symbol, _)| self.accept_symbol(symbol));
        found.map(|(_, operator)| operator).ok_or_else(|| self.unexpected())
    }

    fn values(&mut self) -> Result<Vec<Literal>, SoqlError> {
        self.symbol("(")?;
        let mut values = vec![self.literal()?];
        while self.accept_symbol(",") {
            values.push(self.literal()?);
        }
        self.symbol(")")?;
        Ok(values)
    }

    fn literal(&mut self) -> Result<Literal, SoqlError> {
        let literal = match self.peek() {
            Some(Token::Text(raw)) => Literal::Text(raw.clone()),
            Some(Token::Word(word)) => word_literal(word).ok_or_else(|| self.unexpected())?,
            Some(Token::Symbol(_)) | None => return Err(self.unexpected()),
        };
        self.position += 1;
        Ok(literal)
    }

    fn order(&mut self) -> Result<Vec<Order>, SoqlError> {
        let mut order = Vec::new();
        loop {
            let path = self.path()?;
            let descending = self.accept("desc");
            if !descending {
                self.accept("asc");
            }
            let mut nulls_last = false;
            if self.accept("nulls") {
                nulls_last = self.accept("last");
                if !nulls_last {
                    self.keyword("first")?;
                }
            }
            order.push(Order { path, descending, nulls_last });
            if !self.accept_symbol(",") {
                return Ok(order);
            }
        }
    }

    fn path(&mut self) -> Result<Path, SoqlError> {
        let word = self.name()?;
        let path: Path = word.split('.').map(str::to_owned).collect();
        if path.iter().any(String::is_empty) || path.len() > 6 {
            return Err(malformed(format!("unexpected token: '{word}'")));
        }
        Ok(path)
    }

    fn name(&mut self) -> Result<String, SoqlError> {
        match self.peek() {
            Some(Token::Word(word))
                if word.starts_with(|c: char| c.is_ascii_alphabetic())
                    && !KEYWORDS.contains(&word.to_ascii_lowercase().as_str()) =>
            {
                let word = word.clone();
                self.position += 1;
                Ok(word)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn number(&mut self) -> Result<usize, SoqlError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let number = word.parse().map_err(|_| self.unexpected())?;
                self.position += 1;
                Ok(number)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position).map(|(_, token)| token)
    }

    fn is_word(&self, expected: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(expected))
    }

    fn accept(&mut self, word: &str) -> bool {
        let accepted = self.is_word(word);
        self.position += usize::from(accepted);
        accepted
    }

    fn accept_symbol(&mut self, expected: &str) -> bool {
        let accepted = matches!(self.peek(), Some(Token::Symbol(symbol)) if *symbol == expected);
        self.position += usize::from(accepted);
        accepted
    }

    fn keyword(&mut self, word: &str) -> Result<(), SoqlError> {
        if self.accept(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn symbol(&mut self, symbol: &str) -> Result<(), SoqlError> {
        if self.accept_symbol(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> SoqlError {
        let (at, token) = match self.tokens.get(self.position) {
            Some((at, Token::Word(word) | Token::Text(word))) => (*at, word.as_str()),
            Some((at, Token::Symbol(symbol))) => (*at, *symbol),
            None => (self.source.len(), "<EOF>"),
        };
        let column = self.source.get(..at).map_or(0, |before| before.chars().count()) + 1;
        malformed(format!(
            "\n{}\n{:>column$}\nERROR at Row:1:Column:{column}\nunexpected token: '{token}'",
            self.source, "^"
        ))
    }
}

fn word_literal(word: &str) -> Option<Literal> {
    match word.to_ascii_lowercase().as_str() {
        "null" => return Some(Literal::Null),
        "true" => return Some(Literal::Boolean(true)),
        "false" => return Some(Literal::Boolean(false)),
        _ => {}
    }
    if let Ok(number) = word.parse::<f64>()
        && word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
    {
        return Some(Literal::Number(number));
    }
    word.parse::<Timestamp>().ok().map(Literal::DateTime)
}
