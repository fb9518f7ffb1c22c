//! Conflict blocks: `<<<<<<< SEARCH`, `=======`, `>>>>>>> REPLACE`, with 3 to 12 marker characters (entries §3.3). Markers of one
//! block have one length, so that a block of another length can stand in its text. It reads and judges nothing.

use std::ops::Range;

use super::refusal::Refusal;
use super::{Block, Emptied, Reading, Times};

/// Characters of a marker.
const MARKER: Range<usize> = 3..13;
/// Readings of a block that are kept.
const MAX_READINGS: usize = 8;
/// Blocks of an edit.
pub(super) const MAX_BLOCKS: usize = 500;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Opens(usize),
    Parts(usize),
    Closes(usize),
    None,
}

/// The blocks in `text`; none when it has no marker that begins one.
pub(super) fn read(text: &str) -> Result<Vec<Block>, Refusal> {
    let text = super::text::without_returns(text);
    let lines: Vec<&str> = text.split('\n').collect();
    let marks: Vec<Mark> = lines.iter().map(|line| mark(line)).collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let opened = match marks[at] {
            Mark::Opens(length) => Some(length),
            Mark::Parts(length) if heads(&lines, &marks, at) => {
                let close = closing(&marks, at, length).ok_or_else(|| unclosed(blocks.len() + 1))?;
                blocks.push(Block { emptied: Emptied::Gone, ..Block::new(None, lines[at + 1..close].join("\n"), Times::Every) });
                at = close + 1;
                continue;
            }
            Mark::Parts(_) | Mark::Closes(_) | Mark::None => None,
        };
        let Some(length) = opened else {
            at += 1;
            continue;
        };
        let close = closing(&marks, at, length).ok_or_else(|| unclosed(blocks.len() + 1))?;
        blocks.push(block(&lines, &marks, at..close, length).ok_or_else(|| unparted(blocks.len() + 1))?);
        if blocks.len() > MAX_BLOCKS {
            return Err(Refusal::Malformed { why: format!("An edit may have {MAX_BLOCKS} blocks.") });
        }
        at = close + 1;
    }
    Ok(blocks)
}

/// Whether a separator stands where a block without its SEARCH begins: nothing but blank lines before it, or since the last block.
fn heads(lines: &[&str], marks: &[Mark], at: usize) -> bool {
    let before = lines[..at].iter().zip(marks).rev().find(|(line, _)| !line.trim().is_empty());
    let leads = before.is_none_or(|(_, mark)| matches!(mark, Mark::Closes(_)));
    leads && marks[at..].iter().any(|mark| matches!(mark, Mark::Closes(_)))
}

/// Where the block that begins at `open` closes: at a marker as long as its own, else at the first; never beyond the next block's beginning.
fn closing(marks: &[Mark], open: usize, length: usize) -> Option<usize> {
    let next = marks[open + 1..].iter().position(|mark| *mark == Mark::Opens(length)).map_or(marks.len(), |at| open + 1 + at);
    let within = &marks[open + 1..next];
    let own = within.iter().position(|mark| *mark == Mark::Closes(length));
    let any = || within.iter().position(|mark| matches!(mark, Mark::Closes(_)));
    own.or_else(any).map(|at| open + 1 + at)
}

fn block(lines: &[&str], marks: &[Mark], range: Range<usize>, length: usize) -> Option<Block> {
    let within = range.start + 1..range.end;
    let own: Vec<usize> = within.clone().filter(|at| marks[*at] == Mark::Parts(length)).collect();
    let parts = if own.is_empty() { within.filter(|at| matches!(marks[*at], Mark::Parts(_))).collect() } else { own };
    let reading = |part: usize| (lines[range.start + 1..part].join("\n"), lines[part + 1..range.end].join("\n"));
    let first = *parts.first()?;
    let (search, replace) = reading(first);
    let readings = parts[1..].iter().take(MAX_READINGS).map(|part| reading(*part)).map(|(search, replace)| Reading { search, replace });
    let search = (first > range.start + 1).then_some(search);
    // No line at all takes the place, rather than an empty one.
    let emptied = if range.end == first + 1 { Emptied::Gone } else { Emptied::Kept };
    Some(Block { emptied, readings: readings.collect(), ..Block::new(search, replace, Times::Every) })
}

fn mark(line: &str) -> Mark {
    let line = line.trim_end();
    let Some(first) = line.chars().next().filter(|char| "<=>".contains(*char)) else {
        return Mark::None;
    };
    let rest = line.trim_start_matches(first);
    let length = line.len() - rest.len();
    if !MARKER.contains(&length) {
        return Mark::None;
    }
    match (first, rest.trim()) {
        ('<', "SEARCH") => Mark::Opens(length),
        ('=', "") => Mark::Parts(length),
        ('>', "REPLACE") => Mark::Closes(length),
        _ => Mark::None,
    }
}

fn unclosed(number: usize) -> Refusal {
    Refusal::Malformed { why: format!("Block {number} has no line that ends it (>>>>>>> REPLACE).") }
}

fn unparted(number: usize) -> Refusal {
    Refusal::Malformed { why: format!("Block {number} has no line between its two parts (=======).") }
}
