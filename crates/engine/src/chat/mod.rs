//! A chat: one task owns it, everybody else holds a handle. The task numbers its events, runs its turns one at a time and keeps the
//! prompts that wait; it lives on when the last listener leaves.

mod actor;
mod acts;
mod answer;
mod background;
mod illustrate;
mod journal;
mod judging;
mod orders;
mod prompt;
mod records;
mod shown;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alcove_agent::turn::Telling;
use alcove_proto::acting::AnsweredOne;
use alcove_proto::envelope::{Event, Proposal};
use alcove_proto::scope::StoredScope;
use alcove_proto::sidebar::SidebarState;
use alcove_proto::usage::Usage;
use alcove_proto::{ChatId, TurnId};
use alcove_store::{ChatRow, Store};
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::act::Hands;
use crate::acting::Acting;
use crate::catalog::Shelf;
use crate::hub::{Announcer, ChatLog, ConnectionId};
use crate::kept::Kept;
use crate::media::{self, Media};
use crate::model::Models;
use crate::scope::Controls;
use crate::secret::keys::Keys;
use crate::settings::preferences::Preferences;

pub(crate) use actor::{Ask, ScopeAsk};
pub(crate) use answer::Answer;
pub(crate) use background::{background_of, end_note, ended_of, ended_record};
pub(crate) use records::under_change;
pub(crate) use shown::{entries, state};
pub(crate) use turns::answer_entry;

/// Requests that may wait for a chat's task; more wait with their senders.
const INBOX: usize = 64;

/// What every chat shares.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) models: Models,
    pub(crate) keys: Keys,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) announcer: Announcer,
    pub(crate) media: Media,
    pub(crate) preferences: Arc<Kept<Preferences>>,
    pub(crate) sidebar: Arc<Kept<SidebarState>>,
    /// The time zone days are counted in; a new one takes a restart, so that no day is counted by two of them.
    pub(crate) zone: TimeZone,
    /// The folder of chats that chose none.
    pub(crate) home: String,
    /// What clients are told of turns.
    pub(crate) telling: Telling,
    /// How chats act.
    pub(crate) acting: Arc<Kept<Acting>>,
    /// What carries out what models ask for.
    pub(crate) hands: Arc<Hands>,
    /// Cancelled when somebody asked for the engine to be started again.
    pub(crate) restart: CancellationToken,
}

impl Shared {
    /// Whether the web can be searched.
    pub(crate) fn can_search(&self) -> bool {
        crate::web::Provider::of_name(&self.preferences.current().search.provider).is_some()
    }

    /// The scope of a chat that chose none.
    pub(crate) fn default_scope(&self) -> StoredScope {
        StoredScope { project_path: self.home.clone(), access_mode: self.preferences.current().access_mode() }
    }
}

/// What a chat looks like from outside at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// The chat's own preset.
    pub preset: Option<String>,
    /// What the last turn cost.
    pub usage: Option<Usage>,
    /// The turn that runs.
    pub run: Option<Running>,
}

/// A turn that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// As its prompt named it; absent for plain-text clients.
    pub turn: Option<TurnId>,
    /// Seconds since the epoch.
    pub started_at: f64,
}

/// What somebody says.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// As written.
    pub text: String,
    /// The client's id; the same id again is the same prompt.
    pub turn: Option<TurnId>,
    /// Who says it, to be answered directly instead of being told.
    pub sender: Option<ConnectionId>,
    /// The scope it asks for.
    pub scope: Option<serde_json::Value>,
    /// What its sender may change about scopes.
    pub controls: Controls,
    /// Whether it comes from a client that shows titles and turn ids.
    pub webui: bool,
    /// The files that come with it.
    pub attachments: Vec<media::Attachment>,
    /// Apps it names, as clients are told.
    pub cli_apps: Vec<serde_json::Value>,
    /// Chats it names, as clients are told.
    pub session_mentions: Vec<serde_json::Value>,
    /// What it is about; only the model is shown it.
    pub quoted: Option<String>,
    /// Whether it is a line for the shell.
    pub shell: bool,
}

/// Whether a chat is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// In the store.
    Kept,
    /// In memory only, as long as somebody holds it; nobody else is told of it.
    Temporary,
}

/// The prompt is durable.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// Whether its turn starts at once.
    pub starts_turn: bool,
    /// The turn that runs.
    pub run: Option<Running>,
    /// The number of its event; `None` for commands, which leave none.
    pub seq: Option<u64>,
}

/// The prompt was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many prompts wait already.
    QueueFull,
    /// The scope cannot be had, for this reason.
    Scope(&'static str),
    /// The store cannot take it, or the engine is shutting down.
    Storage,
}

/// One chat, for everybody but its task.
#[derive(Debug)]
pub struct ChatHandle {
    /// The chat.
    pub id: ChatId,
    log: Arc<ChatLog>,
    inbox: mpsc::Sender<Ask>,
    snapshot: watch::Receiver<Snapshot>,
    /// Whether a turn runs or prompts wait; kept by the task.
    busy: Arc<AtomicBool>,
    lasting: Lasting,
}

impl ChatHandle {
    /// Starts the task of a chat; `row` is what the store has of it, if anything.
    pub(crate) fn start(id: ChatId, row: Option<&ChatRow>, shared: Shared, tasks: &TaskTracker, cancel: CancellationToken) -> Arc<Self> {
        Self::start_as((id, Lasting::Kept), row, shared, tasks, cancel)
    }

    /// Starts the task of a chat that leaves nothing behind.
    pub(crate) fn start_temporary(id: ChatId, shared: Shared, tasks: &TaskTracker, cancel: CancellationToken) -> Arc<Self> {
        Self::start_as((id, Lasting::Temporary), None, shared, tasks, cancel)
    }

    fn start_as(
        (id, lasting): (ChatId, Lasting),
        row: Option<&ChatRow>,
        shared: Shared,
        tasks: &TaskTracker,
        cancel: CancellationToken,
    ) -> Arc<Self> {
        let log = Arc::new(ChatLog::new(row.map_or(0, |row| row.last_seq)));
        let (inbox, asks) = mpsc::channel(INBOX);
        let busy = Arc::new(AtomicBool::new(false));
        let first = Snapshot {
            preset: row.and_then(|row| row.preset.clone()),
            usage: row.and_then(|row| serde_json::from_str(row.usage.as_deref()?).ok()),
            run: None,
        };
        let (tell, snapshot) = watch::channel(first);
        let outside = actor::Outside { log: log.clone(), snapshot: tell, busy: busy.clone() };
        let actor = actor::Actor::new((id.clone(), lasting), row, shared, outside);
        tasks.spawn(actor.run(asks, cancel));
        Arc::new(Self { id, log, inbox, snapshot, busy, lasting })
    }

    /// The chat's newest frames.
    pub fn log(&self) -> &ChatLog {
        &self.log
    }

    /// How the chat looks now.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.borrow().clone()
    }

    /// Says something in the chat. Answers once it is durable.
    pub async fn say(&self, prompt: Prompt) -> Result<Accepted, Refusal> {
        let (tx, rx) = oneshot::channel();
        self.ask(Ask::Say(prompt, tx)).await.map_err(|_| Refusal::Storage)?;
        rx.await.unwrap_or(Err(Refusal::Storage))
    }

    /// Makes the chat in the store, if it is not there.
    pub(crate) async fn create(&self, scope: Option<StoredScope>) -> Result<(), Refusal> {
        let (tx, rx) = oneshot::channel();
        self.ask(Ask::Create(scope, tx)).await.map_err(|_| Refusal::Storage)?;
        rx.await.unwrap_or(Err(Refusal::Storage))
    }

    /// Changes the folder the chat works in, while no turn runs, and tells everybody but the asker that something changed.
    pub async fn set_scope(&self, asked: serde_json::Value, controls: Controls, asker: ConnectionId) -> Result<StoredScope, Refusal> {
        let (tx, rx) = oneshot::channel();
        self.ask(Ask::SetScope(ScopeAsk { asked, controls, asker }, tx)).await.map_err(|_| Refusal::Storage)?;
        rx.await.unwrap_or(Err(Refusal::Storage))
    }

    /// Answers a proposal of the chat.
    pub(crate) async fn answer(&self, answer: Answer) -> Result<AnsweredOne, Refusal> {
        let (tx, rx) = oneshot::channel();
        self.ask(Ask::Answer(Box::new(answer), tx)).await.map_err(|_| Refusal::Storage)?;
        rx.await.unwrap_or(Err(Refusal::Storage))
    }

    /// The proposals of the turn that runs.
    pub(crate) async fn proposals(&self) -> Vec<Proposal> {
        let (tx, rx) = oneshot::channel();
        match self.ask(Ask::Proposals(tx)).await {
            Ok(()) => rx.await.unwrap_or_default(),
            Err(_) => Vec::new(),
        }
    }

    /// Tells an event of the chat, in its place among the others.
    pub(crate) async fn tell(&self, event: Event) -> Result<(), Refusal> {
        let (tx, rx) = oneshot::channel();
        self.ask(Ask::Tell(Box::new(event), tx)).await.map_err(|_| Refusal::Storage)?;
        rx.await.unwrap_or(Err(Refusal::Storage))
    }

    /// Whether the chat is kept.
    pub fn lasting(&self) -> Lasting {
        self.lasting
    }

    /// Stops what runs and deletes the chat; answers whether the store had it. The handle is of no use afterwards.
    pub(crate) async fn delete(&self) -> Result<bool, Refusal> {
        let (tx, rx) = oneshot::channel();
        self.ask(Ask::Delete(tx)).await.map_err(|_| Refusal::Storage)?;
        rx.await.unwrap_or(Err(Refusal::Storage))
    }

    async fn ask(&self, ask: Ask) -> Result<(), mpsc::error::SendError<Ask>> {
        self.inbox.send(ask).await
    }

    /// Whether the task may be ended: nothing runs, waits or listens.
    pub(crate) fn is_idle(&self) -> bool {
        !self.busy.load(Ordering::Acquire) && !self.log.has_listeners()
    }

    /// Whether the task has ended by itself, because the store failed it.
    pub(crate) fn is_broken(&self) -> bool {
        self.inbox.is_closed()
    }
}
