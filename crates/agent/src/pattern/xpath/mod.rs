//! Paths into XML text: XPath 1.0 as far as it finds elements, attributes and text by axes and predicates (entries §3.5). Text that
//! is no XML holds nothing; documents that define entities are not read.

mod evaluate;
mod read;

use roxmltree::{Document, ParsingOptions};

/// Bytes a path may have.
const MAX_BYTES: usize = 1024;
/// Elements, attributes and texts a document may have.
const MAX_NODES: u32 = 100_000;

/// A path into XML.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct XPath(Expr);

/// A condition or value.
#[derive(Clone, Debug, PartialEq)]
enum Expr {
    Or(Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Compare(Order, Box<Expr>, Box<Expr>),
    Union(Box<Expr>, Box<Expr>),
    Text(String),
    Number(f64),
    Call(Function, Vec<Expr>),
    Path(Start, Vec<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Same,
    Other,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Position,
    Last,
    Count,
    Not,
    True,
    False,
    Contains,
    StartsWith,
    Name,
    Text,
    Number,
    Length,
    Trimmed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Root,
    Here,
}

#[derive(Clone, Debug, PartialEq)]
struct Step {
    axis: Axis,
    test: NodeTest,
    predicates: Vec<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Parent,
    Ancestor,
    AncestorOrSelf,
    Own,
    Attribute,
    Following,
    Preceding,
}

const AXES: &[(&str, Axis)] = &[
    ("child", Axis::Child),
    ("descendant", Axis::Descendant),
    ("descendant-or-self", Axis::DescendantOrSelf),
    ("parent", Axis::Parent),
    ("ancestor", Axis::Ancestor),
    ("ancestor-or-self", Axis::AncestorOrSelf),
    ("self", Axis::Own),
    ("attribute", Axis::Attribute),
    ("following-sibling", Axis::Following),
    ("preceding-sibling", Axis::Preceding),
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum NodeTest {
    Any,
    Name(String),
    Text,
    Node,
    Comment,
}

/// Whether a text is meant as a path into XML: `//x`, or `/` with an axis or a predicate.
pub(super) fn looks_like_one(text: &str) -> bool {
    let begins = |text: &str| text.starts_with(|char: char| char.is_alphabetic() || matches!(char, '_' | '*' | '@' | '.'));
    if let Some(rest) = text.strip_prefix("//") {
        return begins(rest);
    }
    let Some(rest) = text.strip_prefix('/').filter(|rest| begins(rest)) else {
        return false;
    };
    let axis = AXES.iter().any(|(name, _)| rest.split('/').any(|step| step.strip_prefix(name).is_some_and(|rest| rest.starts_with("::"))));
    axis || rest.contains('[') && rest.contains(']')
}

impl XPath {
    /// The path `text` is; absent when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        (text.len() <= MAX_BYTES).then(|| read::path(text).map(Self)).flatten()
    }

    /// The text of the first thing it leads to.
    pub(super) fn find(&self, text: &str) -> Option<String> {
        let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
        let document = Document::parse_with_options(text.trim_start(), options).ok()?;
        evaluate::first(&self.0, &document)
    }
}
