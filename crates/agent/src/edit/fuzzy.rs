//! Finding a piece that is not there letter by letter, as entries §3.4 allows and no further: its escapes taken back, at line
//! starts; or line by line, indentation and blank lines ignored, and the replacement indented anew. It only finds; what is found
//! is always told.

use std::ops::Range;

use super::lines::{Lines, indent, runs};

/// The readings of a piece with escapes taken back, those that differ from it.
pub(super) fn unescaped(search: &str, replace: &str) -> Vec<(String, String)> {
    let mut readings = Vec::new();
    for turn in [slashes as fn(&str) -> String, entities] {
        let plain = turn(search);
        if plain != search && !plain.trim().is_empty() {
            readings.push((plain, turn(replace)));
        }
    }
    readings
}

fn slashes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let next = if char == '\\' { chars.peek().copied() } else { None };
        let turned = match next {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some(mark @ ('"' | '\'' | '`' | '/' | '\\' | '$')) => Some(mark),
            Some(_) | None => None,
        };
        match turned {
            Some(turned) => {
                chars.next();
                plain.push(turned);
            }
            None => plain.push(char),
        }
    }
    plain
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// Where the lines of `search` stand in `lines`, indentation and blank lines ignored: ranges of lines from 0, from the front.
pub(super) fn by_line(lines: &[&str], search: &[&str]) -> Vec<Range<usize>> {
    let wanted: Vec<&str> = search.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    let full: Vec<(usize, &str)> =
        lines.iter().enumerate().map(|(index, line)| (index, line.trim())).filter(|(_, line)| !line.is_empty()).collect();
    let bare: Vec<&str> = full.iter().map(|(_, line)| *line).collect();
    runs(&bare, &wanted).into_iter().map(|first| full[first].0..full[first + wanted.len() - 1].0 + 1).collect()
}

/// `replace` with the indentation it has in `search` turned into the one it has in the file.
pub(super) fn indented(replace: &[&str], search: &[&str], found: &[&str]) -> Vec<String> {
    let theirs = base(search);
    let ours = base(found);
    replace.iter().map(|line| turned(line, theirs, ours)).collect()
}

fn base<'a>(lines: &[&'a str]) -> &'a str {
    lines.iter().find(|line| !line.trim().is_empty()).map_or("", |line| indent(line))
}

fn turned(line: &str, theirs: &str, ours: &str) -> String {
    if line.trim().is_empty() {
        return line.to_owned();
    }
    match line.strip_prefix(theirs) {
        Some(rest) => format!("{ours}{rest}"),
        // Less indented than the piece began with: as far out as the file's own indentation goes.
        None => {
            let out = theirs.len() - indent(line).len().min(theirs.len());
            let kept: String = ours.chars().take(ours.chars().count().saturating_sub(out)).collect();
            format!("{kept}{}", line.trim_start_matches([' ', '\t']))
        }
    }
}

/// The lines of a piece, without the newline that may end it.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    Lines::of(text).all
}
