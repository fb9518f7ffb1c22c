//! Finding the end of a body without reading it: only the tool's own tags count, a pair of them inside belongs to the body, and a tag
//! right between two equal quotes is quoted text. Whatever else stands in a body is opaque.

use super::head::{self, Sight};
use super::heredoc;
use super::tool::Tool;

/// Where the search for a body's end stands; offsets count from the body's start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    at: usize,
    depth: usize,
    /// Closing tags that were text of a here-document.
    passed: usize,
}

/// Closing tags passed over in one body; the next one ends it, so that the work stays bounded.
const PASSED_MAX: usize = 32;

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BodyEnd {
    /// Bytes of the body.
    pub(super) body: usize,
    /// Where the text goes on, behind the closing tag.
    pub(super) after: usize,
}

/// Which of a tool's own opening tags inside its body count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nesting {
    /// Every one.
    Every,
    /// Those with attributes or at the start of a line; others are talked about.
    Likely,
}

/// A tag of one name inside a body.
enum Own {
    Opens { len: usize, bare: bool },
    Closes { len: usize },
}

impl Scan {
    /// Goes on looking for the end of a body of this tool. Other: it does not end (only once no more text comes).
    pub(super) fn advance(&mut self, text: &str, tool: Tool, nesting: Nesting, end: bool) -> Sight<BodyEnd> {
        while let Some(found) = text[self.at..].find('<') {
            self.at += found;
            let own = match own_tag(&text[self.at..], tool) {
                Sight::Seen(own) => own,
                Sight::More if !end => return Sight::More,
                Sight::More | Sight::Other => {
                    self.at += 1;
                    continue;
                }
            };
            let (Own::Opens { len, .. } | Own::Closes { len }) = own;
            match quoted(text, self.at, len) {
                Sight::Seen(()) => {
                    self.at += len;
                    continue;
                }
                Sight::More if !end => return Sight::More,
                Sight::More | Sight::Other => {}
            }
            match own {
                Own::Opens { bare, .. } => {
                    let counts = nesting == Nesting::Every || !bare || starts_line(text, self.at);
                    self.depth += usize::from(counts);
                }
                Own::Closes { .. } if self.depth == 0 => match heredoc::goes_on(text, self.at, tool, end) {
                    Sight::Seen(at) if self.passed < PASSED_MAX => {
                        self.passed += 1;
                        self.at = at;
                        continue;
                    }
                    Sight::Seen(_) | Sight::Other => return Sight::Seen(BodyEnd { body: self.at, after: self.at + len }),
                    Sight::More => return Sight::More,
                },
                Own::Closes { .. } => self.depth -= 1,
            }
            self.at += len;
        }
        self.at = text.len();
        if end { Sight::Other } else { Sight::More }
    }
}

/// The tool's own tag at the front of the text; one that closes itself is none.
fn own_tag(text: &str, tool: Tool) -> Sight<Own> {
    let own = |name: &str| tool.tag().eq_ignore_ascii_case(name);
    if text.len() == 1 {
        return Sight::More;
    }
    if text.starts_with("</") {
        return match head::close(text) {
            Sight::Seen((len, name)) if own(name) => Sight::Seen(Own::Closes { len }),
            Sight::Seen(_) | Sight::Other => Sight::Other,
            Sight::More => Sight::More,
        };
    }
    match head::name(&text[1..]) {
        Sight::Seen(name) if own(name) => match head::strict(text, name.len()) {
            Sight::Seen(head) if head.self_closing => Sight::Other,
            Sight::Seen(head) => Sight::Seen(Own::Opens { len: head.len, bare: head.attributes.is_empty() }),
            Sight::Other => Sight::Other,
            Sight::More => Sight::More,
        },
        Sight::Seen(_) | Sight::Other => Sight::Other,
        Sight::More => Sight::More,
    }
}

/// Whether the tag stands right between two equal quotes.
fn quoted(text: &str, at: usize, len: usize) -> Sight<()> {
    let Some(quote @ (b'`' | b'"' | b'\'')) = at.checked_sub(1).map(|before| text.as_bytes()[before]) else {
        return Sight::Other;
    };
    match text.as_bytes().get(at + len) {
        Some(after) if *after == quote => Sight::Seen(()),
        Some(_) => Sight::Other,
        None => Sight::More,
    }
}

fn starts_line(text: &str, at: usize) -> bool {
    text[..at].trim_end_matches([' ', '\t']).ends_with('\n')
}
