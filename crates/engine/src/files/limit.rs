//! How far a search goes before it ends by itself, and why it ended. Every bound that is reached is told.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a search may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Paths, or lines with their context, that are shown.
    pub(crate) results: usize,
    /// Bytes of all lines that are shown.
    pub(crate) shown_bytes: usize,
    /// Files that are looked at.
    pub(crate) files: usize,
    /// Bytes that are read.
    pub(crate) read_bytes: u64,
    /// How long it takes.
    pub(crate) time: Duration,
    /// Folders in folders that are gone into.
    pub(crate) depth: usize,
}

/// Deeper than this no search goes.
const DEPTH: usize = 128;

impl Limits {
    /// For names.
    pub(crate) const GLOB: Self =
        Self { results: 1000, shown_bytes: 256 << 10, files: 200_000, read_bytes: 0, time: Duration::from_secs(10), depth: DEPTH };
    /// For content.
    pub(crate) const GREP: Self =
        Self { results: 1000, shown_bytes: 256 << 10, files: 100_000, read_bytes: 2 << 30, time: Duration::from_secs(20), depth: DEPTH };
    /// For names a person is typing, who waits for them.
    pub(crate) const FIND: Self =
        Self { results: 20, shown_bytes: 0, files: 100_000, read_bytes: 0, time: Duration::from_millis(300), depth: DEPTH };
}

/// Why a search ended before it had seen everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Enough was found.
    Results,
    /// Too many files were looked at.
    Files,
    /// Too much was read.
    Bytes,
    /// It took too long.
    Time,
    /// Somebody stopped it.
    Cancelled,
}

impl Stop {
    /// What to tell of it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Results => "there may be more: ask for something narrower",
            Self::Files => "not all files were looked at: name a folder",
            Self::Bytes => "not all files were read: name a folder or a kind of file",
            Self::Time => "it took too long: name a folder or a kind of file",
            Self::Cancelled => "it was stopped",
        }
    }
}

/// How a search looks around.
#[derive(Clone, Copy)]
pub(crate) struct Look<'c> {
    /// Names that begin with a dot are looked at as well. A repository's own folder never is.
    pub(crate) hidden: bool,
    /// What `.gitignore` and `.ignore` leave out is looked at as well.
    pub(crate) ignored: bool,
    /// What it may cost.
    pub(crate) limits: Limits,
    /// Set when nobody waits for it any more.
    pub(crate) cancel: &'c AtomicBool,
}

/// Somebody waits for what a thread looks for. Dropped, it says that nobody does any more.
pub(crate) struct Waiting(pub(crate) Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a search has cost so far.
pub(super) struct Meter<'c> {
    limits: Limits,
    cancel: &'c AtomicBool,
    until: Instant,
    files: Cell<usize>,
    bytes: Cell<u64>,
}

impl<'c> Meter<'c> {
    pub(super) fn start(look: &Look<'c>) -> Self {
        let until = Instant::now() + look.limits.time;
        Self { limits: look.limits, cancel: look.cancel, until, files: Cell::new(0), bytes: Cell::new(0) }
    }

    /// Whether it must end now.
    pub(super) fn stop(&self) -> Option<Stop> {
        if self.cancel.load(Ordering::Relaxed) {
            Some(Stop::Cancelled)
        } else if Instant::now() >= self.until {
            Some(Stop::Time)
        } else if self.bytes.get() > self.limits.read_bytes {
            Some(Stop::Bytes)
        } else if self.files.get() > self.limits.files {
            Some(Stop::Files)
        } else {
            None
        }
    }

    /// One more file.
    pub(super) fn file(&self) -> Option<Stop> {
        self.files.set(self.files.get() + 1);
        self.stop()
    }

    pub(super) fn read(&self, bytes: usize) {
        self.bytes.set(self.bytes.get() + bytes as u64);
    }
}
