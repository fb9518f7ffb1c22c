//! `s/search/replace/flags`, alone or in a chain: read as the library of entries §3.3 reads it, applied as §3.4 says. An expression
//! first, everywhere; where it finds nothing, plain text. A replacement is text: only `\1` to `\9` stand for something found.

use super::note::Note;
use super::refusal::Refusal;
use super::{Emptied, MAX_RESULT_BYTES, Times, literal, place};
use crate::pattern::expression::{Expression, Groups};

/// Commands a chain may have.
pub const MAX_CHAIN: usize = 200;
const FLAGS: &str = "gimsv";

/// One command of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sed {
    /// What is looked for, the delimiter's escapes taken back.
    pub search: String,
    /// What takes its place, likewise.
    pub replace: String,
    /// Flags, some of `gimsv`.
    pub flags: String,
}

/// The chain `text` is, and whether its last command is ended; absent when it is none.
pub fn read(text: &str) -> Option<(Vec<Sed>, Ended)> {
    let mut rest = text.trim();
    let mut chain = Vec::new();
    loop {
        let (command, ended, after) = command(rest)?;
        chain.push(command);
        let next = after.trim_start_matches(|char: char| char == ';' || char.is_whitespace());
        if next.is_empty() {
            return Some((chain, ended));
        }
        if chain.len() == MAX_CHAIN || next.len() == after.len() {
            return None;
        }
        rest = next;
    }
}

/// Whether a chain's last command has its last delimiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has.
    Yes,
    /// It ends with the text.
    No,
}

fn command(text: &str) -> Option<(Sed, Ended, &str)> {
    let mut chars = text.chars();
    if chars.next() != Some('s') {
        return None;
    }
    let delimiter = chars.next().filter(|char| !char.is_alphanumeric() && !char.is_whitespace() && *char != '\\')?;
    let (search, rest, ended) = field(chars.as_str(), delimiter);
    if ended == Ended::No {
        return None;
    }
    let (replace, rest, ended) = field(rest, delimiter);
    let after = rest.trim_start_matches(|char| FLAGS.contains(char));
    let flags = rest[..rest.len() - after.len()].to_owned();
    Some((Sed { search, replace, flags }, ended, after))
}

/// A field up to its delimiter, and what follows.
fn field(text: &str, delimiter: char) -> (String, &str, Ended) {
    let mut field = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char == delimiter {
            return (field, chars.as_str(), Ended::Yes);
        }
        if char != '\\' {
            field.push(char);
            continue;
        }
        match chars.next() {
            Some(next) if next == delimiter => field.push(next),
            Some(next) => field.extend(['\\', next]),
            None => field.push('\\'),
        }
    }
    (field, chars.as_str(), Ended::No)
}

/// Whether any command looks for carriage returns, so that the file's own line ends are its text.
pub(super) fn speaks_of_returns(chain: &[Sed]) -> bool {
    chain.iter().any(|command| command.search.contains("\\r"))
}

/// `body` after the chain; all of it or none.
pub(super) fn apply(body: &str, chain: &[Sed], notes: &mut Vec<Note>) -> Result<String, Refusal> {
    let mut body = body.to_owned();
    for (index, command) in chain.iter().enumerate() {
        body = one(&body, index + 1, command, notes)?;
    }
    Ok(body)
}

fn one(body: &str, number: usize, command: &Sed, notes: &mut Vec<Note>) -> Result<String, Refusal> {
    if command.search.is_empty() {
        return Err(Refusal::Malformed { why: format!("Expression {number} looks for nothing.") });
    }
    if let Ok(expression) = Expression::parse(&command.search, &command.flags) {
        let count = expression.groups();
        let put = |groups: &Groups<'_>| replacement(&command.replace, groups, count);
        let (text, starts) = expression
            .replace(body, 0, MAX_RESULT_BYTES, put)
            .map_err(|why| Refusal::Malformed { why: format!("Expression {number} was given up: {why}.") })?;
        if !starts.is_empty() {
            if starts.len() > 1 {
                notes.push(Note::Every { piece: number, lines: literal::lines(body, &starts) });
            }
            return Ok(text);
        }
    }
    let replace = unescaped(&command.replace);
    let piece = place::Piece { number, search: &command.search, replace: &replace, times: Times::Every, emptied: Emptied::Kept };
    let text = place::one(body, &piece, notes)?;
    notes.push(Note::Literal { piece: number });
    Ok(text)
}

/// The replacement with its escapes taken back and `\1` to `\9` filled in.
fn replacement(text: &str, groups: &Groups<'_>, count: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match chars.next() {
            Some(digit @ '1'..='9') if (digit as usize - '0' as usize) < count => {
                out.push_str(groups.text(digit as usize - '0' as usize));
            }
            Some(next) => plain(&mut out, next),
            None => out.push('\\'),
        }
    }
    out
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (char, char == '\\') {
            (_, true) => match chars.next() {
                Some(next) => plain(&mut out, next),
                None => out.push('\\'),
            },
            (char, false) => out.push(char),
        }
    }
    out
}

fn plain(out: &mut String, escaped: char) {
    match escaped {
        'n' => out.push('\n'),
        't' => out.push('\t'),
        mark if mark.is_ascii_punctuation() => out.push(mark),
        other => out.extend(['\\', other]),
    }
}
