//! Lines that were found in one file, as they are shown: numbered, cut to a sane width around what was found, and counted beyond what is kept.

use std::io;

use grep_matcher::Matcher;
use grep_searcher::{Searcher, Sink, SinkContext, SinkContextKind, SinkMatch};

/// Characters of a line that are shown.
const WIDTH: usize = 400;
/// Characters before what was found that are shown of a line that is cut.
const BEFORE: usize = 80;
/// What stands where something was cut off.
const CUT: char = '…';

/// A line that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number, from 1.
    pub(crate) number: u64,
    /// Its text without its end, cut where it is too wide; bytes that are no text are replaced.
    pub(crate) text: String,
    /// In which character, from 1, the first thing found begins; nothing for a line that only stands near.
    pub(crate) column: Option<usize>,
}

/// What is kept of a file.
pub(super) struct Hits<'m, M> {
    pub(super) matcher: &'m M,
    /// Lines with something found that may be kept.
    pub(super) room: usize,
    /// Bytes of text that may be kept.
    pub(super) bytes: usize,
    /// Whether one line is enough.
    pub(super) once: bool,
    pub(super) lines: Vec<Line>,
    /// Lines with something found, the ones not kept among them.
    pub(super) count: u64,
    pub(super) kept: usize,
    pub(super) is_binary: bool,
}

impl<M: Matcher> Hits<'_, M> {
    fn keep(&mut self, number: Option<u64>, line: &[u8], found: Option<usize>) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let column = found.map(|at| String::from_utf8_lossy(&line[..at.min(line.len())]).chars().count() + 1);
        let text = cut(&String::from_utf8_lossy(line), column.unwrap_or(1) - 1);
        self.bytes = self.bytes.saturating_sub(text.len());
        self.lines.push(Line { number: number.unwrap_or_default(), text, column });
    }

    fn has_room(&self) -> bool {
        self.kept < self.room && self.bytes > 0
    }
}

impl<M: Matcher> Sink for Hits<'_, M> {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> Result<bool, io::Error> {
        for (offset, line) in found.lines().enumerate() {
            self.count += 1;
            if self.has_room() {
                self.kept += 1;
                // A line in the midst of something found over several has no beginning of its own.
                let at = self.matcher.find(line).ok().flatten().map_or(0, |found| found.start());
                self.keep(found.line_number().map(|number| number + offset as u64), line, Some(at));
            }
        }
        Ok(!self.once)
    }

    fn context(&mut self, _: &Searcher, near: &SinkContext<'_>) -> Result<bool, io::Error> {
        // What stands after the last line kept belongs to it; what stands before one that is not kept does not.
        let belongs = match near.kind() {
            SinkContextKind::Before => self.has_room(),
            SinkContextKind::After | SinkContextKind::Other => self.kept as u64 == self.count && self.bytes > 0,
        };
        if belongs {
            self.keep(near.line_number(), near.bytes(), None);
        }
        Ok(true)
    }

    fn binary_data(&mut self, _: &Searcher, _: u64) -> Result<bool, io::Error> {
        self.is_binary = true;
        Ok(false)
    }
}

/// A line around the character `at`, with marks where it was cut.
fn cut(line: &str, at: usize) -> String {
    let total = line.chars().count();
    if total <= WIDTH {
        return line.to_owned();
    }
    let from = if at + BEFORE < WIDTH { 0 } else { (at - BEFORE).min(total - WIDTH) };
    let mut text: String = line.chars().skip(from).take(WIDTH).collect();
    if from > 0 {
        text.insert(0, CUT);
    }
    if from + WIDTH < total {
        text.push(CUT);
    }
    text
}
