//! Regular expressions as JavaScript writes them, which is what entries §3.5 means by `/re/flags`: with lookaround and back
//! references, and with a limit on the work one search may do. What is not valid is an error, never a panic.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::ops::Range;
use std::str::Chars;

use fancy_regex::{Captures, Regex, RegexBuilder};

/// Bytes an expression may have.
pub const MAX_SOURCE_BYTES: usize = 4096;
/// Bytes of a compiled expression.
const MAX_COMPILED_BYTES: usize = 4 << 20;
/// Steps back that one search may take.
const MAX_BACKTRACKS: usize = 1_000_000;
/// Groups within groups.
const MAX_DEPTH: usize = 64;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expression {
    regex: Regex,
    every: bool,
}

impl Expression {
    /// The expression `source` with JavaScript's `flags`; the error says why not.
    pub fn parse(source: &str, flags: &str) -> Result<Self, String> {
        if source.len() > MAX_SOURCE_BYTES {
            return Err(format!("an expression may have {MAX_SOURCE_BYTES} bytes"));
        }
        if let Some(flag) = flags.chars().find(|flag| !"dgimsuvy".contains(*flag)) {
            return Err(format!("there is no flag {flag}"));
        }
        let regex = RegexBuilder::new(&translated(source)?)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            .dot_matches_new_line(flags.contains('s'))
            .backtrack_limit(MAX_BACKTRACKS)
            .delegate_size_limit(MAX_COMPILED_BYTES)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { regex, every: flags.contains('g') })
    }

    /// Whether a replacement means every place.
    pub fn means_every(&self) -> bool {
        self.every
    }

    /// The number of groups, the whole among them.
    pub fn groups(&self) -> usize {
        self.regex.captures_len()
    }

    /// The first place; an error when the search took too long.
    pub fn find(&self, text: &str) -> Result<Option<Range<usize>>, String> {
        self.regex.find(text).map(|found| found.map(|found| found.start()..found.end())).map_err(|error| error.to_string())
    }

    /// `text` with up to `limit` places (0: all) replaced by what `put` makes of each, and where they begin; an error when the search took too long
    /// or the text would grow beyond `room` bytes.
    pub fn replace(
        &self,
        text: &str,
        limit: usize,
        room: usize,
        mut put: impl FnMut(&Groups<'_>) -> String,
    ) -> Result<(String, Vec<usize>), String> {
        let mut result = String::with_capacity(text.len());
        let mut starts = Vec::new();
        let mut from = 0;
        for captures in self.regex.captures_iter(text) {
            let groups = Groups(captures.map_err(|error| error.to_string())?);
            let Some(whole) = groups.0.get(0) else {
                continue;
            };
            result.push_str(&text[from..whole.start()]);
            result.push_str(&put(&groups));
            starts.push(whole.start());
            from = whole.end();
            if result.len() > room {
                return Err(format!("the text would have more than {room} bytes"));
            }
            if starts.len() == limit {
                break;
            }
        }
        result.push_str(&text[from..]);
        Ok((result, starts))
    }
}

/// What the groups of one place hold.
pub struct Groups<'t>(Captures<'t, str>);

impl Groups<'_> {
    /// The text of a group; empty when it took no part.
    pub fn text(&self, index: usize) -> &str {
        self.0.get(index).map_or("", |found| found.as_str())
    }
}

/// JavaScript's writing as this engine's: what is plain there and special here is escaped.
fn translated(source: &str) -> Result<String, String> {
    let mut out = String::with_capacity(source.len() + 16);
    let mut chars = source.chars().peekable();
    let mut depth = 0_usize;
    while let Some(char) = chars.next() {
        match char {
            '\\' => escape(&mut out, &mut chars, Within::Text),
            '[' => class(&mut out, &mut chars),
            '{' if !is_count(&chars) => out.push_str("\\{"),
            '}' if !closes_count(&out) => out.push_str("\\}"),
            '(' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(format!("groups may stand {MAX_DEPTH} deep"));
                }
                out.push('(');
            }
            ')' => {
                depth = depth.saturating_sub(1);
                out.push(')');
            }
            '$' => out.push_str("(?:$)"),
            ' ' | '#' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    Ok(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    Class,
}

fn escape(out: &mut String, chars: &mut Peekable<Chars<'_>>, within: Within) {
    let Some(char) = chars.next() else {
        out.push_str("\\\\");
        return;
    };
    let bracketed = |inside: &str| if within == Within::Class { inside.to_owned() } else { format!("[{inside}]") };
    match char {
        'd' => out.push_str(&bracketed("0-9")),
        'w' => out.push_str(&bracketed("0-9A-Za-z_")),
        'D' => out.push_str("[^0-9]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        'b' if within == Within::Class => out.push_str("\\x08"),
        '0' => out.push_str("\\x00"),
        'u' | 'x' => code(out, chars, char),
        'c' => match chars.peek().copied().filter(char::is_ascii_alphabetic) {
            Some(letter) => {
                chars.next();
                let _ = write!(out, "\\x{:02x}", letter as u32 % 32);
            }
            None => out.push_str("\\\\c"),
        },
        's' | 'S' | 'b' | 'B' | 'n' | 'r' | 't' | 'f' | 'v' | 'k' | 'p' | 'P' | '1'..='9' => {
            out.push('\\');
            out.push(char);
        }
        char if char.is_ascii_punctuation() && !matches!(char, '<' | '>') => {
            out.push('\\');
            out.push(char);
        }
        char => out.push(char),
    }
}

/// `\xHH`, `\uHHHH`, `\u{…}`; what is none of these is the letter itself.
fn code(out: &mut String, chars: &mut Peekable<Chars<'_>>, letter: char) {
    let rest: String = chars.clone().take(12).collect();
    let (digits, used) = match (letter, rest.strip_prefix('{').and_then(|rest| rest.split_once('}'))) {
        ('u', Some((digits, _))) => (digits.to_owned(), digits.len() + 2),
        ('u', None) => (rest.chars().take(4).collect(), 4),
        (_, _) => (rest.chars().take(2).collect::<String>(), 2),
    };
    let complete = used > 2 && digits.len() + 2 == used || digits.len() == used;
    match u32::from_str_radix(&digits, 16).ok().filter(|_| complete).and_then(char::from_u32) {
        Some(char) => {
            for _ in 0..used {
                chars.next();
            }
            let _ = write!(out, "\\x{{{:x}}}", char as u32);
        }
        None => out.push(letter),
    }
}

/// A class, from behind its bracket; `[]` is nothing and `[^]` anything, as in JavaScript.
fn class(out: &mut String, chars: &mut Peekable<Chars<'_>>) {
    let negated = chars.next_if_eq(&'^').is_some();
    if chars.next_if_eq(&']').is_some() {
        out.push_str(if negated { "(?s:.)" } else { "(?!)" });
        return;
    }
    out.push_str(if negated { "[^" } else { "[" });
    while let Some(char) = chars.next() {
        match char {
            ']' => {
                out.push(']');
                return;
            }
            '\\' => escape(out, chars, Within::Class),
            '[' | '&' | '~' | ' ' | '#' | '^' => {
                out.push('\\');
                out.push(char);
            }
            '-' if chars.peek() == Some(&'-') => out.push_str("\\-"),
            char => out.push(char),
        }
    }
}

/// Whether what follows a brace makes it a count: `3}`, `3,}`, `3,5}`.
fn is_count(chars: &Peekable<Chars<'_>>) -> bool {
    let mut digits = 0;
    let mut comma = false;
    for char in chars.clone() {
        match char {
            '0'..='9' => digits += usize::from(!comma),
            ',' if !comma => comma = true,
            '}' => return digits > 0,
            _ => return false,
        }
    }
    false
}

/// Whether a closing brace ends the count just written.
fn closes_count(out: &str) -> bool {
    let tail = out.trim_end_matches(|char: char| char.is_ascii_digit() || char == ',');
    tail.ends_with('{') && !tail.ends_with("\\{")
}
