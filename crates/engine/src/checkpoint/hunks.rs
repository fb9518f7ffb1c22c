//! Hunks of a file's change, byte by byte: which of them are in a text, and the text with one of them undone or done again. Nothing is
//! guessed: the lines are there exactly, once, or the hunk is refused. Pure.

use std::collections::HashMap;
use std::ops::Range;

use alcove_agent::edit::diff::{Limits, unified};

use super::Way;

/// Places a hunk may begin at, over the ways the hunks before it may have gone.
const PLACES: usize = 64;
/// What a text's beginning is looked at to tell whether it is one.
const TEXT_BYTES: usize = 8000;

/// Lines that differ, with the lines around them that do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    /// `@@ -1,3 +1,4 @@`
    pub(super) header: String,
    before: Range<usize>,
    after: Range<usize>,
}

/// Where a hunk stands in a text that is neither of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its new lines are there.
    Applied,
    /// Its old lines are there.
    Reverted,
    /// Neither are, or several times.
    Lost,
}

impl Standing {
    /// Where a hunk is to stand.
    pub(super) fn wanted(way: Way) -> Self {
        match way {
            Way::Revert => Self::Reverted,
            Way::Redo => Self::Applied,
        }
    }
}

/// Two texts and what differs.
pub(super) struct Pair<'t> {
    before: Vec<&'t [u8]>,
    after: Vec<&'t [u8]>,
    hunks: Vec<Hunk>,
}

/// Whether a content is text that can be shown line by line.
pub(super) fn is_text(content: &[u8]) -> bool {
    !content[..content.len().min(TEXT_BYTES)].contains(&0) && std::str::from_utf8(content).is_ok()
}

impl<'t> Pair<'t> {
    pub(super) fn of(before: &'t [u8], after: &'t [u8]) -> Self {
        // Headers are all that is read; they are never that long.
        let diff = unified("", before, after, Limits { lines: usize::MAX, chars: 100 });
        let hunks = diff.text.lines().filter_map(header).collect();
        Self { before: lines(before), after: lines(after), hunks }
    }

    pub(super) fn hunks(&self) -> &[Hunk] {
        &self.hunks
    }

    /// Which hunks are in a text that is made of nothing but the two: for each whether it is applied. `None` when there is anything else.
    pub(super) fn mixture(&self, now: &[u8]) -> Option<Vec<bool>> {
        let now = lines(now);
        // For each hunk, where it may begin, with the way and the place it came from.
        let mut steps: Vec<HashMap<usize, (bool, usize)>> = vec![HashMap::from([(0, (false, 0))])];
        for index in 0..self.hunks.len() {
            let starts = steps.last()?.keys().copied();
            let between = &self.before[self.gap(index)];
            let mut next = HashMap::new();
            for start in starts.filter(|start| begins(&now, *start, between)) {
                for applied in [true, false] {
                    let lines = self.side(index, applied);
                    let at = start + between.len();
                    if begins(&now, at, lines) && next.len() < PLACES {
                        next.entry(at + lines.len()).or_insert((applied, start));
                    }
                }
            }
            steps.push(next);
        }
        let rest = &self.before[self.gap(self.hunks.len())];
        let mut end = *steps.last()?.keys().find(|start| begins(&now, **start, rest) && **start + rest.len() == now.len())?;
        let mut ways = Vec::with_capacity(self.hunks.len());
        for step in steps.iter().skip(1).rev() {
            let (applied, from) = *step.get(&end)?;
            ways.push(applied);
            end = from;
        }
        ways.reverse();
        Some(ways)
    }

    /// Where each hunk stands in a text.
    pub(super) fn standing(&self, now: &[u8]) -> Vec<Standing> {
        if let Some(ways) = self.mixture(now) {
            return ways.into_iter().map(|applied| if applied { Standing::Applied } else { Standing::Reverted }).collect();
        }
        let now = lines(now);
        (0..self.hunks.len()).map(|index| self.place(index, &now).0).collect()
    }

    /// The text with one hunk undone or done again, or why not, in words.
    pub(super) fn turned(&self, now: &[u8], index: usize, way: Way) -> Result<Vec<u8>, &'static str> {
        if index >= self.hunks.len() {
            return Err("There is no such piece in this change.");
        }
        let applied = way == Way::Redo;
        if let Some(mut ways) = self.mixture(now) {
            ways[index] = applied;
            return Ok(self.made(&ways));
        }
        let lines = lines(now);
        match self.place(index, &lines) {
            (Standing::Lost, _) => Err("The lines of this piece are not there as they were, or not only once."),
            (standing, _) if standing == Standing::wanted(way) => Ok(now.to_vec()),
            (_, at) => {
                let there = self.side(index, !applied).len();
                let parts = [&lines[..at], self.side(index, applied), &lines[at + there..]];
                Ok(parts.concat().concat())
            }
        }
    }

    /// The text in which each hunk went one way.
    fn made(&self, ways: &[bool]) -> Vec<u8> {
        let mut made: Vec<&[u8]> = Vec::new();
        for (index, applied) in ways.iter().enumerate() {
            made.extend_from_slice(&self.before[self.gap(index)]);
            made.extend_from_slice(self.side(index, *applied));
        }
        made.extend_from_slice(&self.before[self.gap(self.hunks.len())]);
        made.concat()
    }

    /// The lines before a hunk that do not differ, back to the one before it.
    fn gap(&self, index: usize) -> Range<usize> {
        let from = index.checked_sub(1).map_or(0, |last| self.hunks[last].before.end);
        from..self.hunks.get(index).map_or(self.before.len(), |hunk| hunk.before.start)
    }

    fn side(&self, index: usize, applied: bool) -> &[&'t [u8]] {
        let hunk = &self.hunks[index];
        if applied { &self.after[hunk.after.clone()] } else { &self.before[hunk.before.clone()] }
    }

    /// Which of its sides is in a text, and where. Where one side holds the other, the longer one is what is there.
    fn place(&self, index: usize, now: &[&[u8]]) -> (Standing, usize) {
        let mut sides = [(Standing::Applied, self.side(index, true)), (Standing::Reverted, self.side(index, false))];
        sides.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.len()));
        for (standing, lines) in sides {
            let mut places = (0..=now.len().saturating_sub(lines.len())).filter(|at| !lines.is_empty() && begins(now, *at, lines));
            match (places.next(), places.next()) {
                (Some(at), None) => return (standing, at),
                (Some(_), Some(_)) => return (Standing::Lost, 0),
                (None, _) => {}
            }
        }
        (Standing::Lost, 0)
    }
}

fn begins(now: &[&[u8]], at: usize, lines: &[&[u8]]) -> bool {
    now.get(at..at + lines.len()).is_some_and(|there| there == lines)
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// A line of a difference, if it begins a hunk; the lines of texts have a sign before them.
fn header(line: &str) -> Option<Hunk> {
    let (before, after) = line.strip_prefix("@@ -")?.strip_suffix(" @@")?.split_once(" +")?;
    Some(Hunk { header: line.to_owned(), before: span(before)?, after: span(after)? })
}

fn span(text: &str) -> Option<Range<usize>> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
    // Where there is no line, the number is that of the line before.
    let start = if count == 0 { start } else { start.checked_sub(1)? };
    Some(start..start + count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines from letters.
    fn text(letters: &str) -> Vec<u8> {
        letters.chars().flat_map(|letter| format!("{letter}\n").into_bytes()).collect()
    }

    fn letters(text: &[u8]) -> String {
        text.iter().filter(|byte| **byte != b'\n').map(|byte| char::from(*byte)).collect()
    }

    const BEFORE: &str = "abcdefghijklmnopqrstuvwxyz";
    const AFTER: &str = "aBcdefghijkl--mnopqrstuvwxz!";

    #[test]
    fn a_text_is_made_of_hunks() {
        let (before, after) = (text(BEFORE), text(AFTER));
        let pair = Pair::of(&before, &after);
        assert_eq!(pair.hunks().len(), 3);
        for ways in 0..8_u8 {
            let ways: Vec<bool> = (0..3).map(|bit| ways & (1 << bit) != 0).collect();
            let made = pair.made(&ways);
            assert_eq!(pair.mixture(&made).as_ref(), Some(&ways), "{}", letters(&made));
            for index in 0..3 {
                for (way, applied) in [(Way::Revert, false), (Way::Redo, true)] {
                    let mut expected = ways.clone();
                    expected[index] = applied;
                    assert_eq!(pair.turned(&made, index, way).unwrap(), pair.made(&expected));
                }
            }
        }
        assert_eq!(pair.mixture(&before), Some(vec![false; 3]));
        assert_eq!(pair.mixture(&after), Some(vec![true; 3]));
        assert!(pair.turned(&after, 3, Way::Revert).is_err());
    }

    /// A text after later changes, a hunk, and what reverting and doing it again give; `!` for a refusal.
    #[test]
    fn hunks_in_a_changed_text() {
        let (before, after) = (text(BEFORE), text(AFTER));
        let pair = Pair::of(&before, &after);
        let rows = [
            ("+aBcdefghijkl--mnopqrstuvwxz!", 0, "+abcdefghijkl--mnopqrstuvwxz!", "+aBcdefghijkl--mnopqrstuvwxz!"),
            ("+abcdefghijkl--mnopqrstuvwxz!", 0, "+abcdefghijkl--mnopqrstuvwxz!", "+aBcdefghijkl--mnopqrstuvwxz!"),
            ("aBcd?fghijkl--mnopqrstuvwxz!", 1, "aBcd?fghijklmnopqrstuvwxz!", "aBcd?fghijkl--mnopqrstuvwxz!"),
            ("aBcdef?hijkl--mnopqrstuvwxz!", 0, "abcdef?hijkl--mnopqrstuvwxz!", "aBcdef?hijkl--mnopqrstuvwxz!"),
            ("aBc?efghijkl--mnopqrstuvwxz!", 0, "!", "!"),
            ("aB?defghijkl--mnopqrstuvwxz!", 0, "!", "!"),
            ("aBcdefghijkl-mnopqrstuvwxz!", 1, "!", "!"),
            ("aBcdefaBcdefghijkl--mnopqrstuvwxz!", 0, "!", "!"),
            ("", 0, "!", "!"),
        ];
        for (now, index, reverted, redone) in rows {
            let told = |way| pair.turned(&text(now), index, way).map_or("!".to_owned(), |made| letters(&made));
            assert_eq!((told(Way::Revert).as_str(), told(Way::Redo).as_str()), (reverted, redone), "{now} {index}");
        }
    }

    #[test]
    fn a_missing_newline_and_odd_bytes_are_lines_like_others() {
        let rows: [(&[u8], &[u8]); 5] =
            [(b"a", b"a\n"), (b"a\r\nb", b"a\nb"), (b"", b"x"), (b"\xff\n", b"\xfe\n"), (b"@@ -1 +1 @@\n", b"-\n")];
        for (before, after) in rows {
            let pair = Pair::of(before, after);
            assert_eq!(pair.hunks().len(), 1, "{before:?}");
            assert_eq!(pair.turned(after, 0, Way::Revert).unwrap(), before);
            assert_eq!(pair.turned(before, 0, Way::Redo).unwrap(), after);
        }
    }
}
