//! One thing the model wants done: which tool, with which attributes, and a body nobody has touched.

use std::ops::Range;

use super::repair::{Format, shown};
use super::tool::Tool;
use crate::edit::form::Arguments;

/// How an action came to its end; a turn that broke off must not run one that the reply's end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `<get …/>`.
    SelfClosed,
    /// By its own closing tag.
    Closed,
    /// By a repair: another's closing tag, or the next tag.
    Repaired,
    /// The reply ended first: what it says may be half.
    EndOfReply,
}

/// Where an action was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A tag of the language.
    Tag,
    /// A call in another format.
    Foreign(Format),
}

/// What a `set` asks for (entries.md §3.3). Which of the eight forms an edit has, and what it means, is read from its parts.
#[derive(Clone, Copy, Debug)]
pub enum SetCall<'a> {
    /// Content or an edit, in raw parts.
    Edit(Arguments<'a>),
    /// Only another visibility: never a wipe.
    Visibility(&'a str),
    /// `<set path="…"></set>`: content of no length.
    Empty,
    /// Neither content nor visibility.
    Nothing,
}

/// One action of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The tool.
    pub tool: Tool,
    /// Attributes in order, names in lower case, values decoded; of two with one name the first counts.
    pub attributes: Vec<(String, String)>,
    /// What stood between the tags, byte for byte; none when the tag closed itself.
    pub body: Option<String>,
    /// How it ended.
    pub ending: Ending,
    /// Where it was read from.
    pub origin: Origin,
    /// The bytes of the reply it came from.
    pub at: Range<usize>,
}

impl Action {
    /// The value of an attribute; an attribute without a value is empty.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a flag stands there (`preview`), unless its value says no.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| !matches!(value.trim(), "false" | "no" | "0"))
    }

    /// A whole number, or a line for the model when the attribute is none.
    pub fn number(&self, name: &str) -> Result<Option<i64>, String> {
        let Some(value) = self.attribute(name) else { return Ok(None) };
        let said = || format!("The {name} of <{}> is a whole number, not `{}`.", self.tool.tag(), shown(value));
        value.trim().parse().map(Some).map_err(|_| said())
    }

    /// The body as content: byte for byte, without the one line end right after the opening tag. The last line end stays.
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        let body = self.body.as_deref()?;
        match self.origin {
            Origin::Tag => Some(body.strip_prefix("\r\n").or_else(|| body.strip_prefix('\n')).unwrap_or(body)),
            Origin::Foreign(_) => Some(body),
        }
    }

    /// The body without the white space around it; none when nothing is left.
    #[must_use]
    pub fn trimmed(&self) -> Option<&str> {
        self.body.as_deref().map(str::trim).filter(|body| !body.is_empty())
    }

    /// The tool's main argument (entries.md §3.2): the attribute, else the body.
    #[must_use]
    pub fn main(&self) -> Option<&str> {
        match self.tool.main_attribute() {
            Some(name) => self.attribute(name).or_else(|| self.trimmed()),
            None => self.trimmed().or_else(|| self.attribute("body")),
        }
    }

    /// What narrows the matches of `get` and `rm`: the body, once the path is an attribute.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        match self.attribute("path") {
            Some(_) => self.trimmed().or_else(|| self.attribute("body")),
            None => self.attribute("body"),
        }
    }

    /// What a `set` asks for; none for other tools.
    #[must_use]
    pub fn set_call(&self) -> Option<SetCall<'_>> {
        if self.tool != Tool::Set {
            return None;
        }
        let text = self.content();
        let (body, search) = (self.attribute("body"), self.attribute("search"));
        let says = text.is_some_and(|text| !text.trim().is_empty()) || body.is_some() || search.is_some();
        if says {
            let (text, replace) = (text.unwrap_or_default(), self.attribute("replace"));
            return Some(SetCall::Edit(Arguments { text, body, search, replace }));
        }
        Some(match (self.attribute("visibility"), text) {
            (Some(visibility), _) => SetCall::Visibility(visibility),
            (None, Some(_)) => SetCall::Empty,
            (None, None) => SetCall::Nothing,
        })
    }
}
