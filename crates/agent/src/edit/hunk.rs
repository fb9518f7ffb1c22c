//! Hunks of unified diffs and patches: put where their old lines stand. The line a hunk says only chooses between several places;
//! its lines decide. Where they are not there letter by letter, they are looked for as entries §3.4 allows, and that is told.

use std::ops::Range;

use super::lines::{Lines, runs};
use super::note::Note;
use super::refusal::Refusal;
use super::text::Text;
use super::{fuzzy, nearest};

/// Hunks of an edit.
pub const MAX_HUNKS: usize = 500;

/// Consecutive lines: some stay, some go, some come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first old line, from 1, as the hunk says; the line before it when there is no old line. Absent when it does not say.
    pub start: Option<usize>,
    /// A line above, which chooses between several places; from patches.
    pub anchor: Option<String>,
    /// The lines.
    pub lines: Vec<Line>,
    /// How the last old line ends.
    pub old_end: Newline,
    /// How the last new line ends.
    pub new_end: Newline,
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What becomes of it.
    pub side: Side,
    /// Its text, without the newline.
    pub text: String,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It stays.
    Kept,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// How a text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newline {
    /// With a newline, or the hunk does not say.
    Ended,
    /// Without one.
    Bare,
}

impl Hunk {
    /// The lines that must be there.
    pub fn old(&self) -> Vec<&str> {
        self.side(Side::Added)
    }

    /// The lines that will be there.
    pub fn new_lines(&self) -> Vec<&str> {
        self.side(Side::Removed)
    }

    fn side(&self, without: Side) -> Vec<&str> {
        self.lines.iter().filter(|line| line.side != without).map(|line| line.text.as_str()).collect()
    }
}

/// The body of `text` after `hunks`; all of them or none.
pub(super) fn apply(text: &Text, hunks: &[Hunk], notes: &mut Vec<Note>) -> Result<String, Refusal> {
    if hunks.is_empty() || hunks.len() > MAX_HUNKS {
        return Err(Refusal::Malformed { why: format!("An edit has 1 to {MAX_HUNKS} hunks.") });
    }
    if !text.exists() && hunks.iter().any(|hunk| !hunk.old().is_empty()) {
        return Err(Refusal::Missing);
    }
    let lines = Lines::of(text.body());
    let mut sheet = Sheet { lines: lines.all.iter().map(ToString::to_string).collect(), ended: lines.ended, cursor: 0, drift: 0 };
    for (index, hunk) in hunks.iter().enumerate() {
        sheet.put(index + 1, hunk, notes)?;
    }
    let all = sheet.lines.iter().map(String::as_str).collect();
    Ok(Lines { all, ended: sheet.ended }.join())
}

/// A text while hunks are put into it.
struct Sheet {
    lines: Vec<String>,
    ended: bool,
    /// Where the last hunk ended.
    cursor: usize,
    /// How far lines have moved from where the hunks believe them.
    drift: isize,
}

impl Sheet {
    fn put(&mut self, number: usize, hunk: &Hunk, notes: &mut Vec<Note>) -> Result<(), Refusal> {
        let old = hunk.old();
        let (place, new) = self.find(number, hunk, &old, notes)?;
        let at_end = place.end == self.lines.len();
        if at_end {
            self.ended = match (hunk.old_end, hunk.new_end) {
                (_, Newline::Bare) => false,
                (Newline::Bare, Newline::Ended) => true,
                (Newline::Ended, Newline::Ended) => self.ended,
            };
        }
        self.drift = match hunk.start {
            Some(start) if !old.is_empty() => signed(place.start) - (signed(start) - 1),
            Some(_) | None => self.drift,
        } + signed(new.len())
            - signed(place.len());
        self.cursor = place.start + new.len();
        self.lines.splice(place, new);
        Ok(())
    }

    fn find(&self, number: usize, hunk: &Hunk, old: &[&str], notes: &mut Vec<Note>) -> Result<(Range<usize>, Vec<String>), Refusal> {
        let new: Vec<String> = hunk.new_lines().into_iter().map(str::to_owned).collect();
        let anchor = self.anchor(number, hunk)?;
        let expected = hunk.start.map(|start| (signed(start) - 1 + self.drift).max(0).unsigned_abs());
        if old.is_empty() {
            return Ok((self.insertion(number, hunk, anchor, notes), new));
        }
        let from = anchor.unwrap_or(0).min(self.lines.len());
        let exact: Vec<usize> = runs(&self.lines[from..], old).into_iter().map(|place| from + place).collect();
        if let Some(start) = self.choose(number, old, &exact, (expected, anchor))? {
            if let Some(said) = hunk.start.filter(|_| expected != Some(start)) {
                notes.push(Note::Moved { piece: number, said, line: start + 1 });
            }
            return Ok((start..start + old.len(), new));
        }
        let lines: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        let ranges = fuzzy::by_line(&lines, old);
        let near = |range: &&Range<usize>| expected.map_or(usize::MAX - range.start, |expected| expected.abs_diff(range.start));
        let Some(range) = ranges.iter().min_by_key(near) else {
            let nearest = nearest::candidates(&lines.join("\n"), &old.join("\n"));
            return Err(Refusal::NoMatch { piece: number, search: old.join("\n"), nearest });
        };
        if expected.is_none() && ranges.len() > 1 {
            notes.push(Note::Last { piece: number, lines: ranges.iter().map(|range| range.start + 1).collect() });
        }
        notes.push(Note::Indentation { piece: number, line: range.start + 1 });
        let new: Vec<&str> = new.iter().map(String::as_str).collect();
        Ok((range.clone(), fuzzy::indented(&new, old, &lines[range.clone()])))
    }

    /// The line behind the anchor.
    fn anchor(&self, number: usize, hunk: &Hunk) -> Result<Option<usize>, Refusal> {
        let Some(anchor) = hunk.anchor.as_deref().filter(|anchor| !anchor.is_empty() && hunk.start.is_none()) else {
            return Ok(None);
        };
        let from = self.cursor.min(self.lines.len());
        let fits = |line: &String| line == anchor || line.trim() == anchor.trim();
        let after = self.lines[from..].iter().position(fits).map(|at| from + at);
        let Some(at) = after.or_else(|| self.lines.iter().position(fits)) else {
            let nearest = nearest::candidates(&self.lines.join("\n"), anchor);
            return Err(Refusal::NoMatch { piece: number, search: anchor.to_owned(), nearest });
        };
        Ok(Some(at + 1))
    }

    fn insertion(&self, number: usize, hunk: &Hunk, anchor: Option<usize>, notes: &mut Vec<Note>) -> Range<usize> {
        let at = match (hunk.start, anchor) {
            (Some(start), _) => (signed(start) + self.drift).clamp(0, signed(self.lines.len())).unsigned_abs(),
            (None, Some(anchor)) => anchor,
            (None, None) => {
                notes.push(Note::Appended { piece: number });
                self.lines.len()
            }
        };
        at..at
    }

    /// The place nearest to the line the hunk says, behind the last hunk if there is one; without such a line, the only place, or the
    /// first behind the anchor.
    fn choose(
        &self,
        number: usize,
        old: &[&str],
        places: &[usize],
        (expected, anchor): (Option<usize>, Option<usize>),
    ) -> Result<Option<usize>, Refusal> {
        let behind: Vec<usize> = places.iter().copied().filter(|place| *place >= self.cursor).collect();
        let open = if behind.is_empty() { places } else { behind.as_slice() };
        match (open, expected, anchor) {
            ([], _, _) => Ok(None),
            ([only], _, _) => Ok(Some(*only)),
            (open, Some(expected), _) => Ok(open.iter().copied().min_by_key(|place| place.abs_diff(expected))),
            ([first, ..], None, Some(_)) => Ok(Some(*first)),
            (open, None, None) => {
                Err(Refusal::Several { piece: number, search: old.join("\n"), lines: open.iter().map(|place| place + 1).collect() })
            }
        }
    }
}

fn signed(count: usize) -> isize {
    isize::try_from(count).unwrap_or(isize::MAX / 4)
}
