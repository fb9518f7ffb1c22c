//! The engine: opens the database, closes what the last run left unfinished, and keeps the chats that are in use.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alcove_agent::turn::Telling;
use alcove_proto::ChatId;
use alcove_proto::envelope::{ChatState, ChatStateWord};
use alcove_proto::http::WorkspaceControls;
use alcove_proto::http::{SessionRow, Sessions, Workspaces};
use alcove_proto::id::TEMPORARY_PREFIX;
use alcove_proto::limits::{THREAD_PAGE_DEFAULT, THREAD_PAGE_MAX};
use alcove_proto::scope::{Held, StoredScope};
use alcove_proto::thread::{Page, Thread};
use alcove_store::{ChatRow, EntryRow, Store};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::act::{Hands, Parts};
use crate::acting::Acting;
use crate::catalog::Shelf;
use crate::chat::{ChatHandle, Refusal, Running, Shared, ended_of};
use crate::checkpoint::Checkpoints;
use crate::clock::{fresh_uuid, local_iso};
use crate::error::{Error, read};
use crate::hub::{Announcement, Announcer, ConnectionId};
use crate::kept::Kept;
use crate::media::Media;
use crate::model::Models;
use crate::process::{Guard, Processes};
use crate::sandbox::{self, Helper, Level, Probing};
use crate::scope::Controls;
use crate::secret::keys::Keys;
use crate::settings::preferences::{self, Preferences};
use crate::settings::sidebar;
use crate::thread::Tail;
use crate::{files, recovery, report, thread};

/// Chats kept in memory although nobody uses them; beyond that the unused are let go.
const IDLE_CHATS: usize = 64;
/// Folder of chats that chose none, inside the data folder.
const WORKSPACE: &str = "workspace";

/// What the engine is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database is.
    pub data_dir: PathBuf,
    /// Preset that is active for this run, whatever was chosen.
    pub model: Option<String>,
    /// Whether an answer is told while it is written; otherwise it is one message at its end.
    pub streaming: bool,
    /// Whether clients are told how a tool ended.
    pub send_progress: bool,
    /// Whether clients are told which tool begins.
    pub send_tool_hints: bool,
    /// Whether clients are told what the model thinks.
    pub show_reasoning: bool,
    /// The program commands are started through: this one, or another that calls [`crate::subcommand`] first. Without it nothing holds
    /// commands, so that each asks.
    pub helper: Option<PathBuf>,
    /// Folders and files beside the data folder that no command may reach.
    pub own: Vec<PathBuf>,
}

impl Config {
    /// What a gateway without a configuration uses.
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            model: None,
            streaming: true,
            send_progress: true,
            send_tool_hints: true,
            show_reasoning: true,
            helper: None,
            own: Vec::new(),
        }
    }
}

/// The engine. Cloning it is cheap; all clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    instance: String,
    data_dir: PathBuf,
    shared: Shared,
    /// Guards which chats have a task.
    chats: Mutex<HashMap<ChatId, Arc<ChatHandle>>>,
    tasks: TaskTracker,
    cancel: CancellationToken,
    next_connection: AtomicU64,
    zone: TimeZone,
    pub(crate) requests: crate::settings::Requests,
    desk: crate::settings::Desk,
}

/// Which part of a chat's thread is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadAsk {
    /// Messages wanted; whole turns are given. `None` gives the default.
    pub limit: Option<u32>,
    /// Only what lies before this event.
    pub before: Option<u64>,
    /// Whether the answer is to say where the page stands.
    pub paged: bool,
}

impl Engine {
    /// Opens the database and closes what was left unfinished. Blocks for as long as that takes.
    pub fn start(config: Config) -> Result<Self, Error> {
        let keys = Keys::open(&config.data_dir)
            .map_err(|error| Error::Folder { path: config.data_dir.clone(), source: std::io::Error::other(error.to_string()) })?;
        Self::start_with(config, keys)
    }

    /// As [`Engine::start`], with keys that rest where the caller says.
    pub(crate) fn start_with(config: Config, keys: Keys) -> Result<Self, Error> {
        let store = Store::open(&config.data_dir)?;
        let waiting = recovery::close_unfinished(&store)?;
        let home = home(&config.data_dir)?;
        let media = Media::open(&config.data_dir, &store)?;
        let shelf = Arc::new(Shelf::load(&store, config.model.clone())?);
        let preferences: Arc<Kept<Preferences>> = Arc::new(Kept::load(&store, preferences::SETTING, "the settings")?);
        let zone = preferences.current().zone();
        let sidebar = Arc::new(Kept::load(&store, sidebar::SETTING, "how the list of chats is arranged")?);
        let telling = Telling {
            streams: config.streaming,
            reasoning: config.show_reasoning,
            progress: config.send_progress,
            hints: config.send_tool_hints.then_some(0),
            places: true,
        };
        let acting = Arc::new(Kept::load(&store, crate::acting::SETTING, "how chats act")?);
        let hands = hands(&config, (&store, &media), (keys.clone(), preferences.clone(), acting.clone()))?;
        let shared = Shared {
            store,
            models: Models::new(),
            keys,
            shelf,
            announcer: Announcer::new(),
            media,
            preferences,
            sidebar,
            zone,
            home,
            telling,
            acting,
            hands,
            restart: CancellationToken::new(),
        };
        let inner = Inner {
            instance: fresh_uuid(),
            data_dir: config.data_dir,
            shared,
            chats: Mutex::default(),
            tasks: TaskTracker::new(),
            cancel: CancellationToken::new(),
            next_connection: AtomicU64::new(1),
            zone: TimeZone::system(),
            requests: crate::settings::Requests::default(),
            desk: crate::settings::Desk::default(),
        };
        inner.tasks.spawn(inner.shared.media.clone().keep_house(inner.cancel.child_token()));
        inner.tasks.spawn(inner.shared.hands.checkpoints().clone().keep_house(inner.cancel.child_token()));
        for chat in waiting {
            inner.shared.announcer.set_state(&chat, ChatStateWord::Waiting, None);
        }
        report::event(&format!("the engine started, version {}", env!("CARGO_PKG_VERSION")));
        Ok(Self { inner: Arc::new(inner) })
    }

    /// New at every start; goes with cursors.
    pub fn instance(&self) -> &str {
        &self.inner.instance
    }

    /// Where the database is.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    /// A name for a connection.
    pub fn connection_id(&self) -> ConnectionId {
        ConnectionId(self.inner.next_connection.fetch_add(1, Ordering::Relaxed))
    }

    /// What concerns every connection, from now on.
    pub fn announcements(&self) -> broadcast::Receiver<Announcement> {
        self.inner.shared.announcer.listen()
    }

    /// Every chat that is not idle.
    pub fn states(&self) -> Vec<ChatState> {
        self.inner.shared.announcer.states()
    }

    /// The chat, with its task running. Whether it is in the store is not asked.
    pub async fn chat(&self, id: &ChatId) -> Result<Arc<ChatHandle>, Error> {
        if let Some(handle) = self.open_chat(id) {
            return Ok(handle);
        }
        let name = id.as_str().to_owned();
        let row = read(&self.inner.shared.store, move |reader| reader.chat(&name)).await?;
        if self.inner.cancel.is_cancelled() {
            return Err(Error::Closing);
        }
        Ok(self.start_chat(id, row.as_ref()))
    }

    fn open_chat(&self, id: &ChatId) -> Option<Arc<ChatHandle>> {
        self.chats().get(id).filter(|handle| !handle.is_broken()).cloned()
    }

    fn start_chat(&self, id: &ChatId, row: Option<&ChatRow>) -> Arc<ChatHandle> {
        let mut chats = self.chats();
        if let Some(handle) = chats.get(id).filter(|handle| !handle.is_broken()) {
            return handle.clone();
        }
        if chats.len() >= IDLE_CHATS {
            // A command in the background is told to end by its chat.
            let hands = &self.inner.shared.hands;
            chats.retain(|id, handle| Arc::strong_count(handle) > 1 || !handle.is_idle() || hands.runs_in(id));
        }
        let inner = &self.inner;
        let handle = ChatHandle::start(id.clone(), row, inner.shared.clone(), &inner.tasks, inner.cancel.child_token());
        chats.insert(id.clone(), handle.clone());
        handle
    }

    /// The zone times are told in.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.inner.zone
    }

    /// Does work that ends with the engine.
    pub(crate) fn own(&self, work: impl Future<Output = ()> + Send + 'static) {
        let cancel = self.inner.cancel.child_token();
        self.inner.tasks.spawn(async move {
            // Cancel-safe: what is not done by then is not needed any more.
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Lets go of a chat that was deleted: its id is a new one from now on.
    pub(crate) fn forget_chat(&self, handle: &Arc<ChatHandle>) {
        self.inner.shared.hands.forget(&handle.id);
        let mut chats = self.chats();
        if chats.get(&handle.id).is_some_and(|known| Arc::ptr_eq(known, handle)) {
            chats.remove(&handle.id);
        }
    }

    fn chats(&self) -> MutexGuard<'_, HashMap<ChatId, Arc<ChatHandle>>> {
        self.inner.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a chat in the store. The same request id again gives the chat it made.
    pub async fn create_chat(
        &self,
        scope: Option<(&serde_json::Value, Controls)>,
        request: Option<&str>,
    ) -> Result<Arc<ChatHandle>, Refusal> {
        let scope = match scope {
            Some((asked, controls)) => {
                let default = self.inner.shared.default_scope();
                let scope = crate::scope::read(asked, &default).map_err(Refusal::Scope)?;
                crate::scope::allowed(controls, &default, &scope).map_err(Refusal::Scope)?;
                Some(scope)
            }
            None => None,
        };
        let id = request.map_or_else(crate::clock::fresh_chat_id, requested_id);
        let handle = self.chat(&id).await.map_err(|_| Refusal::Storage)?;
        handle.create(scope).await?;
        Ok(handle)
    }

    /// Makes a chat that leaves nothing behind. It ends when nobody holds it any more; [`Engine::end_temporary`] ends it at once.
    pub fn create_temporary(&self) -> Arc<ChatHandle> {
        let inner = &self.inner;
        let id = temporary_id();
        let handle = ChatHandle::start_temporary(id.clone(), inner.shared.clone(), &inner.tasks, inner.cancel.child_token());
        self.chats().insert(id, handle.clone());
        handle
    }

    /// Ends a temporary chat and what runs in it.
    pub async fn end_temporary(&self, handle: &Arc<ChatHandle>) {
        self.forget_chat(handle);
        // One that cannot be told is gone already.
        let _gone = handle.delete().await;
    }

    /// The scope of a chat, or the default one.
    pub async fn scope(&self, id: &ChatId) -> Result<StoredScope, Error> {
        let name = id.as_str().to_owned();
        let row = read(&self.inner.shared.store, move |reader| reader.chat(&name)).await?;
        Ok(row.map_or_else(|| self.inner.shared.default_scope(), |row| self.scope_of(&row)))
    }

    /// What holds commands here, once that is known: a moment after the start.
    pub fn held(&self) -> Option<Held> {
        let standing = self.inner.shared.hands.known_standing()?;
        let level = match standing.level {
            Level::L1 => 1,
            Level::L2 => 2,
            Level::L3 => 3,
        };
        Some(Held { level, provider: standing.provider.clone() })
    }

    fn scope_of(&self, row: &ChatRow) -> StoredScope {
        serde_json::from_str(&row.scope).unwrap_or_else(|_| self.inner.shared.default_scope())
    }

    /// Whether a cursor can be resumed from. One of an earlier engine may point at pieces that were told but lost with it.
    pub fn trusts(&self, instance: Option<&str>) -> bool {
        instance.is_none_or(|instance| instance == self.inner.instance)
    }

    /// The frames of events after `after`, oldest first, at most `limit` of them and byte for byte as they were told.
    pub async fn frames(&self, id: &ChatId, after: u64, limit: usize) -> Result<Vec<crate::hub::Frame>, Error> {
        let name = id.as_str().to_owned();
        let rows = u32::try_from(limit).unwrap_or(u32::MAX);
        let rows = read(&self.inner.shared.store, move |reader| reader.events(&name, after, rows)).await?;
        crate::resume::frames(&rows, after, limit)
    }

    /// The list of chats, newest first.
    pub async fn sessions(&self) -> Result<Sessions, Error> {
        let rows = read(&self.inner.shared.store, |reader| reader.chats()).await?;
        let running = self.inner.shared.announcer.started_at();
        let held = self.held();
        let sessions = rows.iter().filter_map(|row| self.session(row, &running, held.as_ref())).collect();
        Ok(Sessions { sessions })
    }

    fn session(&self, row: &ChatRow, running: &HashMap<ChatId, f64>, held: Option<&Held>) -> Option<SessionRow> {
        let id = ChatId::parse(&row.id)?;
        Some(SessionRow {
            key: id.session_key(),
            created_at: local_iso(row.created_at, &self.inner.zone),
            updated_at: local_iso(row.updated_at, &self.inner.zone),
            title: row.title.clone(),
            preview: row.preview.clone(),
            workspace_scope: self.scope_of(row).payload(held),
            run_started_at: running.get(&id).copied(),
            model_preset: row.preset.clone(),
        })
    }

    /// A page of a chat's thread; `None` when there is no such chat, or nothing in it and no turn runs.
    pub async fn thread(&self, id: &ChatId, ask: &ThreadAsk) -> Result<Option<Thread>, Error> {
        let run = self.open_chat(id).and_then(|handle| handle.snapshot().run);
        let messages = ask.limit.unwrap_or(THREAD_PAGE_DEFAULT).clamp(1, THREAD_PAGE_MAX);
        // A turn is a prompt and an answer at least.
        let turns = if ask.paged { messages.div_ceil(2) } else { u32::MAX };
        let (name, before) = (id.as_str().to_owned(), ask.before);
        let found = read(&self.inner.shared.store, move |reader| {
            let Some(row) = reader.chat(&name)? else { return Ok(None) };
            Ok(Some((reader.page(&name, before, turns)?, row)))
        });
        let Some((page, row)) = found.await? else { return Ok(None) };
        if row.last_seq == 0 && run.is_none() {
            return Ok(None);
        }
        let last_seq = page.rows.last().map_or(row.last_seq, |row| row.last);
        let folded = tokio::task::spawn_blocking(move || {
            thread::fold(&page.rows).map(|fold| (fold, page.first_seq, page.more_before, page.user_messages_before))
        });
        let (mut fold, first_seq, more_before, offset) = folded.await.map_err(|_| Error::Closing)??;
        if ask.before.is_some() {
            self.end_commands(id, &mut fold).await?;
        }
        let page = ask.paged.then(|| Page {
            before_cursor: more_before.then(|| first_seq.to_string()),
            has_more_before: more_before,
            loaded_message_count: fold.messages.len(),
            user_message_offset: offset,
        });
        let newest = ask.before.is_none();
        Ok(Some(Thread {
            schema_version: 3,
            session_key: id.session_key(),
            messages: fold.messages,
            workspace_scope: self.scope_of(&row).payload(self.held().as_ref()),
            completed_turn_ids: fold.completed,
            has_pending_tool_calls: newest && is_pending(run.as_ref(), &fold.tail),
            fork_boundary_message_count: fold.fork_boundary,
            active_turn_id: run.and_then(|run| run.turn).filter(|_| newest),
            page,
            last_seq,
        }))
    }

    /// Commands of an older page may have ended after it: their records say so.
    async fn end_commands(&self, id: &ChatId, fold: &mut thread::Fold) -> Result<(), Error> {
        let (name, left) = (id.as_str().to_owned(), fold.in_background());
        if left.is_empty() {
            return Ok(());
        }
        let records = read(&self.inner.shared.store, move |reader| left.iter().map(|path| reader.entry(&name, path)).collect());
        let records: Vec<Option<EntryRow>> = records.await?;
        records.iter().flatten().filter_map(ended_of).for_each(|ended| fold.command_ended(&ended));
        Ok(())
    }

    /// The default scope and what a client may change.
    pub fn workspaces(&self) -> Workspaces {
        Workspaces {
            schema_version: 1,
            default_access_mode: self.inner.shared.preferences.current().access_word().to_owned(),
            default_scope: self.inner.shared.default_scope().payload(self.held().as_ref()),
            controls: WorkspaceControls { can_change_project: true, can_use_full_access: true, can_pick_folder: false },
        }
    }

    /// Resolves when no turn runs. Turns belong to the engine, so a window that closes waits here.
    pub async fn wait_idle(&self) {
        let mut announcements = self.announcements();
        while self.states().iter().any(|state| matches!(state.state, ChatStateWord::Running | ChatStateWord::Waiting)) {
            // A closed channel or a missed announcement only means to look again.
            if let Err(broadcast::error::RecvError::Closed) = announcements.recv().await {
                return;
            }
        }
    }

    /// Asks for the engine to be ended and started again in this process. Whoever owns it does that; see [`Engine::restart_asked`].
    pub fn restart(&self) {
        self.inner.shared.restart.cancel();
    }

    /// Resolves when another start was asked for.
    pub async fn restart_asked(&self) {
        self.inner.shared.restart.cancelled().await;
    }

    /// The files of all chats.
    pub fn media(&self) -> &Media {
        &self.inner.shared.media
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.inner.shared
    }

    pub(crate) fn desk(&self) -> &crate::settings::Desk {
        &self.inner.desk
    }

    pub(crate) fn requests(&self) -> &crate::settings::Requests {
        &self.inner.requests
    }

    /// Puts on disk what was streamed and ends every task. Turns that run are closed as interrupted at the next start.
    pub async fn shut_down(&self) {
        self.inner.cancel.cancel();
        self.inner.shared.hands.shut_down().await;
        self.chats().clear();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        report::event("the engine stopped");
    }
}

/// Whether a turn is to be told to its end: the one that runs, or one the log leaves open.
fn is_pending(run: Option<&Running>, tail: &Tail) -> bool {
    match (run, tail) {
        (Some(run), Tail::Ended(turn)) => run.turn.is_none() || run.turn != *turn,
        (Some(_), Tail::Open(_) | Tail::Settled) => true,
        (None, Tail::Open(_)) => true,
        (None, Tail::Ended(_) | Tail::Settled) => false,
    }
}

fn temporary_id() -> ChatId {
    ChatId::parse(&format!("{TEMPORARY_PREFIX}{}", crate::clock::hex(&crate::clock::random::<16>())))
        .expect("the prefix and digits are a chat id")
}

/// The chat a request id makes: always the same one, and nobody can guess it who does not know the id.
fn requested_id(request: &str) -> ChatId {
    let digest = Sha256::digest(request.as_bytes());
    ChatId::parse(&crate::clock::hex(&digest[..16])).expect("hexadecimal digits are a chat id")
}

/// What carries out what models ask for. How commands are held is found out here, by trying.
fn hands(
    config: &Config,
    (store, media): (&Store, &Media),
    (keys, preferences, acting): (Keys, Arc<Kept<Preferences>>, Arc<Kept<Acting>>),
) -> Result<Arc<Hands>, Error> {
    let folder = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Folder { path, source }
    };
    let own = files::Own::hold(&[&config.data_dir]).and_then(|own| own.but(&config.data_dir.join(WORKSPACE)));
    let own = own.map_err(folder(&config.data_dir))?;
    let held = sandbox::Own { data: config.data_dir.clone(), more: config.own.clone() };
    // Without a program to start them through, nothing can hold commands, which probing finds out too.
    let helper = Helper { program: config.helper.clone().unwrap_or_default() };
    let guard = Guard::own().map_err(folder(Path::new("/proc/self/exe")))?;
    let checkpoints = Checkpoints::open(&config.data_dir, store).map_err(|fault| Error::Checkpoints(Box::new(fault)))?;
    let (store, media, processes) = (store.clone(), media.clone(), Processes::new(guard));
    let sandbox = Probing::begin(helper, held);
    let parts = Parts { store, own, sandbox, processes, checkpoints, media, keys, preferences, acting };
    Ok(Arc::new(Hands::new(parts)))
}

fn home(data_dir: &Path) -> Result<String, Error> {
    let path = data_dir.join(WORKSPACE);
    std::fs::create_dir_all(&path).map_err(|source| Error::Folder { path: path.clone(), source })?;
    let path = path.canonicalize().unwrap_or(path);
    Ok(path.to_string_lossy().into_owned())
}
