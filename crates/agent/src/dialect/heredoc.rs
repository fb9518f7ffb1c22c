//! Here-documents of commands: their text may hold the very tag that would end the command.

use super::head::{self, Sight};
use super::tool::Tool;

/// Here-documents followed in one command.
const OPEN_MAX: usize = 32;

/// Where a command's body goes on, if what stands at `close` is text of a here-document: at the line that ends the document. Other: the
/// tag at `close` is what it seems.
pub(super) fn goes_on(text: &str, close: usize, tool: Tool, end: bool) -> Sight<usize> {
    if !matches!(tool, Tool::Sh | Tool::Env) {
        return Sight::Other;
    }
    let Some(word) = open_word(&text[..close]) else { return Sight::Other };
    let mut at = close;
    while let Some(line_end) = text[at..].find('\n') {
        if opens(&text[at..at + line_end], tool) {
            return Sight::Other;
        }
        at += line_end + 1;
        let line = text[at..].lines().next().unwrap_or_default().trim();
        let rest = line.strip_prefix(word);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("</")) {
            let whole = line.len() > word.len() + 2 || text[at..].contains('\n');
            return if whole || end { Sight::Seen(at) } else { Sight::More };
        }
    }
    if end || opens(&text[at..], tool) { Sight::Other } else { Sight::More }
}

/// The word that ends the here-document a body leaves open.
fn open_word(body: &str) -> Option<&str> {
    let mut open: Vec<&str> = Vec::new();
    for line in body.lines() {
        match open.first() {
            Some(word) if line.trim() == *word => {
                open.remove(0);
            }
            Some(_) => {}
            None => open.extend(words(line).take(OPEN_MAX)),
        }
    }
    open.first().copied()
}

/// The words of the here-documents a line opens: `<<EOF`, `<<-EOF`, `<< 'EOF'`; `<<<` opens none.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("<<").filter_map(move |(at, _)| {
        let rest = &line[at + 2..];
        if line[..at].ends_with('<') || rest.starts_with('<') {
            return None;
        }
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches(' ').trim_start_matches(['\'', '"', '\\']);
        let len = rest.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_')).unwrap_or(rest.len());
        let word = &rest[..len];
        word.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_').then_some(word)
    })
}

/// Whether a tag of the tool opens in this line: then another command has begun.
fn opens(line: &str, tool: Tool) -> bool {
    line.match_indices('<').any(|(at, _)| match head::name(&line[at + 1..]) {
        Sight::Seen(name) => Tool::of_tag(name) == Some(tool),
        Sight::Other | Sight::More => false,
    })
}
