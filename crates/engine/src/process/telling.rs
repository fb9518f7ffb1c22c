//! What is told of one channel while its command runs: text as it comes, gathered for a moment and in pieces of bounded size, until
//! there was enough of it; after that only how much more came, and its newest lines. Keeps nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::Told;
use super::repair::Repair;

/// How long text is gathered when none was told just before.
const FIRST: Duration = Duration::from_millis(10);
/// Between two pieces of text.
const PACE: Duration = Duration::from_millis(75);
/// Between two words about what is not told.
const SKIP_PACE: Duration = Duration::from_millis(500);
/// Bytes of one piece.
const PIECE: usize = 16 << 10;

#[derive(Debug)]
pub(super) struct Telling {
    channel: u8,
    repair: Repair,
    /// Bytes that may still be told as they are.
    room: usize,
    pending: String,
    /// Bytes that are not told.
    skipped: u64,
    skipped_told: u64,
    /// Since when something is there to be told.
    since: Option<Instant>,
    last: Option<Instant>,
}

impl Telling {
    /// For a channel of which `cap` bytes are told.
    pub(super) fn new(channel: u8, cap: usize) -> Self {
        let (pending, repair) = (String::new(), Repair::default());
        Self { channel, repair, room: cap, pending, skipped: 0, skipped_told: 0, since: None, last: None }
    }

    /// Takes what came.
    pub(super) fn take(&mut self, bytes: &[u8], now: Instant) {
        let (told, skipped) = bytes.split_at(bytes.len().min(self.room));
        self.room -= told.len();
        self.repair.push(told, &mut self.pending);
        self.skipped += skipped.len() as u64;
        self.since.get_or_insert(now);
    }

    /// Nothing more comes. What is not told begins where a character may have been cut in two.
    pub(super) fn finish(&mut self) {
        if self.skipped == 0 {
            self.repair.finish(&mut self.pending);
        }
    }

    /// When something is to be told.
    pub(super) fn due(&self) -> Option<Instant> {
        let since = self.since?;
        if !self.pending.is_empty() {
            return Some(self.last.map_or(since + FIRST, |last| (last + PACE).max(since + FIRST)));
        }
        if self.skipped > self.skipped_told {
            return Some(self.last.map_or(since, |last| last + SKIP_PACE));
        }
        None
    }

    /// The next of what is to be told; `newest` reads the channel's last lines.
    pub(super) fn next(&mut self, now: Instant, newest: impl FnOnce() -> String) -> Option<Told> {
        let told = self.piece().or_else(|| self.skip(newest));
        self.last = Some(now);
        let more = !self.pending.is_empty() || self.skipped > self.skipped_told;
        self.since = more.then_some(now);
        told
    }

    /// The next piece of text.
    pub(super) fn piece(&mut self) -> Option<Told> {
        if self.pending.is_empty() {
            return None;
        }
        let rest = self.pending.split_off(self.pending.floor_char_boundary(PIECE));
        Some(Told::Output { channel: self.channel, text: std::mem::replace(&mut self.pending, rest) })
    }

    fn skip(&mut self, newest: impl FnOnce() -> String) -> Option<Told> {
        if self.skipped == self.skipped_told {
            return None;
        }
        self.skipped_told = self.skipped;
        Some(Told::Skipped { channel: self.channel, bytes: self.skipped, tail: newest() })
    }
}
