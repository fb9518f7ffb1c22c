//! One chat's newest frames, serialised once and shared by all who read them. Readers pull by position; a reader that fell behind the
//! tail is told so and resumes from the store. Nobody ever waits for a reader.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// Frames kept for readers, unless they are not yet durable.
const TAIL_FRAMES: usize = 1024;
/// Bytes kept for readers, unless they are not yet durable.
const TAIL_BYTES: usize = 256 * 1024;

/// Names one connection for as long as the engine lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub u64);

/// One serialised frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// JSON text.
    pub text: Bytes,
    /// Its number in the chat; `None` for a frame that only passes by and is not kept.
    pub seq: Option<u64>,
    /// The connection that is not told because it was answered directly.
    pub skip: Option<ConnectionId>,
}

/// What [`ChatLog::attach`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The newest event.
    pub last_seq: u64,
    /// Where to read on; `None` when the events asked for are older than the tail and must come from the store.
    pub position: Option<u64>,
}

/// What [`ChatLog::read`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Everything there is has been read.
    CaughtUp,
    /// There is more.
    More,
    /// The position is older than the tail.
    Behind,
    /// The chat can no longer store what it says; nothing more comes.
    Closed,
}

/// One chat's newest frames.
#[derive(Debug)]
pub struct ChatLog {
    /// Position after the newest frame; a copy that readers check without the lock.
    head: AtomicU64,
    /// Guards the frames and who is told of new ones.
    tail: Mutex<Tail>,
}

#[derive(Debug)]
struct Tail {
    frames: VecDeque<Frame>,
    /// Position of the front frame.
    first: u64,
    bytes: usize,
    last_seq: u64,
    /// Newest event that is on disk; frames after it are never dropped.
    durable: u64,
    listeners: Vec<(ConnectionId, Arc<Notify>)>,
    closed: bool,
}

impl ChatLog {
    pub(crate) fn new(last_seq: u64) -> Self {
        let tail = Tail { frames: VecDeque::new(), first: 0, bytes: 0, last_seq, durable: last_seq, listeners: Vec::new(), closed: false };
        Self { head: AtomicU64::new(0), tail: Mutex::new(tail) }
    }

    /// Adds frames and wakes who listens.
    pub(crate) fn publish(&self, frames: Vec<Frame>) {
        let mut tail = self.lock();
        for frame in frames {
            tail.bytes += frame.text.len();
            tail.last_seq = frame.seq.unwrap_or(tail.last_seq);
            tail.frames.push_back(frame);
        }
        self.head.store(tail.first + tail.frames.len() as u64, Ordering::Release);
        tail.trim();
        tail.wake();
    }

    /// Says that everything up to `seq` is on disk.
    pub(crate) fn mark_durable(&self, seq: u64) {
        let mut tail = self.lock();
        tail.durable = tail.durable.max(seq);
        tail.trim();
    }

    /// Ends the log: its readers are told that nothing more comes.
    pub(crate) fn close(&self) {
        let mut tail = self.lock();
        tail.closed = true;
        tail.wake();
    }

    /// Begins to listen. Without `after` reading starts at the next frame; with it, after that event.
    pub fn attach(&self, connection: ConnectionId, wake: &Arc<Notify>, after: Option<u64>) -> Attachment {
        let mut tail = self.lock();
        if !tail.listeners.iter().any(|(id, _)| *id == connection) {
            tail.listeners.push((connection, wake.clone()));
        }
        let position = match after {
            None => Some(tail.first + tail.frames.len() as u64),
            Some(seq) => tail.position_after(seq),
        };
        Attachment { last_seq: tail.last_seq, position }
    }

    /// Where to read on after the given event; `None` when the tail no longer reaches back to it.
    pub fn position_after(&self, seq: u64) -> Option<u64> {
        self.lock().position_after(seq)
    }

    /// The position behind the newest frame.
    pub fn end(&self) -> u64 {
        let tail = self.lock();
        tail.first + tail.frames.len() as u64
    }

    /// Stops listening.
    pub fn detach(&self, connection: ConnectionId) {
        self.lock().listeners.retain(|(id, _)| *id != connection);
    }

    /// Whether anything was published at or after the position. Lock-free.
    pub fn has_news(&self, position: u64) -> bool {
        self.head.load(Ordering::Acquire) > position
    }

    /// Copies frames from the position on into `out`, at most `limit` frames, and moves the position.
    pub fn read(&self, position: &mut u64, limit: usize, out: &mut Vec<Frame>) -> Progress {
        let tail = self.lock();
        let Some(start) = position.checked_sub(tail.first) else {
            return Progress::Behind;
        };
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(tail.frames.len());
        let end = (start + limit).min(tail.frames.len());
        out.extend(tail.frames.range(start..end).cloned());
        *position = tail.first + end as u64;
        match (end < tail.frames.len(), tail.closed) {
            (true, _) => Progress::More,
            (false, true) => Progress::Closed,
            (false, false) => Progress::CaughtUp,
        }
    }

    /// The newest event.
    pub fn last_seq(&self) -> u64 {
        self.lock().last_seq
    }

    /// Whether anybody listens.
    pub(crate) fn has_listeners(&self) -> bool {
        !self.lock().listeners.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    fn trim(&mut self) {
        while self.frames.len() > TAIL_FRAMES || self.bytes > TAIL_BYTES {
            let Some(front) = self.frames.front() else { return };
            if front.seq.is_some_and(|seq| seq > self.durable) {
                return;
            }
            self.bytes -= front.text.len();
            self.first += 1;
            self.frames.pop_front();
        }
    }

    fn wake(&self) {
        for (_, notify) in &self.listeners {
            notify.notify_one();
        }
    }

    fn position_after(&self, seq: u64) -> Option<u64> {
        if seq >= self.last_seq {
            return Some(self.first + self.frames.len() as u64);
        }
        let index = self.frames.iter().rposition(|frame| frame.seq == Some(seq + 1))?;
        Some(self.first + index as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(seq: Option<u64>) -> Frame {
        Frame { text: Bytes::from(format!("{seq:?}")), seq, skip: None }
    }

    fn seqs(log: &ChatLog, mut position: u64) -> Vec<Option<u64>> {
        let mut out = Vec::new();
        while log.read(&mut position, 3, &mut out) == Progress::More {}
        out.iter().map(|frame| frame.seq).collect()
    }

    #[test]
    fn a_reader_resumes_after_any_event_still_in_the_tail() {
        let log = ChatLog::new(7);
        log.publish(vec![frame(None), frame(Some(8)), frame(None), frame(Some(9)), frame(Some(10)), frame(None)]);
        assert_eq!(log.position_after(6), None, "event 7 is only in the store");
        for (after, first) in [(7, Some(8)), (8, Some(9)), (9, Some(10))] {
            let position = log.position_after(after).expect("in the tail");
            let heard: Vec<u64> = seqs(&log, position).into_iter().flatten().collect();
            assert_eq!(heard.first().copied(), first);
        }
        assert_eq!(seqs(&log, log.position_after(10).expect("at the end")), vec![]);
    }

    #[test]
    fn the_tail_is_bounded_but_keeps_what_is_not_durable() {
        let log = ChatLog::new(0);
        for seq in 1..=2000 {
            log.publish(vec![frame(Some(seq))]);
        }
        assert_eq!(seqs(&log, 0).len(), 2000, "nothing is durable yet");
        log.mark_durable(1990);
        let mut position = 0;
        assert_eq!(log.read(&mut position, 10, &mut Vec::new()), Progress::Behind);
        let position = log.position_after(1500).expect("in the tail");
        assert_eq!(seqs(&log, position).len(), 500);
        assert_eq!(log.position_after(100), None);
    }

    #[test]
    fn listeners_are_woken_and_a_closed_log_says_so() {
        let log = ChatLog::new(0);
        let wake = Arc::new(Notify::new());
        let at = log.attach(ConnectionId(1), &wake, None);
        assert_eq!(at, Attachment { last_seq: 0, position: Some(0) });
        assert!(!log.has_news(0));
        log.publish(vec![frame(Some(1))]);
        assert!(log.has_news(0));
        log.close();
        let mut position = 0;
        assert_eq!(log.read(&mut position, 10, &mut Vec::new()), Progress::Closed);
        log.detach(ConnectionId(1));
        assert!(!log.has_listeners());
    }
}
