//! The difference between two texts, unified, as envelope §7.3 has it: context 3, at most 500 lines of at most 1,200 characters,
//! `--- path` and `+++ path` on top. The counts are those of the whole difference, however much of it is shown.

use std::ops::Range;

use imara_diff::sources::byte_lines;
use imara_diff::{Algorithm, InternedInput, Token};
use serde_json::{Value, json};

/// Unchanged lines shown around a change.
pub const CONTEXT: usize = 3;
/// Lines of a difference that are shown.
pub const MAX_LINES: usize = 500;
/// Characters of a line that are shown.
pub const MAX_LINE_CHARS: usize = 1200;
/// Lines of a text that are compared one by one.
const MAX_COMPARED: usize = 500_000;
/// How often a line occurs that is taken for one of those that are all over the place.
const COMMON: u32 = 64;
/// Steps a comparison may take because of such lines.
const MAX_TOIL: u64 = 1 << 27;
const NO_NEWLINE: &str = "\\ No newline at end of file";

/// How much of a difference is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lines.
    pub lines: usize,
    /// Characters of a line, its sign included.
    pub chars: usize,
}

impl Limits {
    /// What envelope §7.3 allows.
    pub const CONTRACT: Self = Self { lines: MAX_LINES, chars: MAX_LINE_CHARS };
    /// Everything: for a person who approves, from whom nothing is cut, and for patches.
    pub const NONE: Self = Self { lines: usize::MAX, chars: usize::MAX };
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// Unified; empty when there is no difference. Without a newline at its end.
    pub text: String,
    /// Whether lines, or parts of lines, are missing in the text.
    pub truncated: bool,
    /// Lines that were added.
    pub added: u64,
    /// Lines that were removed.
    pub deleted: u64,
}

impl Diff {
    /// The `diff` object of envelope §7.3.
    pub fn to_value(&self) -> Value {
        json!({ "format": "unified", "context": CONTEXT, "truncated": self.truncated, "text": self.text })
    }
}

/// What differs: ranges of lines before, and those in their place after. Of texts that would take too long to compare line by line, all
/// between the first and the last difference is one.
pub(super) fn changed(before: &[u8], after: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
    let input = InternedInput::new(byte_lines(before), byte_lines(after));
    let (removed, added) = between(&input.before, &input.after);
    if removed.is_empty() && added.is_empty() {
        return Vec::new();
    }
    if is_too_long(&input, (&removed, &added)) {
        return vec![(removed, added)];
    }
    let mut diff = imara_diff::Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    diff.hunks().map(|hunk| (range(&hunk.before), range(&hunk.after))).collect()
}

/// The lines between the first and the last difference.
fn between(before: &[Token], after: &[Token]) -> (Range<usize>, Range<usize>) {
    let lead = before.iter().zip(after).take_while(|(old, new)| old == new).count();
    let trail = before[lead..].iter().rev().zip(after[lead..].iter().rev()).take_while(|(old, new)| old == new).count();
    (lead..before.len() - trail, lead..after.len() - trail)
}

/// Whether these lines take too long to be compared.
fn is_too_long(input: &InternedInput<&[u8]>, (removed, added): (&Range<usize>, &Range<usize>)) -> bool {
    let (old, new) = (&input.before[removed.clone()], &input.after[added.clone()]);
    let (in_old, in_new) = (counted(old, input), counted(new, input));
    old.len().max(new.len()) > MAX_COMPARED || toil(old, &in_new) + toil(new, &in_old) > MAX_TOIL
}

/// How often each line occurs.
fn counted(lines: &[Token], input: &InternedInput<&[u8]>) -> Vec<u32> {
    let mut counts = vec![0; input.interner.num_tokens() as usize];
    for line in lines {
        counts[line.0 as usize] += 1;
    }
    counts
}

/// What it costs to compare `lines` with a text in which they occur so often: each that is all over the place looks back as far as the
/// last that is not.
fn toil(lines: &[Token], counts: &[u32]) -> u64 {
    let (mut sum, mut back) = (0, 0);
    for line in lines {
        match counts[line.0 as usize] {
            0 => back += 1,
            1..COMMON => back = 0,
            COMMON.. => {
                back += 1;
                sum += back;
            }
        }
    }
    sum
}

fn range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// The difference between two contents of `path`.
pub fn unified(path: &str, before: &[u8], after: &[u8], limits: Limits) -> Diff {
    let changes = changed(before, after);
    let (old, new) = (split(before), split(after));
    let added = changes.iter().map(|(_, added)| added.len() as u64).sum();
    let deleted = changes.iter().map(|(removed, _)| removed.len() as u64).sum();
    let returns = if all_crlf(&old) && all_crlf(&new) { Returns::Hidden } else { Returns::Shown };
    let mut page = Page { text: String::new(), lines: 0, truncated: false, limits, returns };
    if !changes.is_empty() {
        let path: String = path.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect();
        page.line("--- ", path.as_bytes());
        page.line("+++ ", path.as_bytes());
    }
    for group in groups(&changes) {
        page.group(group, &old, &new);
    }
    Diff { text: page.text, truncated: page.truncated, added, deleted }
}

fn split(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

fn all_crlf(lines: &[&[u8]]) -> bool {
    lines.iter().all(|line| line.ends_with(b"\r\n") || !line.ends_with(b"\n"))
}

/// Changes whose contexts touch.
fn groups(changes: &[(Range<usize>, Range<usize>)]) -> Vec<&[(Range<usize>, Range<usize>)]> {
    let mut groups = Vec::new();
    let mut start = 0;
    for index in 1..=changes.len() {
        if index == changes.len() || changes[index].0.start - changes[index - 1].0.end > 2 * CONTEXT {
            groups.push(&changes[start..index]);
            start = index;
        }
    }
    groups
}

/// Whether carriage returns at line ends are shown: only where they differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Returns {
    Hidden,
    Shown,
}

struct Page {
    text: String,
    lines: usize,
    truncated: bool,
    limits: Limits,
    returns: Returns,
}

impl Page {
    fn group(&mut self, changes: &[(Range<usize>, Range<usize>)], old: &[&[u8]], new: &[&[u8]]) {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return;
        };
        let lead = first.0.start.min(CONTEXT);
        let trail = (old.len() - last.0.end).min(CONTEXT);
        let before = first.0.start - lead..last.0.end + trail;
        let after = first.1.start - lead..last.1.end + trail;
        self.line("", format!("@@ -{} +{} @@", span(&before), span(&after)).as_bytes());
        let mut at = before.start;
        for (removed, added) in changes {
            self.lines(" ", &old[at..removed.start]);
            self.lines("-", &old[removed.clone()]);
            self.lines("+", &new[added.clone()]);
            at = removed.end;
        }
        self.lines(" ", &old[at..before.end]);
    }

    fn lines(&mut self, sign: &str, lines: &[&[u8]]) {
        for line in lines {
            if self.lines >= self.limits.lines {
                self.truncated = true;
                return;
            }
            let bare = line.strip_suffix(b"\n").unwrap_or(line);
            let bare = match self.returns {
                Returns::Hidden => bare.strip_suffix(b"\r").unwrap_or(bare),
                Returns::Shown => bare,
            };
            self.line(sign, bare);
            if !line.ends_with(b"\n") {
                self.line("", NO_NEWLINE.as_bytes());
            }
        }
    }

    fn line(&mut self, sign: &str, line: &[u8]) {
        if self.lines >= self.limits.lines {
            self.truncated = true;
            return;
        }
        if self.lines > 0 {
            self.text.push('\n');
        }
        self.lines += 1;
        self.text.push_str(sign);
        let line = String::from_utf8_lossy(line);
        let room = self.limits.chars.saturating_sub(sign.len());
        match line.char_indices().nth(room) {
            Some(_) => {
                self.truncated = true;
                self.text.extend(line.chars().take(room.saturating_sub(1)));
                self.text.push('…');
            }
            None => self.text.push_str(&line),
        }
    }
}

fn span(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => (range.start + 1).to_string(),
        count => format!("{},{count}", range.start + 1),
    }
}
