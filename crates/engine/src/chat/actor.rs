//! The task of one chat: the loop that hears requests, the model and the clock. Cancel-safe throughout: every arm of its `select!`
//! only receives; what is received is then worked off to its end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alcove_agent::turn::Input;
use alcove_proto::ChatId;
use alcove_proto::acting::AnsweredOne;
use alcove_proto::envelope::{ChatStateWord, Event, Proposal};
use alcove_proto::scope::StoredScope;
use alcove_store::{Change, ChatRow};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::acts::Resumed;
use super::answer::Answer;
use super::background::LateEnds;
use super::journal::{Journal, Say};
use super::turns::{Active, Waiting};
use super::{Accepted, Lasting, Prompt, Refusal, Shared, Snapshot};
use crate::act::{Late, Worked};
use crate::error::Error;
use crate::hub::{ChatLog, ConnectionId};
use crate::media::Attachment;
use crate::model::ModelEvent;
use crate::scope::Controls;
use crate::title::Titling;

/// A request to a chat's task.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Say something.
    Say(Prompt, oneshot::Sender<Result<Accepted, Refusal>>),
    /// Make the chat in the store.
    Create(Option<StoredScope>, oneshot::Sender<Result<(), Refusal>>),
    /// Change the folder the chat works in.
    SetScope(ScopeAsk, oneshot::Sender<Result<StoredScope, Refusal>>),
    /// Answer a proposal.
    Answer(Box<Answer>, oneshot::Sender<Result<AnsweredOne, Refusal>>),
    /// The proposals that wait.
    Proposals(oneshot::Sender<Vec<Proposal>>),
    /// Tell everybody who hears the chat.
    Tell(Box<Event>, oneshot::Sender<Result<(), Refusal>>),
    /// Stop what runs and delete the chat; answers whether there was one.
    Delete(oneshot::Sender<Result<bool, Refusal>>),
}

/// A scope somebody asks for.
#[derive(Debug)]
pub(crate) struct ScopeAsk {
    /// Not yet checked.
    pub(crate) asked: serde_json::Value,
    pub(crate) controls: Controls,
    /// Answered directly.
    pub(crate) asker: ConnectionId,
}

/// What the task shows to the outside.
pub(super) struct Outside {
    pub(super) log: Arc<ChatLog>,
    pub(super) snapshot: watch::Sender<Snapshot>,
    pub(super) busy: Arc<AtomicBool>,
}

/// One chat's task.
pub(super) struct Actor {
    pub(super) id: ChatId,
    pub(super) shared: Shared,
    pub(super) outside: Outside,
    pub(super) journal: Journal,
    /// Whether the store has the chat.
    pub(super) exists: bool,
    /// Turns the chat has had.
    pub(super) turn_count: u64,
    /// Whether the store has a first line for the list.
    pub(super) has_preview: bool,
    pub(super) scope: StoredScope,
    pub(super) active: Option<Active>,
    pub(super) waiting: VecDeque<Waiting>,
    pub(super) titling: Titling,
    /// Whether the chat is gone; its task ends.
    pub(super) deleted: bool,
    pub(super) lasting: Lasting,
    /// Files of a temporary chat: they go with it.
    pub(super) held: Vec<Attachment>,
    /// What happened and was not yet worked off, with what is to be written with it.
    pub(super) inputs: VecDeque<(Input, Vec<Change>)>,
    /// A call that the turn about to begin begins with.
    pub(super) resumed: Option<Resumed>,
    /// The record of a call that was allowed after its turn had ended, and the digest of what was allowed.
    pub(super) allowed: Option<(String, String)>,
    /// Commands that go on without their turns.
    pub(super) late_ends: LateEnds,
    /// What the list was last told of a turn that runs.
    pub(super) told_state: Option<ChatStateWord>,
}

/// What woke the task.
enum Woken {
    Asked(Option<Ask>),
    Heard(Option<ModelEvent>),
    Worked(Worked),
    Late(Late),
    FlushDue,
    Cancelled,
}

impl Actor {
    pub(super) fn new((id, lasting): (ChatId, Lasting), row: Option<&ChatRow>, shared: Shared, outside: Outside) -> Self {
        let journal = Journal::new((id.clone(), lasting), shared.store.clone(), outside.log.clone());
        let scope = row.and_then(|row| serde_json::from_str(&row.scope).ok()).unwrap_or_else(|| shared.default_scope());
        Self {
            id,
            outside,
            journal,
            exists: row.is_some(),
            turn_count: row.map_or(0, |row| row.turn_count),
            has_preview: row.is_some_and(|row| !row.preview.is_empty()),
            scope,
            titling: match lasting {
                Lasting::Kept => Titling::new(row),
                Lasting::Temporary => Titling::never(),
            },
            lasting,
            held: Vec::new(),
            inputs: VecDeque::new(),
            resumed: None,
            allowed: None,
            late_ends: LateEnds::new(),
            told_state: None,
            deleted: false,
            shared,
            active: None,
            waiting: VecDeque::new(),
        }
    }

    /// Runs until the last handle is gone, the engine shuts down or the store fails.
    pub(super) async fn run(mut self, mut asks: mpsc::Receiver<Ask>, cancel: CancellationToken) {
        loop {
            let woken = self.wake(&mut asks, &cancel).await;
            let worked = match woken {
                Woken::Asked(Some(ask)) => self.answer(ask).await,
                Woken::Asked(None) | Woken::Cancelled => break,
                Woken::Heard(event) => self.heard(event).await,
                Woken::Worked(worked) => self.worked(worked).await,
                Woken::Late(late) => self.late(late).await,
                Woken::FlushDue => self.journal.flush(),
            };
            self.outside.busy.store(self.active.is_some() || !self.waiting.is_empty(), Ordering::Release);
            if let Err(error) = worked {
                return self.give_up(&error);
            }
            if self.deleted {
                return self.outside.log.close();
            }
        }
        // What was streamed is put on disk; the turn itself is closed as interrupted at the next start.
        let streamed = self.journal.end_run().await;
        let told = match streamed {
            Ok(()) => self.hear_late_ends().await,
            failed => failed,
        };
        if let Err(error) = told {
            self.give_up(&error);
        }
        self.outside.log.close();
    }

    async fn wake(&mut self, asks: &mut mpsc::Receiver<Ask>, cancel: &CancellationToken) -> Woken {
        let due = self.journal.due();
        // That a command goes on is heard before its end.
        tokio::select! {
            biased;
            () = cancel.cancelled() => Woken::Cancelled,
            ask = asks.recv() => Woken::Asked(ask),
            () = until(due) => Woken::FlushDue,
            said = hear(&mut self.active) => said,
            Some(late) = self.late_ends.heard.recv() => Woken::Late(late),
        }
    }

    async fn answer(&mut self, ask: Ask) -> Result<(), Error> {
        match ask {
            Ask::Say(prompt, reply) => {
                let (accepted, failed) = split(self.say(prompt).await);
                let _gone = reply.send(accepted);
                failed?;
                self.start_next().await
            }
            Ask::Create(scope, reply) => {
                let (created, failed) = split(self.create(scope).await.map(Ok));
                let _gone = reply.send(created);
                failed
            }
            Ask::SetScope(ask, reply) => {
                let (changed, failed) = split(self.set_scope(&ask).await);
                let _gone = reply.send(changed);
                failed
            }
            Ask::Answer(answer, reply) => {
                let (answered, failed) = split(self.answer_proposal(*answer).await.map(Ok));
                let _gone = reply.send(answered);
                failed?;
                self.drive().await?;
                self.start_next().await
            }
            Ask::Proposals(reply) => {
                let _gone = reply.send(self.open_proposals());
                Ok(())
            }
            Ask::Tell(event, reply) => {
                let (told, failed) = split(self.journal.append(vec![Say::Logged(*event)], Vec::new()).await.map(Ok));
                let _gone = reply.send(told);
                failed
            }
            Ask::Delete(reply) => {
                let (deleted, failed) = split(self.delete().await.map(Ok));
                let _gone = reply.send(deleted);
                failed
            }
        }
    }

    /// The store failed: nothing more may be told, since it could not be kept.
    fn give_up(&mut self, error: &Error) {
        crate::report::problem("a chat stopped because what it says can no longer be stored", error);
        self.active = None;
        self.outside.snapshot.send_modify(|snapshot| snapshot.run = None);
        self.outside.busy.store(false, Ordering::Release);
        self.outside.log.close();
    }
}

/// What the asker is told, and what the task itself makes of it.
fn split<T>(outcome: Result<Result<T, Refusal>, Error>) -> (Result<T, Refusal>, Result<(), Error>) {
    match outcome {
        Ok(told) => (told, Ok(())),
        Err(error) => (Err(Refusal::Storage), Err(error)),
    }
}

async fn until(due: Option<tokio::time::Instant>) {
    match due {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// What the model or a running call says next. Cancel-safe.
async fn hear(active: &mut Option<Active>) -> Woken {
    let Some(active) = active else { return std::future::pending().await };
    let (model, acts) = active.sources();
    let model = async {
        match model {
            Some(model) => model.next().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        event = model => Woken::Heard(event),
        worked = acts.next() => match worked {
            Some(worked) => Woken::Worked(worked),
            // Its own sender is held beside it.
            None => std::future::pending().await,
        },
    }
}
