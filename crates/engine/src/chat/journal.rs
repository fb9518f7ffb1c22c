//! One chat's log as it is written: numbers each event, tells final ones only once they are on disk, streams pieces at once and has
//! them on disk within [`FLUSH_AFTER`]. The only place that numbers events.

use std::sync::Arc;
use std::time::Duration;

use alcove_proto::ChatId;
use alcove_proto::envelope::{Delta, Event};
use alcove_store::{Change, EntryRow, EventRow, PageStart, Store};
use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::clock::now_ms;
use crate::error::{Error, commit};
use crate::hub::{ChatLog, ConnectionId, Frame};
use crate::run::{Run, RunKind};

use super::Lasting;

/// The longest a streamed piece may be only in memory.
pub(super) const FLUSH_AFTER: Duration = Duration::from_millis(80);

/// One thing to tell.
pub(super) enum Say {
    /// A numbered event that is kept.
    Logged(Event),
    /// The same, but one connection was answered directly.
    LoggedExcept(Event, ConnectionId),
    /// A frame that only passes by, in its place among the others.
    Passing(Event),
}

/// One chat's log as it is written.
pub(super) struct Journal {
    chat: ChatId,
    store: Store,
    log: Arc<ChatLog>,
    next_seq: u64,
    run: Option<OpenRun>,
    /// When the streamed pieces must be on their way to the disk.
    due: Option<Instant>,
    /// The entries of a chat that is not kept; what else it would write goes nowhere.
    memory: Option<Vec<EntryRow>>,
    /// Answers of the store for pieces on their way.
    under_way: Vec<oneshot::Receiver<Result<(), alcove_store::Error>>>,
}

/// The run being streamed.
struct OpenRun {
    run: Run,
    /// Pieces handed to the store.
    stored: usize,
    /// Rows they make there.
    rows: usize,
}

impl Journal {
    pub(super) fn new((chat, lasting): (ChatId, Lasting), store: Store, log: Arc<ChatLog>) -> Self {
        let next_seq = log.last_seq() + 1;
        let memory = (lasting == Lasting::Temporary).then(Vec::new);
        Self { chat, store, log, next_seq, run: None, due: None, memory, under_way: Vec::new() }
    }

    /// The entries of a chat that is not kept.
    pub(super) fn memory(&self) -> Option<&[EntryRow]> {
        self.memory.as_deref()
    }

    /// Has a batch on disk, or what of it a chat that is not kept needs in memory. What was used counts either way.
    async fn keep(&mut self, batch: Vec<Change>) -> Result<(), Error> {
        let Some(memory) = &mut self.memory else { return commit(&self.store, batch).await };
        let mut counted = Vec::new();
        for change in batch {
            if let Change::PutEntry(row) = change {
                memory.retain(|known| known.path != row.path);
                memory.push(row);
            } else if let Change::AddUsage(_) = change {
                counted.push(change);
            }
        }
        if counted.is_empty() { Ok(()) } else { commit(&self.store, counted).await }
    }

    /// When [`Journal::flush`] must be called, if streamed pieces wait.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Tells a streamed piece at once.
    pub(super) async fn stream(&mut self, kind: RunKind, piece: Delta) -> Result<(), Error> {
        let piece = Delta { seq: Some(self.next_seq), ..piece };
        if !self.run.as_ref().is_some_and(|open| open.run.continues(kind, &piece)) {
            self.end_run().await?;
        }
        let text = Bytes::from(kind.event(piece.clone()).to_json());
        self.log.publish(vec![Frame { text, seq: Some(self.next_seq), skip: None }]);
        self.next_seq += 1;
        self.add(kind, piece);
        self.due.get_or_insert_with(|| Instant::now() + FLUSH_AFTER);
        Ok(())
    }

    fn add(&mut self, kind: RunKind, piece: Delta) {
        match &mut self.run {
            Some(open) => open.run.add(&piece.text),
            None => self.run = Some(OpenRun { run: Run::begin(kind, piece, now_ms()), stored: 0, rows: 0 }),
        }
    }

    /// Sends waiting pieces to the disk, without waiting for it.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.due = None;
        self.settle()?;
        let Some(open) = &mut self.run else { return Ok(()) };
        let Some(change) = open.unstored(&self.chat) else { return Ok(()) };
        if self.memory.is_some() {
            self.log.mark_durable(open.run.last());
            open.stored = open.run.cuts.len();
            return Ok(());
        }
        let (tx, rx) = oneshot::channel();
        let (log, last, pieces) = (self.log.clone(), open.run.last(), open.run.cuts.len());
        let told = move |outcome: Result<(), alcove_store::Error>| {
            if outcome.is_ok() {
                log.mark_durable(last);
            }
            let _gone = tx.send(outcome);
        };
        match self.store.write(vec![change], told) {
            Ok(()) => {
                open.stored = pieces;
                open.rows += 1;
                self.under_way.push(rx);
            }
            // The store is busy; the pieces wait for the next time.
            Err(_full) => self.due = Some(Instant::now() + FLUSH_AFTER),
        }
        Ok(())
    }

    /// Tells final events, after they and everything before them are on disk. `more` is written in the same transaction.
    pub(super) async fn append(&mut self, said: Vec<Say>, more: Vec<Change>) -> Result<(), Error> {
        let mut batch = Vec::with_capacity(said.len() + more.len() + 2);
        self.close_run(&mut batch);
        // A chat must be there before its first event.
        let (first, rest): (Vec<_>, Vec<_>) = more.into_iter().partition(|change| matches!(change, Change::CreateChat(_)));
        batch.splice(0..0, first);
        let mut frames = Vec::with_capacity(said.len());
        let at = now_ms();
        let mut seq = self.next_seq;
        for say in said {
            let (event, skip) = match say {
                Say::Logged(event) => (event, None),
                Say::LoggedExcept(event, connection) => (event, Some(connection)),
                Say::Passing(event) => {
                    frames.push(Frame { text: Bytes::from(event.to_json()), seq: None, skip: None });
                    continue;
                }
            };
            let row = self.row(event, seq, at);
            frames.push(Frame { text: Bytes::from(row.payload.clone()), seq: Some(seq), skip });
            batch.push(Change::AppendEvent(row));
            seq += 1;
        }
        batch.extend(rest);
        self.keep(batch).await?;
        self.next_seq = seq;
        self.log.mark_durable(seq - 1);
        self.log.publish(frames);
        self.settle()
    }

    /// Waits until everything told is on disk.
    pub(super) async fn end_run(&mut self) -> Result<(), Error> {
        let mut batch = Vec::new();
        self.close_run(&mut batch);
        if !batch.is_empty() {
            self.keep(batch).await?;
            self.log.mark_durable(self.next_seq - 1);
        }
        self.settle()
    }

    /// The number of the next event.
    pub(super) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Makes one row of the run being streamed.
    fn close_run(&mut self, batch: &mut Vec<Change>) {
        self.due = None;
        let Some(mut open) = self.run.take() else { return };
        if let Some(change) = open.unstored(&self.chat) {
            batch.push(change);
            open.rows += 1;
        }
        if open.rows > 1 {
            let row = run_row(&self.chat, &open.run);
            batch.push(Change::FoldDeltas { chat: row.chat.clone(), first: row.seq, last: row.last, row });
        }
    }

    /// Learns how earlier flushes went.
    fn settle(&mut self) -> Result<(), Error> {
        let mut failed = None;
        self.under_way.retain_mut(|answer| match answer.try_recv() {
            Ok(Ok(())) => false,
            Ok(Err(error)) => {
                failed = Some(Error::Store(error));
                false
            }
            Err(oneshot::error::TryRecvError::Empty) => true,
            Err(oneshot::error::TryRecvError::Closed) => {
                failed = Some(Error::Closing);
                false
            }
        });
        failed.map_or(Ok(()), Err)
    }

    fn row(&self, mut event: Event, seq: u64, at: i64) -> EventRow {
        event.number(seq);
        let (turn, boundary) = match &event {
            Event::UserMessage(prompt) => {
                let boundary = if prompt.starts_turn { PageStart::Yes } else { PageStart::No };
                (prompt.turn_id.as_ref(), boundary)
            }
            Event::GoalStatus(status) => (status.turn_id.as_ref(), PageStart::No),
            Event::Message(message) => (message.turn_id.as_ref(), PageStart::No),
            Event::StreamEnd(end) => (end.turn_id.as_ref(), PageStart::No),
            Event::ReasoningEnd(end) => (end.turn_id.as_ref(), PageStart::No),
            Event::FileEdit(edits) => (edits.turn_id.as_ref(), PageStart::No),
            Event::Steered(steered) => (steered.turn_id.as_ref(), PageStart::No),
            Event::Proposal(proposal) => (proposal.turn_id.as_ref(), PageStart::No),
            Event::ProposalResolved(resolved) => (resolved.turn_id.as_ref(), PageStart::No),
            Event::StreamChunk(chunk) => (chunk.turn_id.as_ref(), PageStart::No),
            Event::CommandEnded(ended) => (ended.turn_id.as_ref(), PageStart::No),
            Event::Changes(changes) => (changes.turn_id.as_ref(), PageStart::No),
            Event::TurnEnd(end) => (end.turn_id.as_ref(), PageStart::No),
            Event::Delta(_)
            | Event::ReasoningDelta(_)
            | Event::TurnModelUpdated(_)
            | Event::GoalState(_)
            | Event::ForkMarker(_)
            | Event::Ready(_)
            | Event::Attached(_)
            | Event::Resync(_)
            | Event::MessageAccepted(_)
            | Event::SessionUpdated(_)
            | Event::Watching(_)
            | Event::ChatState(_)
            | Event::WebuiResponse(_)
            | Event::SidebarStateUpdated(_)
            | Event::TranscriptionResult(_)
            | Event::TranscriptionError(_)
            | Event::RuntimeModelUpdated(_)
            | Event::Error(_) => (None, PageStart::No),
        };
        EventRow {
            chat: self.chat.as_str().to_owned(),
            seq,
            last: seq,
            turn: turn.map(|id| id.as_str().to_owned()),
            kind: event.kind().to_owned(),
            boundary,
            payload: event.to_json(),
            at,
        }
    }
}

impl OpenRun {
    fn unstored(&self, chat: &ChatId) -> Option<Change> {
        (self.stored < self.run.cuts.len()).then(|| Change::AppendEvent(run_row(chat, &self.run.tail(self.stored))))
    }
}

fn run_row(chat: &ChatId, run: &Run) -> EventRow {
    EventRow {
        chat: chat.as_str().to_owned(),
        seq: run.first(),
        last: run.last(),
        turn: run.whole.turn_id.as_ref().map(|id| id.as_str().to_owned()),
        kind: run.kind.word().to_owned(),
        boundary: PageStart::No,
        payload: serde_json::to_string(run).expect("a run holds nothing JSON cannot say"),
        at: now_ms(),
    }
}
