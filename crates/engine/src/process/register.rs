//! Which commands run, what came of them so far, and how the last ones ended.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::channel::{SharedKeep, lock};
use super::keep::Keep;
use super::{Caps, CommandId, Ended, How, Wish, raise};

/// Ended commands that are remembered.
const REMEMBERED: usize = 16;
/// Bytes of the newest lines.
const TAIL: usize = 64 << 10;

/// The newest lines of one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) text: String,
    /// Bytes that came so far, all of them.
    pub(crate) bytes: u64,
    /// How it ended; `None` while it runs.
    pub(crate) ended: Option<How>,
}

#[derive(Debug, Default)]
pub(super) struct Register {
    places: TaskTracker,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    closed: bool,
    running: BTreeMap<CommandId, Entry>,
    ended: VecDeque<(CommandId, Ended)>,
}

#[derive(Debug)]
struct Entry {
    keeps: [SharedKeep; 2],
    wish: watch::Sender<Wish>,
}

/// A running command's place. It is given up when dropped.
#[derive(Debug)]
pub(super) struct Place {
    id: CommandId,
    keeps: [SharedKeep; 2],
    register: Arc<Register>,
    _taken: TaskTrackerToken,
}

impl Register {
    /// Makes room for a command, as one of at most so many.
    pub(super) fn enter(self: &Arc<Self>, caps: Caps, wish: watch::Sender<Wish>, most: usize) -> io::Result<Place> {
        let mut state = self.state();
        if state.closed {
            return Err(io::Error::new(io::ErrorKind::NotConnected, "Alcove is ending"));
        }
        if state.running.len() >= most {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, format!("{most} commands run already")));
        }
        state.last += 1;
        let id = CommandId(state.last);
        let keeps = [(); 2].map(|()| Arc::new(Mutex::new(Keep::new(caps.head, caps.tail))));
        state.running.insert(id, Entry { keeps: keeps.clone(), wish });
        Ok(Place { id, keeps, register: self.clone(), _taken: self.places.token() })
    }

    pub(super) fn tail(&self, id: CommandId, channel: u8, lines: usize) -> Option<Tail> {
        let state = self.state();
        let at = usize::from(channel.checked_sub(1)?);
        if let Some(entry) = state.running.get(&id) {
            let keep = lock(entry.keeps.get(at)?);
            return Some(Tail { text: keep.newest(lines, TAIL), bytes: keep.bytes(), ended: None });
        }
        let ended = state.ended.iter().find_map(|(of, ended)| (*of == id).then_some(ended))?;
        let kept = ended.channels.get(at)?;
        let text = kept.text();
        Some(Tail { text: newest(&text, lines).to_owned(), bytes: kept.bytes, ended: Some(ended.how) })
    }

    /// Lets nobody in any more, and has all end.
    pub(super) fn close(&self, wish: Wish) {
        let mut state = self.state();
        state.closed = true;
        state.running.values().for_each(|entry| raise(&entry.wish, wish));
    }

    /// Waits until no command has a place any more.
    pub(super) async fn emptied(&self) {
        self.places.close();
        self.places.wait().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(super) fn id(&self) -> CommandId {
        self.id
    }

    pub(super) fn keeps(&self) -> [SharedKeep; 2] {
        self.keeps.clone()
    }

    /// From now on the command has ended.
    pub(super) fn leave(self, how: How, duration: Duration) -> Ended {
        let kept = |(keep, channel): (&SharedKeep, u8)| lock(keep).kept(channel);
        let ended = Ended { how, duration, channels: self.keeps.iter().zip(1..).map(kept).collect() };
        let mut state = self.register.state();
        state.running.remove(&self.id);
        state.ended.truncate(REMEMBERED - 1);
        state.ended.push_front((self.id, ended.clone()));
        ended
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.register.state().running.remove(&self.id);
    }
}

fn newest(text: &str, lines: usize) -> &str {
    let Some(before) = lines.checked_sub(1) else { return "" };
    let complete = text.strip_suffix('\n').unwrap_or(text);
    complete.rmatch_indices('\n').nth(before).map_or(text, |(end, _)| &text[end + 1..])
}
