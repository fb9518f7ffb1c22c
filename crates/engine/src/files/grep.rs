//! Files by their content, by ripgrep's own parts and rules: line by line unless asked otherwise, files that are no text left out. What a
//! search costs is bounded, and it can be stopped at any time.

use std::fs::File;
use std::io::{self, Read, Take};

use grep_matcher::LineTerminator;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder};

use super::Tree;
use super::error::FileError;
use super::glob::Names;
use super::hit::{Hits, Line};
use super::limit::{Look, Meter, Stop};
use super::place::Place;
use super::walk::Passed;

/// Bytes of the longest pattern.
const PATTERN_BYTES: usize = 4096;
/// Bytes of a compiled expression.
const COMPILED_BYTES: usize = 10 << 20;
/// Bytes of the largest file that is searched, and of the longest line.
const FILE_BYTES: u64 = 64 << 20;
/// Lines around one that are shown at most.
const AROUND: usize = 50;

/// How letters are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Letters {
    /// Each as it is.
    #[default]
    Exact,
    /// Capitals and small ones alike.
    Folded,
    /// Alike unless there is a capital among them.
    Smart,
}

/// What is looked for, as it was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked<'a> {
    /// An expression as Rust has it, or plain text.
    pub(crate) pattern: &'a str,
    /// It is plain text.
    pub(crate) plain: bool,
    /// How letters are compared.
    pub(crate) letters: Letters,
    /// Only whole words.
    pub(crate) words: bool,
    /// It may reach over several lines, and a dot over their ends.
    pub(crate) several_lines: bool,
}

/// What is looked for, read.
#[derive(Clone, Debug)]
pub(crate) struct What {
    matcher: RegexMatcher,
    several_lines: bool,
}

/// What is looked for, and where.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// What.
    pub(crate) what: What,
    /// Only files that one of these means, if there are any.
    pub(crate) only: Vec<Names>,
    /// No files that one of these means.
    pub(crate) without: Vec<Names>,
    /// Lines shown before one in which something was found.
    pub(crate) before: usize,
    /// Lines shown after it.
    pub(crate) after: usize,
    /// Lines kept of one file.
    pub(crate) per_file: usize,
    /// One line of a file is enough: only files are asked for.
    pub(crate) once: bool,
}

impl Query {
    /// Reads what is looked for.
    pub(crate) fn read(asked: &Asked<'_>) -> Result<Self, FileError> {
        if asked.pattern.is_empty() || asked.pattern.len() > PATTERN_BYTES {
            return Err(FileError::pattern(format!("it has none or more than {PATTERN_BYTES} bytes")));
        }
        let mut builder = RegexMatcherBuilder::new();
        builder
            .multi_line(true)
            .fixed_strings(asked.plain)
            .word(asked.words)
            .case_insensitive(asked.letters == Letters::Folded)
            .case_smart(asked.letters == Letters::Smart)
            .dot_matches_new_line(asked.several_lines)
            .size_limit(COMPILED_BYTES)
            .dfa_size_limit(COMPILED_BYTES);
        if !asked.several_lines {
            builder.line_terminator(Some(b'\n')).crlf(true);
        }
        let matcher = builder.build(asked.pattern).map_err(FileError::pattern)?;
        Ok(Self {
            what: What { matcher, several_lines: asked.several_lines },
            only: Vec::new(),
            without: Vec::new(),
            before: 0,
            after: 0,
            per_file: usize::MAX,
            once: false,
        })
    }

    fn searcher(&self) -> Searcher {
        let terminator = if self.what.several_lines { LineTerminator::byte(b'\n') } else { LineTerminator::crlf() };
        SearcherBuilder::new()
            .line_terminator(terminator)
            .line_number(true)
            .multi_line(self.what.several_lines)
            .before_context(self.before.min(AROUND))
            .after_context(self.after.min(AROUND))
            .heap_limit(Some(usize::try_from(FILE_BYTES).unwrap_or(usize::MAX)))
            .binary_detection(BinaryDetection::quit(0))
            .build()
    }

    fn means(&self, passed: &Passed<'_>) -> bool {
        (self.only.is_empty() || self.only.iter().any(|names| names.mean(passed))) && !self.without.iter().any(|names| names.mean(passed))
    }
}

/// What was found in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileHits {
    /// Its path.
    pub(crate) path: String,
    /// The lines kept, in order.
    pub(crate) lines: Vec<Line>,
    /// Lines in which something was found, those not kept among them; with `once`, one.
    pub(crate) count: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Files with something in them, sorted name by name.
    pub(crate) files: Vec<FileHits>,
    /// Files that were read.
    pub(crate) searched: usize,
    /// Files left out since they are no text.
    pub(crate) binary: usize,
    /// Files left out since they are too large.
    pub(crate) large: usize,
    /// Files that could not be read.
    pub(crate) unread: usize,
    /// Why there may be more.
    pub(crate) stopped: Option<Stop>,
}

impl Tree {
    /// Searches a file, or the files beneath a folder that `shown` does not leave out.
    pub(crate) fn grep(&self, under: &Place, query: &Query, look: &Look<'_>, shown: impl Fn(&str) -> bool) -> Result<Found, FileError> {
        let meter = Meter::start(look);
        let mut search = Search {
            tree: self,
            query,
            meter: &meter,
            searcher: query.searcher(),
            room: look.limits.results,
            bytes: look.limits.shown_bytes,
            found: Found::default(),
        };
        let stopped = self.walk(under, (look, &meter), &shown, &mut |passed| search.file(passed))?;
        search.found.stopped = stopped;
        Ok(search.found)
    }
}

struct Search<'s> {
    tree: &'s Tree,
    query: &'s Query,
    meter: &'s Meter<'s>,
    searcher: Searcher,
    /// Lines that may still be kept.
    room: usize,
    /// Bytes that may still be kept.
    bytes: usize,
    found: Found,
}

impl Search<'_> {
    fn file(&mut self, passed: &Passed<'_>) -> Option<Stop> {
        if passed.is_folder || !self.query.means(passed) {
            return None;
        }
        if self.room == 0 || self.bytes == 0 {
            return Some(Stop::Results);
        }
        let Ok((file, about)) = self.tree.file(passed.folder, passed.name, passed.hidden) else {
            self.found.unread += 1;
            return None;
        };
        if u64::try_from(about.st_size).unwrap_or_default() > FILE_BYTES {
            self.found.large += 1;
            return None;
        }
        let mut hits = Hits {
            matcher: &self.query.what.matcher,
            room: self.room.min(self.query.per_file),
            bytes: self.bytes,
            once: self.query.once,
            lines: Vec::new(),
            count: 0,
            kept: 0,
            is_binary: false,
        };
        let watched = Watched { file: file.take(FILE_BYTES), meter: self.meter };
        let searched = self.searcher.search_reader(&self.query.what.matcher, watched, &mut hits);
        self.found.searched += 1;
        let stop = self.meter.stop();
        match (hits.is_binary, searched) {
            (true, _) => self.found.binary += 1,
            (false, Err(_)) if stop.is_none() => self.found.unread += 1,
            (false, _) if hits.count > 0 => {
                self.room -= hits.kept.min(self.room);
                self.bytes = hits.bytes;
                self.found.files.push(FileHits { path: passed.path.to_owned(), lines: hits.lines, count: hits.count });
            }
            (false, _) => {}
        }
        stop
    }
}

/// A file that is no longer read once the search must end.
struct Watched<'w> {
    file: Take<File>,
    meter: &'w Meter<'w>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.stop().is_some() {
            return Err(io::Error::other("the search has ended"));
        }
        let count = self.file.read(buffer)?;
        self.meter.read(count);
        Ok(count)
    }
}
