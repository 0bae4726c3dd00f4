//! What a query says, once it was read.

use jiff::Timestamp;

#[derive(Debug)]
pub(super) struct Query {
    pub(super) fields: Option<Vec<Path>>,
    pub(super) object: String,
    pub(super) condition: Option<Condition>,
    pub(super) order: Vec<Order>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

pub(super) type Path = Vec<String>;

#[derive(Debug)]
pub(super) struct Order {
    pub(super) path: Path,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}

#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Path, Operator, Literal),
    In { path: Path, values: Vec<Literal>, negated: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    /// Still escaped, because `LIKE` reads `\%` differently.
    Text(String),
    Number(f64),
    Boolean(bool),
    DateTime(Timestamp),
    Null,
}
