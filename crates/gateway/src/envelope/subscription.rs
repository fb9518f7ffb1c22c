//! One chat as one connection hears it: a cursor into the chat's log, or into the store while it is behind.

use std::sync::Arc;

use alcove_engine::{Attachment, ChatHandle, ConnectionId, Engine, Error, Frame, Lasting, Progress};
use bytes::Bytes;

/// Frames taken at once from one chat, so that none holds up the others.
const FRAMES_AT_ONCE: usize = 256;

/// Where reading goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cursor {
    /// At this position of the chat's log.
    Log(u64),
    /// In the store, after the last event heard.
    Store,
    /// Nowhere; the chat can no longer store what it says.
    Ended,
}

/// One chat as one connection hears it.
pub(super) struct Subscription {
    handle: Arc<ChatHandle>,
    cursor: Cursor,
    /// Newest event heard.
    heard: u64,
    /// Newest event at the time the connection resumed; up to there it is told its own prompts too, since it may have lost them.
    resumed_to: u64,
}

impl Subscription {
    /// Hears what comes from now on.
    pub(super) fn live(handle: Arc<ChatHandle>, position: u64, heard: u64) -> Self {
        Self { handle, cursor: Cursor::Log(position), heard, resumed_to: 0 }
    }

    /// Hears everything after the given event.
    pub(super) fn after(handle: Arc<ChatHandle>, found: Attachment, heard: u64) -> Self {
        Self { handle, cursor: found.position.map_or(Cursor::Store, Cursor::Log), heard, resumed_to: found.last_seq }
    }

    /// The chat.
    pub(super) fn handle(&self) -> &Arc<ChatHandle> {
        &self.handle
    }

    /// Whether there may be something to hear. Cheap.
    pub(super) fn has_news(&self) -> bool {
        match self.cursor {
            Cursor::Log(position) => self.handle.log().has_news(position),
            Cursor::Store => true,
            Cursor::Ended => false,
        }
    }

    /// Adds what there is to `out`, at most [`FRAMES_AT_ONCE`] frames.
    pub(super) async fn read(&mut self, engine: &Engine, own: ConnectionId, out: &mut Vec<Bytes>) -> Result<(), Error> {
        let frames = match self.cursor {
            Cursor::Log(position) => self.read_log(position),
            Cursor::Store => self.read_store(engine).await?,
            Cursor::Ended => Vec::new(),
        };
        for frame in frames {
            match frame.seq {
                Some(seq) if seq <= self.heard => continue,
                Some(seq) => self.heard = seq,
                None => {}
            }
            if frame.skip != Some(own) || frame.seq.is_some_and(|seq| seq <= self.resumed_to) {
                out.push(frame.text);
            }
        }
        Ok(())
    }

    fn read_log(&mut self, mut position: u64) -> Vec<Frame> {
        let mut frames = Vec::new();
        self.cursor = match self.handle.log().read(&mut position, FRAMES_AT_ONCE, &mut frames) {
            Progress::CaughtUp | Progress::More => Cursor::Log(position),
            // What a chat that is not kept said is nowhere else: reading goes on with what comes.
            Progress::Behind if self.handle.lasting() == Lasting::Temporary => Cursor::Log(self.handle.log().end()),
            Progress::Behind => Cursor::Store,
            Progress::Closed => Cursor::Ended,
        };
        frames
    }

    async fn read_store(&mut self, engine: &Engine) -> Result<Vec<Frame>, Error> {
        if let Some(position) = self.handle.log().position_after(self.heard) {
            self.cursor = Cursor::Log(position);
            return Ok(Vec::new());
        }
        engine.frames(&self.handle.id, self.heard, FRAMES_AT_ONCE).await
    }
}
