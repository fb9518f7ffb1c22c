//! The first part of a tag: `<name key="value" …>`. Read strictly where text must not be taken for a tag, and with repairs where a tool's
//! tag stands outside any body. Never decides before it has seen enough: the same answer for every longer text.

use super::repair::Repair;
use super::tool::Tool;

/// Attributes a tag may have.
const ATTRIBUTES_MAX: usize = 64;
/// Quotes tried as the end of a value whose first quote cannot be it.
const QUOTES_TRIED: usize = 256;
/// Characters a tag's name may have.
const NAME_MAX: usize = 40;

/// What reading a construct at the front of a text gives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sight<T> {
    /// It is one.
    Seen(T),
    /// It is none, whatever follows.
    Other,
    /// More text decides.
    More,
}

/// The first part of a tag.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) attributes: Vec<(String, String)>,
    /// Bytes from `<` to `>`.
    pub(super) len: usize,
    pub(super) self_closing: bool,
    pub(super) repairs: Vec<Repair>,
}

/// The name after `<` or `</`, when it is one and what follows ends it.
pub(super) fn name(text: &str) -> Sight<&str> {
    let end = text.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')));
    match end {
        Some(end) if (1..=NAME_MAX).contains(&end) && text.as_bytes()[0].is_ascii_alphabetic() => {
            let ends = matches!(text.as_bytes()[end], b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>');
            if ends { Sight::Seen(&text[..end]) } else { Sight::Other }
        }
        None if text.len() <= NAME_MAX => Sight::More,
        Some(_) | None => Sight::Other,
    }
}

/// The length of `</name>` at the front of the text, with its name.
pub(super) fn close(text: &str) -> Sight<(usize, &str)> {
    let Some(rest) = text.strip_prefix("</") else {
        return if "</".starts_with(text) { Sight::More } else { Sight::Other };
    };
    match name(rest) {
        Sight::Seen(name) => {
            let after = &rest[name.len()..];
            let space = after.len() - after.trim_start().len();
            match after.as_bytes().get(space) {
                Some(b'>') => Sight::Seen((2 + name.len() + space + 1, name)),
                Some(_) => Sight::Other,
                None => Sight::More,
            }
        }
        Sight::Other => Sight::Other,
        Sight::More => Sight::More,
    }
}

/// A well-formed head at the front of the text, which begins with `<` and a name of this length.
pub(super) fn strict(text: &str, name_len: usize) -> Sight<Head> {
    let mut head = Head { len: 1 + name_len, ..Head::default() };
    match rest(text, &mut head) {
        Sight::Seen(()) => Sight::Seen(head),
        Sight::Other => Sight::Other,
        Sight::More => Sight::More,
    }
}

/// A head of a tool's tag, mended where need be. Without more text to come (`end`) a head that never ends is no head.
pub(super) fn lenient(text: &str, tool: Tool, end: bool) -> Sight<Head> {
    let name_len = tool.tag().len();
    match strict(text, name_len) {
        Sight::Seen(head) => return Sight::Seen(head),
        Sight::More if !end => return Sight::More,
        Sight::More | Sight::Other => {}
    }
    let mut head = Head { len: 1 + name_len, ..Head::default() };
    for _ in 0..ATTRIBUTES_MAX {
        let before = head.len;
        match one(text, &mut head) {
            Sight::Seen(true) => return Sight::Seen(head),
            Sight::Seen(false) => {}
            Sight::More if !end => return Sight::More,
            Sight::More | Sight::Other => match mended(text, &mut head, tool, end) {
                Sight::Seen(true) => return Sight::Seen(head),
                Sight::Seen(false) => {}
                Sight::Other => return Sight::Other,
                Sight::More => return Sight::More,
            },
        }
        if head.len == before {
            return Sight::Other;
        }
    }
    Sight::Other
}

/// Reads attributes up to the end of the head.
fn rest(text: &str, head: &mut Head) -> Sight<()> {
    for _ in 0..=ATTRIBUTES_MAX {
        match one(text, head) {
            Sight::Seen(true) => return Sight::Seen(()),
            Sight::Seen(false) => {}
            Sight::Other => return Sight::Other,
            Sight::More => return Sight::More,
        }
    }
    Sight::Other
}

/// Reads one attribute, or the end of the head (true). On anything else `head` is as before.
fn one(text: &str, head: &mut Head) -> Sight<bool> {
    let at = skip_space(text, head.len);
    let spaced = at > head.len;
    match text.as_bytes().get(at) {
        None => Sight::More,
        Some(b'>') => {
            head.len = at + 1;
            Sight::Seen(true)
        }
        Some(b'/') => match text.as_bytes().get(skip_space(text, at + 1)) {
            None => Sight::More,
            Some(b'>') => {
                head.len = skip_space(text, at + 1) + 1;
                head.self_closing = true;
                Sight::Seen(true)
            }
            Some(_) => Sight::Other,
        },
        Some(_) if !spaced && !text[..at].ends_with(['"', '\'']) => Sight::Other,
        Some(_) => attribute(text, at, head),
    }
}

fn attribute(text: &str, at: usize, head: &mut Head) -> Sight<bool> {
    let (key, equals) = match key(text, at) {
        Sight::Seen(found) => found,
        Sight::Other => return Sight::Other,
        Sight::More => return Sight::More,
    };
    let Some(value_at) = equals else {
        head.push(key, "");
        head.len = at + key.len();
        return Sight::Seen(false);
    };
    match text.as_bytes().get(value_at) {
        None => Sight::More,
        Some(quote @ (b'"' | b'\'')) => match text[value_at + 1..].find(char::from(*quote)) {
            None => Sight::More,
            Some(len) => {
                let end = value_at + 1 + len + 1;
                let ended = value_ends(text, end);
                if ended == Sight::Seen(false) {
                    head.push(key, &text[value_at + 1..end - 1]);
                    head.len = end;
                }
                ended
            }
        },
        Some(_) => unquoted(text, key, value_at, head),
    }
}

/// Whether a quote before `end` can close its value: space, the end of the head, or another quoted attribute follows.
fn value_ends(text: &str, end: usize) -> Sight<bool> {
    match text.as_bytes().get(end) {
        None => Sight::More,
        Some(b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>') => Sight::Seen(false),
        Some(_) => match key(text, end) {
            Sight::Seen((_, Some(value_at))) => match text.as_bytes().get(value_at) {
                None => Sight::More,
                Some(b'"' | b'\'') => Sight::Seen(false),
                Some(_) => Sight::Other,
            },
            Sight::Seen((_, None)) | Sight::Other => Sight::Other,
            Sight::More => Sight::More,
        },
    }
}

fn unquoted(text: &str, key: &str, at: usize, head: &mut Head) -> Sight<bool> {
    let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'<' | b'"' | b'\'' | b'`' | b'=');
    let Some(len) = text.as_bytes()[at..].iter().position(|byte| ends(*byte)) else { return Sight::More };
    let value = &text[at..at + len];
    let after = text.as_bytes()[at + len];
    if !(after.is_ascii_whitespace() || after == b'>') {
        return Sight::Other;
    }
    // `<get path=a.txt/>` closes itself.
    let value = if after == b'>' { value.strip_suffix('/').unwrap_or(value) } else { value };
    if value.is_empty() {
        return Sight::Other;
    }
    head.push(key, value);
    head.len = at + value.len();
    Sight::Seen(false)
}

/// An attribute's name, and where its value starts if it has one.
fn key(text: &str, at: usize) -> Sight<(&str, Option<usize>)> {
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b'.' | b'@');
    let bytes = &text.as_bytes()[at..];
    let Some(len) = bytes.iter().position(|byte| !is_key(byte)) else { return Sight::More };
    if len == 0 || len > NAME_MAX || bytes[0].is_ascii_digit() {
        return Sight::Other;
    }
    let key = &text[at..at + len];
    let after = skip_space(text, at + len);
    match text.as_bytes().get(after) {
        None => Sight::More,
        Some(b'=') => Sight::Seen((key, Some(skip_space(text, after + 1)))),
        Some(byte) if after > at + len || matches!(byte, b'/' | b'>') => Sight::Seen((key, None)),
        Some(_) => Sight::Other,
    }
}

/// Mends what stands at `head.len`: a quoted value that holds quotes, one that never ends, or stray characters.
fn mended(text: &str, head: &mut Head, tool: Tool, end: bool) -> Sight<bool> {
    let at = skip_space(text, head.len);
    let (key, value_at) = match key(text, at) {
        Sight::Seen((key, Some(value_at))) => (key, value_at),
        Sight::More if !end => return Sight::More,
        Sight::Seen((_, None)) | Sight::Other | Sight::More => return stray(text, at, head, end),
    };
    let Some(quote @ (b'"' | b'\'')) = text.as_bytes().get(value_at) else { return stray(text, value_at, head, end) };
    let start = value_at + 1;
    let quote = char::from(*quote);
    for escapes in [Escapes::Passed, Escapes::Tried] {
        match closing_quote(text, start, quote, (escapes, end)) {
            Sight::Seen(at) => {
                let escaped = format!("\\{quote}");
                head.push(key, &text[start..at].replace(&escaped, &escaped[1..]));
                head.len = at + 1;
                head.repairs.push(Repair::InnerQuote(tool));
                return Sight::Seen(false);
            }
            Sight::Other => {}
            Sight::More => return Sight::More,
        }
    }
    unclosed(text, start, key, head, (tool, end))
}

/// Which quotes may end a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// Those without a backslash before them.
    Passed,
    /// Those with one.
    Tried,
}

/// The first quote behind which the rest of the head is well-formed. None is found for sure once a tool's tag begins inside the value.
fn closing_quote(text: &str, start: usize, quote: char, (escapes, end): (Escapes, bool)) -> Sight<usize> {
    for (tried, (offset, _)) in text[start..].match_indices(quote).enumerate() {
        let inside = &text[start..start + offset];
        if tried >= QUOTES_TRIED || ends_before_tag(inside) {
            return Sight::Other;
        }
        if inside.ends_with('\\') != (escapes == Escapes::Tried) {
            continue;
        }
        let mut after = Head { len: start + offset + 1, ..Head::default() };
        match rest(text, &mut after) {
            Sight::Seen(()) => return Sight::Seen(start + offset),
            Sight::More if !end => return Sight::More,
            Sight::More | Sight::Other => {}
        }
    }
    if end { Sight::Other } else { Sight::More }
}

/// A value that never ends is ended at the first `>`.
fn unclosed(text: &str, start: usize, key: &str, head: &mut Head, (tool, end): (Tool, bool)) -> Sight<bool> {
    let Some(len) = text[start..].find('>') else {
        return if end { Sight::Other } else { Sight::More };
    };
    let inside = &text[start..start + len];
    head.self_closing = inside.ends_with('/');
    head.push(key, inside.strip_suffix('/').unwrap_or(inside).trim_end());
    head.len = start + len + 1;
    head.repairs.push(Repair::UnclosedAttribute(tool));
    Sight::Seen(true)
}

/// Characters that are no attribute are passed over, up to the next space or the end of the head.
fn stray(text: &str, at: usize, head: &mut Head, end: bool) -> Sight<bool> {
    let Some(len) = text.as_bytes()[at..].iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'<')) else {
        return if end { Sight::Other } else { Sight::More };
    };
    match text.as_bytes()[at + len] {
        b'<' => Sight::Other,
        b'>' => {
            head.self_closing = text[at..at + len].ends_with('/');
            head.len = at + len + 1;
            Sight::Seen(true)
        }
        _ => {
            head.len = at + len;
            Sight::Seen(false)
        }
    }
}

/// Whether a tool's tag begins right after a `>` inside: then the value should have ended there.
fn ends_before_tag(inside: &str) -> bool {
    inside.match_indices('>').any(|(at, _)| tag_follows(&inside[at + 1..]))
}

fn tag_follows(text: &str) -> bool {
    let Some(rest) = text.trim_start().strip_prefix('<') else { return false };
    match name(rest.strip_prefix('/').unwrap_or(rest)) {
        Sight::Seen(name) => Tool::of_tag(name).is_some(),
        Sight::Other | Sight::More => false,
    }
}

fn skip_space(text: &str, at: usize) -> usize {
    let space = text.as_bytes().get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    at + space
}

impl Head {
    fn push(&mut self, key: &str, value: &str) {
        let key = key.to_ascii_lowercase();
        if self.attributes.iter().all(|(known, _)| *known != key) {
            self.attributes.push((key, decoded(value)));
        }
    }
}

/// Entities of a value, each decoded once; anything else stays.
fn decoded(value: &str) -> String {
    const ENTITIES: [(&str, char); 7] =
        [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"'), ("&apos;", '\''), ("&#39;", '\''), ("&#10;", '\n')];
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, letter)) => {
                out.push(*letter);
                rest = &rest[entity.len()..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}
