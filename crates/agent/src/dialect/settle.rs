//! What becomes of a body whose own closing tag never came (entries.md §3.2): decided only once the whole reply is there, so that a
//! repair never depends on how the reply was cut.

use super::body::{BodyEnd, Nesting, Scan};
use super::head::{self, Sight};
use super::repair::Repair;
use super::tool::Tool;

/// Names whose closing tag may stand for a forgotten one, beside the tools' own.
const STRAY_NAMES: [&str; 6] = ["known", "unknown", "summarize", "thinking", "tool_call", "tool_use"];

/// How a body without its own end was ended.
pub(super) struct Settled {
    pub(super) end: BodyEnd,
    pub(super) repair: Repair,
    /// Whether the reply's end ended it.
    pub(super) by_reply: bool,
}

/// Ends a body of this tool, of which `text` is all that came. First match wins: nothing before the next tag; another's closing tag;
/// its own closing tag, when an opening one before was only talked about; the end of the reply.
pub(super) fn settle(text: &str, tool: Tool) -> Settled {
    if let Some(at) = tag_after_nothing(text) {
        return Settled { end: BodyEnd { body: 0, after: at }, repair: Repair::UnclosedTag(tool), by_reply: false };
    }
    if let Some((end, name)) = wrong_close(text, tool) {
        return Settled { end, repair: Repair::MismatchedClose(tool, name), by_reply: false };
    }
    if let Sight::Seen(end) = Scan::default().advance(text, tool, Nesting::Likely, true)
        && (tool != Tool::Set || tool_opens(&text[end.after..]))
    {
        return Settled { end, repair: Repair::UnclosedTag(tool), by_reply: false };
    }
    let body = without_half_close(text, tool).len();
    Settled { end: BodyEnd { body, after: text.len() }, repair: Repair::UnclosedTag(tool), by_reply: true }
}

/// Where a tool's tag opens with nothing but space and closing tags before it.
fn tag_after_nothing(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().len();
        match head::close(&text[at..]) {
            Sight::Seen((len, _)) => at += len,
            Sight::Other | Sight::More => return opens(&text[at..]).map(|_| at),
        }
    }
}

/// The first closing tag of another tool that nothing in the body opened.
fn wrong_close(text: &str, tool: Tool) -> Option<(BodyEnd, String)> {
    let mut open = [0usize; Tool::ALL.len() + STRAY_NAMES.len()];
    let mut at = 0;
    while let Some(found) = text[at..].find('<') {
        at += found;
        let rest = &text[at..];
        if let Sight::Seen((len, name)) = head::close(rest) {
            match stray_index(name).filter(|_| Tool::of_tag(name) != Some(tool)) {
                Some(index) if open[index] == 0 => return Some((BodyEnd { body: at, after: at + len }, name.to_owned())),
                Some(index) => open[index] -= 1,
                None => {}
            }
            at += len;
            continue;
        }
        match opened(rest) {
            Some((index, len)) => {
                open[index] += 1;
                at += len;
            }
            None => at += 1,
        }
    }
    None
}

/// Which name a tag at the front opens and leaves open, and its length.
fn opened(text: &str) -> Option<(usize, usize)> {
    let Sight::Seen(name) = head::name(text.get(1..)?) else { return None };
    let index = stray_index(name)?;
    match head::strict(text, name.len()) {
        Sight::Seen(head) if !head.self_closing => Some((index, head.len)),
        Sight::Seen(_) | Sight::Other | Sight::More => None,
    }
}

fn stray_index(name: &str) -> Option<usize> {
    let names = Tool::ALL.into_iter().map(Tool::tag).chain(STRAY_NAMES);
    names.into_iter().position(|stray| stray.eq_ignore_ascii_case(name))
}

fn opens(text: &str) -> Option<Tool> {
    match head::name(text.strip_prefix('<')?) {
        Sight::Seen(name) => Tool::of_tag(name),
        Sight::Other | Sight::More => None,
    }
}

fn tool_opens(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| opens(&text[at..]).is_some())
}

/// The reply may have been cut inside the closing tag: `</se`.
fn without_half_close(text: &str, tool: Tool) -> &str {
    let close = format!("</{}", tool.tag());
    (2..=close.len()).rev().find_map(|len| text.strip_suffix(&close[..len])).unwrap_or(text)
}
