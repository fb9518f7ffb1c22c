//! The pattern language of entries §3.5: one string whose shape says what it is. Matching asks whether a whole text fits (paths),
//! searching looks anywhere in it (content). Pure; every search has a limit on its work.

pub mod expression;
pub mod glob;
pub mod probe;
pub mod words;

mod json_path;
mod xpath;

use crate::edit::sed::{self, Sed};
use expression::Expression;
use glob::Glob;
use json_path::JsonPath;
use xpath::XPath;

/// Bytes a text may grow to by a replacement.
const MAX_RESULT_BYTES: usize = 32 << 20;

/// What a pattern's shape says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `s/a/b/flags`.
    Sed,
    /// `/re/flags`.
    Regex,
    /// `$.x`.
    JsonPath,
    /// `//x`.
    XPath,
    /// `**`, `*` or `?`.
    Glob,
    /// Anything else.
    Literal,
}

/// A pattern, ready to be used.
#[derive(Clone, Debug)]
pub struct Pattern {
    kind: Kind,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Sed(Vec<Sed>),
    Regex(Box<Expression>),
    JsonPath(JsonPath),
    XPath(XPath),
    Glob(Box<Glob>),
    Literal(String),
    /// Not valid as what it looks like: it fits nothing.
    Nothing(String),
}

/// Something found: what, and from which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The text.
    pub text: String,
    /// The byte it begins at.
    pub at: usize,
}

/// [`probe::probe`].
pub fn probe(case: &serde_json::Value) -> serde_json::Value {
    probe::probe(case)
}

/// What `pattern` is by its shape alone.
pub fn kind(pattern: &str) -> Kind {
    if sed_chain(pattern).is_some() {
        return Kind::Sed;
    }
    if regex_parts(pattern).is_some() {
        return Kind::Regex;
    }
    if JsonPath::parse(pattern).is_some() {
        return Kind::JsonPath;
    }
    if xpath::looks_like_one(pattern) && XPath::parse(pattern).is_some() {
        return Kind::XPath;
    }
    if glob::looks_like_one(pattern) { Kind::Glob } else { Kind::Literal }
}

impl Pattern {
    /// Reads a pattern. It never fails: what looks like a path into JSON or XML and is none is plain text, and an expression that is
    /// not valid fits nothing (see [`Pattern::fault`]).
    pub fn parse(pattern: &str) -> Self {
        let kind = kind(pattern);
        let literal = || Test::Literal(pattern.to_owned());
        let test = match kind {
            Kind::Sed => sed_chain(pattern).map_or_else(literal, Test::Sed),
            Kind::Regex => match regex_parts(pattern).map(|(source, flags)| Expression::parse(source, flags)) {
                Some(Ok(expression)) => Test::Regex(Box::new(expression)),
                Some(Err(why)) => Test::Nothing(why),
                None => literal(),
            },
            Kind::JsonPath => JsonPath::parse(pattern).map_or_else(literal, Test::JsonPath),
            Kind::XPath => XPath::parse(pattern).map_or_else(literal, Test::XPath),
            Kind::Glob => match Glob::parse(pattern) {
                Ok(glob) => Test::Glob(Box::new(glob)),
                Err(why) => Test::Nothing(why),
            },
            Kind::Literal => literal(),
        };
        Self { kind, test }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Why it can fit nothing.
    pub fn fault(&self) -> Option<&str> {
        match &self.test {
            Test::Nothing(why) => Some(why),
            Test::Sed(_) | Test::Regex(_) | Test::JsonPath(_) | Test::XPath(_) | Test::Glob(_) | Test::Literal(_) => None,
        }
    }

    /// Whether the whole of `text` fits; expressions fit anywhere, as they say themselves where they are anchored.
    pub fn matches(&self, text: &str) -> bool {
        match &self.test {
            Test::Literal(literal) => literal == text,
            Test::Glob(glob) => glob.matches(text),
            Test::Sed(_) | Test::Regex(_) | Test::JsonPath(_) | Test::XPath(_) | Test::Nothing(_) => self.search(text).is_some(),
        }
    }

    /// The first place in `text` that fits.
    pub fn search(&self, text: &str) -> Option<Found> {
        match &self.test {
            Test::Literal(literal) => text.find(literal.as_str()).map(|at| Found { text: literal.clone(), at }),
            Test::Glob(glob) => glob.find(text).map(|range| Found { text: text[range.clone()].to_owned(), at: range.start }),
            Test::Regex(expression) => first(expression, text),
            Test::Sed(chain) => chain.iter().find_map(|command| match command.flags.is_empty() {
                true => text.find(&command.search).map(|at| Found { text: command.search.clone(), at }),
                false => first(&Expression::parse(&command.search, &command.flags).ok()?, text),
            }),
            Test::JsonPath(path) => path.find(text).map(|text| Found { text, at: 0 }),
            Test::XPath(path) => path.find(text).map(|text| Found { text, at: 0 }),
            Test::Nothing(_) => None,
        }
    }

    /// `text` with what fits replaced by `replacement`, or by its own for `s/a/b/`; absent when nothing fits or nothing can be
    /// replaced. Plain text is replaced everywhere, an expression once unless it says `g`; the replacement is never expanded.
    pub fn replace(&self, text: &str, replacement: &str) -> Option<String> {
        match &self.test {
            Test::Literal(literal) => everywhere(text, literal, replacement),
            Test::Glob(glob) => glob.find(text).map(|range| format!("{}{replacement}{}", &text[..range.start], &text[range.end..])),
            Test::Regex(expression) => by_expression(text, expression, replacement),
            Test::Sed(chain) => chain
                .iter()
                .try_fold((text.to_owned(), false), |(text, _), command| {
                    let replaced = match command.flags.is_empty() {
                        true => everywhere(&text, &command.search, &command.replace),
                        false => by_expression(&text, &Expression::parse(&command.search, &command.flags).ok()?, &command.replace),
                    };
                    replaced.map(|text| (text, true))
                })
                .map(|(text, _)| text),
            Test::JsonPath(_) | Test::XPath(_) | Test::Nothing(_) => None,
        }
    }
}

fn first(expression: &Expression, text: &str) -> Option<Found> {
    let range = expression.find(text).ok()??;
    Some(Found { text: text[range.clone()].to_owned(), at: range.start })
}

fn everywhere(text: &str, search: &str, replacement: &str) -> Option<String> {
    let count = if search.is_empty() { 0 } else { text.matches(search).count() };
    let fits = count > 0 && text.len() + count * replacement.len() <= MAX_RESULT_BYTES;
    fits.then(|| text.replace(search, replacement))
}

fn by_expression(text: &str, expression: &Expression, replacement: &str) -> Option<String> {
    let limit = usize::from(!expression.means_every());
    let (text, starts) = expression.replace(text, limit, MAX_RESULT_BYTES, |_| replacement.to_owned()).ok()?;
    (!starts.is_empty()).then_some(text)
}

/// The commands of a whole `s/a/b/flags`.
fn sed_chain(pattern: &str) -> Option<Vec<Sed>> {
    if !pattern.starts_with("s/") {
        return None;
    }
    let (chain, ended) = sed::read(pattern)?;
    (ended == sed::Ended::Yes && !chain.iter().any(|command| command.search.is_empty())).then_some(chain)
}

/// Source and flags of `/re/flags`.
fn regex_parts(pattern: &str) -> Option<(&str, &str)> {
    let (source, flags) = pattern.strip_prefix('/')?.rsplit_once('/')?;
    let shaped = !source.is_empty() && !source.starts_with('/') && flags.chars().all(|flag| "dgimsuvy".contains(flag));
    shaped.then_some((source, flags))
}
