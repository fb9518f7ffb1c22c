//! Carrying out what the model asks for. A call is prepared first: what it would do is worked out and nothing is touched, so that policy can
//! judge it and a person can see it; then it is done, exactly so or not at all. Nothing here decides whether.

mod change;
mod entry;
mod look;
mod offer;
mod prepare;
mod reach;
mod run;
mod settle;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use alcove_agent::path::Reach;
use alcove_agent::policy::{Exact, Facts, Request, Restrictions, Verdict};
use alcove_agent::tool::{Ask, Call};
use alcove_agent::turn::Settled;
use alcove_proto::ChatId;
use alcove_proto::envelope::{ProposalKind, ProposedCommand, ProposedFile, ProposedQuestion, RuleOffer};
use alcove_proto::scope::{AccessMode, StoredScope};
use alcove_store::{EntryState, Store};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use run::{Command, LateEnd};
pub(crate) use settle::{done, failed, refused, rejected};

use self::change::FileOp;
use self::run::Ran;
use crate::acting::{Acting, Own as OwnChoice};
use crate::chat::Lasting;
use crate::checkpoint::Checkpoints;
use crate::files::{Own, Tree};
use crate::kept::Kept;
use crate::media::{Attachment, Media};
use crate::process::Processes;
use crate::sandbox::{Probing, Sandbox, Standing};
use crate::secret::keys::Keys;
use crate::settings::preferences::Preferences;
use crate::web::Web;

/// Folders of chats held open; the ones used longest ago are let go.
const TREES: usize = 64;

/// What everything that acts shares.
pub(crate) struct Hands {
    store: Store,
    own: Own,
    sandbox: Arc<Probing>,
    processes: Processes,
    checkpoints: Checkpoints,
    media: Media,
    web: Web,
    keys: Keys,
    preferences: Arc<Kept<Preferences>>,
    acting: Arc<Kept<Acting>>,
    /// Guards the folders of chats, each held open since its chat chose it, oldest first.
    trees: Mutex<Vec<(ChatId, StoredScope, Arc<Tree>)>>,
    /// Guards the commands that run, by chat and record.
    commands: Mutex<HashMap<(ChatId, String), Arc<Command>>>,
    /// Everything that is being carried out.
    tasks: TaskTracker,
    /// Nothing is looked for any more.
    ending: CancellationToken,
}

/// What the room is made of.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) own: Own,
    pub(crate) sandbox: Arc<Probing>,
    pub(crate) processes: Processes,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) media: Media,
    pub(crate) keys: Keys,
    pub(crate) preferences: Arc<Kept<Preferences>>,
    pub(crate) acting: Arc<Kept<Acting>>,
}

/// Where and for whom something is done.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) chat: ChatId,
    pub(crate) lasting: Lasting,
    /// The ordinal of the turn.
    pub(crate) turn: u64,
    pub(crate) scope: StoredScope,
    pub(crate) own: OwnChoice,
    /// The record of the call.
    pub(crate) record: String,
}

impl At {
    fn is_full(&self) -> bool {
        self.scope.access_mode == AccessMode::Full
    }

    fn folder(&self) -> PathBuf {
        PathBuf::from(&self.scope.project_path)
    }
}

/// A call that is understood: what it touches, exactly what it would do, and how that is shown.
pub(crate) struct Prepared {
    pub(crate) call: Call,
    pub(crate) request: Request,
    pub(crate) exact: Exact,
    pub(crate) view: View,
    work: Work,
}

/// How a call is shown to a person.
pub(crate) struct View {
    pub(crate) kind: ProposalKind,
    pub(crate) command: Option<ProposedCommand>,
    pub(crate) files: Vec<ProposedFile>,
    pub(crate) question: Option<ProposedQuestion>,
    pub(crate) address: Option<String>,
    pub(crate) rules: Vec<RuleOffer>,
}

/// What is to be done.
enum Work {
    /// Something is looked at.
    Look(Ask),
    /// Files change.
    Change(Vec<FileOp>),
    /// A command runs.
    Run(Box<run::Plan>),
    /// A command in the background ends.
    Halt(String),
    /// The web is asked.
    Reach(Ask),
    /// Entries of the chat are read or changed.
    Entry(Ask),
    /// The person is told something.
    Say(String),
    /// The person is asked; their answer is the result.
    Question,
}

/// What a running call says.
pub(crate) enum Worked {
    /// What it would do, or that nothing comes of it.
    Prepared { call: String, prepared: Result<Box<Prepared>, Box<Settled>> },
    /// It put something out. With `skipped`, so many bytes were passed over before.
    Output { call: String, channel: u8, text: String, skipped: Option<u64> },
    /// It has ended, or goes on without being waited for.
    Done(Box<Done>),
}

/// Where a call is heard.
pub(crate) struct Ears {
    /// By its turn.
    pub(crate) turn: mpsc::Sender<Worked>,
    /// By its chat, which outlives the turn.
    pub(crate) chat: mpsc::Sender<Box<LateEnd>>,
}

/// How a call ended, and what it leaves.
pub(crate) struct Done {
    pub(crate) settled: Settled,
    pub(crate) entries: Vec<KeptEntry>,
    /// Pictures the model is shown with it.
    pub(crate) pictures: Vec<Attachment>,
}

/// An entry a call leaves beside its record.
pub(crate) struct KeptEntry {
    pub(crate) path: String,
    pub(crate) state: EntryState,
    pub(crate) outcome: Option<String>,
    pub(crate) body: String,
    pub(crate) attributes: Value,
}

/// What a turn changed in its folder, in all.
pub(crate) struct Made {
    pub(crate) paths: Vec<String>,
    pub(crate) added: u64,
    pub(crate) deleted: u64,
    pub(crate) note: Option<String>,
}

impl Hands {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { store, own, sandbox, processes, checkpoints, media, keys, preferences, acting } = parts;
        Self {
            store,
            own,
            sandbox,
            processes,
            checkpoints,
            media,
            web: Web::new(),
            keys,
            preferences,
            acting,
            trees: Mutex::default(),
            commands: Mutex::default(),
            tasks: TaskTracker::new(),
            ending: CancellationToken::new(),
        }
    }

    /// How commands are held here. Blocks for a moment after the start, until that is found out.
    pub(crate) fn standing(&self) -> &Standing {
        self.sandbox().standing()
    }

    /// The same, when it is known already.
    pub(crate) fn known_standing(&self) -> Option<&Standing> {
        self.sandbox.known().map(Sandbox::standing)
    }

    fn sandbox(&self) -> &Sandbox {
        self.sandbox.sandbox()
    }

    /// Waits until it is known how commands are held.
    pub(crate) async fn ready(self: &Arc<Self>) {
        let hands = self.clone();
        // The thread cannot fail; that the engine ends is no reason to wait on.
        let _known = tokio::task::spawn_blocking(move || hands.standing().level).await;
    }

    /// The checkpoints of all chats.
    pub(crate) fn checkpoints(&self) -> &Checkpoints {
        &self.checkpoints
    }

    /// Ends every command and everything else that is being carried out; what changes files is done first.
    pub(crate) async fn shut_down(&self) {
        self.ending.cancel();
        self.processes.shut_down().await;
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Judges what a call would do. The one place where policy is asked.
    pub(crate) fn judge(&self, request: &Request, at: &At, acting: &Acting) -> Verdict {
        let facts = Facts {
            chat: at.chat.as_str().to_owned(),
            folder: at.scope.project_path.clone(),
            full: at.is_full(),
            mode: at.own.mode,
            without: Restrictions::default(),
            level: self.standing().level,
            network: at.own.network || at.is_full(),
        };
        acting.policy(at.chat.as_str()).judge(request, &facts)
    }

    /// The chat's folder, held open since it was chosen; the one in its place, where it is not there any more. Blocks.
    fn tree(&self, at: &At) -> Result<Arc<Tree>, std::io::Error> {
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = trees.iter().position(|(chat, _, _)| *chat == at.chat) {
            let known = trees.remove(place);
            if known.1 == at.scope && known.2.is_in_place() {
                let tree = known.2.clone();
                trees.push(known);
                return Ok(tree);
            }
        }
        let tree = Arc::new(self.open(&at.scope)?);
        if trees.len() >= TREES {
            trees.remove(0);
        }
        trees.push((at.chat.clone(), at.scope.clone(), tree.clone()));
        Ok(tree)
    }

    /// The folder of a scope, to look at: as the chat holds it, where one does. Blocks.
    pub(crate) fn folder(&self, chat: Option<&ChatId>, scope: &StoredScope) -> Result<Arc<Tree>, std::io::Error> {
        let held = {
            let trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
            trees.iter().find(|(known, of, _)| Some(known) == chat && of == scope).map(|(_, _, tree)| tree.clone())
        };
        held.map_or_else(|| self.open(scope).map(Arc::new), Ok)
    }

    fn open(&self, scope: &StoredScope) -> Result<Tree, std::io::Error> {
        let reach = if scope.access_mode == AccessMode::Full { Reach::Anywhere } else { Reach::Scope };
        let tree = Tree::open(Path::new(&scope.project_path), reach, self.own.clone())?;
        // It was chosen by a path without links. A link on it would take the chat to a folder nobody gave it.
        match tree.path() == scope.project_path {
            true => Ok(tree),
            false => Err(std::io::Error::other("a link stands where it was")),
        }
    }

    /// Takes hold of a chat's folder as it is chosen.
    pub(crate) fn hold(self: &Arc<Self>, at: At) {
        let hands = self.clone();
        // A folder that is gone is told when something is done in it.
        tokio::task::spawn_blocking(move || hands.tree(&at).map(drop));
    }

    /// Lets go of what belongs to a chat that is gone.
    pub(crate) fn forget(&self, chat: &ChatId) {
        self.trees.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _, _)| known != chat);
        self.end_commands(chat);
    }

    /// Works out what a call would do, beside its chat; that is said to its turn.
    pub(crate) fn look_ahead(self: &Arc<Self>, call: Call, at: At, turn: mpsc::Sender<Worked>) {
        let hands = self.clone();
        self.tasks.spawn(async move {
            // Cancel-safe: nothing is touched by it.
            let prepared = tokio::select! {
                prepared = hands.prepare(&call, &at) => prepared.map(Box::new),
                () = hands.ending.cancelled() => return,
            };
            // Nobody hears it when the turn was stopped.
            let _unheard = turn.send(Worked::Prepared { call: call.id, prepared }).await;
        });
    }

    /// Starts a call. What it says goes to its turn, and the last is always that it is done; the end of a command that goes on in the
    /// background goes to its chat.
    pub(crate) fn begin(self: &Arc<Self>, prepared: Prepared, at: At, ears: Ears, cancel: CancellationToken) {
        let hands = self.clone();
        self.tasks.spawn(async move {
            let call = prepared.call.clone();
            // Cancel-safe: what only looks may be left at any point, what changes files is not left half-way.
            let ran = tokio::select! {
                ran = hands.work(prepared, &at, (&ears.turn, &cancel)) => ran,
                () = abandoned(&cancel, &call) => return,
                () = abandoned(&hands.ending, &call) => return,
            };
            let (done, left) = match ran {
                Ran::Over(done) => (done, None),
                Ran::Left(done, under_way) => (done, Some(under_way)),
            };
            // Nobody hears it when the turn was stopped.
            let _unheard = ears.turn.send(Worked::Done(Box::new(done))).await;
            let Some(under_way) = left else { return };
            drop(ears.turn);
            if let Some(end) = hands.follow(*under_way, (&call, &at), &cancel).await {
                // A chat that is gone by now has nobody to tell.
                let _gone = ears.chat.send(Box::new(end)).await;
            }
        });
    }

    async fn work(self: &Arc<Self>, prepared: Prepared, at: &At, ears: (&mpsc::Sender<Worked>, &CancellationToken)) -> Ran {
        let call = &prepared.call;
        Ran::Over(match prepared.work {
            Work::Run(plan) => return self.run(*plan, call, at, ears).await,
            Work::Change(ops) => self.change(call, at, ops).await,
            Work::Look(ask) => self.look(call, at, ask, ears.1).await,
            Work::Reach(ask) => self.reach(call, ask).await,
            Work::Entry(ask) => self.entry(call, at, ask).await,
            Work::Halt(path) => self.halt(call, at, &path),
            Work::Say(text) => Done::of(Settled { said: Some(text), ..done(call, "Told.") }),
            Work::Question => Done::of(failed(call, 500, "The question was not shown.")),
        })
    }

    /// What a turn changed, when it did.
    pub(crate) async fn made(&self, chat: &ChatId, turn: u64) -> Option<Made> {
        let (checkpoints, chat) = (self.checkpoints.clone(), chat.as_str().to_owned());
        // If it changed anything, it is the newest that did.
        let read = tokio::task::spawn_blocking(move || checkpoints.turns(&chat, 1)).await.ok()?;
        let turns = match read {
            Ok(turns) => turns,
            Err(error) => {
                crate::report::problem("what a turn changed cannot be told", &error);
                return None;
            }
        };
        let changes = turns.iter().find(|changes| changes.turn == turn && changes.step == 0)?;
        let files: Vec<_> = changes.told().collect();
        let too_big = files.iter().filter(|file| file.too_big).count();
        let diffs = || files.iter().filter_map(|file| file.diff.as_ref());
        (!files.is_empty()).then(|| Made {
            paths: changes.paths(),
            added: diffs().map(|diff| diff.added).sum(),
            deleted: diffs().map(|diff| diff.deleted).sum(),
            note: (too_big > 0).then(|| format!("{too_big} of these files are too big to be restored.")),
        })
    }
}

impl Done {
    fn of(settled: Settled) -> Self {
        Self { settled, entries: Vec::new(), pictures: Vec::new() }
    }
}

/// The call is given up. Commands and changes end by themselves, and soon.
async fn abandoned(cancel: &CancellationToken, call: &Call) {
    use alcove_agent::policy::Kind;
    match call.tool.kind() {
        Kind::Command | Kind::Inspect | Kind::Edit => std::future::pending().await,
        Kind::Read | Kind::Network | Kind::Question | Kind::Chat => cancel.cancelled().await,
    }
}
